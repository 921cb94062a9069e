"""StartInstances, StopInstances, RebootInstances, TerminateInstances and ModifyInstancesAttribute.

A call about several instances does it for all of them or for none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mfacli.emulator.tencent.cvm.named import Named, wrong_state
from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.operations import Asked, Result, Shape
from mfacli.emulator.tencent.refusals import Rejected, missing, own_error
from mfacli.emulator.tencent.tables import Action
from mfacli.emulator.tencent.town.entities import Instance, InstanceState
from mfacli.emulator.tencent.town.town import Town

LONGEST_NAME = 128
_STOPPING = "SOFT|HARD|SOFT_FIRST"
_S = InstanceState


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A change of state: from which it may begin, and into which it leads."""

    begins: tuple[InstanceState, ...]
    leads_to: InstanceState
    optional: tuple[str, ...] = ()


_STEPS = {
    "StartInstances": _Step(begins=(_S.STOPPED,), leads_to=_S.STARTING),
    "StopInstances": _Step(
        begins=(_S.RUNNING,), leads_to=_S.STOPPING, optional=("ForceStop", "StopType", "StoppedMode")
    ),
    "RebootInstances": _Step(begins=(_S.RUNNING,), leads_to=_S.REBOOTING, optional=("ForceReboot", "StopType")),
    "TerminateInstances": _Step(
        begins=(_S.RUNNING, _S.STOPPED),
        leads_to=_S.TERMINATING,
        optional=("ReleaseAddress", "ReleasePrepaidDataDisks"),
    ),
}


class Changes:
    """The actions that change instances which are there."""

    def __init__(self, town: Town, named: Named) -> None:
        self._town = town
        self._named = named

    def table(self) -> Mapping[str, Action]:
        """Return the actions by name."""
        steps = {
            name: Action(
                shape=Shape(required=("InstanceIds",), optional=step.optional),
                needs=self._named.needs,
                answer=self._stepped,
            )
            for name, step in _STEPS.items()
        }
        attribute = Action(
            shape=Shape(required=("InstanceIds",), optional=("InstanceName", "DisableApiTermination")),
            needs=self._named.needs,
            answer=self._modified,
        )
        return {**steps, "ModifyInstancesAttribute": attribute}

    def _stepped(self, asked: Asked, given: Given) -> Result:
        step = _STEPS[asked.call.action]
        _check_options(given)
        with self._town.guard:
            found = self._named.instances(asked, given)
            for instance in found:
                if instance.state not in step.begins:
                    raise wrong_state(instance)
                if step.leads_to is _S.TERMINATING and instance.is_protected:
                    raise _protected(instance)
            for instance in found:
                self._put(replace(instance, state=step.leads_to, since=self._town.now()), asked)
        return {}

    def _modified(self, asked: Asked, given: Given) -> Result:
        name, protects = instance_name(given), given.flag("DisableApiTermination")
        if name is None and protects is None:
            raise missing("InstanceName")
        with self._town.guard:
            for instance in self._named.instances(asked, given):
                named = instance if name is None else replace(instance, name=name)
                self._put(named if protects is None else replace(named, is_protected=protects), asked)
        return {}

    def _put(self, instance: Instance, asked: Asked) -> None:
        latest = replace(instance, last_action=asked.call.action, last_request_id=asked.incoming.request_id)
        self._town.instances.put(latest)


def instance_name(given: Given) -> str | None:
    """Return the name that a call gives; raises `Rejected`."""
    name = given.optional_text("InstanceName")
    if name is not None and len(name) > LONGEST_NAME:
        message = f"InstanceName has more than {LONGEST_NAME} characters."
        raise own_error("InvalidInstanceName.TooLong", message, f"参数 InstanceName 长度超过上限 {LONGEST_NAME}。")
    return name


def _check_options(given: Given) -> None:
    forced = [name for name in ("ForceStop", "ForceReboot") if given.flag(name) is not None]
    if given.optional_text("StopType", pattern=_STOPPING) is not None and forced:
        raise own_error(
            "InvalidParameterCombination",
            f"StopType and {forced[0]} cannot be given together.",
            f"参数 StopType 与 {forced[0]} 不能同时指定。",
        )
    given.optional_text("StoppedMode", pattern="KEEP_CHARGING|STOP_CHARGING")
    for name in ("ReleaseAddress", "ReleasePrepaidDataDisks"):
        given.flag(name)


def _protected(instance: Instance) -> Rejected:
    name = instance.instance_id
    return own_error(
        "UnsupportedOperation.InstancesProtected",
        f"The instance `{name}` is protected against termination.",
        f"实例 `{name}` 已开启实例销毁保护。",
    )
