"""CVM and CAM through Tencent Cloud's own SDK, whose models say which parameters and answers there are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TypeVar

import pytest
from tencentcloud.cam.v20190116 import models as cam
from tencentcloud.cam.v20190116.cam_client import CamClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cvm.v20170312 import models as cvm
from tencentcloud.cvm.v20170312.cvm_client import CvmClient
from tencentcloud.sts.v20180813 import models as sts
from tencentcloud.sts.v20180813.sts_client import StsClient

from mfacli.errors import EmulatorProblem
from tests.emulator.tencent.quarter import MEI, OWNER, SERIAL
from tests.emulator.town import Town
from tests.emulator.town import town as towns

POLICY = (
    '{"version": "2.0", "statement": [{"effect": "allow", "action": "cvm:TerminateInstances", "resource": "*", '
    '"condition": {"bool_equal": {"qcs:mfaPresent": "true"}}}]}'
)
TRUST = (
    '{"version": "2.0", "statement": [{"effect": "allow", "action": "sts:AssumeRole", '
    '"principal": {"qcs": ["qcs::cam::uin/12345678:root"]}}]}'
)
Client = TypeVar("Client", CamClient, CvmClient, StsClient)


@pytest.fixture
def fresh() -> Iterator[Town]:
    with towns() as made:
        yield made


def _client(kind: type[Client], town: Town, who: str | Credential) -> Client:
    if isinstance(who, str):
        found = town.control.environment_of(who)
        who = Credential(found.access_key_id, found.secret_access_key.reveal())
    place = HttpProfile(protocol="http", endpoint=town.url.removeprefix("http://"))
    return kind(who, "ap-guangzhou", ClientProfile(httpProfile=place, language="en-US"))


def _filled(request: object, **values: object) -> object:
    for name, value in values.items():
        assert hasattr(request, name)
        setattr(request, name, value)
    return request


def test_a_user_made_by_calls_terminates_with_a_device_of_the_consoles(fresh: Town) -> None:
    admin = _client(CamClient, fresh, "Lan")
    user = admin.AddUser(_filled(cam.AddUserRequest(), Name="Bo", UseApi=1))
    policy = admin.CreatePolicy(_filled(cam.CreatePolicyRequest(), PolicyName="Bo", PolicyDocument=POLICY))
    admin.AttachUserPolicy(_filled(cam.AttachUserPolicyRequest(), PolicyId=policy.PolicyId, AttachUin=user.Uin))
    doomed = _filled(cvm.TerminateInstancesRequest(), InstanceIds=["ins-mfaweb01"])
    bo = Credential(user.SecretId, user.SecretKey)

    with pytest.raises(TencentCloudSDKException) as denied:
        _client(CvmClient, fresh, bo).TerminateInstances(doomed)
    serial = fresh.control.bind_device("Owner:Bo")
    asked = _filled(sts.GetSessionTokenRequest(), SerialNumber=serial, TokenCode=fresh.control.code("Owner:Bo"))
    keys = _client(StsClient, fresh, bo).GetSessionToken(asked).Credentials
    session = Credential(keys.TmpSecretId, keys.TmpSecretKey, keys.Token)
    _client(CvmClient, fresh, session).TerminateInstances(doomed)

    assert (denied.value.get_code(), serial) == ("UnauthorizedOperation", SERIAL)
    left = _client(CvmClient, fresh, "Lan").DescribeInstances(cvm.DescribeInstancesRequest())
    assert [(one.InstanceId, one.InstanceState) for one in left.InstanceSet] == [
        ("ins-mfaweb01", "TERMINATING"),
        ("ins-mfawrk02", "RUNNING"),
    ]


@pytest.mark.parametrize(
    ("who", "said"),
    [("Mei", "has an MFA device already"), ("Sofia", "binds devices by calls"), ("Nobody", "no user `Nobody`")],
)
def test_only_tencent_clouds_users_without_a_device_are_given_one(town: Town, who: str, said: str) -> None:
    with pytest.raises(EmulatorProblem, match=said):
        town.control.bind_device(who)


def test_a_reset_takes_bound_devices_away(fresh: Town) -> None:
    fresh.control.bind_device("Hao")

    fresh.control.reset()

    assert fresh.control.environment_of("Hao").device is None


def test_instances_are_run_and_described_as_the_sdk_reads_them(fresh: Town) -> None:
    client = _client(CvmClient, fresh, "Lan")
    asked = cvm.RunInstancesRequest()
    asked.Placement = cvm.Placement()
    asked.Placement.Zone, asked.ImageId, asked.InstanceName = "ap-guangzhou-6", "img-487zeit5", "new"

    (made,) = client.RunInstances(asked).InstanceIdSet
    fresh.control.advance(timedelta(seconds=10))
    found = client.DescribeInstances(_filled(cvm.DescribeInstancesRequest(), InstanceIds=[made])).InstanceSet[0]
    zones = client.DescribeZones(cvm.DescribeZonesRequest()).ZoneSet
    regions = client.DescribeRegions(cvm.DescribeRegionsRequest()).RegionSet

    assert (found.InstanceName, found.Placement.Zone, found.InstanceState) == ("new", "ap-guangzhou-6", "RUNNING")
    assert "ap-guangzhou-6" in [zone.Zone for zone in zones]
    assert "ap-guangzhou" in [region.Region for region in regions]


def test_what_cam_tells_is_read_by_the_sdk(fresh: Town) -> None:
    """A name that the models do not have would be a warning of the SDK's, and so an error."""
    client = _client(CamClient, fresh, "Lan")
    page = {"Page": 1, "Rp": 20}
    group_id = client.CreateGroup(_filled(cam.CreateGroupRequest(), GroupName="G")).GroupId
    member = _filled(cam.GroupIdOfUidInfo(), GroupId=group_id, Uin=int(MEI))
    client.AddUserToGroup(_filled(cam.AddUserToGroupRequest(), Info=[member]))
    client.AttachGroupPolicy(_filled(cam.AttachGroupPolicyRequest(), PolicyId=1, AttachGroupId=group_id))
    client.CreateRole(_filled(cam.CreateRoleRequest(), RoleName="R", PolicyDocument=TRUST))
    client.AttachRolePolicy(_filled(cam.AttachRolePolicyRequest(), PolicyId=1, AttachRoleName="R"))
    uin, user = {"TargetUin": int(MEI)}, {"SubUin": int(MEI)}
    of_policy, of_group = {"PolicyId": 1}, {"GroupId": group_id}

    told = [
        client.GetUser(_filled(cam.GetUserRequest(), Name="Mei")).Uin == int(MEI),
        len(client.ListUsers(cam.ListUsersRequest()).Data) == 3,
        len(client.ListAccessKeys(_filled(cam.ListAccessKeysRequest(), **uin)).AccessKeys) == 1,
        client.GetSecurityLastUsed(_filled(cam.GetSecurityLastUsedRequest(), SecretIdList=["AKID"])).RequestId != "",
        client.CreateAccessKey(_filled(cam.CreateAccessKeyRequest(), **uin)).AccessKey.Status == "Active",
        client.GetGroup(_filled(cam.GetGroupRequest(), **of_group)).UserInfo[0].Name == "Mei",
        client.ListGroups(cam.ListGroupsRequest()).TotalNum == 2,
        client.ListUsersForGroup(_filled(cam.ListUsersForGroupRequest(), **of_group)).TotalNum == 1,
        client.ListGroupsForUser(_filled(cam.ListGroupsForUserRequest(), **user)).TotalNum == 2,
        client.GetPolicy(_filled(cam.GetPolicyRequest(), **of_policy)).Type == 2,
        len(client.ListPolicies(_filled(cam.ListPoliciesRequest(), Scope="QCS")).List) > 3,
        client.ListEntitiesForPolicy(_filled(cam.ListEntitiesForPolicyRequest(), **of_policy)).TotalNum == 3,
        client.ListAttachedUserPolicies(_filled(cam.ListAttachedUserPoliciesRequest(), **uin)).TotalNum == 0,
        client.ListAttachedUserAllPolicies(
            _filled(cam.ListAttachedUserAllPoliciesRequest(), **uin, **page, AttachType=0)
        ).TotalNum
        == 5,
        client.ListAttachedGroupPolicies(
            _filled(cam.ListAttachedGroupPoliciesRequest(), TargetGroupId=group_id)
        ).TotalNum
        == 1,
        client.ListAttachedRolePolicies(_filled(cam.ListAttachedRolePoliciesRequest(), RoleName="R", **page)).TotalNum
        == 1,
        client.GetRole(_filled(cam.GetRoleRequest(), RoleName="R")).RoleInfo.SessionDuration == 43_200,
        client.DescribeRoleList(_filled(cam.DescribeRoleListRequest(), **page)).TotalNum == 1,
        client.DescribeSafeAuthFlag(cam.DescribeSafeAuthFlagRequest()).LoginFlag.Stoken == 0,
        client.DescribeSafeAuthFlagColl(_filled(cam.DescribeSafeAuthFlagCollRequest(), **user)).ActionFlag.Phone == 0,
        client.GetUserAppId(cam.GetUserAppIdRequest()).OwnerUin == OWNER,
    ]

    assert told == [True] * 21
