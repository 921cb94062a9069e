"""The tags that a request brings, in the shapes that the services give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from mfacli.emulator.authorisation.actions.needs import Call, as_mapping, as_mappings, as_text

_REMOVED = ("TagKeys",)


def request_tags(call: Call) -> dict[str, str]:
    """Return the tags that the call sets."""
    return dict(_tags(call))


def removed_tags(call: Call) -> tuple[str, ...]:
    """Return the keys of the tags that the call takes away."""
    if not call.name.startswith(("Untag", "Delete")):
        return ()
    keys = [key for name in _REMOVED for key in call.texts(name)]
    return tuple(keys) or tuple(key for key, _ in _tags(call))


def tag_keys(call: Call, tags: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys of all tags that the call is about, in order, each once; `tags` are those it sets."""
    return tuple(dict.fromkeys((*tags, *removed_tags(call))))


def _tags(call: Call) -> Iterator[tuple[str, str]]:
    for name in ("Tags", "tags"):
        yield from _listed(call.operation.parameters.get(name))
    for specification in call.mappings("TagSpecifications"):
        yield from _listed(specification.get("Tags"))
    tagging = call.operation.parameters.get("Tagging")
    if isinstance(tagging, str):
        yield from parse_qsl(tagging, keep_blank_values=True)
    else:
        yield from _listed(as_mapping(tagging).get("TagSet"))


def _listed(tags: object) -> Iterator[tuple[str, str]]:
    """Yield the tags in a list of Key and Value, or in a plain map."""
    if isinstance(tags, Mapping):
        yield from ((str(key), str(value)) for key, value in tags.items())
        return
    for entry in as_mappings(tags):
        key = as_text(entry.get("Key"))
        if key is not None:
            yield key, as_text(entry.get("Value")) or ""
