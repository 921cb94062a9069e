"""What a request claims of itself: whose key, which scope, signed when, over which headers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from mfacli.emulator.refusals import Refusal, RefusalKind, own_error
from mfacli.emulator.signing.signature import ALGORITHM, Scope

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+", re.ASCII)
_VISIBLE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A signature as it was sent, parsed but not yet believed.

    `stamp` is `signed_at` as it stands in the string to sign. `signed_headers` are sorted. `declared_hash` is what
    the request says its body hashes to, where it says so. `valid_for` is how long a presigned S3 address is good;
    None elsewhere.
    """

    access_key_id: str
    scope: Scope
    signed_headers: tuple[str, ...]
    signature: str
    signed_at: datetime
    stamp: str
    token: str | None
    declared_hash: str | None
    is_presigned: bool
    valid_for: timedelta | None = None

    @property
    def is_s3(self) -> bool:
        """Whether S3's rules for paths and bodies hold."""
        return self.scope.service == "s3"


def malformed(message: str) -> Refusal:
    """Return the refusal of a signature that cannot be read."""
    return Refusal(RefusalKind.MALFORMED_AUTHENTICATION, message)


def old_version() -> Refusal:
    """Return the refusal of a signature of version 2."""
    return own_error(
        "InvalidRequest",
        400,
        f"The authorization mechanism you have provided is not supported. Please use {ALGORITHM}.",
    )


def parse_credential(text: str) -> tuple[str, Scope]:
    """Return the access key id and the scope in a Credential; raises `Refusal`."""
    parts = text.split("/")
    if len(parts) < 5 or not _VISIBLE.fullmatch(text):
        raise malformed(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
            f"got '{text}'"
        )
    *key, date, region, service, terminator = parts
    return "/".join(key), Scope(date=date, region=region, service=service, terminator=terminator)


def parse_signed_headers(text: str) -> tuple[str, ...]:
    """Return the names in SignedHeaders, sorted; raises `Refusal`."""
    names = text.split(";")
    if len(set(names)) != len(names) or not all(_HEADER_NAME.fullmatch(name) for name in names):
        raise malformed("SignedHeaders must be lower-case header names, each once, separated by semicolons.")
    return tuple(sorted(names))
