"""Every failure a user can meet, with what to do next and the exit code it ends in.

One root, `MfacliError`, caught in one place (`commands/main.py`). A message says what happened to which thing:
lower-case start, no full stop, names and paths in backticks. A hint says what to do next, best of all a command
to paste. Neither ever holds a secret.
"""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes, stable and documented in the README."""

    DONE = 0
    UNFORESEEN = 1
    USAGE = 2
    PROFILE = 3
    REJECTED = 4
    CLOUD_REFUSED = 5
    CLOUD_UNREACHABLE = 6
    KEYRING = 7
    INPUT_NOT_ALLOWED = 8
    COMMAND_NOT_EXECUTABLE = 126
    COMMAND_NOT_FOUND = 127
    CANCELLED = 130


class MfacliError(Exception):
    """A failure that the user can act on.

    `message` says what happened, `hint` what to do next (may be empty).
    """

    exit_code = ExitCode.UNFORESEEN

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageWrong(MfacliError):
    """Options or arguments that cannot mean anything (exit 2)."""

    exit_code = ExitCode.USAGE


class ProfileBroken(MfacliError):
    """A profile or setting is missing, loops, or does not parse; names file and section (exit 3)."""

    exit_code = ExitCode.PROFILE


class ProfileUnknown(ProfileBroken):
    """No profile has this name; the hint lists the closest ones (exit 3)."""


class ProfileAmbiguous(ProfileBroken):
    """Both clouds have a profile of this name, and nothing says whose is meant; names both places (exit 3)."""


class DurationOutOfRange(UsageWrong):
    """A duration that the cloud would refuse, found before the call (exit 2)."""


class DeviceUnusable(MfacliError):
    """A serial that STS cannot use (`:u2f/`, `:user/`, malformed), or no device at all (exit 4)."""

    exit_code = ExitCode.REJECTED


class SeedMalformed(MfacliError):
    """An otpauth link or base32 seed that does not parse (exit 4)."""

    exit_code = ExitCode.REJECTED


class KeysMalformed(MfacliError):
    """What was given as long-term keys, or kept as such, is none: half a pair, a session's, damaged (exit 4)."""

    exit_code = ExitCode.REJECTED


class KeysGone(KeysMalformed):
    """The long-term keys that the list names are not where they were kept (exit 4)."""


class KeysElsewhere(KeysMalformed):
    """The long-term keys that the list names are in another keyring than the one that is chosen now (exit 4)."""


class CodeMalformed(MfacliError):
    """What was given as a code is not six digits (exit 4)."""

    exit_code = ExitCode.REJECTED


class CodeRejected(MfacliError):
    """STS refused the code: wrong, already used, or the clock is off; another code may pass (exit 4).

    `clock_offset` is the cloud's time minus this machine's, where the answer's Date header told.
    """

    exit_code = ExitCode.REJECTED

    def __init__(self, message: str, *, hint: str = "", clock_offset: timedelta | None = None) -> None:
        super().__init__(message, hint=hint)
        self.clock_offset = clock_offset


class DeviceRejected(MfacliError):
    """STS does not know this device for this user; no other code will help (exit 4)."""

    exit_code = ExitCode.REJECTED


class KeysRejected(MfacliError):
    """STS refused the keys themselves: unknown, inactive, expired, session keys, bad signature (exit 4)."""

    exit_code = ExitCode.REJECTED


class CloudRefused(MfacliError):
    """The cloud understood and said no: access denied, a limit, a validation (exit 5)."""

    exit_code = ExitCode.CLOUD_REFUSED


class AccessDenied(CloudRefused):
    """The cloud's policies do not allow it (exit 5)."""


class EntityExists(CloudRefused):
    """What was to be made is there already, or is in use (exit 5)."""


class EntityMissing(CloudRefused):
    """What was to be changed is not there, or not there yet (exit 5)."""


class EntityBusy(CloudRefused):
    """What was to be changed is being changed by somebody else; a moment later it can be (exit 5)."""


class CloudUnreachable(MfacliError):
    """No answer from the cloud: network, proxy, TLS, time-out, or it stayed overloaded (exit 6)."""

    exit_code = ExitCode.CLOUD_UNREACHABLE


class KeyringUnusable(MfacliError):
    """No keyring, or it refuses (exit 7)."""

    exit_code = ExitCode.KEYRING


class KeyringMissing(KeyringUnusable):
    """This machine offers no keyring that can be used."""


class KeyringLocked(KeyringUnusable):
    """The keyring is locked, and unlocking was refused or could not be asked for."""


class KeyringFull(KeyringUnusable):
    """The keyring has no room for this entry."""


class InputNotAllowed(MfacliError):
    """Something must be asked, but there is no terminal or asking is forbidden (exit 8)."""

    exit_code = ExitCode.INPUT_NOT_ALLOWED


class Cancelled(MfacliError):
    """The person said no, or pressed Ctrl-C (exit 130)."""

    exit_code = ExitCode.CANCELLED


class CommandNotFound(MfacliError):
    """`exec` found no such command; the exit code is the shells' own for it (127)."""

    exit_code = ExitCode.COMMAND_NOT_FOUND


class CommandNotExecutable(MfacliError):
    """`exec` found the command, but the system will not run it; the shells' own exit code for it (126)."""

    exit_code = ExitCode.COMMAND_NOT_EXECUTABLE


class FileUnwritable(MfacliError):
    """A file could not be written whole; the old one is untouched (exit 3)."""

    exit_code = ExitCode.PROFILE


class BrowserUnusable(MfacliError):
    """No browser is found on this machine, or none opens (exit 3)."""

    exit_code = ExitCode.PROFILE


class EmulatorProblem(MfacliError):
    """The bundled emulator cannot start, is not running, or its world does not load (exit 6)."""

    exit_code = ExitCode.CLOUD_UNREACHABLE


class PolicyMalformed(MfacliError):
    """A policy document that the cloud would refuse; says where, what was found and what was expected (exit 3).

    `line` and `column` count from 1 and point into the document.
    """

    exit_code = ExitCode.PROFILE

    def __init__(self, name: str, *, line: int, column: int, found: str, expected: str) -> None:
        what = f"policy `{name}`" if name else "policy"
        super().__init__(f"{what}, line {line}, column {column}: found {found}, expected {expected}")
        self.line = line
        self.column = column
        self.found = found
        self.expected = expected


class RequestMalformed(UsageWrong):
    """A request to be decided whose principal, action or resource means nothing (exit 2)."""
