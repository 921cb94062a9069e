"""A proof becomes a tree of words."""

from __future__ import annotations

from collections.abc import Iterator

from mfacli.policy.access import Layers
from mfacli.policy.decision import decide
from mfacli.policy.document import PolicyKind
from mfacli.policy.explain import Branch, Mark, explain
from tests.policy.asking import ACCOUNT, OBJECT, policy, request


def _lines(branch: Branch, depth: int = 0) -> Iterator[str]:
    yield "  " * depth + f"{branch.mark.value}{' !' if branch.decides else ''}: {branch.text}"
    for inner in branch.branches:
        yield from _lines(inner, depth + 1)


def test_an_allow_is_explained_down_to_the_values() -> None:
    asked = request(context={"aws:MultiFactorAuthPresent": "true"})
    guarded = policy(
        {"Sid": "WithMfa", "Action": "s3:*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
        name="mine",
    )

    tree = explain(decide(asked, Layers(identity=[guarded]), proof=True), asked)

    assert list(_lines(tree)) == [
        "allows: allowed: an identity-based policy allows it",
        f"  plain: {asked.principal.arn} asks for s3:GetObject on {OBJECT}",
        "  plain: identity-based policies",
        "    plain: mine",
        "      allows !: Allow WithMfa (line 1, column 41) applies",
        "        holds: Action: the policy says s3:*, the request is s3:GetObject",
        f"        holds: Resource: the policy says *, the request is {OBJECT}",
        "        holds: Bool aws:MultiFactorAuthPresent: the policy says true, the request has true",
    ]


def test_an_implicit_denial_shows_what_is_missing() -> None:
    asked = request()
    guarded = policy({"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}, name="")

    lines = list(_lines(explain(decide(asked, Layers(identity=[guarded]), proof=True), asked)))

    assert lines[0] == "denies: implicitly denied: no identity-based policy allows it"
    assert "    plain: unnamed policy" in lines
    assert "      plain: Allow statement 1 (line 1, column 41) does not apply" in lines
    assert (
        "        fails: Bool aws:MultiFactorAuthPresent: the policy says true, the request has no such key" in lines
    )


def test_an_explicit_denial_marks_the_denying_statement_and_each_layer_has_its_branch() -> None:
    asked = request(context={"aws:TagKeys": []})
    layers = Layers(
        identity=[policy({})],
        resource=policy({"Principal": {"AWS": ACCOUNT}, "Effect": "Deny", "Sid": "No"}, kind=PolicyKind.RESOURCE),
        boundaries=[policy({"Action": [f"ec2:A{number}" for number in range(6)]}, kind=PolicyKind.BOUNDARY)],
        scps=[[policy({"Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}}, kind=PolicyKind.SCP)]],
    )

    tree = explain(decide(asked, layers, proof=True), asked)

    lines = list(_lines(tree))
    assert tree.text == "explicitly denied: explicit deny in a resource-based policy"
    assert [branch.text for branch in tree.branches[1:]] == [
        "service control policies",
        "resource-based policies",
        "identity-based policies",
        "permissions boundaries",
    ]
    assert any(line.strip().startswith("denies !: Deny No") for line in lines)
    assert any("says ec2:A0, ec2:A1, ec2:A2, ec2:A3 and 2 more" in line for line in lines)
    assert any("the request has nothing" in line for line in lines)
    assert tree.mark is Mark.DENIES
