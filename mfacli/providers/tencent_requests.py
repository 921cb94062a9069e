"""A plan's step in the words of Tencent Cloud's STS API."""

from __future__ import annotations

from urllib.parse import quote

from mfacli.domain.codes import Code
from mfacli.domain.identity import Device
from mfacli.domain.plan import RoleStep, SessionTokenStep
from mfacli.errors import UsageWrong

Request = dict[str, object]


def session_token_request(step: SessionTokenStep, device: Device | None, code: Code | None) -> Request:
    """Return what GetSessionToken is asked."""
    return {"DurationSeconds": int(step.duration.total_seconds()), **_mfa(device, code)}


def role_request(step: RoleStep, device: Device | None, code: Code | None) -> Request:
    """Return what AssumeRole is asked, without the options that were not given.

    Raises `UsageWrong` for what only AWS's AssumeRole takes.
    """
    if step.policy_arns or step.transitive_tags:
        option = "--policy-arn" if step.policy_arns else "--transitive-tag"
        raise UsageWrong(f"Tencent Cloud's AssumeRole knows nothing like {option}", hint="leave it out")
    request: Request = {
        "RoleArn": step.role_arn,
        "RoleSessionName": step.role_session_name,
        "DurationSeconds": int(step.duration.total_seconds()),
        **_mfa(device, code),
    }
    if step.external_id is not None:
        request["ExternalId"] = step.external_id
    if step.source_identity is not None:
        request["SourceIdentity"] = step.source_identity
    if step.policy is not None:
        # Documented so for the JSON body too (STS API, AssumeRole, Policy).
        request["Policy"] = quote(step.policy, safe="")
    if step.tags:
        request["Tags"] = [{"Key": key, "Value": value} for key, value in step.tags]
    return request


def _mfa(device: Device | None, code: Code | None) -> Request:
    """Return serial and code, which go together or not at all."""
    return {"SerialNumber": device.serial, "TokenCode": code.digits.reveal()} if device and code else {}
