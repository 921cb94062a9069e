"""Tencent Cloud's sign-in for roles: what is signed, by whom, and how often and how long a link works."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from mfacli.emulator.log import Outcome
from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.signin.role_login import RoleLogin
from tests.doubles import NOON
from tests.emulator.stand_ins import request
from tests.emulator.tencent.quarter import MEI, SERIAL, TEST_ROLE, Keys, Quarter, quarter

HOME = "https://console.cloud.tencent.com/"
NOW = str(int(NOON.timestamp()))


@pytest.fixture(scope="module")
def town() -> Quarter:
    return quarter()


@pytest.fixture(scope="module")
def role(town: Quarter) -> Keys:
    return town.opened(
        MEI,
        "AssumeRole",
        RoleArn=TEST_ROLE,
        RoleSessionName="mei",
        SerialNumber=SERIAL,
        TokenCode=town.code(MEI),
    )


@pytest.fixture
def door(town: Quarter) -> RoleLogin:
    return RoleLogin(town.secrets, town.town.roles, clock=town.clock, log=town.log)


def link(keys: Keys, *, algorithm: str = "sha256", host: str = "cloud.tencent.com", **other: str) -> Incoming:
    """Return a link made by hand, as the documents make it; `other` replaces what is sent, not what is signed."""
    text = f"action=roleLogin&nonce=67439&secretId={keys.secret_id}&timestamp={other.get('signed_at', NOW)}"
    digest = hmac.new(
        keys.secret_key.reveal().encode(), f"GET{host}/login/roleAccessCallback?{text}".encode(), algorithm
    ).digest()
    asked = {
        "algorithm": algorithm,
        "secretId": keys.secret_id,
        "token": keys.token or "",
        "nonce": "67439",
        "timestamp": other.pop("signed_at", NOW),
        "signature": base64.b64encode(digest).decode(),
        "s_url": HOME,
    } | other
    return request("GET", f"/login/roleAccessCallback?{urlencode({k: v for k, v in asked.items() if v})}")


def shown(answer: Answer) -> str:
    return f"{answer.status} {answer.body.decode()}"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_roles_link_becomes_a_page_that_names_it(door: RoleLogin, role: Keys, algorithm: str) -> None:
    page = shown(door.handle(link(role, algorithm=algorithm)))

    assert page.startswith("200")
    assert "qcs::cam::uin/87654321:roleName/TestRole" in page
    assert HOME in page


def test_the_algorithm_is_sha1_where_none_is_said(door: RoleLogin, role: Keys) -> None:
    incoming = link(role, algorithm="sha1")
    unsaid = request("GET", incoming.target.replace("algorithm=sha1&", ""))

    assert door.handle(unsaid).status == 200


def test_the_international_site_is_signed_for_by_its_own_name(door: RoleLogin, role: Keys) -> None:
    incoming = link(role, host="www.tencentcloud.com", s_url="https://console.tencentcloud.com/cvm")

    assert door.handle(incoming).status == 200


def test_a_link_works_once(door: RoleLogin, role: Keys) -> None:
    answers = [shown(door.handle(link(role))) for _ in range(2)]

    assert answers[0].startswith("200")
    assert "has been used" in answers[1]


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_link_works_for_five_minutes(door: RoleLogin, role: Keys, seconds: int) -> None:
    signed_at = str(int((NOON + timedelta(seconds=seconds)).timestamp()))

    page = shown(door.handle(link(role, signed_at=signed_at)))

    assert "signed too long ago" in page


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"signature": "bm9uZQ=="}, "signature does not match"),
        ({"signature": "schlüssel"}, "signature does not match"),
        ({"signature": ""}, "signature is missing"),
        ({"nonce": "67440"}, "signature does not match"),
        ({"timestamp": str(int(NOON.timestamp()) + 1)}, "signature does not match"),
        ({"nonce": "9999"}, "nonce"),
        ({"nonce": "many"}, "whole number"),
        ({"timestamp": "now"}, "whole number"),
        ({"token": "another"}, "not valid"),
        ({"token": ""}, "token is missing"),
        ({"secretId": "AKIDunknown"}, "not valid"),
        ({"algorithm": "md5"}, "sha1 or sha256"),
        ({"s_url": "https://example.com/"}, "no page of the console"),
        ({"s_url": ""}, "s_url is missing"),
    ],
)
def test_a_link_that_was_changed_is_refused(door: RoleLogin, role: Keys, other: dict[str, str], why: str) -> None:
    page = shown(door.handle(link(role, **other)))

    assert page.startswith("400")
    assert why in page


def test_a_users_own_session_does_not_sign_in(door: RoleLogin, town: Quarter) -> None:
    page = shown(door.handle(link(town.mfa_session())))

    assert page.startswith("400")
    assert "Only the sessions of AssumeRole" in page


def test_a_role_that_may_not_use_the_console_does_not_sign_in(door: RoleLogin, town: Quarter, role: Keys) -> None:
    found = town.town.roles.by_qcs(TEST_ROLE)
    assert found is not None
    town.town.roles.put(replace(found, has_console=False))

    page = shown(door.handle(link(role)))

    town.town.roles.put(found)
    assert page.startswith("400")
    assert "may not use the console" in page


def test_the_log_has_who_came_in_and_no_secret(door: RoleLogin, role: Keys, town: Quarter) -> None:
    town.log.clear()
    door.handle(link(role))
    door.handle(link(role, signature="bm9uZQ=="))

    records = town.log.records()
    assert [(record.operation, record.outcome) for record in records] == [
        ("RoleLogin", Outcome.ALLOWED),
        ("RoleLogin", Outcome.REFUSED),
    ]
    assert records[0].caller == "qcs::cam::uin/87654321:roleName/TestRole"
    text = json.dumps([record.as_json() for record in records])
    assert role.token is not None
    assert role.token not in text
    assert role.secret_key.reveal() not in text


@pytest.mark.parametrize(
    ("incoming", "opens"),
    [
        (request("GET", "/login/roleAccessCallback?secretId=x"), True),
        (request("GET", "/login/roleAccessCallback"), False),
        (request("GET", "/login/other?secretId=x"), False),
        (request("GET", "/login/roleAccessCallback?secretId=x", {"authorization": "q-sign-algorithm=sha1"}), False),
    ],
)
def test_only_a_roles_link_comes_to_this_door(door: RoleLogin, incoming: Incoming, opens: bool) -> None:
    assert door.opens_for(incoming) is opens
