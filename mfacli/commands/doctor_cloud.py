"""The facts that `doctor` gathers from the clouds: the way there, their clock, keys and device, a real session."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never
from urllib.parse import urlsplit

from mfacli.checks.devices import DeviceFacts, check_device
from mfacli.checks.finding import Family, Finding, bad, good, warning
from mfacli.checks.network import EndpointFacts, check_clock, check_endpoint
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys
from mfacli.domain.hosts import is_this_machine
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
from mfacli.profiles.variables import KEY_VARIABLES
from mfacli.providers.probe import sts_url

if TYPE_CHECKING:
    from mfacli.providers.aws import AwsProvider
    from mfacli.providers.tencent import TencentProvider

# More is a machine's file, not a person's.
_MOST_PLACES = 8
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
    """An STS to ask.

    `plan` is the profile in use there, None where there is none that opens sessions; `needed_by` is another profile
    whose STS it is, empty for that in use.
    """

    cloud: Cloud
    url: str
    plan: Plan | None = None
    needed_by: str = ""

    @property
    def host(self) -> str:
        """The host alone, for people."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


def places_to_ask(desk: Desk, request: Request) -> list[Place]:
    """Return the STS of the profile in use in each cloud that is used here, and those of the other profiles.

    Where nothing says which, that is AWS' own.
    """
    clouds = [request.cloud] if request.cloud else [cloud for cloud in Cloud if _is_used(desk, request, cloud)]
    # An emulator is both clouds at one address.
    found: dict[tuple[Cloud, str], Place] = {}
    for cloud in clouds:
        for place in _places_in(desk, request, cloud):
            found.setdefault((cloud, place.url), place)
    those_in_use_first = sorted(found.values(), key=lambda place: bool(place.needed_by))
    # What is wrong with the profiles is told elsewhere; the cloud can be looked for all the same.
    return those_in_use_first[:_MOST_PLACES] or [_own(clouds[0] if clouds else Cloud.AWS)]


def _is_used(desk: Desk, request: Request, cloud: Cloud) -> bool:
    """Whether there are profiles of a cloud, or keys of it in this shell."""
    try:
        names = desk.planning.names_of(cloud)
    except MfacliError:
        return False
    if request.profile is not None:
        return request.profile in names
    return bool(names or desk.environment.get(KEY_VARIABLES[cloud][0]))


def _places_in(desk: Desk, request: Request, cloud: Cloud) -> Iterator[Place]:
    """Yield the places of one cloud, that of the profile in use first."""
    with suppress(MfacliError):
        asked = Request(wants_role=None, profile=request.profile, cloud=cloud)
        held = desk.planning.held_session(asked)
        plan = held or desk.planning.plan_of(asked)
        # With a session nothing can be opened, so there is nothing to say of keys and device.
        yield Place(cloud=cloud, url=_url(plan), plan=plan if held is None else None)
    if request.profile is not None:
        return
    with suppress(MfacliError):
        for name in desk.planning.names_of(cloud):
            with suppress(MfacliError):
                plan = desk.planning.plan_of(Request(wants_role=None, profile=name, cloud=cloud))
                yield Place(cloud=cloud, url=_url(plan), needed_by=name)


def _url(plan: Plan) -> str:
    return sts_url(plan.cloud, endpoint_url=plan.endpoint_url, region=plan.sts_region, partition=plan.partition)


def _own(cloud: Cloud) -> Place:
    return Place(cloud=cloud, url=sts_url(cloud, endpoint_url=None, region=None, partition="aws"))


def endpoint_findings(desk: Desk, place: Place) -> Iterable[Finding]:
    """Yield whether an STS is reached, and what time it has."""
    answer = desk.probe(place.cloud, place.url)
    parts = urlsplit(place.url)
    facts = EndpointFacts(
        cloud=_SHOWN[place.cloud],
        host=answer.host,
        needed_by=place.needed_by,
        is_open=parts.scheme == "http" and not is_this_machine(parts.hostname or ""),
        problem=answer.problem.message if answer.problem else "",
        hint=answer.problem.hint if answer.problem else "",
        seconds=answer.seconds,
        is_the_cloud=answer.is_the_cloud,
        offset=answer.offset,
        proxy=answer.proxy,
        system="wsl" if desk.environment.get("WSL_DISTRO_NAME") else sys.platform,
    )
    yield from check_endpoint(facts)
    if not place.needed_by:
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
    facts = DeviceFacts(
        cloud=_SHOWN[plan.cloud],
        profile=plan.profile,
        wants_device=not isinstance(plan.device, NoDevice),
        is_required=not isinstance(plan.device, DeviceToFind) or plan.device.is_required,
    )
    try:
        keys = desk.parts(plan, may_ask=False).keys.keys_for(plan)
        identity = provider.identity_of(plan=plan, keys=keys)
        facts = replace(facts, who=identity.arn, account_id=identity.account_id)
        if not facts.wants_device:
            return facts
        if named := _named(plan):
            facts = replace(facts, serial=named.serial, serials_account=named.account_id or "")
            provider.own_device(named, plan=plan, keys=keys)
        serials = _listed(desk, provider, plan, keys)
    except CloudUnreachable:
        raise
    except MfacliError as problem:
        return replace(facts, problem=problem.message, hint=problem.hint)
    if serials is None:
        return facts
    usable = tuple(serial for serial, is_usable in serials.items() if is_usable)
    kept = {device.serial for device in desk.seeds.devices_with_seed()}
    return replace(
        facts,
        serials=usable,
        security_keys=tuple(serial for serial, is_usable in serials.items() if not is_usable),
        has_seed=bool(kept.intersection((facts.serial,) if facts.serial else usable)),
    )


def _listed(desk: Desk, provider: AwsProvider | TencentProvider, plan: Plan, keys: Keys) -> Mapping[str, bool] | None:
    """Return the serials of the caller's devices, and whether STS can use each; None where the cloud tells none."""
    registry = desk.registry_beside(provider)
    if registry is None:
        devices = provider.devices_of_caller(plan=plan, keys=keys)
        return None if devices is None else {device.serial: True for device in devices}
    try:
        return {device.serial: device.is_usable for device in registry.of_user(plan=plan, keys=keys)}
    except AccessDenied:
        return None


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
