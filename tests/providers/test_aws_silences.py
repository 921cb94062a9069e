"""When nothing comes back from the cloud."""

from __future__ import annotations

import pytest
from botocore.exceptions import HTTPClientError

from mfacli.domain.cloud import Cloud
from mfacli.domain.secret import Secret
from mfacli.providers.attempt import Attempt
from mfacli.providers.aws_silences import explain_aws_silence
from tests.providers.plans import KEYS


@pytest.fixture(autouse=True)
def no_naps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)


def test_other_failures_are_told_without_secrets() -> None:
    attempt = Attempt(
        cloud=Cloud.AWS,
        operation="GetSessionToken",
        endpoint="sts.amazonaws.com",
        access_key_id=KEYS.access_key_id,
        keys_origin="",
        is_temporary=False,
        secrets=(KEYS.secret_access_key, Secret("")),
    )

    error = explain_aws_silence(HTTPClientError(error=f"odd {KEYS.secret_access_key.reveal()}"), attempt)

    assert error.message == "the call to `sts.amazonaws.com` failed: odd ***"
