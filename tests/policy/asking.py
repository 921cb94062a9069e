"""Short ways for the tests to write policies and requests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from mfacli.policy.access import AccessRequest, Layers
from mfacli.policy.decision import Decision, decide
from mfacli.policy.document import Dialect, Document, PolicyKind, parse_document
from mfacli.policy.principals import parse_principal

ACCOUNT = "111111111111"
ANAYA = f"arn:aws:iam::{ACCOUNT}:user/anaya"
OBJECT = "arn:aws:s3:::bucket/key"


def policy(
    *statements: Mapping[str, object], kind: PolicyKind = PolicyKind.IDENTITY, name: str = "policy"
) -> Document:
    """Compile statements; what they leave out is everything."""
    return parse_document(
        json.dumps({"Version": "2012-10-17", "Statement": [statement(**each) for each in statements]}),
        kind=kind,
        name=name,
    )


def statement(**elements: object) -> dict[str, object]:
    """Complete a statement: allow everything unless told otherwise."""
    whole: dict[str, object] = {"Effect": "Allow", **elements}
    if "NotAction" not in whole:
        whole.setdefault("Action", "*")
    if "NotResource" not in whole:
        whole.setdefault("Resource", "*")
    return whole


def request(
    *,
    principal: str = ANAYA,
    action: str = "s3:GetObject",
    resource: str = OBJECT,
    account: str | None = ACCOUNT,
    context: Mapping[str, str | Sequence[str]] | None = None,
) -> AccessRequest:
    """Make an AWS request, by default of Anaya for an object of her own account."""
    return AccessRequest(
        principal=parse_principal(principal),
        action=action,
        resource=resource,
        resource_account=account,
        context=context or {},
        dialect=Dialect.AWS,
    )


def decided(asked: AccessRequest, *identity: Document, proof: bool = False) -> Decision:
    """Decide under identity policies alone."""
    return decide(asked, Layers(identity=identity), proof=proof)
