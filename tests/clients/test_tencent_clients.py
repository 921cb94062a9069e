"""Tencent Cloud's own tools and SDKs, through files and an environment that hold a session: what they send is judged.

tccli, coscmd and the SDK for object storage come from an environment of their own, since tccli brings an SDK that
must not meet the project's; MFACLI_TEST_TCCLI names tccli in it. coscli is a program in Go that no package index of
Python or Debian has: its file is checked by what its source reads (`tests/output/test_cos_files.py`).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.domain.secret import Secret
from mfacli.output.cos_files import write_coscmd
from mfacli.output.environment import changes_for
from mfacli.output.tencent_files import write_tccli_profile
from mfacli.sdk import TencentCredential, _Holder, _Obtained
from tests.doubles import HandClock
from tests.output.sessions import TENCENT
from tests.providers.local_cloud import LocalCloud, Reply, tencent
from tests.real import require

pytestmark = pytest.mark.real

TOKEN = TENCENT.session_token.reveal()
DAY = timedelta(days=1)


# What both kinds of client are content with.
INSTANCES = tencent({"TotalCount": 0, "InstanceSet": []})
OBJECTS = Reply(
    body="<ListBucketResult><Name>b-1250000000</Name><IsTruncated>false</IsTruncated></ListBucketResult>",
    headers={"Content-Type": "application/xml", "x-cos-request-id": "r"},
)


@pytest.fixture
def api() -> Iterator[LocalCloud]:
    with LocalCloud(INSTANCES) as running:
        yield running


@pytest.fixture
def storage() -> Iterator[LocalCloud]:
    with LocalCloud(OBJECTS) as running:
        yield running


def _tool(name: str) -> str:
    tccli = os.environ.get("MFACLI_TEST_TCCLI", "")
    require(bool(tccli), "MFACLI_TEST_TCCLI does not name a tccli")
    return str(Path(tccli).with_name(name))


def _run(*command: str, home: Path, environment: Mapping[str, str] | None = None) -> str:
    finished = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], "HOME": str(home), **(environment or {})},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0, finished
    return finished.stdout


def _tccli(home: Path, *options: str, environment: Mapping[str, str] | None = None) -> str:
    return _run(_tool("tccli"), "cvm", "DescribeInstances", *options, home=home, environment=environment)


def _sent(cloud: LocalCloud, name: str) -> list[str | None]:
    """Return what each request had under a name, in a header or a form."""
    return [{**asked.headers, **asked.parameters}.get(name) for asked in cloud.asked]


def _key_ids(cloud: LocalCloud) -> list[str]:
    return [re.split("[=/]", asked.headers["authorization"])[1] for asked in cloud.asked]


def test_tccli_takes_a_profile_that_was_written_and_goes_on_with_it(isolated_home: Path, api: LocalCloud) -> None:
    folder = isolated_home / ".tccli"
    write_tccli_profile(folder, "mfa", TENCENT, endpoint_url=api.url)

    _tccli(isolated_home, "--profile", "mfa")
    grown = json.loads((folder / "mfa.configure").read_text())
    write_tccli_profile(folder, "mfa", replace(TENCENT, session_token=Secret("second")))
    _tccli(isolated_home, environment={"TCCLI_PROFILE": "mfa"})

    assert _key_ids(api) == ["AKIDexample"] * 2
    assert _sent(api, "x-tc-token") == [TOKEN, "second"]
    assert _sent(api, "x-tc-region") == ["ap-shanghai"] * 2
    assert json.loads((folder / "mfa.configure").read_text()) == grown
    assert len(grown) > 100


def test_tccli_finds_a_session_in_the_environment_past_all_that_would_drop_its_token(
    isolated_home: Path, api: LocalCloud
) -> None:
    stale = {
        "TCCLI_PROFILE": "nobody",
        "TENCENTCLOUD_ROLE_ARN": "qcs::cam::uin/1:roleName/r",
        "TENCENTCLOUD_ROLE_SESSION_NAME": "s",
        **dict.fromkeys(("TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN"), "x"),
    }
    environment = changes_for(TENCENT, profile="prod").applied_to(stale)

    _tccli(isolated_home, "--endpoint", api.url, environment=environment)

    assert _key_ids(api) == ["AKIDexample"]
    assert _sent(api, "x-tc-token") == [TOKEN]
    assert _sent(api, "x-tc-region") == ["ap-shanghai"]


def test_a_role_in_tcclis_default_profile_makes_it_drop_the_token_of_the_environment(
    isolated_home: Path, api: LocalCloud
) -> None:
    folder = isolated_home / ".tccli"
    write_tccli_profile(folder, "default", TENCENT, endpoint_url=api.url)
    (folder / "default.credential").write_text('{"role-arn": "r", "role-session-name": "s"}')

    with pytest.raises(AssertionError):
        _tccli(isolated_home, environment=changes_for(TENCENT, profile="prod").applied_to({}))

    assert _sent(api, "x-tc-action") == ["AssumeRole"]
    assert _key_ids(api) == ["AKIDexample"]
    assert _sent(api, "x-tc-token") == [None]


def test_coscmd_takes_the_session_beside_its_own_settings(isolated_home: Path, storage: LocalCloud) -> None:
    path = isolated_home / ".cos.conf"
    path.write_text("[common]\nbucket = b-1250000000\nschema = http\nretry = 1\n")

    write_coscmd(path, TENCENT)
    _run(_tool("coscmd"), "list", home=isolated_home, environment={"http_proxy": storage.url})

    request = storage.asked[0].headers
    assert request["host"].startswith("b-1250000000.cos.ap-shanghai.")
    assert request["x-cos-security-token"] == TOKEN
    assert "q-ak=AKIDexample&" in request["authorization"]


def test_the_recipe_for_object_storage_sends_the_token(isolated_home: Path, storage: LocalCloud) -> None:
    program = (
        "import sys; from qcloud_cos import CosConfig, CosS3Client\n"
        "secret_id, secret_key, token, proxy = sys.argv[1:]\n"
        "config = CosConfig(Region='ap-shanghai', SecretId=secret_id, SecretKey=secret_key, Token=token,"
        " Scheme='http', Proxies={'http': proxy})\n"
        "client = CosS3Client(config, retry=0)\n"
        "client.list_objects('b-1250000000')\n"
        "config.set_credential('AKIDsecond', secret_key, 'second')\n"
        "client.list_objects('b-1250000000')\n"
    )
    credential = TencentCredential("prod")
    credential._holder = _Holder(lambda: _Obtained(session=TENCENT, clock=HandClock()))

    _run(_tool("python"), "-c", program, *credential.get_credential_info(), storage.url, home=isolated_home)

    assert _sent(storage, "x-cos-security-token") == [TOKEN, "second"]
    assert ["q-ak=AKIDsecond&" in asked.headers["authorization"] for asked in storage.asked] == [False, True]


@pytest.mark.parametrize(("method", "name"), [("TC3-HMAC-SHA256", "x-tc-token"), ("HmacSHA1", "Token")])
def test_any_client_of_the_sdk_takes_the_credential(api: LocalCloud, method: str, name: str) -> None:
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile
    from tencentcloud.cvm.v20170312.cvm_client import CvmClient
    from tencentcloud.cvm.v20170312.models import DescribeInstancesRequest

    clock = HandClock()
    sessions = iter([TENCENT, replace(TENCENT, session_token=Secret("second"), expires_at=clock.time + 2 * DAY)])
    credential = TencentCredential("prod")
    credential._holder = _Holder(lambda: _Obtained(session=next(sessions), clock=clock))
    where = HttpProfile(protocol="http", endpoint=api.address)
    client = CvmClient(credential, "ap-guangzhou", ClientProfile(httpProfile=where, signMethod=method))

    client.DescribeInstances(DescribeInstancesRequest())
    clock.wait(DAY / 2)
    client.DescribeInstances(DescribeInstancesRequest())

    assert _sent(api, name) == [TOKEN, "second"]


def test_a_failure_comes_through_the_sdks_own_exception_with_its_name(isolated_home: Path) -> None:
    from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
    from tencentcloud.cvm.v20170312.cvm_client import CvmClient
    from tencentcloud.cvm.v20170312.models import DescribeInstancesRequest

    client = CvmClient(TencentCredential("nobody", may_ask=False), "ap-guangzhou")

    with pytest.raises(TencentCloudSDKException) as failure:
        client.DescribeInstances(DescribeInstancesRequest())

    assert failure.value.code == "ProfileUnknown"
    assert "no profile `nobody`" in failure.value.message
