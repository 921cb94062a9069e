"""Every operation of the seven services, in the state of the models that botocore ships, maps to something."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache

import pytest
from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from mfacli.domain.identity import parse_arn
from mfacli.emulator.authorisation.actions import s3, sqs
from mfacli.emulator.authorisation.actions.services import needs_of
from mfacli.emulator.authorisation.actions.sts import FREE
from mfacli.emulator.refusals import Refusal
from tests.emulator.authorisation.small_book import call

SERVICES = ("dynamodb", "ec2", "iam", "s3", "sns", "sqs", "sts")
_ACTION = re.compile(r"(dynamodb|ec2|iam|s3|s3express|s3-object-lambda|sns|sqs|sts):[A-Z][A-Za-z0-9]+")
_SCALARS: dict[str, object] = {"integer": 1, "long": 1, "boolean": True, "double": 1.5, "float": 1.5, "blob": b"x"}
_TEXTS = {"CopySource": "bucket/key", "Statement": 'SELECT a FROM "x-1"'}


@cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def _sample(name: str, shape: Shape | None, depth: int = 0) -> object:
    if depth > 3 or shape is None:
        return None
    if isinstance(shape, StructureShape):
        return {name: _sample(name, member, depth + 1) for name, member in shape.members.items()}
    if isinstance(shape, ListShape):
        return [_sample(name, shape.member, depth + 1)]
    if isinstance(shape, MapShape):
        return {"key": _sample(name, shape.value, depth + 1)}
    return _TEXTS.get(name) or _SCALARS.get(shape.type_name, "x-1")


def _sampled(service: str, name: str, *, only_required: bool) -> dict[str, object]:
    shape = _model(service).operation_model(name).input_shape
    if shape is None:
        return {}
    wanted = shape.required_members if only_required else list(shape.members)
    return {member: _sample(member, shape.members[member], 1) for member in wanted}


@pytest.mark.parametrize("only_required", [True, False])
@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_takes_well_formed_actions_on_well_formed_resources(
    service: str, only_required: bool
) -> None:
    for name in _model(service).operation_names:
        parameters = _sampled(service, name, only_required=only_required)

        found = needs_of(call(service, name, parameters))

        assert found or name in FREE, name
        for need in found:
            assert _ACTION.fullmatch(need.action), (name, need)
            assert need.resource == "*" or parse_arn(need.resource) or need.resource == "x-1", (name, need)


@pytest.mark.parametrize("service", SERVICES)
def test_an_operation_without_any_parameter_still_maps_to_its_action(service: str) -> None:
    for name in _model(service).operation_names:
        assert needs_of(call(service, name)) or name in FREE, name


@pytest.mark.parametrize("service", ["sqs", "sns", "sts", "iam", "ec2"])
def test_an_unknown_operation_takes_the_action_of_its_name_on_everything(service: str) -> None:
    found = needs_of(call(service, "FrobnicateAll"))

    assert [(need.action, need.resource) for need in found] == [(f"{service}:FrobnicateAll", "*")]


def test_a_service_without_a_table_takes_the_action_of_its_name_on_everything() -> None:
    found = needs_of(call("kms", "Decrypt", {"KeyId": "x"}))

    assert [(need.action, need.resource) for need in found] == [("kms:Decrypt", "*")]


@pytest.mark.parametrize(("service", "table"), [("s3", s3.ACTIONS), ("sqs", sqs.ACTIONS)])
def test_no_exception_is_for_an_operation_that_does_not_exist(service: str, table: dict[str, str]) -> None:
    unknown = set(table) - set(_model(service).operation_names)

    assert not unknown


@pytest.mark.parametrize(
    "junk", [None, "", 0, -1, True, 1.5, b"", [], {}, [None], [[]], [{}], {"": None}, {"Objects": 1}]
)
@pytest.mark.parametrize("service", SERVICES)
def test_parameters_of_the_wrong_shape_break_nothing(service: str, junk: object) -> None:
    for name in _model(service).operation_names:
        shape = _model(service).operation_model(name).input_shape
        members = list(shape.members) if shape else []

        with suppress(Refusal):
            assert needs_of(call(service, name, dict.fromkeys(members, junk))) or name in FREE
