"""The cached read: an answer that was given before is given again, before anything heavy is imported.

AWS tools ask `credential-process` at every call, and shells ask `export` again and again; click and keyring alone
take ten times as long as Python itself. This module knows no profile, no shell and no JSON. It finds an entry that
the ordinary way wrote after it had answered (`commands/answers.py`): that very answer, with the two secrets cut out,
and what it hung on. The secrets are read where the session rests: in the kernel's keyring (`hot_kernel.py`) or in the
Secret Service (`hot_bus.py`). It decides nothing: where anything is unusual, missing, changed or damaged it returns,
and the ordinary way goes on as if it had never been here.

What an answer hangs on: the arguments, the environment, the user, the machine, the version and where it is
installed make the entry's name; the files of profiles and settings, the session and the time are in it. It has these
lines:

    `mfacli-answer 2 CRC-32`, of everything after this line
    `kernel NUMBER`, that of keyctl among the kernel's calls, or `secret-service`
    the description of the session's key, or `SERVICE USERNAME` of its item (`store/payload.py`)
    from when until when the answer may be given, in seconds of the epoch
    the number of files; for each a line `STAMP PATH`
    the session's lines 0 to 3 and 6 to 12, which are no secrets
    the answer; a zero byte and 4 or 5 stand for that line of the session
"""

from __future__ import annotations

import os
import sys

from mfacli.version import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The command, and the profile, the format and the cloud that were named.
Question = tuple[str, str | None, str | None, str | None]

MAGIC = b"mfacli-answer 2"
FOLDER = "answers"
KERNEL, SECRET_SERVICE = b"kernel", b"secret-service"
MISSING = "-"
PUBLIC_LINES = (0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12)
SECRET_LINES = (4, 5)
_LINES = 14
_LARGEST = 64 * 1024

# Everything in the environment that an answer could depend on; `decides` says how they are meant. Those of Python and
# of the desktop choose, among other things, the keyring.
_PREFIXES = ("AWS_", "MFACLI_", "TENCENTCLOUD_", "TCCLI_", "PYTHON", "KEYRING_")
_NAMES = frozenset(
    {"HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "LOGNAME", "USER", "LNAME", "USERNAME", "SHELL", "PSModulePath",
     "_MFACLI_COMPLETE", "DBUS_SESSION_BUS_ADDRESS", "XDG_CURRENT_DESKTOP", "XDG_DATA_HOME"}
)  # fmt: skip

_CANNOT_WRITE = 3


def answer(arguments: Sequence[str]) -> None:
    """Give the answer and end the process, or return."""
    # A person at a terminal gets a hint besides, and does not count milliseconds.
    if sys.platform != "linux" or sys.stdout is None or os.isatty(1):
        return
    try:
        question = recognise(arguments)
        text = question and kept_answer(question, os.environ)
    except Exception:  # noqa: BLE001 - whatever is wrong, the ordinary way finds it too, and says it
        return
    if text:
        _give(text)


def recognise(arguments: Sequence[str]) -> Question | None:
    """Return what is asked, or None where the arguments are any but the plain ones."""
    if not arguments or arguments[0] not in {"credential-process", "export"}:
        return None
    command = arguments[0]
    named: dict[str, str] = {}
    rest = iter(arguments[1:])
    for argument in rest:
        if argument in {"--no-input", "-q", "--quiet"}:
            continue
        option, equals, value = argument.partition("=")
        if argument in {"-p", "--profile", "--format", "--cloud"}:
            option, value = argument, next(rest, "")
        elif not equals or option not in {"--profile", "--format", "--cloud"}:
            return None
        option = "--profile" if option == "-p" else option
        if option in named or not value or value.startswith("-"):
            return None
        named[option] = value
    profile, form, cloud = named.get("--profile"), named.get("--format"), named.get("--cloud")
    if command == "credential-process" and (profile is None or len(named) > 1):
        return None
    return command, profile, form, cloud


def decides(variable: str) -> bool:
    """Whether an answer could depend on this variable of the environment."""
    return variable in _NAMES or variable.startswith(_PREFIXES)


def state_folder(environment: Mapping[str, str]) -> str:
    """Return where mfacli keeps its own files; empty where that is an unusual place, which the commands look into."""
    state = environment.get("MFACLI_STATE_DIR")
    if not state:
        home = environment.get("HOME")
        base = environment.get("XDG_STATE_HOME") or (home and f"{home}/.local/state")
        state = f"{base}/mfacli" if base else ""
    return state if state.startswith("/") else ""


def entry_path(question: Question, environment: Mapping[str, str]) -> str | None:
    """Return where the entry for a question is, or would be; None where the state directory is an unusual one."""
    from _blake2 import blake2b

    state = state_folder(environment)
    if not state:
        return None
    command, profile, form, cloud = question
    machine = os.uname()
    facts = [
        VERSION,
        __file__,
        command,
        "" if profile is None else f"-p{profile}",
        form or (_parent_name() if command == "export" else ""),
        cloud or "",
        f"{os.geteuid()} {sys.maxsize} {machine.machine} {machine.nodename}",
        state,
        *sorted(f"{name}={value}" for name, value in environment.items() if decides(name)),
    ]
    # Only a digest: the environment can hold secrets.
    return f"{state}/{FOLDER}/{blake2b(os.fsencode(chr(0).join(facts)), digest_size=16).hexdigest()}"


