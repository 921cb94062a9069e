"""The documents' own policies: what they demand, and that nothing is wrong with them."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfacli.errors import PolicyMalformed
from mfacli.policy.check.check import check
from mfacli.policy.check.demands import Satisfier
from mfacli.policy.check.findings import RULES, Severity
from mfacli.policy.check.reading import Reading, read_subjects
from tests.policy.check.subjects import AGE, PRESENT, Statement, allow, deny, document, report_on, tencent

MFA = {"Bool": {PRESENT: "true"}}
TRUST: Statement = {
    "Effect": "Allow",
    "Principal": {"AWS": "444455556666"},
    "Action": "sts:AssumeRole",
    "Condition": MFA,
}
INSTANCES = allow(["ec2:StopInstances", "ec2:TerminateInstances"], ["*"], Condition=MFA)
BUCKET = allow(
    ["s3:PutObject", "s3:DeleteObject"],
    ["arn:aws:s3:::account-a-bucket/*"],
    Principal={"AWS": ["111122223333", "444455556666", "777788889999"]},
    Condition=MFA,
)
BOOKS = (
    allow("dynamodb:*", "arn:aws:dynamodb:*:111122223333:table/Books", Sid="TableActions"),
    allow("dynamodb:ListTables", Sid="ListTables"),
)
ASSUME = allow(["sts:AssumeRole"], ["arn:aws:iam::111122223333:role/CrossAccountRole"])
ENROLLING = [
    "iam:CreateVirtualMFADevice",
    "iam:EnableMFADevice",
    "iam:GetUser",
    "iam:ListMFADevices",
    "iam:ListVirtualMFADevices",
    "iam:ResyncMFADevice",
    "sts:GetSessionToken",
]
OWN_DEVICE = (
    allow("iam:ListVirtualMFADevices", Sid="AllowViewAccountInfo"),
    allow(["iam:CreateVirtualMFADevice"], "arn:aws:iam::*:mfa/*", Sid="AllowManageOwnVirtualMFADevice"),
    allow(
        [
            "iam:DeactivateMFADevice",
            "iam:EnableMFADevice",
            "iam:GetUser",
            "iam:GetMFADevice",
            "iam:ListMFADevices",
            "iam:ResyncMFADevice",
        ],
        "arn:aws:iam::*:user/${aws:username}",
        Sid="AllowManageOwnUserMFA",
    ),
    {
        "Sid": "DenyAllExceptListedIfNoMFA",
        "Effect": "Deny",
        "NotAction": ENROLLING,
        "Resource": "*",
        "Condition": {"BoolIfExists": {PRESENT: "false"}},
    },
)
INSTANCES_OF_TENCENT = {
    "effect": "allow",
    "action": "cvm:TerminateInstances",
    "resource": "*",
    "condition": {"bool_equal": {"qcs:mfaPresent": "true"}},
}
BUCKET_OF_TENCENT = {
    "effect": "allow",
    "action": "cos:DeleteBucket",
    "resource": "qcs::cos:ap-guangzhou:uid/12345678:bucket/example-1250000000/*",
    "condition": {"bool_equal": {"qcs:mfaPresent": "true"}},
}
BOTH = (Satisfier.GET_SESSION_TOKEN, Satisfier.ASSUME_ROLE)


@pytest.mark.parametrize(
    ("text", "actions", "satisfied_by"),
    [
        (document(TRUST), ("sts:AssumeRole",), BOTH),
        (document(INSTANCES), ("ec2:StopInstances", "ec2:TerminateInstances"), (Satisfier.GET_SESSION_TOKEN,)),
        (document(BUCKET), ("s3:PutObject", "s3:DeleteObject"), (Satisfier.GET_SESSION_TOKEN,)),
        (document(*OWN_DEVICE), tuple(ENROLLING), (Satisfier.GET_SESSION_TOKEN,)),
        (tencent(INSTANCES_OF_TENCENT), ("cvm:TerminateInstances",), BOTH),
        (tencent(BUCKET_OF_TENCENT), ("cos:DeleteBucket",), BOTH),
    ],
)
def test_the_documents_policies_demand_mfa_and_are_sound(
    text: str, actions: tuple[str, ...], satisfied_by: tuple[Satisfier, ...]
) -> None:
    report = report_on(text)

    (demand,) = report.demands
    assert (demand.actions, demand.satisfied_by) == (actions, satisfied_by)
    assert demand.all_but == (actions == tuple(ENROLLING))
    assert demand.younger_than_seconds is None
    assert not [finding for finding in report.findings if finding.rule.severity > Severity.NOTE]


@pytest.mark.parametrize("statements", [BOOKS, (ASSUME,)])
def test_the_documents_other_policies_demand_none(statements: tuple[Statement, ...]) -> None:
    report = report_on(document(*statements))

    assert not report.demands
    assert not report.findings


@pytest.mark.parametrize(
    ("statement", "seconds"),
    [
        (allow(Condition={**MFA, "NumericLessThan": {AGE: "3600"}}), 3600),
        (allow(Condition={**MFA, "NumericLessThanEquals": {AGE: 900}}), 901),
        (deny(Condition={"NumericGreaterThanIfExists": {AGE: "43200"}}), 43201),
    ],
)
def test_freshness_is_told(statement: Statement, seconds: int) -> None:
    (demand,) = report_on(document(statement)).demands

    assert demand.younger_than_seconds == seconds


def test_findings_come_in_the_order_of_the_document() -> None:
    report = report_on(
        document(
            allow("a:A", Condition={"BoolIfExists": {PRESENT: "true"}}),
            allow("b:B", Condition={"Bool": {"aws:MFAPresent": "true"}}),
            deny("c:C", Condition={"Bool": {PRESENT: "false"}}),
        )
    )

    assert [finding.statement for finding in report.findings] == [0, 1, 2]
    assert sorted(finding.position for finding in report.findings) == [
        finding.position for finding in report.findings
    ]


def test_a_policy_longer_than_any_cloud_takes_is_still_checked() -> None:
    statements = [
        allow(f"s{number}:Get", Condition={**MFA, "NumericLessThan": {AGE: str(900 + number)}})
        for number in range(600)
    ]

    report = report_on(document(*statements, deny("x:Y", Condition={"Bool": {PRESENT: "false"}})))

    assert len(report.demands) == 600
    assert [finding.rule.name for finding in report.findings] == ["deny-misses-keys"]


def test_rules_have_names_of_their_own() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.claim.endswith(".") and rule.why.endswith(".") for rule in RULES)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.text("aZ:*${}/'", max_size=5)
    | st.sampled_from([PRESENT, AGE]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Version",
                    "Statement",
                    "Effect",
                    "Action",
                    "Resource",
                    "Condition",
                    "Bool",
                    PRESENT,
                    "Document",
                    "Policy",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(json_values)
def test_no_json_gets_more_than_a_refusal(value: object) -> None:
    text = json.dumps(value)

    with contextlib.suppress(PolicyMalformed):
        assert [check(subject) for subject in read_subjects(text, name="any", reading=Reading())]
