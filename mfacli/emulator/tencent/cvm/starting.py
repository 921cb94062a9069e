"""RunInstances. What an instance is made of (disks, networks, images) is taken as it comes and not looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mfacli.emulator.tencent.cvm.changes import instance_name
from mfacli.emulator.tencent.cvm.named import region_of, resource_of, written_tags
from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.operations import Asked, Need, Result, Shape
from mfacli.emulator.tencent.refusals import missing, own_error
from mfacli.emulator.tencent.tables import Action, permission
from mfacli.emulator.tencent.town.entities import Instance, InstanceState
from mfacli.emulator.tencent.town.town import Town
from mfacli.emulator.world import tencent_ids
from mfacli.emulator.world.tencent_model import INSTANCE_TYPE

_MOST_AT_ONCE = 100
_MOST_INSTANCES = 5_000
_STANDARD_TYPE = "S5.MEDIUM2"
_UNNAMED = "未命名"
_ZONE = r"[a-z]{2,3}(-[a-z0-9]+)+-[0-9]{1,2}"
_IMAGE = re.compile(r"img-[a-z0-9]{8}", re.ASCII)
_SEQUENCE = re.compile(r"\{R:(?P<first>[0-9]{1,9})(?:,F:(?P<width>[0-8]))?\}", re.ASCII)
_MEANT = (
    "Placement",
    "ImageId",
    "InstanceType",
    "InstanceCount",
    "InstanceName",
    "InstanceChargeType",
    "TagSpecification",
    "DisableApiTermination",
    "ClientToken",
    "DryRun",
)
_IGNORED = (
    "MinCount",
    "SystemDisk",
    "DataDisks",
    "VirtualPrivateCloud",
    "InternetAccessible",
    "LoginSettings",
    "SecurityGroupIds",
    "EnhancedService",
    "HostName",
    "UserData",
    "CamRoleName",
)
Tags = tuple[tuple[str, str], ...]


class Starting:
    """RunInstances."""

    def __init__(self, town: Town) -> None:
        self._town = town

    def table(self) -> Mapping[str, Action]:
        """Return the action by name."""
        shape = Shape(optional=(*_MEANT, *_IGNORED))
        return {"RunInstances": Action(shape=shape, needs=self._needs, answer=self._run)}

    def _needs(self, asked: Asked, given: Given) -> Sequence[Need]:
        context: dict[str, str | Sequence[str]] = {
            "cvm:region": region_of(asked),
            "cvm:zone": _zone(asked, given),
            "cvm:instance_type": _type(given),
        }
        tags = _tags(given)
        if tags:
            context["qcs:request_tag"] = written_tags(tags)
        return [Need(action=permission(asked), resource=resource_of(asked, "*"), context=context)]

    def _run(self, asked: Asked, given: Given) -> Result:
        owner_uin, region, zone = asked.caller.principal.owner_uin, region_of(asked), _zone(asked, given)
        count = given.integer("InstanceCount", least=1, most=_MOST_AT_ONCE)
        names = _names(instance_name(given) or _UNNAMED, 1 if count is None else count)
        token = given.optional_text("ClientToken", pattern=r"[\x21-\x7e]{1,64}")
        charge_type = given.optional_text("InstanceChargeType", pattern="POSTPAID_BY_HOUR|SPOTPAID")
        image_id, is_protected = _image(given), bool(given.flag("DisableApiTermination"))
        with self._town.guard:
            made = self._town.instances.made_for(owner_uin, token) if token else None
            if made is not None:
                return {"InstanceIdSet": list(made)}
            self._refuse_too_many(owner_uin, len(names))
            if given.flag("DryRun"):
                return {}
            ids = [tencent_ids.instance_id(owner_uin) for _ in names]
            now, place = self._town.now(), len(self._town.instances.of_account(owner_uin)) + 2
            for number, (instance_id, name) in enumerate(zip(ids, names, strict=True), start=place):
                self._town.instances.put(
                    Instance(
                        owner_uin=owner_uin,
                        instance_id=instance_id,
                        name=name,
                        region=region,
                        zone=zone,
                        type=_type(given),
                        image_id=image_id,
                        private_ip=f"10.0.{number // 250}.{number % 250}",
                        created_at=now,
                        since=now,
                        state=InstanceState.PENDING,
                        charge_type=charge_type or "POSTPAID_BY_HOUR",
                        is_protected=is_protected,
                        tags=_tags(given),
                        last_action=asked.call.action,
                        last_request_id=asked.incoming.request_id,
                    )
                )
            if token:
                self._town.instances.remember(owner_uin, token, ids)
        return {"InstanceIdSet": ids}

    def _refuse_too_many(self, owner_uin: str, more: int) -> None:
        if len(self._town.instances.of_account(owner_uin)) + more > _MOST_INSTANCES:
            message = f"The emulator keeps {_MOST_INSTANCES} instances of an account."
            raise own_error("LimitExceeded.CvmInstanceQuota", message, f"实例数量超过上限 {_MOST_INSTANCES}。")


def _zone(asked: Asked, given: Given) -> str:
    placement = given.structure("Placement")
    if placement is None:
        raise missing("Placement")
    zone = placement.text("Zone", pattern=_ZONE)
    if zone.rpartition("-")[0] != region_of(asked):
        raise own_error("InvalidZone.MismatchRegion", "The zone is not of the region.", "指定的可用区不属于该地域。")
    return zone


def _type(given: Given) -> str:
    return given.optional_text("InstanceType", pattern=INSTANCE_TYPE) or _STANDARD_TYPE


def _image(given: Given) -> str:
    image_id = given.text("ImageId")
    if not _IMAGE.fullmatch(image_id):
        raise own_error(
            "InvalidImageId.Malformed",
            "The ImageId is malformed; it is like `img-xxxxxxxx`.",
            "参数 ImageId 格式错误，例如：`img-xxxxxxxx`。",
        )
    return image_id


def _tags(given: Given) -> Tags:
    return tuple(
        (tag.text("Key", longest=127), tag.optional_text("Value", longest=255) or "")
        for specification in given.structures("TagSpecification")
        if specification.text("ResourceType") == "instance"
        for tag in specification.structures("Tags")
    )


def _names(pattern: str, count: int) -> Sequence[str]:
    """Return what each of the instances is called: `web_{R:3,F:2}` counts from 03, other names from 1."""
    if _SEQUENCE.search(pattern):
        return [_counted(pattern, step) for step in range(count)]
    return [pattern] if count == 1 else [f"{pattern}{number}" for number in range(1, count + 1)]


def _counted(pattern: str, step: int) -> str:
    return _SEQUENCE.sub(lambda found: str(int(found["first"]) + step).zfill(int(found["width"] or 0)), pattern)
