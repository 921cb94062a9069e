"""Every refusal in every protocol, read back by botocore."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser

from mfacli.emulator.operations import WireProtocol
from mfacli.emulator.refusals import Refusal, RefusalKind, own_error
from mfacli.emulator.requests import Answer
from mfacli.emulator.wire.errors import error_answer
from tests.emulator.stand_ins import request

OPERATIONS = {
    "sts": "GetCallerIdentity",
    "sns": "ListTopics",
    "ec2": "DescribeInstances",
    "s3": "ListObjects",
    "dynamodb": "ListTables",
    "sqs": "ListQueues",
}
SPOKEN = [
    ("sts", WireProtocol.QUERY),
    ("sns", WireProtocol.QUERY),
    ("sqs", WireProtocol.QUERY),
    ("ec2", WireProtocol.EC2),
    ("s3", WireProtocol.REST_XML),
    ("dynamodb", WireProtocol.JSON),
    ("sqs", WireProtocol.JSON),
]
INCOMING = request()


def _read(answer: Answer, service: str, protocol: WireProtocol) -> dict[str, Any]:
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    shape = model.operation_model(OPERATIONS[service]).output_shape
    assert shape is not None
    response = {"body": answer.body, "headers": dict(answer.headers), "status_code": answer.status, "context": {}}
    parsed: dict[str, Any] = create_parser(protocol.value).parse(response, shape)
    return parsed


@pytest.mark.parametrize(("service", "protocol"), SPOKEN)
@pytest.mark.parametrize("kind", set(RefusalKind) - {RefusalKind.OTHER}, ids=lambda kind: kind.name)
def test_every_kind_has_a_code_a_status_and_words(kind: RefusalKind, service: str, protocol: WireProtocol) -> None:
    answer = error_answer(Refusal(kind, "words <&> \x00"), INCOMING, service=service, protocol=protocol)

    error = _read(answer, service, protocol)["Error"]
    assert error["Code"].isalnum()
    assert error["Message"]
    assert 400 <= answer.status < 500


@pytest.mark.parametrize(("service", "protocol"), SPOKEN)
@pytest.mark.parametrize("status", [400, 409, 500])
def test_an_operations_own_error_keeps_its_code_status_and_words(
    service: str, protocol: WireProtocol, status: int
) -> None:
    answer = error_answer(
        own_error("LimitExceeded", status, "a <b> & c"), INCOMING, service=service, protocol=protocol
    )

    error = _read(answer, service, protocol)["Error"]
    assert (answer.status, error["Code"], error["Message"]) == (status, "LimitExceeded", "a <b> & c")


@pytest.mark.parametrize(("service", "protocol"), SPOKEN[:6])
def test_the_request_id_is_told(service: str, protocol: WireProtocol) -> None:
    answer = error_answer(own_error("Code", 400, "m"), INCOMING, service=service, protocol=protocol)

    told = protocol is WireProtocol.JSON or INCOMING.request_id in answer.body.decode()
    assert told


def test_the_fault_is_the_receivers_from_500_on() -> None:
    senders = error_answer(own_error("C", 400, "m"), INCOMING, service="sts", protocol=WireProtocol.QUERY)
    receivers = error_answer(own_error("C", 500, "m"), INCOMING, service="sts", protocol=WireProtocol.QUERY)

    assert b"<Type>Sender</Type>" in senders.body
    assert b"<Type>Receiver</Type>" in receivers.body


def test_sqs_in_json_also_gives_the_code_and_status_of_its_query_protocol() -> None:
    refusal = Refusal(RefusalKind.ACCESS_DENIED, "User: u is not authorized to perform: sqs:sendmessage")

    answer = error_answer(refusal, INCOMING, service="sqs", protocol=WireProtocol.JSON)

    assert answer.status == 403
    assert dict(answer.headers)["x-amzn-query-error"] == "AccessDenied;Sender"
    assert json.loads(answer.body) == {
        "__type": "com.amazon.coral.service#AccessDeniedException",
        "Message": refusal.message,
    }


def test_dynamodbs_own_errors_are_in_its_own_namespace() -> None:
    refusal = own_error("ResourceNotFoundException", 400, "no table")

    answer = error_answer(refusal, INCOMING, service="dynamodb", protocol=WireProtocol.JSON)

    assert json.loads(answer.body) == {
        "__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
        "message": "no table",
    }


def test_s3_gives_the_details() -> None:
    refusal = Refusal(RefusalKind.CLOCK_SKEW, "late", details={"MaxAllowedSkewMilliseconds": "900000"})

    answer = error_answer(refusal, INCOMING, service="s3", protocol=WireProtocol.REST_XML)

    assert b"<Code>RequestTimeTooSkewed</Code>" in answer.body
    assert b"<MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>" in answer.body


@pytest.mark.parametrize("protocol", [WireProtocol.QUERY, WireProtocol.JSON])
def test_a_service_that_is_not_known_is_answered_all_the_same(protocol: WireProtocol) -> None:
    answer = error_answer(own_error("Code", 400, "words"), INCOMING, service="kms", protocol=protocol)

    assert b"words" in answer.body
