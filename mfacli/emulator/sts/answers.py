"""STS's own answers to calls that have been authorised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

from mfacli.emulator.authorisation.encoded import decode
from mfacli.emulator.callers import (
    AnonymousPrincipal,
    Caller,
    FederatedPrincipal,
    Principal,
    RolePrincipal,
    RootPrincipal,
    UserPrincipal,
)
from mfacli.emulator.contracts import Sealer
from mfacli.emulator.operations import Operation
from mfacli.emulator.refusals import own_error
from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.sts.parameters import text
from mfacli.emulator.sts.sessions import Sessions
from mfacli.emulator.wire.results import query_result
from mfacli.emulator.world import ids

Result = Mapping[str, object]


class StsAnswers:
    """The `OperationAnswer` of STS."""

    def __init__(self, sessions: Sessions, sealer: Sealer) -> None:
        self._sealer = sealer
        self._answers: dict[str, Callable[[Mapping[str, object], Caller], Result]] = {
            "AssumeRole": sessions.assume_role,
            "GetSessionToken": sessions.session_token,
            "GetFederationToken": sessions.federation_token,
            "GetCallerIdentity": _caller_identity,
            "GetAccessKeyInfo": _access_key_info,
            "DecodeAuthorizationMessage": self._decoded_message,
        }

    def answer(self, operation: Operation, caller: Caller, incoming: Incoming) -> Answer | None:
        """Return the answer, or None where the call is not STS's; raises `Refusal`."""
        if operation.service != "sts":
            return None
        answer = self._answers.get(operation.name)
        if answer is None:
            raise own_error("NotImplemented", 501, f"The emulator does not answer {operation.name}.")
        return query_result(operation, answer(operation.parameters, caller), request_id=incoming.request_id)

    def _decoded_message(self, parameters: Mapping[str, object], _caller: Caller) -> Result:
        decoded = decode(text(parameters, "EncodedMessage") or "", self._sealer)
        if decoded is None:
            message = "The authorization message is invalid: it was not encoded here, or has been altered."
            raise own_error("InvalidAuthorizationMessageException", 400, message)
        return {"DecodedMessage": decoded}


def _caller_identity(_parameters: Mapping[str, object], caller: Caller) -> Result:
    principal = caller.principal
    return {"UserId": user_id(principal), "Account": principal.account_id, "Arn": principal.arn}


def user_id(principal: Principal) -> str:
    """Return what `aws:userid` and GetCallerIdentity show."""
    match principal:
        case UserPrincipal():
            return principal.user_id
        case RootPrincipal():
            return principal.account_id
        case RolePrincipal():
            return f"{principal.role_id}:{principal.session_name}"
        case FederatedPrincipal():
            return f"{principal.account_id}:{principal.name}"
        case AnonymousPrincipal():
            return "anonymous"
        case _:
            assert_never(principal)


def _access_key_info(parameters: Mapping[str, object], _caller: Caller) -> Result:
    account_id = ids.account_of_key(text(parameters, "AccessKeyId") or "")
    if account_id is None:
        raise own_error("ValidationError", 400, "The access key id is not valid.")
    return {"Account": account_id}
