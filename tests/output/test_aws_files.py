from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import botocore.session
import pytest

from mfacli.domain.secret import Secret
from mfacli.errors import FileUnwritable, UsageWrong
from mfacli.output.aws_files import write_profile
from mfacli.output.written import Written
from tests.output.sessions import BARE, SESSION

SECTION = """[mfa]
aws_access_key_id = ASIAEXAMPLE
aws_secret_access_key = wJalr/K7+bPx=
aws_session_token = FwoGZXIvYXdz//+token==
x_security_token_expires = 2026-11-22T00:00:00Z
aws_account_id = 111111111111
region = eu-west-1
"""


def _file(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "credentials"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_new_file_holds_the_session_alone(tmp_path: Path) -> None:
    path = tmp_path / ".aws" / "credentials"

    written = write_profile(path, "mfa", SESSION)

    assert written == Written(path=path, profile="mfa", is_new=True)
    assert path.read_text() == SECTION
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_other_byte_stays(tmp_path: Path) -> None:
    foreign = "# mine\r\n[default]\r\naws_access_key_id=AKIA\r\n\taws_secret_access_key\t:\ts\r\n; end\r\n\r\n"
    path = _file(tmp_path, foreign)

    write_profile(path, "mfa", SESSION)

    assert path.read_bytes().decode() == foreign + SECTION.replace("\n", "\r\n")


def test_a_session_replaces_the_one_before(tmp_path: Path) -> None:
    before = SECTION.replace("ASIAEXAMPLE", "ASIAOLD").replace("2026", "2025").replace("eu-west-1", "us-east-1")
    path = _file(tmp_path, f"# head\n{before}# note\n[other]\nx = 1\n")

    written = write_profile(path, "mfa", SESSION)

    assert not written.is_new
    assert path.read_text() == f"# head\n{SECTION.replace('eu-west-1', 'us-east-1')}# note\n[other]\nx = 1\n"


def test_stale_keys_of_other_tools_go(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "[mfa]\naws_access_key_id = ASIAOLD\naws_secret_access_key = s\naws_session_token = t\n"
        "aws_security_token = t\nexpiration = 2020-01-01 00:00:00\naws_account_id = 2\nassumed_role = False\n",
    )

    write_profile(path, "mfa", BARE)

    text = path.read_text()
    assert "aws_security_token" not in text
    assert "\nexpiration" not in text
    assert "aws_account_id" not in text
    assert "assumed_role = False\n" in text


def test_botocore_reads_what_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _file(tmp_path, "[mfa]\naws_security_token = stale\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))

    write_profile(path, "mfa", SESSION)

    session = botocore.session.Session(profile="mfa")
    credentials = session.get_credentials()
    assert credentials is not None
    assert (credentials.access_key, credentials.token) == ("ASIAEXAMPLE", "FwoGZXIvYXdz//+token==")
    assert session.get_config_variable("region") == "eu-west-1"


@pytest.mark.parametrize(
    "section",
    [
        "aws_access_key_id = AKIALONG\naws_secret_access_key = s\n",
        "aws_secret_access_key = s\n",
        "AWS_ACCESS_KEY_ID = AKIALONG\n",
        "aws_access_key_id = AKIALONG\naws_secret_access_key = s\naws_session_token =\n",
    ],
)
def test_long_term_keys_are_never_replaced_unasked(tmp_path: Path, section: str) -> None:
    path = _file(tmp_path, f"[mfa]\n{section}")
    before = path.stat()

    with pytest.raises(FileUnwritable) as refusal:
        write_profile(path, "mfa", SESSION)

    assert refusal.value.message == f"`[mfa]` in `{path}` holds long-term keys, which the session would replace"
    assert "--overwrite" in refusal.value.hint
    assert path.stat() == before


def test_long_term_keys_are_replaced_when_told_so(tmp_path: Path) -> None:
    path = _file(tmp_path, "[mfa]\naws_access_key_id = AKIALONG\naws_secret_access_key = s\n")

    write_profile(path, "mfa", SESSION, overwrite=True)

    assert "AKIALONG" not in path.read_text()


@pytest.mark.parametrize("key", ["role_arn", "source_profile", "credential_process", "sso_session"])
def test_a_profile_made_by_hand_is_not_mixed_with_a_session(tmp_path: Path, key: str) -> None:
    content = f"[mfa]\n{key} = x\n"
    path = _file(tmp_path, content)

    with pytest.raises(FileUnwritable, match=f"has `{key}`, which does not go together with a session's keys"):
        write_profile(path, "mfa", SESSION, overwrite=True)

    assert path.read_text() == content


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("[a]\nx=1\n[a]\n", "(line 3)"),
        ("junk\n", "(line 1)"),
        ("[a]\nx=1\nx=2\n", "(line 3)"),
        (b"[a]\nx=\xff\n", ""),
        ("\ufeff[a]\n", "(line 1)"),
    ],
)
def test_a_broken_file_is_left_as_it_is(tmp_path: Path, content: str | bytes, where: str) -> None:
    path = _file(tmp_path, content)
    before = path.read_bytes()

    with pytest.raises(FileUnwritable) as refusal:
        write_profile(path, "mfa", SESSION)

    assert f"is broken {where}".rstrip() in refusal.value.message
    assert path.read_bytes() == before


def test_a_refusal_carries_no_secret_even_in_what_caused_it(tmp_path: Path) -> None:
    path = _file(tmp_path, b"[a]\naws_secret_access_key = wJalrSECRET\xff\n")

    with pytest.raises(FileUnwritable) as refusal:
        write_profile(path, "mfa", SESSION)

    shown = repr([refusal.value, refusal.value.__cause__, refusal.value.__context__])
    assert "wJalr" not in shown


def test_a_session_that_would_break_the_file_is_not_written(tmp_path: Path) -> None:
    path = _file(tmp_path, "[a]\nx=1\n")

    with pytest.raises(FileUnwritable, match="cannot be written"):
        write_profile(path, "mfa", replace(SESSION, session_token=Secret("t\n[evil]\ncredential_process = sh")))

    assert path.read_text() == "[a]\nx=1\n"


@pytest.mark.parametrize("name", ["", " a", "a ", "a]", "[a", "a\nb", "DEFAULT", "a\x1b"])
def test_a_name_that_no_section_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageWrong, match="cannot be the name of a profile"):
        write_profile(tmp_path / "credentials", name, SESSION)

    assert not (tmp_path / "credentials").exists()


def test_a_name_as_the_config_file_has_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageWrong) as refusal:
        write_profile(tmp_path / "credentials", "profile dev", SESSION)

    assert refusal.value.hint == "name it dev"


def test_defaults_of_the_parser_count_for_a_new_profile(tmp_path: Path) -> None:
    path = _file(tmp_path, "[DEFAULT]\nregion = us-east-1\n")

    write_profile(path, "mfa", SESSION)

    assert path.read_text() == "[DEFAULT]\nregion = us-east-1\n\n" + SECTION.replace("region = eu-west-1\n", "")
