"""Which of keyring's backends is used, what people call it, and what its refusals mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import keyring.core
import pytest
from keyring import errors
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend

from mfacli.errors import KeyringLocked, KeyringMissing, KeyringUnusable
from mfacli.store.keyring_backends import (
    chosen_backend,
    members_of,
    module_of,
    place_of,
    translated,
    who_chose,
    why_none,
)
from tests.store.standins import MemoryKeyring, SmallKeyring


class Recommended(MemoryKeyring):
    """One that the library would choose, if it came upon it."""

    viable = False
    priority = 1


class Plain(MemoryKeyring):
    """One that the library chooses where there is nothing else, and does not recommend."""

    viable = False
    priority = 0.5  # type: ignore[assignment]  # a whole number there


@pytest.fixture(autouse=True)
def _forget_the_chosen_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    keyring.core._keyring_backend = None
    yield
    keyring.core._keyring_backend = None


@pytest.fixture
def own_file(isolated_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the path of keyring's own file, and nothing else that chooses."""
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    path = isolated_home / ".config" / "python_keyring" / "keyringrc.cfg"
    path.parent.mkdir(parents=True)
    return path


def offered(monkeypatch: pytest.MonkeyPatch, backends: Sequence[KeyringBackend]) -> KeyringBackend:
    """Let the library come upon these, and return what it makes of them."""
    chain = ChainerBackend()  # type: ignore[no-untyped-call]  # the library's has no types
    monkeypatch.setattr(ChainerBackend, "backends", list(backends))
    found = chain if len(backends) > 1 else backends[0]
    monkeypatch.setattr("keyring.get_keyring", lambda: found)
    return found


def crypt_file() -> KeyringBackend:
    from keyrings.cryptfile.cryptfile import CryptFileKeyring

    backend: KeyringBackend = CryptFileKeyring()
    return backend


@pytest.mark.parametrize("unfit", [crypt_file(), Plain()], ids=["asks on the terminal", "plain"])
@pytest.mark.parametrize("others", [0, 1, 2])
def test_what_nobody_would_want_counts_only_where_it_is_named(
    unfit: KeyringBackend, others: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = [Recommended() for _ in range(others)]
    found = offered(monkeypatch, [unfit, *fit])

    named = chosen_backend()
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    unnamed = chosen_backend()

    assert named is found
    assert [each for each in members_of(unnamed) if module_of(each) != "keyring.backends.fail"] == fit


def test_the_rest_of_a_chain_is_a_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Recommended(), Recommended()
    offered(monkeypatch, [first, crypt_file(), second])
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    second.entries["service", "a"] = "kept"

    chain = chosen_backend()
    chain.set_password("service", "b", "new")

    assert (chain.get_password("service", "a"), first.entries) == ("kept", {("service", "b"): "new"})


@pytest.mark.parametrize("named", ["no.such.module.Keyring", "keyring.backends.fail.Nothing", "nonsense", ""])
def test_a_backend_that_does_not_exist_is_missing(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", named)

    with pytest.raises(KeyringMissing, match="cannot be used") as caught:
        chosen_backend()

    assert caught.value.hint == "it is PYTHON_KEYRING_BACKEND that names it: correct it there, or take it out"


@pytest.mark.parametrize(
    "text",
    ["[backend]\ndefault-keyring = no.such.Keyring\n", "backend]\nno section\n", "[backend]\ndefault-keyring = \xff"],
    ids=["no such backend", "no file of this kind", "no text"],
)
def test_a_file_of_keyrings_that_is_wrong_is_named(own_file: Path, text: str) -> None:
    own_file.write_bytes(text.encode("latin-1"))

    with pytest.raises(
        KeyringMissing, match=r"^the keyring backend that is configured cannot be used: [^\n]*$"
    ) as caught:
        chosen_backend()

    assert caught.value.hint == f"it is {own_file} that names it: correct it there, or take it out"


@pytest.mark.parametrize("text", ["", "[backend]\n", "[backend]\nkeyring-path = /elsewhere\n", "[other]\na = b\n"])
def test_a_file_that_names_none_chooses_none(own_file: Path, text: str) -> None:
    own_file.write_text(text)

    assert who_chose() == ""


def test_the_variable_goes_before_the_file(own_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_file.write_text("[backend]\ndefault-keyring = keyring.backends.null.Keyring\n")

    alone = who_chose()
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")

    assert (alone, who_chose()) == (str(own_file), "PYTHON_KEYRING_BACKEND")


def test_asking_who_chose_loads_nothing(own_file: Path) -> None:
    own_file.write_text("[backend]\ndefault-keyring = no.such.Keyring\n")

    assert who_chose() == str(own_file)


@pytest.mark.parametrize(
    ("address", "expected"),
    [("", "no D-Bus session is reached from here"), ("unix:path=/nowhere", "no Secret Service answers")],
    ids=["no bus", "an empty bus"],
)
def test_where_there_is_none_it_is_said_what_is_missing(
    own_file: Path, monkeypatch: pytest.MonkeyPatch, address: str, expected: str
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)

    hint = why_none(chosen_backend())

    assert hint.startswith(expected)
    assert hint.endswith('`store = "file"` in config.toml keeps an encrypted file')


def _caused_by(problem: Exception, cause: str) -> Exception:
    problem.__cause__ = type(cause, (Exception,), {})("told by the bus")
    return problem


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (errors.KeyringLocked("Failed to unlock the collection!"), KeyringLocked),
        (_caused_by(errors.InitError("Failed to create the collection"), "PromptDismissedException"), KeyringLocked),
        (type("LockedException", (Exception,), {})("Collection is locked!"), KeyringLocked),
        (errors.NoKeyringError("No recommended backend"), KeyringMissing),
        (errors.InitError("Failed to create the collection"), KeyringMissing),
        (type("SecretServiceNotAvailableException", (Exception,), {})("no bus"), KeyringMissing),
        (errors.PasswordSetError("-50"), KeyringUnusable),
        (OSError(1783, "The stub received bad data"), KeyringUnusable),
        (UnicodeEncodeError("utf-8", "FwoGZXIvYXdz", 0, 1, "surrogates"), KeyringUnusable),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.__name__,
)
def test_foreign_exceptions_leave_as_ours(problem: Exception, expected: type[KeyringUnusable]) -> None:
    def fail() -> None:
        raise problem

    with pytest.raises(KeyringUnusable) as caught:
        translated(fail)

    assert type(caught.value) is expected
    assert caught.value.__cause__ is problem
    assert caught.value.hint
    assert "FwoGZXIvYXdz" not in caught.value.message


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("keyring.backends.SecretService", "Secret Service"),
        ("keyring.backends.macOS", "macOS Keychain"),
        ("keyring.backends.Windows", "Windows Credential Manager"),
        ("keyring.backends.kwallet", "KWallet"),
        ("keyrings.somebodys.file", "file Renamed"),
    ],
)
def test_places_have_names_that_people_know(module: str, expected: str) -> None:
    class Renamed(MemoryKeyring):
        pass

    Renamed.__module__ = module

    assert place_of(Renamed()) == expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [([SmallKeyring(), MemoryKeyring()], "Windows Credential Manager"), ([], "keyring")],
    ids=["first", "none"],
)
def test_a_chain_of_keyrings_is_called_like_its_first(
    monkeypatch: pytest.MonkeyPatch, members: list[KeyringBackend], expected: str
) -> None:
    chain = ChainerBackend()  # type: ignore[no-untyped-call]  # the library's has no types
    monkeypatch.setattr(ChainerBackend, "backends", members)

    assert place_of(chain) == expected
