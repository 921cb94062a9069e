"""One user's MFA devices in IAM, asked for with the profile's keys, or an MFA session where policies demand it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import TypeVar

from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Code
from mfacli.domain.credentials import Keys
from mfacli.domain.identity import Device, parse_arn, parse_device
from mfacli.domain.plan import DeviceToFind, KnownDevice, Plan, Request
from mfacli.domain.registered import NewDevice, RegisteredDevice, User
from mfacli.errors import (
    AccessDenied,
    DeviceUnusable,
    EntityBusy,
    EntityExists,
    EntityMissing,
    InputNotAllowed,
    MfacliError,
)

AnswerT = TypeVar("AnswerT")
# A serial that is well formed, so that the one in the profile is not looked at; nothing is asked of it.
_IN_ITS_PLACE = "NONE00000000"
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 4, 8))
"""Between attempts: what has just been changed is not known everywhere in IAM at once (IAM guide, eventual
consistency)."""


def own_devices(desk: Desk, request: Request, *, what: str) -> OwnDevices:
    """Return the devices of the user whose keys `request` leads to; `what` is what is to be done with one.

    A device that the request names is the one that it is about, and not where codes for a session come from: a lost
    device is taken away with the codes of another.

    Raises `DeviceUnusable` for a profile of Tencent Cloud, whose devices no API changes.
    """
    cloud = desk.planning.cloud_of(request)
    if cloud is Cloud.TENCENT:
        name = f" -p {request.profile}" if request.profile else ""
        raise DeviceUnusable(
            f"Tencent Cloud has no API to {what} an MFA device: its console does that",
            hint=f"`mfacli device import --cloud tencent{name}` tells the way, and keeps the seed",
        )
    meant = parse_device(request.device) if request.device is not None else None
    return OwnDevices(desk, _plan(desk, replace(request, device=None)), meant=meant)


def _plan(desk: Desk, request: Request) -> Plan:
    """Return the plan of a session; the profile may name what gives no codes, which is why a device is wanted."""
    try:
        return desk.plan(request)
    except DeviceUnusable as problem:
        desk.terminal.warn(problem.message)
        plan = desk.plan(replace(request, device=_IN_ITS_PLACE))
        return replace(plan, device=DeviceToFind(is_required=True))


class OwnDevices:
    """The devices of one IAM user.

    `plan` is how a session of that user is come by, and `meant` the device that was named, if any. `pending` is a
    device that is not enabled yet, whose codes open none although the profile may name it already.
    """

    def __init__(self, desk: Desk, plan: Plan, *, meant: Device | None = None) -> None:
        self.plan = plan
        self.meant = meant
        self.pending: Device | None = None
        self._desk = desk
        self._parts = desk.parts(plan)
        self._keys = self._parts.keys.keys_for(plan)

    @property
    def option(self) -> str:
        """The option that leads to these devices again, for commands to paste; empty where none is needed."""
        return "" if self.plan.profile == "default" else f" -p {shlex.quote(self.plan.profile)}"

    @cached_property
    def user(self) -> User:
        """Whose keys these are, as GetCallerIdentity says, which no policy forbids; raises `DeviceUnusable`."""
        identity = self._desk.provider_for(self.plan).identity_of(plan=self.plan, keys=self._keys)
        arn = parse_arn(identity.arn)
        kind, _, path = arn.resource.partition("/") if arn else ("", "", "")
        if arn is None or kind != "user":
            what = "the root user's" if kind == "root" else f"those of `{identity.arn}`"
            raise DeviceUnusable(
                f"the keys of profile `{self.plan.profile}` are {what}, and only IAM users have devices here",
                hint="the root user's devices are registered in the console" if kind == "root" else "",
            )
        return User(partition=arn.partition, account_id=arn.account_id, name=path.rsplit("/", 1)[-1])

    def listed(self) -> Sequence[RegisteredDevice] | None:
        """Return the user's devices; None where no policy lets them be listed. Nobody is asked for a code for it."""
        try:
            return self._asked(lambda keys: self._desk.registry.of_user(plan=self.plan, keys=keys), may_ask=False)
        except AccessDenied:
            return None

    def enabled(self, device: Device) -> RegisteredDevice | None:
        """Return what IAM lists of `device`, None where it is not enabled for the user, or may not be listed."""
        return next((each for each in self.listed() or () if each.serial == device.serial), None)

    def unassigned(self) -> Sequence[str] | None:
        """Return the account's virtual devices that are nobody's; None where no policy lets them be listed."""
        try:
            return self._asked(lambda keys: self._desk.registry.unassigned(plan=self.plan, keys=keys), may_ask=False)
        except AccessDenied:
            return None

    def create(self, device: Device) -> NewDevice:
        """Make the virtual device."""
        return self._asked(lambda keys: self._desk.registry.create(device, plan=self.plan, keys=keys))

    def enable(self, device: Device, codes: tuple[Code, Code]) -> None:
        """Give the device to the user; a device that is too new to be known everywhere is waited for."""
        self._patiently(
            lambda keys: self._desk.registry.enable(device, codes, user=self.user.name, plan=self.plan, keys=keys)
        )

    def resync(self, device: Device, codes: tuple[Code, Code]) -> None:
        """Set the device's clock by two codes."""
        self._asked(
            lambda keys: self._desk.registry.resync(device, codes, user=self.user.name, plan=self.plan, keys=keys)
        )

    def deactivate(self, device: Device) -> None:
        """Take the device from the user."""
        self._asked(
            lambda keys: self._desk.registry.deactivate(device, user=self.user.name, plan=self.plan, keys=keys),
            taken=device,
        )

    def delete(self, device: Device, *, may_ask: bool = True, was_freed: bool = False) -> None:
        """Remove a virtual device that is nobody's; with `may_ask` False no code is asked for in its favour.

        `was_freed` says that it was somebody's until now, which may still be so in places.
        """

        def call(keys: Keys) -> None:
            self._desk.registry.delete(device, plan=self.plan, keys=keys)

        if was_freed:
            self._patiently(call, EntityExists)
        else:
            self._asked(call, may_ask=may_ask)

    def _patiently(self, call: Callable[[Keys], AnswerT], what_passes: type[MfacliError] = EntityMissing) -> AnswerT:
        for pause in PAUSES:
            try:
                return self._asked(call)
            except (what_passes, EntityBusy) as problem:
                self._desk.terminal.detail(f"{problem.message}; trying again in {pause.seconds} s")
                self._desk.clock.wait(pause)
        return self._asked(call)

    def _asked(
        self, call: Callable[[Keys], AnswerT], *, may_ask: bool = True, taken: Device | None = None
    ) -> AnswerT:
        try:
            return call(self._keys)
        except AccessDenied:
            session = self._with_mfa(may_ask=may_ask, taken=taken)
            if session is None:
                raise
            self._keys = session
            return call(self._keys)

    def _with_mfa(self, *, may_ask: bool, taken: Device | None) -> Keys | None:
        """Return the keys of an MFA session of the user; None where they have one already, or no device for it."""
        from mfacli.session import find_kept

        if self._keys.is_temporary or not self.plan.needs_code:
            return None
        if kept := find_kept(self.plan, self._parts):
            return kept.session.keys
        plan = self._plan_with_device(taken) if may_ask else None
        if plan is None:
            return None
        self._desk.terminal.note("policies may want MFA for this: trying with a session that has it")
        try:
            return self._desk.obtain(plan).session.keys
        except InputNotAllowed as problem:
            raise InputNotAllowed(
                problem.message, hint=f"open a session first, which is then taken: `mfacli session{self.option}`"
            ) from problem

    def _plan_with_device(self, taken: Device | None) -> Plan | None:
        """Return the plan of a session by a device that is enabled; None where there is none.

        Of several, the person chooses where the plan's own is the one that is `taken`, which may be lost.
        """
        devices = self._parts.provider.devices_of_caller(plan=self.plan, keys=self._keys)
        match self.plan.device:
            case KnownDevice(device=device) if device == taken and devices and set(devices) - {device}:
                has_seed = device in self._desk.seeds.devices_with_seed()
                return self.plan if has_seed else replace(self.plan, device=DeviceToFind(is_required=True))
            case KnownDevice(device=device) if device != self.pending and (devices is None or device in devices):
                return self.plan
            case _ if devices:
                return replace(self.plan, device=DeviceToFind(is_required=True))
            case _:
                return None


