"""Which operation of COS a request asks for, by its method and by what its query names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mfacli.emulator.tencent.refusals import Rejected, RejectionKind, own_error
from mfacli.emulator.tencent.wire.cos import CosCall

_LISTING = ("prefix", "delimiter", "marker", "max-keys", "encoding-type")
_RESPONSE = (
    "response-content-type",
    "response-content-language",
    "response-expires",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An operation, and the parameters that it understands. `part` is the one that says what it is about."""

    operation: str
    method: str
    part: str = ""
    parameters: tuple[str, ...] = ()


SERVICE = (Route(operation="GetService", method="GET", parameters=("region", "marker", "max-keys")),)
BUCKET = (
    Route(operation="PutBucket", method="PUT"),
    Route(operation="HeadBucket", method="HEAD"),
    Route(operation="GetBucket", method="GET", parameters=_LISTING),
    Route(operation="DeleteBucket", method="DELETE"),
    Route(operation="PutBucketPolicy", method="PUT", part="policy"),
    Route(operation="GetBucketPolicy", method="GET", part="policy"),
    Route(operation="DeleteBucketPolicy", method="DELETE", part="policy"),
    Route(operation="GetBucketLocation", method="GET", part="location"),
    Route(operation="DeleteMultipleObjects", method="POST", part="delete"),
)
OBJECT = (
    Route(operation="PutObject", method="PUT"),
    Route(operation="HeadObject", method="HEAD"),
    Route(operation="GetObject", method="GET", parameters=_RESPONSE),
    Route(operation="DeleteObject", method="DELETE"),
)


def operation_of(call: CosCall) -> str:
    """Return the operation; raises `Rejected` for what COS does not have, or the emulator."""
    routes = SERVICE if call.is_service_level else BUCKET if call.is_bucket_level else OBJECT
    of_method = [route for route in routes if route.method == call.method]
    found = next((route for route in of_method if route.part and route.part in call.query), None)
    route = found or next((route for route in of_method if not route.part), None)
    unknown = _unknown(route, call.query)
    if unknown is not None:
        raise not_emulated(f"`{unknown[:80]}` in the query")
    if route is None:
        raise Rejected(RejectionKind.UNKNOWN_ACTION)
    return route.operation


def not_emulated(what: str) -> Rejected:
    """Return the refusal of what COS has and the emulator has not."""
    return own_error("NotImplemented", f"The emulator does not have this: {what}.", status=501)


def _unknown(route: Route | None, query: Mapping[str, str]) -> str | None:
    """Return the first parameter that the operation does not understand: half an answer would be a wrong one."""
    known = (route.part, *route.parameters) if route else ()
    return next((name for name in query if name not in known), None)
