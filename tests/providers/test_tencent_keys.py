from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mfacli.domain.credentials import CloudKey, LastUse
from mfacli.errors import AccessDenied, CloudRefused, CloudUnreachable, MfacliError
from mfacli.interfaces import KeyMaker
from mfacli.providers.exchange import Exchange
from mfacli.providers.patience import Patience
from mfacli.providers.tencent_calls import TencentCalls
from mfacli.providers.tencent_keys import TencentKeys
from mfacli.providers.tencent_wire import CamWire
from tests.doubles import HandClock
from tests.providers.local_cloud import LocalCloud, Reply, tencent, tencent_refusal
from tests.providers.plans import Ear
from tests.providers.sides import TENCENT_KEYS
from tests.providers.test_tencent import plan_at

NEW_KEY = tencent({"AccessKey": {"AccessKeyId": "AKIDnew", "SecretAccessKey": "verysecretnew", "Status": "Active"}})


def _keys(talk: Ear | None = None, *, read_seconds: float = 10) -> TencentKeys:
    patience = Patience(connect=timedelta(seconds=5), read=timedelta(seconds=read_seconds))
    return TencentKeys(TencentCalls(clock=HandClock(), talk=talk or Ear(), patience=patience))


def test_it_is_a_maker_of_keys() -> None:
    maker: KeyMaker = _keys()

    assert maker is not None


def test_keys_are_listed_with_cams_times_which_are_chinas() -> None:
    rows = [
        {"AccessKeyId": "AKIDone", "Status": "Active", "CreateTime": "2026-01-02 03:04:05"},
        {"AccessKeyId": "AKIDtwo", "Status": "Inactive", "CreateTime": "yesterday"},
    ]
    with LocalCloud(tencent({"AccessKeys": rows})) as cloud:
        found = _keys().list_keys(plan=plan_at(cloud.url), keys=TENCENT_KEYS)

    assert found == [
        CloudKey(access_key_id="AKIDone", is_active=True, created_at=datetime(2026, 1, 1, 19, 4, 5, tzinfo=UTC)),
        CloudKey(access_key_id="AKIDtwo", is_active=False),
    ]
    headers = cloud.asked[0].headers
    assert (headers["x-tc-action"], headers["x-tc-version"]) == ("ListAccessKeys", "2019-01-16")
    assert "/cam/tc3_request" in headers["authorization"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            tencent({"SecretIdLastUsedRows": [{"SecretId": "AKIDone", "LastUsedDate": "2026-01-02"}]}),
            LastUse(at=datetime(2026, 1, 1, 16, tzinfo=UTC)),
        ),
        (
            tencent(
                {
                    "SecretIdLastUsedRows": [
                        {"SecretId": "AKID", "LastUsedDate": "2022-12-19", "LastSecretUsedDate": 1671681023555}
                    ]
                }
            ),
            LastUse(at=datetime(2022, 12, 22, 3, 50, 23, 555000, tzinfo=UTC)),
        ),
        (
            tencent({"SecretIdLastUsedRows": [{"LastUsedDate": "2026-01-02", "LastSecretUsedDate": 1671681023555}]}),
            LastUse(at=datetime(2026, 1, 1, 16, tzinfo=UTC)),
        ),
        (tencent({"SecretIdLastUsedRows": [{"LastUsedDate": "", "LastSecretUsedDate": 0}]}), None),
        (tencent({"SecretIdLastUsedRows": [{"LastUsedDate": None, "LastSecretUsedDate": None}]}), None),
        (tencent({"SecretIdLastUsedRows": [{"LastUsedDate": "soon", "LastSecretUsedDate": 10**18}]}), None),
        (tencent({"SecretIdLastUsedRows": []}), None),
        (tencent_refusal("InvalidAction"), None),
        (tencent_refusal("AuthFailure.UnauthorizedOperation"), None),
    ],
)
def test_when_a_key_was_last_used_is_told_where_cam_tells(answer: Reply, expected: LastUse | None) -> None:
    with LocalCloud(answer) as cloud:
        assert _keys().last_use("AKIDone", plan=plan_at(cloud.url), keys=TENCENT_KEYS) == expected

    assert cloud.asked[0].document == {"SecretIdList": ["AKIDone"]}


