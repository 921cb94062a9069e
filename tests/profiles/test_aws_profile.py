from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.domain.plan import KeysFrom
from mfacli.domain.secret import Secret
from mfacli.errors import ExitCode, ProfileBroken, ProfileUnknown
from mfacli.profiles.aws_profile import has_keys, read_profile, stored_keys, unknown_profile
from tests.profiles.written import keys_of, written

ROLE = "arn:aws:iam::111111111111:role/CrossAccountRole"


def test_every_key_is_read(tmp_path: Path) -> None:
    files = written(
        tmp_path,
        config=f"""[profile dev]
role_arn = {ROLE}
source_profile = base
mfa_serial = GAHT12345678
mfa_process = pass otp aws
external_id = 4711
duration_seconds = 7200
role_session_name = anaya
source_identity = Anaya
session_tags = Team = blue, Cost=12
transitive_session_tags = Team, Cost
region = eu-west-1
endpoint_url = http://127.0.0.1:4599
sts_regional_endpoints = LEGACY
output = json
ca_bundle = /etc/ssl/ca.pem
""",
    )

    profile = read_profile("dev", files)

    assert str(profile.role) == ROLE
    assert (profile.source_profile, profile.mfa_serial, profile.mfa_process) == (
        "base",
        "GAHT12345678",
        "pass otp aws",
    )
    assert (profile.external_id, profile.duration) == ("4711", timedelta(hours=2))
    assert (profile.role_session_name, profile.source_identity) == ("anaya", "Anaya")
    assert profile.tags == (("Team", "blue"), ("Cost", "12"))
    assert profile.transitive_tags == ("Team", "Cost")
    assert (profile.region, profile.endpoint_url) == ("eu-west-1", "http://127.0.0.1:4599")
    assert profile.sts_regional_endpoints == "legacy"
    assert profile.unused == ("ca_bundle", "output")
    assert profile.places["region"].line == 12


def test_empty_values_count_as_not_written(tmp_path: Path) -> None:
    files = written(tmp_path, config="[default]\nregion =\nduration_seconds =\nrole_arn =\n")

    profile = read_profile("default", files)

    assert (profile.region, profile.duration, profile.role) == (None, None, None)


def test_the_credentials_file_goes_before_the_config_file(tmp_path: Path) -> None:
    files = written(
        tmp_path,
        config="[profile dev]\nregion = eu-west-1\nexternal_id = one\n",
        credentials="[dev]\nregion = us-east-1\n",
    )

    profile = read_profile("dev", files)

    assert (profile.region, profile.external_id) == ("us-east-1", "one")


def test_a_profile_that_is_not_written_is_empty(tmp_path: Path) -> None:
    assert read_profile("default", written(tmp_path)).role is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Environment", KeysFrom.ENVIRONMENT),
        ("Ec2InstanceMetadata", KeysFrom.INSTANCE),
        ("EcsContainer", KeysFrom.CONTAINER),
    ],
)
def test_credential_sources_have_their_names(tmp_path: Path, text: str, kind: KeysFrom) -> None:
    files = written(tmp_path, config=f"[default]\ncredential_source = {text}\n")

    assert read_profile("default", files).credential_source is kind


def test_included_profiles_fill_in_what_is_missing(tmp_path: Path) -> None:
    files = written(
        tmp_path,
        config="""[profile common]
mfa_serial = GAHT12345678
region = eu-west-1
[profile team]
include_profile = common
region = eu-central-1
aws_access_key_id = AKIATEAM
[profile dev]
include_profile = team
external_id = 12
""",
    )

    profile = read_profile("dev", files)

    assert (profile.mfa_serial, profile.region, profile.external_id) == ("GAHT12345678", "eu-central-1", "12")
    assert not has_keys("dev", files)


