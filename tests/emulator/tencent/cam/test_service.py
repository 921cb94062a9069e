"""CAM as callers see it: a world is built by calls, and what comes of it is decided as it says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta, timezone

import pytest

from mfacli.domain.secret import Secret
from mfacli.emulator.tencent.cam.found import unused
from mfacli.emulator.tencent.town.entities import Holder, HolderKind
from tests.emulator.tencent.quarter import HAO, MEI, OWNER, PARTNER, Keys, Quarter, quarter

LAN = "100000000103"
DESCRIBE = '{"version": "2.0", "statement": [{"effect": "allow", "action": "cvm:Describe*", "resource": "*"}]}'
TEST_ROLE_ID = "4611686018427397001"
TRUST = (
    '{"version": "2.0", "statement": [{"effect": "allow", "action": "name/sts:AssumeRole", '
    '"principal": {"qcs": ["qcs::cam::uin/12345678:root"]}}]}'
)
ADMINISTRATOR = 1


@pytest.fixture
def q() -> Quarter:
    return quarter(is_whole=True)


def _cam(q: Quarter, action: str, who: object = LAN, **parameters: object) -> dict[str, object]:
    assert isinstance(who, str | Keys)
    return q.ask(who, action, "cam", **parameters)


def _code(answer: Mapping[str, object]) -> str:
    error = answer.get("Error")
    return str(error["Code"]) if isinstance(error, dict) else "OK"


def _number(answer: Mapping[str, object], name: str) -> int:
    value = answer[name]
    assert isinstance(value, int)
    return value


def _rows(answer: Mapping[str, object], name: str) -> list[dict[str, object]]:
    found = answer[name]
    assert isinstance(found, list)
    return found


def _table(answer: Mapping[str, object], name: str) -> dict[str, object]:
    found = answer[name]
    assert isinstance(found, dict)
    return found


def _keys(answer: Mapping[str, object], *names: str) -> Keys:
    secret_id, secret_key = (str(answer[name]) for name in names)
    return Keys(secret_id=secret_id, secret_key=Secret(secret_key))


def _added(q: Quarter, name: str = "Bo") -> tuple[int, Keys]:
    """Return a new user's uin and keys."""
    answer = _cam(q, "AddUser", Name=name, UseApi=1)
    return _number(answer, "Uin"), _keys(answer, "SecretId", "SecretKey")


def _created(q: Quarter, name: str = "Look", text: str = DESCRIBE) -> int:
    return _number(_cam(q, "CreatePolicy", PolicyName=name, PolicyDocument=text), "PolicyId")


def _may_describe(q: Quarter, keys: Keys) -> bool:
    return _code(q.ask(keys, "DescribeInstances", "cvm")) == "OK"


def test_a_new_user_may_what_is_attached_to_it(q: Quarter) -> None:
    uin, keys = _added(q)
    policy_id = _created(q)
    before = _may_describe(q, keys)

    _cam(q, "AttachUserPolicy", PolicyId=policy_id, AttachUin=uin)
    attached = _may_describe(q, keys)
    _cam(q, "DetachUserPolicy", PolicyId=policy_id, DetachUin=uin)

    assert (before, attached, _may_describe(q, keys)) == (False, True, False)


def test_a_group_gives_its_members_what_it_has(q: Quarter) -> None:
    uin, keys = _added(q)
    group_id = _number(_cam(q, "CreateGroup", GroupName="Lookers"), "GroupId")
    policy_id = _created(q)
    _cam(q, "AttachGroupPolicy", PolicyId=policy_id, AttachGroupId=group_id)
    before = _may_describe(q, keys)

    _cam(q, "AddUserToGroup", Info=[{"GroupId": group_id, "Uin": uin}])
    inside = _may_describe(q, keys)
    _cam(q, "RemoveUserFromGroup", Info=[{"GroupId": group_id, "Uid": uin}])

    assert (before, inside, _may_describe(q, keys)) == (False, True, False)