def test_a_new_key_is_made_and_nothing_of_it_is_said() -> None:
    ear = Ear()
    with LocalCloud(NEW_KEY) as cloud:
        made = _keys(ear).create_key(plan=plan_at(cloud.url), keys=TENCENT_KEYS)

    assert (made.access_key_id, made.secret_access_key.reveal()) == ("AKIDnew", "verysecretnew")
    assert "verysecretnew" not in "".join(ear.lines)


@pytest.mark.parametrize(
    "reply",
    [Reply(status=500, body="oops"), Reply(hangs_up=True), tencent_refusal("InternalError"), tencent({"Else": 1})],
)
def test_a_request_for_a_new_key_is_never_sent_twice(reply: Reply) -> None:
    with LocalCloud(reply) as cloud, pytest.raises(CloudUnreachable):
        _keys().create_key(plan=plan_at(cloud.url), keys=TENCENT_KEYS)

    assert len(cloud.asked) == 1


@pytest.mark.parametrize("rows", [{"AccessKeys": [{"Status": "Active"}]}, {"AccessKeys": None}, {}])
def test_an_answer_that_is_not_cams_is_said(rows: dict[str, object]) -> None:
    with LocalCloud(tencent(rows)) as cloud, pytest.raises(CloudUnreachable):
        _keys().list_keys(plan=plan_at(cloud.url), keys=TENCENT_KEYS)


@pytest.mark.parametrize(("is_active", "status"), [(True, "Active"), (False, "Inactive")])
def test_a_key_is_switched(is_active: bool, status: str) -> None:
    with LocalCloud(tencent({})) as cloud:
        _keys().switch_key("AKIDone", is_active=is_active, plan=plan_at(cloud.url), keys=TENCENT_KEYS)

    assert cloud.asked[0].document == {"AccessKeyId": "AKIDone", "Status": status}


@pytest.mark.parametrize("reply", [tencent({}), tencent_refusal("ResourceNotFound.SecretNotExist")])
def test_a_key_that_is_to_be_deleted_may_have_gone(reply: Reply) -> None:
    with LocalCloud(reply) as cloud:
        _keys().delete_key("AKIDone", plan=plan_at(cloud.url), keys=TENCENT_KEYS)

    assert cloud.asked[0].document == {"AccessKeyId": "AKIDone"}


@pytest.mark.parametrize(
    ("code", "expected", "hint"),
    [
        ("AuthFailure.UnauthorizedOperation", AccessDenied, "allow `cam:CreateAccessKey`"),
        ("OperationDenied.AccessKeyOverLimit", CloudRefused, "`mfacli keys rotate --delete-other`"),
        ("OperationDenied.SubUin", CloudRefused, ""),
    ],
)
def test_what_cam_refuses_is_ours(code: str, expected: type[MfacliError], hint: str) -> None:
    with LocalCloud(tencent_refusal(code)) as cloud, pytest.raises(expected) as problem:
        _keys().create_key(plan=plan_at(cloud.url), keys=TENCENT_KEYS)

    assert hint in problem.value.hint


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        (None, "cam.tencentcloudapi.com"),
        ("https://sts.tencentcloudapi.com", "cam.tencentcloudapi.com"),
        ("https://sts.ap-guangzhou.tencentcloudapi.com", "cam.tencentcloudapi.com"),
        ("https://sts.intl.tencentcloudapi.com", "cam.intl.tencentcloudapi.com"),
        ("http://127.0.0.1:4566", "127.0.0.1:4566"),
        ("https://proxy.example", "proxy.example"),
    ],
)
def test_where_the_plan_names_the_clouds_sts_its_cam_is_called(endpoint: str | None, host: str) -> None:
    plan = replace(plan_at(""), endpoint_url=endpoint)
    exchange = Exchange(clock=HandClock(), talk=Ear(), carries_code=False)

    wire = CamWire(plan, TENCENT_KEYS, exchange=exchange, patience=Patience())

    assert wire.host == host
