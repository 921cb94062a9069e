"""Which service and operation a request asks for, and with which parameters.

Two looks: `sketch` before the signature is checked, which believes nothing and never refuses; `recognise` after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urlsplit

from botocore.model import StructureShape

from mfacli.emulator.operations import Operation, WireProtocol
from mfacli.emulator.refusals import Refusal, RefusalKind, own_error
from mfacli.emulator.requests import Incoming
from mfacli.emulator.signing.canonical import octets
from mfacli.emulator.wire.forms import FORM, content_type, read_form, read_query
from mfacli.emulator.wire.json_parameters import read_json
from mfacli.emulator.wire.models import Models
from mfacli.emulator.wire.query_parameters import QueryReader
from mfacli.emulator.wire.rest_parameters import read_rest
from mfacli.emulator.wire.s3_routes import route, sub_resources
from mfacli.emulator.wire.services import BY_TARGET, BY_VERSION, SERVICES
from mfacli.emulator.wire.values import Misfit

_QUEUE_PATH = re.compile(r"/[0-9]{12}/[A-Za-z0-9_.-]+", re.ASCII)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_SCOPE = re.compile(r"Credential=[^,/%]+(?:(?:/|%2F)[^,/%]+){2}(?:/|%2F)([a-z0-9-]+)(?:/|%2F)", re.ASCII)
_JSON = "application/x-amz-json-1."
_UNSIGNED_CALLS = ("AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")
# What every query request may carry beside the operation's own input.
_COMMON = ("Action", "Version")
# The data plane takes these paths for itself, wherever they come from.
_RESERVED = ("moto-api", "latest/meta-data", "latest/api", "favicon.ico", "v20180820")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What an unchecked request looks like.

    `named` is the service that its content names, None where only its signature can tell. `service` is the best
    guess, good enough to word a refusal; empty where there is none. `allows_unsigned` is whether nobody may ask it.
    """

    named: str | None
    service: str
    allows_unsigned: bool


def is_reserved(incoming: Incoming) -> bool:
    """Return whether the data plane would take this path for its own controls instead of a request to a service."""
    path = unquote_to_bytes(octets(incoming.path)).decode("latin-1")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return "/".join(parts).lower().startswith(_RESERVED)


def sketch(incoming: Incoming) -> Sketch:
    """Return what a request looks like; never raises."""
    target = incoming.header("x-amz-target")
    form = _form_at_root(incoming)
    action = form.get("Action")
    named = BY_TARGET.get(target.partition(".")[0]) if target else BY_VERSION.get(form.get("Version", ""))
    if not target and not action:
        named = None
    scope = _SCOPE.search(incoming.header("authorization") or incoming.query)
    service = named or (scope[1] if scope else "" if target or action else "s3")
    allows_unsigned = service == "s3" or (service == "sts" and action in _UNSIGNED_CALLS)
    return Sketch(named=named, service=service, allows_unsigned=allows_unsigned)


def protocol_of(incoming: Incoming, service: str) -> WireProtocol:
    """Return the protocol that a client of `service` speaks; never raises."""
    offered = SERVICES[service].protocols if service in SERVICES else (WireProtocol.QUERY, WireProtocol.JSON)
    if len(offered) == 1:
        return offered[0]
    is_json = incoming.header("x-amz-target") is not None or content_type(incoming).startswith(_JSON)
    return WireProtocol.JSON if is_json else WireProtocol.QUERY


def _form_at_root(incoming: Incoming) -> dict[str, str]:
    """Return a query request's parameters; nothing where the path is an object's or they cannot be read."""
    if incoming.path != "/" and not (incoming.method == "POST" and _QUEUE_PATH.fullmatch(incoming.path)):
        return {}
    try:
        return read_form(incoming)
    except Refusal:
        return {}


