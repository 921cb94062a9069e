"""What either cloud says, in our words, and without secrets."""

from __future__ import annotations

import traceback
from dataclasses import replace

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import CodeOrigin
from mfacli.errors import CodeRejected, MfacliError
from tests.providers.local_cloud import LocalCloud, Reply
from tests.providers.plans import CODE
from tests.providers.sides import Side

PROGRAMS = {Cloud.AWS: "`mfa_process`", Cloud.TENCENT: "`code_command`"}


def test_a_refused_code_says_what_may_be_wrong_with_it(side: Side) -> None:
    with LocalCloud(side.wrong_code) as cloud, pytest.raises(CodeRejected) as caught:
        side.open_session(cloud.url)

    assert caught.value.message == f"STS refused the code of MFA device `{side.device.name}`"
    assert "mistyped, already used (a code buys one call), or out of date" in caught.value.hint


@pytest.mark.parametrize("origin", [CodeOrigin.DERIVED, CodeOrigin.PROGRAM])
def test_a_refused_code_that_nobody_typed_is_not_called_mistyped(side: Side, origin: CodeOrigin) -> None:
    with LocalCloud(side.wrong_code) as cloud, pytest.raises(CodeRejected) as caught:
        side.open_session(cloud.url, code=replace(CODE, origin=origin))

    expected = "`mfacli device code`" if origin is CodeOrigin.DERIVED else PROGRAMS[side.plan.cloud]
    assert expected in caught.value.hint
    assert "mistyped" not in caught.value.hint


@pytest.mark.parametrize("echo", ["header", "code", "secret"])
@pytest.mark.parametrize("status", [200, 403, 500])
@pytest.mark.usefixtures("no_naps")
def test_secrets_that_the_cloud_repeats_reach_no_message_and_no_traceback(side: Side, echo: str, status: int) -> None:
    token = side.session_keys.session_token
    assert token is not None
    secret = {
        "header": token,
        "code": CODE.digits,
        "secret": side.session_keys.secret_access_key,
    }[echo].reveal()
    bodies = [side.refuse("ValidationError", f"1 error: '{secret}'"), side.refuse("AccessDenied", secret)]
    for body in (*bodies, Reply(body=f"<html>{secret}</html>")):
        with LocalCloud(replace(body, status=status)) as cloud, pytest.raises(MfacliError) as caught:
            side.assume_role(cloud.url, keys=side.session_keys, with_code=True)

        printed = "".join(traceback.format_exception(caught.value)) + caught.value.message + caught.value.hint
        assert secret not in printed
