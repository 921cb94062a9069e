from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from mfacli.emulator.plane.identities import user_key_id
from tests.emulator.town import ACCOUNT_A, ACCOUNT_B, CROSS_ACCOUNT_ROLE, Refused, Town, refusal_of

ALLOW_SCAN = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": "*"}]}
)
ONLY_DYNAMODB = f"arn:aws:iam::{ACCOUNT_A}:policy/OnlyDynamoDB"


def _with_key(town: Town, name: str) -> str:
    town.iam("Anaya").create_user(UserName=name)
    town.iam("Anaya").create_access_key(UserName=name)
    return name


def test_without_a_name_the_caller_is_meant(town: Town) -> None:
    user = town.iam("Saanvi").get_user()["User"]

    assert (user["UserName"], user["Arn"]) == ("Saanvi", f"arn:aws:iam::{ACCOUNT_A}:user/Saanvi")
    assert user["UserId"] == town.sts("Saanvi").get_caller_identity()["UserId"]


def test_root_is_told_of_itself(town: Town) -> None:
    user = town.iam("A:root").get_user()["User"]

    assert (user["UserId"], user["Arn"]) == (ACCOUNT_A, f"arn:aws:iam::{ACCOUNT_A}:root")


def test_a_user_is_shown_with_path_tags_and_boundary(town: Town) -> None:
    iam = town.iam("Anaya")

    paulo = iam.get_user(UserName="Paulo")["User"]
    anaya = iam.get_user(UserName="Anaya")["User"]

    assert paulo["PermissionsBoundary"]["PermissionsBoundaryArn"] == ONLY_DYNAMODB
    assert paulo["Path"] == "/contractors/"
    assert anaya["Tags"] == [{"Key": "Team", "Value": "Administration"}]


def test_a_user_that_is_not_there_is_told_so(town: Town) -> None:
    told = refusal_of(lambda: town.iam("Anaya").get_user(UserName="Nobody"))

    assert told == Refused(code="NoSuchEntity", status=404, message="The user with name Nobody cannot be found.")


def test_a_new_user_has_an_id_in_aws_shape_and_can_sign(town: Town) -> None:
    made = town.iam("Anaya").create_user(UserName="Fresh", Path="/team/", Tags=[{"Key": "a", "Value": "1"}])["User"]
    town.iam("Anaya").create_access_key(UserName="Fresh")

    identity = town.sts("Fresh").get_caller_identity()

    assert re.fullmatch("AIDA[A-Z2-7]{17}", made["UserId"])
    assert (identity["Arn"], identity["UserId"]) == (f"arn:aws:iam::{ACCOUNT_A}:user/team/Fresh", made["UserId"])
    assert made["Tags"] == [{"Key": "a", "Value": "1"}]
    assert refusal_of(lambda: town.iam("Anaya").create_user(UserName="Fresh")).code == "EntityAlreadyExists"


def test_policies_count_from_the_next_request_on(town: Town) -> None:
    user = _with_key(town, "Scanner")
    iam, dynamodb = town.iam("Anaya"), town.dynamodb(user)

    before = refusal_of(lambda: dynamodb.scan(TableName="Films"))
    iam.put_user_policy(UserName=user, PolicyName="Scan", PolicyDocument=ALLOW_SCAN)
    allowed = dynamodb.scan(TableName="Films")
    iam.delete_user_policy(UserName=user, PolicyName="Scan")
    after = refusal_of(lambda: dynamodb.scan(TableName="Films"))

    assert allowed["Count"] == 0
    assert (before.code, after.code) == ("AccessDeniedException", "AccessDeniedException")


def test_groups_and_managed_policies_count_too(town: Town) -> None:
    user = _with_key(town, "Grouped")
    iam, dynamodb = town.iam("Anaya"), town.dynamodb(user)
    arn = iam.create_policy(PolicyName="Scan", PolicyDocument=ALLOW_SCAN)["Policy"]["Arn"]
    iam.create_group(GroupName="Scanners")

    iam.attach_group_policy(GroupName="Scanners", PolicyArn=arn)
    iam.add_user_to_group(GroupName="Scanners", UserName=user)

    assert dynamodb.scan(TableName="Films")["Count"] == 0


def test_aws_own_policies_can_be_attached(town: Town) -> None:
    user = _with_key(town, "Reader")
    arn = "arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess"

    town.iam("Anaya").attach_user_policy(UserName=user, PolicyArn=arn)
    missing = refusal_of(
        lambda: town.iam("Anaya").attach_user_policy(UserName=user, PolicyArn="arn:aws:iam::aws:policy/Missing")
    )

    assert town.dynamodb(user).scan(TableName="Films")["Count"] == 0
    assert missing.code == "NoSuchEntity"


