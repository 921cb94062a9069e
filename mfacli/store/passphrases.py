"""Where the passphrase of the encrypted file comes from: a program of the user's, else the person at the terminal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from mfacli.domain.secret import Secret
from mfacli.errors import Cancelled, InputNotAllowed, KeyringLocked
from mfacli.interfaces import Prompter
from mfacli.programs import Command, name_of, output_of

_PATIENCE = timedelta(minutes=2)


class TypedPassphrase:
    """Asks the person, twice where the file is new.

    `prompter` is called when it is needed.
    """

    def __init__(self, prompter: Callable[[], Prompter]) -> None:
        self._prompter = prompter

    def passphrase(self, path: Path, *, is_new: bool) -> Secret:
        """Return what was typed; raises `InputNotAllowed` where nobody can be asked."""
        what = "new passphrase" if is_new else "passphrase"
        try:
            typed = self._prompter().ask_secret(f"{what} of {path}: ")
            if not typed.reveal().strip():
                raise Cancelled("no passphrase was given")
            if is_new and self._prompter().ask_secret("the same again: ") != typed:
                raise Cancelled("the two are not the same: nothing was written")
        except InputNotAllowed as problem:
            raise InputNotAllowed(
                f"the passphrase of `{path}` cannot be asked: nobody is there, or asking is forbidden",
                hint="name a program that prints it: `store_passphrase_command` in config.toml",
            ) from problem
        return typed


class ProgramPassphrase:
    """Runs the `store_passphrase_command` of the settings."""

    def __init__(self, command: Command, *, may_ask: bool) -> None:
        self._command = command
        self._may_ask = may_ask

    def passphrase(self, path: Path, *, is_new: bool) -> Secret:
        """Return what the program prints, without the end of its line; raises `ProfileBroken` where it fails."""
        printed = output_of(self._command, what="passphrase", may_ask=self._may_ask, patience=_PATIENCE)
        try:
            text = printed.decode()
        except UnicodeDecodeError:
            text = ""
        if not text or "\n" in text:
            # What it printed is not shown: it may be the passphrase with words around it.
            raise KeyringLocked(
                f"`{name_of(self._command)}` printed no passphrase of one line",
                hint="`store_passphrase_command` must print the passphrase and nothing else",
            )
        return Secret(text)
