"""What Tencent Cloud's STS takes, value by value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from mfacli.profiles import tencent_limits as limits

RIGHT: list[tuple[Callable[[str], str | None], str]] = [
    (limits.wrong_session_name, "ab"),
    (limits.wrong_session_name, "a=,.@_-+" + "x" * 120),
    (limits.wrong_external_id, "a:/b"),
    (limits.wrong_external_id, "x" * 128),
    (limits.wrong_source_identity, "100000000001"),
    (limits.wrong_key_id, "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE"),
    (limits.wrong_key_id, "AKIDc-_x" + "y" * 1000),
    (limits.wrong_region, "ap-guangzhou"),
    (limits.wrong_region, "ap-shanghai-fsi"),
    (limits.wrong_region, "na-siliconvalley"),
    (limits.wrong_endpoint, "sts.tencentcloudapi.com"),
    (limits.wrong_endpoint, "127.0.0.1:8080"),
    (limits.wrong_endpoint, "[::1]:8080"),
    (limits.wrong_endpoint, "http://127.0.0.1:8080/"),
    (limits.wrong_endpoint, "https://sts.internal.tencentcloudapi.com"),
    (limits.wrong_policy, '{"version": "2.0", "statement": [{"effect": "deny", "action": "*", "resource": "*"}]}'),
    (limits.wrong_policy, '{"version": "2.0", "statement": {"effect": "deny"}}'),
]
WRONG: list[tuple[Callable[[str], str | None], str]] = [
    (limits.wrong_session_name, "a"),
    (limits.wrong_session_name, "x" * 129),
    (limits.wrong_session_name, "a/b"),
    (limits.wrong_session_name, "安娜"),
    (limits.wrong_external_id, "x"),
    (limits.wrong_external_id, "x" * 129),
    (limits.wrong_source_identity, "anna"),
    (limits.wrong_source_identity, ""),
    (limits.wrong_key_id, "a/b"),
    (limits.wrong_key_id, "x" * 1025),
    (limits.wrong_region, "guangzhou"),
    (limits.wrong_region, "AP-Guangzhou"),
    (limits.wrong_region, "ap-guangzhou\n"),
    (limits.wrong_endpoint, "ftp://sts.tencentcloudapi.com"),
    (limits.wrong_endpoint, "https://"),
    (limits.wrong_endpoint, "host:port"),
    (limits.wrong_endpoint, "host:0"),
    (limits.wrong_endpoint, "host/path"),
    (limits.wrong_endpoint, "https://host/path"),
    (limits.wrong_endpoint, "https://host?x"),
    (limits.wrong_endpoint, "https://user:word@host"),
    (limits.wrong_endpoint, "two hosts"),
    (limits.wrong_policy, ""),
    (limits.wrong_policy, "[]"),
    (limits.wrong_policy, '{"statement": [{}]}'),
    (limits.wrong_policy, '{"version": "2012-10-17", "statement": [{}]}'),
    (limits.wrong_policy, '{"version": "2.0"}'),
    (limits.wrong_policy, '{"version": "2.0", "statement": []}'),
    (limits.wrong_policy, '{"version": "2.0", "statement": "x"}'),
    (limits.wrong_policy, '{"version": "2.0", "statement": [{"principal": {}}]}'),
    (limits.wrong_policy, '{"version": "2.0", "principal": {}, "statement": [{}]}'),
]


@pytest.mark.parametrize(("wrong", "text"), RIGHT)
def test_what_is_right_is_taken(wrong: Callable[[str], str | None], text: str) -> None:
    assert wrong(text) is None


@pytest.mark.parametrize(("wrong", "text"), WRONG)
def test_what_is_wrong_is_told(wrong: Callable[[str], str | None], text: str) -> None:
    assert wrong(text)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("sts.tencentcloudapi.com", None),
        ("https://STS.tencentcloudapi.com/", None),
        ("sts.internal.tencentcloudapi.com", "https://sts.internal.tencentcloudapi.com"),
        ("localhost:80", "https://localhost:80"),
        ("HTTP://127.0.0.1:8080/", "http://127.0.0.1:8080"),
    ],
)
def test_one_endpoint_is_one_url_however_it_is_written(text: str, url: str | None) -> None:
    assert limits.endpoint_url(text) == url


@pytest.mark.parametrize(
    ("wrong", "longest"),
    [(limits.wrong_session_duration, 129_600), (limits.wrong_role_duration, 43_200)],
)
def test_no_shortest_duration_is_held_to(wrong: Callable[[timedelta], str | None], longest: int) -> None:
    assert wrong(timedelta(seconds=1)) is None
    assert wrong(timedelta(seconds=longest)) is None
    assert wrong(timedelta())
    assert wrong(timedelta(seconds=longest + 1))


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ([(f"k{number}", "") for number in range(51)], "are 51; STS takes 50"),
        ([("", "x")], "a key has 1 to 128 characters"),
        ([("k" * 129, "x")], "a key has 1 to 128 characters"),
        ([("k", "v" * 257)], "a value of 257 characters"),
        ([("k", "1"), ("K", "2"), ("k", "3")], "have `k` twice"),
    ],
)
def test_tags_have_their_limits(tags: list[tuple[str, str]], said: str) -> None:
    wrong = limits.wrong_tags(tags)

    assert wrong is not None
    assert said in wrong


def test_the_most_tags_of_the_greatest_length_are_taken() -> None:
    assert limits.wrong_tags([(f"{number:0128}", "v" * 256) for number in range(50)]) is None
