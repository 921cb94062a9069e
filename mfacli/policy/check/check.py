"""Checks one policy: what it demands, and all that is wrong with how it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mfacli.policy.check.attachment_rules import (
    resource_findings,
    role_findings,
    sts_findings,
    tencent_findings,
    trust_findings,
)
from mfacli.policy.check.condition_rules import condition_findings
from mfacli.policy.check.demands import Demand, demands_of
from mfacli.policy.check.device_rules import device_findings
from mfacli.policy.check.findings import Finding
from mfacli.policy.check.spelling_rules import age_findings, spelling_findings, version_findings
from mfacli.policy.check.subject import Subject, Views
from mfacli.policy.check.undone_rules import undone_findings
from mfacli.policy.document import Dialect
from mfacli.policy.statement import PolicyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The answer for one policy. `findings` are in the order of the document."""

    subject: Subject
    demands: tuple[Demand, ...]
    findings: tuple[Finding, ...]


def check(subject: Subject) -> Report:
    """Check a policy."""
    views = Views(subject)
    found = {(finding.rule.name, finding.position, finding.what): finding for finding in _findings(views)}
    ordered = sorted(found.values(), key=lambda finding: (finding.position, -finding.rule.severity))
    demands = () if subject.is_of_sessions_without_mfa else demands_of(views)
    return Report(subject=subject, demands=demands, findings=tuple(ordered))


def _findings(views: Views) -> Iterator[Finding]:
    subject = views.subject
    is_aws = subject.document.dialect is Dialect.AWS
    for view in views.all:
        yield from spelling_findings(view)
        yield from tencent_findings(view)
        if is_aws and subject.is_of_sessions_without_mfa:
            yield from role_findings(view, views)
            continue
        yield from condition_findings(view, views)
        yield from age_findings(view)
        if subject.document.kind is PolicyKind.TRUST:
            yield from trust_findings(view, views)
        elif is_aws:
            yield from sts_findings(view, views)
        if subject.document.kind in (PolicyKind.RESOURCE, PolicyKind.SCP, PolicyKind.RCP):
            yield from resource_findings(view, views)
    yield from version_findings(views)
    if not subject.is_of_sessions_without_mfa:
        yield from device_findings(views)
        yield from undone_findings(views)