def test_a_changed_policy_counts_at_once(q: Quarter) -> None:
    uin, keys = _added(q)
    policy_id = _created(q)
    _cam(q, "AttachUserPolicy", PolicyId=policy_id, AttachUin=uin)

    answer = _cam(q, "UpdatePolicy", PolicyId=policy_id, PolicyDocument=DESCRIBE.replace("allow", "deny"))

    assert (answer["PolicyId"], _may_describe(q, keys)) == (policy_id, False)


def test_a_new_role_is_taken_and_may_what_is_attached_to_it(q: Quarter) -> None:
    role_id = str(_cam(q, "CreateRole", RoleName="Looker", PolicyDocument=TRUST, SessionDuration=900)["RoleId"])
    policy_id = _created(q)
    asked = {"RoleArn": f"qcs::cam::uin/{OWNER}:roleName/Looker", "RoleSessionName": "lan"}
    keys = q.opened(LAN, "AssumeRole", **asked)

    _cam(q, "AttachRolePolicy", PolicyName="Look", AttachRoleName="Looker")
    attached = _may_describe(q, keys)
    _cam(q, "DetachRolePolicy", PolicyId=policy_id, DetachRoleId=role_id)
    detached = _may_describe(q, keys)
    _cam(q, "UpdateAssumeRolePolicy", RoleId=role_id, PolicyDocument=TRUST.replace(OWNER, PARTNER))

    assert (attached, detached) == (True, False)
    assert q.refused(LAN, "AssumeRole", **asked).endswith("UnauthorizedOperation")
    assert q.refused(LAN, "AssumeRole", **asked, DurationSeconds=901) == "InvalidParameter.OverTimeError"


def test_a_role_that_has_gone_ends_its_sessions(q: Quarter) -> None:
    _cam(q, "CreateRole", RoleName="Looker", PolicyDocument=TRUST)
    keys = q.opened(LAN, "AssumeRole", RoleArn=f"qcs::cam::uin/{OWNER}:roleName/Looker", RoleSessionName="lan")

    _cam(q, "DeleteRole", RoleName="Looker")

    assert q.refused(keys, "GetCallerIdentity") == "AuthFailure.SecretIdNotFound"
    assert _code(_cam(q, "GetRole", RoleName="Looker")) == "InvalidParameter.RoleNotExist"


def test_a_user_is_told_and_changed(q: Quarter) -> None:
    uin, _ = _added(q)

    _cam(q, "UpdateUser", Name="Bo", Remark="r", ConsoleLogin=1, PhoneNum="1", CountryCode="86", Email="e")
    told = _cam(q, "GetUser", Name="Bo")
    listed = _rows(_cam(q, "ListUsers"), "Data")[-1]

    assert (told["Uin"], told["Remark"], told["ConsoleLogin"], told["CountryCode"]) == (uin, "r", 1, "86")
    assert (listed["Name"], listed["PhoneNum"], listed["Email"]) == ("Bo", "1", "e")


def test_a_user_without_keys_gets_none_and_a_password_only_for_the_console(q: Quarter) -> None:
    silent = _cam(q, "AddUser", Name="Bo")
    made = _cam(q, "AddUser", Name="Cy", ConsoleLogin=1)
    given = _cam(q, "AddUser", Name="Di", ConsoleLogin=1, Password="Own-Passw0rd")

    assert (silent["Password"], silent["SecretId"], silent["SecretKey"]) == ("", "", "")
    assert len(str(made["Password"])) == 32
    assert given["Password"] == "Own-Passw0rd"


def test_a_user_with_keys_is_deleted_by_force_only(q: Quarter) -> None:
    _, keys = _added(q)

    refused = _cam(q, "DeleteUser", Name="Bo")
    done = _cam(q, "DeleteUser", Name="Bo", Force=1)

    assert (_code(refused), _code(done)) == ("OperationDenied.HaveKeys", "OK")
    assert q.refused(keys, "GetCallerIdentity") == "AuthFailure.SecretIdNotFound"
    assert _code(_cam(q, "GetUser", Name="Bo")) == "ResourceNotFound.UserNotExist"


