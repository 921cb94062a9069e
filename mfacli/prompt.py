"""What a shell's prompt says of the session in use: `dev 42m`, found before anything heavy is imported.

A shell waits for it before every prompt, so it is read with string slicing from what is there anyway: the variables
that an export set, and the index of sessions (`store/index.py`), which holds no secret. Where anything looks unusual
it returns, and the ordinary way answers (`commands/status.py`), with the words from here.
"""

from __future__ import annotations

import os
import sys

from mfacli import hot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# For each cloud: the key, the token under each of its names, when they expire (`output/environment_names.py`).
_SESSIONS = (
    ("AWS_ACCESS_KEY_ID", ("AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN"), "AWS_CREDENTIAL_EXPIRATION"),
    ("TENCENTCLOUD_SECRET_ID", ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"), "MFACLI_EXPIRATION"),
)
_PROFILES = ("MFACLI_PROFILE", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "TCCLI_PROFILE")
_STORES = ("kernel", "keyring")
# The layout of the index: `json.dumps` with an indent of 1 and sorted names.
_HEAD, _TAIL = '{\n "records": {', '},\n "version": 1\n}\n'
_LARGEST = 1024 * 1024


class Unusual(Exception):
    """Nothing that can be read here."""


def answer(arguments: Sequence[str]) -> None:
    """Print the words, if any, and end the process; or return."""
    if sys.platform != "linux" or sys.stdout is None:
        return
    try:
        profile = recognise(arguments)
        text = words(profile, os.environ).encode(sys.stdout.encoding, "replace")
        if text:
            os.write(1, text + b"\n")
    except Exception:  # noqa: BLE001 - whatever is wrong, the ordinary way finds it too, and says it
        return
    # Skips what Python tears down on its way out.
    os._exit(0)


def recognise(arguments: Sequence[str]) -> str | None:
    """Return the profile that `status --prompt` names, None where it names none; raises `Unusual`."""
    profile = None
    rest = iter(arguments)
    if next(rest, "") != "status" or "--prompt" not in arguments:
        raise Unusual
    for argument in rest:
        if argument in {"--prompt", "--no-input", "-q", "--quiet"}:
            continue
        option, equals, value = argument.partition("=")
        if argument in {"-p", "--profile"}:
            value = next(rest, "")
        elif option != "--profile" or not equals:
            raise Unusual
        if profile is not None or not value or value.startswith("-"):
            raise Unusual
        profile = value
    return profile


def words(profile: str | None, environment: Mapping[str, str]) -> str:
    """Return what the prompt says; raises `Unusual` where only the ordinary way knows."""
    from time import time

    if shell := of_shell(profile, environment):
        name, expirations = shell
        return said(name, min(map(epoch, expirations)) - time()) if expirations else ""
    settings = _settings(environment)
    name = profile or named(environment) or settings.get("profile") or "default"
    store = environment.get("MFACLI_STORE") or settings.get("store") or "auto"
    if store != "auto" and store not in _STORES:
        raise Unusual
    kinds = _STORES if store == "auto" else (store,)
    ends = max((end for kind, end in _kept(name, environment) if kind in kinds), default=0.0)
    return said(name, ends - time()) if ends > time() else ""


def of_shell(profile: str | None, environment: Mapping[str, str]) -> tuple[str, list[str]] | None:
    """Return the name of the session in this shell and when it expires, as it stands there; None for none.

    It is not meant where `profile` is another. There are two times where there is a session of each cloud, and none
    where whoever set it left it out.
    """
    found = [
        environment.get(expiration, "")
        for key, tokens, expiration in _SESSIONS
        if environment.get(key) and any(environment.get(token) for token in tokens)
    ]
    name = environment.get("MFACLI_PROFILE", "")
    if not found or (profile is not None and profile != name):
        return None
    return name or "environment", [expiration for expiration in found if expiration]


def named(environment: Mapping[str, str]) -> str:
    """Return the profile that a variable names; empty for none."""
    for variable in _PROFILES:
        if name := environment.get(variable):
            return name
    return ""


def said(name: str, seconds: float) -> str:
    """Return the words for a session that lives `seconds` more."""
    # A profile's name must not steer the terminal, nor be run by a shell that looks into its prompt again.
    shown = "".join(
        character if character.isprintable() and character not in "$`\\" else "\ufffd" for character in name
    )
    if seconds <= 0:
        return f"{shown} expired"
    hours, minutes = int(seconds) // 3600, int(seconds) % 3600 // 60
    if hours:
        return f"{shown} {hours}h {minutes:02}m"
    return f"{shown} {minutes}m" if minutes else f"{shown} {int(seconds)}s"


def epoch(text: str) -> float:
    """Return the seconds of the epoch for a time like `2026-11-21T13:00:00Z`; raises `Unusual` for another form."""
    if text[4:5] + text[7:8] + text[10:11] + text[13:14] + text[16:17] != "--T::" or not text.endswith("Z"):
        raise Unusual
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
    # Howard Hinnant's days_from_civil: importing datetime would cost more than all the rest.
    year -= month <= 2
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * ((month + 9) % 12) + 2) // 5 + day - 719469
    return days * 86400 + int(text[11:13]) * 3600 + int(text[14:16]) * 60 + float(text[17:-1])


