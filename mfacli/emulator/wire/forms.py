"""The parameters of query requests, from the address or the body, each exactly once.

What is given twice, or partly here and partly there, is refused: the data plane might read it another way than the
gate.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from mfacli.emulator.refusals import Refusal, own_error
from mfacli.emulator.requests import Incoming
from mfacli.emulator.signing.canonical import octets

FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 10_000
_LONGEST_NAME = 1024


def content_type(incoming: Incoming) -> str:
    """Return the media type of the body, without its parameters, in lower case."""
    return (incoming.header("content-type") or "").partition(";")[0].strip().lower()


def read_query(incoming: Incoming) -> dict[str, str]:
    """Return the address's parameters but for the signature's; raises `Refusal`."""
    found = _once(_decoded(octets(incoming.query)))
    return {name: value for name, value in found.items() if not name.lower().startswith("x-amz-")}


def read_form(incoming: Incoming) -> dict[str, str]:
    """Return a query request's parameters; raises `Refusal`."""
    in_address = read_query(incoming)
    if not incoming.body:
        return in_address
    if in_address:
        raise _malformed("parameters are given both in the address and in the body")
    if content_type(incoming) != FORM:
        raise _malformed(f"the body is not of type {FORM}")
    return _once(_decoded(incoming.body))


def _decoded(data: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(data.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise _malformed("the parameters are not UTF-8, or too many") from None


def _once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise _malformed(f"the parameter {name[:_LONGEST_NAME]} is given twice")
        if len(name) > _LONGEST_NAME:
            raise _malformed("a parameter's name is too long")
        found[name] = value
    return found


def _malformed(what: str) -> Refusal:
    return own_error("MalformedInput", 400, f"The request cannot be read: {what}.")
