from __future__ import annotations

import re

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape

from mfacli.emulator.callers import Caller, CredentialKind, RootPrincipal
from mfacli.emulator.operations import Operation, WireProtocol
from mfacli.emulator.parameters import ModelCheck
from mfacli.emulator.refusals import Refusal
from mfacli.emulator.wire.models import Models

CALLER = Caller(principal=RootPrincipal(account_id="111122223333"), kind=CredentialKind.LONG_TERM)


@pytest.fixture(scope="module")
def models() -> Models:
    return Models()


def _operation(name: str, service: str = "iam", **parameters: object) -> Operation:
    return Operation(
        service=service, name=name, protocol=WireProtocol.QUERY, region="us-east-1", parameters=parameters
    )


def _fault(models: Models, operation: Operation) -> str:
    with pytest.raises(Refusal) as caught:
        ModelCheck(models).validate(operation, CALLER)
    assert (caught.value.code, caught.value.status) == ("ValidationError", 400)
    return caught.value.message


@pytest.mark.parametrize(
    ("operation", "constraint"),
    [
        (
            _operation("ListMFADevices", MaxItems=0),
            "Value '0' at 'maxItems' failed to satisfy constraint: Member must",
        ),
        (_operation("ListMFADevices", MaxItems=1001), "Member must have value less than or equal to 1000"),
        (
            _operation("ListVirtualMFADevices", AssignmentStatus="Lost"),
            "at 'assignmentStatus' failed to satisfy constraint: Member must satisfy enum value set: [Assigned, ",
        ),
        (_operation("EnableMFADevice", UserName="x"), "3 validation errors detected: Value null at 'serialNumber'"),
        (
            _operation("CreateVirtualMFADevice", VirtualMFADeviceName="x", Tags=[{"Key": "k", "Value": "v"}] * 51),
            "at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
        ),
        (
            _operation("CreateVirtualMFADevice", VirtualMFADeviceName="x", Tags=[{"Value": "v"}]),
            "Value null at 'tags.1.member.key'",
        ),
    ],
)
def test_each_constraint_has_its_words(models: Models, operation: Operation, constraint: str) -> None:
    assert constraint in _fault(models, operation)


@pytest.mark.parametrize(
    "operation",
    [
        _operation("ListMFADevices"),
        _operation("CreateAccountAlias", AccountAlias="fine"),
        _operation("NoSuchOperation", Anything=5),
        _operation("ListTables", "dynamodb", Limit=-5),
        _operation("GetCallerIdentity", "sts"),
    ],
)
def test_what_fits_or_is_not_ours_passes(models: Models, operation: Operation) -> None:
    ModelCheck(models).validate(operation, CALLER)


def test_every_pattern_of_the_models_can_be_asked(models: Models) -> None:
    def patterns(shape: Shape, seen: set[str]) -> set[str]:
        if shape.name in seen:
            return set()
        seen.add(shape.name)
        match shape:
            case StructureShape():
                inner = list(shape.members.values())
            case ListShape():
                inner = [shape.member]
            case MapShape():
                inner = [shape.key, shape.value]
            case _:
                return {shape.metadata["pattern"]} if "pattern" in shape.metadata else set()
        return set[str]().union(*(patterns(member, seen) for member in inner))

    found = set[str]()
    for service in ("sts", "iam"):
        some = models.operation(service, WireProtocol.QUERY, {"sts": "AssumeRole", "iam": "GetUser"}[service])
        assert some is not None
        for name in some.service_model.operation_names:
            shape = some.service_model.operation_model(name).input_shape
            found |= patterns(shape, set()) if shape is not None else set()

    unreadable = [pattern for pattern in found if r"\p{" not in pattern and re.compile(pattern, re.ASCII) is None]
    assert len(found) > 20
    assert unreadable == []


@pytest.mark.parametrize(
    ("operation", "code", "missing"),
    [
        (_operation("Scan", "dynamodb"), "ValidationException", "TableName"),
        (_operation("StopInstances", "ec2"), "MissingParameter", "InstanceIds"),
        (
            _operation("Publish", "sns", TopicArn="arn:aws:sns:us-east-1:111122223333:news"),
            "InvalidParameter",
            "Message",
        ),
        (_operation("SendMessage", "sqs", MessageBody="x"), "MissingParameter", "QueueUrl"),
    ],
)
def test_what_the_data_plane_takes_for_granted_must_be_there(
    models: Models, operation: Operation, code: str, missing: str
) -> None:
    with pytest.raises(Refusal) as caught:
        ModelCheck(models).validate(operation, CALLER)

    assert (caught.value.code, caught.value.status) == (code, 400)
    assert caught.value.message == f"The request must contain the parameter {missing}."
