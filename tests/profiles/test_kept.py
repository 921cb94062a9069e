"""Profiles whose keys rest in the keyring, in both clouds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import KeysFrom, KeySource, Plan, Request
from mfacli.errors import ProfileBroken, ProfileUnknown
from mfacli.profiles.aws_profile import aws_places
from mfacli.profiles.clouds import choose_cloud
from mfacli.profiles.decide import decide
from mfacli.profiles.held import held_in_aws, held_in_tencent
from mfacli.profiles.keys import plain_in_aws, plain_in_tencent
from mfacli.profiles.profile_settings import ProfileSettings
from mfacli.profiles.settings import Settings
from mfacli.profiles.tencent_decide import decide_tencent, names_needed
from mfacli.profiles.tencent_profile import tencent_places
from tests.profiles.tccli import ROLE, keys, read, region, tables, write
from tests.profiles.written import keys_of, written

ROLE_ARN = "arn:aws:iam::111111111111:role/Prod"
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "s"}


def _aws(
    folder: Path,
    *,
    kept: dict[str, str],
    config: str = "",
    credentials: str = "",
    profile: str | None = None,
    wants_role: bool | None = None,
    environment: dict[str, str] | None = None,
) -> Plan:
    files = replace(written(folder, config=config, credentials=credentials), kept=kept)
    return decide(Request(wants_role=wants_role, profile=profile), files, environment or {})


def _tencent(
    folder: Path, *, kept: dict[str, str], profile: str | None = None, settings: Settings | None = None
) -> Plan:
    request, settings = Request(wants_role=None, profile=profile), settings or Settings()
    files = replace(read(folder, *names_needed(request, {}, settings)), kept=kept)
    return decide_tencent(request, files, {}, settings=settings)


def test_a_profile_may_be_in_the_keyring_alone(tmp_path: Path) -> None:
    plan = _aws(tmp_path, kept={"dev": "AKIADEV"}, profile="dev")

    assert plan.key_source == KeySource(kind=KeysFrom.KEYRING, access_key_id="AKIADEV", profile="dev")
    assert "keys from the keyring, as profile dev's" in plan.notes


def test_default_needs_no_file_either(tmp_path: Path) -> None:
    assert _aws(tmp_path, kept={"default": "AKIADEF"}).key_source.access_key_id == "AKIADEF"


def test_what_the_files_say_of_such_a_profile_counts(tmp_path: Path) -> None:
    config = "[profile dev]\nregion = eu-west-1\nmfa_serial = arn:aws:iam::111111111111:mfa/me\n"

    plan = _aws(tmp_path, kept={"dev": "AKIADEV"}, config=config, profile="dev")

    assert (plan.region, plan.sts_region, plan.needs_code) == ("eu-west-1", "eu-west-1", True)


def test_the_keyring_goes_before_the_plain_file_and_says_so(tmp_path: Path) -> None:
    plan = _aws(tmp_path, kept={"dev": "AKIAKEPT"}, credentials=keys_of("dev"), profile="dev")

    assert plan.key_source.access_key_id == "AKIAKEPT"
    assert f"the keys in [dev] of `{tmp_path / 'credentials'}` are passed over" in plan.notes


def test_the_same_keys_open_the_same_session_wherever_they_are(tmp_path: Path) -> None:
    in_file = _aws(tmp_path, kept={}, credentials=keys_of("dev"), profile="dev")
    in_keyring = _aws(tmp_path, kept={"dev": "AKIADEV"}, profile="dev")

    assert in_file.fingerprint == in_keyring.fingerprint


def test_a_role_gets_its_keys_from_a_profile_in_the_keyring(tmp_path: Path) -> None:
    config = f"[profile prod]\nrole_arn = {ROLE_ARN}\nsource_profile = base\n"

    plan = _aws(tmp_path, kept={"base": "AKIABASE"}, config=config, profile="prod")

    assert plan.key_source == KeySource(kind=KeysFrom.KEYRING, access_key_id="AKIABASE", profile="base")
    assert [step.role_arn for step in plan.steps if hasattr(step, "role_arn")] == [ROLE_ARN]


@pytest.mark.parametrize(("profile", "key"), [(None, "AKIAENV"), ("default", "AKIADEF")])
def test_the_environment_goes_first_unless_the_profile_was_named(
    tmp_path: Path, profile: str | None, key: str
) -> None:
    plan = _aws(tmp_path, kept={"default": "AKIADEF"}, profile=profile, environment=ENVIRONMENT)

    assert plan.key_source.access_key_id == key


def test_a_credential_source_goes_before_the_keyring(tmp_path: Path) -> None:
    config = f"[profile prod]\nrole_arn = {ROLE_ARN}\ncredential_source = Ec2InstanceMetadata\n"

    plan = _aws(tmp_path, kept={"prod": "AKIAPROD"}, config=config, profile="prod")

    assert plan.key_source.kind is KeysFrom.INSTANCE


def test_a_name_close_to_one_in_the_keyring_is_suggested(tmp_path: Path) -> None:
    with pytest.raises(ProfileUnknown) as problem:
        _aws(tmp_path, kept={"production": "AKIAPROD"}, profile="prodution")

    assert "`production`" in problem.value.hint


def test_a_profile_with_keys_in_the_keyring_is_named_where_another_has_none(tmp_path: Path) -> None:
    with pytest.raises(ProfileBroken) as problem:
        _aws(tmp_path, kept={"dev": "AKIADEV"})

    assert problem.value.hint == "name a profile that has them with -p: `dev`"


def test_in_tencent_cloud_a_profile_may_be_in_the_keyring_alone(tmp_path: Path) -> None:
    plan = _tencent(tmp_path, kept={"dev": "AKIDdev"}, profile="dev")

    assert plan.key_source == KeySource(kind=KeysFrom.KEYRING, access_key_id="AKIDdev", profile="dev")


def test_tcclis_file_is_passed_over_for_the_keyring(tmp_path: Path) -> None:
    write(tmp_path, {"dev.credential": keys("DEV"), "dev.configure": region("ap-shanghai")})

    plan = _tencent(tmp_path, kept={"dev": "AKIDkept"}, profile="dev")

    assert (plan.key_source.access_key_id, plan.region) == ("AKIDkept", "ap-shanghai")
    assert f"the keys in `{tmp_path / 'dev.credential'}` are passed over" in plan.notes


def test_a_tencent_role_gets_its_keys_from_the_keyring(tmp_path: Path) -> None:
    settings = tables(prod=ProfileSettings(role_arn=ROLE, source_profile="base"))

    plan = _tencent(tmp_path, kept={"base": "AKIDbase"}, profile="prod", settings=settings)

    assert plan.key_source.profile == "base"


def test_a_session_in_the_file_is_not_what_the_profile_holds_where_the_keyring_has_keys(tmp_path: Path) -> None:
    credentials = "[dev]\naws_access_key_id = ASIA1\naws_secret_access_key = s\naws_session_token = t\n"
    request = Request(wants_role=None, profile="dev")
    files = written(tmp_path, credentials=credentials)
    write(tmp_path / "tccli", {"dev.credential": {"secretId": "AKID1", "secretKey": "s", "token": "t"}})
    tencent_files = read(tmp_path / "tccli", "dev")

    held = held_in_aws(request, files, {}, Settings()), held_in_tencent(request, tencent_files, {}, Settings())
    kept = (
        held_in_aws(request, replace(files, kept={"dev": "AKIADEV"}), {}, Settings()),
        held_in_tencent(request, replace(tencent_files, kept={"dev": "AKIDdev"}), {}, Settings()),
    )

    assert None not in held
    assert kept == (None, None)


def test_a_profile_in_the_keyring_alone_tells_the_cloud(tmp_path: Path) -> None:
    files = replace(read(tmp_path), kept={"dev": "AKIDdev"})
    known = {
        Cloud.AWS: aws_places(replace(written(tmp_path), kept={"prod": "AKIAPROD"})),
        Cloud.TENCENT: tencent_places(files, Settings(), taken=()),
    }

    clouds = [choose_cloud(Request(wants_role=None, profile=name), {}, Settings(), known) for name in ("dev", "prod")]

    assert clouds == [Cloud.TENCENT, Cloud.AWS]


def test_plain_keys_are_found_with_their_place(tmp_path: Path) -> None:
    files = written(tmp_path, credentials=keys_of("dev"))
    write(tmp_path / "tccli", {"dev.credential": keys("DEV"), "half.credential": {"secretId": "AKID1"}})
    tencent_files = read(tmp_path / "tccli", "dev", "half")

    found, tencent_found = plain_in_aws("dev", files), plain_in_tencent("dev", tencent_files)

    assert found is not None
    assert found.source == KeySource(
        kind=KeysFrom.FILE, access_key_id="AKIADEV", path=str(tmp_path / "credentials"), section="dev"
    )
    assert tencent_found is not None
    assert tencent_found.keys.secret_access_key.reveal() == "secret of DEV"
    assert plain_in_aws("other", files) is None
    assert [plain_in_tencent(name, tencent_files) for name in ("half", "other")] == [None, None]
