"""Why the emulator says no, before it is known in which protocol the no is written.

The code and status of the gate's refusals depend on the service (`wire` holds that table); a refusal of kind
OTHER carries its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class RefusalKind(Enum):
    """The reasons whose wire form differs from service to service."""

    UNKNOWN_KEY = "unknown or inactive key"
    BAD_SIGNATURE = "signature does not match"
    NO_AUTHENTICATION = "not signed"
    MALFORMED_AUTHENTICATION = "malformed authorization"
    BAD_TOKEN = "missing, foreign or mismatched session token"
    EXPIRED_TOKEN = "session expired"
    CLOCK_SKEW = "signed too long ago or in the future"
    PAYLOAD_MISMATCH = "body is not the one that was signed"
    PRESIGNED_EXPIRED = "presigned address expired"
    ACCESS_DENIED = "denied by policy"
    UNKNOWN_OPERATION = "no such operation"
    OTHER = "the operation's own error"


class Refusal(Exception):
    """The request is refused.

    `code` and `status` are set for OTHER only. `message` is the text the client sees. `details` are further
    elements of an S3 error.
    """

    def __init__(
        self,
        kind: RefusalKind,
        message: str,
        *,
        code: str = "",
        status: int = 0,
        details: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.code = code
        self.status = status
        self.details = details or {}


def own_error(code: str, status: int, message: str) -> Refusal:
    """Return a refusal with a code of the operation's own."""
    return Refusal(RefusalKind.OTHER, message, code=code, status=status)
