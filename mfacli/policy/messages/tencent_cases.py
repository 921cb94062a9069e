"""What Tencent Cloud's errors mean where MFA, keys, sessions or policies are concerned."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from mfacli.domain.cloud import Cloud
from mfacli.policy.messages.commands import Commands
from mfacli.policy.messages.error_text import ErrorText
from mfacli.policy.messages.explanation import Advice, Denial, Explanation

Answer = tuple[str, tuple[str, ...], tuple[Advice, ...]]

_DENIED = re.compile(
    r"(?:perform operation|执行操作)? ?\((?P<action>[a-z0-9_-]+:[A-Za-z0-9_]+)\)"
    r"(?:.*?resource \((?P<resource>[^)]+)\))?"
)
_SESSION = "opens a session with MFA and puts it into this shell; then try again"


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of error, by its code."""

    code: str
    answer: Callable[[Commands], Answer]


def explain_tencent(error: ErrorText, commands: Commands) -> Explanation | None:
    """Return the explanation of an error of Tencent Cloud, None where it is not known."""
    for case in CASES:
        if re.fullmatch(case.code, error.code):
            meaning, causes, advice = case.answer(commands)
            denied = _DENIED.search(error.text.replace("\\n", " "))
            denial = None
            if denied is not None:
                denial = Denial(action=denied["action"], resource=denied["resource"] or "")
                meaning += f": `{denial.action}`" + (f" on `{denial.resource}`" if denial.resource else "")
            return Explanation(
                cloud=Cloud.TENCENT,
                code=error.code,
                operation=error.operation,
                meaning=meaning,
                causes=causes,
                advice=advice,
                denial=denial,
            )
    return None


def _wrong_code(commands: Commands) -> Answer:
    return (
        "STS did not accept the one-time code",
        (
            "the code was mistyped, is another device's, or has been used before",
            "this machine's clock, or the device's, is off by more than half a minute",
            "the serial is not the account's (`qcs::cam:uin/OWNER::mfa/softToken`, with the owner's uin)",
        ),
        (commands.session("asks for a fresh code"),),
    )


def _wrong_kind(commands: Commands) -> Answer:
    return (
        "this kind of MFA device cannot be used for API calls",
        ("only a virtual device (soft token) can; text messages and WeChat are for the console",),
        (commands.session("opens the session once a virtual device is bound in the console"),),
    )


def _session_keys(commands: Commands) -> Answer:
    return (
        "the call takes long-term keys only, and was made with a session's",
        ("a session is in this shell's environment (TENCENTCLOUD_TOKEN), or the profile holds one",),
        (
            commands.unset("takes the session out of this shell"),
            commands.session("opens a new one from the long-term keys"),
        ),
    )


def _too_long(commands: Commands) -> Answer:
    return (
        "the session was asked for longer than allowed",
        ("GetSessionToken: 36 hours for sub-users, 2 for the root account; AssumeRole: 12 hours and the role's own",),
        (commands.session("asks for less", options=" --duration 2h"),),
    )


def _no_role(commands: Commands) -> Answer:
    return (
        "there is no such role",
        ("the role's name, its id or its owner's uin is wrong (`qcs::cam::uin/OWNER:roleName/NAME`)",),
        (commands.assume("", "assumes the role that is meant"),),
    )


def _mfa_missing(commands: Commands) -> Answer:
    return (
        "the operation wants MFA, and the credentials carry none",
        ("long-term keys carry no MFA; sessions do when they were opened with a code",),
        (commands.session(_SESSION, into_shell=True),),
    )


def _mfa_expired(commands: Commands) -> Answer:
    return (
        "the operation wants MFA, and the session's is too old",
        ("the session was opened too long ago",),
        (commands.session("opens a fresh one", options=" --new", into_shell=True),),
    )


def _denied(commands: Commands) -> Answer:
    return (
        "the policies do not allow it",
        (
            "a policy allows it with `qcs:mfaPresent` only, and the credentials carry no MFA",
            "no policy allows it at all, or one denies it",
            "the policy names a resource, and the operation knows none: those want `*`",
        ),
        (
            commands.session(_SESSION, into_shell=True),
            commands.other("policy check POLICY.json", "says what a policy demands, and finds misspelt keys"),
        ),
    )


def _bad_token(commands: Commands) -> Answer:
    return (
        "the session's token is not accepted",
        (
            "the session has expired",
            "the token belongs to another key, or the tool does not read the variable that it is in",
        ),
        (commands.session("puts a new session into this shell", into_shell=True),),
    )


def _unknown_key(commands: Commands) -> Answer:
    return (
        "the key is not one that the cloud knows",
        ("it was deleted or deactivated, is mistyped, or is a session's whose token is not sent along",),
        (commands.other("whoami", "shows which credentials are in use", with_profile=True),),
    )


def _signature(commands: Commands) -> Answer:
    return (
        "the signature does not fit: the secret key is not the one that belongs to the key id",
        ("id and secret are of different keys, or one was cut when it was copied",),
        (commands.other("whoami", "tries the keys of a profile", with_profile=True),),
    )


def _skew(commands: Commands) -> Answer:
    return (
        "this machine's clock is off: the request's time is too far from the cloud's",
        ("more than 5 minutes lie between; common in WSL and virtual machines after sleep",),
        (
            Advice(command="timedatectl set-ntp true", why="lets the system keep its clock right (Linux)"),
            commands.session("learns the offset from the cloud's answers"),
        ),
    )


def _unknown_parameter(commands: Commands) -> Answer:
    return (
        "the call has a parameter that the operation does not know",
        ("one page of the documentation writes `MfaCode`; the interface calls it `TokenCode`",),
        (commands.session("sends what the interface takes"),),
    )


CASES = (
    Case(r"FailedOperation\.CheckMFAError|AuthFailure\.MFAFailure", _wrong_code),
    Case(r"FailedOperation\.MFATypeNotSupported", _wrong_kind),
    Case(r"FailedOperation\.TempKeyNotAllowed", _session_keys),
    Case(r"InvalidParameter\.OverTimeError", _too_long),
    Case(r"ResourceNotFound\.RoleNotFound|InternalError\.(?:GetRoleError|IllegalRole)", _no_role),
    Case(r"UnauthorizedOperation\.MFANotFound", _mfa_missing),
    Case(r"UnauthorizedOperation\.MFAExpired", _mfa_expired),
    Case(r"AuthFailure\.TokenFailure|UnauthorizedOperation\.InvalidToken|ExpiredToken|InvalidToken", _bad_token),
    Case(r"AuthFailure\.(?:SecretIdNotFound|InvalidSecretId|AccessKeyIllegal)|InvalidAccessKeyId", _unknown_key),
    Case(r"AuthFailure\.SignatureFailure|SignatureDoesNotMatch", _signature),
    Case(r"AuthFailure\.SignatureExpire|RequestTimeTooSkewed", _skew),
    Case(r"UnknownParameter", _unknown_parameter),
    Case(r"AuthFailure\.UnauthorizedOperation|UnauthorizedOperation(?:\.\w+)?|AccessDenied", _denied),
)