def test_to_delete_a_users_keys_with_it_takes_another_permission(q: Quarter) -> None:
    uin, _ = _added(q)
    text = (
        '{"version": "2.0", "statement": [{"effect": "allow", "action": "cam:DeleteUser", '
        f'"resource": "qcs::cam::uin/{OWNER}:uin/{uin}"}}]}}'
    )
    _cam(q, "AttachUserPolicy", PolicyId=_created(q, "Deleter", text), AttachUin=int(HAO))

    answer = _cam(q, "DeleteUser", HAO, Name="Bo", Force=1)

    assert "cam:DeleteApiKey" in str(answer["Error"])
    assert _code(_cam(q, "DeleteUser", HAO, Name="Mei")) == "AuthFailure.UnauthorizedOperation"


def test_a_user_that_is_refused_is_not_there(q: Quarter) -> None:
    refused = _cam(q, "AddUser", Name="Bo", UseApi=2)

    assert _code(refused) == "InvalidParameterValue"
    assert _code(_cam(q, "GetUser", Name="Bo")) == "ResourceNotFound.UserNotExist"


def test_keys_are_made_used_switched_off_and_deleted(q: Quarter) -> None:
    made = _table(_cam(q, "CreateAccessKey", TargetUin=int(HAO), Description="d"), "AccessKey")
    keys = _keys(made, "AccessKeyId", "SecretAccessKey")
    works = _code(q.ask(keys, "GetCallerIdentity"))

    _cam(q, "UpdateAccessKey", AccessKeyId=keys.secret_id, Status="Inactive", TargetUin=int(HAO))
    listed = _rows(_cam(q, "ListAccessKeys", TargetUin=int(HAO)), "AccessKeys")
    inactive = _code(q.ask(keys, "GetCallerIdentity"))
    _cam(q, "DeleteAccessKey", AccessKeyId=keys.secret_id, TargetUin=int(HAO))

    assert (works, inactive) == ("OK", "AuthFailure.SecretIdNotFound")
    assert [one["Status"] for one in listed] == ["Active", "Inactive"]
    assert listed[1] == {name: made[name] for name in ("AccessKeyId", "CreateTime")} | {"Status": "Inactive"}
    assert len(_rows(_cam(q, "ListAccessKeys", TargetUin=int(HAO)), "AccessKeys")) == 1


def test_it_is_told_when_a_key_was_last_used_to_sign_anything(q: Quarter) -> None:
    made = _table(_cam(q, "CreateAccessKey", TargetUin=int(HAO)), "AccessKey")
    keys = _keys(made, "AccessKeyId", "SecretAccessKey")
    (before,) = _rows(_cam(q, "GetSecurityLastUsed", SecretIdList=[keys.secret_id]), "SecretIdLastUsedRows")
    q.ask(keys, "GetUser", "cam", Name="Hao")

    rows = _rows(_cam(q, "GetSecurityLastUsed", SecretIdList=[keys.secret_id, "AKIDodd"]), "SecretIdLastUsedRows")

    unused = {"LastUsedDate": None, "LastSecretUsedDate": None}
    now = q.clock.wire_now()
    assert before == {"SecretId": keys.secret_id, **unused}
    assert rows[1] == {"SecretId": "AKIDodd", **unused}
    assert rows[0]["LastUsedDate"] == now.astimezone(timezone(timedelta(hours=8))).strftime("%Y-%m-%d")
    assert 0 <= now.timestamp() * 1_000 - _number(rows[0], "LastSecretUsedDate") < 60_000


def test_of_another_accounts_key_nothing_is_told(q: Quarter) -> None:
    q.ask(MEI, "GetCallerIdentity")
    q.town.users.add_key(PARTNER, PARTNER, at=q.clock.wire_now())

    answer = _cam(q, "GetSecurityLastUsed", PARTNER, SecretIdList=[q.keys(MEI).secret_id])

    assert [row["LastSecretUsedDate"] for row in _rows(answer, "SecretIdLastUsedRows")] == [None]


