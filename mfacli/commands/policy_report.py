"""The answer of `policy check` in words: for people in paragraphs, for everything else a line for each thing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from mfacli.commands.policy_showing import Line, Span, line
from mfacli.policy.check.check import Report
from mfacli.policy.check.demands import Demand, Satisfier
from mfacli.policy.check.files import CheckedFile
from mfacli.policy.check.findings import Finding, Severity
from mfacli.policy.check.subject import Attachment
from mfacli.policy.document import Dialect
from mfacli.policy.statement import Effect, PolicyKind

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold cyan"}
_CLOUDS = {Dialect.AWS: "AWS", Dialect.TENCENT: "Tencent Cloud"}
_MADE_WITH = {
    Satisfier.GET_SESSION_TOKEN: "GetSessionToken with a code (mfacli session)",
    Satisfier.ASSUME_ROLE: "AssumeRole with a code (mfacli assume)",
}


def report_lines(files: Sequence[CheckedFile], *, for_people: bool) -> Iterator[Line]:
    """Yield the lines of the answer; files that could not be checked are said elsewhere."""
    is_first = True
    for file in files:
        for report in file.reports:
            if for_people and not is_first:
                yield line()
            is_first = False
            yield from _paragraphs(file, report) if for_people else _records(file, report)


def _records(file: CheckedFile, report: Report) -> Iterator[Line]:
    label = f" ({report.subject.label})" if report.subject.label else ""
    if not report.demands:
        yield line(f"{file.name}{label}: demands no MFA")
    for demand in report.demands:
        place = f"{file.name}:{demand.statement.line}:{demand.statement.column}"
        yield line(f"{place}{label}: demands MFA for {_actions(demand)}{_age(demand)}: {_satisfied(demand, report)}")
    for finding in report.findings:
        place = f"{file.name}:{finding.position}"
        severity = finding.rule.severity.word
        yield line(f"{place}{label}: {severity}: {finding.what}; {finding.who} [{finding.rule.name}]")
        for mended in finding.mended:
            statement = json.dumps(json.loads(mended.statement), ensure_ascii=False)
            yield line(f"  mended, {mended.place}: {statement}")


def _paragraphs(file: CheckedFile, report: Report) -> Iterator[Line]:
    subject = report.subject
    about = [subject.label] if subject.label else []
    about.append(f"{subject.document.kind.value} of {_CLOUDS[subject.document.dialect]}")
    if subject.attached_to is not Attachment.UNKNOWN and not subject.label:
        about.append(f"attached to a {subject.attached_to.value}")
    yield line(Span(file.name, "bold"), ": ", ", ".join(about))
    if not report.demands:
        yield line("  ", Span("demands no MFA", "bold"))
    for demand in report.demands:
        yield line("  ", Span("demands MFA", "bold green"), f" for {_actions(demand)}{_age(demand)}")
        yield line(f"    {_satisfied(demand, report)}")
    for finding in report.findings:
        yield from _finding(file, finding)


def _finding(file: CheckedFile, finding: Finding) -> Iterator[Line]:
    severity = finding.rule.severity
    yield line()
    yield line(
        "  ",
        Span(severity.word, _STYLES[severity]),
        f" {file.name}:{finding.position} ",
        Span(finding.rule.name, "dim"),
    )
    yield line(f"    {finding.what}")
    yield line(f"    {finding.who}")
    for mended in finding.mended:
        yield line("    ", Span(f"mended, {mended.place}:", "dim"))
        for text in mended.statement.split("\n"):
            yield line("      ", Span(text, "green"))


def _actions(demand: Demand) -> str:
    names = ", ".join(f"`{name}`" for name in demand.actions)
    what = "everything" if "*" in demand.actions else names
    if demand.all_but:
        what = f"everything but {names}"
    return f"{what} where its other conditions hold" if demand.only_where else what


def _age(demand: Demand) -> str:
    if demand.younger_than_seconds is None:
        return ""
    return f", younger than {demand.younger_than_seconds} seconds"


def _satisfied(demand: Demand, report: Report) -> str:
    if not demand.satisfied_by:
        return "nobody whom it names can satisfy it"
    calls = " or ".join(_MADE_WITH[call] for call in demand.satisfied_by)
    said = f"satisfied by {calls}"
    if report.subject.document.dialect is Dialect.AWS and report.subject.document.kind is not PolicyKind.TRUST:
        said += ", not by a role's credentials"
    return said if demand.effect is Effect.ALLOW else f"{said}; an Allow is needed besides"
