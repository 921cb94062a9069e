"""The emulator's own answers, read back by botocore."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser

from mfacli.emulator.operations import Operation, WireProtocol
from mfacli.emulator.requests import Answer
from mfacli.emulator.wire.results import query_result

REQUEST_ID = "11111111-2222-3333-4444-555555555555"


def _operation(service: str, name: str) -> Operation:
    return Operation(service=service, name=name, protocol=WireProtocol.QUERY, region="us-east-1", parameters={})


def _read(service: str, name: str, answer: Answer) -> dict[str, object]:
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    shape = model.operation_model(name).output_shape
    assert shape is not None
    response = {"body": answer.body, "headers": dict(answer.headers), "status_code": answer.status, "context": {}}
    parsed: dict[str, object] = create_parser("query").parse(response, shape)
    return parsed


def test_structures_times_and_numbers_come_back() -> None:
    moment = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
    members = {
        "Credentials": {
            "AccessKeyId": "ASIA1",
            "SecretAccessKey": "a<&>b",
            "SessionToken": "t",
            "Expiration": moment,
        },
        "PackedPolicySize": 6,
    }

    answer = query_result(_operation("sts", "AssumeRole"), members, request_id=REQUEST_ID)

    parsed = _read("sts", "AssumeRole", answer)
    assert parsed["Credentials"] == members["Credentials"]
    assert parsed["PackedPolicySize"] == 6


def test_lists_truths_and_bytes_come_back() -> None:
    devices = [{"SerialNumber": "a", "Base32StringSeed": b"JBSWY3DP", "Tags": [{"Key": "k", "Value": "v"}]}]

    answer = query_result(
        _operation("iam", "ListVirtualMFADevices"),
        {"VirtualMFADevices": devices, "IsTruncated": False, "Marker": None},
        request_id=REQUEST_ID,
    )

    parsed = _read("iam", "ListVirtualMFADevices", answer)
    assert parsed["VirtualMFADevices"] == devices
    assert parsed["IsTruncated"] is False
    assert "Marker" not in parsed


def test_an_answer_without_a_result_says_only_its_request_id() -> None:
    answer = query_result(_operation("iam", "DeleteVirtualMFADevice"), None, request_id=REQUEST_ID)

    namespace = "{https://iam.amazonaws.com/doc/2010-05-08/}"
    root = ET.fromstring(answer.body)
    assert [child.tag for child in root] == [f"{namespace}ResponseMetadata"]
    assert root.findtext(f".//{namespace}RequestId") == REQUEST_ID


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    answer = query_result(_operation("sts", "GetCallerIdentity"), {"Arn": "a\x00b\r\ud800c"}, request_id=REQUEST_ID)

    assert _read("sts", "GetCallerIdentity", answer)["Arn"] == "a\ufffdb\r\ufffdc"


def test_a_value_without_a_form_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="a float cannot be written"):
        query_result(_operation("sts", "GetCallerIdentity"), {"Arn": 1.5}, request_id=REQUEST_ID)
