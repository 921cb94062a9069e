"""A plan's step in the words of the STS API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfacli.domain.codes import Code
from mfacli.domain.identity import Device
from mfacli.domain.plan import RoleStep, SessionTokenStep

if TYPE_CHECKING:
    from types_boto3_sts.type_defs import AssumeRoleRequestTypeDef, GetSessionTokenRequestTypeDef


def session_token_request(
    step: SessionTokenStep, device: Device | None, code: Code | None
) -> GetSessionTokenRequestTypeDef:
    """Return what GetSessionToken is asked; serial and code go together or not at all."""
    request: GetSessionTokenRequestTypeDef = {"DurationSeconds": int(step.duration.total_seconds())}
    if device and code:
        request["SerialNumber"] = device.serial
        request["TokenCode"] = code.digits.reveal()
    return request


def role_request(step: RoleStep, device: Device | None, code: Code | None) -> AssumeRoleRequestTypeDef:
    """Return what AssumeRole is asked, without the options that were not given."""
    request: AssumeRoleRequestTypeDef = {
        "RoleArn": step.role_arn,
        "RoleSessionName": step.role_session_name,
        "DurationSeconds": int(step.duration.total_seconds()),
    }
    if device and code:
        request["SerialNumber"] = device.serial
        request["TokenCode"] = code.digits.reveal()
    if step.external_id is not None:
        request["ExternalId"] = step.external_id
    if step.source_identity is not None:
        request["SourceIdentity"] = step.source_identity
    if step.policy is not None:
        request["Policy"] = step.policy
    if step.policy_arns:
        request["PolicyArns"] = [{"arn": arn} for arn in step.policy_arns]
    if step.tags:
        request["Tags"] = [{"Key": key, "Value": value} for key, value in step.tags]
    if step.transitive_tags:
        request["TransitiveTagKeys"] = list(step.transitive_tags)
    return request