@pytest.mark.parametrize("ids", [[], ["AKID"] * 11])
def test_the_use_of_one_to_ten_keys_is_told_at_a_time(q: Quarter, ids: list[str]) -> None:
    assert _code(_cam(q, "GetSecurityLastUsed", SecretIdList=ids)) == "InvalidParameterValue"


def test_everybody_has_two_keys_at_most_and_the_account_its_own(q: Quarter) -> None:
    own = _cam(q, "CreateAccessKey")
    third = _cam(q, "CreateAccessKey", TargetUin=int(LAN))
    of_root = _cam(q, "CreateAccessKey", OWNER)

    assert (_code(own), _code(third), _code(of_root)) == ("OK", "OperationDenied.AccessKeyOverLimit", "OK")
    assert len(_rows(_cam(q, "ListAccessKeys", OWNER), "AccessKeys")) == 2
    assert _code(_cam(q, "ListAccessKeys", TargetUin=int(OWNER))) == "OperationDenied.SubUin"


@pytest.mark.parametrize(
    ("target", "key_of", "code"),
    [
        (HAO, MEI, "OperationDenied.UinNotMatch"),
        (MEI, "", "ResourceNotFound.SecretNotExist"),
        ("100000000999", MEI, "ResourceNotFound.UserNotExist"),
    ],
)
def test_keys_are_their_owners(q: Quarter, target: str, key_of: str, code: str) -> None:
    key_id = q.keys(key_of).secret_id if key_of else "AKIDnobody"

    answer = _cam(q, "DeleteAccessKey", AccessKeyId=key_id, TargetUin=int(target))

    assert _code(answer) == code


def test_groups_are_told_renamed_and_deleted(q: Quarter) -> None:
    group_id = _number(_cam(q, "CreateGroup", GroupName="Lookers", Remark="r"), "GroupId")
    _cam(q, "AddUserToGroup", Info=[{"GroupId": group_id, "Uin": int(uin)} for uin in (MEI, HAO)])
    _cam(q, "UpdateGroup", GroupId=group_id, GroupName="Watchers")

    told = _cam(q, "GetGroup", GroupId=group_id)
    listed = _rows(_cam(q, "ListGroups", Keyword="Watch"), "GroupInfo")
    people = _cam(q, "ListUsersForGroup", GroupId=group_id, Page=2, Rp=1)
    of_mei = _rows(_cam(q, "ListGroupsForUser", SubUin=int(MEI)), "GroupInfo")
    _cam(q, "DeleteGroup", GroupId=group_id)

    assert (told["GroupName"], told["Remark"], told["GroupNum"]) == ("Watchers", "r", 2)
    assert [one["GroupId"] for one in listed] == [group_id]
    assert (people["TotalNum"], [one["Name"] for one in _rows(people, "UserInfo")]) == (2, ["Hao"])
    assert [one["GroupName"] for one in of_mei] == ["Operators", "Watchers"]
    assert _code(_cam(q, "GetGroup", GroupId=group_id)) == "ResourceNotFound.GroupNotExist"


def test_policies_are_listed_by_scope_and_by_name(q: Quarter) -> None:
    policy_id = _created(q)

    own = _cam(q, "ListPolicies", Scope="Local", Rp=200)
    preset = _cam(q, "ListPolicies", Scope="QCS", Keyword="Administrator")
    told = _cam(q, "GetPolicy", PolicyId=policy_id)

    assert [one["PolicyId"] for one in _rows(own, "List")][-1] == policy_id
    assert [(one["PolicyId"], one["Type"]) for one in _rows(preset, "List")] == [(ADMINISTRATOR, 2)]
    assert (told["PolicyDocument"], told["Type"], told["AddTime"]) == (DESCRIBE, 1, told["UpdateTime"])


