"""Which instances a call is about, and the permissions that take: one for each of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.operations import Asked, Need
from mfacli.emulator.tencent.refusals import Rejected, missing, own_error
from mfacli.emulator.tencent.tables import permission
from mfacli.emulator.tencent.town.entities import Instance
from mfacli.emulator.tencent.town.town import Town

_ID = re.compile(r"ins-[a-z0-9]{8}", re.ASCII)
_REGION = re.compile(r"[a-z]{2,3}(-[a-z0-9]+)+", re.ASCII)
_MOST_IDS = 100


def region_of(asked: Asked) -> str:
    """Return the region that a call goes to; raises `Rejected`."""
    region = asked.call.region
    if not region:
        raise missing("Region")
    if not _REGION.fullmatch(region):
        raise own_error("InvalidParameterValue.InvalidRegion", "The region is invalid.", "地域取值错误。")
    return region


def ids_of(given: Given) -> Sequence[str]:
    """Return the ids that a call names, each once; raises `Rejected`."""
    ids = tuple(dict.fromkeys(given.texts("InstanceIds")))
    if not ids:
        message = "At least one instance must be given in InstanceIds."
        raise own_error("InvalidParameterValue.InstanceIdMalformed", message, "参数 InstanceIds 不能为空。")
    if len(ids) > _MOST_IDS:
        message = f"InstanceIds holds more than {_MOST_IDS} instances."
        raise own_error(
            "InvalidParameterValue.LimitExceeded", message, f"参数 InstanceIds 数量超过上限 {_MOST_IDS}。"
        )
    for one in ids:
        if not _ID.fullmatch(one):
            shown = one[:40]
            raise own_error(
                "InvalidInstanceId.Malformed",
                f"The instance id `{shown}` is malformed; it is like `ins-xxxxxxxx`.",
                f"实例ID `{shown}` 格式错误，例如：`ins-xxxxxxxx`。",
            )
    return ids


def resource_of(asked: Asked, instance_id: str) -> str:
    """Return an instance of the caller's as policies write it, be it there or not."""
    return f"qcs::cvm:{region_of(asked)}:uin/{asked.caller.principal.owner_uin}:instance/{instance_id}"


class Named:
    """Finds the instances that calls name."""

    def __init__(self, town: Town) -> None:
        self._town = town

    def needs(self, asked: Asked, given: Given) -> Sequence[Need]:
        """Return a permission for every instance that a call names; raises `Rejected` for what names none."""
        return [self._need(asked, one) for one in ids_of(given)]

    def instances(self, asked: Asked, given: Given) -> Sequence[Instance]:
        """Return the instances that a call names; raises `Rejected` where one is not there."""
        ids = ids_of(given)
        found = [instance for one in ids if (instance := self._find(asked, one)) is not None]
        if len(found) < len(ids):
            absent = next(one for one in ids if all(one != instance.instance_id for instance in found))
            raise own_error(
                "InvalidInstanceId.NotFound", f"The instance `{absent}` is not found.", f"实例 `{absent}` 不存在。"
            )
        return found

    def _find(self, asked: Asked, instance_id: str) -> Instance | None:
        found = self._town.instances.find(instance_id)
        is_own = found is not None and found.owner_uin == asked.caller.principal.owner_uin
        return found if is_own and found is not None and found.region == region_of(asked) else None

    def _need(self, asked: Asked, instance_id: str) -> Need:
        context: dict[str, str | Sequence[str]] = {"cvm:region": region_of(asked)}
        found = self._find(asked, instance_id)
        if found is not None:
            context |= {"cvm:zone": found.zone, "cvm:instance_type": found.type}
            if found.tags:
                context["qcs:resource_tag"] = written_tags(found.tags)
        return Need(action=permission(asked), resource=resource_of(asked, instance_id), context=context)


def written_tags(tags: Sequence[tuple[str, str]]) -> Sequence[str]:
    """Return tags as conditions write them."""
    return [f"{key}&{value}" for key, value in tags]


def wrong_state(instance: Instance) -> Rejected:
    """Return the refusal of an action in this instance's state."""
    name, state = instance.instance_id, instance.state.value
    return own_error(
        f"UnsupportedOperation.InstanceState{state.capitalize()}",
        f"The instance `{name}` in the state {state} does not support this operation.",
        f"实例 `{name}` 处于 {state} 状态，不支持该操作。",
    )
