"""The facts that `doctor` gathers from the clouds: the way there, their clock, keys and device, a real session."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import assert_never

from mfacli.checks.devices import DeviceFacts, check_device
from mfacli.checks.finding import Family, Finding, bad, good, warning
from mfacli.checks.network import EndpointFacts, check_clock, check_endpoint
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Device
from mfacli.domain.plan import DeviceToFind, KeysFrom, KnownDevice, NoDevice, Plan, Request
from mfacli.errors import (
    AccessDenied,
    Cancelled,
    CloudRefused,
    CloudUnreachable,
    CodeMalformed,
    CodeRejected,
    DeviceRejected,
    DeviceUnusable,
    InputNotAllowed,
    KeyringUnusable,
    KeysRejected,
    MfacliError,
    ProfileBroken,
)
from mfacli.providers.probe import sts_url

_SHOWN = {Cloud.AWS: "AWS", Cloud.TENCENT: "Tencent Cloud"}
_STEPS: tuple[tuple[type[MfacliError], str], ...] = (
    (ProfileBroken, "deciding the profile"),
    (KeyringUnusable, "reading the keyring"),
    (KeysRejected, "signing with the keys"),
    (DeviceRejected, "finding the device"),
    (DeviceUnusable, "finding the device"),
    (CodeRejected, "giving the code"),
    (CodeMalformed, "giving the code"),
    (InputNotAllowed, "asking for the code"),
    (Cancelled, "asking for the code"),
    (AccessDenied, "being allowed to"),
    (CloudRefused, "being allowed to"),
    (CloudUnreachable, "reaching the cloud"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An STS to ask; `plan` is the profile in use there, None where there is none that can be decided."""

    cloud: Cloud
    url: str
    plan: Plan | None


def places_to_ask(desk: Desk, request: Request) -> list[Place]:
    """Return the STS of the profile in use, in each cloud that has profiles; AWS' own where there are none."""
    clouds = [request.cloud] if request.cloud else [cloud for cloud in Cloud if _has_profiles(desk, request, cloud)]
    return [_place(desk, request, cloud) for cloud in clouds or [Cloud.AWS]]


def _has_profiles(desk: Desk, request: Request, cloud: Cloud) -> bool:
    try:
        names = desk.planning.names_of(cloud)
    except MfacliError:
        return False
    return request.profile in names if request.profile is not None else bool(names)


def _place(desk: Desk, request: Request, cloud: Cloud) -> Place:
    try:
        plan = desk.planning.plan_of(Request(wants_role=None, profile=request.profile, cloud=cloud))
    except MfacliError:
        # What is wrong with the profile is told elsewhere; the cloud can be looked for all the same.
        return Place(cloud=cloud, url=sts_url(cloud, endpoint_url=None, region=None, partition="aws"), plan=None)
    url = sts_url(cloud, endpoint_url=plan.endpoint_url, region=plan.sts_region, partition=plan.partition)
    return Place(cloud=cloud, url=url, plan=plan)


def endpoint_findings(desk: Desk, place: Place) -> Iterable[Finding]:
    """Yield whether an STS is reached, and what time it has."""
    answer = desk.probe(place.cloud, place.url)
    facts = EndpointFacts(
        cloud=_SHOWN[place.cloud],
        host=answer.host,
        problem=answer.problem.message if answer.problem else "",
        hint=answer.problem.hint if answer.problem else "",
        seconds=answer.seconds,
        is_the_cloud=answer.is_the_cloud,
        offset=answer.offset,
        proxy=answer.proxy,
    )
    yield from check_endpoint(facts)
    yield from check_clock(facts)


def device_findings(desk: Desk, plan: Plan) -> Iterable[Finding]:
    """Yield whether the keys of the profile in use are good, and its device theirs."""
    kind = plan.key_source.kind
    if kind in {KeysFrom.INSTANCE, KeysFrom.CONTAINER}:
        return
    if kind is KeysFrom.KEYRING and (why := _closed(desk)):
        yield warning(Family.DEVICES, f"the keys of profile `{plan.profile}` were not tried: {why}")
        return
    # Where the cloud is not reached, looking for it says so.
    with suppress(CloudUnreachable):
        yield from check_device(_device_facts(desk, plan))


def _closed(desk: Desk) -> str:
    """Return why the place of the keys cannot be read without asking anybody; nothing where it can."""
    if desk.store_setting.value == "file":
        return "they rest in the encrypted file, which is not opened for this"
    keyring = desk.backends[1]
    return keyring.problem or ("the keyring is locked" if keyring.is_locked else "")


def _device_facts(desk: Desk, plan: Plan) -> DeviceFacts:
    provider = desk.impatient_provider(plan)
    named = _named(plan)
    serial = named.serial if named else ""
    try:
        keys = desk.parts(plan, may_ask=False).keys.keys_for(plan)
        who = provider.identity_of(plan=plan, keys=keys).arn
        serials: tuple[str, ...] | None = None
        if not isinstance(plan.device, NoDevice):
            if named is not None:
                provider.own_device(named, plan=plan, keys=keys)
            devices = provider.devices_of_caller(plan=plan, keys=keys)
            serials = None if devices is None else tuple(device.serial for device in devices)
    except CloudUnreachable:
        raise
    except MfacliError as problem:
        return DeviceFacts(cloud=_SHOWN[plan.cloud], profile=plan.profile, problem=problem.message, hint=problem.hint)
    kept = {device.serial for device in desk.seeds.devices_with_seed()}
    return DeviceFacts(
        cloud=_SHOWN[plan.cloud],
        profile=plan.profile,
        who=who,
        serial=serial,
        serials=serials,
        has_seed=bool(kept.intersection(serials or (), {serial} if serial else serials or ())),
    )


def _named(plan: Plan) -> Device | None:
    match plan.device:
        case KnownDevice(device=device):
            return device
        case DeviceToFind() | NoDevice():
            return None
        case _:
            assert_never(plan.device)


def session_findings(desk: Desk, request: Request) -> Iterable[Finding]:
    """Open a session for real, and yield which step failed, or where it is kept."""
    try:
        plan = desk.plan(request)
        obtained = desk.obtain(plan, wants_new=True)
    except MfacliError as problem:
        step = next((words for kind, words in _STEPS if isinstance(problem, kind)), "opening the session")
        yield bad(Family.SESSION, f"{step} failed: {problem.message}", problem.hint)
        return
    if obtained.place:
        yield good(Family.SESSION, f"a session for {plan.profile} was opened, and is kept in {obtained.place}")
    else:
        yield warning(
            Family.SESSION, f"a session for {plan.profile} was opened, and could not be kept", "mfacli store"
        )
