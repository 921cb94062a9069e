"""The order of the checks, the layers they ask, the account they send a request to, and what is told of them."""

from __future__ import annotations

import pytest

from mfacli.emulator.callers import ANONYMOUS, Caller
from mfacli.emulator.contracts import Check, Denied, NamedPolicy
from mfacli.emulator.operations import Operation
from mfacli.emulator.refusals import Refusal, RefusalKind, own_error
from tests.doubles import NOON
from tests.emulator.authorisation.gate import GOOD_CODE, WRONG_CODE, Gate, Organization
from tests.emulator.authorisation.small_book import (
    A,
    B,
    Condition,
    SmallBook,
    allow,
    deny,
    federated,
    long_term,
    policy,
    role,
    role_session,
    root,
    session_of,
    trust,
    user,
)

ANN = user(A, "Ann")
BEN = user(B, "Ben")
READER = role(A, "Reader")
BUCKET = "arn:aws:s3:::books"
GET = {"Bucket": "books", "Key": "k"}
EVERYTHING = policy(allow("*"), name="Everything")
S3_ONLY = policy(allow("s3:*"), name="S3Only")
TAKE = {"RoleArn": READER.role_arn, "RoleSessionName": "work"}


class BadParameters:
    """Refuses every call's parameters."""

    def validate(self, operation: Operation, caller: Caller) -> None:
        raise own_error("ValidationError", 400, f"{operation.name} by {caller.principal.arn}")


def _granted_to(*principals: str) -> SmallBook:
    grant = policy(allow("s3:GetObject", f"{BUCKET}/*", principal={"AWS": list(principals)}))
    return SmallBook(on_resources={BUCKET: grant}, owners={BUCKET: A})


def test_what_credentials_may_never_ask_comes_before_their_parameters() -> None:
    gate = Gate(SmallBook(), calls=BadParameters())

    refusal = gate.refusal(session_of(ANN), "sts", "GetSessionToken")

    assert refusal.message == "Cannot call GetSessionToken with session credentials"


def test_parameters_come_before_the_code_which_is_not_spent() -> None:
    gate = Gate(SmallBook(), calls=BadParameters())
    parameters = {**TAKE, "SerialNumber": "GAHT12345678", "TokenCode": GOOD_CODE}

    refusal = gate.refusal(long_term(ANN), "sts", "AssumeRole", parameters)

    assert (refusal.code, gate.codes.spent) == ("ValidationError", [])


def test_the_code_comes_before_the_policies_and_is_spent_on_a_denied_call() -> None:
    gate = Gate(SmallBook())
    parameters = {**TAKE, "SerialNumber": "GAHT12345678", "TokenCode": "000000"}

    wrong = gate.refusal(long_term(ANN), "sts", "AssumeRole", parameters)
    denied = gate.refusal(long_term(ANN), "sts", "AssumeRole", {**parameters, "TokenCode": GOOD_CODE})

    assert wrong.message == WRONG_CODE
    assert isinstance(denied, Denied)
    assert gate.codes.spent == ["GAHT12345678"]


@pytest.mark.parametrize("parameters", [{"SerialNumber": "GAHT12345678"}, {"TokenCode": GOOD_CODE}])
def test_a_serial_without_a_code_and_a_code_without_a_serial_are_refused(parameters: dict[str, str]) -> None:
    refusal = Gate(SmallBook()).refusal(long_term(ANN), "sts", "AssumeRole", {**TAKE, **parameters})

    assert refusal.kind is RefusalKind.ACCESS_DENIED
    assert refusal.message == (
        "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
    )


def test_the_code_of_get_session_token_is_left_to_who_answers_it() -> None:
    gate = Gate(SmallBook())

    answer = gate.ask(
        long_term(ANN), "sts", "GetSessionToken", {"SerialNumber": "GAHT12345678", "TokenCode": GOOD_CODE}
    )

    assert (answer.checks, answer.mfa_at, gate.codes.spent) == ((), None, [])


@pytest.mark.parametrize(
    ("book", "why"),
    [
        pytest.param(SmallBook(identity={ANN.arn: [EVERYTHING]}), "no such role", id="no such role"),
        pytest.param(
            SmallBook(identity={ANN.arn: [EVERYTHING]}, trusts={READER.role_arn: trust({"AWS": B})}),
            "not trusted",
            id="not trusted",
        ),
        pytest.param(SmallBook(trusts={READER.role_arn: trust({"AWS": A})}), "not allowed", id="not allowed"),
        pytest.param(
            SmallBook(
                identity={ANN.arn: [EVERYTHING, policy(deny("sts:AssumeRole"))]},
                trusts={READER.role_arn: trust({"AWS": A})},
            ),
            "denied",
            id="denied",
        ),
    ],
)
def test_a_role_that_is_not_there_looks_like_one_that_may_not_be_taken(book: SmallBook, why: str) -> None:
    refusal = Gate(book).refusal(long_term(ANN), "sts", "AssumeRole", TAKE)

    assert refusal.message == (
        f"User: {ANN.arn} is not authorized to perform: sts:AssumeRole on resource: {READER.role_arn}"
    ), why


