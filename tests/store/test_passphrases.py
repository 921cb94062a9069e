"""Where the passphrase of the encrypted file comes from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from mfacli.asking import SilentPrompter
from mfacli.domain.secret import Secret
from mfacli.errors import Cancelled, ExitCode, InputNotAllowed, KeyringLocked, ProfileBroken
from mfacli.store.passphrases import ProgramPassphrase, TypedPassphrase

FILE = Path("/home/you/keyring.cfg")


class Typing(SilentPrompter):
    """A person who types these."""

    def __init__(self, *texts: str) -> None:
        self._texts = list(texts)
        self.questions: list[str] = []

    def ask_secret(self, question: str) -> Secret:
        """Return the next text."""
        self.questions.append(question)
        return Secret(self._texts.pop(0))


def _typed(*texts: str) -> tuple[TypedPassphrase, Sequence[str]]:
    person = Typing(*texts)
    return TypedPassphrase(lambda: person), person.questions


def test_a_file_that_is_there_is_asked_for_once() -> None:
    source, questions = _typed("a b")

    assert source.passphrase(FILE, is_new=False) == Secret("a b")
    assert questions == ["passphrase of /home/you/keyring.cfg: "]


def test_a_new_file_is_asked_for_twice() -> None:
    source, questions = _typed("a b", "a b")

    assert source.passphrase(FILE, is_new=True) == Secret("a b")
    assert questions == ["new passphrase of /home/you/keyring.cfg: ", "the same again: "]


@pytest.mark.parametrize("texts", [("a", "b"), (" ",), ("",)], ids=["a slip", "a blank", "nothing"])
def test_a_slip_makes_no_file(texts: Sequence[str]) -> None:
    source, _ = _typed(*texts)

    with pytest.raises(Cancelled):
        source.passphrase(FILE, is_new=True)


def test_where_nobody_can_be_asked_the_other_way_is_named() -> None:
    source = TypedPassphrase(SilentPrompter)

    with pytest.raises(InputNotAllowed) as refusal:
        source.passphrase(FILE, is_new=False)

    assert refusal.value.exit_code == ExitCode.INPUT_NOT_ALLOWED
    assert "store_passphrase_command" in refusal.value.hint


@pytest.mark.parametrize("command", ["echo 'a b'", ("printf", "a b\n")], ids=["shell", "list"])
def test_a_program_prints_it(command: str | tuple[str, ...]) -> None:
    assert ProgramPassphrase(command, may_ask=False).passphrase(FILE, is_new=True) == Secret("a b")


@pytest.mark.parametrize("printed", ["", "one\\ntwo", "\\377"], ids=["nothing", "two lines", "no text"])
def test_what_is_no_passphrase_is_not_shown(printed: str) -> None:
    with pytest.raises(KeyringLocked, match=r"^`printf` printed no passphrase of one line$"):
        ProgramPassphrase(("printf", printed), may_ask=False).passphrase(FILE, is_new=False)


def test_a_program_that_fails_is_named() -> None:
    with pytest.raises(ProfileBroken, match=r"^`false` failed with exit code 1$"):
        ProgramPassphrase("false", may_ask=False).passphrase(FILE, is_new=False)
