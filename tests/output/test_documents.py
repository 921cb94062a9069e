from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from mfacli.domain.plan import DeviceToFind, KeysFrom, KeySource, NoDevice
from mfacli.interfaces import Identity
from mfacli.output.documents import identity_document, plan_document, status_document
from mfacli.output.identities import identity_text
from tests.doubles import NOON
from tests.output.sessions import BARE, SESSION
from tests.output.test_plans import PLAN
from tests.output.test_tables import DEV, LATER, OLD, PROD

ANAYA = Identity(account_id="111111111111", arn="arn:aws:iam::111111111111:user/anaya", user_id="AIDAEXAMPLE")


def test_status_lists_sessions_with_the_seconds_left() -> None:
    document = json.loads(status_document([DEV, PROD], now=LATER))

    assert (document["version"], document["now"]) == (1, "2026-11-21T12:28:00Z")
    assert [session["profile"] for session in document["sessions"]] == ["prod", "dev"]
    assert document["sessions"][1] == {
        "cloud": "aws",
        "profile": "dev",
        "kind": "session",
        "issued_at": "2026-11-21T12:00:00Z",
        "expires_at": "2026-11-22T00:00:00Z",
        "seconds_left": 41_520,
        "mfa_at": "2026-11-21T12:00:00Z",
        "mfa_age_seconds": 1680,
        "account_id": "111111111111",
        "principal": "arn:aws:iam::111111111111:user/anaya",
        "device": "arn:aws:iam::111111111111:mfa/anaya",
        "access_key_ends": "MPLE",
        "place": "kernel keyring",
        "fingerprint": "f" * 32,
    }


def test_a_session_without_mfa_and_an_expired_one_say_so() -> None:
    old, prod = json.loads(status_document([PROD, OLD], now=LATER))["sessions"]

    assert (prod["mfa_at"], prod["mfa_age_seconds"]) == (None, None)
    assert old["seconds_left"] == 0


def test_a_plan_is_one_document() -> None:
    document = json.loads(plan_document(replace(PLAN, notes=("region us-west-2 from --region",))))

    assert document["version"] == 1
    assert document["fingerprint"] == PLAN.fingerprint
    assert document["keys"] == {
        "from": "file", "access_key_ends": "MPLE", "path": "~/.aws/credentials", "section": "base",
    }  # fmt: skip
    assert document["device"] == {"serial": "GAHT12345678", "origin": "--device"}
    assert document["steps"][0] == {"call": "GetSessionToken", "duration_seconds": 43_200, "with_code": True}
    assert document["steps"][1]["tags"] == [{"key": "Team", "value": "blue"}]
    assert document["notes"] == ["region us-west-2 from --region"]


@pytest.mark.parametrize(
    ("device", "expected"),
    [(DeviceToFind(is_required=False), {"serial": None, "is_required": False}), (NoDevice(), None)],
)
def test_a_plan_without_a_named_device_says_so(device: DeviceToFind | NoDevice, expected: object) -> None:
    assert json.loads(plan_document(replace(PLAN, device=device)))["device"] == expected


def test_keys_that_are_nowhere_yet_have_no_ending() -> None:
    plan = replace(PLAN, key_source=KeySource(kind=KeysFrom.INSTANCE))

    assert json.loads(plan_document(plan))["keys"]["access_key_ends"] is None


def test_an_identity_with_its_session_says_when_mfa_was() -> None:
    document = json.loads(identity_document(ANAYA, session=SESSION, now=LATER))

    assert document == {
        "version": 1,
        "account_id": "111111111111",
        "arn": "arn:aws:iam::111111111111:user/anaya",
        "user_id": "AIDAEXAMPLE",
        "has_mfa": True,
        "mfa_at": "2026-11-21T12:00:00Z",
        "mfa_age_seconds": 1680,
        "device": "arn:aws:iam::111111111111:mfa/anaya",
        "expires_at": "2026-11-22T00:00:00Z",
    }


@pytest.mark.parametrize(("session", "has_mfa"), [(None, None), (BARE, False)])
def test_an_identity_says_what_is_known_of_mfa(session: None, has_mfa: bool | None) -> None:
    assert json.loads(identity_document(ANAYA, session=session, now=LATER))["has_mfa"] is has_mfa


def test_an_identity_for_people_has_one_fact_a_line() -> None:
    assert identity_text(ANAYA, session=SESSION, now=LATER) == (
        "account   111111111111\n"
        "arn       arn:aws:iam::111111111111:user/anaya\n"
        "user id   AIDAEXAMPLE\n"
        "MFA       28m ago, arn:aws:iam::111111111111:mfa/anaya\n"
        "expires   in 11h 32m\n"
    )


def test_an_identity_of_foreign_credentials_claims_nothing_of_mfa() -> None:
    text = identity_text(ANAYA, session=None, now=NOON)

    assert "MFA       not known: these credentials are not from mfacli\n" in text
    assert "expires" not in text


def test_an_identity_without_mfa_and_past_its_time_says_so() -> None:
    text = identity_text(ANAYA, session=BARE, now=NOON + timedelta(days=1))

    assert "MFA       none\n" in text
    assert "expires   expired\n" in text
