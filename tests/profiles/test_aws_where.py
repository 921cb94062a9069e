from __future__ import annotations

from pathlib import Path

import pytest

from mfacli.domain.plan import Plan, Request
from mfacli.errors import ProfileBroken, UsageWrong
from mfacli.profiles.decide import decide
from tests.profiles.written import keys_of, written

CN = "arn:aws-cn:iam::111111111111:"


def _plan(
    folder: Path,
    config: str,
    environment: dict[str, str] | None = None,
    *,
    profile: str = "base",
    wants_role: bool | None = None,
    region: str | None = None,
    endpoint_url: str | None = None,
) -> Plan:
    files = written(folder, config=config, credentials=keys_of("base"))
    request = Request(wants_role=wants_role, profile=profile, region=region, endpoint_url=endpoint_url)
    return decide(request, files, environment or {})


@pytest.mark.parametrize(
    ("flag", "environment", "region"),
    [
        ("us-east-2", {"AWS_REGION": "us-west-1"}, "us-east-2"),
        (None, {"AWS_REGION": "us-west-1", "AWS_DEFAULT_REGION": "us-west-2"}, "us-west-1"),
        (None, {"AWS_DEFAULT_REGION": "us-west-2"}, "us-west-2"),
        (None, {}, "eu-west-1"),
    ],
)
def test_the_region_is_the_first_that_is_named(
    tmp_path: Path, flag: str | None, environment: dict[str, str], region: str
) -> None:
    plan = _plan(tmp_path, "[profile base]\nregion = eu-west-1\n", environment, region=flag)

    assert plan.region == region
    assert plan.sts_region == "eu-west-1"


def test_a_region_that_came_with_another_profiles_session_is_not_used(tmp_path: Path) -> None:
    exported = {"AWS_REGION": "us-west-2", "AWS_SESSION_TOKEN": "t", "MFACLI_PROFILE": "prod"}

    plan = _plan(tmp_path, "[profile base]\nregion = eu-west-1\n", exported)

    assert plan.region == "eu-west-1"


def test_a_region_that_came_with_a_session_leads_to_no_other_sts(tmp_path: Path) -> None:
    exported = {"AWS_REGION": "us-west-2", "AWS_SESSION_TOKEN": "t", "MFACLI_PROFILE": "base"}

    plan = _plan(tmp_path, "[profile base]\n", exported)

    assert plan.region == "us-west-2"
    assert plan.fingerprint == _plan(tmp_path, "[profile base]\n").fingerprint


def test_the_environments_region_is_that_of_sts_where_the_keys_have_none(tmp_path: Path) -> None:
    assert _plan(tmp_path, "[profile base]\n", {"AWS_REGION": "eu-north-1"}).sts_region == "eu-north-1"
    assert _plan(tmp_path, "[profile base]\n").sts_region is None


def test_roles_of_any_region_share_the_sts_of_their_source(tmp_path: Path) -> None:
    config = (
        "[profile base]\nregion = eu-west-1\n"
        "[profile r]\nregion = us-west-2\nsource_profile = base\nrole_arn = arn:aws:iam::111111111111:role/R\n"
    )

    plan = _plan(tmp_path, config, profile="r")

    assert (plan.region, plan.sts_region) == ("us-west-2", "eu-west-1")


@pytest.mark.parametrize(
    ("config", "environment", "sts_region"),
    [
        ("sts_regional_endpoints = legacy\nregion = eu-west-1\n", {}, None),
        ("sts_regional_endpoints = legacy\nregion = me-south-1\n", {}, "me-south-1"),
        ("sts_regional_endpoints = regional\nregion = eu-west-1\n", {}, "eu-west-1"),
        ("region = eu-west-1\n", {"AWS_STS_REGIONAL_ENDPOINTS": "legacy"}, None),
        (
            "sts_regional_endpoints = legacy\nregion = eu-west-1\n",
            {"AWS_STS_REGIONAL_ENDPOINTS": "Regional"},
            "eu-west-1",
        ),
    ],
)
def test_legacy_endpoints_are_the_global_one(
    tmp_path: Path, config: str, environment: dict[str, str], sts_region: str | None
) -> None:
    assert _plan(tmp_path, f"[profile base]\n{config}", environment).sts_region == sts_region


