"""Who a request is from: the checks of a signed request, in the order in which AWS makes them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mfacli.emulator.callers import ANONYMOUS, Caller
from mfacli.emulator.contracts import CredentialDirectory
from mfacli.emulator.refusals import Refusal, RefusalKind
from mfacli.emulator.requests import Incoming
from mfacli.emulator.signing.canonical import canonical_request
from mfacli.emulator.signing.claims import Claim, malformed, old_version
from mfacli.emulator.signing.header_form import claim_in_header
from mfacli.emulator.signing.payload import check_body, payload_hash
from mfacli.emulator.signing.presigned_form import claim_in_query, is_of_version_2, is_presigned, signing_parameters
from mfacli.emulator.signing.signature import TERMINATOR, Signer, is_same
from mfacli.emulator.signing.times import WINDOW, basic, skew_text

# What a second copy of would let the gate and the data plane read one request in two ways.
_ONCE = frozenset(
    {
        "authorization",
        "content-encoding",
        "content-type",
        "date",
        "host",
        "x-amz-content-sha256",
        "x-amz-copy-source",
        "x-amz-date",
        "x-amz-decoded-content-length",
        "x-amz-security-token",
        "x-amz-target",
        "x-amz-trailer",
    }
)
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}", re.ASCII)
_DEFAULT_REGION = "us-east-1"
_TOKEN_LINE = re.compile(r"(?m)^(x-amz-security-token:).+$|((?:^|&)X-Amz-Security-Token=)[^&\n]+")
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticated:
    """A request whose signature has been checked, or one that came unsigned where that is allowed."""

    caller: Caller
    service: str
    region: str


def authenticate(
    incoming: Incoming, directory: CredentialDirectory, *, service: str | None, allows_unsigned: bool
) -> Authenticated:
    """Return who a request is from; raises `Refusal` and, whatever the request holds, nothing else.

    `service` is the one that the request's content names, None where only its signature can tell.
    """
    claim = _claim(incoming)
    if claim is None:
        if not allows_unsigned:
            raise Refusal(RefusalKind.NO_AUTHENTICATION, "Request is missing Authentication Token")
        return Authenticated(caller=ANONYMOUS, service=service or "s3", region=_DEFAULT_REGION)
    _check_scope(claim, service)
    _check_signed_headers(incoming, claim)
    credential = directory.credential_for(claim.access_key_id, claim.token)
    _check_time(incoming, claim)
    signer = Signer(credential.secret_access_key, scope=claim.scope, stamp=claim.stamp)
    declared = payload_hash(incoming, claim)
    canonical = canonical_request(
        incoming, signed_headers=claim.signed_headers, payload_hash=declared, is_s3=claim.is_s3
    )
    if not is_same(signer.request_signature(canonical), claim.signature):
        raise _mismatch(claim, canonical, signer)
    check_body(incoming, claim, declared, signer)
    return Authenticated(caller=credential.caller, service=claim.scope.service, region=claim.scope.region)


def _claim(incoming: Incoming) -> Claim | None:
    names = [name for name, _ in incoming.headers if name in _ONCE]
    for name in names:
        if names.count(name) > 1:
            raise malformed(f"The header '{name}' may be sent only once.")
    header = incoming.header("authorization")
    query = signing_parameters(incoming)
    if header is not None and is_presigned(query):
        raise malformed("Only one of the Authorization header and the X-Amz-Algorithm query parameter may be sent.")
    if header is not None:
        return claim_in_header(incoming, header)
    if is_presigned(query):
        return claim_in_query(incoming, query)
    if is_of_version_2(query):
        raise old_version()
    return None


def _check_scope(claim: Claim, service: str | None) -> None:
    scope = claim.scope
    wrong = None
    if scope.date != claim.stamp[:8]:
        wrong = (
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{scope.date}' != '{claim.stamp[:8]}', from '{claim.stamp}'."
        )
    elif not _REGION.fullmatch(scope.region):
        wrong = f"Credential should be scoped to a valid Region, not '{scope.region}'."
    elif service is not None and scope.service != service:
        wrong = f"Credential should be scoped to correct service: '{service}'."
    elif scope.terminator != TERMINATOR:
        wrong = f"Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{scope.terminator}'."
    if wrong is not None:
        raise malformed(wrong) if claim.is_s3 else Refusal(RefusalKind.BAD_SIGNATURE, wrong)


def _check_signed_headers(incoming: Incoming, claim: Claim) -> None:
    """Hold the client to signing the host and every `x-amz-` header that it sends, and to sending what it signed."""
    sent = {name for name, _ in incoming.headers}
    if "host" not in claim.signed_headers:
        text = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
        raise malformed(text) if claim.is_s3 else Refusal(RefusalKind.BAD_SIGNATURE, text)
    unsigned = sorted(name for name in sent if name.startswith("x-amz-") and name not in claim.signed_headers)
    if unsigned and claim.is_s3:
        raise Refusal(
            RefusalKind.OTHER,
            "There were headers present in the request which were not signed",
            code="AccessDenied",
            status=403,
            details={"HeadersNotSigned": ", ".join(unsigned)},
        )
    if unsigned:
        text = f"'{unsigned[0]}' must be a 'SignedHeader' in the AWS Authorization."
        raise Refusal(RefusalKind.BAD_SIGNATURE, text)
    absent = [name for name in claim.signed_headers if name not in sent]
    if absent:
        raise Refusal(RefusalKind.BAD_SIGNATURE, f"The signed header '{absent[0]}' was not sent.")


def _check_time(incoming: Incoming, claim: Claim) -> None:
    now = incoming.received_at
    if claim.valid_for is not None:
        _check_presigned_time(incoming, claim)
        return
    text = skew_text(claim.stamp, claim.signed_at, now)
    if text is not None:
        details = {
            "RequestTime": claim.stamp,
            "ServerTime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "MaxAllowedSkewMilliseconds": str(int(WINDOW.total_seconds() * 1000)),
        }
        raise Refusal(RefusalKind.CLOCK_SKEW, text, details=details)


def _check_presigned_time(incoming: Incoming, claim: Claim) -> None:
    now = incoming.received_at
    age = now - claim.signed_at
    if age < -WINDOW:
        raise Refusal(RefusalKind.PRESIGNED_EXPIRED, "Request is not yet valid")
    if claim.valid_for is not None and age > claim.valid_for:
        details = {
            "X-Amz-Expires": str(int(claim.valid_for.total_seconds())),
            "ServerTime": basic(now),
        }
        raise Refusal(RefusalKind.PRESIGNED_EXPIRED, "Request has expired", details=details)


def _mismatch(claim: Claim, canonical: bytes, signer: Signer) -> Refusal:
    """Return the refusal with what S3 tells to help the client find its mistake, the session's token left out."""
    shown = _TOKEN_LINE.sub(r"\1\2***", canonical.decode("utf-8", "replace"))
    details = {
        "AWSAccessKeyId": claim.access_key_id,
        "StringToSign": signer.string_to_sign(canonical),
        "SignatureProvided": claim.signature,
        "CanonicalRequest": shown,
    }
    return Refusal(RefusalKind.BAD_SIGNATURE, MISMATCH, details=details)
