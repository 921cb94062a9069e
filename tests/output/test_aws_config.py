"""A profile that calls a program, written into a config file and taken out again."""

from __future__ import annotations

from pathlib import Path

import pytest

from mfacli.errors import FileUnwritable, UsageWrong
from mfacli.output.aws_config import Integration, added, apply, check_config_name, naming_device, preview, removed

OURS = "/opt/mfacli credential-process -p dev"
DEV = Integration(name="dev-mfa", command=OURS, region="eu-west-1", endpoint_url="http://127.0.0.1:4566")
WRITTEN = (
    f"[profile dev-mfa]\ncredential_process = {OURS}\nregion = eu-west-1\nendpoint_url = http://127.0.0.1:4566\n"
)


def is_ours(command: str) -> bool:
    return "mfacli" in command


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "aws" / "config"


def write(config: Path, text: str | bytes) -> None:
    config.parent.mkdir(exist_ok=True)
    config.write_bytes(text if isinstance(text, bytes) else text.encode())


def test_a_missing_file_is_made_for_the_owner_alone(config: Path) -> None:
    apply(config, added(config, DEV, is_ours=is_ours))

    assert config.read_text() == WRITTEN
    assert config.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "before", ["", "[default]\nregion = x\n", "# mine\r\n[default]\r\nregion=x\r\n", "[profile z]\nx = 1"]
)
def test_what_was_written_goes_without_a_trace(config: Path, before: str) -> None:
    write(config, before)

    apply(config, added(config, DEV, is_ours=is_ours))
    apply(config, removed(config, "dev-mfa", is_ours=is_ours))

    assert config.read_bytes().decode().rstrip("\n") == before.rstrip("\n")


def test_writing_twice_touches_the_file_once(config: Path) -> None:
    apply(config, added(config, DEV, is_ours=is_ours))
    first = config.stat().st_ino

    change = apply(config, added(config, DEV, is_ours=is_ours))

    assert not change.is_any
    assert config.stat().st_ino == first


@pytest.mark.parametrize("header", ["[profile dev-mfa]", '[profile "dev-mfa"]', "[profile   dev-mfa]"])
def test_a_profile_that_is_there_keeps_its_own_settings(config: Path, header: str) -> None:
    write(config, f"{header}\nregion = sa-east-1\noutput = text\nendpoint_url = http://a\n")

    apply(config, added(config, DEV, is_ours=is_ours))
    with_ours = config.read_text()
    apply(config, removed(config, "dev-mfa", is_ours=is_ours))

    kept = f"{header}\nregion = sa-east-1\noutput = text\nendpoint_url = http://a\n"
    assert with_ours == f"{kept}credential_process = {OURS}\n"
    assert config.read_text() == kept


def test_the_default_profile_has_its_own_header(config: Path) -> None:
    apply(config, added(config, Integration(name="default", command=OURS), is_ours=is_ours))

    assert config.read_text() == f"[default]\ncredential_process = {OURS}\n"


def test_an_older_command_of_ours_is_renewed(config: Path) -> None:
    write(config, WRITTEN.replace("/opt/", "/old/"))

    change = apply(config, added(config, DEV, is_ours=is_ours))

    assert config.read_text() == WRITTEN
    assert change.diff.count("credential_process") == 2


def test_somebody_elses_command_stays(config: Path) -> None:
    text = "[profile dev-mfa]\ncredential_process = aws-vault exec dev\n"
    write(config, text)

    with pytest.raises(FileUnwritable, match="has a credential_process of its own"):
        apply(config, added(config, DEV, is_ours=is_ours))
    taken = apply(config, removed(config, "dev-mfa", is_ours=is_ours))

    assert not taken.is_any
    assert config.read_text() == text


def test_the_diff_shows_no_line_but_the_changed_ones(config: Path) -> None:
    write(config, "[default]\naws_secret_access_key = hidden\n")

    change = preview(config, added(config, DEV, is_ours=is_ours))

    assert "+[profile dev-mfa]" in change.diff
    assert "hidden" not in change.diff
    assert config.read_text() == "[default]\naws_secret_access_key = hidden\n"


@pytest.mark.parametrize("key", ["role_arn", "source_profile", "aws_access_key_id", "sso_session", "login_session"])
def test_keys_that_go_before_the_process_are_named(config: Path, key: str) -> None:
    write(config, f"[profile dev-mfa]\n{key} = x\n")

    assert preview(config, added(config, DEV, is_ours=is_ours)).shadowed_by == (key,)


@pytest.mark.parametrize(("text", "where"), [(b"junk\n", " (line 1)"), (b"[a]\n[a]\n", " (line 2)"), (b"\xff", "")])
def test_a_broken_file_is_left_as_it_is(config: Path, text: bytes, where: str) -> None:
    write(config, text)

    with pytest.raises(FileUnwritable) as refusal:
        apply(config, added(config, DEV, is_ours=is_ours))

    assert refusal.value.message == f"`{config}` is broken{where}, and is left as it is"
    assert config.read_bytes() == text


def test_a_file_that_cannot_be_read_is_told(config: Path) -> None:
    config.mkdir(parents=True)

    with pytest.raises(FileUnwritable, match="cannot be read: is a directory"):
        preview(config, added(config, DEV, is_ours=is_ours))


def test_a_layout_that_cannot_be_kept_is_refused(config: Path) -> None:
    write(config, "[DEFAULT]\ncredential_process = mfacli a\n[profile dev-mfa]\noutput = text\n")

    with pytest.raises(FileUnwritable, match="cannot be changed as it is written there"):
        apply(config, removed(config, "dev-mfa", is_ours=is_ours))


@pytest.mark.parametrize("name", ["", "a b", 'a"b', "a'b", "a]b", "#a", "profile x", "DEFAULT"])
def test_names_that_a_header_cannot_have_are_refused(name: str) -> None:
    with pytest.raises(UsageWrong):
        check_config_name(name)


SERIAL = "arn:aws:iam::111122223333:mfa/phone"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"[profile dev]\nmfa_serial = {SERIAL}\n"),
        (
            "[default]\nregion = x\n\n# mine\n[profile dev]\nregion = y\n\n[profile b]\n",
            f"[default]\nregion = x\n\n# mine\n[profile dev]\nregion = y\nmfa_serial = {SERIAL}\n\n[profile b]\n",
        ),
        (
            "[profile 'dev']\r\nmfa_serial=old\r\nregion = y\r\n",
            f"[profile 'dev']\r\nmfa_serial={SERIAL}\r\nregion = y\r\n",
        ),
    ],
)
def test_a_device_is_named_and_no_other_byte_changes(config: Path, before: str, after: str) -> None:
    write(config, before)

    apply(config, naming_device(config, "dev", SERIAL))

    assert config.read_bytes().decode() == after


def test_the_default_profiles_device_is_named_under_its_own_header(config: Path) -> None:
    apply(config, naming_device(config, "default", SERIAL))

    assert config.read_text() == f"[default]\nmfa_serial = {SERIAL}\n"
