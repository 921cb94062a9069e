"""`mfacli whoami`: whose the credentials in use are, and whether MFA stands behind them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import click

from mfacli.commands.options import common, json_option, profile_option
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys, last_four
from mfacli.domain.plan import KeysFrom, KeySource, NoDevice, Plan, Request
from mfacli.domain.secret import Secret
from mfacli.interfaces import Entry, Identity
from mfacli.output.times import iso_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class _InUse:
    """The credentials that a command started here would use; `entry` is what the store knows of them."""

    plan: Plan
    keys: Keys
    entry: Entry | None


@click.command(name="whoami")
@profile_option
@json_option
@common
@click.pass_context
def command(ctx: click.Context, /, profile: str | None, as_json: bool) -> None:
    """Show who the credentials in use are: identity, account, with or without MFA.

    The session in this shell's environment goes first, then the profile's kept session, then its long-term key. The
    cloud is asked (GetCallerIdentity), which needs no permission; nobody is asked for a code.
    """
    desk = desk_of(ctx)
    in_use = _session_in_environment(desk) if profile is None else None
    in_use = in_use or _of_profile(desk, profile)
    identity = desk.provider.identity_of(plan=in_use.plan, keys=in_use.keys)
    now = desk.clock.cloud_now()
    desk.terminal.answer(_document(in_use, identity) if as_json else _text(in_use, identity, now))


def _session_in_environment(desk: Desk) -> _InUse | None:
    environment = desk.environment
    token = environment.get("AWS_SECURITY_TOKEN") or environment.get("AWS_SESSION_TOKEN")
    access_key_id = environment.get("AWS_ACCESS_KEY_ID", "")
    if not token or not access_key_id:
        return None
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    plan = Plan(
        cloud=Cloud.AWS,
        profile=environment.get("MFACLI_PROFILE", "") or "environment",
        key_source=KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id=access_key_id),
        device=NoDevice(),
        steps=(),
        region=region,
        sts_region=region,
        endpoint_url=environment.get("AWS_ENDPOINT_URL_STS") or environment.get("AWS_ENDPOINT_URL") or None,
    )
    keys = Keys(
        access_key_id=access_key_id,
        secret_access_key=Secret(environment.get("AWS_SECRET_ACCESS_KEY", "")),
        session_token=Secret(token),
    )
    return _InUse(plan=plan, keys=keys, entry=_entry_of(desk, access_key_id))


def _of_profile(desk: Desk, profile: str | None) -> _InUse:
    from mfacli.session import find_kept

    plan = desk.plan(Request(wants_role=None, profile=profile))
    parts = desk.parts(plan)
    kept = find_kept(plan, parts)
    keys = kept.session.keys if kept else parts.keys.keys_for(plan)
    return _InUse(plan=plan, keys=keys, entry=_entry_of(desk, keys.access_key_id))


def _entry_of(desk: Desk, access_key_id: str) -> Entry | None:
    return next((entry for entry in desk.store.entries() if entry.access_key_id == access_key_id), None)


def _kind(in_use: _InUse) -> str:
    if not in_use.keys.is_temporary:
        return "long-term key"
    return in_use.entry.kind if in_use.entry else "session"


def _mfa(in_use: _InUse) -> bool | None:
    """Return whether a code stands behind the credentials; None where that cannot be known from here."""
    if not in_use.keys.is_temporary:
        return False
    return in_use.entry.mfa_at is not None if in_use.entry else None


def _text(in_use: _InUse, identity: Identity, now: datetime) -> str:
    mfa = {None: "not known: this session was opened elsewhere", False: "no", True: "yes"}[_mfa(in_use)]
    entry = in_use.entry
    if entry and entry.mfa_at:
        mfa = f"yes, {max(0, round((now - entry.mfa_at).total_seconds() / 60))} min ago"
    rows = [
        ("identity", identity.arn),
        ("account", identity.account_id),
        ("user id", identity.user_id),
        ("key", f"{last_four(in_use.keys.access_key_id)}, {_kind(in_use)}"),
        ("MFA", mfa),
    ]
    if entry:
        rows.append(("expires", iso_utc(entry.expires_at)))
    return "\n".join(f"{label:<9} {value}" for label, value in rows)


def _document(in_use: _InUse, identity: Identity) -> str:
    entry = in_use.entry
    document = {
        "version": 1,
        "cloud": in_use.plan.cloud.value,
        "profile": in_use.plan.profile,
        "arn": identity.arn,
        "account_id": identity.account_id,
        "user_id": identity.user_id,
        "access_key_id": in_use.keys.access_key_id,
        "kind": _kind(in_use),
        "mfa": _mfa(in_use),
        "mfa_at": iso_utc(entry.mfa_at) if entry and entry.mfa_at else None,
        "expires_at": iso_utc(entry.expires_at) if entry else None,
    }
    return json.dumps(document, indent=2)
