"""Loads the cases: requests and policies with the verdict that the clouds' documentation gives.

A case names its policies, which its file holds once; what comes out is the form of `mfacli policy evaluate --batch`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

CASES = Path(__file__).parent / "cases"
Json = str | int | float | bool | list["Json"] | dict[str, "Json"] | None


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """One file: what it is about, and its cases."""

    path: Path
    about: str
    cases: tuple[WrittenCase, ...]


@dataclass(frozen=True, kw_only=True)
class WrittenCase:
    """One case: `line` is the JSON text that asks, the rest what must come of it, and by which document."""

    name: str
    source: str
    line: str
    verdict: str
    statement: tuple[str, int] | None


def case_files() -> Iterator[CaseFile]:
    """Yield every file of cases."""
    for path in sorted(CASES.rglob("*.json")):
        yield read_case_file(path)


def read_case_file(path: Path) -> CaseFile:
    """Return the cases of one file."""
    content = json.loads(path.read_text(encoding="utf-8"))
    cases = tuple(
        WrittenCase(
            name=case["name"],
            source=case["source"],
            line=json.dumps(_asked(case, content["policies"], content["dialect"])),
            verdict=case["verdict"],
            statement=None if case["statement"] is None else (case["statement"][0], case["statement"][1]),
        )
        for case in content["cases"]
    )
    return CaseFile(path=path, about=content["about"], cases=cases)


def _asked(case: Mapping[str, dict[str, Json]], policies: Mapping[str, Json], dialect: str) -> dict[str, Json]:
    layers = {layer: _with_policies(value, policies) for layer, value in case["policies"].items()}
    return {"id": str(case["name"]), "dialect": dialect, **case["request"], **layers}


def _with_policies(value: Json, policies: Mapping[str, Json]) -> Json:
    """Put the policies in place of their names."""
    if isinstance(value, str):
        return {"name": value, "policy": policies[value]}
    if isinstance(value, list):
        return [_with_policies(item, policies) for item in value]
    return value
