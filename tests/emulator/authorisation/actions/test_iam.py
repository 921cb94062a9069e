"""IAM: what its operations take."""

from __future__ import annotations

import pytest

from mfacli.emulator.authorisation.actions.iam import needs
from mfacli.emulator.refusals import Refusal
from tests.emulator.authorisation.small_book import A, SmallBook, call, long_term, role, role_session, root

ME = f"arn:aws:iam::{A}:user/Ann"
BOB = f"arn:aws:iam::{A}:user/staff/Bob"
NOBODY = f"arn:aws:iam::{A}:user/Nobody"
GROUP = f"arn:aws:iam::{A}:group/Readers"
ROLE = f"arn:aws:iam::{A}:role/app/Runner"
PROFILE = f"arn:aws:iam::{A}:instance-profile/Web"
MANAGED = "arn:aws:iam::aws:policy/ReadOnlyAccess"
DEVICE = f"arn:aws:iam::{A}:mfa/phones/Ann"
SERVICE_ROLE = f"arn:aws:iam::{A}:role/aws-service-role/x.amazonaws.com"
WORLD = SmallBook(
    entities={
        (A, "user", "Bob"): BOB,
        (A, "role", "Runner"): ROLE,
        (A, "access-key", "AKIABOBBOBBOBBOB0000"): BOB,
    }
)


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("GetUser", {}, [("iam:GetUser", ME)]),
        ("GetUser", {"UserName": "Bob"}, [("iam:GetUser", BOB)]),
        ("GetUser", {"UserName": "Nobody"}, [("iam:GetUser", NOBODY)]),
        ("ListUsers", {}, [("iam:ListUsers", "*")]),
        ("ListMFADevices", {}, [("iam:ListMFADevices", ME)]),
        ("ListMFADevices", {"UserName": "Bob"}, [("iam:ListMFADevices", BOB)]),
        ("ListVirtualMFADevices", {}, [("iam:ListVirtualMFADevices", "*")]),
        (
            "CreateVirtualMFADevice",
            {"VirtualMFADeviceName": "Ann", "Path": "/phones/"},
            [("iam:CreateVirtualMFADevice", DEVICE)],
        ),
        (
            "CreateVirtualMFADevice",
            {"VirtualMFADeviceName": "Ann", "Path": "/phones/", "Tags": [{"Key": "a", "Value": "b"}]},
            [("iam:CreateVirtualMFADevice", DEVICE), ("iam:TagMFADevice", DEVICE)],
        ),
        ("DeleteVirtualMFADevice", {"SerialNumber": DEVICE}, [("iam:DeleteVirtualMFADevice", DEVICE)]),
        ("TagMFADevice", {"SerialNumber": "Ann"}, [("iam:TagMFADevice", f"arn:aws:iam::{A}:mfa/Ann")]),
        ("EnableMFADevice", {"UserName": "Bob", "SerialNumber": DEVICE}, [("iam:EnableMFADevice", BOB)]),
        ("ResyncMFADevice", {"UserName": "Bob", "SerialNumber": DEVICE}, [("iam:ResyncMFADevice", BOB)]),
        ("DeactivateMFADevice", {"SerialNumber": DEVICE}, [("iam:DeactivateMFADevice", ME)]),
        ("GetMFADevice", {"SerialNumber": DEVICE}, [("iam:GetMFADevice", ME)]),
        ("CreateAccessKey", {}, [("iam:CreateAccessKey", ME)]),
        ("GetAccessKeyLastUsed", {"AccessKeyId": "AKIABOBBOBBOBBOB0000"}, [("iam:GetAccessKeyLastUsed", BOB)]),
        ("GetAccessKeyLastUsed", {"AccessKeyId": "AKIANOBODY0000000000"}, [("iam:GetAccessKeyLastUsed", "*")]),
        ("AddUserToGroup", {"GroupName": "Readers", "UserName": "Bob"}, [("iam:AddUserToGroup", GROUP)]),
        ("AttachUserPolicy", {"UserName": "Bob", "PolicyArn": MANAGED}, [("iam:AttachUserPolicy", BOB)]),
        ("GetPolicy", {"PolicyArn": MANAGED}, [("iam:GetPolicy", MANAGED)]),
        ("CreatePolicy", {"PolicyName": "P"}, [("iam:CreatePolicy", f"arn:aws:iam::{A}:policy/P")]),
        (
            "CreateUser",
            {"UserName": "New", "Path": "/staff/", "Tags": [{"Key": "a", "Value": "b"}]},
            [
                ("iam:CreateUser", f"arn:aws:iam::{A}:user/staff/New"),
                ("iam:TagUser", f"arn:aws:iam::{A}:user/staff/New"),
            ],
        ),
        (
            "UpdateUser",
            {"UserName": "Bob", "NewUserName": "Rob", "NewPath": "/x/"},
            [("iam:UpdateUser", BOB), ("iam:UpdateUser", f"arn:aws:iam::{A}:user/x/Rob")],
        ),
        ("UpdateUser", {"UserName": "Bob"}, [("iam:UpdateUser", BOB)]),
        (
            "AddRoleToInstanceProfile",
            {"InstanceProfileName": "Web", "RoleName": "Runner"},
            [("iam:AddRoleToInstanceProfile", PROFILE), ("iam:PassRole", ROLE)],
        ),
        (
            "CreateServiceLinkedRole",
            {"AWSServiceName": "x.amazonaws.com"},
            [("iam:CreateServiceLinkedRole", f"{SERVICE_ROLE}/*")],
        ),
        (
            "GetServiceLinkedRoleDeletionStatus",
            {"DeletionTaskId": "task/aws-service-role/x.amazonaws.com/ForX/0-1-2"},
            [("iam:GetServiceLinkedRoleDeletionStatus", f"{SERVICE_ROLE}/ForX")],
        ),
        (
            "CreateOpenIDConnectProvider",
            {"Url": "https://idp.example/x", "Tags": [{"Key": "a", "Value": "b"}]},
            [
                ("iam:CreateOpenIDConnectProvider", f"arn:aws:iam::{A}:oidc-provider/idp.example/x"),
                ("iam:TagOpenIDConnectProvider", f"arn:aws:iam::{A}:oidc-provider/idp.example/x"),
            ],
        ),
        ("SimulatePrincipalPolicy", {"PolicySourceArn": BOB}, [("iam:SimulatePrincipalPolicy", BOB)]),
    ],
)
def test_operation_takes_actions_on_entities(
    name: str, parameters: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    found = needs(call("iam", name, parameters, book=WORLD))

    assert [(need.action, need.resource) for need in found] == expected


def test_root_is_itself_where_no_user_is_named() -> None:
    found = needs(call("iam", "ListAccessKeys", caller=long_term(root(A))))

    assert found[0].resource == f"arn:aws:iam::{A}:root"


def test_a_role_that_names_no_user_is_told_so() -> None:
    with pytest.raises(Refusal, match="Must specify userName when calling with non-User credentials") as caught:
        needs(call("iam", "GetUser", caller=role_session(role(A, "Runner"))))

    assert (caught.value.code, caught.value.status) == ("ValidationError", 400)


def test_a_passed_role_is_passed_to_a_service() -> None:
    found = needs(
        call("iam", "AddRoleToInstanceProfile", {"InstanceProfileName": "Web", "RoleName": "Runner"}, book=WORLD)
    )

    assert dict(found[1].facts) == {"iam:PassedToService": "ec2.amazonaws.com"}
