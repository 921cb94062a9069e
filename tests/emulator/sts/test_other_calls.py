from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from mfacli.emulator.world.load import default_world
from tests.emulator import town as towns
from tests.emulator.town import (
    ACCOUNT_A,
    BOOK_AUDITOR,
    CROSS_ACCOUNT_ROLE,
    LONG_RUNNING_ROLE,
    Refused,
    Town,
    refusal_of,
)

ALLOW_TABLES = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["dynamodb:ListTables", "s3:GetObject"], "Resource": "*"}],
    }
)


def test_everybody_is_told_who_they_are(town: Town) -> None:
    found = {
        who: town.sts(who).get_caller_identity()["Arn"].replace(ACCOUNT_A, "A")
        for who in ("Sofia", "Paulo", "A:root")
    }

    assert found == {
        "Sofia": "arn:aws:iam::A:user/Sofia",
        "Paulo": "arn:aws:iam::A:user/contractors/Paulo",
        "A:root": "arn:aws:iam::A:root",
    }
    assert town.sts("A:root").get_caller_identity()["UserId"] == ACCOUNT_A
    assert re.fullmatch("AIDA[A-Z2-7]{17}", town.sts("Sofia").get_caller_identity()["UserId"])


def test_a_deny_on_everything_leaves_that(town: Town) -> None:
    identity = town.sts("Saanvi").get_caller_identity()

    assert identity["Account"] == ACCOUNT_A


def test_a_federated_user_has_a_name_of_its_own(town: Town) -> None:
    answer = town.sts("Jorge").get_federation_token(Name="visitor", Policy=ALLOW_TABLES)

    identity = town.sts(answer["Credentials"]).get_caller_identity()

    assert answer["FederatedUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT_A}:federated-user/visitor"
    assert (identity["Arn"], identity["UserId"]) == (answer["FederatedUser"]["Arn"], f"{ACCOUNT_A}:visitor")
    assert answer["PackedPolicySize"] > 0


def test_a_federated_user_may_do_what_both_policies_allow(town: Town) -> None:
    session = town.sts("Jorge").get_federation_token(Name="visitor", Policy=ALLOW_TABLES)["Credentials"]

    tables = town.dynamodb(session).list_tables()
    told = refusal_of(lambda: town.s3(session).list_buckets())

    assert "Books" in tables["TableNames"]
    assert told.code == "AccessDenied"


def test_a_federated_user_without_a_policy_may_nothing(town: Town) -> None:
    session = town.sts("Jorge").get_federation_token(Name="visitor")["Credentials"]

    told = refusal_of(lambda: town.dynamodb(session).list_tables())

    assert told.code == "AccessDeniedException"


def test_a_federated_user_is_unknown_to_iam_and_gets_no_further_at_sts(town: Town) -> None:
    session = town.sts("Jorge").get_federation_token(Name="visitor", Policy=ALLOW_TABLES)["Credentials"]

    iam = refusal_of(lambda: town.iam(session).list_users())
    sts = refusal_of(lambda: town.sts(session).get_session_token())
    role = refusal_of(lambda: town.sts(session).assume_role(RoleArn=BOOK_AUDITOR, RoleSessionName="me"))

    assert (iam.code, iam.status) == ("InvalidClientTokenId", 403)
    assert sts.message == "Cannot call GetSessionToken with session credentials"
    assert role.code == "AccessDenied"


@pytest.mark.parametrize("name", ["x", "a b", "n" * 33])
def test_a_federated_users_name_is_held_to_the_model(town: Town, name: str) -> None:
    told = refusal_of(lambda: town.sts("Jorge").get_federation_token(Name=name))

    assert (told.code, told.status) == ("ValidationError", 400)


def test_federation_takes_a_permission_and_a_long_term_key(town: Town) -> None:
    denied = refusal_of(lambda: town.sts("Sofia").get_federation_token(Name="visitor"))
    from_session = refusal_of(lambda: town.sts(town.session("Jorge")).get_federation_token(Name="visitor"))

    assert (denied.code, denied.status) == ("AccessDenied", 403)
    assert from_session.message == "Cannot call GetFederationToken with session credentials"


def test_root_federates_for_an_hour_at_most(town: Town) -> None:
    answer = town.sts("A:root").get_federation_token(Name="visitor", DurationSeconds=7200)

    left = answer["Credentials"]["Expiration"] - town.control.world_time()
    assert 3500 < left.total_seconds() <= 3600


def test_a_keys_account_is_told_whoever_has_it(town: Town) -> None:
    session = town.session("Richard")
    sts = town.sts("Anaya")

    found = [
        sts.get_access_key_info(AccessKeyId=key)["Account"]
        for key in (town.control.environment_of("Nikhil").access_key_id, session["AccessKeyId"])
    ]
    told = refusal_of(lambda: sts.get_access_key_info(AccessKeyId="AKIAIOSFODNN7EXAMPLE"))

    assert found == ["777788889999", "444455556666"]
    assert told.code == "ValidationError"


def test_ec2s_encoded_message_is_decoded_for_those_who_may(town: Town) -> None:
    told = refusal_of(lambda: town.ec2("Sofia").stop_instances(InstanceIds=["i-00000000000000001"]))
    encoded = told.message.rpartition(" ")[2]

    decoded = json.loads(town.sts("Anaya").decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"])
    denied = refusal_of(lambda: town.sts("Sofia").decode_authorization_message(EncodedMessage=encoded))

    assert decoded["context"]["action"] == "ec2:StopInstances"
    assert not decoded["explicitDeny"]
    assert denied.code == "AccessDenied"


@pytest.mark.parametrize("message", ["x", "A" * 200])
def test_a_foreign_message_is_not_decoded(town: Town, message: str) -> None:
    told = refusal_of(lambda: town.sts("Anaya").decode_authorization_message(EncodedMessage=message))

    assert (told.code, told.status) == ("InvalidAuthorizationMessageException", 400)


def test_a_session_token_is_no_encoded_message(town: Town) -> None:
    token = town.session("Sofia")["SessionToken"]

    told = refusal_of(lambda: town.sts("Anaya").decode_authorization_message(EncodedMessage=token))

    assert told.code == "InvalidAuthorizationMessageException"


def test_what_is_not_emulated_says_so(town: Town) -> None:
    told = refusal_of(
        lambda: town.sts("A:root").assume_root(TargetPrincipal=ACCOUNT_A, TaskPolicyArn={"arn": "x" * 20})
    )

    assert told == Refused(code="NotImplemented", status=501, message="The emulator does not answer AssumeRoot.")


def test_a_role_is_called_again_with_its_transitive_tags_and_source_identity() -> None:
    world = default_world()
    account = world.accounts[0]
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": ACCOUNT_A},
                "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
            }
        ],
    }
    everything = account.users[0].policies
    links = tuple(
        replace(
            account.roles[0],
            name=name,
            trust=replace(account.roles[0].trust, text=json.dumps(trust)),
            policies=everything,
        )
        for name in ("First", "Second")
    )
    world = replace(world, accounts=(replace(account, roles=links), *world.accounts[1:]))
    first, second = (f"arn:aws:iam::{ACCOUNT_A}:role/{name}" for name in ("First", "Second"))

    with towns.town(world=world) as town:
        session = town.sts("Anaya").assume_role(
            RoleArn=first,
            RoleSessionName="one",
            SourceIdentity="anaya",
            Tags=[{"Key": "Team", "Value": "Books"}, {"Key": "Shift", "Value": "Night"}],
            TransitiveTagKeys=["Team"],
        )["Credentials"]
        sts = town.sts(session)
        onward = sts.assume_role(RoleArn=second, RoleSessionName="two")
        same_tag = refusal_of(
            lambda: sts.assume_role(RoleArn=second, RoleSessionName="two", Tags=[{"Key": "TEAM", "Value": "x"}])
        )
        other_name = refusal_of(
            lambda: sts.assume_role(RoleArn=second, RoleSessionName="two", SourceIdentity="somebody")
        )

    assert onward["SourceIdentity"] == "anaya"
    assert same_tag.code == "InvalidParameterValue"
    assert same_tag.message.startswith("One of the specified transitive tag keys can't be set because it conflicts")
    assert other_name.code == "AccessDenied"


