"""Region and STS endpoint of plans for Tencent Cloud."""

from __future__ import annotations

from pathlib import Path

import pytest

from mfacli.domain.plan import Plan, Request
from mfacli.profiles.profile_settings import ProfileSettings
from mfacli.profiles.settings import Settings
from tests.profiles.tccli import ROLE, decided, keys, region, tables, write

ENDPOINT = "http://127.0.0.1:8080"
EXPORTED = {"TENCENTCLOUD_SECRET_ID": "x", "TENCENTCLOUD_TOKEN": "t", "TENCENTCLOUD_REGION": "ap-tokyo"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(
        tmp_path,
        {
            "default.credential": keys("DEFAULT"),
            "far.credential": keys("FAR"),
            "far.configure": {"_sys_param": {"region": "ap-shanghai"}, "sts": {"endpoint": "far.example.com"}},
        },
    )
    return tmp_path


def _plan(
    folder: Path,
    environment: dict[str, str],
    settings: Settings | None = None,
    **options: str,
) -> Plan:
    request = Request(wants_role=None, **options)  # type: ignore[arg-type]  # texts all
    return decided(folder, request, environment, settings)


@pytest.mark.parametrize(
    ("options", "environment", "table", "expected"),
    [
        (
            {"region": "ap-seoul", "profile": "far"},
            {"TENCENTCLOUD_REGION": "ap-tokyo"},
            {"region": "ap-bangkok"},
            "ap-seoul",
        ),
        ({"profile": "far"}, {"TENCENTCLOUD_REGION": "ap-tokyo"}, {"region": "ap-bangkok"}, "ap-tokyo"),
        ({"profile": "far"}, {}, {"region": "ap-bangkok"}, "ap-bangkok"),
        ({"profile": "far"}, {}, {}, "ap-shanghai"),
        ({}, {}, {}, None),
        ({"profile": "far"}, {**EXPORTED, "MFACLI_PROFILE": "default"}, {}, "ap-shanghai"),
        ({"profile": "far"}, {**EXPORTED, "MFACLI_PROFILE": "far"}, {}, "ap-tokyo"),
        ({"profile": "far"}, EXPORTED, {}, "ap-tokyo"),
    ],
)
def test_the_region_is_the_first_that_is_named(
    folder: Path, options: dict[str, str], environment: dict[str, str], table: dict[str, str], expected: str | None
) -> None:
    settings = tables(far=ProfileSettings(**table))  # type: ignore[arg-type]  # texts all

    assert _plan(folder, environment, settings, **options).region == expected


@pytest.mark.parametrize(
    ("options", "environment", "expected"),
    [
        ({}, {}, "ap-guangzhou"),
        ({"region": "ap-seoul"}, {}, "ap-guangzhou"),
        ({}, {"TENCENTCLOUD_REGION": "ap-tokyo"}, "ap-tokyo"),
        ({"profile": "far"}, {"TENCENTCLOUD_REGION": "ap-tokyo"}, "ap-shanghai"),
        ({}, {**EXPORTED, "MFACLI_PROFILE": "far"}, "ap-guangzhou"),
    ],
)
def test_the_sts_that_is_called_is_that_of_the_keys(
    folder: Path, options: dict[str, str], environment: dict[str, str], expected: str
) -> None:
    settings = Settings(profile="default")

    assert _plan(folder, environment, settings, **{"profile": "default", **options}).sts_region == expected


@pytest.mark.parametrize(
    ("options", "environment", "table", "expected"),
    [
        ({"endpoint_url": ENDPOINT}, {"MFACLI_TENCENT_ENDPOINT": "a.b"}, {"endpoint": "c.d"}, ENDPOINT),
        ({"endpoint_url": "sts.tencentcloudapi.com"}, {}, {"endpoint": "c.d"}, None),
        ({}, {"MFACLI_TENCENT_ENDPOINT": "a.b"}, {"endpoint": "c.d"}, "https://a.b"),
        ({}, {"AWS_ENDPOINT_URL": "http://a.b"}, {"endpoint": "c.d"}, "https://c.d"),
        ({}, {}, {}, "https://far.example.com"),
    ],
)
def test_the_endpoint_is_the_first_that_is_named(
    folder: Path, options: dict[str, str], environment: dict[str, str], table: dict[str, str], expected: str | None
) -> None:
    settings = tables(far=ProfileSettings(**table))  # type: ignore[arg-type]  # texts all

    plan = _plan(folder, environment, settings, profile="far", **options)

    assert plan.endpoint_url == expected


def test_the_endpoint_of_a_roles_profile_goes_before_its_sources(folder: Path) -> None:
    settings = tables(role=ProfileSettings(role_arn=ROLE, source_profile="far", endpoint=ENDPOINT))

    assert _plan(folder, {}, settings, profile="role").endpoint_url == ENDPOINT


def test_a_wrong_region_or_endpoint_is_told_with_its_place(tmp_path: Path) -> None:
    write(tmp_path, {"a.credential": keys("A"), "a.configure": region("nowhere")})
    write(tmp_path, {"b.credential": keys("B"), "b.configure": {"sts": {"endpoint": "https://me:hunter2@host"}}})

    with pytest.raises(
        Exception, match=r"`_sys_param.region` of profile `a`: `nowhere` is no region's name; .*a\.conf"
    ):
        _plan(tmp_path, {}, profile="a")
    with pytest.raises(Exception, match=r"`sts.endpoint` of profile `b`: must not hold a user name") as refusal:
        _plan(tmp_path, {}, profile="b")

    assert "hunter2" not in str(refusal.value)
