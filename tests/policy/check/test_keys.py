"""Which keys tell of MFA, and which were meant to."""

from __future__ import annotations

import pytest

from mfacli.policy.check.keys import MfaKey, meant_key, mfa_key_of, proper_spelling
from mfacli.policy.document import Dialect

PRESENT = "aws:MultiFactorAuthPresent"
AGE = "aws:MultiFactorAuthAge"


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("aws:MultiFactorAuthPresnt", PRESENT),
        ("aws:MutliFactorAuthPresent", PRESENT),
        ("aws:MultiFactorAuthenticated", PRESENT),
        ("aws:MFAPresent", PRESENT),
        ("aws:MultiFactorPresent", PRESENT),
        ("iam:MultiFactorAuthPresent", PRESENT),
        ("qcs:mfaPresent", PRESENT),
        ("aws:MultiFactorAuthage_", AGE),
        ("aws:MFAAge", AGE),
        ("aws:MultiFactorAge", AGE),
    ],
)
def test_misspelt_keys_of_aws_are_understood(key: str, meant: str) -> None:
    assert meant_key(key, Dialect.AWS) == meant


@pytest.mark.parametrize(
    "key",
    [
        PRESENT,
        "AWS:multifactorauthage",
        "aws:PrincipalTag/MFA",
        "aws:RequestTag/mfa-required",
        "saml:mfa",
        "aws:SourceIp",
        "aws:TokenIssueTime",
        "iam:PassedToService",
        "sts:ExternalId",
    ],
)
def test_other_keys_are_left_alone(key: str) -> None:
    assert meant_key(key, Dialect.AWS) is None


@pytest.mark.parametrize("key", ["qcs:MFAPresent", "qcs:mfapresent", "qcs:mfaPresnt", "aws:MultiFactorAuthPresent"])
def test_tencents_key_has_case_and_only_one_spelling(key: str) -> None:
    assert mfa_key_of(key, Dialect.TENCENT) is None
    assert meant_key(key, Dialect.TENCENT) == "qcs:mfaPresent"


@pytest.mark.parametrize("key", ["qcs:mfaPresent", "mfa", "qcs:mfa", "qcs:ip", "qcs:resource_tag"])
def test_tencents_known_keys_are_not_misspelt(key: str) -> None:
    assert meant_key(key, Dialect.TENCENT) is None


def test_the_keys_of_aws_have_no_case() -> None:
    assert mfa_key_of("AWS:MULTIFACTORAUTHPRESENT", Dialect.AWS) is MfaKey.PRESENT
    assert mfa_key_of("aws:multifactorauthage", Dialect.AWS) is MfaKey.AGE
    assert proper_spelling("aws:multifactorauthage", Dialect.AWS) == AGE
    assert proper_spelling("aws:multiFactorAuthPresent", Dialect.AWS) == PRESENT
    assert proper_spelling(PRESENT, Dialect.AWS) is None
    assert proper_spelling("aws:SourceIp", Dialect.AWS) is None