def own_device(desk: Desk, own: OwnDevices) -> Device:
    """Return the device that is meant: the one that was named, else the plan's, their only one, or one chosen."""
    if own.meant is not None:
        return own.meant
    if isinstance(own.plan.device, KnownDevice):
        return own.plan.device.device
    listed = own.listed()
    devices = [parse_device(each.serial) for each in listed or () if each.is_usable]
    if not devices:
        raise DeviceUnusable(
            f"no MFA device of {own.user.name} is known that gives codes",
            hint="name one with --device SERIAL"
            if listed is None
            else f"`mfacli device enroll{own.option}` makes one",
        )
    if len(devices) == 1:
        return devices[0]
    return devices[desk.prompter.choose("which MFA device?", [device.serial for device in devices])]


def is_known_to_be_enabled(own: OwnDevices, device: Device) -> bool:
    """Return whether IAM lists the device, False where it lists none at all; raises `DeviceUnusable` for another."""
    listed = own.listed()
    if listed is not None and device.serial not in {each.serial for each in listed}:
        raise not_enabled(own, device)
    return listed is not None


def not_enabled(own: OwnDevices, device: Device) -> DeviceUnusable:
    """Return the error for a device that is not enabled for the user, with those that are."""
    enabled = [each.serial for each in own.listed() or ()]
    return DeviceUnusable(
        f"device `{device.serial}` is not enabled for {own.user.name}",
        hint="enabled are: " + ", ".join(enabled) if enabled else f"`mfacli device list{own.option}` shows which are",
    )
