from __future__ import annotations

from pathlib import Path

from mfacli.domain.secret import Secret
from mfacli.output.endpoint_environment import changes_for_endpoint, endpoint_variables
from mfacli.output.environment import Changes

URL = "http://127.0.0.1:9911/session/dev"
BEFORE = {
    "PATH": "/bin",
    "AWS_ACCESS_KEY_ID": "AKIAOLD",
    "AWS_SECRET_ACCESS_KEY": "old",
    "AWS_SESSION_TOKEN": "old",
    "AWS_SECURITY_TOKEN": "old",
    "AWS_CREDENTIAL_EXPIRATION": "2026-11-21T12:00:00Z",
    "AWS_ACCOUNT_ID": "111111111111",
    "AWS_PROFILE": "dev",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "of another",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/of/another",
    "AWS_REGION": "eu-west-1",
}


def changes(token: Secret | Path, *, region: str | None = None, endpoint_url: str | None = None) -> Changes:
    return changes_for_endpoint(
        URL, token, profile="dev", region=region, endpoint_url=endpoint_url, environment=BEFORE
    )


def test_no_key_is_left_and_nothing_that_goes_before_the_endpoint() -> None:
    after = changes(Secret("a-token")).applied_to(BEFORE)

    assert after == {
        "PATH": "/bin",
        "AWS_REGION": "eu-west-1",
        "MFACLI_PROFILE": "dev",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": URL,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a-token",
    }


def test_a_token_in_a_file_is_named_by_the_files_path() -> None:
    after = changes(Path("/state/9911.token")).applied_to(BEFORE)

    assert after["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] == "/state/9911.token"
    assert "AWS_CONTAINER_AUTHORIZATION_TOKEN" not in after


def test_region_and_endpoint_go_along_as_with_a_session() -> None:
    after = changes(Secret("a-token"), region="us-west-2", endpoint_url="http://localhost:4599").applied_to(BEFORE)

    assert after["AWS_REGION"] == after["AWS_DEFAULT_REGION"] == "us-west-2"
    assert after["AWS_ENDPOINT_URL"] == after["MFACLI_ENDPOINT_URL"] == "http://localhost:4599"


def test_nothing_is_both_set_and_taken_away() -> None:
    made = changes(Path("/state/9911.token"), region="us-west-2")

    assert not made.to_set.keys() & set(made.to_unset)
    assert len(made.to_unset) == len(set(made.to_unset))


def test_the_two_variables_by_themselves() -> None:
    assert {name: value.reveal() for name, value in endpoint_variables(URL, Path("/t")).items()} == {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": URL,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/t",
    }
