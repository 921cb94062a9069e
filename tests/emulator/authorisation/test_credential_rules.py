"""What kinds of credentials may never ask."""

from __future__ import annotations

import pytest

from mfacli.emulator.authorisation.credential_rules import refuse_unfit
from mfacli.emulator.callers import ANONYMOUS, Caller
from mfacli.emulator.refusals import Refusal, RefusalKind
from tests.doubles import NOON
from tests.emulator.authorisation.small_book import (
    A,
    federated,
    long_term,
    operation,
    role,
    role_session,
    root,
    session_of,
    user,
)

ANN = user(A, "Ann")
SESSION = session_of(ANN)
MFA_SESSION = session_of(ANN, NOON)
ROLE = role_session(role(A, "Reader"))
GUEST = federated(ANN, "guest")
NOT_WITH_A_SESSION = "Cannot call {} with session credentials"


@pytest.mark.parametrize(
    ("caller", "name"),
    [
        (SESSION, "GetSessionToken"),
        (SESSION, "GetFederationToken"),
        (MFA_SESSION, "GetSessionToken"),
        (MFA_SESSION, "DecodeAuthorizationMessage"),
        (ROLE, "GetSessionToken"),
        (ROLE, "GetFederationToken"),
        (GUEST, "GetSessionToken"),
        (GUEST, "AssumeRole"),
    ],
)
def test_sts_refuses_session_credentials(caller: Caller, name: str) -> None:
    with pytest.raises(Refusal) as caught:
        refuse_unfit(operation("sts", name), caller)

    assert caught.value.kind is RefusalKind.ACCESS_DENIED
    assert caught.value.message == NOT_WITH_A_SESSION.format(name)


@pytest.mark.parametrize("caller", [long_term(root(A)), session_of(root(A), NOON)])
def test_root_takes_no_roles(caller: Caller) -> None:
    with pytest.raises(Refusal, match=r"^Roles may not be assumed by root accounts\.$") as caught:
        refuse_unfit(operation("sts", "AssumeRole"), caller)

    assert caught.value.kind is RefusalKind.ACCESS_DENIED


@pytest.mark.parametrize("caller", [SESSION, GUEST, session_of(root(A))])
@pytest.mark.parametrize("name", ["ListUsers", "GetUser", "ListMFADevices"])
def test_iam_does_not_know_the_token_of_a_session_without_mfa(caller: Caller, name: str) -> None:
    with pytest.raises(Refusal) as caught:
        refuse_unfit(operation("iam", name), caller)

    assert (caught.value.code, caught.value.status) == ("InvalidClientTokenId", 403)
    assert caught.value.message == "The security token included in the request is invalid"


@pytest.mark.parametrize("service", ["ec2", "iam", "sts", "sqs", "sns", "dynamodb"])
def test_every_service_but_s3_wants_to_know_who_asks(service: str) -> None:
    with pytest.raises(Refusal) as caught:
        refuse_unfit(operation(service, "List"), ANONYMOUS)

    assert caught.value.kind is RefusalKind.NO_AUTHENTICATION


@pytest.mark.parametrize(
    ("caller", "service", "name"),
    [
        (long_term(ANN), "sts", "GetSessionToken"),
        (long_term(ANN), "iam", "ListUsers"),
        (long_term(root(A)), "sts", "GetSessionToken"),
        (long_term(root(A)), "sts", "GetFederationToken"),
        (SESSION, "sts", "AssumeRole"),
        (SESSION, "sts", "GetCallerIdentity"),
        (SESSION, "ec2", "DescribeInstances"),
        (MFA_SESSION, "iam", "ListUsers"),
        (ROLE, "iam", "ListUsers"),
        (ROLE, "sts", "AssumeRole"),
        (ROLE, "sts", "DecodeAuthorizationMessage"),
        (GUEST, "sts", "GetCallerIdentity"),
        (GUEST, "s3", "GetObject"),
        (ANONYMOUS, "s3", "GetObject"),
    ],
)
def test_other_calls_are_left_to_the_policies(caller: Caller, service: str, name: str) -> None:
    refuse_unfit(operation(service, name), caller)
