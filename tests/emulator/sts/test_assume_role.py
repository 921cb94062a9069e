from __future__ import annotations

import json
from datetime import timedelta

import pytest

from mfacli.emulator.codes import WRONG_CODE, WRONG_DEVICE
from mfacli.emulator.sts.parameters import HALF_A_PROOF
from tests.emulator.town import (
    ACCOUNT_A,
    ACCOUNT_C,
    BOOK_AUDITOR,
    CROSS_ACCOUNT_ROLE,
    LONG_RUNNING_ROLE,
    PARTNER_ROLE,
    Refused,
    Town,
    refusal_of,
)

RICHARD = "arn:aws:iam::444455556666:user/Richard"
TOO_LONG_FOR_ROLE = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
TOO_LONG_FOR_CHAIN = (
    "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
)
EXTERNAL_ID = "partner-4711"


def _denied(principal: str, role: str) -> Refused:
    message = f"User: {principal} is not authorized to perform: sts:AssumeRole on resource: {role}"
    return Refused(code="AccessDenied", status=403, message=message)


def _policy(*actions: str) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}
    )


def test_a_code_opens_the_role_and_the_role_opens_the_table(town: Town) -> None:
    session = town.cross_account_role()

    identity = town.sts(session).get_caller_identity()
    town.dynamodb(session).put_item(TableName="Books", Item={"ISBN": {"S": "978-0262510875"}})

    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT_A}:assumed-role/CrossAccountRole/richard"
    assert identity["UserId"].startswith("AROA")
    assert identity["UserId"].endswith(":richard")


def test_the_answer_names_the_assumed_role(town: Town) -> None:
    answer = town.sts("Richard").assume_role(
        RoleArn=LONG_RUNNING_ROLE,
        RoleSessionName="night",
        SerialNumber=town.device("Richard"),
        TokenCode=town.code("Richard"),
    )

    user = answer["AssumedRoleUser"]
    assert user["Arn"] == f"arn:aws:sts::{ACCOUNT_A}:assumed-role/LongRunningRole/night"
    assert user["AssumedRoleId"].endswith(":night")
    assert "PackedPolicySize" not in answer


def test_without_a_code_the_role_stays_closed(town: Town) -> None:
    told = refusal_of(lambda: town.sts("Richard").assume_role(RoleArn=CROSS_ACCOUNT_ROLE, RoleSessionName="me"))

    assert told == _denied(RICHARD, CROSS_ACCOUNT_ROLE)


@pytest.mark.parametrize("name", ["Missing", "UploadRole"])
def test_a_role_that_is_not_there_sounds_like_one_that_is_closed(town: Town, name: str) -> None:
    role = f"arn:aws:iam::{ACCOUNT_A}:role/{name}"

    told = refusal_of(lambda: town.sts("Anaya").assume_role(RoleArn=role, RoleSessionName="me"))

    assert told == _denied(f"arn:aws:iam::{ACCOUNT_A}:user/Anaya", role)


def test_a_session_with_mfa_opens_the_role_without_another_code(town: Town) -> None:
    session = town.session("Richard")

    answer = town.sts(session).assume_role(RoleArn=CROSS_ACCOUNT_ROLE, RoleSessionName="me")

    assert answer["Credentials"]["AccessKeyId"].startswith("ASIA")


def test_a_session_without_mfa_does_not(town: Town) -> None:
    session = town.session("Richard", with_mfa=False)

    told = refusal_of(lambda: town.sts(session).assume_role(RoleArn=CROSS_ACCOUNT_ROLE, RoleSessionName="me"))

    assert told == _denied(RICHARD, CROSS_ACCOUNT_ROLE)


def test_a_session_without_mfa_may_still_bring_a_code(town: Town) -> None:
    session = town.session("Richard", with_mfa=False)

    answer = town.sts(session).assume_role(
        RoleArn=CROSS_ACCOUNT_ROLE,
        RoleSessionName="me",
        SerialNumber=town.device("Richard"),
        TokenCode=town.code("Richard"),
    )

    assert answer["Credentials"]["AccessKeyId"].startswith("ASIA")


