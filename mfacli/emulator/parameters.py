"""Holds calls to the service models: at STS and IAM to every limit, in AWS's words; elsewhere to what is required."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from botocore.model import ListShape, Shape, StructureShape

from mfacli.emulator.callers import Caller
from mfacli.emulator.operations import Operation
from mfacli.emulator.refusals import own_error
from mfacli.emulator.sts.parameters import refuse_contradictory
from mfacli.emulator.wire.models import Models

_CHECKED = ("sts", "iam")
# How the other services call a request without a parameter that it must have. S3's are all in its address.
_INCOMPLETE = {
    "dynamodb": "ValidationException",
    "ec2": "MissingParameter",
    "sns": "InvalidParameter",
    "sqs": "MissingParameter",
}


class ModelCheck:
    """The `CallCheck`: what each service's model says, then what STS says beyond its model."""

    def __init__(self, models: Models) -> None:
        self._models = models

    def validate(self, operation: Operation, caller: Caller) -> None:
        """Raise `Refusal` where the service would refuse the parameters whatever the policies say."""
        model = self._models.operation(operation.service, operation.protocol, operation.name)
        shape = model.input_shape if model is not None else None
        if shape is not None and operation.service in _CHECKED:
            _refuse_faults(list(_faults_of_structure(shape, operation.parameters, "")))
        elif shape is not None:
            _refuse_incomplete(operation, shape)
        if operation.service == "sts":
            refuse_contradictory(operation, caller)


def _refuse_faults(faults: Sequence[str]) -> None:
    if faults:
        errors = "1 validation error" if len(faults) == 1 else f"{len(faults)} validation errors"
        raise own_error("ValidationError", 400, f"{errors} detected: {'; '.join(faults)}")


def _refuse_incomplete(operation: Operation, shape: StructureShape) -> None:
    """Refuse what lacks a parameter that the data plane takes for granted."""
    code = _INCOMPLETE.get(operation.service)
    missing = next((name for name in shape.required_members if name not in operation.parameters), None)
    if code is not None and missing is not None:
        raise own_error(code, 400, f"The request must contain the parameter {missing}.")


def _faults_of_structure(shape: StructureShape, values: Mapping[str, object], place: str) -> Iterator[str]:
    for name, member in shape.members.items():
        here = f"{place}{name[0].lower()}{name[1:]}"
        if name in values:
            yield from _faults(member, values[name], here)
        elif name in shape.required_members:
            yield f"Value null at '{here}' failed to satisfy constraint: Member must not be null"


def _faults(shape: Shape, value: object, place: str) -> Iterator[str]:
    match value:
        case str():
            yield from _faults_of_text(shape, value, place)
        case bool() | bytes():
            return
        case int():
            yield from _outside(shape, value, value, place, "have value")
        case Mapping() if isinstance(shape, StructureShape):
            yield from _faults_of_structure(shape, value, f"{place}.")
        case Sequence() if isinstance(shape, ListShape):
            yield from _outside(shape, len(value), list(value), place, "have length")
            for number, entry in enumerate(value, start=1):
                yield from _faults(shape.member, entry, f"{place}.{number}.member")


def _faults_of_text(shape: Shape, value: str, place: str) -> Iterator[str]:
    yield from _outside(shape, len(value), value, place, "have length")
    pattern = shape.metadata.get("pattern")
    if pattern is not None and not _compiled(pattern).fullmatch(value):
        yield _fault(value, place, f"satisfy regular expression pattern: {pattern}")
    choices = shape.metadata.get("enum")
    if choices is not None and value not in choices:
        yield _fault(value, place, f"satisfy enum value set: [{', '.join(choices)}]")


def _outside(shape: Shape, size: int, value: object, place: str, what: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield _fault(value, place, f"{what} greater than or equal to {least}")
    if most is not None and size > most:
        yield _fault(value, place, f"{what} less than or equal to {most}")


def _fault(value: object, place: str, constraint: str) -> str:
    return f"Value '{value}' at '{place}' failed to satisfy constraint: Member must {constraint}"


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Java's \w is ASCII, and \p{…} is not Python's: such a pattern lets everything pass rather than something wrong.
    if r"\p{" in pattern:
        return re.compile(r"(?s).*")
    return re.compile(pattern, re.ASCII)