@pytest.mark.parametrize(
    ("actions", "allowed"), [("sts:AssumeRole", False), (["sts:AssumeRole", "sts:TagSession"], True)]
)
def test_session_tags_must_be_trusted_as_well(actions: str | list[str], allowed: bool) -> None:
    book = SmallBook(identity={ANN.arn: [EVERYTHING]}, trusts={READER.role_arn: trust({"AWS": A}, actions)})
    tagged = {**TAKE, "Tags": [{"Key": "team", "Value": "red"}]}

    assert Gate(book).lets(long_term(ANN), "sts", "AssumeRole", tagged) is allowed


def test_an_untrusted_tag_is_refused_by_its_action_and_without_a_reason() -> None:
    book = SmallBook(identity={ANN.arn: [EVERYTHING]}, trusts={READER.role_arn: trust({"AWS": A})})
    tagged = {**TAKE, "Tags": [{"Key": "team", "Value": "red"}]}

    refusal = Gate(book).refusal(long_term(ANN), "sts", "AssumeRole", tagged)

    assert refusal.message.endswith(f"is not authorized to perform: sts:TagSession on resource: {READER.role_arn}")


def test_trust_that_names_the_user_suffices_within_the_account_but_not_across() -> None:
    named = trust({"AWS": [ANN.arn, BEN.arn]})
    gate = Gate(SmallBook(trusts={READER.role_arn: named}))

    assert gate.lets(long_term(ANN), "sts", "AssumeRole", TAKE)
    assert not gate.lets(long_term(BEN), "sts", "AssumeRole", TAKE)


@pytest.mark.parametrize(
    ("book", "allowed"),
    [
        pytest.param(_granted_to(ANN.arn), True, id="resource policy names the user"),
        pytest.param(_granted_to(A), False, id="resource policy names the account, which delegates"),
        pytest.param(SmallBook(identity={ANN.arn: [S3_ONLY]}, owners={BUCKET: A}), True, id="identity policy alone"),
    ],
)
def test_within_an_account_one_side_suffices(book: SmallBook, allowed: bool) -> None:
    assert Gate(book).lets(long_term(ANN), "s3", "GetObject", GET) is allowed


def test_across_accounts_both_sides_must_allow() -> None:
    book = _granted_to(BEN.arn)

    resource_only = Gate(book).lets(long_term(BEN), "s3", "GetObject", GET)
    book.identity[BEN.arn] = [S3_ONLY]
    both = Gate(book).lets(long_term(BEN), "s3", "GetObject", GET)
    book.on_resources.clear()
    identity_only = Gate(book).lets(long_term(BEN), "s3", "GetObject", GET)

    assert (resource_only, both, identity_only) == (False, True, False)


def test_a_copy_needs_both_ends() -> None:
    book = SmallBook(identity={ANN.arn: [policy(allow("s3:PutObject", f"{BUCKET}/*"))]}, owners={BUCKET: A})
    copy = {**GET, "CopySource": "secrets/x"}

    without_source = Gate(book).lets(long_term(ANN), "s3", "CopyObject", copy)
    book.identity[ANN.arn].append(policy(allow("s3:GetObject", "arn:aws:s3:::secrets/*")))
    with_source = Gate(book).lets(long_term(ANN), "s3", "CopyObject", copy)

    assert (without_source, with_source) == (False, True)


def test_the_public_reads_a_public_bucket_and_nothing_else() -> None:
    book = SmallBook(
        on_resources={BUCKET: policy(allow("s3:GetObject", f"{BUCKET}/*", principal="*"))}, owners={BUCKET: A}
    )
    gate = Gate(book)

    answer = gate.ask(ANONYMOUS, "s3", "GetObject", GET)
    refusal = gate.refusal(ANONYMOUS, "s3", "PutObject", GET)

    assert answer.account_id == A
    assert refusal.message == "Access Denied"


def test_a_boundary_limits_what_identity_policies_allow() -> None:
    book = SmallBook(identity={ANN.arn: [EVERYTHING]}, boundaries={ANN.arn: S3_ONLY})
    gate = Gate(book)

    assert gate.lets(long_term(ANN), "s3", "ListBuckets")
    assert not gate.lets(long_term(ANN), "dynamodb", "ListTables")


