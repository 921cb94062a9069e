"""Tencent Cloud's sign-in for roles: what is signed, and what the link holds."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.errors import ProfileBroken, UsageWrong
from mfacli.providers.tencent_signin import TencentSignin
from tests.doubles import NOON, HandClock
from tests.providers.plans import SESSION_KEYS, plan_for

PAGE = "https://console.cloud.tencent.com/cvm?rid=1"
ABROAD = "https://sts.intl.tencentcloudapi.com"
SECRET = SESSION_KEYS.secret_access_key.reveal()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def signin(clock: HandClock) -> TencentSignin:
    return TencentSignin(clock=clock)


def asked_by(signin: TencentSignin, endpoint: str | None = None) -> tuple[str, dict[str, str]]:
    """Return where the link leads, and what it asks there."""
    plan = replace(plan_for(endpoint), cloud=Cloud.TENCENT, partition="")
    parts = urlsplit(signin.signin_url(PAGE, plan=plan, keys=SESSION_KEYS).reveal())
    place = f"{parts.scheme}://{parts.netloc}{parts.path}"
    return place, {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}


def signature_by_hand(site: str, asked: dict[str, str]) -> str:
    """Return the signature as the documents make it."""
    text = (
        f"GET{site}/login/roleAccessCallback?action=roleLogin&nonce={asked['nonce']}"
        f"&secretId={asked['secretId']}&timestamp={asked['timestamp']}"
    )
    return base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()).decode()


def test_the_link_holds_what_is_documented_and_not_the_key(signin: TencentSignin) -> None:
    place, asked = asked_by(signin)

    assert place == "https://cloud.tencent.com/login/roleAccessCallback"
    assert SESSION_KEYS.session_token is not None
    assert asked == {
        "algorithm": "sha256",
        "secretId": SESSION_KEYS.access_key_id,
        "token": SESSION_KEYS.session_token.reveal(),
        "nonce": asked["nonce"],
        "timestamp": str(int(NOON.timestamp())),
        "signature": signature_by_hand("cloud.tencent.com", asked),
        "s_url": PAGE,
    }
    assert SECRET not in str(asked)


def test_every_link_has_a_nonce_of_its_own_in_the_documented_range(signin: TencentSignin) -> None:
    nonces = {int(asked_by(signin)[1]["nonce"]) for _ in range(50)}

    assert len(nonces) > 40
    assert all(10_000 <= nonce <= 100_000_000 for nonce in nonces)


def test_it_is_dated_by_the_cloud_s_clock(signin: TencentSignin, clock: HandClock) -> None:
    clock.learn_offset(timedelta(minutes=10))

    _, asked = asked_by(signin)

    assert int(asked["timestamp"]) == int(NOON.timestamp()) + 600


@pytest.mark.parametrize(
    ("endpoint", "place", "signed_for"),
    [
        ("sts.ap-guangzhou.tencentcloudapi.com", "https://cloud.tencent.com", "cloud.tencent.com"),
        (ABROAD, "https://www.tencentcloud.com", "www.tencentcloud.com"),
        ("sts.intl.tencentcloudapi.com", "https://www.tencentcloud.com", "www.tencentcloud.com"),
        ("http://127.0.0.1:4599", "http://127.0.0.1:4599", "cloud.tencent.com"),
    ],
)
def test_the_site_is_that_of_the_sts(signin: TencentSignin, endpoint: str, place: str, signed_for: str) -> None:
    there, asked = asked_by(signin, endpoint)

    assert there == f"{place}/login/roleAccessCallback"
    assert asked["signature"] == signature_by_hand(signed_for, asked)


@pytest.mark.parametrize("endpoint", ["https://sts.example.com", "http://[sts"])
def test_where_the_sts_is_nobodys_there_is_no_site(signin: TencentSignin, endpoint: str) -> None:
    with pytest.raises(ProfileBroken, match="is not known"):
        asked_by(signin, endpoint)


@pytest.mark.parametrize(
    ("endpoint", "wanted", "page"),
    [
        (None, None, "https://console.cloud.tencent.com/"),
        (None, "cvm", "https://console.cloud.tencent.com/cvm"),
        (None, PAGE, PAGE),
        (ABROAD, None, "https://console.tencentcloud.com/"),
        (ABROAD, "cos/bucket", "https://console.tencentcloud.com/cos/bucket"),
    ],
)
def test_each_site_has_its_own_console(
    signin: TencentSignin, endpoint: str | None, wanted: str | None, page: str
) -> None:
    assert signin.console_page(wanted, plan=plan_for(endpoint)) == page


def test_a_page_of_the_other_site_is_not_taken(signin: TencentSignin) -> None:
    with pytest.raises(UsageWrong, match="no page of this console"):
        signin.console_page(PAGE, plan=plan_for(ABROAD))


def test_keys_without_a_token_make_a_link_that_says_so(signin: TencentSignin) -> None:
    keys = replace(SESSION_KEYS, session_token=None)

    url = signin.signin_url(PAGE, plan=plan_for(), keys=keys).reveal()

    assert "&token=&" in url