def test_a_loop_of_included_profiles_is_shown(tmp_path: Path) -> None:
    config = "[profile a]\ninclude_profile = b\n[profile b]\ninclude_profile = c\n[profile c]\ninclude_profile = b\n"

    with pytest.raises(ProfileBroken) as refusal:
        read_profile("a", written(tmp_path, config=config))

    assert "`include_profile` goes round in a circle: `b` → `c` → `b`" in refusal.value.message
    assert "line 6" in refusal.value.message
    assert "[profile c]" in refusal.value.message


def test_a_missing_included_profile_is_named_with_the_closest(tmp_path: Path) -> None:
    config = "[profile a]\ninclude_profile = comon\n[profile common]\n"

    with pytest.raises(ProfileUnknown) as refusal:
        read_profile("a", written(tmp_path, config=config))

    assert "no profile `comon`, which `include_profile` in line 2" in refusal.value.message
    assert refusal.value.hint == "did you mean `common`?"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("duration_seconds = 1hour", "`duration_seconds` of profile `dev`: `1hour` is not a whole number of seconds"),
        ("duration_seconds = -1", "not a whole number"),
        ("duration_seconds = 1٣", "not a whole number"),
        ("duration_seconds = 9999999999999", "not a whole number"),
        ("role_arn = CrossAccountRole", "`CrossAccountRole` is not an ARN"),
        ("role_arn = arn:aws:iam::1:role/x", "no 12-digit account id"),
        ("external_id = a b", "`a b` must be 2 to 1224"),
        ("role_session_name = a", "must be 2 to 64"),
        ("source_identity = aws:x", "may not begin with `aws:`"),
        ("session_tags = Team", "`Team` is not key=value,key=value"),
        ("session_tags = Team=a,team=b", "one key to STS"),
        ("transitive_session_tags = a,,b", "1 to 128"),
        ("region = nowhere!", "is no region's name"),
        ("region = us-iso-east-1", "is in partition aws-iso"),
        ("endpoint_url = sts", "must be a URL"),
        ("sts_regional_endpoints = global", "neither regional nor legacy"),
        ("credential_source = Ec2", "none of Environment, Ec2InstanceMetadata, EcsContainer"),
        ("services = none", "there is no section `[services none]`"),
        ("services = bad", "`endpoint_url` of sts: `sts` must be a URL"),
        ("mfa_process = pass\n  otp", "goes on over several lines"),
        ("source_profile =\n  x = y", "goes on over several lines"),
    ],
)
def test_a_key_that_does_not_parse_names_file_section_and_line(tmp_path: Path, line: str, what: str) -> None:
    files = written(
        tmp_path, config=f"[profile dev]\n{line}\n[services bad]\nsts =\n  endpoint_url = sts\n[services good]\n"
    )

    with pytest.raises(ProfileBroken) as refusal:
        read_profile("dev", files)

    assert what in refusal.value.message
    assert f"of `{files.paths.config}`, section `[" in refusal.value.message
    assert refusal.value.exit_code == ExitCode.PROFILE


def test_a_comment_behind_a_value_is_explained(tmp_path: Path) -> None:
    files = written(tmp_path, config="[default]\nregion = eu-west-1 # home\n")

    with pytest.raises(ProfileBroken) as refusal:
        read_profile("default", files)

    assert refusal.value.hint == "AWS files have no comments behind a value: put it on a line of its own"


@pytest.mark.parametrize(
    ("config", "url"),
    [
        ("endpoint_url = http://a\n", "http://a"),
        ("services = s\nendpoint_url = http://a\n", "http://sts"),
        ("services = none-for-sts\nendpoint_url = http://a\n", "http://a"),
        ("services = s\nignore_configured_endpoint_urls = TRUE\n", None),
    ],
)
def test_the_endpoint_is_that_of_sts(tmp_path: Path, config: str, url: str | None) -> None:
    services = (
        "[services s]\ns3 =\n  endpoint_url = http://s3\nsts =\n  endpoint_url = http://sts\n"
        "[services none-for-sts]\nsts = x\n"
    )

    assert read_profile("default", written(tmp_path, config=f"[default]\n{config}{services}")).endpoint_url == url


