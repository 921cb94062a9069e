"""Makes policies to check, and asks the engine what a mended statement really does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum

from mfacli.policy.access import AccessRequest, Layers
from mfacli.policy.check.check import Report, check
from mfacli.policy.check.findings import Finding
from mfacli.policy.check.reading import Reading, read_subjects
from mfacli.policy.check.subject import Attachment
from mfacli.policy.decision import decide
from mfacli.policy.document import Dialect, PolicyKind, parse_document
from mfacli.policy.principals import parse_principal
from mfacli.policy.tencent_names import parse_tencent_principal

Member = object
Statement = dict[str, Member]

PRESENT = "aws:MultiFactorAuthPresent"
AGE = "aws:MultiFactorAuthAge"
ALLOW_ALL: Statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
USER = "arn:aws:iam::111122223333:user/sofia"


class Carries(Enum):
    """What credentials carry of MFA."""

    NOTHING = 0
    NO_MFA = 1
    FRESH = 2
    STALE = 3


CONTEXTS: Mapping[Carries, Mapping[str, str]] = {
    Carries.NOTHING: {},
    Carries.NO_MFA: {PRESENT: "false"},
    Carries.FRESH: {PRESENT: "true", AGE: "0"},
    Carries.STALE: {PRESENT: "true", AGE: "129600"},
}
WITH_MFA = frozenset({Carries.FRESH, Carries.STALE})


def allow(action: Member = "s3:GetObject", resource: Member = "*", **more: Member) -> Statement:
    """Return an Allow; `Condition` and the like by name."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Member = "s3:GetObject", resource: Member = "*", **more: Member) -> Statement:
    """Return a Deny."""
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def document(*statements: Member, version: str = "2012-10-17") -> str:
    """Return a document of AWS."""
    return json.dumps({"Version": version, "Statement": list(statements)})


def tencent(*statements: Member) -> str:
    """Return a document of Tencent Cloud."""
    return json.dumps({"version": "2.0", "statement": list(statements)})


def report_on(
    text: str,
    *,
    kind: PolicyKind | None = None,
    attached_to: Attachment | None = None,
    dialect: Dialect | None = None,
) -> Report:
    """Check a file with one policy."""
    (subject,) = read_subjects(
        text, name="policy.json", reading=Reading(kind=kind, attached_to=attached_to, dialect=dialect)
    )
    return check(subject)


def names(report: Report) -> list[str]:
    """Return the names of the rules that a report has findings of."""
    return [finding.rule.name for finding in report.findings]


def only(report: Report, name: str) -> Finding:
    """Return the only finding of a rule."""
    (found,) = [finding for finding in report.findings if finding.rule.name == name]
    return found


def cure(finding: Finding, place: int = 0) -> Statement:
    """Return one of the mended statements of a finding."""
    statement = json.loads(finding.mended[place].statement)
    assert isinstance(statement, dict)
    return statement


def who_may(*statements: Member, action: str = "s3:GetObject", resource: str = "*") -> frozenset[Carries]:
    """Ask the engine which credentials may do something under an identity policy."""
    policy = parse_document(document(*statements), kind=PolicyKind.IDENTITY, name="asked")
    return frozenset(
        carries
        for carries, context in CONTEXTS.items()
        if decide(
            AccessRequest(
                principal=parse_principal(USER),
                action=action,
                resource=resource,
                context={"aws:username": "sofia", "aws:PrincipalArn": USER, **context},
            ),
            Layers(identity=(policy,)),
        ).is_allowed
    )


def who_may_in_tencent(*statements: Member, action: str = "cvm:TerminateInstances") -> frozenset[Carries]:
    """Ask the engine the same about a policy of Tencent Cloud, where MFA has no age."""
    policy = parse_document(tencent(*statements), kind=PolicyKind.IDENTITY, dialect=Dialect.TENCENT, name="asked")
    contexts = {Carries.NOTHING: {}, Carries.NO_MFA: "false", Carries.FRESH: "true"}
    return frozenset(
        carries
        for carries, value in contexts.items()
        if decide(
            AccessRequest(
                principal=parse_tencent_principal("qcs::cam::uin/100000000001:uin/100000000002"),
                action=action,
                resource="*",
                context={"qcs:mfaPresent": value} if isinstance(value, str) else {},
                dialect=Dialect.TENCENT,
            ),
            Layers(identity=(policy,)),
        ).is_allowed
    )
