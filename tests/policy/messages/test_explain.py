"""What each refusal is said to mean, and which command is said to help."""

from __future__ import annotations

import json

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.errors import UsageWrong
from mfacli.policy.messages.explain import explain_message
from mfacli.policy.messages.explanation import Explanation

USER = "arn:aws:iam::111122223333:user/Sofia"
ROLE = "arn:aws:sts::111122223333:assumed-role/Ops/me"
SHELL = 'eval "$(mfacli session --export)"'


def aws(code: str, text: str, operation: str = "GetSessionToken") -> str:
    """Return an error as botocore prints it."""
    return f"An error occurred ({code}) when calling the {operation} operation: {text}"


def tencent(code: str, text: str = "no") -> str:
    """Return an error as tccli prints it."""
    return f"[TencentCloudSDKException] code:{code} message:{text} requestId:0a-1"


def denied(who: str, action: str, rest: str = "", resource: str = "arn:aws:s3:::b/k") -> str:
    """Return a denial as services print it."""
    return aws(
        "AccessDenied", f"User: {who} is not authorized to perform: {action} on resource: {resource}{rest}", "X"
    )


def commands(explanation: Explanation) -> list[str]:
    """Return the commands that an explanation gives."""
    return [advice.command for advice in explanation.advice]


@pytest.mark.parametrize(
    ("raw", "meaning", "command"),
    [
        (
            aws("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. "),
            "did not accept the one-time code",
            "mfacli session",
        ),
        (
            aws(
                "AccessDenied",
                "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial",
            ),
            "does not know this MFA device",
            "mfacli device list",
        ),
        (
            aws("AccessDenied", "MultiFactorAuthentication failed, must provide both MFA serial number and one"),
            "only one was sent",
            "mfacli session",
        ),
        (
            aws(
                "ValidationError", "1 validation error detected: Value '' at 'tokenCode' failed to satisfy constraint"
            ),
            "not six digits",
            "mfacli session",
        ),
        (
            "\nParameter validation failed:\nInvalid length for parameter TokenCode, value: 0, valid min length: 6\n",
            "not six digits",
            "mfacli session",
        ),
        (
            aws("AccessDenied", "Cannot call GetSessionToken with session credentials"),
            "GetSessionToken takes long-term keys only",
            'eval "$(mfacli export --unset)"',
        ),
        (
            aws("AccessDenied", "Cannot call GetFederationToken with session credentials"),
            "GetFederationToken takes long-term keys only",
            "mfacli session",
        ),
        (aws("AccessDenied", "Roles may not be assumed by root accounts."), "the root user", "mfacli whoami"),
        (
            aws("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."),
            "longer than the role's MaxSessionDuration",
            "mfacli assume ROLE --duration 1h",
        ),
        (
            aws(
                "ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed"
            ),
            "one hour at most",
            "mfacli assume ROLE --duration 1h",
        ),
        (aws("ExpiredToken", "The security token included in the request is expired"), "has expired", SHELL),
        (aws("RequestExpired", "Request has expired."), "has expired", SHELL),
        ("The provided token has expired.", "has expired", SHELL),
        (aws("InvalidClientTokenId", "The security token included in the request is invalid"), "not ones", SHELL),
        (aws("UnrecognizedClientException", "x"), "not ones that the cloud knows", "mfacli whoami"),
        (aws("RequestTimeTooSkewed", "The difference between"), "clock is off", "timedatectl set-ntp true"),
        (
            aws("SignatureDoesNotMatch", "The request signature we calculated"),
            "signature does not fit",
            "mfacli whoami",
        ),
        (aws("MissingAuthenticationToken", "Missing"), "was not signed", SHELL),
        ("Unable to locate credentials. You can configure credentials", "was not signed", SHELL),
        (
            aws("RegionDisabledException", "STS is not activated in this region"),
            "not active",
            "mfacli session --region us-east-1",
        ),
        (
            aws("InvalidAuthenticationCode", "Authentication code for device is not valid.", "EnableMFADevice"),
            "two codes",
            "mfacli device list",
        ),
        (aws("InvalidAuthorizationMessageException", "x"), "could not be decoded", "mfacli policy explain"),
        (aws("AccessDenied", "Access Denied", "PutObject"), "does not say by what", SHELL),
        ("Forbidden", "does not say by what", SHELL),
        (tencent("FailedOperation.CheckMFAError"), "did not accept the one-time code", "mfacli session"),
        (tencent("AuthFailure.MFAFailure"), "did not accept the one-time code", "mfacli session"),
        (tencent("FailedOperation.MFATypeNotSupported"), "kind of MFA device", "mfacli session"),
        (tencent("FailedOperation.TempKeyNotAllowed"), "long-term keys only", 'eval "$(mfacli export --unset)"'),
        (tencent("InvalidParameter.OverTimeError"), "longer than allowed", "mfacli session --duration 2h"),
        (tencent("ResourceNotFound.RoleNotFound"), "no such role", "mfacli assume ROLE"),
        (tencent("UnauthorizedOperation.MFANotFound", "没有权限进行此操作"), "carry none", SHELL),
        (tencent("UnauthorizedOperation.MFAExpired"), "too old", 'eval "$(mfacli session --new --export)"'),
        (tencent("AuthFailure.TokenFailure"), "token is not accepted", SHELL),
        (tencent("AuthFailure.SecretIdNotFound"), "not one that the cloud knows", "mfacli whoami"),
        (tencent("AuthFailure.SignatureFailure"), "signature does not fit", "mfacli whoami"),
        (tencent("AuthFailure.SignatureExpire"), "clock is off", "timedatectl set-ntp true"),
        (tencent("UnknownParameter"), "does not know", "mfacli session"),
        (tencent("UnauthorizedOperation"), "policies do not allow it", SHELL),
    ],
)
def test_a_refusal_is_explained_with_the_command_that_helps(raw: str, meaning: str, command: str) -> None:
    explanation = explain_message(raw)

    assert meaning in explanation.meaning
    assert command in commands(explanation)
    assert explanation.causes


