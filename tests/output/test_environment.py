from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mfacli.domain.credentials import Session
from mfacli.output.environment import Changes, changes_back, changes_for
from tests.output.sessions import BARE, SESSION, TENCENT


def _plain(changes: Changes) -> dict[str, str]:
    return changes.applied_to({})


def test_a_session_sets_what_sdks_read() -> None:
    assert _plain(changes_for(SESSION, profile="dev")) == {
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalr/K7+bPx=",
        "AWS_SESSION_TOKEN": "FwoGZXIvYXdz//+token==",
        "AWS_CREDENTIAL_EXPIRATION": "2026-11-22T00:00:00Z",
        "AWS_ACCOUNT_ID": "111111111111",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "MFACLI_PROFILE": "dev",
    }


def test_whatever_would_go_before_the_session_is_taken_away() -> None:
    stale = {
        "AWS_SECURITY_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CREDENTIAL_FILE", "AWS_SDK_LOAD_CONFIG",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    }  # fmt: skip

    environment = changes_for(SESSION, profile="dev").applied_to({**dict.fromkeys(stale, "x"), "HOME": "/home/anaya"})

    assert not stale & set(environment)
    assert environment["HOME"] == "/home/anaya"


def test_an_account_of_the_session_before_does_not_stay() -> None:
    environment = changes_for(BARE, profile="").applied_to({"AWS_ACCOUNT_ID": "2", "MFACLI_PROFILE": "old"})

    assert "AWS_ACCOUNT_ID" not in environment
    assert "MFACLI_PROFILE" not in environment


def test_a_region_stays_where_the_session_has_none() -> None:
    assert changes_for(BARE, profile="dev").applied_to({"AWS_REGION": "us-east-1"})["AWS_REGION"] == "us-east-1"


def test_going_back_takes_away_all_that_was_set() -> None:
    environment = changes_for(SESSION, profile="dev").applied_to({"HOME": "/home/anaya"})

    assert changes_back().applied_to({**environment, "AWS_SECURITY_TOKEN": "t"}) == {"HOME": "/home/anaya"}


def test_a_profiles_endpoint_goes_along_and_away_again() -> None:
    mine = changes_for(SESSION, profile="dev", endpoint_url="http://127.0.0.1:4599").applied_to({})

    next_one = changes_for(SESSION, profile="prod", environment=mine).applied_to(mine)
    without = changes_back(mine).applied_to(mine)

    assert mine["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4599"
    assert "AWS_ENDPOINT_URL" not in next_one
    assert without == {}


def test_an_endpoint_of_the_persons_own_stays() -> None:
    own = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "MFACLI_ENDPOINT_URL": "http://127.0.0.1:2"}

    environment = changes_for(SESSION, profile="prod", environment=own).applied_to(own)

    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert "MFACLI_ENDPOINT_URL" not in environment
    assert changes_back(own).applied_to(own) == {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}


def test_changes_do_not_show_their_secrets() -> None:
    shown = repr(changes_for(SESSION, profile="dev"))

    assert "wJalr" not in shown
    assert "FwoGZ" not in shown


def test_a_session_of_tencent_cloud_goes_under_both_names_of_the_token() -> None:
    assert _plain(changes_for(TENCENT, profile="prod")) == {
        "TENCENTCLOUD_SECRET_ID": "AKIDexample",
        "TENCENTCLOUD_SECRET_KEY": "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        "TENCENTCLOUD_TOKEN": "1siMD5r0tPAq9xpR/+=_token",
        "TENCENTCLOUD_SECURITY_TOKEN": "1siMD5r0tPAq9xpR/+=_token",
        "MFACLI_EXPIRATION": "2026-11-22T00:00:00Z",
        "TENCENTCLOUD_REGION": "ap-shanghai",
        "MFACLI_PROFILE": "prod",
    }


def test_whatever_would_make_tencents_tools_act_as_somebody_else_is_taken_away() -> None:
    stale = {
        "TCCLI_PROFILE", "TENCENTCLOUD_ROLE_ARN", "TENCENTCLOUD_ROLE_SESSION_NAME", "TENCENTCLOUD_CAM_ROLE_NAME",
        "TKE_ROLE_ARN", "TENCENTCLOUD_ASSUME_ROLE_ARN", "TENCENTCLOUD_ASSUME_ROLE_TOKEN_CODE",
        "TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER", "TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE",
    }  # fmt: skip

    environment = changes_for(TENCENT, profile="prod").applied_to(dict.fromkeys(stale, "x"))

    assert not stale & set(environment)


def test_a_region_of_tencent_cloud_stays_where_the_session_has_none() -> None:
    changes = changes_for(replace(TENCENT, region=None), profile="prod")

    assert changes.applied_to({"TENCENTCLOUD_REGION": "ap-beijing"})["TENCENTCLOUD_REGION"] == "ap-beijing"


def test_a_shell_can_hold_sessions_of_both_clouds_and_gives_back_both() -> None:
    first = changes_for(SESSION, profile="dev", endpoint_url="http://127.0.0.1:4599").applied_to({"HOME": "/h"})

    both = changes_for(TENCENT, profile="prod", environment=first).applied_to(first)

    assert (both["AWS_ACCESS_KEY_ID"], both["AWS_ENDPOINT_URL"]) == ("ASIAEXAMPLE", "http://127.0.0.1:4599")
    assert (both["TENCENTCLOUD_SECRET_ID"], both["MFACLI_PROFILE"]) == ("AKIDexample", "prod")
    assert changes_back(both).applied_to(both) == {"HOME": "/h"}


@pytest.mark.parametrize(
    ("session", "own"),
    [
        (SESSION, {"TENCENTCLOUD_SECRET_ID": "AKIDlong", "TENCENTCLOUD_SECRET_KEY": "k"}),
        (TENCENT, {"AWS_ACCESS_KEY_ID": "AKIALONG", "AWS_SECRET_ACCESS_KEY": "k"}),
    ],
)
def test_going_back_leaves_the_keys_of_the_other_cloud(session: Session, own: dict[str, str]) -> None:
    environment = changes_for(session, profile="dev").applied_to(own)

    assert changes_back(environment).applied_to(environment) == own


def test_going_back_from_nothing_that_is_known_names_both_clouds() -> None:
    names = changes_back().to_unset

    assert {"AWS_SESSION_TOKEN", "TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN", "MFACLI_PROFILE"} <= set(names)
    assert len(names) == len(set(names))


def test_botocore_takes_the_session_from_the_environment() -> None:
    # botocore goes by the real clock, and refuses what has ended.
    expires_at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=12)
    before = {**os.environ, "AWS_SECURITY_TOKEN": "stale", "AWS_PROFILE": "nobody"}
    program = (
        "import json, botocore.session; s = botocore.session.get_session(); c = s.get_credentials();"
        "f = c.get_frozen_credentials(); region = s.get_config_variable('region');"
        "print(json.dumps([f.access_key, f.token, f.account_id, c._expiry_time.isoformat(), region]))"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program],
        env=changes_for(replace(SESSION, expires_at=expires_at), profile="dev").applied_to(before),
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(ran.stdout) == [
        "ASIAEXAMPLE", "FwoGZXIvYXdz//+token==", "111111111111", expires_at.isoformat(), "eu-west-1",
    ]  # fmt: skip
