"""Single values as they are written in parameters, headers and XML, read as the type that the model gives them."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime

from botocore.utils import parse_timestamp

_WHOLE = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_TRUTHS = {"true": True, "false": False}


class Misfit(Exception):
    """A value is not of the type that the model gives it; the message says which and why."""


def from_text(type_name: str, value: str) -> object:
    """Return a scalar of the model's type; raises `Misfit`."""
    match type_name:
        case "integer" | "long":
            return whole(value)
        case "boolean":
            if value.lower() not in _TRUTHS:
                raise Misfit("is neither true nor false")
            return _TRUTHS[value.lower()]
        case "float" | "double":
            return _number(value)
        case "timestamp":
            return moment(value)
        case "blob":
            return blob(value)
        case _:
            return value


def whole(value: str) -> int:
    """Return a whole number; raises `Misfit`."""
    if not _WHOLE.fullmatch(value):
        raise Misfit("is not a whole number")
    return int(value)


def moment(value: str) -> datetime:
    """Return a time in any of the forms that the protocols have, aware UTC; raises `Misfit`."""
    try:
        return parse_timestamp(value).astimezone(UTC)
    except (ValueError, OverflowError, OSError, RuntimeError):
        # RuntimeError is what botocore ends in when no time zone of its list will do.
        raise Misfit("is not a time") from None


def blob(value: str) -> bytes:
    """Return what base64 stands for; raises `Misfit`."""
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise Misfit("is not base64") from None


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise Misfit("is not a number") from None
