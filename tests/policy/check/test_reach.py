"""What patterns have in common, and when one is within another."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfacli.policy.check.reach import Reach, covers, reach_of_resources, shared
from mfacli.policy.document import Dialect, PolicyKind, parse_document
from mfacli.policy.patterns import wildcard_tokens
from tests.policy.check.subjects import allow, document, tencent


def reach(*patterns: str, negated: bool = False) -> Reach:
    """Return what some patterns are about."""
    return Reach(tuple(tuple(wildcard_tokens(pattern)) for pattern in patterns), negated)


@pytest.mark.parametrize(
    ("one", "other", "example"),
    [
        ("ec2:terminate*", "ec2:*instances", "ec2:terminateinstances"),
        ("ec2:*", "*", "ec2:"),
        ("a?c", "?bc", "abc"),
        ("a??", "a*z", "axz"),
        ("s3:getobject", "s3:get*", "s3:getobject"),
    ],
)
def test_an_example_is_shown_for_what_two_patterns_share(one: str, other: str, example: str) -> None:
    assert shared(reach(one), reach(other)) == example


@pytest.mark.parametrize(("one", "other"), [("s3:get*", "s3:put*"), ("a?", "a"), ("a*b", "a*c"), ("ec2:*", "s3:*")])
def test_patterns_with_nothing_in_common_share_nothing(one: str, other: str) -> None:
    assert shared(reach(one), reach(other)) is None


def test_what_is_not_listed_is_shared_with_what_is() -> None:
    assert shared(reach("ec2:stop*", "s3:*"), reach("ec2:*", negated=True)) == "s3:Example"
    assert shared(reach("ec2:*", negated=True), reach("ec2:stopinstances")) is None
    assert shared(reach("ec2:*", negated=True), reach("s3:*", negated=True)) == "example:Anything"
    assert shared(reach("*", negated=True), reach("s3:*", negated=True)) is None


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        (reach("*"), reach("s3:*", negated=True)),
        (reach("s3:*"), reach("s3:get*", "s3:putobject")),
        (reach("iam:*", negated=True), reach("s3:*")),
        (reach("iam:get*", negated=True), reach("iam:*", "sts:*", negated=True)),
        (reach("a*", "b"), reach("a*", "b")),
    ],
)
def test_what_is_certainly_within_is_covered(outer: Reach, inner: Reach) -> None:
    assert covers(outer, inner)


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        (reach("s3:get*"), reach("s3:*")),
        (reach("a???"), reach("a*")),
        (reach("s3:*"), reach("iam:*", negated=True)),
        (reach("iam:*", negated=True), reach("iam:getuser")),
        (reach("iam:*", negated=True), reach("iam:get*", negated=True)),
    ],
)
def test_what_is_not_within_is_not_covered(outer: Reach, inner: Reach) -> None:
    assert not covers(outer, inner)


texts = st.text("ab*?", max_size=6)


@settings(max_examples=300, deadline=None)
@given(texts, texts)
def test_what_two_patterns_share_matches_both(one: str, other: str) -> None:
    example = shared(reach(one), reach(other))

    assert example is None or (reach(one).holds(example) and reach(other).holds(example))


@settings(max_examples=300, deadline=None)
@given(texts, texts, st.text("ab", max_size=6))
def test_a_text_that_both_match_means_that_they_share_something(one: str, other: str, text: str) -> None:
    both = reach(one).holds(text) and reach(other).holds(text)

    assert not both or shared(reach(one), reach(other)) is not None


@settings(max_examples=300, deadline=None)
@given(texts, texts, st.text("ab", max_size=6), st.booleans(), st.booleans())
def test_nothing_escapes_what_covers_it(one: str, other: str, text: str, first: bool, second: bool) -> None:
    outer, inner = reach(one, negated=first), reach(other, negated=second)

    assert not covers(outer, inner) or outer.holds(text) or not inner.holds(text)


def test_patterns_too_long_to_compare_share_nothing_known() -> None:
    assert shared(reach("a*" * 150), reach("*a" * 150)) is None


def test_only_so_many_patterns_are_held_against_each_other() -> None:
    many = reach(*(f"a{number}" for number in range(400)), "z")

    assert shared(many, reach(*(f"b{number}" for number in range(400)), "z")) is None
    assert shared(reach("z"), many) == "z"


def test_the_variables_of_resources_may_be_anything() -> None:
    policy = parse_document(document(allow("s3:*", "arn:aws:s3:::b/${aws:username}/*")), kind=PolicyKind.IDENTITY)

    found = reach_of_resources(policy.statements[0].resource, Dialect.AWS)

    assert found.holds("arn:aws:s3:::b/sofia/key")
    assert not found.holds("arn:aws:s3:::c/sofia/key")


def test_the_open_segments_of_tencents_resources_may_be_anything() -> None:
    text = tencent({"effect": "allow", "action": "cvm:*", "resource": "qcs::cvm::uin/1:instance/"})
    policy = parse_document(text, kind=PolicyKind.IDENTITY, dialect=Dialect.TENCENT)

    found = reach_of_resources(policy.statements[0].resource, Dialect.TENCENT)

    assert found.holds("qcs::cvm:ap-guangzhou:uin/1:instance/ins-1")
    assert not found.holds("qcs::cvm:ap-guangzhou:uin/2:instance/ins-1")
