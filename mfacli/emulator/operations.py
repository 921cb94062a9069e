"""Which operation of which service a request is, and what it asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class WireProtocol(Enum):
    """The protocols of botocore's service models that the emulator answers in; no client speaks CBOR to these."""

    QUERY = "query"
    EC2 = "ec2"
    REST_XML = "rest-xml"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A recognised operation.

    `service` is the signing name in lower case (`sts`, `iam`, `ec2`, `s3`, `dynamodb`, `sqs`, `sns`), `name` the
    operation's name in the service model, `parameters` its input with the model's names and types, `region` the
    region of the credential scope.
    """

    service: str
    name: str
    protocol: WireProtocol
    region: str
    parameters: Mapping[str, object]