def test_who_has_a_policy_is_told(q: Quarter) -> None:
    policy_id, group_id = _created(q), _number(_cam(q, "CreateGroup", GroupName="G"), "GroupId")
    role_id = str(_cam(q, "CreateRole", RoleName="R", PolicyDocument=TRUST)["RoleId"])
    _cam(q, "AttachUserPolicy", PolicyId=policy_id, AttachUin=int(MEI))
    _cam(q, "AttachGroupPolicy", PolicyId=policy_id, AttachGroupId=group_id)
    _cam(q, "AttachRolePolicy", PolicyId=policy_id, AttachRoleId=role_id)

    everybody = _rows(_cam(q, "ListEntitiesForPolicy", PolicyId=policy_id), "List")
    groups = _rows(_cam(q, "ListEntitiesForPolicy", PolicyId=policy_id, EntityFilter="Group"), "List")
    listed = _rows(_cam(q, "ListPolicies", Keyword="Look"), "List")[0]

    assert [(one["RelatedType"], one["Id"], one["Name"]) for one in everybody] == [
        (1, MEI, "Mei"),
        (2, str(group_id), "G"),
        (3, role_id, "R"),
    ]
    assert [one["Name"] for one in groups] == ["G"]
    assert (listed["Attachments"], listed["AttachEntityCount"]) == (1, 3)


def test_a_preset_policys_holders_are_those_of_the_account(q: Quarter) -> None:
    of_owner = _rows(_cam(q, "ListEntitiesForPolicy", PolicyId=ADMINISTRATOR), "List")
    policy_id = _created(q)

    assert [one["Name"] for one in of_owner] == ["Lan"]
    assert _rows(_cam(q, "ListEntitiesForPolicy", PolicyId=policy_id), "List") == []


def test_what_is_attached_is_told(q: Quarter) -> None:
    policy_id = _created(q)
    for uin in (MEI, LAN):
        _cam(q, "AttachUserPolicy", PolicyId=policy_id, AttachUin=int(uin))
    _cam(q, "CreateRole", RoleName="R", PolicyDocument=TRUST)
    _cam(q, "AttachRolePolicy", PolicyId=ADMINISTRATOR, AttachRoleName="R")

    of_lan = _rows(_cam(q, "ListAttachedUserPolicies", TargetUin=int(LAN), Page=1, Rp=10), "List")
    own = _cam(q, "ListAttachedUserAllPolicies", TargetUin=int(MEI), AttachType=1)
    inherited = _cam(q, "ListAttachedUserAllPolicies", TargetUin=int(MEI), AttachType=2, Keyword="WithMfa")
    preset = _rows(_cam(q, "ListAttachedRolePolicies", RoleName="R", PolicyType="QCS"), "List")
    of_role = _rows(_cam(q, "ListAttachedRolePolicies", RoleName="R", PolicyType="User"), "List")

    assert [(one["PolicyName"], one["PolicyType"]) for one in of_lan] == [
        ("AdministratorAccess", "QCS"),
        ("Look", "User"),
    ]
    assert [one["PolicyName"] for one in _rows(own, "PolicyList")] == ["Look"]
    assert [(one["PolicyName"], len(_rows(one, "Groups"))) for one in _rows(inherited, "PolicyList")] == [
        ("TerminateWithMfa", 1),
        ("DeleteBucketWithMfa", 1),
    ]
    assert ([one["PolicyId"] for one in preset], of_role) == ([ADMINISTRATOR], [])


def test_a_groups_policies_are_told(q: Quarter) -> None:
    group_id = _number(_rows(_cam(q, "ListGroups"), "GroupInfo")[0], "GroupId")

    found = _cam(q, "ListAttachedGroupPolicies", TargetGroupId=group_id, Page=2, Rp=2)

    assert found["TotalNum"] == 4
    assert [one["PolicyName"] for one in _rows(found, "List")] == ["DeleteBucketWithMfa", "AssumeTestRole"]


def test_a_deleted_policy_is_detached_everywhere(q: Quarter) -> None:
    uin, keys = _added(q)
    policy_id = _created(q)
    _cam(q, "AttachUserPolicy", PolicyId=policy_id, AttachUin=uin)

    _cam(q, "DeletePolicy", PolicyId=[policy_id])

    assert not _may_describe(q, keys)
    assert _rows(_cam(q, "ListAttachedUserPolicies", TargetUin=uin), "List") == []


