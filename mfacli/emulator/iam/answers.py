"""IAM's own answers; what is left goes to moto, with the user's name filled in where the caller may leave it out."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote_plus

from mfacli.emulator.callers import Caller
from mfacli.emulator.contracts import DataPlane
from mfacli.emulator.iam.asked import text, user_of
from mfacli.emulator.iam.mfa import MfaOperations
from mfacli.emulator.iam.users import UserOperations
from mfacli.emulator.operations import Operation
from mfacli.emulator.plane.people import People
from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.wire.results import query_result

# moto takes the user's name for granted in these; IAM does not.
_ABOUT_THE_CALLER = frozenset(
    {
        "CreateAccessKey",
        "DeleteAccessKey",
        "ListAccessKeys",
        "UpdateAccessKey",
        "ListSigningCertificates",
        "UploadSigningCertificate",
        "UpdateSigningCertificate",
        "DeleteSigningCertificate",
        "ListSSHPublicKeys",
        "CreateLoginProfile",
        "GetLoginProfile",
        "DeleteLoginProfile",
    }
)
_NAMES_A_POLICY = ("PolicyArn", "PermissionsBoundary")


class IamAnswers:
    """The `OperationAnswer` of IAM."""

    def __init__(self, *, mfa: MfaOperations, users: UserOperations, people: People, plane: DataPlane) -> None:
        self._answers = {**mfa.answers, **users.answers}
        self._users = users
        self._people = people
        self._plane = plane

    def answer(self, operation: Operation, caller: Caller, incoming: Incoming) -> Answer | None:
        """Return the answer, or None where it is moto's to give; raises `Refusal`."""
        if operation.service != "iam":
            return None
        self._fetch_policy(operation, caller)
        answer = self._answers.get(operation.name)
        if answer is not None:
            return query_result(operation, answer(operation.parameters, caller), request_id=incoming.request_id)
        if operation.name == "DeleteUser":
            self._users.refuse_deletion(operation.parameters, caller)
        if operation.name in _ABOUT_THE_CALLER and not text(operation.parameters, "UserName"):
            user = user_of(operation.parameters, caller, self._people)
            return self._plane.forward(operation, _with_user(incoming, user.name), user.account_id)
        return None

    def _fetch_policy(self, operation: Operation, caller: Caller) -> None:
        """Have moto hold the policy that a call names, which may be one of AWS's own."""
        for name in _NAMES_A_POLICY:
            arn = text(operation.parameters, name)
            if arn:
                self._people.managed(caller.principal.account_id, arn)


def _with_user(incoming: Incoming, name: str) -> Incoming:
    """Return the request with the user named, in the body or, for a GET, in the address."""
    extra = f"UserName={quote_plus(name)}"
    if incoming.body:
        return replace(incoming, body=incoming.body + b"&" + extra.encode())
    return replace(incoming, target=f"{incoming.target}{'&' if incoming.query else '?'}{extra}")
