from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import botocore.session
import pytest

from mfacli.output.credential_process import credential_process_text, session_document
from mfacli.output.times import iso_utc
from tests.output.sessions import BARE, SESSION


def test_sdks_get_the_keys_they_expect() -> None:
    assert json.loads(credential_process_text(SESSION)) == {
        "Version": 1,
        "AccessKeyId": "ASIAEXAMPLE",
        "SecretAccessKey": "wJalr/K7+bPx=",
        "SessionToken": "FwoGZXIvYXdz//+token==",
        "Expiration": "2026-11-22T00:00:00Z",
        "AccountId": "111111111111",
    }


def test_an_unknown_account_is_left_out() -> None:
    assert "AccountId" not in json.loads(credential_process_text(BARE))


def test_the_answer_is_one_line() -> None:
    assert credential_process_text(SESSION).count("\n") == 1


def test_botocore_takes_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = replace(SESSION, expires_at=datetime.now(tz=UTC) + timedelta(hours=1))
    (tmp_path / "answer").write_text(credential_process_text(fresh))
    config = tmp_path / "config"
    program = f"import pathlib; print(pathlib.Path('{tmp_path}/answer').read_text())"
    config.write_text(f'[profile dev]\ncredential_process = {sys.executable} -c "{program}"\n')
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))

    credentials = botocore.session.Session(profile="dev").get_credentials()

    assert credentials is not None
    frozen = credentials.get_frozen_credentials()
    assert (frozen.access_key, frozen.token) == ("ASIAEXAMPLE", "FwoGZXIvYXdz//+token==")
    assert credentials.account_id == "111111111111"  # type: ignore[attr-defined]  # the stubs do not know it yet


def test_the_document_says_all_that_is_known() -> None:
    document = json.loads(session_document(SESSION, profile="dev", is_cached=True, place=""))

    assert document == {
        "version": 1,
        "cloud": "aws",
        "profile": "dev",
        "access_key_id": "ASIAEXAMPLE",
        "secret_access_key": "wJalr/K7+bPx=",
        "session_token": "FwoGZXIvYXdz//+token==",
        "issued_at": "2026-11-21T12:00:00Z",
        "expires_at": "2026-11-22T00:00:00Z",
        "mfa_at": "2026-11-21T12:00:00Z",
        "account_id": "111111111111",
        "principal": "arn:aws:iam::111111111111:user/anaya",
        "device": "arn:aws:iam::111111111111:mfa/anaya",
        "region": "eu-west-1",
        "is_cached": True,
        "place": None,
    }


def test_the_document_of_a_session_without_mfa_says_so() -> None:
    assert (
        json.loads(session_document(BARE, profile="dev", is_cached=False, place="kernel keyring"))["mfa_at"] is None
    )


def test_moments_are_whole_seconds_of_utc() -> None:
    moment = datetime(2026, 11, 21, 13, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=1)))

    assert iso_utc(moment) == "2026-11-21T12:00:00Z"
