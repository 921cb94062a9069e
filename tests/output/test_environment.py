from __future__ import annotations

import json
import os
import subprocess
import sys

from mfacli.output.environment import Changes, changes_back, changes_for
from tests.output.sessions import BARE, SESSION


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


def test_botocore_takes_the_session_from_the_environment() -> None:
    before = {**os.environ, "AWS_SECURITY_TOKEN": "stale", "AWS_PROFILE": "nobody"}
    program = (
        "import json, botocore.session; s = botocore.session.get_session(); c = s.get_credentials();"
        "f = c.get_frozen_credentials(); region = s.get_config_variable('region');"
        "print(json.dumps([f.access_key, f.token, f.account_id, c._expiry_time.isoformat(), region]))"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program],
        env=changes_for(SESSION, profile="dev").applied_to(before),
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(ran.stdout) == [
        "ASIAEXAMPLE", "FwoGZXIvYXdz//+token==", "111111111111", "2026-11-22T00:00:00+00:00", "eu-west-1",
    ]  # fmt: skip
