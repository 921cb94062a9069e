"""Session policies: what a session may do of all that its user or role may."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping

from mfacli.emulator.plane.people import People
from mfacli.emulator.refusals import own_error
from mfacli.emulator.sts.parameters import policy_arns, tags, text

_LONGEST_PLAIN = 2048
# AWS packs policies and tags into a binary form of its own, whose size it does not tell; this stands for it.
_LARGEST_PACKED = 2048


def session_policies(parameters: Mapping[str, object], *, account_id: str, people: People) -> tuple[str, ...]:
    """Return the texts of the inline and managed policies of a call; raises `Refusal`."""
    inline = text(parameters, "Policy")
    arns = policy_arns(parameters)
    plain = len(inline or "") + sum(map(len, arns))
    if plain > _LONGEST_PLAIN:
        raise _too_large("policy", plain * 100 // _LONGEST_PLAIN)
    texts = [] if inline is None else [inline]
    for arn in arns:
        policy = people.managed(account_id, arn)
        if policy is None:
            raise own_error("NoSuchEntity", 404, f"Policy {arn} does not exist or is not attachable.")
        texts.append(policy.text)
    return tuple(texts)


def packed_size(parameters: Mapping[str, object]) -> int | None:
    """Return how much of the room for policies and tags is taken, in percent; None where there are none."""
    carried = [text(parameters, "Policy"), policy_arns(parameters), tags(parameters)]
    if not any(carried):
        return None
    size = len(zlib.compress(json.dumps(carried).encode()))
    percent = max(1, size * 100 // _LARGEST_PACKED)
    if percent > 100:
        raise _too_large("policies and tags", percent)
    return percent


def _too_large(what: str, percent: int) -> Exception:
    message = f"Packed {what} consumes {percent}% of allotted space, please use smaller policy."
    return own_error("PackedPolicyTooLarge", 400, message)