def test_wrong_used_and_foreign_codes_are_refused_as_with_get_session_token(town: Town) -> None:
    def assume(serial: str, code: str) -> object:
        return town.sts("Richard").assume_role(
            RoleArn=CROSS_ACCOUNT_ROLE, RoleSessionName="me", SerialNumber=serial, TokenCode=code
        )

    device, right = town.device("Richard"), town.code("Richard")
    wrong = refusal_of(lambda: assume(device, f"{(int(right) + 1) % 1_000_000:06d}"))
    assume(device, right)
    used = refusal_of(lambda: assume(device, right))
    foreign = refusal_of(lambda: assume(town.device("Nikhil"), town.code("Nikhil")))

    assert wrong == used == Refused(code="AccessDenied", status=403, message=WRONG_CODE)
    assert foreign == Refused(code="AccessDenied", status=403, message=WRONG_DEVICE)


def test_serial_and_code_come_together(town: Town) -> None:
    told = refusal_of(
        lambda: town.sts("Richard").assume_role(
            RoleArn=CROSS_ACCOUNT_ROLE, RoleSessionName="me", SerialNumber=town.device("Richard")
        )
    )

    assert told.message == HALF_A_PROOF


def test_a_code_that_bought_a_session_buys_no_role(town: Town) -> None:
    code = town.code("Richard")
    town.sts("Richard").get_session_token(SerialNumber=town.device("Richard"), TokenCode=code)

    told = refusal_of(
        lambda: town.sts("Richard").assume_role(
            RoleArn=CROSS_ACCOUNT_ROLE,
            RoleSessionName="me",
            SerialNumber=town.device("Richard"),
            TokenCode=code,
        )
    )

    assert told.message == WRONG_CODE


def test_root_assumes_no_roles(town: Town) -> None:
    told = refusal_of(lambda: town.sts("A:root").assume_role(RoleArn=BOOK_AUDITOR, RoleSessionName="me"))

    assert told == Refused(code="AccessDenied", status=403, message="Roles may not be assumed by root accounts.")


def _with_code(town: Town, role: str, seconds: int | None) -> timedelta:
    answer = town.sts("Richard").assume_role(
        RoleArn=role,
        RoleSessionName="me",
        SerialNumber=town.device("Richard"),
        TokenCode=town.code("Richard"),
        **({} if seconds is None else {"DurationSeconds": seconds}),  # type: ignore[arg-type]  # as below
    )
    return answer["Credentials"]["Expiration"] - town.control.world_time()


@pytest.mark.parametrize(("seconds", "lasts"), [(None, 3600), (900, 900), (43200, 43200)])
def test_a_role_lasts_as_long_as_asked_or_an_hour(town: Town, seconds: int | None, lasts: int) -> None:
    lifetime = _with_code(town, LONG_RUNNING_ROLE, seconds)

    assert timedelta(0) <= timedelta(seconds=lasts) - lifetime < timedelta(seconds=30)


@pytest.mark.parametrize("seconds", [899, 43201])
def test_durations_out_of_range_are_refused_before_anything_else(town: Town, seconds: int) -> None:
    told = refusal_of(
        lambda: town.sts("Richard").assume_role(
            RoleArn=CROSS_ACCOUNT_ROLE, RoleSessionName="me", DurationSeconds=seconds
        )
    )

    assert (told.code, told.status) == ("ValidationError", 400)
    assert f"Value '{seconds}' at 'durationSeconds'" in told.message


def test_a_role_lasts_no_longer_than_it_allows(town: Town) -> None:
    told = refusal_of(lambda: _with_code(town, CROSS_ACCOUNT_ROLE, 3601))

    assert told == Refused(code="ValidationError", status=400, message=TOO_LONG_FOR_ROLE)


def test_from_a_session_no_role_lasts_longer_than_an_hour(town: Town) -> None:
    session = town.session("Richard")

    told = refusal_of(
        lambda: town.sts(session).assume_role(RoleArn=LONG_RUNNING_ROLE, RoleSessionName="me", DurationSeconds=3601)
    )

    assert told == Refused(code="ValidationError", status=400, message=TOO_LONG_FOR_CHAIN)


def test_the_roles_own_limit_is_told_before_the_chains(town: Town) -> None:
    session = town.session("Richard")

    told = refusal_of(
        lambda: town.sts(session).assume_role(RoleArn=CROSS_ACCOUNT_ROLE, RoleSessionName="me", DurationSeconds=3601)
    )

    assert told.message == TOO_LONG_FOR_ROLE


