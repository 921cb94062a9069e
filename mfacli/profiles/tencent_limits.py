"""What Tencent Cloud's STS takes: the limits of its parameters (API version 2018-08-13), checked before any call.

Each `wrong_…` returns what the value must be, or None where it is right. No shortest duration is documented, so none
is refused here but no time at all: STS itself says what it will not have. What depends on who calls (root's 7,200 s)
is the provider's to check.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from mfacli.domain.durations import show_duration
from mfacli.profiles.parameters import json_object, wrong_url

SESSION_LONGEST = timedelta(seconds=129_600)
ROLE_LONGEST = timedelta(seconds=43_200)
OWN_ENDPOINT = "https://sts.tencentcloudapi.com"

_NAME = re.compile(r"[\w+=,.@-]{2,128}", re.ASCII)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,128}", re.ASCII)
_UIN = re.compile(r"[0-9]{1,20}")
# Temporary ones are long, and hold hyphens.
_KEY_ID = re.compile(r"[\w-]{1,1024}", re.ASCII)
_REGION = re.compile(r"[a-z]{2,10}(-[a-z0-9]{1,30}){1,5}")
_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def wrong_session_name(text: str) -> str | None:
    """Check a role session name."""
    return None if _NAME.fullmatch(text) else "must be 2 to 128 of A-Z a-z 0-9 _+=,.@-"


def wrong_external_id(text: str) -> str | None:
    """Check an external id."""
    return None if _EXTERNAL_ID.fullmatch(text) else "must be 2 to 128 of A-Z a-z 0-9 _+=,.@:/-"


def wrong_source_identity(text: str) -> str | None:
    """Check a source identity, which is a user's uin here."""
    return None if _UIN.fullmatch(text) else "must be a uin, which is all digits"


def wrong_key_id(text: str) -> str | None:
    """Check a SecretId; the answer never shows it, since a secret may have been pasted in its place."""
    return None if _KEY_ID.fullmatch(text) else "must be 1 to 1024 letters, digits, _ and -"


def wrong_region(text: str) -> str | None:
    """Check a region's name."""
    return None if _REGION.fullmatch(text) else "is no region's name; one looks like ap-guangzhou"


def wrong_endpoint(text: str) -> str | None:
    """Check an endpoint: a host, with a port or a scheme where it has one."""
    shape = "must be a host such as sts.tencentcloudapi.com, or a URL of one"
    url = _as_url(text)
    return wrong_url(url, shape) or (shape if url.partition("://")[2].rstrip("/").count("/") else None)


def endpoint_url(text: str) -> str | None:
    """Return a right endpoint as a URL; None for STS's own, which tccli writes into every `.configure`."""
    scheme, _, place = _as_url(text).partition("://")
    url = f"{scheme.lower()}://{place.rstrip('/').lower()}"
    return None if url == OWN_ENDPOINT else url


def _as_url(text: str) -> str:
    return text if _HAS_SCHEME.match(text) else f"https://{text}"


def wrong_session_duration(duration: timedelta) -> str | None:
    """Check how long a GetSessionToken session shall live."""
    return _outside(duration, SESSION_LONGEST)


def wrong_role_duration(duration: timedelta) -> str | None:
    """Check how long a role session shall live."""
    return _outside(duration, ROLE_LONGEST)


def _outside(duration: timedelta, longest: timedelta) -> str | None:
    if timedelta() < duration <= longest:
        return None
    return f"must be more than nothing and at most {show_duration(longest)}"


def wrong_tags(tags: Sequence[tuple[str, str]]) -> str | None:
    """Check session tags."""
    if len(tags) > 50:
        return f"are {len(tags)}; STS takes 50"
    keys = [key for key, _ in tags]
    for key, value in tags:
        if not 1 <= len(key) <= 128:
            return f"have the key `{key[:128]}`; a key has 1 to 128 characters"
        if len(value) > 256:
            return f"give `{key}` a value of {len(value)} characters; STS takes 256"
        if keys.count(key) > 1:
            return f"have `{key}` twice"
    return None


def wrong_policy(text: str) -> str | None:
    """Check an inline session policy."""
    document = json_object(text)
    if isinstance(document, str):
        return document
    if document.get("version") != "2.0":
        return 'must have "version": "2.0", as all policies of Tencent Cloud'
    statements = document.get("statement")
    if not isinstance(statements, list | dict) or not statements:
        return "must have a `statement`"
    parts = [document, *(statements if isinstance(statements, list) else [statements])]
    if any(isinstance(part, dict) and "principal" in part for part in parts):
        return "must name no `principal`: it is about the role itself"
    return None
