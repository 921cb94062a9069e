"""COS's answers: XML documents, and the headers that its operations share."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime

from mfacli.emulator.requests import Answer
from mfacli.emulator.tencent.operations import CosAsked
from mfacli.emulator.tencent.refusals import Rejected, own_error
from mfacli.emulator.tencent.wire.answers import cos_answer_of, cos_document

Headers = tuple[tuple[str, str], ...]


def done(asked: CosAsked, *, status: int = 200, headers: Headers = (), body: bytes = b"") -> Answer:
    """Return an answer that is no XML."""
    return cos_answer_of(asked.incoming, status=status, headers=headers, body=body)


def document(asked: CosAsked, name: str, inside: str) -> Answer:
    """Return an answer that is an XML document."""
    return cos_document(asked.incoming, f"<{name}>{inside}</{name}>")


def header_time(moment: datetime) -> str:
    """Return a time as HTTP has it in headers."""
    return format_datetime(moment, usegmt=True)


def wrong(what: str, *, code: str = "InvalidArgument", status: int = 400) -> Rejected:
    """Return the refusal of something in a request."""
    return own_error(code, what, status=status)
