"""The arithmetic of Signature Version 4: the string to sign, the derived key, and the chain of chunk signatures."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from mfacli.domain.secret import Secret

ALGORITHM = "AWS4-HMAC-SHA256"
TERMINATOR = "aws4_request"
EMPTY_HASH = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a signature is good for: a day, a region, a service."""

    date: str
    region: str
    service: str
    terminator: str

    def __str__(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/{self.terminator}"


class Signer:
    """Makes the signatures that a key, a scope and a time stamp must lead to."""

    __slots__ = ("_key", "_scope", "_stamp")

    def __init__(self, secret_access_key: Secret, *, scope: Scope, stamp: str) -> None:
        key = b"AWS4" + secret_access_key.reveal().encode()
        for part in (scope.date, scope.region, scope.service, scope.terminator):
            key = _mac(key, part.encode())
        self._key = key
        self._scope = scope
        self._stamp = stamp

    def string_to_sign(self, canonical: bytes) -> str:
        """Return what is signed for a canonical request."""
        return "\n".join((ALGORITHM, self._stamp, str(self._scope), hashlib.sha256(canonical).hexdigest()))

    def request_signature(self, canonical: bytes) -> str:
        """Return the signature of a canonical request."""
        return self._sign(self.string_to_sign(canonical))

    def chunk_signature(self, previous: str, chunk: bytes) -> str:
        """Return the signature of one chunk of an S3 body, which continues that of the one before."""
        digest = hashlib.sha256(chunk).hexdigest()
        head = (f"{ALGORITHM}-PAYLOAD", self._stamp, str(self._scope))
        return self._sign("\n".join((*head, previous, EMPTY_HASH, digest)))

    def trailer_signature(self, previous: str, trailers: bytes) -> str:
        """Return the signature of the trailing headers (`name:value` lines) after the last chunk."""
        digest = hashlib.sha256(trailers).hexdigest()
        head = ("AWS4-HMAC-SHA256-TRAILER", self._stamp, str(self._scope))
        return self._sign("\n".join((*head, previous, digest)))

    def _sign(self, text: str) -> str:
        return _mac(self._key, text.encode()).hex()


def is_same(expected: str, given: str) -> bool:
    """Return whether two signatures are equal, in constant time."""
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")