def test_a_boundary_is_not_deleted_and_what_would_go_with_it_stays(q: Quarter) -> None:
    other, boundary = (
        _created(q),
        _number(_cam(q, "CreatePolicy", PolicyName="B", PolicyDocument=DESCRIBE), "PolicyId"),
    )
    q.town.policies.bound(Holder(HolderKind.USER, LAN), boundary)

    answer = _cam(q, "DeletePolicy", OWNER, PolicyId=[other, boundary])

    assert _code(answer) == "FailedOperation"
    assert [_code(_cam(q, "GetPolicy", OWNER, PolicyId=one)) for one in (other, boundary)] == ["OK", "OK"]


@pytest.mark.parametrize(
    ("action", "parameters", "code"),
    [
        ("CreatePolicy", {"PolicyName": "A", "PolicyDocument": "{}"}, "InvalidParameter.PolicyDocumentError"),
        (
            "CreatePolicy",
            {"PolicyName": "A", "PolicyDocument": DESCRIBE + " " * 6144},
            "InvalidParameter.PolicyDocumentLengthOverLimit",
        ),
        ("CreatePolicy", {"PolicyName": "A", "PolicyDocument": TRUST}, "InvalidParameter.PolicyDocumentError"),
        ("CreatePolicy", {"PolicyName": "a/b", "PolicyDocument": DESCRIBE}, "InvalidParameter.PolicyNameError"),
        (
            "CreatePolicy",
            {"PolicyName": "TerminateWithMfa", "PolicyDocument": DESCRIBE},
            "FailedOperation.PolicyNameInUse",
        ),
        (
            "CreatePolicy",
            {"PolicyName": "A", "PolicyDocument": DESCRIBE, "Description": "腾" * 101},
            "InvalidParameter.DescriptionLengthOverlimit",
        ),
        ("UpdatePolicy", {"PolicyId": ADMINISTRATOR, "Description": "d"}, "FailedOperation.Unmodifiable"),
        ("UpdatePolicy", {"PolicyName": "Nothing", "Description": "d"}, "InvalidParameter.PolicyIdNotExist"),
        ("UpdatePolicy", {"Description": "d"}, "MissingParameter"),
        ("DeletePolicy", {"PolicyId": [ADMINISTRATOR]}, "FailedOperation.Unmodifiable"),
        ("DeletePolicy", {"PolicyId": [999]}, "InvalidParameter.PolicyIdNotExist"),
        ("DeletePolicy", {"PolicyId": []}, "MissingParameter"),
        ("GetPolicy", {"PolicyId": 999}, "InvalidParameter.PolicyIdNotExist"),
        ("ListPolicies", {"Scope": "Mine"}, "InvalidParameter.ScopeError"),
        ("ListPolicies", {"Rp": 201}, "InvalidParameterValue"),
        ("ListEntitiesForPolicy", {"PolicyId": 1, "EntityFilter": "x"}, "InvalidParameter.EntityFilterError"),
        ("AttachUserPolicy", {"PolicyId": 1, "AttachUin": 1}, "ResourceNotFound.UserNotExist"),
        ("AttachUserPolicy", {"PolicyId": 999, "AttachUin": int(MEI)}, "InvalidParameter.PolicyIdNotExist"),
        ("AttachUserPolicy", {"PolicyId": 1, "AttachUin": "Mei"}, "InvalidParameter"),
        ("AttachGroupPolicy", {"PolicyId": 1, "AttachGroupId": 1}, "ResourceNotFound.GroupNotExist"),
        ("AttachRolePolicy", {"PolicyId": 1, "AttachRoleName": "TestRole"}, "InvalidParameter.RoleNotExist"),
        ("AttachRolePolicy", {"AttachRoleName": "TestRole"}, "MissingParameter"),
        ("AttachRolePolicy", {"PolicyId": 1}, "MissingParameter"),
        ("AddUser", {"Name": "a b"}, "InvalidParameter.UserNameIllegal"),
        ("AddUser", {"Name": "Mei"}, "InvalidParameter.SubUserNameInUse"),
        ("AddUser", {"Name": "Bo", "UseApi": 2}, "InvalidParameterValue"),
        ("UpdateUser", {"Name": "Bo"}, "ResourceNotFound.UserNotExist"),
        ("CreateGroup", {"GroupName": "Operators"}, "InvalidParameter.GroupNameInUse"),
        ("CreateGroup", {"GroupName": "a/b"}, "InvalidParameterValue"),
        ("AddUserToGroup", {"Info": []}, "MissingParameter"),
        ("AddUserToGroup", {"Info": [{"GroupId": 1, "Uin": int(MEI)}]}, "ResourceNotFound.GroupNotExist"),
        ("ListGroupsForUser", {}, "InvalidParameter.UserUinAndUinNotAllNull"),
        ("CreateRole", {"RoleName": "R", "PolicyDocument": DESCRIBE}, "InvalidParameter.PolicyDocumentError"),
        ("CreateRole", {"RoleName": "腾讯", "PolicyDocument": TRUST}, "InvalidParameter.RoleNameError"),
        ("CreateRole", {"RoleName": "R", "PolicyDocument": TRUST, "SessionDuration": 43201}, "InvalidParameterValue"),
        ("UpdateAccessKey", {"AccessKeyId": "AKID", "Status": "On"}, "InvalidParameterValue"),
        ("SetMfaFlag", {"OpUin": int(MEI), "LoginFlag": {"Stoken": 2}}, "InvalidParameterValue"),
        ("SetMfaFlag", {"OpUin": int(OWNER)}, "ResourceNotFound.UserNotExist"),
        ("BindMfaDevice", {}, "InvalidAction"),
    ],
)
def test_what_cannot_be_is_refused(q: Quarter, action: str, parameters: dict[str, object], code: str) -> None:
    assert _code(_cam(q, action, **parameters)) == code


