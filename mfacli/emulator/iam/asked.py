"""Who a call to IAM is about: the user it names, or the caller where it names nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mfacli.emulator.callers import Caller, UserPrincipal
from mfacli.emulator.plane.people import People
from mfacli.emulator.refusals import own_error
from mfacli.emulator.world.model import Tags

_MOST_TAGS = 50
_PAGE = 100


def text(parameters: Mapping[str, object], name: str) -> str:
    """Return a text parameter, empty where it was not sent."""
    value = parameters.get(name)
    return value if isinstance(value, str) else ""


def user_of(parameters: Mapping[str, object], caller: Caller, people: People) -> UserPrincipal:
    """Return the user that the call names, else the caller; raises `Refusal`."""
    name = text(parameters, "UserName")
    if not name:
        if isinstance(caller.principal, UserPrincipal):
            return caller.principal
        raise own_error("ValidationError", 400, "Must specify userName when calling with non-User credentials")
    found = people.user_named(caller.principal.account_id, name)
    if found is None:
        raise own_error("NoSuchEntity", 404, f"The user with name {name} cannot be found.")
    return found


def tags_of(parameters: Mapping[str, object]) -> Tags:
    """Return the tags that a call gives; raises `Refusal` for more than fifty or one twice."""
    given = parameters.get("Tags")
    found = tuple(
        (str(tag["Key"]), str(tag["Value"]))
        for tag in (given if isinstance(given, Sequence) else ())
        if isinstance(tag, Mapping)
    )
    if len({key.lower() for key, _ in found}) < len(found):
        message = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        raise own_error("InvalidInput", 400, message)
    return found


def merged_tags(present: Tags, added: Tags) -> Tags:
    """Return tags with others added, of which the same key replaces; raises `Refusal` for more than fifty."""
    merged = {**dict(present), **dict(added)}
    if len(merged) > _MOST_TAGS:
        raise own_error("LimitExceeded", 409, f"The number of tags has reached the maximum limit of {_MOST_TAGS}.")
    return tuple(merged.items())


def tag_list(tags: Tags) -> list[Mapping[str, str]]:
    """Return tags as IAM's answers list them."""
    return [{"Key": key, "Value": value} for key, value in tags]


def page(name: str, entries: Sequence[object], parameters: Mapping[str, object]) -> dict[str, object]:
    """Return one page of a listing, and where the next begins; raises `Refusal` for a marker that is not ours."""
    marker = text(parameters, "Marker") or "0"
    if not marker.isdecimal() or int(marker) > len(entries):
        raise own_error("ValidationError", 400, f"Invalid Marker: {marker}")
    size = parameters.get("MaxItems")
    begin = int(marker)
    end = begin + (size if isinstance(size, int) else _PAGE)
    result: dict[str, object] = {name: list(entries[begin:end]), "IsTruncated": end < len(entries)}
    if end < len(entries):
        result["Marker"] = str(end)
    return result