def test_chained_roles_inherit_mfa_where_the_world_says_so() -> None:
    world = default_world()
    settings = replace(world.settings, chained_roles_inherit_mfa=True)
    role = "arn:aws:iam::777788889999:role/UploadRole"

    with towns.town(world=replace(world, settings=settings)) as town:
        chained = town.sts(town.session("Nikhil")).assume_role(RoleArn=role, RoleSessionName="up")["Credentials"]
        with_code = town.sts("Nikhil").assume_role(
            RoleArn=role,
            RoleSessionName="up",
            SerialNumber=town.device("Nikhil"),
            TokenCode=town.code("Nikhil"),
        )["Credentials"]
        uploaded = town.s3(chained).put_object(Bucket="account-a-bucket", Key="a", Body=b"1")
        told = refusal_of(lambda: town.s3(with_code).put_object(Bucket="account-a-bucket", Key="b", Body=b"1"))

    assert uploaded["ETag"]
    assert told.code == "AccessDenied"


def test_a_long_running_role_wants_a_recent_code(town: Town) -> None:
    session = town.session("Richard")
    town.control.advance(timedelta(hours=2))

    told = refusal_of(lambda: town.sts(session).assume_role(RoleArn=LONG_RUNNING_ROLE, RoleSessionName="me"))
    answer = town.sts(session).assume_role(RoleArn=CROSS_ACCOUNT_ROLE, RoleSessionName="me")

    assert told.code == "AccessDenied"
    assert answer["Credentials"]["AccessKeyId"].startswith("ASIA")
