"""The use case on one page: kept and fresh? else take the lock, get a code, ask the cloud, keep the session.

A plan is a chain of steps; every beginning of it is a session of its own, looked up before it is asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import assert_never

from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Code
from mfacli.domain.credentials import Keys, Session, last_four
from mfacli.domain.identity import Device
from mfacli.domain.mfa import with_mfa
from mfacli.domain.plan import DeviceToFind, KnownDevice, NoDevice, Plan, RoleStep, Step
from mfacli.errors import AccessDenied, CloudRefused, CodeRejected, DeviceUnusable, KeyringUnusable, MfacliError
from mfacli.interfaces import (
    Clock,
    CodeLedger,
    CodeSource,
    KeyHolder,
    Locks,
    Prompter,
    SessionProvider,
    SessionStore,
    Talk,
)

# Why no device was found, and how to name one.
_UNLISTED = {
    Cloud.AWS: ("IAM lets this user list none", "arn:aws:iam::ACCOUNT:mfa/NAME"),
    Cloud.TENCENT: (
        "its keys are no user's, or STS may not say whose",
        '"qcs::cam:uin/OWNER::mfa/softToken"',
    ),
}
# With less left, a session has ended before a request signed with it arrives.
LAST_MOMENT = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the use case works with, chosen in `commands/wiring.py`."""

    provider: SessionProvider
    codes: CodeSource
    ledger: CodeLedger
    keys: KeyHolder
    store: SessionStore
    locks: Locks
    clock: Clock
    prompter: Prompter
    talk: Talk


@dataclass(frozen=True, slots=True, kw_only=True)
class Obtained:
    """A session, and how it was come by.

    `is_cached` says that no call was made. `kept_as` is the fingerprint that it is kept under, which may be another
    plan's of the family, and `place` where it has just been kept; both are empty where it could not be kept.
    """

    session: Session
    is_cached: bool
    kept_as: str = ""
    place: str = ""


def obtain(
    plan: Plan,
    parts: Parts,
    *,
    wants_new: bool = False,
    wants_lasting: bool = False,
    max_age: timedelta | None = None,
) -> Obtained:
    """Return the session that `plan` describes, from the store where it is fresh, else from the cloud.

    `wants_new` passes over what is kept for the plan's last step, `wants_lasting` over what ends soon, `max_age` over
    what an older code has led to, in the whole chain. A session that was received is handed over even where the store
    refuses it. Raises the `MfacliError` of whatever stopped it.
    """
    if not wants_new and (kept := find_kept(plan, parts, wants_lasting=wants_lasting, max_age=max_age)):
        return kept
    # Locks are always taken from the whole chain towards its beginning, the device's last: no cycle can arise.
    with parts.locks.hold(f"plan {plan.family}"):
        # Whoever held the lock before us may have stored just what we want.
        if not wants_new and (kept := find_kept(plan, parts, wants_lasting=wants_lasting, max_age=max_age)):
            return kept
        session = _ask_for_last_step(plan, parts, max_age)
        place = _keep(plan, session, parts)
        return Obtained(session=session, is_cached=False, kept_as=plan.fingerprint if place else "", place=place)


def obtain_lasting(plan: Plan, parts: Parts, *, renewing: Callable[[], Parts | None]) -> Obtained:
    """Return a session for a program that comes again before it ends.

    What ends soon is renewed ahead where `renewing` gives parts that ask nobody; where it gives None, or they fail,
    it is handed over to its end. Raises as `obtain` does where nothing usable is kept.
    """
    if kept := find_kept(plan, parts, wants_lasting=True):
        return kept
    ending = find_kept(plan, parts, margin=LAST_MOMENT)
    if ending is None:
        return obtain(plan, parts)
    unasked = renewing()
    if unasked is None:
        return ending
    try:
        return obtain(plan, unasked, wants_lasting=True)
    except MfacliError as problem:
        parts.talk.detail(f"no newer session could be had: {problem.message}")
        return ending


def find_kept(
    plan: Plan,
    parts: Parts,
    *,
    wants_lasting: bool = False,
    margin: timedelta | None = None,
    max_age: timedelta | None = None,
) -> Obtained | None:
    """Return the session kept for `plan` where it is fresh; makes no call and asks nobody.

    `margin` is how much time must be left, where not the usual; `wants_lasting` passes over what ends soon, and
    `max_age` over what has an older MFA, or none.
    """
    now = parts.clock.cloud_now()
    try:
        for fingerprint in _serving(plan, parts):
            session = parts.store.find(fingerprint)
            if session is None or (max_age is not None and not session.has_mfa_within(max_age, now=now)):
                continue
            until = session.lasting_until if wants_lasting else session.fresh_until(margin=margin)
            if now < until:
                parts.talk.detail(f"a session is kept, with key {last_four(session.access_key_id)}")
                # The region is no part of what the cloud gave: another profile may have kept this very session.
                session = replace(session, region=plan.region)
                return Obtained(session=session, is_cached=True, kept_as=fingerprint)
    except KeyringUnusable as problem:
        # Not fatal: the cloud can still be asked. Keeping the answer will fail alike and then says so aloud.
        parts.talk.detail(f"no kept session could be looked up: {problem.message}")
    return None


