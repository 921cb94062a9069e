"""Reads the policies that calls bring, by the dialect that decides: nothing is kept that could not be judged."""

from __future__ import annotations

from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.refusals import own_error
from mfacli.emulator.tencent.sts.policies import LONGEST
from mfacli.errors import PolicyMalformed
from mfacli.policy.document import Dialect, PolicyKind, parse_document

_LONGEST_DESCRIPTION = 300


def document_of(given: Given, kind: PolicyKind) -> str:
    """Return the text of `PolicyDocument`; raises `Rejected` where it is too long or cannot be judged."""
    text = given.text("PolicyDocument")
    if len(text) > LONGEST:
        message = f"PolicyDocument has {len(text)} characters; the most is {LONGEST}."
        raise own_error(
            "InvalidParameter.PolicyDocumentLengthOverLimit", message, f"PolicyDocument 字段超过长度限制 {LONGEST}。"
        )
    try:
        parse_document(text, kind=kind, dialect=Dialect.TENCENT)
    except PolicyMalformed as error:
        raise own_error(
            "InvalidParameter.PolicyDocumentError",
            f"PolicyDocument is malformed: {error.message}",
            f"PolicyDocument 字段不合法：{error.message}",
        ) from error
    return text


def description_of(given: Given) -> str | None:
    """Return the description of a policy or a role; raises `Rejected` where it is too long."""
    text = given.optional_text("Description")
    if text is not None and len(text.encode()) > _LONGEST_DESCRIPTION:
        message = f"Description has more than {_LONGEST_DESCRIPTION} bytes."
        raise own_error(
            "InvalidParameter.DescriptionLengthOverlimit",
            message,
            f"Description 入参长度不能大于 {_LONGEST_DESCRIPTION} 字节。",
        )
    return text
