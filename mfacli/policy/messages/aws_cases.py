"""What AWS' errors mean, apart from denials of policies: codes, devices, keys, sessions and clocks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from mfacli.domain.cloud import Cloud
from mfacli.policy.messages.commands import Commands
from mfacli.policy.messages.error_text import ErrorText
from mfacli.policy.messages.explanation import Advice, Explanation

Answer = tuple[str, tuple[str, ...], tuple[Advice, ...]]
"""What it means, what may have been missing, and what to do."""


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of error: by its code, by its text, or by both. An empty pattern fits all."""

    code: str
    text: str
    answer: Callable[[ErrorText, Commands, re.Match[str]], Answer]


def explain_aws(error: ErrorText, commands: Commands) -> Explanation | None:
    """Return the explanation of an error that is no policy's denial, None where it is not known."""
    for case in CASES:
        if case.code and not re.fullmatch(case.code, error.code):
            continue
        found = re.search(case.text, error.text, re.IGNORECASE)
        if found is None:
            continue
        meaning, causes, advice = case.answer(error, commands, found)
        return Explanation(
            cloud=Cloud.AWS,
            code=error.code,
            operation=error.operation,
            meaning=meaning,
            causes=causes,
            advice=advice,
        )
    return None


def _wrong_code(_: ErrorText, commands: Commands, __: re.Match[str]) -> Answer:
    return (
        "STS did not accept the one-time code",
        (
            "the code has been used before: one code buys one call, also across roles and programs",
            "the code was mistyped, or is another device's",
            "this machine's clock, or the device's, is off by more than half a minute",
        ),
        (
            commands.session("asks for a fresh code; where a seed is kept, it waits for one that is unused"),
            commands.other("device code", "shows the code of a device whose seed is kept"),
        ),
    )


def _wrong_device(_: ErrorText, commands: Commands, __: re.Match[str]) -> Answer:
    return (
        "STS does not know this MFA device as one of this user's",
        (
            "the serial is another user's, another account's, or misspelt (virtual: `arn:aws:iam::ACCOUNT:mfa/NAME`)",
            "it is the user's ARN (`:user/`), or a security key's or passkey's (`:u2f/`), which STS cannot check",
            "the device has been replaced since the profile was written",
        ),
        (
            commands.other("device list", "shows the devices that the user really has", with_profile=True),
            commands.session("opens the session with the right one", options=" --device SERIAL"),
        ),
    )


def _half(_: ErrorText, commands: Commands, __: re.Match[str]) -> Answer:
    return (
        "of serial number and one-time code only one was sent",
        ("the program sent SerialNumber without TokenCode, or the other way round",),
        (commands.session("sends both"),),
    )


def _code_form(_: ErrorText, commands: Commands, __: re.Match[str]) -> Answer:
    return (
        "what was sent as a one-time code is not six digits",
        ("the code was empty, cut, or had a space in it",),
        (commands.session("asks for the code, and refuses anything but six digits before the call"),),
    )


def _session_keys(_: ErrorText, commands: Commands, found: re.Match[str]) -> Answer:
    return (
        f"{found['operation']} takes long-term keys only, and was called with a session's",
        ("a session is in this shell's environment (AWS_SESSION_TOKEN), or the profile holds one",),
        (
            commands.unset("takes the session out of this shell"),
            commands.session("opens a new one from the long-term keys"),
        ),
    )


def _root(_: ErrorText, commands: Commands, __: re.Match[str]) -> Answer:
    return (
        "the root user cannot assume roles",
        ("the keys are the account root's; MFA-protected API access does not work with them either",),
        (commands.other("whoami", "shows whose keys a profile has", with_profile=True),),
    )


def _role_maximum(_: ErrorText, commands: Commands, __: re.Match[str]) -> Answer:
    return (
        "the session was asked for longer than the role's MaxSessionDuration allows",
        ("the role's maximum is 1 to 12 hours, and 1 hour where nobody has raised it",),
        (commands.assume("", "asks for less", options=" --duration 1h"),),
    )


def _chaining(_: ErrorText, commands: Commands, __: re.Match[str]) -> Answer:
    return (
        "a role assumed with a session lives one hour at most",
        ("the call was made with temporary credentials: a session of GetSessionToken counts as well",),
        (
            commands.assume("", "stays within the hour", options=" --duration 1h"),
            commands.assume("", "goes straight from the long-term key, with a code", options=" --duration 8h"),
        ),
    )


def _unknown_token(error: ErrorText, commands: Commands, __: re.Match[str]) -> Answer:
    causes = [
        "the key was deleted or deactivated, or is mistyped",
        "AWS_SECURITY_TOKEN or `aws_security_token` holds an old token, which SDKs read before AWS_SESSION_TOKEN",
        "the token belongs to another key, is missing, or its role has been deleted",
        "the session is of the global endpoint and the region is opt-in: those take tokens of regional STS only",
    ]
    iam = "IAM was called with a session opened without MFA: such sessions cannot call IAM at all"
    if _is_iam(error.operation):
        causes.insert(0, iam)
    elif not error.operation:
        causes.append(f"if it was a call of IAM: {iam.removeprefix('IAM was called with ')}")
    return (
        "the credentials are not ones that the cloud knows",
        tuple(causes),
        (
            commands.session("opens a session with MFA and clears stale tokens", into_shell=True),
            commands.other("whoami", "shows which credentials are in use", with_profile=True),
        ),
    )