def test_a_boundary_limits_and_can_be_lifted(town: Town) -> None:
    iam = town.iam("Anaya")
    iam.create_user(UserName="Bounded", PermissionsBoundary=ONLY_DYNAMODB)
    iam.create_access_key(UserName="Bounded")
    policy = ALLOW_SCAN.replace('"dynamodb:Scan"', '["dynamodb:Scan", "s3:ListAllMyBuckets"]')
    iam.put_user_policy(UserName="Bounded", PolicyName="Wide", PolicyDocument=policy)

    inside = town.dynamodb("Bounded").scan(TableName="Films")
    outside = refusal_of(lambda: town.s3("Bounded").list_buckets())
    iam.delete_user_permissions_boundary(UserName="Bounded")
    lifted = town.s3("Bounded").list_buckets()
    twice = refusal_of(lambda: iam.delete_user_permissions_boundary(UserName="Bounded"))
    iam.put_user_permissions_boundary(UserName="Bounded", PermissionsBoundary=ONLY_DYNAMODB)
    again = refusal_of(lambda: town.s3("Bounded").list_buckets())
    unknown = refusal_of(
        lambda: iam.put_user_permissions_boundary(
            UserName="Bounded", PermissionsBoundary=f"arn:aws:iam::{ACCOUNT_A}:policy/Missing"
        )
    )

    assert inside["Count"] == 0
    assert "account-a-bucket" in [bucket["Name"] for bucket in lifted["Buckets"]]
    assert (outside.code, again.code, twice.code, unknown.code) == (
        "AccessDenied",
        "AccessDenied",
        "NoSuchEntity",
        "NoSuchEntity",
    )


def test_a_boundary_whose_policy_has_gone_allows_nothing(town: Town) -> None:
    iam = town.iam("Anaya")
    arn = iam.create_policy(PolicyName="Vanishing", PolicyDocument=ALLOW_SCAN)["Policy"]["Arn"]
    user = _with_key(town, "Stranded")
    iam.put_user_policy(UserName=user, PolicyName="Scan", PolicyDocument=ALLOW_SCAN)
    iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary=arn)

    inside = town.dynamodb(user).scan(TableName="Films")
    iam.delete_policy(PolicyArn=arn)
    told = refusal_of(lambda: town.dynamodb(user).scan(TableName="Films"))

    assert inside["Count"] == 0
    assert told.code == "AccessDeniedException"


def test_a_renamed_user_keeps_its_key_its_sessions_and_its_tags(town: Town) -> None:
    iam = town.iam("Anaya")
    user = _with_key(town, "Before")
    iam.tag_user(UserName=user, Tags=[{"Key": "a", "Value": "1"}])
    long_term, session = town.sts(user), town.sts(town.session(user, with_mfa=False))

    iam.update_user(UserName=user, NewUserName="After", NewPath="/new/")

    arn = f"arn:aws:iam::{ACCOUNT_A}:user/new/After"
    assert long_term.get_caller_identity()["Arn"] == session.get_caller_identity()["Arn"] == arn
    assert iam.get_user(UserName="After")["User"]["Tags"] == [{"Key": "a", "Value": "1"}]
    key = town.control.environment_of("After").access_key_id
    iam.delete_access_key(UserName="After", AccessKeyId=key)
    assert refusal_of(long_term.get_caller_identity).code == "InvalidClientTokenId"


def test_renaming_wants_a_user_and_a_free_name(town: Town) -> None:
    iam = town.iam("Anaya")

    missing = refusal_of(lambda: iam.update_user(UserName="Nobody", NewUserName="X"))
    taken = refusal_of(lambda: iam.update_user(UserName="Carlos", NewUserName="Sofia"))

    assert (missing.code, taken.code) == ("NoSuchEntity", "EntityAlreadyExists")


def test_a_deleted_users_key_and_sessions_are_unknown(town: Town) -> None:
    iam = town.iam("Anaya")
    user = _with_key(town, "Deleted")
    key = town.control.environment_of(user).access_key_id
    long_term, session = town.sts(user), town.sts(town.session(user, with_mfa=False))

    with_key = refusal_of(lambda: iam.delete_user(UserName=user))
    iam.delete_access_key(UserName=user, AccessKeyId=key)
    iam.delete_user(UserName=user)
    iam.create_user(UserName=user)

    told = [refusal_of(client.get_caller_identity) for client in (long_term, session)]
    assert with_key.code == "DeleteConflict"
    assert [refused.code for refused in told] == ["InvalidClientTokenId"] * 2


