"""Parameters of a call that both clouds take, and how a wrong one is refused. Pure: values in, values out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from mfacli.domain.durations import parse_duration
from mfacli.errors import ProfileBroken, UsageWrong

DURATION_VARIABLE = "MFACLI_DURATION"
_NOT_IN_NAMES = re.compile(r"[^\w+=,.@-]+", re.ASCII)


def default_session_name(user: str) -> str:
    """Return the role session name for a user: always the same, so that logs and the kept session stay the same."""
    name = _NOT_IN_NAMES.sub("-", user).strip("-")
    return f"mfacli-{name}"[:64] if name else "mfacli"


def shell_duration(environment: Mapping[str, str]) -> tuple[timedelta, str] | None:
    """Return how long MFA sessions shall live in this shell, and what says so."""
    text = environment.get(DURATION_VARIABLE, "")
    if not text:
        return None
    duration = parse_duration(text)
    if duration is None:
        raise ProfileBroken(f"{DURATION_VARIABLE} `{text}` is no duration", hint="write 3600, 90m, 1h30m or 12h")
    return duration, DURATION_VARIABLE


def checked(text: str | None, flag: str, wrong: Callable[[str], str | None]) -> str | None:
    """Return what a flag gives, where `wrong` finds nothing to say against it."""
    if text is not None:
        refuse(f"{flag} `{text}`", wrong(text))
    return text


def refuse(what: str, wrong: str | None) -> None:
    """Raise `UsageWrong` where something is wrong."""
    if wrong:
        raise UsageWrong(f"{what} {wrong}")


def wrong_url(text: str, shape: str) -> str | None:
    """Check an endpoint's URL; `shape` says what one must look like."""
    if any(not character.isprintable() or character.isspace() for character in text):
        return shape
    try:
        parts = urlsplit(text)
        # Reading the port is what checks it.
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return shape
    if not is_whole:
        return shape
    if parts.username is not None or parts.password is not None:
        return "must not hold a user name or password"
    if parts.query or parts.fragment:
        return "must not have a query or fragment"
    return None


def json_object(text: str) -> Mapping[str, object] | str:
    """Return the JSON object that `text` is, or why it is none, without a word of the text itself."""
    try:
        # What JSON holds is not known before it is looked at; who asks looks at each value.
        document: object = json.loads(text)
    except (ValueError, RecursionError) as problem:
        where = f" at line {problem.lineno}" if isinstance(problem, json.JSONDecodeError) else ""
        return f"is no JSON{where}"
    return document if isinstance(document, dict) else "is no JSON object"
