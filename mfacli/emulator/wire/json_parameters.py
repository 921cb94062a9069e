"""Reads the input of the JSON protocol, and holds it to the model's types.

The types matter: a list where a name belongs must not make the gate see no name and the data plane another one.
"""

from __future__ import annotations

import json

from botocore.model import ListShape, MapShape, Shape, StructureShape

from mfacli.emulator.wire.values import Misfit, blob, moment


def read_json(body: bytes, shape: StructureShape) -> dict[str, object]:
    """Return the input; raises `Misfit`."""
    try:
        document: object = json.loads(body.decode() or "{}")
        if b"\\u" in body:
            # Half a character, which JSON can spell and nothing else can hold, fails here.
            json.dumps(document, ensure_ascii=False).encode()
        if not isinstance(document, dict):
            raise Misfit("the body is not an object")
        return _structure(shape, document, "")
    except RecursionError:
        raise Misfit("the body is nested too deeply") from None
    except ValueError:
        raise Misfit("the body is not JSON") from None


def _structure(shape: StructureShape, document: dict[object, object], place: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, member in shape.members.items():
        value = document.get(member.serialization.get("name", name))
        if value is not None:
            found[name] = _value(member, value, f"{place}{name}")
    return found


def _value(shape: Shape, value: object, place: str) -> object:
    match shape, value:
        case StructureShape(), dict():
            return _structure(shape, value, f"{place}.")
        case ListShape(), list():
            return [_value(shape.member, entry, f"{place}[{index}]") for index, entry in enumerate(value)]
        case MapShape(), dict():
            return {key: _value(shape.value, entry, f"{place}.{key}") for key, entry in value.items()}
    try:
        return _scalar(shape.type_name, value)
    except Misfit as misfit:
        raise Misfit(f"{place} {misfit}") from None


def _scalar(type_name: str, value: object) -> object:
    match type_name, value:
        case "boolean", bool():
            return value
        case (("integer" | "long" | "float" | "double"), bool()):
            pass
        case ("string", str()) | (("integer" | "long"), int()) | (("float" | "double"), int() | float()):
            return value
        case "blob", str():
            return blob(value)
        case "timestamp", int() | float() | str():
            return moment(str(value))
    raise Misfit(f"is not a {type_name}")
