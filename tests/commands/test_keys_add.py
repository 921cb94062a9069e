"""What is given as keys and is none: what is said of it, and that nothing of it is; and keys whose list was lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from mfacli.commands import keys_add
from mfacli.commands.main import run
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys
from mfacli.domain.secret import Secret
from mfacli.errors import KeyringLocked
from mfacli.store.keys import KeptKeys
from mfacli.store.memory import MemoryIndex, MemoryVault
from tests.commands.at_desk import desk_at
from tests.doubles import HandClock

KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
GOOD = f"Access key ID,Secret access key\r\n{KEY_ID},{SECRET}\r\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD.encode("utf-16"), "it is no text in UTF-8"),
        (b"PK\x03\x04" + bytes(range(256)), "it is no text in UTF-8"),
        (b"", "is empty, or no CSV file"),
        (GOOD.replace(",", "|").encode(), "has no columns"),
        ((GOOD + f"{KEY_ID},{SECRET}\r\n").encode(), "has 2 keys, and one is needed"),
    ],
    ids=["utf-16", "spreadsheet", "empty", "odd divider", "two keys"],
)
def test_what_is_no_file_of_the_consoles_is_said_without_quoting_it(
    isolated_home: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    path = isolated_home / "accessKeys.csv"
    path.write_bytes(content)

    code = run(["keys", "add", "--no-check", "--no-input", "--csv", str(path)])

    told = capsys.readouterr()
    assert code == 4
    assert said in told.err
    assert told.out == ""
    assert not any(secret in told.err for secret in (KEY_ID, SECRET))


@pytest.mark.parametrize(
    ("name", "said"), [("folder", "is a directory"), ("missing", "no such file or directory"), ("\0", "null")]
)
def test_what_cannot_be_read_is_said(
    isolated_home: Path, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    (isolated_home / "folder").mkdir()

    code = run(["keys", "add", "--no-check", "--no-input", "--csv", str(isolated_home / name)])

    assert code == 4
    assert said in capsys.readouterr().err


class _Locked(MemoryVault):
    def read(self, name: str) -> str | None:
        raise KeyringLocked("the keyring is locked")


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> MemoryVault:
    """The keyring of all desks, with keys that no list names."""
    vault = MemoryVault()
    keys = Keys(access_key_id=KEY_ID, secret_access_key=Secret(SECRET))
    KeptKeys(vault, index=MemoryIndex(), clock=HandClock()).keep_keys(Cloud.AWS, "dev", keys)
    _have(monkeypatch, vault)
    return vault


def _have(monkeypatch: pytest.MonkeyPatch, vault: MemoryVault) -> None:
    store = KeptKeys(vault, index=MemoryIndex(), clock=HandClock())

    def desk(_: object) -> Desk:
        desk = desk_at()
        desk.__dict__["keys"] = store
        desk.__dict__["never_asks"] = True
        return desk

    monkeypatch.setattr(keys_add, "desk_of", desk)


def test_keys_whose_list_was_lost_are_taken_where_that_is_said(
    isolated_home: Path, vault: MemoryVault, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["keys", "add", "-p", "dev", "--no-check", "--yes"])

    assert code == 0
    assert "kept the key …MPLE as profile dev's" in capsys.readouterr().err


def test_keys_whose_list_was_lost_are_not_taken_without_a_word(
    isolated_home: Path, vault: MemoryVault, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["keys", "add", "-p", "dev", "--no-check", "--no-input"])

    told = capsys.readouterr().err
    assert code == 8
    assert "the keyring has the key …MPLE of profile `dev`, which no list names" in told
    assert "add --yes to take that one" in told


def test_a_locked_keyring_is_no_reason_not_to_ask(
    isolated_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _have(monkeypatch, _Locked())

    code = run(["keys", "add", "-p", "dev", "--no-check", "--no-input"])

    assert code == 8
    assert "the keys cannot be asked for" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cloud", "name", "options"),
    [("aws", "dev", "-p dev"), ("tencent", "dev", "--cloud tencent -p dev"), ("aws", "my dev", "-p 'my dev'")],
)
def test_who_has_no_keys_in_a_plain_file_is_told_what_asks_for_them(
    isolated_home: Path, capsys: pytest.CaptureFixture[str], cloud: str, name: str, options: str
) -> None:
    code = run(["keys", "add", "--cloud", cloud, "--from-profile", name, "--no-check"])

    assert code == 4
    assert f"`mfacli keys add {options}` asks for them" in capsys.readouterr().err
