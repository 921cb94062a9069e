"""Writes the emulator's own answers: the query protocol's XML, as STS and IAM speak it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from mfacli.emulator.operations import Operation
from mfacli.emulator.requests import Answer
from mfacli.emulator.wire import xml
from mfacli.emulator.wire.services import SERVICES


def query_result(operation: Operation, members: Mapping[str, object] | None, *, request_id: str) -> Answer:
    """Return the answer to an operation of STS or IAM.

    `members` are the result's, named and nested as in the service model: texts, whole numbers, truths, times, bytes,
    structures as mappings, lists as sequences. A member that is None is left out. `members` itself is None for the
    operations that return nothing at all.
    """
    namespace = SERVICES[operation.service].namespace
    name = operation.name
    result = "" if members is None else f"<{name}Result>{_structure(members)}</{name}Result>"
    metadata = f"<ResponseMetadata>{xml.element('RequestId', request_id)}</ResponseMetadata>"
    document = f'<{name}Response xmlns="{namespace}">{result}{metadata}</{name}Response>'
    return Answer(status=200, headers=(("content-type", "text/xml"),), body=document.encode())


def _structure(members: Mapping[str, object]) -> str:
    return "".join(f"<{name}>{_value(value)}</{name}>" for name, value in members.items() if value is not None)


def _value(value: object) -> str:
    match value:
        case str():
            return xml.text(value)
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case bytes():
            return base64.b64encode(value).decode()
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        case Mapping():
            return _structure(value)
        case Sequence():
            return "".join(f"<member>{_value(entry)}</member>" for entry in value)
    raise TypeError(f"a {type(value).__name__} cannot be written into an answer")