def _expired(_: ErrorText, commands: Commands, __: re.Match[str]) -> Answer:
    return (
        "the session has expired",
        ("its time is over; sessions of GetSessionToken live up to 36 hours, roles up to 12, chained ones 1",),
        (
            commands.session("puts a new session into this shell", into_shell=True),
            commands.other("status", "shows what is kept, and for how long"),
        ),
    )


def _skew(_: ErrorText, commands: Commands, found: re.Match[str]) -> Answer:
    meaning = "this machine's clock is off: the request's time is too far from the cloud's"
    told = found.groupdict()
    sent, server = _moment(told.get("sent")), _moment(told.get("server"))
    if sent is not None and server is not None:
        seconds = int((sent - server).total_seconds())
        side = "ahead of" if seconds > 0 else "behind"
        meaning = f"this machine's clock was {abs(seconds)} seconds {side} the cloud's when the request was signed"
    return (
        meaning,
        ("more than 15 minutes (5 for some services) lie between; common in WSL and virtual machines after sleep",),
        (
            Advice(command="timedatectl set-ntp true", why="lets the system keep its clock right (Linux)"),
            commands.session("learns the offset from the cloud's answers, for its own calls and codes"),
        ),
    )


def _signature(_: ErrorText, commands: Commands, __: re.Match[str]) -> Answer:
    return (
        "the signature does not fit: the secret access key is not the one that belongs to the key id",
        (
            "id and secret are of different keys, or one was cut when it was copied",
            "a proxy changed the request on its way",
        ),
        (commands.other("whoami", "tries the keys of a profile", with_profile=True),),
    )


def _no_credentials(_: ErrorText, commands: Commands, __: re.Match[str]) -> Answer:
    return (
        "the request was not signed: no credentials were found",
        ("neither the environment nor the profile gives keys",),
        (commands.session("puts a session into this shell", into_shell=True),),
    )


def _region(_: ErrorText, commands: Commands, __: re.Match[str]) -> Answer:
    return (
        "STS is not active in this region for the account",
        ("an administrator has deactivated it, or the region has to be opted into",),
        (commands.session("asks another region's STS", options=" --region us-east-1"),),
    )


def _bad_codes(_: ErrorText, commands: Commands, __: re.Match[str]) -> Answer:
    return (
        "IAM did not accept the two codes of the device",
        (
            "the two codes must follow each other: wait for the display to change between them",
            "the device's clock is off, or it was set up with another seed",
        ),
        (commands.other("device list", "shows the devices as IAM knows them", with_profile=True),),
    )


def _encoded_refused(_: ErrorText, commands: Commands, __: re.Match[str]) -> Answer:
    return (
        "the encoded message could not be decoded",
        ("it was cut when it was copied, or is of another account",),
        (commands.other("policy explain", "takes the whole message on standard input"),),
    )


CASES = (
    Case("", r"MultiFactorAuthentication failed with invalid MFA", _wrong_code),
    Case("", r"MultiFactorAuthentication failed, unable to validate MFA", _wrong_device),
    Case("", r"MultiFactorAuthentication failed, must provide both", _half),
    Case("", r"'tokenCode' failed to satisfy constraint", _code_form),
    Case("", r"Invalid (?:length|value|type) for parameter TokenCode", _code_form),
    Case("", r"Cannot call (?P<operation>Get(?:Session|Federation)Token) with session credentials", _session_keys),
    Case("", r"Roles may not be assumed by root accounts", _root),
    Case("", r"exceeds the MaxSessionDuration set for this role", _role_maximum),
    Case("", r"exceeds the 1 hour session limit", _chaining),
    Case(
        "",
        r"Signature (?:expired|not yet current): (?P<sent>\d{8}T\d{6}Z).*?\((?P<server>\d{8}T\d{6}Z) [-+] \d+ min",
        _skew,
    ),
    Case("RequestTimeTooSkewed", r"", _skew),
    Case("", r"Signature (?:expired|not yet current)|not yet valid|RequestTimeTooSkewed", _skew),
    Case("ExpiredToken|ExpiredTokenException|RequestExpired", r"", _expired),
    Case("", r"(?:security token included in the request|provided token) (?:is|has) expired", _expired),
    Case(
        "InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|InvalidToken|AuthFailure",
        r"",
        _unknown_token,
    ),
    Case("", r"security token included in the request is invalid", _unknown_token),
    Case("SignatureDoesNotMatch|InvalidSignatureException", r"", _signature),
    Case("MissingAuthenticationToken|MissingAuthenticationTokenException|NoCredentials", r"", _no_credentials),
    Case("", r"Unable to locate credentials", _no_credentials),
    Case("RegionDisabledException", r"", _region),
    Case("InvalidAuthenticationCode", r"", _bad_codes),
    Case("InvalidAuthorizationMessageException", r"", _encoded_refused),
)

_IAM_OPERATION = re.compile(
    r"(?:Get|List|Create|Update|Delete|Attach|Detach|Put|Add|Remove|Enable|Deactivate|Resync|Tag|Untag|Simulate)"
    r"\w*(?:User|Users|Group|Groups|Role|Roles|Policy|Policies|MFADevices?|AccessKeys?|LoginProfile|AccountAliases|"
    r"AccountSummary|InstanceProfiles?|VirtualMFADevices?)\w*"
)


def _is_iam(operation: str) -> bool:
    return _IAM_OPERATION.fullmatch(operation) is not None


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
