"""What STS takes: the limits of its parameters (API version 2011-06-15), checked before any call.

Each `wrong_…` returns what the value must be, or None where it is right; who wrote it, a flag or a file, is the
caller's to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta

from mfacli.domain.durations import show_duration
from mfacli.domain.identity import PARTITIONS, parse_arn
from mfacli.profiles.parameters import json_object, wrong_url

SESSION_SHORTEST = timedelta(seconds=900)
SESSION_LONGEST = timedelta(seconds=129_600)
ROLE_LONGEST = timedelta(seconds=43_200)

_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_KEY_ID = re.compile(r"\w{1,128}", re.ASCII)
_TAG_MARKS = frozenset("_.:/=+-@")
_POLICY = re.compile(r"[\t\n\r\u0020-\u00ff]+")
# botocore's rule: whatever is a valid host label may be a region.
_REGION = re.compile(r"(?![0-9]+$)(?!-)[a-zA-Z0-9-]{1,63}(?<!-)")
_REGION_PREFIXES = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
    "eu-isoe-": "aws-iso-e",
    "eusc-": "aws-eusc",
}


def wrong_session_name(text: str) -> str | None:
    """Check a role session name."""
    return None if _NAME.fullmatch(text) else "must be 2 to 64 of A-Z a-z 0-9 _+=,.@-"


def wrong_source_identity(text: str) -> str | None:
    """Check a source identity."""
    if text.startswith("aws:"):
        return "may not begin with `aws:`"
    return wrong_session_name(text)


def wrong_external_id(text: str) -> str | None:
    """Check an external id."""
    return None if _EXTERNAL_ID.fullmatch(text) else "must be 2 to 1224 of A-Z a-z 0-9 _+=,.@:/-"


def wrong_key_id(text: str) -> str | None:
    """Check an access key id; the answer never shows it, since a secret may have been pasted in its place."""
    return None if _KEY_ID.fullmatch(text) else "must be 1 to 128 letters and digits"


def wrong_region(text: str) -> str | None:
    """Check a region's name, and that it is in a partition that mfacli knows."""
    if not _REGION.fullmatch(text):
        return "is no region's name; one looks like eu-west-1"
    partition = partition_of_region(text)
    return None if partition in PARTITIONS else f"is in partition {partition}; known: {', '.join(PARTITIONS)}"


def partition_of_region(region: str) -> str:
    """Return the partition that a region's prefix tells."""
    return next((name for prefix, name in _REGION_PREFIXES.items() if region.startswith(prefix)), "aws")


def wrong_endpoint(text: str) -> str | None:
    """Check an endpoint's URL."""
    return wrong_url(text, "must be a URL such as https://sts.eu-west-1.amazonaws.com")


def wrong_session_duration(duration: timedelta) -> str | None:
    """Check how long a GetSessionToken session shall live."""
    return _outside(duration, SESSION_LONGEST)


def wrong_role_duration(duration: timedelta) -> str | None:
    """Check how long a role session shall live."""
    return _outside(duration, ROLE_LONGEST)


def _outside(duration: timedelta, longest: timedelta) -> str | None:
    if SESSION_SHORTEST <= duration <= longest:
        return None
    return f"must be {show_duration(SESSION_SHORTEST)} to {show_duration(longest)}"


def wrong_tags(tags: Sequence[tuple[str, str]]) -> str | None:
    """Check session tags."""
    if len(tags) > 50:
        return f"are {len(tags)}; STS takes 50"
    for key, value in tags:
        if wrong := _wrong_tag_key(key):
            return wrong
        if len(value) > 256 or not _is_tag_text(value):
            return f"give `{key}` a value that STS refuses: at most 256 letters, digits, spaces and _.:/=+-@"
    return _wrong_twins([key for key, _ in tags])


def wrong_transitive_tags(keys: Sequence[str]) -> str | None:
    """Check the keys of transitive tags."""
    if len(keys) > 50:
        return f"are {len(keys)}; STS takes 50"
    return next((wrong for key in keys if (wrong := _wrong_tag_key(key))), None) or _wrong_twins(keys)


def _wrong_tag_key(key: str) -> str | None:
    if not 1 <= len(key) <= 128 or not _is_tag_text(key):
        return f"have the key `{key[:128]}`; a key has 1 to 128 letters, digits, spaces and _.:/=+-@"
    return None


def _wrong_twins(keys: Sequence[str]) -> str | None:
    seen: dict[str, str] = {}
    for key in keys:
        if twin := seen.get(key.casefold()):
            return f"have `{twin}` and `{key}`, which are one key to STS"
        seen[key.casefold()] = key
    return None


def _is_tag_text(text: str) -> bool:
    # The API's [\p{L}\p{Z}\p{N}_.:/=+\-@]: letters, separators, numbers and these marks.
    return all(character in _TAG_MARKS or unicodedata.category(character)[0] in "LZN" for character in text)


def wrong_policy(text: str, policy_arns: Sequence[str] = ()) -> str | None:
    """Check an inline session policy, and its length together with the managed policies' ARNs."""
    if not _POLICY.fullmatch(text):
        return "holds characters outside U+0020 to U+00FF, or is empty"
    size = len(text) + sum(len(arn) for arn in policy_arns)
    if size > 2048:
        return f"is too long: {size} of 2048 characters, the ARNs of managed policies included"
    document = json_object(text)
    return document if isinstance(document, str) else None


def wrong_policy_arns(arns: Sequence[str]) -> str | None:
    """Check the ARNs of managed session policies."""
    if len(arns) > 10:
        return f"are {len(arns)}; STS takes 10"
    for text in arns:
        arn = parse_arn(text)
        is_policy = arn is not None and arn.service == "iam" and arn.resource.startswith("policy/")
        if not is_policy or not 20 <= len(text) <= 2048:
            return f"have `{text}`, which is no policy's ARN such as arn:aws:iam::aws:policy/ReadOnlyAccess"
    return None