def test_a_chain_goes_on_for_an_hour(town: Town) -> None:
    first = town.cross_account_role()

    second = town.sts(first).assume_role(RoleArn=BOOK_AUDITOR, RoleSessionName="audit", DurationSeconds=3600)
    told = refusal_of(
        lambda: town.sts(first).assume_role(RoleArn=BOOK_AUDITOR, RoleSessionName="audit", DurationSeconds=3601)
    )

    assert town.dynamodb(second["Credentials"]).scan(TableName="Books")["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert told.message == TOO_LONG_FOR_CHAIN


def test_a_role_session_carries_no_mfa(town: Town) -> None:
    session = town.session("Nikhil")
    role = town.sts(session).assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT_C}:role/UploadRole", RoleSessionName="upload"
    )["Credentials"]

    with_user_session = town.s3(session).put_object(Bucket="account-a-bucket", Key="a", Body=b"1")
    told = refusal_of(lambda: town.s3(role).put_object(Bucket="account-a-bucket", Key="b", Body=b"1"))

    assert with_user_session["ETag"]
    assert (told.code, told.status) == ("AccessDenied", 403)


def test_an_external_id_is_held_against_the_trust_policy(town: Town) -> None:
    sts = town.sts("Richard")
    answer = sts.assume_role(RoleArn=PARTNER_ROLE, RoleSessionName="me", ExternalId=EXTERNAL_ID)

    missing = refusal_of(lambda: sts.assume_role(RoleArn=PARTNER_ROLE, RoleSessionName="me"))
    other = refusal_of(lambda: sts.assume_role(RoleArn=PARTNER_ROLE, RoleSessionName="me", ExternalId="another"))

    assert answer["Credentials"]["AccessKeyId"].startswith("ASIA")
    assert missing == other == _denied(RICHARD, PARTNER_ROLE)


@pytest.mark.parametrize(
    ("parameters", "place"),
    [
        ({"RoleSessionName": "x"}, "Value 'x' at 'roleSessionName'"),
        (
            {"RoleSessionName": "a b"},
            "at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular",
        ),
        ({"RoleArn": "arn:short"}, "Value 'arn:short' at 'roleArn'"),
        ({"ExternalId": "x"}, "Value 'x' at 'externalId'"),
        ({"SourceIdentity": "x"}, "Value 'x' at 'sourceIdentity'"),
        ({"Tags": [{"Key": "", "Value": "v"}]}, "Value '' at 'tags.1.member.key'"),
        ({"Tags": [{"Key": "k", "Value": "v" * 257}]}, "at 'tags.1.member.value'"),
        ({"Tags": [{"Key": "k"}]}, "Value null at 'tags.1.member.value'"),
        ({"PolicyArns": [{"arn": "x"}]}, "Value 'x' at 'policyArns.1.member.arn'"),
    ],
)
def test_parameters_are_held_to_the_model(town: Town, parameters: dict[str, str], place: str) -> None:
    whole = {"RoleArn": PARTNER_ROLE, "RoleSessionName": "me", **parameters}

    told = refusal_of(lambda: town.sts("Richard").assume_role(**whole))  # type: ignore[arg-type]  # the stubs take no mapping

    assert (told.code, told.status) == ("ValidationError", 400)
    assert place in told.message


def test_what_is_required_is_missed(town: Town) -> None:
    told = refusal_of(lambda: town.sts("Richard").assume_role(RoleArn=PARTNER_ROLE))  # type: ignore[call-arg]

    assert told.message == (
        "1 validation error detected: Value null at 'roleSessionName' failed to satisfy constraint: "
        "Member must not be null"
    )


def test_a_session_policy_narrows_the_role(town: Town) -> None:
    session = town.sts("Richard").assume_role(
        RoleArn=PARTNER_ROLE, RoleSessionName="me", ExternalId=EXTERNAL_ID, Policy=_policy("dynamodb:GetItem")
    )
    dynamodb = town.dynamodb(session["Credentials"])

    item = dynamodb.get_item(TableName="Books", Key={"ISBN": {"S": "none"}})
    told = refusal_of(lambda: dynamodb.scan(TableName="Books"))

    assert "Item" not in item
    assert told.code == "AccessDeniedException"
    assert 0 < session["PackedPolicySize"] <= 100


