"""EC2: what its operations take."""

from __future__ import annotations

import pytest

from mfacli.emulator.authorisation.actions.ec2 import needs
from tests.emulator.authorisation.small_book import A, SmallBook, call

IN = f"arn:aws:ec2:us-east-1:{A}"
NO_ACCOUNT = "arn:aws:ec2:us-east-1:"


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("DescribeInstances", {"InstanceIds": ["i-1"]}, ["*"]),
        ("DescribeInstanceAttribute", {"InstanceId": "i-1"}, [f"{IN}:instance/i-1"]),
        ("StopInstances", {"InstanceIds": ["i-1", "i-2"]}, [f"{IN}:instance/i-1", f"{IN}:instance/i-2"]),
        ("StartInstances", {"InstanceIds": ["i-1"]}, [f"{IN}:instance/i-1"]),
        ("RebootInstances", {"InstanceIds": ["i-1"]}, [f"{IN}:instance/i-1"]),
        ("TerminateInstances", {"InstanceIds": ["i-1"]}, [f"{IN}:instance/i-1"]),
        ("GetConsoleOutput", {"InstanceId": "i-1"}, [f"{IN}:instance/i-1"]),
        ("AttachVolume", {"InstanceId": "i-1", "VolumeId": "vol-1"}, [f"{IN}:instance/i-1", f"{IN}:volume/vol-1"]),
        ("CreateVolume", {"SnapshotId": "snap-1"}, [f"{NO_ACCOUNT}:snapshot/snap-1", f"{IN}:volume/*"]),
        ("CreateSecurityGroup", {"VpcId": "vpc-1"}, [f"{IN}:vpc/vpc-1", f"{IN}:security-group/*"]),
        ("AuthorizeSecurityGroupIngress", {"GroupId": "sg-1"}, [f"{IN}:security-group/sg-1"]),
        ("AuthorizeSecurityGroupIngress", {"GroupName": "web"}, [f"{IN}:security-group/*"]),
        ("CreateKeyPair", {"KeyName": "k"}, [f"{IN}:key-pair/k"]),
        ("DeletePlacementGroup", {"GroupName": "p"}, [f"{IN}:placement-group/p"]),
        ("DeregisterImage", {"ImageId": "ami-1"}, [f"{NO_ACCOUNT}:image/ami-1"]),
        ("CreateTags", {"Resources": ["i-1", "vol-2"]}, [f"{IN}:instance/i-1", f"{IN}:volume/vol-2"]),
        ("CreateTags", {"Resources": ["i-1", "new-2"]}, [f"{IN}:instance/i-1", f"{IN}:*/new-2"]),
        ("CreateTags", {"Resources": ["tgw-attach-1"]}, [f"{IN}:transit-gateway-attachment/tgw-attach-1"]),
        ("CreateRoute", {"RouteTableId": "rtb-1", "GatewayId": "igw-1"}, [f"{IN}:route-table/rtb-1"]),
        ("GetSubnetCidrReservations", {"SubnetId": "subnet-1"}, ["*"]),
        ("EnableSerialConsoleAccess", {}, ["*"]),
        (
            "ModifyInstanceCreditSpecification",
            {"InstanceCreditSpecifications": [{"InstanceId": "i-1", "CpuCredits": "unlimited"}]},
            [f"{IN}:instance/i-1"],
        ),
        (
            "CreateSnapshots",
            {"InstanceSpecification": {"InstanceId": "i-1"}},
            [f"{IN}:instance/i-1", f"{NO_ACCOUNT}:snapshot/*", f"{IN}:volume/*"],
        ),
        (
            "RunInstances",
            {"ImageId": "ami-1", "SubnetId": "subnet-1", "SecurityGroupIds": ["sg-1"], "KeyName": "k"},
            [
                f"{NO_ACCOUNT}:image/ami-1",
                f"{IN}:subnet/subnet-1",
                f"{IN}:security-group/sg-1",
                f"{IN}:key-pair/k",
                f"{IN}:instance/*",
                f"{IN}:network-interface/*",
                f"{IN}:volume/*",
            ],
        ),
        (
            "RunInstances",
            {
                "LaunchTemplate": {"LaunchTemplateName": "web"},
                "NetworkInterfaces": [{"SubnetId": "subnet-1", "Groups": ["sg-1"]}, {"NetworkInterfaceId": "eni-1"}],
                "BlockDeviceMappings": [{"Ebs": {"SnapshotId": "snap-1"}}],
                "Placement": {"GroupName": "p"},
            },
            [
                f"{IN}:subnet/subnet-1",
                f"{IN}:security-group/sg-1",
                f"{IN}:network-interface/eni-1",
                f"{NO_ACCOUNT}:snapshot/snap-1",
                f"{IN}:launch-template/*",
                f"{IN}:placement-group/p",
                f"{NO_ACCOUNT}:image/*",
                f"{IN}:instance/*",
                f"{IN}:volume/*",
            ],
        ),
    ],
)
def test_operation_is_asked_for_on_each_resource(
    name: str, parameters: dict[str, object], expected: list[str]
) -> None:
    found = needs(call("ec2", name, parameters))

    assert [need.resource for need in found] == expected
    assert {need.action for need in found} == {f"ec2:{name}"}


def test_tagging_what_is_made_takes_create_tags_and_tells_the_call() -> None:
    specification = {"ResourceType": "volume", "Tags": [{"Key": "a", "Value": "b"}]}

    found = needs(call("ec2", "CreateVolume", {"TagSpecifications": [specification, {"ResourceType": "volume"}]}))

    assert [(need.action, need.resource, dict(need.facts)) for need in found] == [
        ("ec2:CreateVolume", f"{IN}:volume/*", {}),
        ("ec2:CreateTags", f"{IN}:volume/*", {"ec2:CreateAction": "CreateVolume"}),
    ]


@pytest.mark.parametrize(
    ("profile", "role"),
    [
        ({"Name": "Web"}, f"arn:aws:iam::{A}:role/Runner"),
        ({"Arn": f"arn:aws:iam::{A}:instance-profile/x/Web"}, f"arn:aws:iam::{A}:role/Runner"),
        ({"Name": "Nothing"}, "*"),
    ],
)
def test_launching_with_a_profile_takes_passing_its_role(profile: dict[str, str], role: str) -> None:
    book = SmallBook(profiles={(A, "Web"): f"arn:aws:iam::{A}:role/Runner"})

    found = needs(call("ec2", "RunInstances", {"IamInstanceProfile": profile}, book=book))

    assert (found[-1].action, found[-1].resource) == ("iam:PassRole", role)