@pytest.mark.parametrize(
    ("config", "environment", "partition", "region"),
    [
        ("region = cn-north-1\n", {}, "aws-cn", "cn-north-1"),
        ("", {"AWS_REGION": "us-gov-west-1"}, "aws-us-gov", "us-gov-west-1"),
        (f"mfa_serial = {CN}mfa/a\n", {"AWS_REGION": "eu-west-1"}, "aws-cn", None),
        (
            f"role_arn = {CN}role/a\nregion = eu-west-1\n",
            {"AWS_REGION": "cn-northwest-1"},
            "aws-cn",
            "cn-northwest-1",
        ),
        ("", {}, "aws", None),
    ],
)
def test_the_partition_is_that_of_role_device_or_region(
    tmp_path: Path, config: str, environment: dict[str, str], partition: str, region: str | None
) -> None:
    plan = _plan(tmp_path, f"[profile base]\n{config}", environment)

    assert (plan.partition, plan.region) == (partition, region)


def test_a_region_of_another_partition_is_noted(tmp_path: Path) -> None:
    plan = _plan(tmp_path, f"[profile base]\nmfa_serial = {CN}mfa/a\n", {"AWS_REGION": "eu-west-1"})

    assert "region eu-west-1 from AWS_REGION is not in aws-cn: not used" in plan.notes
    assert plan.sts_region is None


def test_a_flag_of_another_partition_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageWrong, match="--region `eu-west-1` is not in partition aws-cn"):
        _plan(tmp_path, f"[profile base]\nmfa_serial = {CN}mfa/a\n", region="eu-west-1")


def test_a_role_and_a_device_of_two_partitions_are_refused(tmp_path: Path) -> None:
    config = f"[profile base]\nrole_arn = {CN}role/a\nmfa_serial = arn:aws:iam::111111111111:mfa/a\n"

    with pytest.raises(ProfileBroken) as refusal:
        _plan(tmp_path, config)

    assert refusal.value.message.endswith("are in different partitions, which share no credentials")


@pytest.mark.parametrize(
    ("flag", "environment", "config", "url"),
    [
        ("http://flag", {"AWS_ENDPOINT_URL_STS": "http://sts"}, "endpoint_url = http://file\n", "http://flag"),
        (None, {"AWS_ENDPOINT_URL_STS": "http://sts", "AWS_ENDPOINT_URL": "http://all"}, "", "http://sts"),
        (None, {"AWS_ENDPOINT_URL": "http://all"}, "endpoint_url = http://file\n", "http://all"),
        (None, {"AWS_ENDPOINT_URL": "http://old", "MFACLI_ENDPOINT_URL": "http://old"}, "", None),
        (None, {"AWS_ENDPOINT_URL": "http://own", "MFACLI_ENDPOINT_URL": "http://old"}, "", "http://own"),
        (None, {}, "endpoint_url = http://file\n", "http://file"),
        (None, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True", "AWS_ENDPOINT_URL": "http://all"},
         "endpoint_url = http://file\n", None),
        (None, {}, "", None),
    ],
)  # fmt: skip
def test_the_endpoint_is_the_first_that_is_named(
    tmp_path: Path, flag: str | None, environment: dict[str, str], config: str, url: str | None
) -> None:
    assert _plan(tmp_path, f"[profile base]\n{config}", environment, endpoint_url=flag).endpoint_url == url


@pytest.mark.parametrize(
    ("environment", "what"),
    [
        ({"AWS_REGION": "x y"}, "AWS_REGION `x y` is no region's name"),
        ({"AWS_ENDPOINT_URL": "sts"}, "AWS_ENDPOINT_URL must be a URL"),
        ({"AWS_STS_REGIONAL_ENDPOINTS": "global"}, "AWS_STS_REGIONAL_ENDPOINTS `global` is neither"),
    ],
)
def test_a_malformed_variable_is_named(tmp_path: Path, environment: dict[str, str], what: str) -> None:
    with pytest.raises(ProfileBroken) as refusal:
        _plan(tmp_path, "[profile base]\nregion = eu-west-1\n", environment)

    assert what in refusal.value.message


@pytest.mark.parametrize(
    ("config", "environment", "url"),
    [
        ("endpoint_url = http://file\n", {}, "http://file"),
        ("endpoint_url = http://file\n", {"AWS_ENDPOINT_URL_STS": "http://sts"}, "http://file"),
        (
            "endpoint_url = http://file\nservices = s\n[services s]\nsts =\n  endpoint_url = http://sts\n",
            {},
            "http://file",
        ),
        ("endpoint_url = http://file\nignore_configured_endpoint_urls = true\n", {}, None),
        ("endpoint_url = http://file\n", {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, None),
        ("", {"AWS_ENDPOINT_URL": "http://all"}, None),
    ],
)
def test_the_endpoint_of_all_services_is_the_profiles_own(
    tmp_path: Path, config: str, environment: dict[str, str], url: str | None
) -> None:
    assert _plan(tmp_path, f"[profile base]\n{config}", environment).services_endpoint_url == url