def _serving(plan: Plan, parts: Parts) -> Iterator[str]:
    """Yield what may be kept for `plan`, the first choice first.

    Where nobody named a duration, that of a session does not matter as long as it is fresh: what has been asked for
    with one must not cost another code without it.
    """
    yield plan.fingerprint
    if not plan.is_duration_named:
        if plan.opening_kept_as and plan.opens_mfa_session:
            yield plan.opening_kept_as
        kept = sorted(parts.store.entries(), key=lambda entry: entry.expires_at, reverse=True)
        yield from (
            entry.fingerprint
            for entry in kept
            if entry.fingerprint.startswith(plan.family) and entry.fingerprint != plan.fingerprint
        )


def _keep(plan: Plan, session: Session, parts: Parts) -> str:
    kind = "role" if isinstance(plan.steps[-1], RoleStep) else "session"
    try:
        return parts.store.keep(
            plan.fingerprint, session, profile=plan.profile, kind=kind, opened_with=plan.key_source.access_key_id
        )
    except KeyringUnusable as problem:
        parts.talk.warn(f"the session works but could not be kept: {problem.message}")
        if problem.hint:
            parts.talk.warn(problem.hint)
        return ""


def _ask_for_last_step(plan: Plan, parts: Parts, max_age: timedelta | None) -> Session:
    step = plan.steps[-1]
    if len(plan.steps) == 1:
        return _first_step(step, plan, parts)
    before = obtain(plan.up_to(len(plan.steps) - 1), parts, max_age=max_age).session
    session = parts.provider.session_for(step, plan=plan, keys=before.keys, device=None, code=None)
    # What follows from an MFA session was made possible by that code, whatever the cloud calls the result.
    return replace(session, mfa_at=before.mfa_at, device=before.device)


def _first_step(step: Step, plan: Plan, parts: Parts) -> Session:
    keys = parts.keys.keys_for(plan)
    if step.with_code:
        return _call_with_code(step, plan, parts, keys)
    try:
        return parts.provider.session_for(step, plan=plan, keys=keys, device=None, code=None)
    except AccessDenied as refusal:
        with_mfa = _plan_with_found_device(plan, parts, keys)
        if with_mfa is None:
            raise
        parts.talk.note(f"{refusal.message}; trying with MFA")
        return obtain(with_mfa, parts).session


def _plan_with_found_device(plan: Plan, parts: Parts, keys: Keys) -> Plan | None:
    """Return the plan with MFA put in front, where nobody has named a device but the cloud does."""
    match plan.device:
        case DeviceToFind(is_required=False):
            devices = parts.provider.devices_of_caller(plan=plan, keys=keys)
            if not devices:
                return None
            found = KnownDevice(device=_one_of(devices, parts), origin="the user's own, found through the cloud")
            return with_mfa(plan, found)
        case KnownDevice() | DeviceToFind() | NoDevice():
            return None
        case _:
            assert_never(plan.device)


def device_of(plan: Plan, parts: Parts, keys: Keys) -> Device:
    """Return the device whose codes the plan takes, asking the cloud where the plan does not say it whole.

    Raises `DeviceUnusable` where there is none.
    """
    match plan.device:
        case KnownDevice(device=device):
            return parts.provider.own_device(device, plan=plan, keys=keys)
        case DeviceToFind():
            devices = parts.provider.devices_of_caller(plan=plan, keys=keys)
            if devices is None:
                why, serial = _UNLISTED[plan.cloud]
                raise DeviceUnusable(
                    f"no MFA device is named for profile `{plan.profile}`, and {why}",
                    hint=f"add `mfa_serial = {serial}` to the profile, or give --device",
                )
            if not devices:
                raise DeviceUnusable(
                    f"the user of profile `{plan.profile}` has no MFA device that STS can use",
                    hint="register a virtual (TOTP) device in IAM; security keys and passkeys do not work with STS",
                )
            return _one_of(devices, parts)
        case NoDevice():
            raise DeviceUnusable(
                f"profile `{plan.profile}` has no MFA device", hint="name one with --device or mfa_serial"
            )
        case _:
            assert_never(plan.device)


def _one_of(devices: Sequence[Device], parts: Parts) -> Device:
    if len(devices) == 1:
        return devices[0]
    return devices[parts.prompter.choose("which MFA device?", [device.serial for device in devices])]


def _call_with_code(step: Step, plan: Plan, parts: Parts, keys: Keys) -> Session:
    """Make one STS call with a code, and again with another as long as the code source has one to offer."""
    # The SDK takes a third of a second to import: it loads while the person types.
    threading.Thread(target=parts.provider.warm_up, daemon=True).start()
    device = device_of(plan, parts, keys)
    refused: CodeRejected | None = None
    # A code buys one call: nobody else may be offered this device's code until STS has answered.
    with parts.locks.hold(f"device {device.key}"):
        while (code := parts.codes.next_code(device, refused=refused)) is not None:
            try:
                return _spend(code, step, plan, parts, keys, device)
            except CodeRejected as rejection:
                refused = rejection
    if refused is not None:
        raise refused
    raise DeviceUnusable(
        f"no code for device `{device.name}` could be had",
        hint="give one with --code, or keep the device's seed with `mfacli device import`",
    )


def _spend(code: Code, step: Step, plan: Plan, parts: Parts, keys: Keys, device: Device) -> Session:
    try:
        session = parts.provider.session_for(step, plan=plan, keys=keys, device=device, code=code)
    except (CodeRejected, CloudRefused):
        # STS looked at the code. Where no answer came, or the keys were refused before it, the code is still good.
        parts.ledger.mark_spent(device, code)
        raise
    parts.ledger.mark_spent(device, code)
    return replace(session, device=device.serial)