def test_a_deleted_roles_sessions_are_unknown(town: Town) -> None:
    iam = town.iam("Anaya")
    trust = iam.get_role(RoleName="BookAuditor")["Role"]["AssumeRolePolicyDocument"]
    text = json.dumps(trust).replace(CROSS_ACCOUNT_ROLE, f"arn:aws:iam::{ACCOUNT_A}:user/Anaya")
    arn = iam.create_role(RoleName="Passing", AssumeRolePolicyDocument=text)["Role"]["Arn"]
    session = town.sts(town.sts("Anaya").assume_role(RoleArn=arn, RoleSessionName="me")["Credentials"])
    before = session.get_caller_identity()

    iam.delete_role(RoleName="Passing")

    assert before["Arn"].endswith("assumed-role/Passing/me")
    assert refusal_of(session.get_caller_identity).code == "InvalidClientTokenId"


def test_a_member_of_a_group_is_not_deleted(town: Town) -> None:
    iam = town.iam("Anaya")
    iam.create_user(UserName="Member")
    iam.add_user_to_group(GroupName="Developers", UserName="Member")

    told = refusal_of(lambda: iam.delete_user(UserName="Member"))

    assert told.message == "Cannot delete entity, must remove users from group first."


def test_a_deactivated_key_is_unknown_at_once_and_known_again_when_activated(town: Town) -> None:
    iam = town.iam("Anaya")
    user = _with_key(town, "Switched")
    key = town.control.environment_of(user).access_key_id
    sts = town.sts(user)

    iam.update_access_key(UserName=user, AccessKeyId=key, Status="Inactive")
    told = refusal_of(sts.get_caller_identity)
    iam.update_access_key(UserName=user, AccessKeyId=key, Status="Active")

    assert told.code == "InvalidClientTokenId"
    assert sts.get_caller_identity()["Account"] == ACCOUNT_A


def test_own_keys_need_no_name(town: Town) -> None:
    iam = town.iam("Anaya")

    listed = iam.list_access_keys()["AccessKeyMetadata"]

    assert {key["UserName"] for key in listed} == {"Anaya"}
    assert refusal_of(lambda: town.iam("A:root").list_access_keys()).message == (
        "Must specify userName when calling with non-User credentials"
    )


@pytest.mark.parametrize(
    "document", ["{}", "nonsense", '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}']
)
def test_what_is_no_policy_is_not_stored(town: Town, document: str) -> None:
    told = refusal_of(
        lambda: town.iam("Anaya").put_user_policy(UserName="Sofia", PolicyName="Bad", PolicyDocument=document)
    )

    assert (told.code, told.status) == ("MalformedPolicyDocument", 400)


def test_what_moto_does_not_do_is_told_so(town: Town) -> None:
    told = refusal_of(lambda: town.iam("Anaya").get_context_keys_for_custom_policy(PolicyInputList=[ALLOW_SCAN]))

    assert (told.code, told.status) == ("NotImplemented", 501)


def test_another_accounts_key_is_not_told_of(town: Town) -> None:
    keys = {user: town.control.environment_of(user).access_key_id for user in ("Sofia", "Richard")}

    own = town.iam("Anaya").get_access_key_last_used(AccessKeyId=keys["Sofia"])
    told = refusal_of(lambda: town.iam("Anaya").get_access_key_last_used(AccessKeyId=keys["Richard"]))

    assert own["UserName"] == "Sofia"
    message = f"The Access Key with id {keys['Richard']} cannot be found."
    assert told == Refused(code="NoSuchEntity", status=404, message=message)


def test_it_is_told_when_a_key_was_last_used_and_for_what(town: Town) -> None:
    user = _with_key(town, "Keyed")
    (key,) = town.iam("Anaya").list_access_keys(UserName=user)["AccessKeyMetadata"]
    before = town.iam("Anaya").get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
    town.sts(user).get_caller_identity()

    after = town.iam("Anaya").get_access_key_last_used(AccessKeyId=key["AccessKeyId"])

    assert before["UserName"] == after["UserName"] == user
    assert before["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    assert after["AccessKeyLastUsed"]["ServiceName"] == "sts"
    assert abs(datetime.now(UTC) - after["AccessKeyLastUsed"]["LastUsedDate"]) < timedelta(minutes=1)


@pytest.mark.parametrize("key_id", [user_key_id(ACCOUNT_B, "Richard", 1), "AKIANOBODY0000000000"])
def test_of_a_key_that_is_not_there_or_another_accounts_nothing_is_told(town: Town, key_id: str) -> None:
    told = refusal_of(lambda: town.iam("Anaya").get_access_key_last_used(AccessKeyId=key_id))

    assert told.code in {"AccessDenied", "NoSuchEntity"}
    assert "LastUsed" not in told.message
