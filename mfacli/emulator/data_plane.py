"""Hands authorised requests to moto, in process: it does what the gate has let through, and is asked nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from mfacli.emulator.operations import Operation
from mfacli.emulator.plane.dispatch import responded
from mfacli.emulator.plane.documents import refuse_malformed
from mfacli.emulator.plane.environ import environ_for
from mfacli.emulator.plane.moto_world import MotoWorld
from mfacli.emulator.refusals import Refusal, RefusalKind, own_error
from mfacli.emulator.requests import Answer, Incoming

# The server says these itself, or they were for moto's eyes.
_NOT_ANSWERED = frozenset(
    {"connection", "content-length", "date", "server", "status", "transfer-encoding", "x-amzn-requestid"}
)
_OVER_THE_NETWORK = frozenset({"http", "https"})


class MotoPlane:
    """The `DataPlane`."""

    def __init__(self, moto: MotoWorld) -> None:
        self._moto = moto

    def forward(self, operation: Operation, incoming: Incoming, account_id: str) -> Answer:
        """Return moto's answer, acting in `account_id`; raises `Refusal` for what neither of us does."""
        if operation.service not in self._moto.services:
            raise Refusal(RefusalKind.UNKNOWN_OPERATION, f"The emulator does not know {operation.service}.")
        refuse_malformed(operation)
        _refuse_deliveries(operation)
        with self._moto.entered(operation.service):
            _refuse_region(operation)
            return _forwarded(operation, incoming, account_id)


def _refuse_deliveries(operation: Operation) -> None:
    """Refuse subscriptions that moto would deliver to the network; the emulator never calls anybody."""
    if operation.name == "Subscribe" and operation.parameters.get("Protocol") in _OVER_THE_NETWORK:
        message = "Invalid parameter: the emulator delivers nothing over the network; subscribe a queue instead"
        raise own_error("InvalidParameter", 400, message)


def _refuse_region(operation: Operation) -> None:
    from moto.core.base_backend import AccountSpecificBackend
    from moto.utilities.utils import get_partition

    region = operation.region
    if operation.service in ("iam", "s3"):
        is_known = get_partition(region) == "aws"
    else:
        is_known = region in AccountSpecificBackend.get_session().get_available_regions(operation.service)
    if not is_known:
        message = f"Credential should be scoped to a valid Region, not '{region}'. "
        raise own_error("SignatureDoesNotMatch", 403, message)


def _forwarded(operation: Operation, incoming: Incoming, account_id: str) -> Answer:
    from botocore.exceptions import ClientError
    from moto.core.request import Request
    from werkzeug.exceptions import HTTPException

    request = Request(environ_for(operation, incoming, account_id))
    request.from_wsgi_server = True  # moto would add a Date of its own otherwise
    headers: Mapping[str, object]
    try:
        status, headers, body = responded(operation.service, request)
    except NotImplementedError as error:
        message = f"The emulator does not do {operation.name} of {operation.service}."
        raise own_error("NotImplemented", 501, message) from error
    except HTTPException as error:
        status, headers, body = error.code or 500, dict(error.get_headers()), error.get_body()
    except ClientError as error:
        status, headers, body = 400, {}, str(error.response["Error"].get("Message", ""))
    return Answer(
        status=status,
        headers=tuple(_kept(incoming.method, headers)),
        body=body.encode() if isinstance(body, str) else bytes(body),
    )


def _kept(method: str, headers: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the headers that go to the client. An answer to HEAD has no body that its length could be seen from."""
    return [
        (name, str(value))
        for name, value in headers.items()
        if name.lower() not in _NOT_ANSWERED or (method == "HEAD" and name.lower() == "content-length")
    ]
