from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from mfacli.domain.secret import Secret
from mfacli.emulator.log import Outcome
from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.tencent.operations import Asked, CosAsked, Need, Result, Shape
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind, own_error
from mfacli.emulator.tencent.wire.answers import cos_answer_of
from tests.emulator.stand_ins import request
from tests.emulator.tencent.quarter import (
    HAO,
    MEI,
    OWNER,
    SERIAL,
    TEST_ROLE,
    Keys,
    Quarter,
    opened,
    quarter,
    session_keys,
    signed,
)

BUCKET = "example-1250000000"
HOST = f"{BUCKET}.cos.ap-guangzhou.myqcloud.com"
ROLE = {"RoleArn": TEST_ROLE, "RoleSessionName": "test"}


class Instances:
    """A service with one action: it says who asks for which instances, or fails as it is told."""

    name = "cvm"
    version = "2017-03-12"
    actions: Mapping[str, Shape] = {"TerminateInstances": Shape(required=("InstanceIds",), optional=("Trouble",))}
    denial_code = "UnauthorizedOperation"

    def needs(self, asked: Asked) -> Sequence[Need]:
        """Return the permission to terminate."""
        return [Need(action="cvm:TerminateInstances")]

    def answer(self, asked: Asked) -> Result:
        """Return what was asked; raises what `Trouble` says."""
        trouble = asked.call.parameters.get("Trouble")
        if trouble == "refused":
            raise own_error("InvalidInstanceId.NotFound", "not found", "不存在")
        if trouble == "broken":
            raise RuntimeError("SECRET")
        return {"InstanceIds": asked.call.parameters["InstanceIds"], "Uin": asked.caller.principal.owner_uin}


class Objects:
    """A COS in which everybody may look, whom the policies let."""

    operations: Collection[str] = ("GetBucket",)

    def operation(self, asked: CosAsked) -> str:
        """Return the only operation there is."""
        if asked.call.method != "GET":
            raise Rejected(RejectionKind.UNKNOWN_ACTION)
        return "GetBucket"

    def needs(self, asked: CosAsked) -> Sequence[Need]:
        """Return the permission to list a bucket."""
        resource = f"qcs::cos:ap-guangzhou:uid/{asked.call.app_id}:{asked.call.bucket}/"
        return [Need(action="cos:GetBucket", resource=resource, owner_uin=OWNER)]

    def answer(self, asked: CosAsked) -> Answer:
        """Return the bucket's name; a key that is asked for is not there."""
        status = 404 if asked.call.key else 200
        return cos_answer_of(asked.incoming, status=status, body=asked.call.bucket.encode())


@pytest.fixture
def q() -> Quarter:
    return quarter(services=(Instances(),), cos=Objects())


def _terminate(q: Quarter, who: str | Keys, **parameters: object) -> dict[str, object]:
    return q.ask(who, "TerminateInstances", "cvm", InstanceIds=["ins-1"], **parameters)


def _error(response: Mapping[str, object]) -> tuple[str, str]:
    error = response["Error"]
    assert isinstance(error, dict)
    return str(error["Code"]), str(error["Message"])


def test_a_service_answers_what_the_policies_allow(q: Quarter) -> None:
    denied = _terminate(q, MEI)
    done = _terminate(q, q.mfa_session())

    assert _error(denied)[0] == "UnauthorizedOperation"
    assert (done["InstanceIds"], done["Uin"]) == (["ins-1"], OWNER)


def test_everything_is_answered_with_200_and_the_request_id(q: Quarter) -> None:
    answers = [q.side.handle(q.sent(who, "TerminateInstances", {"InstanceIds": []}, "cvm")) for who in (MEI, OWNER)]

    assert [answer.status for answer in answers] == [200, 200]
    assert [opened(answer)["RequestId"] for answer in answers] == ["11111111-2222-3333-4444-555555555555"] * 2


@pytest.mark.parametrize(
    ("action", "service", "version", "code"),
    [
        ("RunInstances", "cvm", None, "InvalidAction"),
        ("DescribeImages", "cbs", None, "NoSuchProduct"),
        ("GetCallerIdentity", "sts", "2019-01-01", "NoSuchVersion"),
        ("getCallerIdentity", "sts", None, "OK"),
        ("GetCaller/Identity", "sts", None, "InvalidAction"),
    ],
)
def test_what_nobody_answers_is_told(q: Quarter, action: str, service: str, version: str | None, code: str) -> None:
    sent = signed(q.keys(MEI), action, {}, service=service, version=version)

    answer = opened(q.side.handle(sent))

    assert (_error(answer)[0] if "Error" in answer else "OK") == code


@pytest.mark.parametrize(
    ("parameters", "code"),
    [({}, "MissingParameter"), ({"InstanceIds": [], "Force": True}, "UnknownParameter")],
)
def test_a_services_shapes_are_kept(q: Quarter, parameters: dict[str, object], code: str) -> None:
    assert q.refused(OWNER, "TerminateInstances", "cvm", **parameters) == code


@pytest.mark.parametrize(
    ("language", "message"),
    [("en-US", "The parameter `Force` is not recognized."), ("zh-CN", "未定义的参数 `Force`。")],
)
def test_refusals_are_in_the_language_asked_for(q: Quarter, language: str, message: str) -> None:
    parameters = {"InstanceIds": ["ins-1"], "Force": True}
    sent = signed(q.keys(MEI), "TerminateInstances", parameters, service="cvm", language=language)

    assert _error(opened(q.side.handle(sent)))[1] == message


