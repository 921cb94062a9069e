from __future__ import annotations

import json
from pathlib import Path

import pytest

from mfacli.domain.credentials import Keys
from mfacli.domain.plan import KeysFrom, KeySource
from mfacli.domain.secret import Secret
from mfacli.errors import FileUnwritable
from mfacli.output.plain_keys import remove_plain_keys, replace_plain_keys

NEW = Keys(access_key_id="AKIANEW", secret_access_key=Secret("new/secret"))
INI = """\
# mine
[default]
# the key
aws_access_key_id = AKIAOLD
aws_secret_access_key = old/secret
region=eu-west-1

[other]
aws_access_key_id=AKIAOLD
aws_secret_access_key=other
"""


def _in_ini(path: Path, section: str = "default", key_id: str = "AKIAOLD") -> KeySource:
    return KeySource(kind=KeysFrom.FILE, access_key_id=key_id, path=str(path), section=section)


def _in_json(path: Path, key_id: str = "AKIDold") -> KeySource:
    return KeySource(kind=KeysFrom.FILE, access_key_id=key_id, path=str(path))


def test_only_the_lines_of_the_keys_change(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_text(INI)

    assert replace_plain_keys(_in_ini(path), NEW) == path

    expected = INI.replace("= AKIAOLD", "= AKIANEW").replace("old/secret", "new/secret")
    assert path.read_text() == expected
    assert path.stat().st_mode & 0o077 == 0


def test_removing_takes_the_lines_of_the_keys_and_leaves_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    path.write_text(INI)

    remove_plain_keys(_in_ini(path))

    gone = "aws_access_key_id = AKIAOLD\naws_secret_access_key = old/secret\n"
    assert path.read_text() == INI.replace(gone, "")


def test_keys_in_the_config_file_are_changed_there(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("[profile dev]\nmfa_serial = x\naws_access_key_id = AKIAOLD\naws_secret_access_key = old\n")

    replace_plain_keys(_in_ini(path, "profile dev"), NEW)

    assert "aws_access_key_id = AKIANEW\naws_secret_access_key = new/secret\n" in path.read_text()


def test_tcclis_file_keeps_everything_else(tmp_path: Path) -> None:
    path = tmp_path / "dev.credential"
    path.write_text(json.dumps({"secretId": "AKIDold", "secretKey": "old", "role-arn": "qcs::x", "type": "default"}))

    replace_plain_keys(_in_json(path), NEW)
    after_replacing = json.loads(path.read_text())
    remove_plain_keys(_in_json(path, "AKIANEW"))

    rest = {"role-arn": "qcs::x", "type": "default"}
    assert after_replacing == rest | {"secretId": "AKIANEW", "secretKey": "new/secret"}
    assert json.loads(path.read_text()) == rest
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["", "[other]\n", "[default]\naws_access_key_id = AKIAODD\n", INI])
def test_a_file_with_other_keys_by_now_is_left_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / "credentials"
    path.write_text(content)

    with pytest.raises(FileUnwritable, match=r"no longer holds the key …GONE"):
        replace_plain_keys(_in_ini(path, key_id="AKIAGONE"), NEW)

    assert path.read_text() == content


@pytest.mark.parametrize("content", ["{}", '{"secretId": 7}', '{"secretId": "AKIDodd"}'])
def test_a_file_of_tcclis_with_other_keys_is_left_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / "dev.credential"
    path.write_text(content)

    with pytest.raises(FileUnwritable, match="no longer holds the key"):
        remove_plain_keys(_in_json(path))

    assert path.read_text() == content


@pytest.mark.parametrize("content", [b"[default\n", b"[default]\nx = \xff\n"])
def test_a_broken_file_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "credentials"
    path.write_bytes(content)

    with pytest.raises(FileUnwritable, match="is broken"):
        remove_plain_keys(_in_ini(path))

    assert path.read_bytes() == content


def test_keys_that_are_in_no_file_are_not_looked_for_in_one() -> None:
    with pytest.raises(ValueError, match="is no file"):
        remove_plain_keys(KeySource(kind=KeysFrom.KEYRING, access_key_id="AKIAOLD", profile="dev"))
