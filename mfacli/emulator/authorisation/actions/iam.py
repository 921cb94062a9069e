"""IAM: entities named with their paths; what is not named is the caller.

After the "Actions defined by AWS Identity and Access Management" page of the Service Authorization Reference.
"""

from __future__ import annotations

from mfacli.emulator.authorisation.actions.needs import ANY, Call, Need
from mfacli.emulator.callers import RootPrincipal, UserPrincipal
from mfacli.emulator.refusals import own_error

# Which parameter names the resource, the first that was given deciding: adding a user to a group is about the
# group, attaching a policy about what it is attached to, enabling a device about its user.
_NAMED_BY = (
    ("GroupName", "group"),
    ("InstanceProfileName", "instance-profile"),
    ("UserName", "user"),
    ("RoleName", "role"),
    ("ServerCertificateName", "server-certificate"),
)
_ARNS = (
    "PolicyArn",
    "SAMLProviderArn",
    "OpenIDConnectProviderArn",
    "PolicySourceArn",
    "Arn",
    "EntityArn",
    "TemplateArn",
)
_CREATED = {
    "CreateUser": ("user", "UserName"),
    "CreateGroup": ("group", "GroupName"),
    "CreateRole": ("role", "RoleName"),
    "CreatePolicy": ("policy", "PolicyName"),
    "CreateInstanceProfile": ("instance-profile", "InstanceProfileName"),
    "CreateVirtualMFADevice": ("mfa", "VirtualMFADeviceName"),
    "CreateSAMLProvider": ("saml-provider", "Name"),
    "UploadServerCertificate": ("server-certificate", "ServerCertificateName"),
}
_RENAMED = {
    "UpdateUser": ("user", "NewUserName", "UserName"),
    "UpdateGroup": ("group", "NewGroupName", "GroupName"),
    "UpdateServerCertificate": ("server-certificate", "NewServerCertificateName", "ServerCertificateName"),
}
ABOUT_ONESELF = frozenset(
    {
        "ChangePassword",
        "CreateAccessKey",
        "CreateLoginProfile",
        "DeactivateMFADevice",
        "DeleteAccessKey",
        "DeleteLoginProfile",
        "DeleteServiceSpecificCredential",
        "DeleteSigningCertificate",
        "GetLoginProfile",
        "GetMFADevice",
        "GetUser",
        "ListAccessKeys",
        "ListMFADevices",
        "ListSSHPublicKeys",
        "ListServiceSpecificCredentials",
        "ListSigningCertificates",
        "ResetServiceSpecificCredential",
        "UpdateAccessKey",
        "UpdateServiceSpecificCredential",
        "UpdateSigningCertificate",
        "UploadSigningCertificate",
    }
)
# Creating something with tags also takes the action that would add them later.
_TAGGED = {
    "CreateInstanceProfile": "iam:TagInstanceProfile",
    "CreateOpenIDConnectProvider": "iam:TagOpenIDConnectProvider",
    "CreatePolicy": "iam:TagPolicy",
    "CreateRole": "iam:TagRole",
    "CreateSAMLProvider": "iam:TagSAMLProvider",
    "CreateUser": "iam:TagUser",
    "CreateVirtualMFADevice": "iam:TagMFADevice",
    "UploadServerCertificate": "iam:TagServerCertificate",
}
_PASSED_BY_PROFILE = "ec2.amazonaws.com"


def needs(call: Call) -> tuple[Need, ...]:
    """Return what an IAM call takes; raises `Refusal` where a role asks for "the user" and names none."""
    action = f"iam:{call.name}"
    found = [Need(action=action, resource=_resource(call))]
    if call.name in _RENAMED:
        kind, new, old = _RENAMED[call.name]
        if call.has(new, "NewPath"):
            name = call.text(new, old) or ANY
            found.append(Need(action=action, resource=_arn(call, kind, call.text("NewPath") or "/", name)))
    if call.name == "AddRoleToInstanceProfile":
        found.append(passing(_existing(call, "role", call.text("RoleName") or ANY), _PASSED_BY_PROFILE))
    if call.name in _TAGGED and call.has("Tags"):
        found.append(Need(action=_TAGGED[call.name], resource=found[0].resource))
    return tuple(found)


def passing(role_arn: str, service: str) -> Need:
    """Return the need to hand a role to a service."""
    facts = {"iam:PassedToService": service}
    return Need(action="iam:PassRole", resource=role_arn, facts=facts)


def _resource(call: Call) -> str:
    if call.name in _CREATED:
        kind, parameter = _CREATED[call.name]
        return _arn(call, kind, call.text("Path") or "/", call.text(parameter) or ANY)
    for parameter, kind in _NAMED_BY:
        name = call.text(parameter)
        if name is not None:
            return _existing(call, kind, name)
    if call.name in ABOUT_ONESELF:
        return _oneself(call)
    given = call.text(*_ARNS)
    return given if given is not None else _special(call)


def _special(call: Call) -> str:
    """Return the resource of the few operations that name it in a way of their own."""
    serial, key_id = call.text("SerialNumber"), call.text("AccessKeyId")
    if serial is not None:
        return serial if serial.startswith("arn:") else _arn(call, "mfa", "/", serial)
    if key_id is not None:
        return call.book.entity_arn(call.account_id, "access-key", key_id) or ANY
    if call.has("AWSServiceName"):
        return _arn(call, "role", f"/aws-service-role/{call.text('AWSServiceName')}/", ANY)
    if call.has("DeletionTaskId"):
        # task/aws-service-role/SERVICE/ROLE/ID
        role = (call.text("DeletionTaskId") or "").removeprefix("task/").rpartition("/")[0]
        return _arn(call, "role", "/", role or ANY)
    if call.has("Url"):
        return _arn(call, "oidc-provider", "/", (call.text("Url") or "").removeprefix("https://"))
    if call.has("EntityPath"):
        return _arn(call, "access-report", "/", call.text("EntityPath") or ANY)
    if call.has("DelegationRequestId"):
        return _arn(call, "delegation-request", "/", call.text("DelegationRequestId") or ANY)
    if call.name == "CreateDelegationRequest":
        return _arn(call, "delegation-request", "/", ANY)
    return ANY


def _oneself(call: Call) -> str:
    principal = call.caller.principal
    if isinstance(principal, UserPrincipal | RootPrincipal):
        return principal.arn
    raise own_error("ValidationError", 400, "Must specify userName when calling with non-User credentials")


def _existing(call: Call, kind: str, name: str) -> str:
    """Return the ARN of an entity with the path it has; one that does not exist has none."""
    return call.book.entity_arn(call.account_id, kind, name) or _arn(call, kind, "/", name)


def _arn(call: Call, kind: str, path: str, name: str) -> str:
    return call.arn("iam", f"{kind}{path}{name}", region="")
