"""Refuses policy documents that the cloud would not store, some of which moto would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mfacli.emulator.operations import Operation
from mfacli.emulator.refusals import own_error
from mfacli.errors import PolicyMalformed
from mfacli.policy.document import PolicyKind, parse_document


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """Where an operation carries a document, of which kind, and with which error the service refuses it."""

    parameter: str
    kind: PolicyKind
    code: str
    entry: str = ""


_IDENTITY = _Stored(parameter="PolicyDocument", kind=PolicyKind.IDENTITY, code="MalformedPolicyDocument")
_ATTRIBUTE = _Stored(parameter="Attributes", entry="Policy", kind=PolicyKind.RESOURCE, code="InvalidAttributeValue")
_DOCUMENTS = {
    ("iam", "PutUserPolicy"): _IDENTITY,
    ("iam", "PutGroupPolicy"): _IDENTITY,
    ("iam", "PutRolePolicy"): _IDENTITY,
    ("iam", "CreatePolicy"): _IDENTITY,
    ("iam", "CreatePolicyVersion"): _IDENTITY,
    ("iam", "CreateRole"): _Stored(
        parameter="AssumeRolePolicyDocument", kind=PolicyKind.TRUST, code="MalformedPolicyDocument"
    ),
    ("iam", "UpdateAssumeRolePolicy"): _Stored(
        parameter="PolicyDocument", kind=PolicyKind.TRUST, code="MalformedPolicyDocument"
    ),
    ("s3", "PutBucketPolicy"): _Stored(parameter="Policy", kind=PolicyKind.RESOURCE, code="MalformedPolicy"),
    ("dynamodb", "PutResourcePolicy"): _Stored(
        parameter="Policy", kind=PolicyKind.RESOURCE, code="ValidationException"
    ),
    ("sqs", "CreateQueue"): _ATTRIBUTE,
    ("sqs", "SetQueueAttributes"): _ATTRIBUTE,
    ("sns", "CreateTopic"): _Stored(
        parameter="Attributes", entry="Policy", kind=PolicyKind.RESOURCE, code="InvalidParameter"
    ),
    ("sns", "SetTopicAttributes"): _Stored(
        parameter="AttributeValue", kind=PolicyKind.RESOURCE, code="InvalidParameter"
    ),
}


def refuse_malformed(operation: Operation) -> None:
    """Raise `Refusal` where the operation would store a policy that is none."""
    stored = _DOCUMENTS.get((operation.service, operation.name))
    if stored is None or (operation.name == "SetTopicAttributes" and not _sets_policy(operation)):
        return
    document = _document(operation.parameters.get(stored.parameter), stored.entry)
    if not document:
        return
    try:
        parse_document(document, kind=stored.kind)
    except PolicyMalformed as error:
        raise own_error(stored.code, 400, f"Syntax errors in policy: {error.message}") from error


def _sets_policy(operation: Operation) -> bool:
    return operation.parameters.get("AttributeName") == "Policy"


def _document(value: object, entry: str) -> str:
    if entry:
        value = value.get(entry) if isinstance(value, Mapping) else None
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value if isinstance(value, str) else ""
