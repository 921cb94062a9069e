"""Errors taken apart in the forms in which tools and SDKs print them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfacli.domain.cloud import Cloud
from mfacli.errors import UsageWrong
from mfacli.policy.messages.error_text import read_error


@pytest.mark.parametrize(
    ("raw", "code", "operation", "text"),
    [
        (
            "\nAn error occurred (AccessDenied) when calling the PutObject operation: Access Denied\n",
            "AccessDenied",
            "PutObject",
            "Access Denied",
        ),
        (
            "aws: [ERROR]: An error occurred (Throttling) when calling the X operation (reached max retries: 4): R",
            "Throttling",
            "X",
            "R",
        ),
        (
            (
                "operation error EC2: StopInstances, https response error StatusCode: 403, RequestID: 1, "
                "api error UnauthorizedOperation: You are not"
            ),
            "UnauthorizedOperation",
            "StopInstances",
            "You are not",
        ),
        (
            (
                "operation error SQS: SendMessage, exceeded maximum number of attempts, 3, https response error "
                "StatusCode: 403, ResourceNotFoundException: no"
            ),
            "ResourceNotFoundException",
            "SendMessage",
            "no",
        ),
        (
            "<Error><Code>AccessDenied</Code>\n<Message>User &quot;a&quot; &amp; b</Message></Error>",
            "AccessDenied",
            "",
            'User "a" & b',
        ),
        ("AccessDenied: Access Denied", "AccessDenied", "", "Access Denied"),
        ("ClientError: ExpiredToken: gone", "ExpiredToken", "", "gone"),
        (
            "Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: 1)",
            "AccessDenied",
            "",
            "Access Denied",
        ),
        ('{"__type": "com.amazon.coral#AccessDeniedException", "Message": "no"}', "AccessDeniedException", "", "no"),
        ('Fault: {"Error": {"Code": "AccessDenied", "Message": "no"}}', "AccessDenied", "", "no"),
        ("User: arn:aws:iam::1:user/a is not", "", "", "User: arn:aws:iam::1:user/a is not"),
        ("text with { a brace", "", "", "text with { a brace"),
    ],
)
def test_errors_of_aws_are_taken_apart(raw: str, code: str, operation: str, text: str) -> None:
    error = read_error(raw)

    assert (error.cloud, error.code, error.operation, error.text) == (Cloud.AWS, code, operation, text)


@pytest.mark.parametrize(
    ("raw", "code", "text"),
    [
        (
            "[TencentCloudSDKException] code:AuthFailure.TokenFailure message:Token verification failed requestId:a",
            "AuthFailure.TokenFailure",
            "Token verification failed",
        ),
        (
            "[TencentCloudSDKException]code: FailedOperation.CheckMFAError, message: no, requestId: 1",
            "FailedOperation.CheckMFAError",
            "no",
        ),
        (
            "[TencentCloudSDKError] Code=FailedOperation.CheckMFAError, Message=no, RequestId=1",
            "FailedOperation.CheckMFAError",
            "no",
        ),
        (
            '{"Response": {"Error": {"Code": "AuthFailure.MFAFailure", "Message": "no"}, "RequestId": "1"}}',
            "AuthFailure.MFAFailure",
            "no",
        ),
        ("UnauthorizedOperation.MFANotFound: no", "UnauthorizedOperation.MFANotFound", "no"),
        (
            "<Error><Code>AccessDenied</Code><Message>Access Denied.</Message><TraceId>1</TraceId></Error>",
            "AccessDenied",
            "Access Denied.",
        ),
    ],
)
def test_errors_of_tencent_cloud_are_taken_apart(raw: str, code: str, text: str) -> None:
    error = read_error(raw)

    assert (error.cloud, error.code, error.text) == (Cloud.TENCENT, code, text)


def test_frames_and_line_ends_of_terraform_are_taken_off() -> None:
    raw = "╷\n│ operation error EC2: TerminateInstances, api error\n│ UnauthorizedOperation: You are\n│ not\n╵"

    error = read_error(raw)

    assert (error.code, error.text) == ("UnauthorizedOperation", "You are not")


@pytest.mark.parametrize("raw", ["", " \n", "x" * 100_001])
def test_nothing_and_far_too_much_are_refused(raw: str) -> None:
    with pytest.raises(UsageWrong):
        read_error(raw)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from('An error occurred()<Code>{"Error":[]}\\│: '), max_size=80))
def test_no_text_gets_more_than_a_refusal(raw: str) -> None:
    try:
        error = read_error(raw)
    except UsageWrong:
        assert not raw.strip(" │\\").strip() or len(raw) < 100
    else:
        assert error.cloud in Cloud
