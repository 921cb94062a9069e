"""Where people are signed in, and where they may be sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.errors import ProfileBroken, UsageWrong
from mfacli.providers.signin_places import console_path, signin_base
from tests.providers.plans import plan_for

CLOUDS = ("amazonaws.com", "api.aws")
BASE = "https://signin.aws.amazon.com"
DOMAINS = ("aws.amazon.com",)


@pytest.mark.parametrize(
    ("endpoint", "base"),
    [
        (None, BASE),
        ("https://sts.eu-west-1.amazonaws.com", BASE),
        ("https://vpce-1.sts.eu-west-1.vpce.amazonaws.com/", BASE),
        ("http://127.0.0.1:4599", "http://127.0.0.1:4599"),
        ("http://localhost:4599/", "http://localhost:4599"),
        ("http://[::1]:4599", "http://[::1]:4599"),
        ("127.0.0.1:4599", "https://127.0.0.1:4599"),
    ],
)
def test_people_are_signed_in_where_the_keys_come_from(endpoint: str | None, base: str) -> None:
    assert signin_base(plan_for(endpoint), clouds_own=CLOUDS, base=BASE) == base


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://10.0.0.1:4566",
        "https://sts.example.com",
        "https://evilamazonaws.com",
        "https://amazonaws.com.example.com",
        "https://127.0.0.1.example.com",
        "http://127.0.0.1:many",
        "http://[127.0.0.1",
        "",
    ],
)
def test_no_other_machine_is_sent_the_keys(endpoint: str) -> None:
    with pytest.raises(ProfileBroken, match="is not known") as caught:
        signin_base(plan_for(endpoint), clouds_own=CLOUDS, base=BASE)

    assert "`endpoint_url`" in caught.value.hint


def test_each_cloud_s_setting_is_called_by_its_name() -> None:
    plan = replace(plan_for("https://sts.example.com"), cloud=Cloud.TENCENT)

    with pytest.raises(ProfileBroken) as caught:
        signin_base(plan, clouds_own=CLOUDS, base=BASE)

    assert "`endpoint`" in caught.value.hint


@pytest.mark.parametrize("service", ["s3", "ec2", "IAM", "s3/buckets", "vpcconsole/home", "cvm/instance/index"])
def test_a_service_is_a_path(service: str) -> None:
    assert console_path(service, domains=DOMAINS, example="x") == service


@pytest.mark.parametrize(
    "url",
    [
        "https://aws.amazon.com/",
        "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1#",
        "https://CONSOLE.AWS.AMAZON.COM:443/",
    ],
)
def test_a_page_of_the_cloud_s_own_is_taken_as_it_is(url: str) -> None:
    assert console_path(url, domains=DOMAINS, example="x") is None


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "s3?region=x",
        "../s3",
        "s3//x",
        "-s3",
        "s3 x",
        "console.aws.amazon.com:443",
        "http://console.aws.amazon.com/",
        "https://example.com/",
        "https://notaws.amazon.com.example.com/",
        "https://xaws.amazon.com/",
        "https://me:you@console.aws.amazon.com/",
        "https://console.aws.amazon.com/\n",
        "https://console.aws.amazon.com:many/",
        "javascript://aws.amazon.com/%0aalert(1)",
    ],
)
def test_nobody_is_sent_elsewhere_signed_in(wanted: str) -> None:
    with pytest.raises(UsageWrong, match="page of"):
        console_path(wanted, domains=DOMAINS, example="https://console.aws.amazon.com/…")
