from __future__ import annotations

from datetime import timedelta

import pytest
from botocore.exceptions import InvalidRegionError
from botocore.utils import validate_region_name

from mfacli.profiles import aws_limits as limits


@pytest.mark.parametrize("name", ["ab", "a" * 64, "mfacli-anaya", "a+=,.@-_Z9"])
def test_session_names_that_sts_takes(name: str) -> None:
    assert limits.wrong_session_name(name) is None


@pytest.mark.parametrize("name", ["", "a", "a" * 65, "an aya", "a/b", "a:b", "añaya", "a\n", "ab\n"])
def test_session_names_that_sts_refuses(name: str) -> None:
    assert limits.wrong_session_name(name) == "must be 2 to 64 of A-Z a-z 0-9 _+=,.@-"


def test_a_source_identity_may_not_begin_with_the_reserved_prefix() -> None:
    assert limits.wrong_source_identity("aws:anaya") == "may not begin with `aws:`"
    assert limits.wrong_source_identity("anaya") is None
    assert limits.wrong_source_identity("a") is not None


@pytest.mark.parametrize(("text", "is_right"), [("ab", True), ("a:/b", True), ("a" * 1224, True), ("a", False),
                                                ("a" * 1225, False), ("a b", False), ("a\\b", False)])  # fmt: skip
def test_external_ids(text: str, is_right: bool) -> None:
    assert (limits.wrong_external_id(text) is None) is is_right


@pytest.mark.parametrize("text", ["", "AKIA EXAMPLE", "<key>", "A" * 129, "wJalrXUtnFEMI/K7MDENG"])
def test_a_refused_key_id_is_never_shown(text: str) -> None:
    assert limits.wrong_key_id(text) == "must be 1 to 128 letters and digits"


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_a_regions_prefix_tells_its_partition(region: str, partition: str) -> None:
    assert limits.partition_of_region(region) == partition


@pytest.mark.parametrize("region", ["-a", "a-", "eu west 1", "eu-west-1 # home", "123", "a" * 64, "eu_west"])
def test_a_region_that_botocore_refuses_is_refused(region: str) -> None:
    with pytest.raises(InvalidRegionError):
        validate_region_name(region)

    assert limits.wrong_region(region) == "is no region's name; one looks like eu-west-1"


def test_a_region_in_an_unknown_partition_is_refused() -> None:
    assert limits.wrong_region("us-iso-east-1") == "is in partition aws-iso; known: aws, aws-cn, aws-us-gov"
    assert limits.wrong_region("eu-west-1") is None


@pytest.mark.parametrize("url", ["https://sts.amazonaws.com", "http://127.0.0.1:4599", "http://[::1]:80/path"])
def test_endpoints_that_are_urls(url: str) -> None:
    assert limits.wrong_endpoint(url) is None


@pytest.mark.parametrize(
    "url",
    ["", "sts.amazonaws.com", "ftp://a", "http://", "http://a:x", "http://a:99999", "http://a b", "http://a\n",
     "http://[::1", "http://u:p@a", "http://u@a", "http://a?x=1", "http://a#x", "http://a:0"],
)  # fmt: skip
def test_endpoints_that_are_none(url: str) -> None:
    assert limits.wrong_endpoint(url) is not None


@pytest.mark.parametrize(
    ("seconds", "session", "role"),
    [(899, False, False), (900, True, True), (43_200, True, True), (43_201, True, False), (129_600, True, False),
     (129_601, False, False)],
)  # fmt: skip
def test_durations_have_the_limits_of_their_call(seconds: int, session: bool, role: bool) -> None:
    duration = timedelta(seconds=seconds)

    assert (limits.wrong_session_duration(duration) is None) is session
    assert (limits.wrong_role_duration(duration) is None) is role


@pytest.mark.parametrize(
    "tags",
    [(), (("a", ""),), (("Kosten stelle", "Bücher_.:/=+-@"),), tuple((f"k{n}", "v") for n in range(50)),
     (("k" * 128, "v" * 256),), (("a\u00a0b", "項目"),)],
)  # fmt: skip
def test_tags_that_sts_takes(tags: tuple[tuple[str, str], ...]) -> None:
    assert limits.wrong_tags(tags) is None


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        (tuple((f"k{n}", "v") for n in range(51)), "are 51"),
        ((("", "v"),), "1 to 128"),
        ((("k" * 129, "v"),), "1 to 128"),
        ((("k", "v" * 257),), "at most 256"),
        ((("k;", "v"),), "1 to 128"),
        ((("k", "a\tb"),), "at most 256"),
        ((("Team", "a"), ("team", "b")), "`Team` and `team`, which are one key"),
        ((("team", "a"), ("team", "a")), "one key"),
    ],
)
def test_tags_that_sts_refuses(tags: tuple[tuple[str, str], ...], why: str) -> None:
    assert why in (limits.wrong_tags(tags) or "")


@pytest.mark.parametrize(
    ("keys", "why"), [([f"k{n}" for n in range(51)], "are 51"), (["a\n"], "1 to 128"), (["a", "A"], "one key")]
)
def test_transitive_tags_that_sts_refuses(keys: list[str], why: str) -> None:
    assert why in (limits.wrong_transitive_tags(keys) or "")


def test_transitive_tags_that_sts_takes() -> None:
    assert limits.wrong_transitive_tags(["a", "b"]) is None


@pytest.mark.parametrize("policy", ['{"Version": "2012-10-17"}', "{\n\t}", '{"a": "\u00ff"}'])
def test_policies_that_sts_takes(policy: str) -> None:
    assert limits.wrong_policy(policy) is None


@pytest.mark.parametrize(
    ("policy", "arns", "why"),
    [
        ("", (), "is empty"),
        ('{"a": "\u0100"}', (), "outside"),
        ("{}\x0b", (), "outside"),
        ("{", (), "no JSON at line 1"),
        ("[]", (), "no JSON object"),
        ("[" * 2000, (), "no JSON"),
        ("{" + " " * 2047 + "}", (), "2049 of 2048"),
        ("{" + " " * 2030 + "}", ("arn:aws:iam::aws:policy/ReadOnlyAccess",), "ARNs of managed policies included"),
    ],
)
def test_policies_that_sts_refuses(policy: str, arns: tuple[str, ...], why: str) -> None:
    assert why in (limits.wrong_policy(policy, arns) or "")


@pytest.mark.parametrize(
    "arns",
    [
        ["arn:aws:iam::aws:policy/ReadOnlyAccess"] * 11,
        ["arn:aws:iam::111111111111:role/Books"],
        ["arn:aws:s3:::policy/whatever-it-is"],
        ["ReadOnlyAccess"],
        ["arn:aws:iam::1:policy/" + "a" * 2048],
        ["arn:a:iam:::policy/"],
    ],
)
def test_policy_arns_that_sts_refuses(arns: list[str]) -> None:
    assert limits.wrong_policy_arns(arns) is not None


def test_policy_arns_that_sts_takes() -> None:
    assert limits.wrong_policy_arns(["arn:aws:iam::aws:policy/ReadOnlyAccess"]) is None