def test_the_profile_is_in_the_commands() -> None:
    explanation = explain_message(aws("ExpiredToken", "x"), profile="my prod")

    assert "eval \"$(mfacli session -p 'my prod' --export)\"" in commands(explanation)


def test_a_session_without_mfa_at_iam_looks_like_a_bad_key() -> None:
    at_iam = explain_message(aws("InvalidClientTokenId", "The security token is invalid", "ListUsers"))
    elsewhere = explain_message(aws("InvalidClientTokenId", "The security token is invalid", "GetCallerIdentity"))
    unknown = explain_message("The security token included in the request is invalid")

    assert "opened without MFA" in at_iam.causes[0]
    assert not [cause for cause in elsewhere.causes if "without MFA" in cause]
    assert "opened without MFA" in unknown.causes[-1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Signature expired: 20160609T184512Z is now earlier than 20160610T013008Z (20160610T014508Z - 15 min.)",
            "25196 seconds behind the cloud's",
        ),
        (
            (
                "Signature not yet current: 20261121T130000Z is still later than 20261121T121500Z "
                "(20261121T120000Z + 15 min.)"
            ),
            "3600 seconds ahead of the cloud's",
        ),
        ("Signature expired: 20169999T999999Z is now (20160610T014508Z - 15 min.)", "clock is off"),
        ("Signature expired: a while ago", "clock is off"),
    ],
)
def test_a_wrong_clock_is_measured(text: str, said: str) -> None:
    explanation = explain_message(aws("SignatureDoesNotMatch", text))

    assert said in explanation.meaning


def test_assume_role_has_four_possible_causes() -> None:
    explanation = explain_message(
        denied(USER, "sts:AssumeRole", resource="arn:aws:iam::444455556666:role/CrossAccountRole")
    )

    assert len(explanation.causes) == 4
    assert "demands MFA" in explanation.causes[0]
    assert "no such role" in explanation.causes[3]
    assert commands(explanation)[0] == "mfacli assume arn:aws:iam::444455556666:role/CrossAccountRole"


def test_an_implicit_denial_of_a_user_may_want_mfa() -> None:
    explanation = explain_message(
        denied(USER, "s3:GetObject", " because no identity-based policy allows the s3:GetObject action")
    )

    assert explanation.meaning == (f"no identity-based policy allows `{USER}` `s3:GetObject` on `arn:aws:s3:::b/k`")
    assert SHELL in commands(explanation)
    assert explanation.denial is not None
    assert explanation.denial.explicit is False


