from __future__ import annotations

import json
from dataclasses import replace

from mfacli.output.documents import status_document
from tests.output.test_tables import DEV, LATER, OLD, PROD


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


def test_a_document_survives_any_console() -> None:
    text = status_document([replace(DEV, profile="項\ud800")], now=LATER)

    assert text.isascii()
    assert json.loads(text)["sessions"][0]["profile"] == "項\ud800"