def test_an_expired_session_and_a_foreign_token_have_one_code(q: Quarter) -> None:
    session, other = q.mfa_session(), q.mfa_session()
    foreign = q.refused(replace(session, token=other.token), "GetCallerIdentity")

    q.clock.advance(timedelta(hours=1))

    assert (foreign, q.refused(session, "GetCallerIdentity")) == ("AuthFailure.TokenFailure",) * 2


def test_a_wrong_secret_is_told(q: Quarter) -> None:
    keys = replace(q.keys(MEI), secret_key=Secret("x"))

    assert q.refused(keys, "GetCallerIdentity") == "AuthFailure.SignatureFailure"
    assert q.refused(replace(keys, secret_id="AKIDx"), "GetCallerIdentity") == "AuthFailure.SecretIdNotFound"


def test_an_unsigned_call_of_the_api_is_refused(q: Quarter) -> None:
    answer = q.side.handle(
        request("POST", "/", {"host": "sts.tencentcloudapi.com", "x-tc-action": "GetCallerIdentity"})
    )

    assert _error(opened(answer))[0] == "MissingParameter"


def test_the_log_tells_what_was_decided(q: Quarter) -> None:
    _terminate(q, MEI)
    session = q.mfa_session()
    _terminate(q, session)
    _terminate(q, session, Trouble="refused")
    q.refused(replace(session, token="x"), "GetCallerIdentity")

    records = [record for record in q.log.records() if record.operation != "GetSessionToken"]

    assert [(record.service, record.operation, record.mfa, record.outcome) for record in records] == [
        ("cvm", "TerminateInstances", None, Outcome.DENIED),
        ("cvm", "TerminateInstances", True, Outcome.ALLOWED),
        ("cvm", "TerminateInstances", True, Outcome.FAILED),
        ("", "", None, Outcome.REFUSED),
    ]
    assert "but for bool_equal `qcs:mfaPresent`" in records[0].reason
    assert records[0].caller == f"qcs::cam::uin/{OWNER}:uin/{MEI}"
    assert [record.reason for record in records[2:]] == ["InvalidInstanceId.NotFound", "AuthFailure.TokenFailure"]
    assert q.log.counts()["cvm:TerminateInstances"] == 3


def test_the_code_of_an_assume_role_call_is_in_the_log(q: Quarter) -> None:
    q.ask(MEI, "AssumeRole", **ROLE, SerialNumber=SERIAL, TokenCode=q.code(MEI))

    record = q.log.records()[-1]

    assert (record.mfa, record.outcome, record.checks[0].resource) == (True, Outcome.ALLOWED, TEST_ROLE)


def test_the_emulators_own_failure_ends_no_emulator_and_tells_no_value(q: Quarter) -> None:
    answer = q.side.handle(
        q.sent(OWNER, "TerminateInstances", {"InstanceIds": [], "Trouble": "broken"}, service="cvm")
    )

    assert _error(opened(answer))[0] == "InternalError"
    assert b"SECRET" not in answer.body
    assert [type(error) for error in q.failures] == [RuntimeError]
    assert q.log.records()[-1].reason == "RuntimeError"


def _anonymous(method: str = "GET", path: str = "/") -> Incoming:
    return request(method, path, {"host": HOST})


def test_cos_asks_the_policies_too(q: Quarter) -> None:
    denied = q.side.handle(_anonymous())

    assert (denied.status, b"<Code>AccessDenied</Code>" in denied.body) == (403, True)
    assert (q.log.records()[-1].service, q.log.records()[-1].outcome) == ("cos", Outcome.DENIED)


def test_cos_answers_itself(q: Quarter) -> None:
    text = {
        "version": "2.0",
        "Statement": [
            {"Effect": "Allow", "Principal": {"qcs": ["qcs::cam::anyone:anyone"]}, "Action": "*", "Resource": "*"}
        ],
    }
    bucket = q.town.buckets.find(BUCKET)
    assert bucket is not None
    q.town.buckets.put(replace(bucket, policy=json.dumps(text)))

    answers = [q.side.handle(_anonymous(path=path)) for path in ("/", "/a")]

    assert [(answer.status, answer.body) for answer in answers] == [(200, BUCKET.encode()), (404, BUCKET.encode())]
    assert [record.outcome for record in q.log.records()] == [Outcome.ALLOWED, Outcome.FAILED]


def test_what_cos_does_not_know_is_refused(q: Quarter) -> None:
    assert q.side.handle(_anonymous("PATCH")).status == 405
    assert quarter().side.handle(_anonymous()).status == 405


def test_who_has_no_device_terminates_nothing(q: Quarter) -> None:
    assert _error(_terminate(q, HAO))[0] == "UnauthorizedOperation"


def test_the_documents_own_example_call_opens_a_session(q: Quarter) -> None:
    asked = {"Action": "GetSessionToken", "Name": "temp_token", "SerialNumber": SERIAL, "MfaCode": q.code(MEI)}
    sent = signed(q.keys(MEI), "", asked, at=q.clock.wire_now())
    without = replace(sent, headers=tuple(pair for pair in sent.headers if not pair[0].startswith("x-tc-a")))
    bare = replace(without, headers=tuple(pair for pair in without.headers if pair[0] != "x-tc-version"))

    answer = opened(q.side.handle(bare))

    assert q.caller(session_keys(answer)).mfa_at is not None