@pytest.mark.parametrize(
    "rest", ["", " with an explicit deny in an identity-based policy", " because no identity-based policy allows it"]
)
def test_deleting_a_device_is_left_to_an_administrator(rest: str) -> None:
    serial = "arn:aws:iam::111122223333:mfa/Sofia"

    explanation = explain_message(denied(USER, "iam:DeleteVirtualMFADevice", rest, serial), profile="dev")

    assert "do not add `iam:DeleteVirtualMFADevice` to `DenyAllExceptListedIfNoMFA`" in explanation.causes[0]
    assert commands(explanation)[:2] == [
        f"aws iam delete-virtual-mfa-device --serial-number {serial}",
        "mfacli device enroll --name NAME -p dev",
    ]


def test_an_explicit_denial_may_want_fresher_mfa() -> None:
    explanation = explain_message(
        denied(
            USER, "s3:GetObject", " with an explicit deny in an identity-based policy: arn:aws:iam::1:policy/Force"
        )
    )

    assert "`arn:aws:iam::1:policy/Force`" in explanation.meaning
    assert commands(explanation) == [SHELL, 'eval "$(mfacli session --new --export)"']


@pytest.mark.parametrize(
    ("rest", "cause"),
    [
        (" because no session policy allows the s3:GetObject action", "session policy that was passed"),
        (" because no VPC endpoint policy allows the s3:GetObject action", "VPC endpoint"),
        (" with an explicit deny in a service control policy", "the organization"),
        (" with an explicit deny in a resource control policy", "the organization"),
        (" because no permissions boundary allows the s3:GetObject action", "with MFA only"),
        (" because no resource-based policy allows the s3:GetObject action", "only credentials from GetSessionToken"),
        (" because no role trust policy allows the s3:GetObject action", "the role demands MFA"),
        ("", "with MFA only"),
    ],
)
def test_each_layer_has_its_causes(rest: str, cause: str) -> None:
    explanation = explain_message(denied(USER, "s3:GetObject", rest))

    assert cause in explanation.causes[0]


@pytest.mark.parametrize(
    ("rest", "command"),
    [
        (" because no identity-based policy allows the s3:GetObject action", None),
        (" because no resource-based policy allows the s3:GetObject action", SHELL),
        (" with an explicit deny in an identity-based policy", None),
    ],
)
def test_a_role_session_is_told_that_it_has_no_mfa(rest: str, command: str | None) -> None:
    explanation = explain_message(denied(ROLE, "s3:GetObject", rest))

    assert "AssumeRole's credentials carry no MFA" in explanation.causes[0]
    assert (SHELL in commands(explanation)) == (command is not None)
    assert "mfacli policy check --attached-to role POLICY.json" in commands(explanation)


def test_a_role_under_an_organizations_denial_is_told_so() -> None:
    explanation = explain_message(denied(ROLE, "s3:GetObject", " with an explicit deny in a service control policy"))

    assert "AssumeRole's credentials carry no MFA" in explanation.causes[1]
    assert not explanation.advice


def test_root_is_told_that_mfa_does_not_help() -> None:
    explanation = explain_message(denied("arn:aws:iam::111122223333:root", "s3:GetObject"))

    assert "root user's keys" in explanation.causes[0]


def test_tencents_denial_names_action_and_resource() -> None:
    text = (
        "You are not authorized to perform this operation. Check your CAM policies. [[request id:1]you are not "
        "authorized to perform operation (cvm:TerminateInstances)\\nresource (qcs:id/0:cvm:g:uin/1:instance/ins-1) "
        "has no permission\\n]"
    )

    explanation = explain_message(tencent("AuthFailure.UnauthorizedOperation", text))

    assert explanation.cloud is Cloud.TENCENT
    assert explanation.denial is not None
    assert explanation.denial.action == "cvm:TerminateInstances"
    assert explanation.denial.resource == "qcs:id/0:cvm:g:uin/1:instance/ins-1"
    assert "`cvm:TerminateInstances`" in explanation.meaning


