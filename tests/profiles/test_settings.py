from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfacli.domain.cloud import Cloud
from mfacli.errors import ExitCode, ProfileBroken
from mfacli.profiles.profile_settings import ProfileSettings
from mfacli.profiles.settings import Settings, parse_settings, read_settings, settings_path


def test_every_setting_is_read() -> None:
    settings = parse_settings('profile = "dev"\nduration = "8h"\nstore = "kernel"\n', "c")

    assert settings == Settings(path="c", profile="dev", duration=timedelta(hours=8), store="kernel")


def test_a_duration_may_be_a_number_of_seconds() -> None:
    assert parse_settings("duration = 3600", "c").duration == timedelta(hours=1)


def test_an_empty_file_says_nothing() -> None:
    assert parse_settings("# nothing\n", "c") == Settings(path="c")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('profle = "dev"', "`profle` in `c` is no setting", "did you mean `profile`?"),
        (
            "zzz = 1",
            "`zzz` in `c` is no setting",
            "there are: profile, cloud, duration, store, store_passphrase_command, aws, tencent",
        ),
        ("profile = 3", "`profile` in `c` must be a text in quotes", ""),
        ('profile = ""', "`profile` in `c` must be a text in quotes", ""),
        ('duration = "1hour"', "`duration` in `c` is no duration", 'write 3600, "90m", "1h30m" or "12h"'),
        ("duration = true", "`duration` in `c` is no duration", 'write 3600, "90m", "1h30m" or "12h"'),
        ("duration = 1.5", "`duration` in `c` is no duration", 'write 3600, "90m", "1h30m" or "12h"'),
        ('store = "disk"', "`store` in `c` is `disk`", "there are: auto, kernel, keyring, file, memory"),
        ("[profile]\nx = 1", "`profile` in `c` must be a text in quotes", ""),
    ],
)
def test_what_is_no_setting_is_named(text: str, message: str, hint: str) -> None:
    with pytest.raises(ProfileBroken) as refusal:
        parse_settings(text, "c")

    assert refusal.value.message == message
    assert refusal.value.hint == hint


_TENCENT = """
cloud = "tencent"
[tencent.prod]
mfa_serial = "qcs::cam:uin/100000000001::mfa/softToken"
role_arn = "qcs::cam::uin/100000000002:roleName/TestRole"
source_profile = "default"
role_session_name = "anna"
external_id = "4711"
region = "ap-guangzhou"
duration_seconds = 7200
endpoint = "127.0.0.1:4591"
code_command = ["pass", "otp", "tencent"]
[aws.dev]
code_command = "ykman oath accounts code -s aws"
"""


def test_every_setting_of_a_profile_is_read() -> None:
    settings = parse_settings(_TENCENT, "c")

    assert settings.cloud is Cloud.TENCENT
    assert settings.of_profile(Cloud.TENCENT, "prod") == ProfileSettings(
        mfa_serial="qcs::cam:uin/100000000001::mfa/softToken",
        role_arn="qcs::cam::uin/100000000002:roleName/TestRole",
        source_profile="default",
        role_session_name="anna",
        external_id="4711",
        region="ap-guangzhou",
        endpoint="127.0.0.1:4591",
        duration=timedelta(hours=2),
        code_command=("pass", "otp", "tencent"),
    )
    assert settings.of_profile(Cloud.AWS, "dev").code_command == "ykman oath accounts code -s aws"
    assert settings.of_profile(Cloud.AWS, "prod") == ProfileSettings()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('cloud = "azure"', "`cloud` in `c` is `azure`"),
        ('tencent = "prod"', "`tencent` in `c` must be tables, one for each profile"),
        ("[aws]\ndev = 1", "[aws.dev] in `c` must be a table"),
        ('[aws.dev]\nmfa_serial = "x"', "`mfa_serial` in [aws.dev] in `c` is no setting"),
        ("[tencent.a]\nregion = 1", "`region` of [tencent.a] in `c` must be a text in quotes"),
        ('[tencent.a]\nduration_seconds = "long"', "`duration_seconds` of [tencent.a] in `c` is no duration"),
        ("[tencent.a]\ncode_command = []", "`code_command` of [tencent.a] in `c` is no command"),
        ('[tencent.a]\ncode_command = [1, "x"]', "`code_command` of [tencent.a] in `c` is no command"),
        ('[tencent.a]\ncode_command = " "', "`code_command` of [tencent.a] in `c` is no command"),
    ],
)
def test_what_is_no_setting_of_a_profile_is_named_with_its_table(text: str, message: str) -> None:
    with pytest.raises(ProfileBroken) as refusal:
        parse_settings(text, "c")

    assert refusal.value.message == message


