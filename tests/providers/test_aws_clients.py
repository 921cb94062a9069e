"""Where calls go, and what of the user's surroundings they take with them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mfacli.providers.aws_clients import AwsClients
from mfacli.providers.patience import Patience
from tests.doubles import HandClock
from tests.providers.local_cloud import SESSION, LocalCloud
from tests.providers.plans import KEYS, Ear, open_session, plan_for

VPC = "https://vpce-0a1b-x.sts.eu-west-1.vpce.amazonaws.com"


@pytest.fixture
def clients() -> AwsClients:
    return AwsClients(clock=HandClock(), talk=Ear(), patience=Patience())


@pytest.mark.parametrize(
    ("sts_region", "partition", "endpoint"),
    [
        (None, "aws", "sts.amazonaws.com"),
        ("us-east-1", "aws", "sts.us-east-1.amazonaws.com"),
        ("eu-west-1", "aws", "sts.eu-west-1.amazonaws.com"),
        (None, "aws-cn", "sts.cn-north-1.amazonaws.com.cn"),
        ("cn-northwest-1", "aws-cn", "sts.cn-northwest-1.amazonaws.com.cn"),
        (None, "aws-us-gov", "sts.us-gov-west-1.amazonaws.com"),
        ("us-gov-east-1", "aws-us-gov", "sts.us-gov-east-1.amazonaws.com"),
    ],
)
def test_sts_is_the_regions_own_or_the_partitions(
    clients: AwsClients, sts_region: str | None, partition: str, endpoint: str
) -> None:
    plan = plan_for(sts_region=sts_region, partition=partition)

    line = clients.sts(plan, KEYS)

    assert line.endpoint == endpoint


def test_each_plan_says_anew_whether_its_sts_is_a_regions(clients: AwsClients) -> None:
    regions = ("us-east-1", None, "us-east-1")

    endpoints = [clients.sts(plan_for(sts_region=region), KEYS).endpoint for region in regions]

    assert endpoints == ["sts.us-east-1.amazonaws.com", "sts.amazonaws.com", "sts.us-east-1.amazonaws.com"]


@pytest.mark.parametrize(
    ("url", "partition", "endpoint"),
    [
        (None, "aws", "iam.amazonaws.com"),
        (None, "aws-cn", "iam.cn-north-1.amazonaws.com.cn"),
        (None, "aws-us-gov", "iam.us-gov.amazonaws.com"),
        ("http://127.0.0.1:4566", "aws", "127.0.0.1:4566"),
        ("https://sts.eu-west-1.amazonaws.com", "aws", "iam.amazonaws.com"),
        (VPC, "aws", "iam.amazonaws.com"),
        ("https://sts.example.com", "aws", "sts.example.com"),
    ],
)
def test_iam_is_the_partitions_unless_the_endpoint_may_be_all_of_a_cloud(
    clients: AwsClients, url: str | None, partition: str, endpoint: str
) -> None:
    line = clients.iam(plan_for(url, partition=partition), KEYS)

    assert line.endpoint == endpoint


@pytest.mark.parametrize(
    ("variable", "endpoint"),
    [
        ("AWS_USE_FIPS_ENDPOINT", "sts-fips.us-east-1.amazonaws.com"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "sts.us-east-1.api.aws"),
    ],
)
def test_the_kind_of_network_may_be_chosen_in_the_environment(
    clients: AwsClients, monkeypatch: pytest.MonkeyPatch, variable: str, endpoint: str
) -> None:
    monkeypatch.setenv(variable, "true")

    line = clients.sts(plan_for(sts_region="us-east-1"), KEYS)

    assert line.endpoint == endpoint


FOREIGN_CONFIG = """
[default]
region = ap-south-1
endpoint_url = http://127.0.0.1:1
retry_mode = adaptive
max_attempts = 99
sts_regional_endpoints = wrong
use_fips_endpoint = true
ca_bundle = /nowhere
defaults_mode = wrong
services = mine
[services mine]
sts =
  endpoint_url = http://127.0.0.1:1
"""


@pytest.mark.parametrize("config", [FOREIGN_CONFIG, "this is no [config\nfile"])
def test_nothing_of_the_users_aws_settings_leaks_into_a_call(
    isolated_home: Path, monkeypatch: pytest.MonkeyPatch, config: str
) -> None:
    (isolated_home / ".aws").mkdir()
    (isolated_home / ".aws" / "config").write_text(config)
    (isolated_home / ".aws" / "credentials").write_text("[default]\naws_access_key_id = AKIAFOREIGN\n")
    for name, value in {
        "AWS_PROFILE": "missing",
        "AWS_DEFAULT_PROFILE": "missing too",
        "AWS_REGION": "ap-south-1",
        "AWS_DEFAULT_REGION": "ap-south-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "AKIAFOREIGN",
        "AWS_SECRET_ACCESS_KEY": "foreign",
        "AWS_SESSION_TOKEN": "foreign",
        "AWS_SECURITY_TOKEN": "foreign",
        "AWS_STS_REGIONAL_ENDPOINTS": "wrong",
        "AWS_RETRY_MODE": "wrong",
        "AWS_MAX_ATTEMPTS": "none",
        "AWS_DEFAULTS_MODE": "wrong",
        "AWS_DATA_PATH": "/nowhere",
    }.items():
        monkeypatch.setenv(name, value)

    with LocalCloud(SESSION) as cloud:
        open_session(cloud.url)

    asked = cloud.asked[0]
    assert f"Credential={KEYS.access_key_id}/20261121/us-east-1/sts/" in asked.headers["authorization"]
    assert "x-amz-security-token" not in asked.headers


def test_an_endpoint_in_the_environment_does_not_replace_the_clouds(
    clients: AwsClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")

    line = clients.sts(plan_for(), KEYS)

    assert line.endpoint == "sts.amazonaws.com"


def test_the_provider_is_built_without_importing_boto3() -> None:
    script = (
        "import sys; from mfacli.clock import SystemClock; from mfacli.terminal import Terminal; "
        "from mfacli.providers.aws import AwsProvider; from mfacli.providers.aws_machine_keys import MachineKeys; "
        "clock = SystemClock(); AwsProvider(clock=clock, talk=Terminal(clock=clock)); MachineKeys(); "
        "print(sorted({'boto3', 'botocore', 'urllib3', 'click'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
