"""Where calls to Tencent Cloud go, how they are signed, and what of the user's surroundings they take with them."""

from __future__ import annotations

import hashlib
import hmac
import logging
import subprocess
import sys
import warnings
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.domain.secret import Secret
from mfacli.errors import CodeRejected, KeysRejected, ProfileBroken
from tests.doubles import NOON, HandClock
from tests.providers.local_cloud import TENCENT_SESSION, Asked, LocalCloud, Reply, tencent
from tests.providers.plans import Ear
from tests.providers.sides import TENCENT_KEYS, TENCENT_SIDE

SESSION_KEYS = TENCENT_SIDE.session_keys


def signature_by_hand(asked: Asked, secret: str, date: str) -> str:
    """Sign anew what arrived, by the published recipe of TC3-HMAC-SHA256 (API 3.0, signature v3)."""
    headers = "".join(f"{name}:{asked.headers[name]}\n" for name in ("content-type", "host"))
    body = hashlib.sha256(asked.body).hexdigest()
    canonical = f"{asked.method}\n/\n\n{headers}\ncontent-type;host\n{body}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = "\n".join(["TC3-HMAC-SHA256", asked.headers["x-tc-timestamp"], f"{date}/sts/tc3_request", digest])
    key = f"TC3{secret}".encode()
    for part in (date, "sts", "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, to_sign.encode(), "sha256").hex()


@pytest.mark.parametrize("keys", [TENCENT_KEYS, SESSION_KEYS], ids=["long-term", "session"])
@pytest.mark.parametrize("offset", [timedelta(), timedelta(days=-400, seconds=-7)])
def test_requests_are_signed_at_the_clouds_time(offset: timedelta, keys: object) -> None:
    clock = HandClock()
    clock.learn_offset(offset)
    signing_keys = TENCENT_KEYS if keys is TENCENT_KEYS else SESSION_KEYS
    with LocalCloud(replace(TENCENT_SESSION, date=NOON + offset)) as cloud:
        TENCENT_SIDE.assume_role(cloud.url, TENCENT_SIDE.provider(clock), keys=signing_keys)

    asked, moment = cloud.asked[0], NOON + offset
    signature = signature_by_hand(asked, signing_keys.secret_access_key.reveal(), f"{moment:%Y-%m-%d}")
    assert asked.headers["x-tc-timestamp"] == str(int(moment.timestamp()))
    assert asked.headers["authorization"] == (
        f"TC3-HMAC-SHA256 Credential={TENCENT_KEYS.access_key_id}/{moment:%Y-%m-%d}/sts/tc3_request, "
        f"SignedHeaders=content-type;host, Signature={signature}"
    )


def test_without_a_region_that_of_the_cloud_is_named() -> None:
    with LocalCloud(TENCENT_SESSION) as cloud:
        plan = replace(TENCENT_SIDE.plan, endpoint_url=cloud.url, sts_region=None)
        TENCENT_SIDE.provider().session_for(
            TENCENT_SIDE.role_step, plan=plan, keys=TENCENT_KEYS, device=None, code=None
        )

    assert cloud.asked[0].headers["x-tc-region"] == "ap-guangzhou"


@pytest.mark.parametrize("form", ["{url}", "{url}/"])
def test_the_endpoint_is_signed_as_a_host(form: str) -> None:
    with LocalCloud(TENCENT_SESSION) as cloud:
        TENCENT_SIDE.open_session(form.format(url=cloud.url))

    assert cloud.asked[0].headers["host"] == cloud.address


@pytest.mark.parametrize("endpoint", ["sts.internal.tencentcloudapi.com", "sts.internal.tencentcloudapi.com:443"])
def test_an_endpoint_without_a_scheme_is_called_by_tls(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with LocalCloud(Reply(status=407)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(Exception, match="the proxy for"):
            TENCENT_SIDE.open_session(endpoint, TENCENT_SIDE.provider(attempts=1))

    assert (proxy.asked[0].method, proxy.asked[0].path) == ("CONNECT", "sts.internal.tencentcloudapi.com:443")


@pytest.mark.parametrize(
    "endpoint",
    [
        "ftp://sts",
        "http://sts/path",
        "http://sts/?a=b",
        "http://user:pass@sts",
        "http://sts:99999",
        "http://[::1",
        "",
    ],
)
def test_an_endpoint_that_is_more_than_a_host_is_refused(endpoint: str) -> None:
    with pytest.raises(ProfileBroken) as caught:
        TENCENT_SIDE.open_session(endpoint)

    assert caught.value.message == "the endpoint's URL is not valid"
    assert "`endpoint`" in caught.value.hint


def test_nothing_of_the_users_settings_leaks_into_a_call(
    isolated_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (".tccli/default.credential", ".tencentcloud/credentials"):
        path = isolated_home / place
        path.parent.mkdir()
        path.write_text('{"secretId": "AKIDforeign", "secretKey": "foreign", "token": "foreign"}')
    (isolated_home / ".netrc").write_text("default login foreign password foreign\n")
    (isolated_home / ".netrc").chmod(0o600)
    for name in ("SECRET_ID", "SECRET_KEY", "TOKEN", "SECURITY_TOKEN", "REGION", "ROLE_ARN", "ROLE_SESSION_NAME"):
        monkeypatch.setenv(f"TENCENTCLOUD_{name}", "foreign")
    monkeypatch.setenv("TCCLI_PROFILE", "foreign")

    with LocalCloud(TENCENT_SESSION) as cloud:
        TENCENT_SIDE.open_session(cloud.url)

    asked = cloud.asked[0]
    assert asked.headers["authorization"].startswith(f"TC3-HMAC-SHA256 Credential={TENCENT_KEYS.access_key_id}/")
    assert "foreign" not in str(asked)
    assert "x-tc-token" not in asked.headers


def test_a_redirect_takes_nothing_anywhere() -> None:
    with LocalCloud(TENCENT_SESSION) as elsewhere:
        redirect = Reply(status=307, headers={"Location": elsewhere.url})
        with LocalCloud(redirect) as cloud, pytest.raises(Exception, match="not STS's"):
            TENCENT_SIDE.open_session(cloud.url)

    assert elsewhere.asked == []


def test_the_sdks_debug_log_stays_silent(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with LocalCloud(TENCENT_SESSION) as cloud:
        TENCENT_SIDE.assume_role(cloud.url, keys=SESSION_KEYS, with_code=True)

    for secret in ("tencent-token==EXAMPLE", "314159", "temporary-secret-key-EXAMPLE"):
        assert secret not in caplog.text
    assert "SendRequest" not in caplog.text


def test_a_program_goes_on_logging_its_own_use_of_the_sdk(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with LocalCloud(TENCENT_SESSION) as cloud:
        TENCENT_SIDE.open_session(cloud.url)

    logging.getLogger("tencentcloud_sdk_common").debug("what the program does itself")

    assert "what the program does itself" in caplog.text


def test_meanwhile_other_threads_go_on_logging(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logger = logging.getLogger("tencentcloud_sdk_common")
    answered_beside = replace(TENCENT_SESSION, before=lambda: logger.debug("another thread of the program"))

    with LocalCloud(answered_beside) as cloud:
        TENCENT_SIDE.open_session(cloud.url)

    assert "another thread of the program" in caplog.text
    assert "SendRequest" not in caplog.text


def test_meanwhile_other_threads_are_warned() -> None:
    warned_beside = replace(TENCENT_SESSION, before=lambda: warnings.warn("of another thread", stacklevel=1))

    with LocalCloud(warned_beside) as cloud, pytest.warns(UserWarning, match="of another thread"):
        TENCENT_SIDE.open_session(cloud.url)


def test_an_error_under_another_content_type_is_still_one() -> None:
    reply = TENCENT_SIDE.wrong_code
    charset = replace(reply, headers={"Content-Type": "application/json; charset=utf-8"})
    with LocalCloud(charset) as cloud, pytest.raises(CodeRejected):
        TENCENT_SIDE.open_session(cloud.url)


def test_what_an_answer_warns_of_is_not_printed(recwarn: pytest.WarningsRecorder) -> None:
    warned = tencent({**TENCENT_BODY, "DeprecatedWarning": "soon gone"})
    filters = list(warnings.filters)
    with LocalCloud(warned) as cloud:
        TENCENT_SIDE.open_session(cloud.url)

    assert [warning for warning in recwarn if "soon gone" in str(warning.message)] == []
    assert warnings.filters == filters


TENCENT_BODY = {
    "Credentials": {"Token": "t", "TmpSecretId": "i", "TmpSecretKey": "k"},
    "ExpiredTime": 1795269600,
}


@pytest.mark.parametrize("token", ["line\nend", "Ünïcode→", " leading"])
def test_a_token_that_no_header_can_hold_is_told_without_it(token: str) -> None:
    keys = replace(SESSION_KEYS, session_token=Secret(token))
    with LocalCloud(TENCENT_SESSION) as cloud, pytest.raises(KeysRejected) as caught:
        TENCENT_SIDE.assume_role(cloud.url, keys=keys)

    assert "hold characters that no key has" in caught.value.message
    assert cloud.asked == []


def test_a_proxy_that_is_no_url_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://")

    with pytest.raises(ProfileBroken) as caught:
        TENCENT_SIDE.open_session("http://sts.invalid", TENCENT_SIDE.provider(talk=Ear(), attempts=1))

    assert "HTTPS_PROXY" in caught.value.hint


def test_the_provider_is_built_without_importing_an_sdk() -> None:
    script = (
        "import sys; from mfacli.clock import SystemClock; from mfacli.terminal import Terminal; "
        "from mfacli.providers.tencent import TencentProvider; "
        "clock = SystemClock(); TencentProvider(clock=clock, talk=Terminal(clock=clock)); "
        "print(sorted({'tencentcloud', 'requests', 'boto3', 'botocore', 'urllib3', 'click'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_a_call_imports_nothing_of_the_other_clouds_sdk() -> None:
    script = (
        "import sys; import mfacli.providers.tencent_wire, mfacli.providers.tencent_refusals; "
        "print(sorted({'boto3', 'botocore', 'tencentcloud'} & set(sys.modules))); "
        "print(any(name.startswith('mfacli.providers.aws') for name in sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "['tencentcloud']\nFalse\n"
