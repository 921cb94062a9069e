"""`mfacli whoami`: whose the credentials in use are, and whether MFA stands behind them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime

import click

from mfacli.commands.in_environment import session_in_environment
from mfacli.commands.options import cloud_option, common, json_option, profile_option
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys
from mfacli.domain.moments import parse_moment
from mfacli.domain.plan import Plan, Request, RoleStep
from mfacli.errors import KeysRejected
from mfacli.interfaces import Entry
from mfacli.output.aws_files import EXPIRY_KEY
from mfacli.output.environment_names import names_of
from mfacli.output.identities import identity_document, identity_text


@dataclass(frozen=True, slots=True, kw_only=True)
class _InUse:
    """The credentials that a command started here would use.

    `entry` is what the store knows of them, `expires_at` what is noted beside them, and `renewal` the command that
    gives others in the place of a session's that the cloud refuses.
    """

    plan: Plan
    keys: Keys
    entry: Entry | None
    expires_at: datetime | None = None
    renewal: str = ""


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

    \b
      mfacli whoami                    who commands in this shell would be
      mfacli whoami -p prod --json     who a profile is, for a script
    """
    desk = desk_of(ctx)
    in_use = _session_in_environment(desk, cloud) if profile is None else None
    in_use = in_use or _of_profile(desk, profile, cloud)
    plan, keys, entry, ends = in_use.plan, in_use.keys, in_use.entry, in_use.expires_at
    try:
        identity = desk.provider_for(plan).identity_of(plan=plan, keys=keys)
    except KeysRejected as refusal:
        if not in_use.renewal:
            raise
        raise KeysRejected(refusal.message, hint=f"open another: {in_use.renewal}") from refusal
    now = desk.clock.cloud_now()
    if as_json:
        document = identity_document(
            identity, cloud=plan.cloud.value, profile=plan.profile, keys=keys, entry=entry, now=now, expires_at=ends
        )
        desk.terminal.answer(document)
    else:
        desk.terminal.answer(identity_text(identity, keys=keys, entry=entry, now=now, expires_at=ends))


def _session_in_environment(desk: Desk, cloud: Cloud | None) -> _InUse | None:
    found = session_in_environment(desk, cloud)
    if found is None:
        return None
    plan, keys = found
    noted = desk.environment.get(names_of(plan.cloud).expires_at, "")
    return _InUse(
        plan=plan,
        keys=keys,
        entry=_entry_of(desk, keys.access_key_id),
        expires_at=parse_moment(noted),
        renewal='eval "$(mfacli session --new --export)"    (`mfacli export --unset` takes this one out)',
    )


def _of_profile(desk: Desk, profile: str | None, cloud: Cloud | None) -> _InUse:
    from mfacli.session import find_kept

    request = Request(wants_role=None, profile=profile, cloud=cloud)
    held = desk.planning.held_session(request)
    if held is not None:
        keys = desk.parts(held).keys.keys_for(held)
        entry = _entry_of(desk, keys.access_key_id)
        return _InUse(
            plan=held,
            keys=keys,
            entry=entry,
            expires_at=_noted(desk, held),
            renewal=f"mfacli session -p PROFILE --write-profile {shlex.quote(held.profile)}",
        )
    plan = desk.plan(request)
    parts = desk.parts(plan)
    kept = find_kept(plan, parts)
    last = plan.steps[-1] if plan.steps else None
    if kept is None and isinstance(last, RoleStep):
        desk.terminal.note(
            f"profile {plan.profile} assumes {last.role_arn.rsplit('/', 1)[-1]}, and no session of that is kept: "
            "these are the keys it begins with"
        )
    keys = kept.session.keys if kept else parts.keys.keys_for(plan)
    verb = "assume" if isinstance(last, RoleStep) else "session"
    which = f" --cloud {cloud.value}" if cloud else ""
    return _InUse(
        plan=plan,
        keys=keys,
        entry=_entry_of(desk, keys.access_key_id),
        renewal=f"mfacli {verb}{which} -p {shlex.quote(plan.profile)} --new" if kept else "",
    )


def _noted(desk: Desk, held: Plan) -> datetime | None:
    """Return when a session in one of the clouds' files ends, as far as whoever wrote it noted that."""
    if held.cloud is Cloud.TENCENT:
        stored = desk.planning.tencent_credentials((held.profile,)).credentials.get(held.profile)
        return stored.expires_at if stored else None
    section = desk.files.credentials.get(held.profile)
    noted = section.settings.get(EXPIRY_KEY) if section else None
    return parse_moment(noted.text) if noted else None


def _entry_of(desk: Desk, access_key_id: str) -> Entry | None:
    return next((entry for entry in desk.store.entries() if entry.access_key_id == access_key_id), None)