def test_managed_session_policies_narrow_it_too(town: Town) -> None:
    session = town.sts("Richard").assume_role(
        RoleArn=PARTNER_ROLE,
        RoleSessionName="me",
        ExternalId=EXTERNAL_ID,
        PolicyArns=[{"arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}],
    )

    told = refusal_of(lambda: town.dynamodb(session["Credentials"]).scan(TableName="Books"))

    assert told.code == "AccessDeniedException"


def test_a_managed_session_policy_must_exist(town: Town) -> None:
    told = refusal_of(
        lambda: town.sts("Richard").assume_role(
            RoleArn=PARTNER_ROLE,
            RoleSessionName="me",
            ExternalId=EXTERNAL_ID,
            PolicyArns=[{"arn": f"arn:aws:iam::{ACCOUNT_A}:policy/Missing"}],
        )
    )

    assert (told.code, told.status) == ("NoSuchEntity", 404)


@pytest.mark.parametrize("policy", ["{", "[]", '{"Version": "2012-10-17", "Statement": [{"Effect": "Maybe"}]}'])
def test_a_malformed_session_policy_is_refused(town: Town, policy: str) -> None:
    told = refusal_of(
        lambda: town.sts("Richard").assume_role(
            RoleArn=PARTNER_ROLE, RoleSessionName="me", ExternalId=EXTERNAL_ID, Policy=policy
        )
    )

    assert (told.code, told.status) == ("MalformedPolicyDocument", 400)


def test_too_much_policy_is_refused(town: Town) -> None:
    policy = _policy(*(f"dynamodb:Action{number}" for number in range(200)))

    told = refusal_of(
        lambda: town.sts("Richard").assume_role(
            RoleArn=PARTNER_ROLE, RoleSessionName="me", ExternalId=EXTERNAL_ID, Policy=policy
        )
    )

    assert (told.code, told.status) == ("PackedPolicyTooLarge", 400)


def _tagged(town: Town, **parameters: object) -> dict[str, str]:
    answer = town.sts("Richard").assume_role(
        RoleArn=LONG_RUNNING_ROLE,
        RoleSessionName="me",
        SerialNumber=town.device("Richard"),
        TokenCode=town.code("Richard"),
        **parameters,  # type: ignore[arg-type]  # the stubs take no mapping
    )
    return {"SourceIdentity": answer.get("SourceIdentity", ""), "KeyId": answer["Credentials"]["AccessKeyId"]}


def test_tags_and_source_identity_are_taken_where_the_trust_policy_allows_them(town: Town) -> None:
    answer = _tagged(town, Tags=[{"Key": "Team", "Value": "Books"}], SourceIdentity="richard")

    assert answer["SourceIdentity"] == "richard"


def test_tags_are_refused_where_the_trust_policy_does_not(town: Town) -> None:
    told = refusal_of(
        lambda: town.sts("Richard").assume_role(
            RoleArn=PARTNER_ROLE,
            RoleSessionName="me",
            ExternalId=EXTERNAL_ID,
            Tags=[{"Key": "Team", "Value": "Books"}],
        )
    )

    assert told.code == "AccessDenied"
    assert "sts:TagSession" in told.message


@pytest.mark.parametrize(
    ("parameters", "code", "said"),
    [
        (
            {"Tags": [{"Key": "Team", "Value": "1"}, {"Key": "team", "Value": "2"}]},
            "InvalidParameterValue",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
        ({"Tags": [{"Key": "aws:x", "Value": "1"}]}, "InvalidParameterValue", "Tag keys may not begin with aws:."),
        (
            {"TransitiveTagKeys": ["Team"]},
            "InvalidParameterValue",
            "The specified transitive tag key must be included in the requested tags.",
        ),
        ({"SourceIdentity": "aws:me"}, None, None),
    ],
)
def test_tags_that_contradict_each_other_are_refused(
    town: Town, parameters: dict[str, object], code: str | None, said: str | None
) -> None:
    told = refusal_of(lambda: _tagged(town, **parameters))

    assert (told.code, told.status) == (code or "ValidationError", 400)
    assert said is None or told.message == said


def test_web_identities_and_saml_are_not_emulated(town: Town) -> None:
    told = refusal_of(
        lambda: town.sts("Richard").assume_role_with_web_identity(
            RoleArn=PARTNER_ROLE, RoleSessionName="me", WebIdentityToken="x" * 20
        )
    )

    assert told.status >= 400


def test_ten_managed_session_policies_are_the_most(town: Town) -> None:
    session = town.session("Richard")
    read_books = f"arn:aws:iam::{ACCOUNT_A}:policy/ReadBooks"

    def assume(count: int) -> None:
        town.sts(session).assume_role(
            RoleArn=CROSS_ACCOUNT_ROLE, RoleSessionName="me", PolicyArns=[{"arn": read_books}] * count
        )

    assume(10)
    told = refusal_of(lambda: assume(11))

    assert (told.code, told.status) == ("ValidationError", 400)
    assert told.message.endswith(
        "at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10"
    )
