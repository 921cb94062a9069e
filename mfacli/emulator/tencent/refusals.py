"""Why the emulator's Tencent Cloud side says no, in both of its languages.

The gate's refusals have other codes in COS than in the API (`wire.answers` holds both tables); a refusal of kind
OTHER carries its own.
"""

from __future__ import annotations

from enum import Enum


class RejectionKind(Enum):
    """The reasons whose wire form differs between the API and COS."""

    UNKNOWN_KEY = "unknown or inactive key"
    BAD_SIGNATURE = "signature does not match"
    EXPIRED_SIGNATURE = "signed too long ago"
    EARLY_SIGNATURE = "signed in the future"
    BAD_TOKEN = "missing, foreign or mismatched token"
    EXPIRED_TOKEN = "session expired"
    NO_AUTHENTICATION = "not signed"
    MALFORMED = "malformed authorization"
    ACCESS_DENIED = "denied by policy"
    UNKNOWN_ACTION = "no such action"
    OTHER = "the action's own error"


class Rejected(Exception):
    """The request is refused.

    The two messages replace the code's usual texts; where only the English one is given, it serves both languages.
    `code` is set for OTHER only, and `status` only where COS writes such an error: the API always answers 200.
    """

    def __init__(
        self,
        kind: RejectionKind,
        message_en: str = "",
        message_zh: str = "",
        *,
        code: str = "",
        status: int = 400,
    ) -> None:
        super().__init__(message_en or kind.value)
        self.kind = kind
        self.message_en = message_en
        self.message_zh = message_zh or message_en
        self.code = code
        self.status = status


def own_error(code: str, message_en: str, message_zh: str = "", *, status: int = 400) -> Rejected:
    """Return a refusal with a code of the action's own."""
    return Rejected(RejectionKind.OTHER, message_en, message_zh, code=code, status=status)


def missing(name: str) -> Rejected:
    """Return the API's refusal of a request without one of its parameters."""
    return own_error(
        "MissingParameter",
        f"The request is missing a required parameter `{name}`.",
        f"请求缺少必要参数 `{name}`。",
    )
