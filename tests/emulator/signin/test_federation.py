"""AWS' federation endpoint: whose keys become a token, and what the token opens, how often and how long."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from mfacli.domain.secret import Secret
from mfacli.emulator.callers import (
    Caller,
    Credential,
    CredentialKind,
    FederatedPrincipal,
    Principal,
    RolePrincipal,
)
from mfacli.emulator.clock import EmulatorClock
from mfacli.emulator.log import DecisionLog, Outcome
from mfacli.emulator.refusals import Refusal, RefusalKind
from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.signin.federation import Federation
from tests.doubles import NOON
from tests.emulator.stand_ins import ANAYA, request

SECRET = "wJalrXUtnFEMI/K7MDENG"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE+/=="
ROLE = RolePrincipal(
    account_id="111122223333", role_name="Admin<b>", role_path="/", role_id="AROAEXAMPLE", session_name="me"
)
FEDERATED = FederatedPrincipal(account_id="111122223333", name="Bob", issuer=ANAYA)
HOME = "https://console.aws.amazon.com/console/home?region=eu-central-1"
PEOPLE: dict[str, tuple[CredentialKind, Principal]] = {
    "ASIAROLE": (CredentialKind.ROLE, ROLE),
    "ASIAFEDERATED": (CredentialKind.FEDERATION, FEDERATED),
    "ASIASESSION": (CredentialKind.SESSION_TOKEN, ANAYA),
    "AKIALONGTERM": (CredentialKind.LONG_TERM, ANAYA),
}


class Directory:
    """Knows the keys of PEOPLE, which all have one secret and one token."""

    def credential_for(self, access_key_id: str, token: str | None) -> Credential:
        if access_key_id not in PEOPLE:
            raise Refusal(RefusalKind.UNKNOWN_KEY, "unknown")
        if token != TOKEN:
            raise Refusal(RefusalKind.BAD_TOKEN, "token")
        kind, principal = PEOPLE[access_key_id]
        caller = Caller(
            principal=principal,
            kind=kind,
            access_key_id=access_key_id,
            issued_at=NOON,
            expires_at=NOON + timedelta(hours=1),
        )
        return Credential(secret_access_key=Secret(SECRET), caller=caller)


@pytest.fixture
def clock() -> EmulatorClock:
    return EmulatorClock(lambda: NOON)


@pytest.fixture
def log() -> DecisionLog:
    return DecisionLog()


@pytest.fixture
def door(clock: EmulatorClock, log: DecisionLog) -> Federation:
    return Federation(Directory(), clock=clock, log=log)


def session(key_id: str = "ASIAROLE", secret: str = SECRET, token: str = TOKEN) -> str:
    return json.dumps({"sessionId": key_id, "sessionKey": secret, "sessionToken": token})


def posted(**asked: str) -> Incoming:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return request("POST", "/federation", headers, urlencode(asked).encode())


def fetched(**asked: str) -> Incoming:
    return request("GET", f"/federation?{urlencode(asked)}")


def token_from(door: Federation, key_id: str = "ASIAROLE", **more: str) -> str:
    answer = door.handle(posted(Action="getSigninToken", Session=session(key_id), **more))
    assert answer.status == 200, answer.body
    found: str = json.loads(answer.body)["SigninToken"]
    return found


def logged_in(door: Federation, token: str, destination: str = HOME) -> Answer:
    return door.handle(fetched(Action="login", Issuer="", Destination=destination, SigninToken=token))


def test_a_roles_session_becomes_a_page_that_names_it(door: Federation) -> None:
    answer = logged_in(door, token_from(door))

    text = answer.body.decode()
    assert answer.status == 200
    assert "assumed-role/Admin&lt;b&gt;/me" in text
    assert "until 2026-11-21T13:00:00+00:00" in text
    assert "https://console.aws.amazon.com/console/home?region=eu-central-1" in text


def test_no_page_is_kept_or_tells_others_its_address(door: Federation) -> None:
    headers = dict(logged_in(door, token_from(door)).headers)

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"


def test_the_keys_may_come_in_the_address_too(door: Federation) -> None:
    answer = door.handle(fetched(Action="getSigninToken", Session=session()))

    assert set(json.loads(answer.body)) == {"SigninToken"}


def test_a_federated_users_session_signs_in(door: Federation) -> None:
    answer = logged_in(door, token_from(door, "ASIAFEDERATED"))

    assert b"federated-user/Bob" in answer.body


@pytest.mark.parametrize("key_id", ["ASIASESSION", "AKIALONGTERM"])
def test_nobody_elses_keys_do(door: Federation, key_id: str) -> None:
    answer = door.handle(posted(Action="getSigninToken", Session=session(key_id)))

    assert answer.status == 400
    assert b"AssumeRole" in answer.body


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (session("ASIAUNKNOWN"), "unknown or inactive key"),
        (session(token="another"), "session token"),
        (session(secret="another"), "its key is another"),
        (session(secret="schlüssel"), "its key is another"),
        ("{", "no JSON object"),
        ("[]", "no JSON object"),
        (json.dumps({"sessionId": "ASIAROLE", "sessionKey": SECRET}), "no JSON object"),
        (json.dumps({"sessionId": "ASIAROLE", "sessionKey": 1, "sessionToken": TOKEN}), "no JSON object"),
        ("", "Session is missing"),
    ],
)
def test_what_is_no_valid_session_is_refused_and_not_repeated(door: Federation, text: str, why: str) -> None:
    answer = door.handle(posted(Action="getSigninToken", Session=text))

    assert answer.status == 400
    assert why in answer.body.decode()
    assert TOKEN not in answer.body.decode()


def test_a_token_opens_once(door: Federation) -> None:
    token = token_from(door)

    answers = [logged_in(door, token).status for _ in range(2)]

    assert answers == [200, 400]


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (15, 400)])
def test_a_token_opens_for_fifteen_minutes(door: Federation, clock: EmulatorClock, minutes: int, status: int) -> None:
    token = token_from(door)

    clock.advance(timedelta(minutes=minutes))

    assert logged_in(door, token).status == status


def test_a_token_that_is_too_old_is_forgotten_when_the_next_is_made(door: Federation, clock: EmulatorClock) -> None:
    old = token_from(door)
    clock.advance(timedelta(minutes=20))

    new = token_from(door)

    assert [logged_in(door, token).status for token in (old, new)] == [400, 200]


def test_a_token_that_nobody_gave_opens_nothing(door: Federation) -> None:
    answer = logged_in(door, "guessed")

    assert answer.status == 400


def test_what_looks_first_without_fetching_does_not_use_the_token_up(door: Federation) -> None:
    token = token_from(door)
    look = request("HEAD", f"/federation?Action=login&Destination=x&SigninToken={token}")

    assert door.handle(look).status == 400
    assert logged_in(door, token).status == 200


def test_a_roles_session_may_ask_to_stay_longer(door: Federation) -> None:
    answer = logged_in(door, token_from(door, SessionDuration="43200"))

    assert b"until 2026-11-22T00:00:00+00:00" in answer.body


@pytest.mark.parametrize("seconds", ["899", "43201", "-900", "an hour", "9" * 13, "９００"])
def test_nobody_stays_for_any_other_time(door: Federation, seconds: str) -> None:
    answer = door.handle(posted(Action="getSigninToken", Session=session(), SessionDuration=seconds))

    assert answer.status == 400


def test_a_federated_users_session_may_not_ask_to_stay(door: Federation) -> None:
    answer = door.handle(posted(Action="getSigninToken", Session=session("ASIAFEDERATED"), SessionDuration="3600"))

    assert answer.status == 400
    assert b"GetFederationToken" in answer.body


@pytest.mark.parametrize(
    "destination",
    [
        "http://console.aws.amazon.com/",
        "https://example.com/",
        "https://evilaws.amazon.com.example.com/",
        "https://me@console.aws.amazon.com/",
        "https://[console.aws.amazon.com/",
        "console.aws.amazon.com",
        "",
    ],
)
def test_nobody_is_sent_anywhere_but_to_a_console(door: Federation, destination: str) -> None:
    token = token_from(door)

    assert logged_in(door, token, destination).status == 400
    assert logged_in(door, token).status == 200


@pytest.mark.parametrize(
    "host", ["console.amazonaws.cn", "console.amazonaws-us-gov.com", "s3.console.aws.amazon.com"]
)
def test_every_partition_has_a_console(door: Federation, host: str) -> None:
    answer = logged_in(door, token_from(door), f"https://{host}/")

    assert answer.status == 200


@pytest.mark.parametrize(
    "incoming",
    [
        fetched(Action="logout"),
        request("GET", "/federation?Action=login&Action=login"),
        request("GET", "/federation?Action=%ff"),
        request("GET", "/federation?" + "&".join(["Action=login"] * 200)),
        request(
            "POST", "/federation?Action=login", {"content-type": "application/x-www-form-urlencoded"}, b"Action=x"
        ),
    ],
)
def test_what_cannot_be_read_is_a_bad_request(door: Federation, incoming: Incoming) -> None:
    assert door.opens_for(incoming)
    assert door.handle(incoming).status == 400


@pytest.mark.parametrize(
    ("incoming", "opens"),
    [
        (posted(Action="getSigninToken"), True),
        (fetched(Action="login"), True),
        (request("GET", "/federation?list-type=2"), False),
        (request("GET", "/federation?x-Action=login"), False),
        (request("GET", "/federation/?Action=login"), False),
        (request("GET", "/federation?Action=login", {"authorization": "AWS4-HMAC-SHA256 x"}), False),
        (request("POST", "/federation", {"content-type": "text/plain"}, b"Action=login"), False),
        (request("PUT", "/federation"), False),
    ],
)
def test_a_bucket_may_still_be_called_federation(door: Federation, incoming: Incoming, opens: bool) -> None:
    assert door.opens_for(incoming) is opens


def test_tokens_that_wait_to_be_used_are_not_kept_without_number(
    door: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mfacli.emulator.signin.federation._MOST_LINKS", 2)
    token_from(door)
    token_from(door)

    answer = door.handle(posted(Action="getSigninToken", Session=session()))

    assert answer.status == 400


def test_the_log_has_who_came_in_and_no_secret(door: Federation, log: DecisionLog) -> None:
    token = token_from(door)
    logged_in(door, token)
    logged_in(door, token)

    records = log.records()
    assert [(record.operation, record.outcome) for record in records] == [
        ("GetSigninToken", Outcome.ALLOWED),
        ("ConsoleLogin", Outcome.ALLOWED),
        ("ConsoleLogin", Outcome.REFUSED),
    ]
    assert [record.caller for record in records] == [ROLE.arn, ROLE.arn, ""]
    assert [record.mfa for record in records] == [False, False, None]
    text = json.dumps([record.as_json() for record in records])
    assert all(secret not in text for secret in (token, TOKEN, SECRET, "ASIAROLE"))