def _kept(name: str, environment: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    """Yield where each session of a profile rests (`kernel`, `keyring`), and when it expires."""
    from time import CLOCK_BOOTTIME, clock_gettime, time

    started = time() - clock_gettime(CLOCK_BOOTTIME)
    profile = f'   "profile": {_as_json(name)}'
    vault, is_meant, issued, expires = "", False, "", ""
    for line in _index(environment).split("\n"):
        key, _, value = line.partition(": ")
        if line.startswith('  "'):
            vault, is_meant, issued, expires = line[3:].partition(":")[0], False, "", ""
        elif key == '   "expires_at"':
            expires = value
        elif key == '   "issued_at"':
            issued = value
        elif line.rstrip(",") == profile:
            is_meant = True
        # What the kernel kept before it was started anew is gone, and the index does not know yet.
        elif line.startswith("  }") and is_meant and (vault != "kernel" or _epoch_in(issued) >= started):
            yield vault, _epoch_in(expires)


def _epoch_in(value: str) -> float:
    return epoch(value.rstrip(",").strip('"'))


def _index(environment: Mapping[str, str]) -> str:
    """Return the lines of the index; empty where there is none."""
    state = hot.state_folder(environment)
    if not state:
        raise Unusual
    text = _read(f"{state}/sessions.json")
    if text and not (text.startswith(_HEAD) and text.endswith(_TAIL)):
        raise Unusual
    return text


def _settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what `config.toml` says outside of its tables, as long as it says it in the plainest way."""
    home = environment.get("HOME")
    base = environment.get("XDG_CONFIG_HOME") or (home and f"{home}/.config")
    if environment.get("MFACLI_CONFIG_FILE") or not base or not base.startswith("/"):
        raise Unusual
    found = {}
    for line in _read(f"{base}/mfacli/config.toml").split("\n"):
        text = line.strip()
        if text.startswith("["):
            break
        if not text or text.startswith("#"):
            continue
        key, _, value = text.partition("=")
        before, quote, after = value.strip().partition('"')
        inside, closing, behind = after.partition('"')
        if before or not quote or not inside or not closing or "\\" in inside or behind.strip()[:1] not in ("", "#"):
            raise Unusual
        found[key.strip()] = inside
    return found


def _as_json(name: str) -> str:
    if name.isascii() and name.isprintable() and '"' not in name and "\\" not in name:
        return f'"{name}"'
    from _json import encode_basestring_ascii

    encoded: str = encode_basestring_ascii(name)
    return encoded


def _read(path: str) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return ""
    try:
        content = os.read(descriptor, _LARGEST)
    finally:
        os.close(descriptor)
    if len(content) == _LARGEST:
        raise Unusual
    return content.decode()