def test_session_policies_add_up_and_limit_the_role_together() -> None:
    book = SmallBook(identity={READER.role_arn: [policy(allow(["s3:*", "dynamodb:*"]))]})
    limited = role_session(READER, S3_ONLY, policy(allow("sqs:*")))
    gate = Gate(book)

    assert gate.lets(role_session(READER), "dynamodb", "ListTables")
    assert gate.lets(limited, "s3", "ListBuckets")
    assert not gate.lets(limited, "dynamodb", "ListTables")
    assert not gate.lets(limited, "sqs", "ListQueues")


def test_a_federated_user_has_its_issuers_policies_as_far_as_its_session_policy_goes() -> None:
    gate = Gate(SmallBook(identity={ANN.arn: [policy(allow(["s3:*", "dynamodb:*"]))]}))

    assert gate.lets(federated(ANN, "guest", S3_ONLY), "s3", "ListBuckets")
    assert not gate.lets(federated(ANN, "guest", S3_ONLY), "dynamodb", "ListTables")
    assert not gate.lets(federated(ANN, "guest"), "s3", "ListBuckets")
    assert gate.lets(federated(root(A), "guest", S3_ONLY), "s3", "ListBuckets")
    assert not gate.lets(federated(root(A), "guest", S3_ONLY), "dynamodb", "ListTables")


def test_root_may_do_everything_in_its_account_that_the_organization_allows() -> None:
    gate = Gate(SmallBook(), controls=Organization(scps={B: [[EVERYTHING], [S3_ONLY]]}))

    assert gate.lets(long_term(root(A)), "dynamodb", "ListTables")
    assert gate.lets(long_term(root(B)), "s3", "ListBuckets")
    assert not gate.lets(long_term(root(B)), "dynamodb", "ListTables")


def test_resource_control_policies_are_those_of_the_resources_account() -> None:
    book = _granted_to(BEN.arn)
    book.identity[BEN.arn] = [S3_ONLY]
    closed = policy(deny("s3:*", principal="*"), name="NobodyReads")

    own = Gate(book, controls=Organization(rcps={A: [[closed]]}))
    foreign = Gate(book, controls=Organization(rcps={B: [[closed]]}))

    assert not own.lets(long_term(BEN), "s3", "GetObject", GET)
    assert foreign.lets(long_term(BEN), "s3", "GetObject", GET)


@pytest.mark.parametrize(
    ("service", "name", "parameters", "account_id"),
    [
        ("s3", "GetObject", GET, B),
        ("s3", "ListBuckets", {}, A),
        ("s3", "CreateBucket", {"Bucket": "new"}, A),
        ("s3", "CopyObject", {**GET, "CopySource": "mine/x"}, B),
        ("sqs", "SendMessage", {"QueueUrl": f"http://localhost/{B}/q"}, B),
        ("sqs", "CreateQueue", {"QueueName": "q"}, A),
        ("sns", "Publish", {"TopicArn": f"arn:aws:sns:us-east-1:{B}:t"}, B),
        ("dynamodb", "GetItem", {"TableName": f"arn:aws:dynamodb:us-east-1:{B}:table/T"}, B),
        ("dynamodb", "GetItem", {"TableName": "T"}, A),
        ("ec2", "DescribeInstances", {}, A),
        ("ec2", "DeregisterImage", {"ImageId": "ami-1"}, A),
        ("iam", "GetPolicy", {"PolicyArn": "arn:aws:iam::aws:policy/X"}, A),
        ("sts", "GetCallerIdentity", {}, A),
    ],
)
def test_a_request_acts_in_the_account_of_what_it_is_about(
    service: str, name: str, parameters: dict[str, object], account_id: str
) -> None:
    open_to_all = policy(allow("*", principal="*"))
    foreign = (
        BUCKET,
        f"arn:aws:sqs:us-east-1:{B}:q",
        f"arn:aws:sns:us-east-1:{B}:t",
        f"arn:aws:dynamodb:us-east-1:{B}:table/T",
    )
    book = SmallBook(
        identity={ANN.arn: [EVERYTHING]},
        owners={BUCKET: B},
        on_resources=dict.fromkeys(foreign, open_to_all),
    )

    assert Gate(book).ask(long_term(ANN), service, name, parameters).account_id == account_id


def test_the_log_gets_every_check_up_to_the_one_that_failed() -> None:
    book = SmallBook(
        identity={ANN.arn: [policy(allow("s3:PutObject"), deny("s3:PutObjectAcl", sid="NoAcl"), name="Writers")]},
        owners={BUCKET: A},
    )

    refusal = Gate(book).refusal(long_term(ANN), "s3", "PutObject", {**GET, "ACL": "private", "Tagging": "a=b"})

    assert isinstance(refusal, Denied)
    assert refusal.checks == (
        Check(
            action="s3:PutObject",
            resource=f"{BUCKET}/k",
            allowed=True,
            reason="an identity-based policy allows it: `Writers` statement 1",
        ),
        Check(
            action="s3:PutObjectAcl",
            resource=f"{BUCKET}/k",
            allowed=False,
            reason="explicit deny in an identity-based policy: `Writers` statement `NoAcl`",
        ),
    )


