"""`mfacli whoami`: whose the credentials in use are, and whether MFA stands behind them."""

from __future__ import annotations

from dataclasses import dataclass

import click

from mfacli.commands.in_environment import session_in_environment
from mfacli.commands.options import cloud_option, common, json_option, profile_option
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys
from mfacli.domain.plan import Plan, Request
from mfacli.interfaces import Entry
from mfacli.output.identities import identity_document, identity_text


@dataclass(frozen=True, slots=True, kw_only=True)
class _InUse:
    """The credentials that a command started here would use; `entry` is what the store knows of them."""

    plan: Plan
    keys: Keys
    entry: Entry | None


@click.command(name="whoami")
@profile_option
@cloud_option
@json_option
@common
@click.pass_context
def command(ctx: click.Context, /, profile: str | None, cloud: Cloud | None, as_json: bool) -> None:
    """Show who the credentials in use are: identity, account, with or without MFA.

    The session in this shell's environment goes first, then the profile's kept session, then the keys it holds. The
    cloud is asked (GetCallerIdentity), which needs no permission; nobody is asked for a code.
    """
    desk = desk_of(ctx)
    in_use = _session_in_environment(desk, cloud) if profile is None else None
    in_use = in_use or _of_profile(desk, profile, cloud)
    plan, keys, entry = in_use.plan, in_use.keys, in_use.entry
    identity = desk.provider_for(plan).identity_of(plan=plan, keys=keys)
    now = desk.clock.cloud_now()
    if as_json:
        document = identity_document(
            identity, cloud=plan.cloud.value, profile=plan.profile, keys=keys, entry=entry, now=now
        )
        desk.terminal.answer(document)
    else:
        desk.terminal.answer(identity_text(identity, keys=keys, entry=entry, now=now))


def _session_in_environment(desk: Desk, cloud: Cloud | None) -> _InUse | None:
    found = session_in_environment(desk, cloud)
    if found is None:
        return None
    plan, keys = found
    return _InUse(plan=plan, keys=keys, entry=_entry_of(desk, keys.access_key_id))


def _of_profile(desk: Desk, profile: str | None, cloud: Cloud | None) -> _InUse:
    from mfacli.session import find_kept

    request = Request(wants_role=None, profile=profile, cloud=cloud)
    held = desk.planning.held_session(request)
    plan = held or desk.plan(request)
    parts = desk.parts(plan)
    kept = find_kept(plan, parts) if held is None else None
    keys = kept.session.keys if kept else parts.keys.keys_for(plan)
    return _InUse(plan=plan, keys=keys, entry=_entry_of(desk, keys.access_key_id))


def _entry_of(desk: Desk, access_key_id: str) -> Entry | None:
    return next((entry for entry in desk.store.entries() if entry.access_key_id == access_key_id), None)