class Recogniser:
    """Reads authenticated requests with the service models at hand. Safe among threads."""

    def __init__(self, models: Models) -> None:
        self._models = models

    def recognise(self, incoming: Incoming, *, service: str, region: str) -> Operation:
        """Return the operation; raises `Refusal`, UNKNOWN_OPERATION where there is no such one."""
        if service not in SERVICES:
            raise _unknown(f"The emulator does not answer for {service}; it does for {', '.join(SERVICES)}.")
        match protocol_of(incoming, service):
            case WireProtocol.QUERY | WireProtocol.EC2 as protocol:
                return self._by_action(incoming, service, protocol, region)
            case WireProtocol.JSON:
                return self._by_target(incoming, service, region)
            case WireProtocol.REST_XML:
                return self._by_route(incoming, region)

    def _by_action(self, incoming: Incoming, service: str, protocol: WireProtocol, region: str) -> Operation:
        if incoming.method not in ("GET", "POST") or content_type(incoming) not in ("", FORM):
            raise own_error("MalformedInput", 400, f"A request is a GET, or a POST of type {FORM}.")
        _check_path(incoming, service)
        form = read_form(incoming)
        action, version = form.get("Action"), form.get("Version")
        if not action:
            raise own_error("MissingAction", 400, "The request is missing an action or a required parameter.")
        shape = self._input(service, protocol, action)
        if shape is None or (service != "ec2" and version != SERVICES[service].version):
            if service == "ec2":
                raise _unknown(f"The action {action} is not valid for this web service.")
            raise _unknown(f"Could not find operation {action} for version {version or 'NO_VERSION_SPECIFIED'}")
        given = {name: value for name, value in form.items() if name not in _COMMON}
        parameters = _read_query(given, shape, service)
        if service == "sqs":
            parameters = _with_queue(incoming, parameters)
        return Operation(service=service, name=action, protocol=protocol, region=region, parameters=parameters)

    def _by_target(self, incoming: Incoming, service: str, region: str) -> Operation:
        prefix, _, name = (incoming.header("x-amz-target") or "").partition(".")
        shape = self._input(service, WireProtocol.JSON, name)
        if incoming.method != "POST" or prefix != SERVICES[service].target or shape is None:
            raise _unknown("The requested operation is not recognized by the service.")
        _check_path(incoming, service)
        if read_query(incoming) or not content_type(incoming).startswith(_JSON):
            raise own_error("SerializationException", 400, "The input is a body of type application/x-amz-json-1.0.")
        try:
            parameters = read_json(incoming.body, shape)
        except Misfit as misfit:
            raise own_error("SerializationException", 400, f"The input cannot be read: {misfit}.") from None
        if service == "sqs":
            parameters = _with_queue(incoming, parameters)
        return Operation(service=service, name=name, protocol=WireProtocol.JSON, region=region, parameters=parameters)

    def _by_route(self, incoming: Incoming, region: str) -> Operation:
        bucket, key = _bucket_and_key(incoming.path)
        query = read_query(incoming)
        asked = sub_resources(query)
        if len(asked) > 1:
            raise own_error("InvalidArgument", 400, f"Conflicting query string parameters: {', '.join(asked)}")
        copies = incoming.header("x-amz-copy-source") is not None
        name = route(incoming.method, bucket=bucket, key=key, query=query, has_copy_source=copies)
        if name is None and asked:
            raise own_error(
                "NotImplemented", 501, "A header or query you provided implies functionality that is not implemented."
            )
        shape = None if name is None else self._input("s3", WireProtocol.REST_XML, name)
        if name is None or shape is None:
            raise _unknown("The specified method is not allowed against this resource.")
        _check_body(incoming, name)
        try:
            parameters = read_rest(incoming, shape, path={"Bucket": bucket, "Key": key}, query=query)
        except Misfit as misfit:
            code = "MalformedXML" if incoming.body else "InvalidArgument"
            raise own_error(code, 400, f"The request cannot be read: {misfit}.") from None
        return Operation(
            service="s3", name=name, protocol=WireProtocol.REST_XML, region=region, parameters=parameters
        )

    def _input(self, service: str, protocol: WireProtocol, name: str) -> StructureShape | None:
        """Return the shape of an operation's input, an empty one where it takes none; None where there is no such."""
        model = self._models.operation(service, protocol, name)
        if model is None:
            return None
        return model.input_shape or StructureShape(f"{name}Request", {"type": "structure", "members": {}})


def _read_query(form: dict[str, str], shape: StructureShape, service: str) -> dict[str, object]:
    try:
        reader = QueryReader(form, is_ec2=service == "ec2")
        parameters = reader.read(shape)
    except Misfit as misfit:
        code = "InvalidParameterValue" if service == "ec2" else "MalformedInput"
        raise own_error(code, 400, f"The parameter {misfit}.") from None
    leftover = reader.leftover()
    # STS is answered by the emulator itself, and ignores what it does not know, as AWS does. The data plane reads
    # loosely: what the gate has not understood might still mean something to it.
    if leftover and service != "sts":
        raise own_error("UnknownParameter", 400, f"The parameter {leftover[0]} is not recognized")
    return parameters


def _check_path(incoming: Incoming, service: str) -> None:
    if incoming.path == "/" or (service == "sqs" and _QUEUE_PATH.fullmatch(incoming.path)):
        return
    raise _unknown("The address has no such path.")


def _with_queue(incoming: Incoming, parameters: dict[str, object]) -> dict[str, object]:
    """Return the parameters with the queue that the path names; raises where they name another one."""
    if incoming.path == "/":
        return parameters
    url = parameters.get("QueueUrl", incoming.path)
    if not isinstance(url, str) or urlsplit(url).path != incoming.path:
        raise own_error("InvalidAddress", 400, "The address is another queue's than QueueUrl.")
    return {"QueueUrl": url, **parameters}


def _bucket_and_key(path: str) -> tuple[str, str]:
    bucket, _, rest = path.removeprefix("/").partition("/")
    if (bucket or rest) and not _BUCKET.fullmatch(bucket):
        raise own_error("InvalidBucketName", 400, "The specified bucket is not valid.")
    try:
        return bucket, unquote_to_bytes(octets(rest)).decode()
    except UnicodeDecodeError:
        raise own_error("InvalidURI", 400, "Couldn't parse the specified URI.") from None


def _check_body(incoming: Incoming, name: str) -> None:
    """Refuse bodies where there is nothing to send, and forms, which the data plane takes for parameters."""
    sends_object = name in ("PutObject", "UploadPart")
    is_form = content_type(incoming) in (FORM, "multipart/form-data")
    takes_none = incoming.method in ("GET", "HEAD", "DELETE") or name == "CreateMultipartUpload"
    if incoming.body and not sends_object and (is_form or takes_none):
        raise own_error("InvalidRequest", 400, "This operation takes no such body.")


def _unknown(message: str) -> Refusal:
    return Refusal(RefusalKind.UNKNOWN_OPERATION, message)