def test_long_term_keys_are_found_with_their_place(tmp_path: Path) -> None:
    files = written(tmp_path, credentials=keys_of("dev"))

    keys = stored_keys("dev", files)

    assert keys is not None
    assert (keys.access_key_id, keys.section, keys.path) == ("AKIADEV", "dev", str(files.paths.credentials))
    assert keys.secret_access_key == Secret("secret of DEV")
    assert not keys.is_temporary


def test_long_term_keys_in_the_config_file_go_before_a_session_in_the_other(tmp_path: Path) -> None:
    files = written(
        tmp_path,
        config="[profile dev]\naws_access_key_id = AKIALONG\naws_secret_access_key = s\n",
        credentials="[dev]\naws_access_key_id = ASIASHORT\naws_secret_access_key = s\naws_session_token = t\n",
    )

    keys = stored_keys("dev", files)

    assert keys is not None
    assert keys.access_key_id == "AKIALONG"
    assert keys.section == "profile dev"


def test_the_old_name_of_the_token_is_read_first(tmp_path: Path) -> None:
    files = written(tmp_path, credentials=keys_of("dev") + "aws_session_token = new\naws_security_token = old\n")

    keys = stored_keys("dev", files)

    assert keys is not None
    assert keys.session_token == Secret("old")


def test_no_keys_are_none(tmp_path: Path) -> None:
    files = written(tmp_path, config="[profile dev]\nregion = eu-west-1\n")

    assert stored_keys("dev", files) is None
    assert not has_keys("dev", files)


@pytest.mark.parametrize(
    ("credentials", "what"),
    [
        ("aws_access_key_id = AKIAX\n", "has an access key but no `aws_secret_access_key`"),
        ("aws_access_key_id = AKIAX\naws_secret_access_key =\n", "has an access key but no `aws_secret_access_key`"),
        ("aws_secret_access_key = s\n", "has a secret key but no `aws_access_key_id`"),
        ("aws_access_key_id = <your key>\naws_secret_access_key = s\n", "must be 1 to 128 letters and digits"),
        ("aws_access_key_id = ASIAX\naws_secret_access_key = s\n", "a session's access key (ASIA…) without"),
    ],
)
def test_half_a_pair_is_named(tmp_path: Path, credentials: str, what: str) -> None:
    files = written(tmp_path, credentials=f"[dev]\n{credentials}")

    with pytest.raises(ProfileBroken) as refusal:
        stored_keys("dev", files)

    assert what in refusal.value.message
    assert str(files.paths.credentials) in refusal.value.message
    assert "your key" not in refusal.value.message


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("produktion", "did you mean `production`?"),
        ("zzzzzz", "there are: `default`, `dev`, `production`, `profile wrong`"),
        ("stray", "the section must be `[profile stray]`, not `[stray]`"),
        ("wrong", "the section must be `[wrong]`, not `[profile wrong]`"),
    ],
)
def test_an_unknown_name_comes_with_a_way_on(tmp_path: Path, name: str, hint: str) -> None:
    files = written(
        tmp_path,
        config="[default]\n[profile production]\n[profile dev]\n[stray]\n",
        credentials="[profile wrong]\n",
    )

    error = unknown_profile(name, files, "-p")

    assert error.message == f"no profile `{name}`, which -p names"
    assert hint in error.hint


def test_many_profiles_are_not_all_listed(tmp_path: Path) -> None:
    files = written(tmp_path, config="".join(f"[profile x{number:02}]\n" for number in range(25)))

    assert unknown_profile("zzz", files, "-p").hint.endswith("`x19` and 5 more")


def test_no_profiles_at_all_name_both_files(tmp_path: Path) -> None:
    hint = unknown_profile("dev", written(tmp_path), "-p").hint

    assert "config` and `" in hint
    assert hint.endswith("credentials` hold no profile at all")