@pytest.mark.parametrize(
    ("caller", "found"),
    [(long_term(ANN), "the request lacks it"), (session_of(ANN), "it is `false`")],
)
def test_the_log_says_what_an_implicit_denial_lacked(caller: Caller, found: str) -> None:
    mfa: Condition = {
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "StringEquals": {"aws:RequestedRegion": ["x", "y"]},
    }
    other = policy(allow("s3:*"), allow("dynamodb:*", "arn:aws:dynamodb:*:*:table/Other"), name="Other")
    gate = Gate(SmallBook(identity={ANN.arn: [other, policy(allow("dynamodb:*", condition=mfa), name="WithMfa")]}))

    refusal = gate.refusal(caller, "dynamodb", "GetItem", {"TableName": "T"})

    assert isinstance(refusal, Denied)
    assert refusal.checks[-1].reason == (
        "no identity-based policy allows it; `WithMfa` statement 1 would, but for"
        f" Bool `aws:MultiFactorAuthPresent` `true` ({found})"
        " and StringEquals `aws:RequestedRegion` `x` or `y` (it is `us-east-1`)"
    )


def test_an_allowed_request_brings_its_checks_along() -> None:
    gate = Gate(SmallBook(identity={ANN.arn: [EVERYTHING]}))

    answer = gate.ask(long_term(ANN), "dynamodb", "BatchGetItem", {"RequestItems": {"T": {}, "U": {}}})

    assert [(check.action, check.resource.rpartition("/")[2], check.allowed) for check in answer.checks] == [
        ("dynamodb:BatchGetItem", "T", True),
        ("dynamodb:BatchGetItem", "U", True),
    ]


BROKEN = NamedPolicy(name="Broken", text='{"Version": "2012-10-17", "Statement": [')


@pytest.mark.parametrize(
    "book",
    [
        pytest.param(SmallBook(identity={ANN.arn: [EVERYTHING, BROKEN]}, owners={BUCKET: A}), id="identity"),
        pytest.param(
            SmallBook(identity={ANN.arn: [EVERYTHING]}, on_resources={BUCKET: BROKEN}, owners={BUCKET: A}),
            id="resource",
        ),
        pytest.param(
            SmallBook(identity={ANN.arn: [EVERYTHING]}, boundaries={ANN.arn: BROKEN}, owners={BUCKET: A}),
            id="boundary",
        ),
    ],
)
def test_a_policy_that_cannot_be_read_denies_and_the_log_says_which(book: SmallBook) -> None:
    refusal = Gate(book).refusal(long_term(ANN), "s3", "GetObject", GET)

    assert isinstance(refusal, Denied)
    assert refusal.checks[-1].reason.startswith("denied, as policy `Broken`, line 1, column ")


def test_a_broken_policy_does_not_keep_anybody_from_proving_who_they_are() -> None:
    gate = Gate(SmallBook(identity={ANN.arn: [BROKEN]}))

    assert gate.lets(long_term(ANN), "sts", "GetSessionToken")


def test_a_role_that_asks_for_the_user_is_told_before_any_policy() -> None:
    with pytest.raises(Refusal, match="Must specify userName"):
        Gate(SmallBook()).ask(role_session(READER), "iam", "GetUser")


def test_world_time_is_what_policies_are_held_against() -> None:
    until = {"DateLessThan": {"aws:CurrentTime": "2026-11-21T13:00:00Z"}}
    gate = Gate(SmallBook(identity={ANN.arn: [policy(allow("*", condition=until))]}))

    now = gate.lets(long_term(ANN), "s3", "ListBuckets")
    gate.time.now = NOON.replace(hour=13)
    later = gate.lets(long_term(ANN), "s3", "ListBuckets")

    assert (now, later) == (True, False)


@pytest.mark.parametrize(
    ("service", "name", "parameters"),
    [
        (
            "dynamodb",
            "BatchGetItem",
            {"RequestItems": {f"arn:aws:dynamodb:us-east-1:{B}:table/T": {}, "Salaries": {}}},
        ),
        ("sns", "Publish", {"TopicArn": f"arn:aws:sns:us-east-1:{B}:t", "PhoneNumber": "+15550100"}),
    ],
)
def test_a_call_about_things_of_several_accounts_is_refused(
    service: str, name: str, parameters: dict[str, object]
) -> None:
    gate = Gate(SmallBook(identity={ANN.arn: [EVERYTHING]}))

    refusal = gate.refusal(long_term(ANN), service, name, parameters)

    assert (refusal.code, refusal.status) == ("ValidationException", 400)
    assert A in refusal.message
    assert B in refusal.message
