"""What became of each file that was to be checked, and the forms for machines: JSON and SARIF 2.1.0."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from mfacli.errors import MfacliError, PolicyMalformed
from mfacli.policy.check.check import Report, check
from mfacli.policy.check.demands import Demand
from mfacli.policy.check.findings import RULES, Finding, Rule, Severity
from mfacli.policy.check.reading import Reading, read_subjects

JSON_VERSION = 1
MALFORMED = Rule(
    name="malformed-policy",
    severity=Severity.ERROR,
    claim="The policy is not one that the cloud would take.",
    why="A policy is refused whole: nothing of it is in force.",
)
UNREADABLE = Rule(
    name="unreadable-file",
    severity=Severity.ERROR,
    claim="The file could not be read.",
    why="What cannot be read has not been checked.",
)
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """One file. `failure` is why it could not be checked; it then has no reports."""

    name: str
    reports: tuple[Report, ...] = ()
    failure: MfacliError | None = None


def check_text(text: str, *, name: str, reading: Reading) -> CheckedFile:
    """Check all policies in a file's text."""
    try:
        subjects = read_subjects(text, name=name, reading=reading)
    except PolicyMalformed as refusal:
        return CheckedFile(name=name, failure=refusal)
    return CheckedFile(name=name, reports=tuple(check(subject) for subject in subjects))


def worst(files: Sequence[CheckedFile]) -> Severity | None:
    """Return the worst severity among the findings, None where there are none."""
    severities = [finding.rule.severity for file in files for report in file.reports for finding in report.findings]
    return max(severities, default=None)


def summary(files: Sequence[CheckedFile]) -> str:
    """Return how much was checked and found, in one line."""
    reports = [report for file in files for report in file.reports]
    counts = {
        severity: sum(finding.rule.severity is severity for report in reports for finding in report.findings)
        for severity in sorted(Severity, reverse=True)
    }
    found = [_counted(count, severity.word) for severity, count in counts.items() if count]
    return f"{_counted(len(reports), 'policy', 'policies')} checked: {', '.join(found) or 'nothing found'}"


def as_json(files: Sequence[CheckedFile]) -> dict[str, object]:
    """Return the document that `--json` prints."""
    return {"version": JSON_VERSION, "files": [_file(file) for file in files]}


def as_sarif(files: Sequence[CheckedFile], *, tool_version: str) -> dict[str, object]:
    """Return a SARIF log with one run."""
    rules = (*RULES, MALFORMED, UNREADABLE)
    indexes = {rule.name: index for index, rule in enumerate(rules)}
    driver = {
        "name": "mfacli",
        "version": tool_version,
        "rules": [_descriptor(rule) for rule in rules],
    }
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [result for file in files for result in _results(file, indexes)],
            }
        ],
    }


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _file(file: CheckedFile) -> dict[str, object]:
    failure = file.failure
    if failure is None:
        return {"file": file.name, "policies": [_report(report) for report in file.reports], "error": None}
    place = (failure.line, failure.column) if isinstance(failure, PolicyMalformed) else (None, None)
    error = {"message": failure.message, "line": place[0], "column": place[1]}
    return {"file": file.name, "policies": [], "error": error}


def _report(report: Report) -> dict[str, object]:
    subject = report.subject
    return {
        "policy": subject.label or None,
        "dialect": subject.document.dialect.value,
        "kind": subject.document.kind.name.lower(),
        "attached_to": subject.attached_to.value,
        "demands_mfa": bool(report.demands),
        "demands": [_demand(demand) for demand in report.demands],
        "findings": [_finding(finding) for finding in report.findings],
    }


def _demand(demand: Demand) -> dict[str, object]:
    return {
        "statement": demand.statement.index,
        "sid": demand.statement.sid,
        "line": demand.statement.line,
        "column": demand.statement.column,
        "effect": demand.effect.value,
        "actions": list(demand.actions),
        "all_but_actions": demand.all_but,
        "only_where_other_conditions_hold": demand.only_where,
        "mfa_younger_than_seconds": demand.younger_than_seconds,
        "satisfied_by": [call.value for call in demand.satisfied_by],
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule.name,
        "severity": finding.rule.severity.word,
        "line": finding.position.line,
        "column": finding.position.column,
        "statement": finding.statement,
        "sid": finding.sid,
        "what": finding.what,
        "who": finding.who,
        "mended": [{"place": mended.place, "statement": json.loads(mended.statement)} for mended in finding.mended],
    }


def _descriptor(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.claim},
        "fullDescription": {"text": rule.why},
        "defaultConfiguration": {"level": rule.severity.word},
    }


def _results(file: CheckedFile, indexes: dict[str, int]) -> list[dict[str, object]]:
    failure = file.failure
    if isinstance(failure, PolicyMalformed):
        place = (failure.line, failure.column)
        return [_result(MALFORMED, f"found {failure.found}, expected {failure.expected}", file.name, place, indexes)]
    if failure is not None:
        return [_result(UNREADABLE, failure.message, file.name, None, indexes)]
    return [
        _result(
            finding.rule,
            _message(finding, report),
            file.name,
            (finding.position.line, finding.position.column),
            indexes,
        )
        for report in file.reports
        for finding in report.findings
    ]


def _message(finding: Finding, report: Report) -> str:
    label = f"{report.subject.label}: " if report.subject.label else ""
    cures = "".join(f"\n\nMended, {mended.place}:\n{mended.statement}" for mended in finding.mended)
    return f"{label}{finding.what}; {finding.who}.{cures}"


def _result(
    rule: Rule, text: str, file: str, place: tuple[int, int] | None, indexes: dict[str, int]
) -> dict[str, object]:
    physical: dict[str, object] = {"artifactLocation": {"uri": _uri(file)}}
    if place is not None:
        physical["region"] = {"startLine": place[0], "startColumn": place[1]}
    return {
        "ruleId": rule.name,
        "ruleIndex": indexes[rule.name],
        "level": rule.severity.word,
        "message": {"text": text},
        "locations": [{"physicalLocation": physical}],
    }


def _uri(file: str) -> str:
    """Return a file's name as the reference that SARIF wants; absolute ones as file URIs."""
    path = quote(file.replace("\\", "/"), safe="/._-~")
    return f"file://{path}" if path.startswith("/") else path