def stamp(path: str) -> str:
    """Return what changes when the file at `path` does; `MISSING` where there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - pathlib would cost as much as all the rest
    except FileNotFoundError:
        return MISSING
    # Renamed over: another inode. Written with its old time put back: another change time.
    return (
        f"{status.st_mtime_ns},{status.st_ctime_ns},{status.st_size},{status.st_ino},{status.st_dev},{status.st_mode}"
    )


def kept_answer(question: Question, environment: Mapping[str, str]) -> bytes | None:
    """Return the answer, if there is one and all that it hung on is as it was."""
    from binascii import crc32
    from time import time

    path = entry_path(question, environment)
    content = path and _read_private(path)
    if not content:
        return None
    head, _, body = content.partition(b"\n")
    if head != b"%s %08x" % (MAGIC, crc32(body)):
        return None
    place, name, times, count, *lines = body.split(b"\n")
    begins, ends = times.split()
    if not int(begins) <= time() < int(ends):
        return None
    files, lines = lines[: int(count)], lines[int(count) :]
    for line in files:
        stamped, _, file = os.fsdecode(line).partition(" ")
        if stamp(file) != stamped:
            return None
    _forbid_core_files()
    session = session_lines(kept_session(place, name, environment))
    public = len(PUBLIC_LINES)
    if session is None or [session[index] for index in PUBLIC_LINES] != lines[:public]:
        return None
    return filled(b"\n".join(lines[public:]), session)


def kept_session(place: bytes, name: bytes, environment: Mapping[str, str]) -> bytes | None:
    """Return the text of the session that rests at `place` under `name`; None where there is none."""
    kind, _, number = place.partition(b" ")
    if kind == KERNEL:
        from mfacli.hot_kernel import read_key

        key = read_key(int(number), name)
        # It has one newline more there.
        return key and key[:-1]
    if kind == SECRET_SERVICE:
        from mfacli.hot_bus import read_item

        service, _, username = name.partition(b" ")
        return read_item(environment.get("DBUS_SESSION_BUS_ADDRESS", ""), service, username)
    return None


def session_lines(text: bytes | None) -> list[bytes] | None:
    """Return the lines of a kept session, or None where it is not whole or cannot be printed as it stands."""
    from binascii import crc32

    lines = text.split(b"\n") if text else []
    if not text or len(lines) != _LINES or not lines[0].endswith(b" plain"):
        return None
    return lines if lines[-1] == b"%08x" % crc32(text[: -len(lines[-1])]) else None


def filled(template: bytes, session: list[bytes]) -> bytes | None:
    """Return the answer with the session's secrets in their places; None where it has others, or not both."""
    before, *pieces = template.split(b"\0")
    # Tencent Cloud's tools do not agree on one name for the token: it is in there twice.
    if {piece[:1] for piece in pieces} != {b"%d" % index for index in SECRET_LINES}:
        return None
    return before + b"".join(session[int(piece[:1])] + piece[1:] for piece in pieces)


def _forbid_core_files() -> None:
    from resource import RLIMIT_CORE, getrlimit, setrlimit

    setrlimit(RLIMIT_CORE, (0, getrlimit(RLIMIT_CORE)[1]))


def _parent_name() -> str:
    descriptor = os.open(f"/proc/{os.getppid()}/comm", os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.fsdecode(os.read(descriptor, 256)).strip()
    finally:
        os.close(descriptor)


def _read_private(path: str) -> bytes | None:
    """Return the content of a file that nobody but this user can have written."""
    folder = os.stat(path[: path.rindex("/")])  # noqa: PTH116 - pathlib would cost as much as all the rest
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        file = os.fstat(descriptor)
        is_ours = folder.st_uid == file.st_uid == os.geteuid() and not folder.st_mode & 0o022
        # A regular file of mode 0600.
        if not is_ours or file.st_mode != 0o100600 or file.st_size > _LARGEST:
            return None
        return os.read(descriptor, _LARGEST)
    finally:
        os.close(descriptor)


def _give(text: bytes) -> None:
    """Write it all and end the process; returns where stdout takes nothing, for the ordinary way to say why."""
    written = 0
    try:
        while written < len(text):
            written += os.write(1, text[written:])
    except BrokenPipeError:
        # Who reads only the beginning has got what they wanted.
        os._exit(0)
    except OSError as problem:
        if written == 0:
            return
        _complain(problem)
        os._exit(_CANNOT_WRITE)
    # Skips what Python tears down on its way out: a fifth of the whole read.
    os._exit(0)


def _complain(problem: OSError) -> None:
    try:
        os.write(2, f"mfacli: the answer could not be written to stdout: {problem.strerror}\n".encode())
    except OSError:
        return
