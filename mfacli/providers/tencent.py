"""Tencent Cloud through its SDK: keys and a code become a session, whose device it is is told, callers are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import assert_never

from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Code
from mfacli.domain.credentials import Keys, Session
from mfacli.domain.durations import show_duration
from mfacli.domain.identity import Device
from mfacli.domain.plan import Plan, RoleStep, SessionTokenStep, Step
from mfacli.domain.qcs import parse_tencent_role, serial_of
from mfacli.domain.secret import Secret
from mfacli.errors import CloudRefused, DeviceRejected, DurationOutOfRange
from mfacli.interfaces import Clock, Identity, Talk
from mfacli.providers.attempt import attempt_of
from mfacli.providers.exchange import Exchange
from mfacli.providers.patience import Patience
from mfacli.providers.refusals import session_keys_rejected
from mfacli.providers.tencent_calls import TencentCalls
from mfacli.providers.tencent_requests import role_request, session_token_request

# GetSessionToken with a root account's keys (STS API, DurationSeconds).
_ROOT_LONGEST = timedelta(hours=2)


class TencentProvider:
    """The `SessionProvider` and `IdentityProvider` for Tencent Cloud.

    Calls are signed with the given keys and nobody else's, go where the plan says, and take from the environment
    only what concerns the network: proxies, REQUESTS_CA_BUNDLE. Whose device is meant is asked once.
    """

    def __init__(self, *, clock: Clock, talk: Talk, patience: Patience | None = None) -> None:
        self._talk = talk
        self.calls = TencentCalls(clock=clock, talk=talk, patience=patience or Patience())
        self._callers: dict[tuple[str, str | None], Identity] = {}

    def warm_up(self) -> None:
        """Load what a call will need; whatever is wrong with it, the call itself will say."""
        try:
            import mfacli.providers.tencent_wire  # noqa: F401
        except Exception:  # noqa: BLE001 - runs ahead in a thread of its own, where an error would only be printed
            return

    def session_for(self, step: Step, *, plan: Plan, keys: Keys, device: Device | None, code: Code | None) -> Session:
        """Make the one STS call of `step`; see `SessionProvider`."""
        match step:
            case SessionTokenStep():
                attempt = attempt_of("GetSessionToken", plan, keys, device, code)
                request = session_token_request(step, device, code)
                account_id, principal = device.account_id if device else None, None
            case RoleStep():
                attempt = replace(attempt_of("AssumeRole", plan, keys, device, code), role_arn=step.role_arn)
                request = role_request(step, device, code)
                account_id, principal = parse_tencent_role(step.role_arn).owner_uin, step.role_arn
            case _:
                assert_never(step)

        def read(answer: Mapping[str, object], exchange: Exchange) -> Session:
            return replace(
                _session(answer, exchange),
                mfa_at=exchange.code_sent_at if code else None,
                account_id=account_id,
                principal=principal,
                device=device.serial if device and code else None,
                region=plan.region,
            )

        return self.calls.make(attempt, request, plan, keys, read, carries_code=code is not None)

    def own_device(self, device: Device, *, plan: Plan, keys: Keys) -> Device:
        """Return `device` as the caller's own; see `SessionProvider`.

        The serial holds the account only, so the caller's uin tells the devices of its users apart; where nobody may
        know that, the key does.
        """
        caller = self._caller(plan, keys)
        if caller is None:
            return replace(device, user=keys.access_key_id)
        if device.account_id != caller.account_id:
            raise DeviceRejected(
                f"`{device.serial}` is a device in account {device.account_id}, and these keys are of account "
                f"{caller.account_id}",
                hint=f"the serial holds the uin of the account's owner: {serial_of(caller.account_id)}",
            )
        return replace(device, user=caller.user_id)

    def devices_of_caller(self, *, plan: Plan, keys: Keys) -> Sequence[Device] | None:
        """Return the device that the caller has if any; None for roles, and where nobody may know who calls.

        No API tells whether it is bound.
        """
        caller = self._caller(plan, keys)
        if caller is None or not _is_user(caller):
            return None
        return [Device(serial=serial_of(caller.account_id), user=caller.user_id)]

    def identity_of(self, *, plan: Plan, keys: Keys) -> Identity:
        """Return who `keys` are, as GetCallerIdentity says."""
        attempt = attempt_of("GetCallerIdentity", plan, keys)
        found = self.calls.make(attempt, {}, plan, keys, lambda answer, _: _identity(answer))
        self._callers[keys.access_key_id, plan.endpoint_url] = found
        return found

    def _caller(self, plan: Plan, keys: Keys) -> Identity | None:
        """Return who calls, None where that is refused; refuses what STS would refuse this caller."""
        first = plan.steps[0] if plan.steps else None
        asks_for_session = isinstance(first, SessionTokenStep)
        if asks_for_session and keys.is_temporary:
            raise session_keys_rejected(attempt_of("GetSessionToken", plan, keys))
        try:
            known = self._callers.get((keys.access_key_id, plan.endpoint_url))
            caller = known or self.identity_of(plan=plan, keys=keys)
        except CloudRefused as refusal:
            self._talk.detail(f"whose keys these are is not known: {refusal.message}")
            return None
        if first is not None and asks_for_session and _is_root(caller) and first.duration > _ROOT_LONGEST:
            raise DurationOutOfRange(
                f"{show_duration(first.duration)} is too long: with the keys of a root account a session lives "
                f"{show_duration(_ROOT_LONGEST)} at most",
                hint=f"ask for --duration {show_duration(_ROOT_LONGEST)} or less, or better use a sub-user's keys",
            )
        return caller


def _session(answer: Mapping[str, object], exchange: Exchange) -> Session:
    """Return what the answer tells of a session; raises `ValueError` where it is not STS's."""
    match answer:
        case {
            "Credentials": {"TmpSecretId": str(key_id), "TmpSecretKey": str(secret), "Token": str(token)},
            "ExpiredTime": int(expires),
        }:
            return Session(
                cloud=Cloud.TENCENT,
                access_key_id=key_id,
                secret_access_key=Secret(secret),
                session_token=Secret(token),
                issued_at=exchange.clock.cloud_now(),
                expires_at=datetime.fromtimestamp(expires, tz=UTC),
            )
        case _:
            raise ValueError("no session is in the answer")


def _identity(answer: Mapping[str, object]) -> Identity:
    match answer:
        case {"AccountId": str(account_id), "Arn": str(arn), "UserId": str(user_id)}:
            return Identity(
                account_id=account_id, arn=arn, user_id=user_id, caller_type=str(answer.get("Type") or "")
            )
        case _:
            raise ValueError("no caller is in the answer")


def _is_user(caller: Identity) -> bool:
    """Return whether the caller is a user or the root account: the ids of roles and of federation have two parts."""
    return caller.user_id.isdecimal()


def _is_root(caller: Identity) -> bool:
    return caller.user_id == caller.account_id