def test_a_group_that_a_call_names_wrongly_leaves_the_others_as_they_were(q: Quarter) -> None:
    group_id = _number(_cam(q, "CreateGroup", GroupName="G"), "GroupId")

    _cam(q, "AddUserToGroup", Info=[{"GroupId": group_id, "Uin": int(MEI)}, {"GroupId": 1, "Uin": int(MEI)}])

    assert _cam(q, "GetGroup", GroupId=group_id)["GroupNum"] == 0


def test_a_role_is_told_and_changed(q: Quarter) -> None:
    role_id = str(_cam(q, "CreateRole", RoleName="R", PolicyDocument=TRUST, ConsoleLogin=1)["RoleId"])
    again = _code(_cam(q, "CreateRole", RoleName="R", PolicyDocument=TRUST))

    _cam(q, "UpdateRoleDescription", RoleName="R", Description="d")
    _cam(q, "UpdateRoleSessionDuration", RoleId=int(role_id), SessionDuration=600)
    told = _table(_cam(q, "GetRole", RoleId=role_id), "RoleInfo")
    listed = _cam(q, "DescribeRoleList", Page=1, Rp=20)

    assert again == "InvalidParameter.RoleNameInUse"
    assert (told["Description"], told["SessionDuration"], told["ConsoleLogin"]) == ("d", 600, 1)
    assert (told["RoleArn"], told["PolicyDocument"]) == (f"qcs::cam::uin/{OWNER}:roleName/R", TRUST)
    assert _rows(listed, "List") == [told]


def test_accounts_see_nothing_of_each_other(q: Quarter) -> None:
    asked = {"RoleArn": f"qcs::cam::uin/{PARTNER}:roleName/TestRole", "RoleSessionName": "test"}
    code = q.code(MEI)
    role = q.opened(MEI, "AssumeRole", **asked, SerialNumber=f"qcs::cam:uin/{OWNER}::mfa/softToken", TokenCode=code)
    q.town.policies.attach(ADMINISTRATOR, Holder(HolderKind.ROLE, TEST_ROLE_ID), at=q.town.now())

    listed = _rows(_cam(q, "ListUsers", role), "Data")
    foreign = [
        _code(_cam(q, "AttachUserPolicy", role, PolicyId=1, AttachUin=int(MEI))),
        _code(_cam(q, "CreateAccessKey", role, TargetUin=int(MEI))),
        _code(_cam(q, "GetUser", role, Name="Mei")),
    ]

    assert listed == []
    assert foreign == ["ResourceNotFound.UserNotExist"] * 3


