"""DescribeInstances, DescribeInstancesStatus, DescribeRegions and DescribeZones."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence

from mfacli.emulator.tencent.cvm.named import Named, region_of, resource_of
from mfacli.emulator.tencent.cvm.regions import REGIONS, ZONES_EACH
from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.operations import Asked, Need, Result, Shape
from mfacli.emulator.tencent.refusals import Rejected, own_error
from mfacli.emulator.tencent.tables import Action, on_anything, permission
from mfacli.emulator.tencent.town.entities import Instance, InstanceState
from mfacli.emulator.tencent.town.town import Town
from mfacli.emulator.tencent.wire.recognise import Language

_STANDARD_LIMIT, _HIGHEST_LIMIT = 20, 100
_MOST_FILTERS, _MOST_VALUES = 10, 5
_TAG = "tag:"
_PROJECT = 0
_SIZES = {"SMALL": (1, 2), "MEDIUM": (2, 4), "LARGE": (4, 8)}
_FILTERS: Mapping[str, Callable[[Instance], Sequence[str]]] = {
    "zone": lambda one: [one.zone],
    "project-id": lambda _: [str(_PROJECT)],
    "instance-id": lambda one: [one.instance_id],
    "instance-name": lambda one: [one.name],
    "instance-type": lambda one: [one.type],
    "instance-charge-type": lambda one: [one.charge_type],
    "instance-state": lambda one: [one.state.value],
    "image-id": lambda one: [one.image_id],
    "private-ip-address": lambda one: [one.private_ip],
    "uuid": lambda one: [_uuid(one)],
    "tag-key": lambda one: [key for key, _ in one.tags],
    "tag-value": lambda one: [value for _, value in one.tags],
}


class Looking:
    """The actions that change nothing."""

    def __init__(self, town: Town, named: Named) -> None:
        self._town = town
        self._named = named

    def table(self) -> Mapping[str, Action]:
        """Return the actions by name."""
        pages = ("InstanceIds", "Offset", "Limit")
        return {
            "DescribeInstances": Action(
                shape=Shape(optional=(*pages, "Filters")), needs=self._needs, answer=self._instances
            ),
            "DescribeInstancesStatus": Action(shape=Shape(optional=pages), needs=self._needs, answer=self._states),
            "DescribeRegions": Action(shape=Shape(), needs=on_anything, answer=_regions),
            "DescribeZones": Action(shape=Shape(), needs=on_anything, answer=_zones),
        }

    def _needs(self, asked: Asked, given: Given) -> Sequence[Need]:
        """Return a permission for each instance that is named, or one for all."""
        if given.texts("InstanceIds"):
            return self._named.needs(asked, given)
        context = {"cvm:region": region_of(asked)}
        return [Need(action=permission(asked), resource=resource_of(asked, "*"), context=context)]

    def _instances(self, asked: Asked, given: Given) -> Result:
        found, total = self._page(asked, given)
        return {"TotalCount": total, "InstanceSet": [_described(one) for one in found]}

    def _states(self, asked: Asked, given: Given) -> Result:
        found, total = self._page(asked, given)
        states = [{"InstanceId": one.instance_id, "InstanceState": one.state.value} for one in found]
        return {"TotalCount": total, "InstanceStatusSet": states}

    def _page(self, asked: Asked, given: Given) -> tuple[Sequence[Instance], int]:
        offset, limit = given.integer("Offset") or 0, given.integer("Limit")
        if limit is not None and not 1 <= limit <= _HIGHEST_LIMIT:
            message = f"Limit is from 1 to {_HIGHEST_LIMIT}."
            raise own_error("InvalidParameterValue.Range", message, f"参数 Limit 取值范围为 1 至 {_HIGHEST_LIMIT}。")
        found = self._asked_for(asked, given)
        return found[offset : offset + (limit or _STANDARD_LIMIT)], len(found)

    def _asked_for(self, asked: Asked, given: Given) -> Sequence[Instance]:
        filters = given.structures("Filters")
        if given.texts("InstanceIds"):
            if filters:
                message = "InstanceIds and Filters cannot be given together."
                raise own_error("InvalidParameterCombination", message, "参数 InstanceIds 与 Filters 不能同时指定。")
            return self._named.instances(asked, given)
        wanted = _wanted(filters)
        mine = self._town.instances.of_account(asked.caller.principal.owner_uin, region_of(asked))
        return [one for one in mine if all(set(values) & set(_values(name, one)) for name, values in wanted)]


def _wanted(filters: Sequence[Given]) -> Sequence[tuple[str, Sequence[str]]]:
    """Return what each filter looks for: one of its values, under its name."""
    wanted = [(one.text("Name"), one.texts("Values")) for one in filters]
    if len(wanted) > _MOST_FILTERS or any(len(values) > _MOST_VALUES for _, values in wanted):
        message = f"The most are {_MOST_FILTERS} filters of {_MOST_VALUES} values each."
        zh = f"Filters 上限为 {_MOST_FILTERS}，Values 上限为 {_MOST_VALUES}。"
        raise own_error("InvalidFilterValue.LimitExceeded", message, zh)
    for name, _ in wanted:
        if name not in _FILTERS and not name.startswith(_TAG):
            raise _no_such_filter(name)
    return wanted


def _values(name: str, instance: Instance) -> Sequence[str]:
    if name.startswith(_TAG):
        return [value for key, value in instance.tags if key == name.removeprefix(_TAG)]
    return _FILTERS[name](instance)


def _no_such_filter(name: str) -> Rejected:
    shown = name[:80]
    return own_error("InvalidFilter", f"There is no filter `{shown}`.", f"过滤器 `{shown}` 不存在。")


def _described(one: Instance) -> Mapping[str, object]:
    cpu, memory = _SIZES.get(one.type.rpartition(".")[2].rstrip("0123456789"), (2, 4))
    is_changing = one.state not in (InstanceState.RUNNING, InstanceState.STOPPED)
    return {
        "Placement": {"Zone": one.zone, "ProjectId": _PROJECT},
        "InstanceId": one.instance_id,
        "InstanceName": one.name,
        "InstanceType": one.type,
        "CPU": cpu,
        "Memory": memory,
        "InstanceState": one.state.value,
        "RestrictState": "NORMAL",
        "InstanceChargeType": one.charge_type,
        "ImageId": one.image_id,
        "PrivateIpAddresses": [one.private_ip],
        "PublicIpAddresses": None,
        "CreatedTime": one.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Tags": [{"Key": key, "Value": value} for key, value in one.tags],
        "Uuid": _uuid(one),
        "DisableApiTermination": one.is_protected,
        "LatestOperation": one.last_action or None,
        "LatestOperationState": ("OPERATING" if is_changing else "SUCCESS") if one.last_action else None,
        "LatestOperationRequestId": one.last_request_id or None,
    }


def _uuid(one: Instance) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, one.qcs))


def _regions(asked: Asked, _given: Given) -> Result:
    is_english = asked.call.language is Language.ENGLISH
    found = [
        {"Region": name, "RegionName": english if is_english else chinese, "RegionState": "AVAILABLE"}
        for name, (_, english, chinese) in REGIONS.items()
    ]
    return {"TotalCount": len(found), "RegionSet": found}


def _zones(asked: Asked, _given: Given) -> Result:
    region = region_of(asked)
    if region not in REGIONS:
        raise own_error("InvalidRegion.NotFound", "The region is not found.", "未找到该地域。")
    number, english, chinese = REGIONS[region]
    is_english = asked.call.language is Language.ENGLISH
    found = [
        {
            "Zone": f"{region}-{zone}",
            "ZoneName": f"{english} Zone {zone}" if is_english else f"{chinese} {zone} 区",
            "ZoneId": f"{number}{zone:04d}",
            "ZoneState": "AVAILABLE",
        }
        for zone in range(1, ZONES_EACH + 1)
    ]
    return {"TotalCount": len(found), "ZoneSet": found}
