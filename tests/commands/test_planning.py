"""From a request to its plan: which files are looked at, and which are left alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mfacli.commands.in_environment import session_in_environment
from mfacli.commands.options import Manners
from mfacli.commands.planning import Planning
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys
from mfacli.domain.plan import KnownDevice, Plan, Request
from mfacli.domain.secret import Secret
from mfacli.errors import ProfileAmbiguous, ProfileBroken, ProfileUnknown, UsageWrong
from tests.profiles.tccli import ROLE, SERIAL, keys, write
from tests.profiles.written import keys_of

ARN = "arn:aws:iam::111122223333:role/R"


def _desk(**environment: str) -> Desk:
    return Desk(manners=Manners(), environment={**os.environ, **environment})


def _plan(profile: str | None = None, environment: dict[str, str] | None = None, **options: object) -> Plan:
    request = Request(wants_role=None, profile=profile, **options)  # type: ignore[arg-type]  # each test gives its own
    return Planning(_desk(**(environment or {}))).plan_of(request)


@pytest.fixture
def home(isolated_home: Path) -> Path:
    write(
        isolated_home / ".aws", {"config": "[profile role]\nrole_arn = " + ARN, "credentials": keys_of("dev", "both")}
    )
    write(
        isolated_home / ".tccli",
        {
            "prod.credential": keys("PROD"),
            "both.credential": keys("BOTH"),
            "dev.configure": {},
            "default.configure": {},
        },
    )
    return isolated_home


def _settings(home: Path, text: str) -> dict[str, str]:
    (home / "config.toml").write_text(text)
    return {"MFACLI_CONFIG_FILE": str(home / "config.toml")}


def test_each_profile_is_found_where_it_is(home: Path) -> None:
    assert _plan("dev").cloud is Cloud.AWS
    assert _plan("prod").cloud is Cloud.TENCENT


def test_a_name_of_both_is_refused_with_both_places(home: Path) -> None:
    with pytest.raises(ProfileAmbiguous) as refusal:
        _plan("both")

    assert f"of AWS in section `[both]` of `{home}/.aws/credentials`" in refusal.value.message
    assert f"of Tencent Cloud in `{home}/.tccli/both.credential`" in refusal.value.message


def test_the_cloud_that_is_said_is_taken(home: Path) -> None:
    assert _plan("both", cloud=Cloud.TENCENT).key_source.access_key_id == "AKIDBOTH"
    assert _plan("both", {"MFACLI_CLOUD": "aws"}).key_source.access_key_id == "AKIABOTH"
    assert _plan("both", _settings(home, 'cloud = "tencent"')).cloud is Cloud.TENCENT


def test_what_tccli_makes_when_it_starts_puts_no_name_in_doubt(home: Path) -> None:
    (home / ".aws" / "credentials").write_text(keys_of("default", "dev"))

    assert _plan("dev").cloud is Cloud.AWS
    assert _plan().cloud is Cloud.AWS


def test_a_table_of_config_toml_is_a_profile(home: Path) -> None:
    environment = _settings(
        home, f'[tencent.far]\nmfa_serial = "{SERIAL}"\nsource_profile = "prod"\nrole_arn = "{ROLE}"'
    )

    plan = _plan("far", environment)

    assert plan.cloud is Cloud.TENCENT
    assert isinstance(plan.device, KnownDevice)
    assert plan.key_source.access_key_id == "AKIDPROD"


def test_a_name_of_the_other_cloud_in_this_shell_is_passed_over(home: Path) -> None:
    write(home / ".tccli", {"default.credential": keys("DEFAULT")})
    (home / ".aws" / "credentials").write_text(keys_of("default", "dev"))

    assert _plan(None, {"MFACLI_PROFILE": "dev"}, cloud=Cloud.TENCENT).profile == "default"
    assert _plan(None, {"MFACLI_PROFILE": "prod"}, cloud=Cloud.AWS).profile == "default"


@pytest.mark.parametrize(("profile", "role"), [("dev", ROLE), ("prod", ARN)])
def test_a_role_and_a_profile_of_different_clouds_are_refused(home: Path, profile: str, role: str) -> None:
    with pytest.raises(UsageWrong, match="which does not go with role"):
        _plan(profile, role=role)


def test_an_unknown_name_with_a_cloud_is_that_clouds(home: Path) -> None:
    with pytest.raises(ProfileUnknown) as of_aws:
        _plan("dve", cloud=Cloud.AWS)
    with pytest.raises(ProfileUnknown) as of_tencent:
        _plan("prdo", cloud=Cloud.TENCENT)

    assert (of_aws.value.message, of_aws.value.hint) == ("no profile `dve`, which -p names", "did you mean `dev`?")
    assert of_tencent.value.hint == "did you mean `prod`?"


def test_broken_files_of_aws_are_no_concern_of_tencent_clouds(home: Path) -> None:
    (home / ".aws" / "config").write_text("broken")

    assert _plan("prod", cloud=Cloud.TENCENT).profile == "prod"
    assert _plan("prod", {"MFACLI_CLOUD": "tencent"}).profile == "prod"
    with pytest.raises(ProfileBroken, match="before the first"):
        _plan("dev", cloud=Cloud.AWS)


def test_a_shell_of_tencent_clouds_does_not_look_into_the_files_of_aws(home: Path) -> None:
    (home / ".aws" / "config").write_text("broken")
    write(home / ".tccli", {"default.credential": keys("DEFAULT")})

    assert _plan(None, {"MFACLI_CLOUD": "tencent"}).key_source.access_key_id == "AKIDDEFAULT"


def test_broken_files_of_aws_come_with_the_way_past_them(home: Path) -> None:
    (home / ".aws" / "config").write_text("broken")

    with pytest.raises(ProfileBroken, match="before the first") as refusal:
        _plan("prod")

    assert "--cloud tencent" in refusal.value.hint


def test_who_has_nothing_of_tencent_cloud_loads_nothing_of_it(isolated_home: Path) -> None:
    write(isolated_home / ".aws", {"credentials": keys_of("default")})
    script = (
        "import sys; from mfacli.commands.main import run; run(['session', '--dry-run', '-q'])\n"
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )

    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    loaded = set(finished.stderr.split())
    assert "mfacli.profiles.decide" in loaded
    assert not {name for name in loaded if "tencent" in name} - {"mfacli.profiles.tencent_folder"}
    # Nor what writes the formats that nobody asked for.
    assert not loaded & {"mfacli.output.github", "mfacli.output.variable_files", "mfacli.output.shells"}


def test_broken_files_of_tccli_are_no_concern_of_aws(home: Path) -> None:
    write(home / ".tccli", {"prod.credential": "broken", "other.configure": "broken"})

    assert _plan("dev").cloud is Cloud.AWS


def test_nothing_is_said_of_tencent_cloud_to_who_has_nothing_of_it(isolated_home: Path) -> None:
    write(isolated_home / ".aws", {"credentials": keys_of("dev")})

    with pytest.raises(ProfileUnknown) as refusal:
        _plan("dve")

    assert (refusal.value.message, refusal.value.hint) == ("no profile `dve`, which -p names", "did you mean `dev`?")


def test_keys_in_the_environment_are_enough(isolated_home: Path) -> None:
    plan = _plan(None, {"TENCENTCLOUD_SECRET_ID": "AKIDENV", "TENCENTCLOUD_SECRET_KEY": "s"})

    assert (plan.cloud, plan.key_source.access_key_id) == (Cloud.TENCENT, "AKIDENV")


def test_terraforms_folder_is_looked_into(isolated_home: Path) -> None:
    write(isolated_home / "elsewhere", {"prod.credential": keys("PROD")})

    plan = _plan("prod", {"TENCENTCLOUD_SHARED_CREDENTIALS_DIR": "~/elsewhere"})

    assert plan.key_source.path == str(isolated_home / "elsewhere" / "prod.credential")


SHELL = {"TENCENTCLOUD_SECRET_ID": "AKIDNOW", "TENCENTCLOUD_SECRET_KEY": "s", "TENCENTCLOUD_TOKEN": "t"}


def _in_shell(environment: dict[str, str], cloud: Cloud | None = None) -> tuple[Plan, Keys]:
    found = session_in_environment(_desk(**environment), cloud)
    assert found is not None
    return found


def test_the_shells_session_is_asked_for_where_its_profile_says(home: Path) -> None:
    environment = _settings(home, '[tencent.prod]\nendpoint = "http://127.0.0.1:8080"')

    plan, held = _in_shell({**environment, **SHELL, "MFACLI_PROFILE": "prod"})

    assert (plan.cloud, plan.profile, plan.endpoint_url) == (Cloud.TENCENT, "prod", "http://127.0.0.1:8080")
    assert held == Keys(access_key_id="AKIDNOW", secret_access_key=Secret("s"), session_token=Secret("t"))


def test_the_shells_session_needs_no_profile(isolated_home: Path) -> None:
    plan, _ = _in_shell({**SHELL, "TENCENTCLOUD_REGION": "ap-tokyo", "MFACLI_TENCENT_ENDPOINT": "localhost:1"})

    assert (plan.profile, plan.region, plan.endpoint_url) == ("environment", "ap-tokyo", "https://localhost:1")


@pytest.mark.parametrize(("said", "cloud"), [({}, Cloud.AWS), ({"MFACLI_CLOUD": "aws"}, None)])
def test_of_two_sessions_in_the_shell_the_one_that_is_meant_is_taken(
    isolated_home: Path, said: dict[str, str], cloud: Cloud | None
) -> None:
    aws = {"AWS_ACCESS_KEY_ID": "ASIANOW", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}

    plan, held = _in_shell({**SHELL, **aws, **said}, cloud)

    assert (plan.cloud, held.access_key_id) == (Cloud.AWS, "ASIANOW")


def test_only_tencents_profiles_are_told(home: Path) -> None:
    planning = Planning(_desk())

    assert [name for name in ("dev", "prod", "both", "nobody") if planning.only_tencent_has(name)] == ["prod"]