def test_flags_are_set_and_told(q: Quarter) -> None:
    _cam(q, "SetMfaFlag", OpUin=int(LAN), LoginFlag={"Stoken": 1, "Phone": 0}, ActionFlag={"Wechat": 1})

    own, of_root = _cam(q, "DescribeSafeAuthFlag"), _cam(q, "DescribeSafeAuthFlag", OWNER)
    of_user = _cam(q, "DescribeSafeAuthFlagColl", SubUin=int(LAN))
    _cam(q, "SetMfaFlag", OpUin=int(LAN), LoginFlag={})
    later = _cam(q, "DescribeSafeAuthFlag")

    assert own["LoginFlag"] == of_user["LoginFlag"]
    assert [name for name, flag in _table(own, "LoginFlag").items() if flag] == ["Stoken"]
    assert [name for name, flag in _table(own, "ActionFlag").items() if flag] == ["Wechat"]
    assert not any(_table(of_root, "LoginFlag").values())
    assert (_table(later, "LoginFlag")["Stoken"], _table(later, "ActionFlag")["Wechat"]) == (0, 1)


@pytest.mark.parametrize(("who", "uin"), [(MEI, MEI), (OWNER, OWNER)])
def test_the_appid_is_told(q: Quarter, who: str, uin: str) -> None:
    told = _cam(q, "GetUserAppId", who)

    assert (told["Uin"], told["OwnerUin"], told["AppId"]) == (uin, OWNER, 1250000000)


def test_times_are_chinas(q: Quarter) -> None:
    _added(q)

    listed = _rows(_cam(q, "ListUsers"), "Data")[-1]

    assert listed["CreateTime"] == (q.town.now() + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("limit", "action", "parameters", "code"),
    [
        ("users._MOST_USERS", "AddUser", {"Name": "Bo"}, "InvalidParameter.SubUserFull"),
        ("groups._MOST_GROUPS", "CreateGroup", {"GroupName": "G"}, "InvalidParameter.GroupFull"),
        (
            "policies._MOST_POLICIES",
            "CreatePolicy",
            {"PolicyName": "P", "PolicyDocument": DESCRIBE},
            "FailedOperation.PolicyFull",
        ),
        ("roles._MOST_ROLES", "CreateRole", {"RoleName": "R", "PolicyDocument": TRUST}, "InvalidParameter.RoleFull"),
    ],
)
def test_an_account_has_so_many_of_everything(
    q: Quarter, monkeypatch: pytest.MonkeyPatch, limit: str, action: str, parameters: dict[str, object], code: str
) -> None:
    monkeypatch.setattr(f"mfacli.emulator.tencent.cam.{limit}", 0)

    assert _code(_cam(q, action, **parameters)) == code


def test_nobody_without_a_right_builds_anything(q: Quarter) -> None:
    told = [
        _code(_cam(q, action, MEI, **parameters))
        for action, parameters in (
            ("AddUser", {"Name": "Bo"}),
            ("AttachUserPolicy", {"PolicyId": ADMINISTRATOR, "AttachUin": int(MEI)}),
            ("CreateAccessKey", {}),
            ("UpdatePolicy", {"PolicyName": "TerminateWithMfa", "PolicyDocument": DESCRIBE}),
            ("GetRole", {"RoleName": "Nothing"}),
        )
    ]

    assert told == ["AuthFailure.UnauthorizedOperation"] * 5


def test_an_id_that_something_has_is_not_given_again() -> None:
    drawn = iter([1, 1, 2])

    assert unused(lambda: next(drawn), {1: "taken"}.get) == 2
