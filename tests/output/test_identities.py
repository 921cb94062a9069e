from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from mfacli.domain.credentials import Keys
from mfacli.domain.secret import Secret
from mfacli.interfaces import Entry, Identity
from mfacli.output.identities import identity_document, identity_text
from tests.output.sessions import SESSION
from tests.output.test_tables import DEV, LATER, PROD

ANAYA = Identity(account_id="111111111111", arn="arn:aws:iam::111111111111:user/anaya", user_id="AIDAEXAMPLE")
LONG_TERM = Keys(access_key_id="AKIAEXAMPLE", secret_access_key=Secret("s"))


def test_an_identity_has_one_fact_a_line() -> None:
    assert identity_text(ANAYA, keys=SESSION.keys, entry=DEV, now=LATER) == (
        "identity  arn:aws:iam::111111111111:user/anaya\n"
        "account   111111111111\n"
        "user id   AIDAEXAMPLE\n"
        "key       …MPLE, session\n"
        "MFA       yes, 28m ago, arn:aws:iam::111111111111:mfa/anaya\n"
        "expires   in 11h 32m\n"
    )


@pytest.mark.parametrize(
    ("keys", "entry", "lines"),
    [
        (LONG_TERM, None, ["key       …MPLE, long-term key", "MFA       no"]),
        (SESSION.keys, None, ["key       …MPLE, session", "MFA       not known: this session was opened elsewhere"]),
        (
            SESSION.keys,
            PROD,
            ["key       …MPLE, role", "MFA       no, a role's requests carry none", "expires   in 32m"],
        ),
        (SESSION.keys, replace(DEV, device=None), ["MFA       yes, 28m ago"]),
        (
            SESSION.keys,
            replace(DEV, kind="role", device="GAHT12345678"),
            ["MFA       no, a role's requests carry none; opened with a code 28m ago, GAHT12345678"],
        ),
        (SESSION.keys, replace(DEV, expires_at=LATER - timedelta(seconds=1)), ["expires   expired"]),
    ],
)
def test_an_identity_claims_only_what_is_known(keys: Keys, entry: Entry | None, lines: list[str]) -> None:
    shown = identity_text(ANAYA, keys=keys, entry=entry, now=LATER).splitlines()

    assert set(lines) <= set(shown)
    assert any(line.startswith("expires") for line in shown) == (entry is not None)


def test_an_identity_is_one_document() -> None:
    text = identity_document(ANAYA, cloud="aws", profile="dev", keys=SESSION.keys, entry=DEV, now=LATER)

    assert json.loads(text) == {
        "version": 1,
        "cloud": "aws",
        "profile": "dev",
        "arn": "arn:aws:iam::111111111111:user/anaya",
        "account_id": "111111111111",
        "user_id": "AIDAEXAMPLE",
        "caller_type": None,
        "access_key_id": "ASIAEXAMPLE",
        "kind": "session",
        "mfa": True,
        "mfa_at": "2026-11-21T12:00:00Z",
        "mfa_age_seconds": 1680,
        "device": "arn:aws:iam::111111111111:mfa/anaya",
        "expires_at": "2026-11-22T00:00:00Z",
    }


def test_in_tencent_cloud_a_caller_has_a_type_and_a_role_has_its_mfa() -> None:
    caller = Identity(
        account_id="100000000001",
        arn="qcs::sts:100000000001:assumed-role/4611",
        user_id="4611:anna",
        caller_type="CAMRole",
    )
    role = replace(DEV, cloud="tencent", kind="role", device="qcs::cam:uin/100000000001::mfa/softToken")

    text = identity_text(caller, keys=SESSION.keys, entry=role, now=LATER)
    document = identity_document(caller, cloud="tencent", profile="dev", keys=SESSION.keys, entry=role, now=LATER)

    assert "type      CAMRole\n" in text
    assert "MFA       yes, 28m ago, qcs::cam:uin/100000000001::mfa/softToken\n" in text
    assert json.loads(document)["mfa"] is True
    assert json.loads(document)["caller_type"] == "CAMRole"


@pytest.mark.parametrize(
    ("keys", "entry", "mfa"),
    [
        (LONG_TERM, None, False),
        (SESSION.keys, None, None),
        (SESSION.keys, PROD, False),
        (SESSION.keys, replace(DEV, kind="role"), False),
    ],
)
def test_mfa_is_null_where_it_cannot_be_known(keys: Keys, entry: Entry | None, mfa: bool | None) -> None:
    text = identity_document(ANAYA, cloud="aws", profile="dev", keys=keys, entry=entry, now=LATER)

    assert json.loads(text)["mfa"] is mfa


@pytest.mark.parametrize(
    ("arn", "kind", "mfa"),
    [
        ("arn:aws:sts::111111111111:assumed-role/Auditor/anna", "role", False),
        ("arn:aws:sts::111111111111:federated-user/anna", "federated user", False),
        ("qcs::sts:100000000001:assumed-role/4611", "role", None),
        ("qcs::cam:100000000001:uin/100000000002", "session", None),
    ],
)
def test_of_a_session_from_elsewhere_its_name_tells_the_kind(arn: str, kind: str, mfa: bool | None) -> None:
    caller = replace(ANAYA, arn=arn)
    ends = LATER + timedelta(minutes=20)

    text = identity_text(caller, keys=SESSION.keys, entry=None, now=LATER, expires_at=ends)
    document = identity_document(
        caller, cloud="aws", profile="dev", keys=SESSION.keys, entry=None, now=LATER, expires_at=ends
    )

    assert f"key       …MPLE, {kind}\n" in text
    assert "expires   in 20m\n" in text
    assert (json.loads(document)["kind"], json.loads(document)["mfa"]) == (kind, mfa)
    assert json.loads(document)["expires_at"] == "2026-11-21T12:48:00Z"
