"""CVM as callers see it: what is allowed, what instances become, and what is refused with which code."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import pytest

from mfacli.emulator.tencent.town.instances import CHANGES_TAKE
from tests.emulator.tencent.quarter import HAO, MEI, OWNER, Keys, Quarter, opened, quarter, signed

LAN = "100000000103"
WEB, WORKER, REPORTS = "ins-mfaweb01", "ins-mfawrk02", "ins-mfarep03"
NEW = {"Placement": {"Zone": "ap-guangzhou-3"}, "ImageId": "img-eb30mz89"}


@pytest.fixture
def q() -> Quarter:
    return quarter(is_whole=True)


def _found(q: Quarter, who: object = LAN, **asked: object) -> Sequence[Mapping[str, object]]:
    assert isinstance(who, str | Keys)
    answer = q.ask(who, "DescribeInstances", "cvm", **asked)
    found = answer["InstanceSet"]
    assert isinstance(found, list)
    return found


def _states(q: Quarter, **asked: object) -> dict[str, str]:
    return {str(one["InstanceId"]): str(one["InstanceState"]) for one in _found(q, **asked)}


def _change(q: Quarter, action: str, *ids: str, who: object = LAN, **asked: object) -> dict[str, object]:
    assert isinstance(who, str | Keys)
    return q.ask(who, action, "cvm", InstanceIds=list(ids), **asked)


def _code(answer: Mapping[str, object]) -> str:
    error = answer.get("Error")
    return str(error["Code"]) if isinstance(error, dict) else "OK"


def _run(q: Quarter, **asked: object) -> list[str]:
    ids = q.ask(LAN, "RunInstances", "cvm", **{**NEW, **asked})["InstanceIdSet"]
    assert isinstance(ids, list)
    return ids


def test_terminating_takes_a_session_with_a_code(q: Quarter) -> None:
    denied = _change(q, "TerminateInstances", WEB, who=MEI)

    done = _change(q, "TerminateInstances", WEB, who=q.mfa_session())

    assert (_code(denied), _code(done)) == ("UnauthorizedOperation", "OK")
    assert _states(q)[WEB] == "TERMINATING"
    q.clock.advance(CHANGES_TAKE)
    assert list(_states(q)) == [WORKER]


def test_each_instance_is_decided_by_its_own_name(q: Quarter) -> None:
    policy = (
        '{"version": "2.0", "statement": [{"effect": "allow", "action": "cvm:RebootInstances", '
        f'"resource": "qcs::cvm:ap-guangzhou:uin/{OWNER}:instance/{WEB}"}}]}}'
    )
    made = q.ask(LAN, "CreatePolicy", "cam", PolicyName="Reboot", PolicyDocument=policy)
    q.ask(LAN, "AttachUserPolicy", "cam", PolicyId=made["PolicyId"], AttachUin=int(HAO))

    both = _change(q, "RebootInstances", WEB, WORKER, who=HAO)
    one = _change(q, "RebootInstances", WEB, who=HAO)

    assert (_code(both), _code(one)) == ("UnauthorizedOperation", "OK")
    assert f"instance/{WORKER}) has no permission" in str(both["Error"])
    assert _states(q) == {WEB: "REBOOTING", WORKER: "RUNNING"}


def test_who_may_not_learns_nothing_of_what_there_is(q: Quarter) -> None:
    told = [_change(q, "TerminateInstances", one, who=MEI) for one in (WEB, "ins-zzzzzzzz", REPORTS)]

    assert {_code(one) for one in told} == {"UnauthorizedOperation"}


@pytest.mark.parametrize(
    ("action", "before", "between", "after"),
    [
        ("StopInstances", [], "STOPPING", "STOPPED"),
        ("StartInstances", ["StopInstances"], "STARTING", "RUNNING"),
        ("RebootInstances", [], "REBOOTING", "RUNNING"),
    ],
)
def test_states_move_on_in_the_worlds_time(
    q: Quarter, action: str, before: list[str], between: str, after: str
) -> None:
    for earlier in before:
        _change(q, earlier, WEB)
        q.clock.advance(CHANGES_TAKE)

    _change(q, action, WEB)
    latest = _found(q, InstanceIds=[WEB])[0]
    q.clock.advance(CHANGES_TAKE)
    settled = _found(q, InstanceIds=[WEB])[0]

    assert (latest["InstanceState"], latest["LatestOperationState"]) == (between, "OPERATING")
    assert (settled["InstanceState"], settled["LatestOperationState"]) == (after, "SUCCESS")
    assert settled["LatestOperation"] == action


@pytest.mark.parametrize(
    ("first", "then", "code"),
    [
        ("", "StartInstances", "UnsupportedOperation.InstanceStateRunning"),
        ("StopInstances", "StopInstances", "UnsupportedOperation.InstanceStateStopping"),
        ("RebootInstances", "TerminateInstances", "UnsupportedOperation.InstanceStateRebooting"),
        ("TerminateInstances", "RebootInstances", "UnsupportedOperation.InstanceStateTerminating"),
    ],
)
def test_what_a_state_does_not_support_is_refused(q: Quarter, first: str, then: str, code: str) -> None:
    if first:
        _change(q, first, WEB)

    assert _code(_change(q, then, WEB)) == code


def test_several_are_changed_together_or_not_at_all(q: Quarter) -> None:
    _change(q, "StopInstances", WORKER)

    refused = _change(q, "StopInstances", WEB, WORKER)

    assert _code(refused) == "UnsupportedOperation.InstanceStateStopping"
    assert _states(q)[WEB] == "RUNNING"


@pytest.mark.parametrize(
    ("ids", "code"),
    [
        (["ins-zzzzzzzz"], "InvalidInstanceId.NotFound"),
        ([WEB, "ins-zzzzzzzz"], "InvalidInstanceId.NotFound"),
        ([REPORTS], "InvalidInstanceId.NotFound"),
        (["web"], "InvalidInstanceId.Malformed"),
        ([], "InvalidParameterValue.InstanceIdMalformed"),
        ([f"ins-{number:08d}" for number in range(101)], "InvalidParameterValue.LimitExceeded"),
        ("ins-mfaweb01", "InvalidParameter"),
    ],
)
def test_ids_that_mean_nothing_are_refused(q: Quarter, ids: object, code: str) -> None:
    assert q.refused(LAN, "StopInstances", "cvm", InstanceIds=ids) == code


@pytest.mark.parametrize(
    ("region", "code"),
    [("", "MissingParameter"), ("nowhere", "InvalidParameterValue.InvalidRegion"), ("ap-shanghai", "OK")],
)
def test_a_region_is_asked_for(q: Quarter, region: str, code: str) -> None:
    answer = opened(q.side.handle(signed(q.keys(LAN), "DescribeInstances", {}, service="cvm", region=region)))

    assert _code(answer) == code
    assert answer.get("TotalCount", 0) == 0


@pytest.mark.parametrize(
    ("action", "options", "code"),
    [
        ("StopInstances", {"StopType": "HARD", "StoppedMode": "KEEP_CHARGING"}, "OK"),
        ("StopInstances", {"StopType": "SOFTLY"}, "InvalidParameterValue"),
        ("StopInstances", {"StopType": "SOFT", "ForceStop": True}, "InvalidParameterCombination"),
        ("RebootInstances", {"ForceReboot": "yes"}, "InvalidParameter"),
        ("TerminateInstances", {"ReleaseAddress": True, "ReleasePrepaidDataDisks": False}, "OK"),
        ("TerminateInstances", {"ReleaseAddress": 1}, "InvalidParameter"),
        ("TerminateInstances", {"Force": True}, "UnknownParameter"),
        ("ModifyInstancesAttribute", {}, "MissingParameter"),
        ("ModifyInstancesAttribute", {"InstanceName": "n" * 129}, "InvalidInstanceName.TooLong"),
    ],
)
def test_options_are_held_to_what_is_documented(
    q: Quarter, action: str, options: dict[str, object], code: str
) -> None:
    assert _code(_change(q, action, WEB, **options)) == code


def test_a_protected_instance_cannot_be_terminated_until_it_is_not(q: Quarter) -> None:
    _change(q, "ModifyInstancesAttribute", WEB, DisableApiTermination=True)

    refused = _change(q, "TerminateInstances", WEB)
    _change(q, "ModifyInstancesAttribute", WEB, DisableApiTermination=False, InstanceName="old")

    assert _code(refused) == "UnsupportedOperation.InstancesProtected"
    assert _found(q, InstanceIds=[WEB])[0]["InstanceName"] == "old"
    assert _code(_change(q, "TerminateInstances", WEB)) == "OK"


@pytest.mark.parametrize(
    ("name", "names"),
    [("web", ["web1", "web2"]), ("web_{R:9,F:3}", ["web_009", "web_010"]), ("{R:1}{}", ["1{}", "2{}"])],
)
def test_new_instances_are_named_in_order(q: Quarter, name: str, names: list[str]) -> None:
    ids = _run(q, InstanceName=name, InstanceCount=2, InstanceType="S5.LARGE8")

    made = _found(q, InstanceIds=ids)

    assert [one["InstanceName"] for one in made] == names
    assert {(one["InstanceState"], one["CPU"], one["Memory"]) for one in made} == {("PENDING", 4, 8)}
    assert len({str(one["PrivateIpAddresses"]) for one in _found(q)}) == 4


def test_a_new_instance_runs_after_a_while(q: Quarter) -> None:
    (instance_id,) = _run(q)

    refused = _change(q, "StopInstances", instance_id)
    q.clock.advance(CHANGES_TAKE)

    assert _code(refused) == "UnsupportedOperation.InstanceStatePending"
    assert (_states(q)[instance_id], _found(q)[2]["InstanceName"]) == ("RUNNING", "未命名")


def test_a_clients_token_makes_instances_once(q: Quarter) -> None:
    first, second = (_run(q, ClientToken="once") for _ in range(2))

    assert first == second
    assert len(_found(q)) == 3


def test_a_dry_run_makes_nothing(q: Quarter) -> None:
    answer = q.ask(LAN, "RunInstances", "cvm", **NEW, DryRun=True)

    assert "Error" not in answer
    assert "InstanceIdSet" not in answer
    assert len(_found(q)) == 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Placement": None}, "MissingParameter"),
        ({"Placement": {}}, "MissingParameter"),
        ({"Placement": {"Zone": "ap-shanghai-2"}}, "InvalidZone.MismatchRegion"),
        ({"ImageId": None}, "MissingParameter"),
        ({"ImageId": "ami-1"}, "InvalidImageId.Malformed"),
        ({"InstanceCount": 0}, "InvalidParameterValue"),
        ({"InstanceCount": 101}, "InvalidParameterValue"),
        ({"InstanceType": "large"}, "InvalidParameterValue"),
        ({"InstanceChargeType": "PREPAID"}, "InvalidParameterValue"),
        ({"ClientToken": "t" * 65}, "InvalidParameterValue"),
        ({"LaunchTemplate": {}}, "UnknownParameter"),
    ],
)
def test_what_cannot_be_run_is_refused(q: Quarter, changed: dict[str, object], code: str) -> None:
    assert q.refused(LAN, "RunInstances", "cvm", **{**NEW, **changed}) == code


def test_a_long_type_is_refused_at_once(q: Quarter) -> None:
    begun = time.process_time()

    q.refused(LAN, "RunInstances", "cvm", **NEW, InstanceType=f"S5.{'1' * 16_000}x")

    assert time.process_time() - begun < 2


def test_an_account_has_so_many_instances(q: Quarter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mfacli.emulator.tencent.cvm.starting._MOST_INSTANCES", 3)
    _run(q)

    assert q.refused(LAN, "RunInstances", "cvm", **NEW) == "LimitExceeded.CvmInstanceQuota"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ([("zone", ["ap-guangzhou-3"])], [WEB]),
        ([("zone", ["ap-guangzhou-3", "ap-guangzhou-4"]), ("instance-name", ["worker"])], [WORKER]),
        ([("instance-state", ["STOPPED"])], []),
        ([("tag:team", ["red"])], []),
        ([("project-id", ["0"]), ("instance-charge-type", ["POSTPAID_BY_HOUR"])], [WEB, WORKER]),
    ],
)
def test_filters_find(q: Quarter, filters: list[tuple[str, list[str]]], found: list[str]) -> None:
    asked = [{"Name": name, "Values": values} for name, values in filters]

    assert list(_states(q, Filters=asked)) == found


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"Filters": [{"Name": "colour", "Values": ["red"]}]}, "InvalidFilter"),
        ({"Filters": [{"Name": "zone", "Values": list("abcdef")}]}, "InvalidFilterValue.LimitExceeded"),
        ({"Filters": [{"Name": "zone", "Values": []}] * 11}, "InvalidFilterValue.LimitExceeded"),
        ({"Filters": [{"Name": "zone"}], "InstanceIds": [WEB]}, "InvalidParameterCombination"),
        ({"Limit": 101}, "InvalidParameterValue.Range"),
        ({"Limit": 0}, "InvalidParameterValue.Range"),
        ({"Offset": -1}, "InvalidParameterValue"),
    ],
)
def test_what_cannot_be_looked_for_is_refused(q: Quarter, asked: dict[str, object], code: str) -> None:
    assert q.refused(LAN, "DescribeInstances", "cvm", **asked) == code


def test_a_page_tells_how_many_there_are(q: Quarter) -> None:
    page = q.ask(LAN, "DescribeInstances", "cvm", Offset=1, Limit=1)
    states = q.ask(LAN, "DescribeInstancesStatus", "cvm")

    assert (page["TotalCount"], [one["InstanceId"] for one in _list(page["InstanceSet"])]) == (2, [WORKER])
    assert states["InstanceStatusSet"] == [
        {"InstanceId": WEB, "InstanceState": "RUNNING"},
        {"InstanceId": WORKER, "InstanceState": "RUNNING"},
    ]


def _list(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    return value


def test_tags_are_conditions_of_policies(q: Quarter) -> None:
    policy = (
        '{"version": "2.0", "statement": ['
        '{"effect": "allow", "action": "cvm:StopInstances", "resource": "*", '
        '"condition": {"for_any_value:string_equal": {"qcs:resource_tag": "team&red"}}}]}'
    )
    made = q.ask(LAN, "CreatePolicy", "cam", PolicyName="Red", PolicyDocument=policy)
    q.ask(LAN, "AttachUserPolicy", "cam", PolicyId=made["PolicyId"], AttachUin=int(HAO))
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "team", "Value": "red"}]}]
    (red,) = _run(q, TagSpecification=tags)
    q.clock.advance(CHANGES_TAKE)

    done, denied = (_change(q, "StopInstances", one, who=HAO) for one in (red, WEB))

    assert (_code(done), _code(denied)) == ("OK", "UnauthorizedOperation")
    assert list(_states(q, Filters=[{"Name": "tag:team", "Values": ["red"]}])) == [red]
    assert list(_states(q, Filters=[{"Name": "tag-key", "Values": ["team"]}])) == [red]


@pytest.mark.parametrize(("language", "name"), [("en-US", "Guangzhou"), ("zh-CN", "华南地区(广州)")])
def test_regions_and_zones_are_told_in_both_languages(q: Quarter, language: str, name: str) -> None:
    regions, zones = (
        opened(q.side.handle(signed(q.keys(MEI), action, {}, service="cvm", language=language)))
        for action in ("DescribeRegions", "DescribeZones")
    )

    assert _list(regions["RegionSet"])[0]["RegionName"] == name
    assert _list(zones["ZoneSet"])[2]["Zone"] == "ap-guangzhou-3"
    assert name in str(_list(zones["ZoneSet"])[2]["ZoneName"])


def test_an_unknown_region_has_no_zones(q: Quarter) -> None:
    answer = opened(q.side.handle(signed(q.keys(LAN), "DescribeZones", {}, service="cvm", region="ap-nowhere")))

    assert _code(answer) == "InvalidRegion.NotFound"


def test_a_role_of_another_account_sees_that_accounts_instances(q: Quarter) -> None:
    asked = {"RoleArn": "qcs::cam::uin/87654321:roleName/TestRole", "RoleSessionName": "test"}
    role = q.opened(
        MEI,
        "AssumeRole",
        **asked,
        SerialNumber=f"qcs::cam:uin/{OWNER}::mfa/softToken",
        TokenCode=q.code(MEI),
    )

    assert [one["InstanceId"] for one in _found(q, role)] == [REPORTS]
    assert _code(_change(q, "StopInstances", REPORTS, who=role)) == "OK"
    assert _code(_change(q, "TerminateInstances", REPORTS, who=role)) == "UnauthorizedOperation"
