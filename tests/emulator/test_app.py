"""The way of a request through the emulator, and what is kept of it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfacli.emulator.clock import EmulatorClock
from mfacli.emulator.log import Outcome
from mfacli.emulator.refusals import Refusal, RefusalKind, own_error
from mfacli.emulator.requests import Answer, Incoming
from tests.emulator.signing.signed import signed
from tests.emulator.stand_ins import KEY_ID, Front, front, request

IDENTITY = b"Action=GetCallerIdentity&Version=2011-06-15"
USERS = b"Action=ListUsers&Version=2010-05-08"
SECRET_TEXT = "hunter2"


def _front(**options: object) -> Front:
    clock = EmulatorClock(lambda: datetime(2026, 11, 21, 12, 0, tzinfo=UTC))
    return front(clock=clock, **options)  # type: ignore[arg-type]  # handed through as they are


def test_what_the_emulator_answers_itself_never_reaches_the_data_plane() -> None:
    parts = _front()

    answer = parts.emulator.handle(signed(body=IDENTITY))

    assert answer.status == 200
    assert b"user/Anaya" in answer.body
    assert not parts.plane.seen


def test_the_rest_goes_to_the_data_plane_in_the_account_that_was_decided() -> None:
    parts = _front()

    answer = parts.emulator.handle(signed(body=USERS, service="iam"))

    assert answer.status == 200
    assert [(operation.name, account) for operation, _, account in parts.plane.seen] == [
        ("ListUsers", "111122223333")
    ]


def test_a_denied_request_reaches_neither() -> None:
    parts = _front(denied=("ListUsers",))

    answer = parts.emulator.handle(signed(body=USERS, service="iam"))

    assert answer.status == 403
    assert not parts.plane.seen


def test_an_allowed_request_is_logged_with_its_permissions() -> None:
    parts = _front()

    parts.emulator.handle(signed(body=USERS, service="iam"))

    (record,) = parts.log.records()
    assert (record.outcome, record.status, record.service, record.operation) == (
        Outcome.ALLOWED,
        200,
        "iam",
        "ListUsers",
    )
    assert (record.caller, record.access_key_id) == ("arn:aws:iam::111122223333:user/Anaya", KEY_ID)
    assert [check.action for check in record.checks] == ["iam:ListUsers"]
    assert record.mfa is None


def test_a_sessions_missing_mfa_is_logged_as_such() -> None:
    parts = _front()

    parts.emulator.handle(signed(body=IDENTITY, is_session=True))

    assert [record.mfa for record in parts.log.records()] == [False]


def test_a_denied_request_is_logged_with_the_permission_that_failed() -> None:
    parts = _front(denied=("ListUsers",))

    parts.emulator.handle(signed(body=USERS, service="iam"))

    (record,) = parts.log.records()
    assert (record.outcome, record.reason) == (Outcome.DENIED, "test")
    assert [check.allowed for check in record.checks] == [False]


def test_a_refused_request_is_logged_without_a_caller() -> None:
    parts = _front()

    parts.emulator.handle(signed(body=IDENTITY, secret="wrong"))

    (record,) = parts.log.records()
    assert (record.outcome, record.caller, record.operation) == (Outcome.REFUSED, "", "")
    assert record.reason == RefusalKind.BAD_SIGNATURE.value
    assert parts.log.counts() == {}


def test_an_operations_own_error_is_logged_by_its_code_alone() -> None:
    parts = _front(trouble=own_error("ValidationError", 400, f"Value '{SECRET_TEXT}' at 'tokenCode'"))

    parts.emulator.handle(signed(body=IDENTITY))

    (record,) = parts.log.records()
    assert (record.outcome, record.reason, record.status) == (Outcome.FAILED, "ValidationError", 400)


def test_a_wrong_code_is_logged_with_its_message() -> None:
    parts = _front(trouble=Refusal(RefusalKind.ACCESS_DENIED, "MultiFactorAuthentication failed"))

    parts.emulator.handle(signed(body=IDENTITY))

    assert [record.reason for record in parts.log.records()] == ["MultiFactorAuthentication failed"]


def test_the_data_planes_error_is_logged_as_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = _front()
    monkeypatch.setattr(parts.plane, "forward", lambda *_: Answer(status=404, headers=(), body=b""))

    parts.emulator.handle(signed(body=USERS, service="iam"))

    assert [(record.outcome, record.reason) for record in parts.log.records()] == [(Outcome.FAILED, "answered 404")]


def test_calls_are_counted_whatever_came_of_them() -> None:
    parts = _front(denied=("ListUsers",))

    for body, service in ((IDENTITY, "sts"), (IDENTITY, "sts"), (USERS, "iam")):
        parts.emulator.handle(signed(body=body, service=service))

    assert parts.log.counts() == {"sts:GetCallerIdentity": 2, "iam:ListUsers": 1}


@pytest.mark.parametrize("path", ["/_mfacli", "/_mfacli/log", "/_mfacli/clock?advance=1"])
def test_the_control_path_is_answered_by_the_control_part(path: str) -> None:
    parts = _front()

    answer = parts.emulator.handle(request("GET", path))

    assert answer.body == path.partition("?")[0].encode()
    assert not parts.log.records()


@pytest.mark.parametrize("path", ["/_mfacli2", "//_mfacli/log", "/%5fmfacli/log", "/x/../_mfacli/log"])
def test_nothing_else_is(path: str) -> None:
    parts = _front(control=lambda incoming: pytest.fail("reached"))

    assert parts.emulator.handle(request("GET", path)).status >= 400


@pytest.mark.parametrize(
    "path", ["/moto-api/reset", "/moto-api/data.json", "/latest/meta-data/iam/info", "/%6doto-api/"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_data_planes_controls_are_out_of_reach(path: str, method: str) -> None:
    parts = _front()

    answer = parts.emulator.handle(signed(method=method, target=path, body=b"", service="s3"))

    assert answer.status == 404
    assert not parts.plane.seen


@pytest.mark.parametrize(("service", "header"), [("iam", "x-amzn-requestid"), ("s3", "x-amz-request-id")])
def test_the_request_id_replaces_the_data_planes(service: str, header: str) -> None:
    parts = _front()
    target, body = ("/bucket", b"") if service == "s3" else ("/", USERS)
    method = "GET" if service == "s3" else "POST"
    incoming = signed(method=method, target=target, body=body, service=service)

    answer = parts.emulator.handle(incoming)

    assert [value for name, value in answer.headers if name == header] == [incoming.request_id]


@pytest.mark.parametrize("error", [ValueError(SECRET_TEXT), RecursionError(), KeyError("k"), AssertionError()])
def test_a_failure_of_ours_is_a_500_that_tells_nothing(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    parts = _front(trouble=error)
    incoming = signed(body=IDENTITY)

    with caplog.at_level(logging.ERROR):
        answer = parts.emulator.handle(incoming)

    assert answer.status == 500
    assert b"<Code>InternalFailure</Code>" in answer.body
    assert incoming.request_id in caplog.text
    assert "stand_ins.py" in caplog.text
    assert SECRET_TEXT not in caplog.text + answer.body.decode()
    assert [record.reason for record in parts.log.records()] == [type(error).__name__]


def test_a_failure_of_the_control_part_is_a_500_too(caplog: pytest.LogCaptureFixture) -> None:
    def broken(incoming: Incoming) -> Answer:
        raise ValueError(SECRET_TEXT)

    parts = _front(control=broken)

    answer = parts.emulator.handle(request("GET", "/_mfacli/log"))

    assert answer.status == 500
    assert SECRET_TEXT not in caplog.text


WIRE = st.text(st.characters(max_codepoint=0xFF), max_size=30)
TARGETS = st.one_of(
    WIRE.map(lambda text: f"/{text}"),
    st.sampled_from(
        ["/", "/bucket/key", "/?Action=GetCallerIdentity", "/111122223333/q", "/_mfacli", "/%", "/?%=%&&"]
    ),
)
BODIES = st.one_of(
    st.binary(max_size=40), st.sampled_from([IDENTITY, b"{}", b'{"QueueUrl": 1}', b"<Delete/>", b"Action=&Version="])
)
HEADERS = st.dictionaries(
    st.sampled_from(["content-type", "x-amz-target", "authorization", "x-amz-copy-source", "host", "x-amz-date"]),
    st.one_of(
        WIRE,
        st.sampled_from(
            [
                "application/x-www-form-urlencoded",
                "application/x-amz-json-1.0",
                "AmazonSQS.ListQueues",
                "DynamoDB_20120810.Scan",
                "AWS4-HMAC-SHA256 Credential=A/20261121/us-east-1/kms/aws4_request",
            ]
        ),
    ),
)


@settings(max_examples=150, deadline=None)
@given(
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "é"]),
    target=TARGETS,
    headers=HEADERS,
    body=BODIES,
)
def test_any_unsigned_request_is_answered(method: str, target: str, headers: dict[str, str], body: bytes) -> None:
    answer = _front().emulator.handle(request(method, target, headers, body))

    assert answer.status != 500


@settings(max_examples=150, deadline=None)
@given(
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD"]),
    target=TARGETS,
    content_type=st.sampled_from(["application/x-www-form-urlencoded", "application/x-amz-json-1.0", "text/plain"]),
    wanted=st.sampled_from(["", "AmazonSQS.ListQueues", "AmazonSQS.SendMessage", "DynamoDB_20120810.Scan", "x"]),
    body=BODIES,
    service=st.sampled_from(["sts", "iam", "ec2", "s3", "dynamodb", "sqs", "sns", "kms"]),
)
def test_any_signed_request_is_answered(
    method: str, target: str, content_type: str, wanted: str, body: bytes, service: str
) -> None:
    headers = (("content-type", content_type), *((("x-amz-target", wanted),) if wanted else ()))
    incoming = signed(method=method, target=target, headers=headers, body=body, service=service)

    assert _front().emulator.handle(incoming).status != 500


class BrokenDoor:
    """Is for one path, and fails on it."""

    def opens_for(self, incoming: Incoming) -> bool:
        return incoming.path == "/door"

    def handle(self, incoming: Incoming) -> Answer:
        raise ValueError(SECRET_TEXT)


def test_a_door_that_breaks_does_not_end_the_emulator(caplog: pytest.LogCaptureFixture) -> None:
    parts = _front(doors=(BrokenDoor(),))

    with caplog.at_level(logging.ERROR):
        answer = parts.emulator.handle(request("GET", "/door"))

    assert answer.status == 500
    assert SECRET_TEXT not in caplog.text
    assert parts.emulator.handle(signed(body=IDENTITY)).status == 200
