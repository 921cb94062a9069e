"""The session policy of a call: at most what it says, of all that the user or role may."""

from __future__ import annotations

import json
import zlib
from urllib.parse import unquote

from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.refusals import own_error
from mfacli.errors import PolicyMalformed
from mfacli.policy.document import Dialect, PolicyKind, parse_document

# The limits page's number; the older syntax page has 4,096.
LONGEST = 6144
# Of the 4,096 bytes that a Token has at most (1312/117839), what its other contents leave.
_LARGEST_CARRIED = 2_400


def session_policy(given: Given) -> str | None:
    """Return the policy of a call as JSON text, None where it has none; raises `Rejected`.

    The documents have it URL-encoded and the SDKs' callers mostly do not: both are understood.
    """
    sent = given.optional_text("Policy")
    if sent is None or not sent.strip():
        return None
    text = sent if sent.lstrip().startswith("{") else unquote(sent, errors="replace")
    if len(text) > LONGEST:
        message = f"The policy has {len(text)} characters; the most is {LONGEST}."
        raise own_error("InvalidParameter.PolicyTooLong", message, f"策略长度超过上限 {LONGEST}。")
    try:
        parse_document(text, kind=PolicyKind.SESSION, dialect=Dialect.TENCENT)
    except PolicyMalformed as error:
        message = f"The policy is malformed: {error.message}"
        raise own_error("InvalidParameter.StrategyFormatError", message, f"策略格式错误：{error.message}") from error
    return text


def refuse_oversize(policy: str | None, tags: tuple[tuple[str, str], ...] = ()) -> None:
    """Raise `Rejected` for a policy and tags that no Token has room for."""
    if len(zlib.compress(json.dumps([policy, tags]).encode())) > _LARGEST_CARRIED:
        message = "The policy and the tags are too large for a Token."
        raise own_error("InvalidParameter.ExtendStrategyOverSize", message, "策略与标签过大，超过 Token 的长度上限。")