def test_a_tencent_denial_without_a_resource_is_read() -> None:
    explanation = explain_message(
        tencent("UnauthorizedOperation", "not authorized to perform operation (sms:SendSms)")
    )

    assert explanation.denial is not None
    assert (explanation.denial.action, explanation.denial.resource) == ("sms:SendSms", "")


ENCODED = "Xa-_0123456789abcdefghij"
EC2 = aws(
    "UnauthorizedOperation",
    f"You are not authorized to perform this operation. User: {USER} is not authorized to perform: ec2:StopInstances "
    f"on resource: arn:aws:ec2:e:111122223333:instance/i-1 because no identity-based policy allows the "
    f"ec2:StopInstances action. Encoded authorization failure message: {ENCODED}",
    "StopInstances",
)
OLD_EC2 = aws(
    "UnauthorizedOperation",
    f"You are not authorized to perform this operation. Encoded authorization failure message: {ENCODED}",
    "StopInstances",
)


def decoded(mfa: str | None = None, age: str | None = None, who: str = USER, sid: str = "") -> str:
    """Return what STS makes of an encoded message."""
    keys = {"aws:MultiFactorAuthPresent": mfa, "aws:MultiFactorAuthAge": age, "aws:Region": "e"}
    statement = {"statementId": sid, "effect": "DENY"}
    return json.dumps(
        {
            "allowed": False,
            "explicitDeny": bool(sid),
            "matchedStatements": {"items": [statement] if sid else []},
            "failures": {"items": []},
            "context": {
                "principal": {"id": "AIDA", "arn": who},
                "action": "ec2:StopInstances",
                "resource": "arn:aws:ec2:e:111122223333:instance/i-1",
                "conditions": {
                    "items": [
                        {"key": key, "values": {"items": [{"value": value}]}}
                        for key, value in keys.items()
                        if value is not None
                    ]
                },
            },
        }
    )


def test_an_encoded_message_asks_to_be_decoded() -> None:
    explanation = explain_message(EC2, profile="prod")

    assert explanation.encoded == ENCODED
    assert ENCODED not in repr(explanation)
    assert "mfacli policy explain --decode -p prod" in commands(explanation)


def test_an_old_encoded_message_names_nothing_else() -> None:
    explanation = explain_message(OLD_EC2)

    assert explanation.encoded == ENCODED
    assert explanation.meaning.startswith("the caller may not")


@pytest.mark.parametrize(
    ("inner", "cause"),
    [
        (decoded(), "made with long-term keys"),
        (decoded("false"), "a session that carries no MFA"),
        (decoded("true", "4000"), "carried MFA, 4000 seconds old"),
        (decoded("true"), "carried MFA: presence was not missing"),
        (decoded("false", who=ROLE), "a session that carries no MFA"),
    ],
)
def test_a_decoded_message_tells_what_was_carried(inner: str, cause: str) -> None:
    explanation = explain_message(OLD_EC2, decoded=inner)

    assert cause in explanation.causes[0]
    assert not explanation.encoded
    assert explanation.denial is not None
    assert explanation.denial.action == "ec2:StopInstances"


def test_a_decoded_message_is_explained_by_itself() -> None:
    plain = explain_message(decoded(sid="NoMfa"))
    wrapped = explain_message(json.dumps({"DecodedMessage": decoded(sid="NoMfa")}))

    assert plain == wrapped
    assert "the denying statement is `NoMfa`" in plain.causes
    assert plain.operation == "StopInstances"


@pytest.mark.parametrize(
    "inner", ["nothing", "[]", '{"allowed": false}', '{"allowed": false, "context": {"conditions": {"items": 3}}}']
)
def test_what_is_no_decoded_message_changes_nothing_it_should_not(inner: str) -> None:
    explanation = explain_message(EC2, decoded=inner)

    assert explanation.denial is not None
    assert explanation.denial.principal == USER


@pytest.mark.parametrize("raw", ["hello", aws("NoSuchBucket", "The specified bucket does not exist"), tencent("X.Y")])
def test_what_is_no_refusal_is_said_not_to_be_known(raw: str) -> None:
    with pytest.raises(UsageWrong, match="no refusal that is known here"):
        explain_message(raw)
