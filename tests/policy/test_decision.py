"""What the cases cannot say: callers with more known of them than their ARN, and what the proof holds."""

from __future__ import annotations

from mfacli.policy.access import AccessRequest, Layers
from mfacli.policy.decision import Reason, Verdict, decide
from mfacli.policy.document import Document, PolicyKind
from mfacli.policy.principals import Principal, parse_principal
from mfacli.policy.proof import ElementProof
from tests.policy.asking import ACCOUNT, OBJECT, decided, policy, request

SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/one"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
OTHER_ACTION = {"Action": "ec2:*"}


def _for(principal: dict[str, str]) -> Document:
    return policy({"Principal": principal}, kind=PolicyKind.RESOURCE, name="bucket policy")


def _asked(principal: Principal) -> AccessRequest:
    return AccessRequest(principal=principal, action="s3:GetObject", resource=OBJECT, resource_account=ACCOUNT)


def test_a_role_with_a_path_is_found_by_its_name_where_the_path_is_not_known() -> None:
    asked = _asked(parse_principal(SESSION))

    decision = decide(asked, Layers(resource=_for({"AWS": f"arn:aws:iam::{ACCOUNT}:role/team/app"})))

    assert decision.verdict is Verdict.ALLOWED


def test_a_role_whose_path_is_known_must_be_named_with_it() -> None:
    asked = _asked(parse_principal(SESSION, role_arn=f"arn:aws:iam::{ACCOUNT}:role/team/app"))

    with_path = decide(asked, Layers(resource=_for({"AWS": f"arn:aws:iam::{ACCOUNT}:role/team/app"})))
    without = decide(asked, Layers(resource=_for({"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"})))

    assert with_path.verdict is Verdict.ALLOWED
    assert without.verdict is Verdict.IMPLICITLY_DENIED


def test_a_grant_to_the_user_who_federated_is_limited_by_boundary_and_session_policy() -> None:
    user = f"arn:aws:iam::{ACCOUNT}:user/bob"
    asked = _asked(parse_principal(FEDERATED, issuer_arn=user))
    resource = _for({"AWS": user})
    anything = policy({}, kind=PolicyKind.SESSION)
    other = policy(OTHER_ACTION, kind=PolicyKind.BOUNDARY)

    without_session = decide(asked, Layers(resource=resource))
    within = decide(asked, Layers(resource=resource, session=[anything]))
    beyond_session = decide(asked, Layers(resource=resource, session=[policy(OTHER_ACTION, kind=PolicyKind.SESSION)]))
    beyond_boundary = decide(asked, Layers(resource=resource, session=[anything], boundaries=[other]))

    assert within.verdict is Verdict.ALLOWED
    assert (without_session.layer, beyond_session.layer) == (PolicyKind.SESSION, PolicyKind.SESSION)
    assert beyond_boundary.layer is PolicyKind.BOUNDARY


def test_a_federated_user_of_root_has_what_the_session_policy_gives() -> None:
    asked = _asked(parse_principal(FEDERATED, issuer_arn=f"arn:aws:iam::{ACCOUNT}:root"))

    within = decide(asked, Layers(session=[policy({}, kind=PolicyKind.SESSION)]))
    beyond = decide(asked, Layers(session=[policy(OTHER_ACTION, kind=PolicyKind.SESSION)]))

    assert within.reason is Reason.ROOT
    assert beyond.verdict is Verdict.IMPLICITLY_DENIED


def test_a_canonical_user_stands_for_the_account() -> None:
    canonical = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    asked = _asked(parse_principal(f"arn:aws:iam::{ACCOUNT}:user/anaya", canonical_user_id=canonical))
    resource = _for({"CanonicalUser": canonical})

    alone = decide(asked, Layers(resource=resource))
    with_policy = decide(asked, Layers(resource=resource, identity=[policy({})]))

    assert alone.verdict is Verdict.IMPLICITLY_DENIED
    assert with_policy.reason is Reason.BOTH_ALLOW


def test_every_boundary_must_allow() -> None:
    asked = request()
    allows = policy({}, kind=PolicyKind.BOUNDARY)
    does_not = policy(OTHER_ACTION, kind=PolicyKind.BOUNDARY)

    decision = decide(asked, Layers(identity=[policy({})], boundaries=[allows, does_not]))

    assert decision.layer is PolicyKind.BOUNDARY


def test_the_deciding_statement_has_its_place() -> None:
    decision = decided(request(), policy({"Action": "ec2:*"}, {"Sid": "Second"}, name="mine"))

    assert decision.statement is not None
    assert (decision.statement.policy, decision.statement.index, decision.statement.sid) == ("mine", 1, "Second")
    assert decision.is_allowed


def test_both_sides_of_a_cross_account_allow_are_told_the_resources_first() -> None:
    asked = request(account="222222222222")

    decision = decide(asked, Layers(identity=[policy({}, name="own")], resource=_for({"AWS": ACCOUNT})))

    assert [statement.policy for statement in decision.statements] == ["bucket policy", "own"]


def test_without_proof_there_is_none() -> None:
    assert decided(request(), policy({})).proof == ()


def test_the_proof_says_which_element_failed_with_both_values() -> None:
    guarded = policy(
        {
            "Action": ["s3:Get*", "s3:PutObject"],
            "Resource": "arn:aws:s3:::bucket/${aws:username}",
            "Condition": {
                "Bool": {"aws:MultiFactorAuthPresent": "true"},
                "StringLike": {"s3:prefix": "${aws:userid}"},
            },
        }
    )

    decision = decided(request(context={"aws:username": "anaya", "s3:prefix": "x"}), guarded, proof=True)

    (statement,) = decision.proof[0].statements
    elements = {element.key or element.element: element for element in statement.elements}
    assert not statement.applies
    assert _told(elements["Action"]) == (True, ("s3:Get*", "s3:PutObject"), ("s3:GetObject",))
    assert _told(elements["Resource"]) == (
        False,
        ("arn:aws:s3:::bucket/${aws:username} (arn:aws:s3:::bucket/anaya)",),
        (OBJECT,),
    )
    assert _told(elements["aws:MultiFactorAuthPresent"]) == (False, ("true",), None)
    assert _told(elements["s3:prefix"]) == (False, ("${aws:userid} (without a value)",), ("x",))


def test_the_proof_of_a_resource_policy_tells_whom_it_names() -> None:
    asked = request()

    decision = decide(asked, Layers(resource=_for({"AWS": "222222222222"})), proof=True)

    principal = decision.proof[0].statements[0].elements[0]
    assert principal.element == "Principal"
    assert _told(principal) == (False, ("222222222222",), (asked.principal.arn,))


def _told(proof: ElementProof) -> tuple[bool, tuple[str, ...], tuple[str, ...] | None]:
    return proof.holds, proof.wanted, proof.found
