"""Reads the input of the REST-XML protocol: from the path, the query, the headers and the body."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from botocore.model import ListShape, Shape, StructureShape

from mfacli.emulator.requests import Incoming
from mfacli.emulator.wire.values import Misfit, from_text


def read_rest(
    incoming: Incoming, shape: StructureShape, *, path: Mapping[str, str], query: Mapping[str, str]
) -> dict[str, object]:
    """Return the input, given the path's labels and the query's parameters; raises `Misfit`."""
    found: dict[str, object] = {}
    for name, member in shape.members.items():
        wire_name = str(member.serialization.get("name", name))
        match member.serialization.get("location"):
            case "uri":
                value: object = path.get(wire_name)
            case "querystring":
                value = _from_line(member, query.get(wire_name), wire_name)
            case "header":
                value = _from_line(member, incoming.header(wire_name.lower()), wire_name)
            case "headers":
                value = _from_headers(incoming, wire_name.lower()) or None
            case _:
                value = None
        if value is not None:
            found[name] = value
    return found | _from_body(incoming.body, shape)


def _from_line(shape: Shape, value: str | None, place: str) -> object:
    if value is None:
        return None
    if isinstance(shape, ListShape):
        return [_scalar(shape.member, entry.strip(), place) for entry in value.split(",")]
    return _scalar(shape, value, place)


def _from_headers(incoming: Incoming, prefix: str) -> dict[str, str]:
    names = dict.fromkeys(name for name, _ in incoming.headers if name.startswith(prefix))
    return {name.removeprefix(prefix): incoming.header(name) or "" for name in names}


def _from_body(body: bytes, shape: StructureShape) -> dict[str, object]:
    name = shape.serialization.get("payload")
    if not body or name is None:
        return {}
    payload = shape.members[name]
    if not isinstance(payload, StructureShape):
        return {str(name): body if payload.type_name == "blob" else _utf8(body)}
    root = _parse(body)
    expected = payload.serialization.get("name", payload.name)
    if _tag(root) != expected:
        raise Misfit(f"the document is not a {expected}")
    return {str(name): _structure(payload, root)}


def _parse(body: bytes) -> ET.Element:
    document = _utf8(body)
    if "<!" in document.replace("<![CDATA[", "").replace("<!--", ""):
        # Declared entities can make a small document enormous.
        raise Misfit("the document declares types or entities")
    try:
        return ET.fromstring(document)  # noqa: S314  # entities are refused above
    except (ET.ParseError, ValueError):
        raise Misfit("the document is not XML") from None


def _structure(shape: StructureShape, node: ET.Element) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, member in shape.members.items():
        if "location" in member.serialization:
            continue
        if member.serialization.get("xmlAttribute"):
            found |= _attribute(member, node, name)
            continue
        children = [child for child in node if _tag(child) == _wire_name(member, name)]
        if children:
            found[name] = _members(member, children, name)
    return found


def _attribute(member: Shape, node: ET.Element, name: str) -> dict[str, object]:
    own = str(member.serialization.get("name", name)).rpartition(":")[2]
    value = next((value for key, value in node.attrib.items() if _local(key) == own), None)
    return {} if value is None else {name: value}


def _members(shape: Shape, nodes: list[ET.Element], place: str) -> object:
    if isinstance(shape, ListShape) and shape.serialization.get("flattened"):
        return [_value(shape.member, node, place) for node in nodes]
    if len(nodes) > 1:
        raise Misfit(f"{place} is there twice")
    return _value(shape, nodes[0], place)


def _value(shape: Shape, node: ET.Element, place: str) -> object:
    match shape:
        case StructureShape():
            return _structure(shape, node)
        case ListShape():
            entry = shape.member.serialization.get("name", "member")
            return [_value(shape.member, child, place) for child in node if _tag(child) == entry]
    if len(node):
        raise Misfit(f"{place} has parts, but is a {shape.type_name}")
    return _scalar(shape, node.text or "", place)


def _wire_name(member: Shape, name: str) -> str:
    own = str(member.serialization.get("name", name))
    if isinstance(member, ListShape) and member.serialization.get("flattened"):
        return str(member.member.serialization.get("name", own))
    return own


def _scalar(shape: Shape, value: str, place: str) -> object:
    try:
        return from_text(shape.type_name, value)
    except Misfit as misfit:
        raise Misfit(f"{place} {misfit}") from None


def _tag(node: ET.Element) -> str:
    return _local(node.tag)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _utf8(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Misfit("the body is not UTF-8") from None