@pytest.mark.parametrize(
    ("entry", "command"),
    [
        ('{ ykman = "aws:me" }', ("ykman", "oath", "accounts", "code", "--single", "aws:me")),
        ('{ op = "AWS" }', ("op", "item", "get", "--otp", "AWS")),
        ('{ pass = "aws/me" }', ("pass", "otp", "code", "aws/me")),
        ('{ bw = "AWS" }', ("bw", "get", "totp", "AWS")),
    ],
)
def test_four_programs_need_only_the_entry(entry: str, command: tuple[str, ...]) -> None:
    settings = parse_settings(f"[aws.dev]\ncode_command = {entry}\n", "c")

    assert settings.of_profile(Cloud.AWS, "dev").code_command == command


@pytest.mark.parametrize(
    ("entry", "message", "hint"),
    [
        ("{}", "must name one program", "there are: ykman, op, pass, bw"),
        ('{ op = "a", bw = "b" }', "must name one program", "there are: ykman, op, pass, bw"),
        ('{ gpg = "a" }', "knows no program `gpg`", "there are: ykman, op, pass, bw; any other is written as a list"),
        ('{ op = "" }', "must say which entry of `op` to read", ""),
        ('{ op = "--vault=x" }', "must say which entry of `op` to read", ""),
        ("{ op = 1 }", "must say which entry of `op` to read", ""),
    ],
)
def test_what_names_no_entry_of_a_known_program_is_refused(entry: str, message: str, hint: str) -> None:
    with pytest.raises(ProfileBroken) as refusal:
        parse_settings(f"[aws.dev]\ncode_command = {entry}\n", "c")

    assert refusal.value.message == f"`code_command` of [aws.dev] in `c` {message}"
    assert refusal.value.hint == hint


def test_a_broken_file_is_named_with_the_line() -> None:
    with pytest.raises(ProfileBroken, match=r"`c` is not TOML: .*line 2"):
        parse_settings("# fine\nprofile = dev\n", "c")


@given(st.text(max_size=60))
def test_any_text_is_settings_or_a_broken_file(text: str) -> None:
    try:
        found = parse_settings(text, "c").path
    except ProfileBroken as refusal:
        found = str(refusal.exit_code.value)

    assert found in {"c", str(ExitCode.PROFILE.value)}


def test_without_a_file_nothing_is_said() -> None:
    settings = read_settings({})

    assert settings == Settings(path=str(settings_path({})))


def test_the_file_is_where_the_platform_keeps_settings() -> None:
    assert settings_path({}) == platformdirs.user_config_path("mfacli") / "config.toml"


def test_the_file_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text('profile = "dev"')

    assert read_settings({"MFACLI_CONFIG_FILE": str(path)}).profile == "dev"


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ProfileBroken, match="does not exist"):
        read_settings({"MFACLI_CONFIG_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize("name", ["~nobody-of-that-name/x", "/", "a\0b"])
def test_a_file_that_cannot_be_read_is_a_broken_setting(name: str) -> None:
    with pytest.raises(ProfileBroken, match="cannot be read"):
        read_settings({"MFACLI_CONFIG_FILE": name})


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_bytes(b"# \xff")

    with pytest.raises(ProfileBroken, match=r"my.toml` is not UTF-8 \(byte 2\)"):
        read_settings({"MFACLI_CONFIG_FILE": str(path)})
