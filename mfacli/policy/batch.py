"""Decides cases line by line: JSON Lines in, one JSON line out for each, in order, in constant memory.

A line that is no case gives an error line and does not end the batch.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite

from mfacli.errors import MfacliError, RequestMalformed
from mfacli.policy.cases import KEPT_CHARACTERS, Case, CaseReader
from mfacli.policy.decision import decide
from mfacli.policy.json_slices import Slice, whole_object
from mfacli.policy.verdict import Decision

NAMES = (
    "id",
    "dialect",
    "principal",
    "action",
    "resource",
    "resourceAccount",
    "context",
    "identityPolicies",
    "resourcePolicy",
    "sessionPolicy",
    "boundaries",
    "scps",
    "rcps",
)
"""What a case may hold. Other names are let be, unless they look like one of these misspelt."""

_ENCODER = json.JSONEncoder(separators=(",", ":"))


class Batch:
    """Decides many cases, and keeps up to `kept_characters` of policies, which they mostly share."""

    def __init__(self, *, kept_characters: int = KEPT_CHARACTERS) -> None:
        self._reader = CaseReader(kept_characters=kept_characters)

    def answers(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield a JSON line, without its end, for each line that is not blank."""
        for line in lines:
            if line.strip():
                yield _ENCODER.encode(self.answer(line))

    def answer(self, text: str) -> dict[str, object]:
        """Return what is to be said of one case, error or decision."""
        identity: str | float | None = None
        try:
            given = case_members(text)
            identity = _identity(given)
            case = self._reader.read(identity, given)
        except MfacliError as error:
            return {"id": identity, "error": f"{error.message}; {error.hint}" if error.hint else error.message}
        return answer_of(case, decide(case.request, case.layers))

    def case(self, text: str) -> Case:
        """Return the case that a text is; raises `RequestMalformed` or `PolicyMalformed`."""
        given = case_members(text)
        return self._reader.read(_identity(given), given)


def case_members(text: str) -> Mapping[str, Slice]:
    """Return the members of a case's object; raises `RequestMalformed`."""
    given = whole_object(text, "a case")
    for name in given:
        if name not in NAMES:
            _check_spelling(name)
    return given


def answer_of(case: Case, decision: Decision) -> dict[str, object]:
    """Return a decision as it is written in JSON."""
    statement = decision.statement
    return {
        "id": case.id,
        "decision": decision.verdict.value,
        "reason": decision.sentence,
        "statement": None
        if statement is None
        else {
            "policy": statement.policy,
            "kind": statement.kind.value,
            "index": statement.index,
            "sid": statement.sid,
            "line": statement.line,
            "column": statement.column,
        },
    }


def _identity(given: Mapping[str, Slice]) -> str | float | None:
    value = given["id"].value if "id" in given else None
    is_infinite = isinstance(value, float) and not isfinite(value)  # such as 1e999, which JSON could not repeat
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, bool) and not is_infinite):
        return value
    raise RequestMalformed("`id` is neither text nor number")


def _check_spelling(name: str) -> None:
    from difflib import get_close_matches

    lower = {known.lower(): known for known in NAMES}
    meant = get_close_matches(name.lower(), lower, n=1, cutoff=0.8)
    if meant:
        raise RequestMalformed(f"a case has no `{name}`", hint=f"did you mean `{lower[meant[0]]}`?")
