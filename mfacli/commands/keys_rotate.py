"""`mfacli keys rotate`: new long-term keys in the place of the old, in the cloud and here."""

from __future__ import annotations

from collections.abc import Sequence

import click

from mfacli.commands.device_meant import device_option
from mfacli.commands.keys_places import KeyPlace, alone_with_keys, key_places, put_keys, put_where_named
from mfacli.commands.keys_sessions import replace_opener
from mfacli.commands.options import cloud_option, common, profile_option
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys, last_four
from mfacli.domain.plan import KeysFrom, Plan, Request
from mfacli.errors import DeviceUnusable, ProfileBroken
from mfacli.profiles.variables import KEY_VARIABLES
from mfacli.rotation.parts import RotationParts
from mfacli.rotation.rotate import rotate as rotate_keys
from mfacli.session import Obtained


@click.command(name="rotate")
@profile_option
@cloud_option
@device_option
@click.option("--code", help="The one-time code; `-` reads it from standard input.")
@click.option("--keep-old", is_flag=True, help="Leave the old key in the cloud, inactive, instead of deleting it.")
@click.option("--delete-other", is_flag=True, help="Delete another key of the user that is in the way.")
@common
@click.pass_context
def rotate(
    ctx: click.Context,
    /,
    profile: str | None,
    cloud: Cloud | None,
    device: str | None,
    code: str | None,
    keep_old: bool,
    delete_other: bool,
) -> None:
    """Replace a profile's long-term keys by new ones.

    New keys are made, proved with a call, and put where the old ones are, in the keyring or the plain file; then the
    old ones are deactivated, the new ones proved again, and the old ones deleted. One MFA session serves all of that.
    Whatever interrupts it, either the old or the new keys work: run it again, and it goes on, or takes back what was
    begun. Other profiles here that have the same key get the new one too; other machines do not. The MFA session goes
    on under the new keys; whoever has another of the old keys' may use it until it expires.

    \b
      mfacli keys rotate -p dev              ask for one code, and replace the keys
      mfacli keys rotate -p dev --keep-old   the old key stays, inactive
    """
    desk = desk_of(ctx)
    request = Request(wants_role=False, profile=profile, cloud=cloud, device=device)
    # One for all profiles of a cloud: several may have the same key.
    with alone_with_keys(desk, [desk.planning.plan_of(request).cloud]):
        # Whoever held the lock may have changed them.
        desk = Desk(manners=desk.manners, environment=desk.environment)
        plan = desk.plan(request)
        _check_place(plan)
        keys = desk.parts(plan).keys.keys_for(plan)
        places = key_places(desk, plan.cloud)
        opened: list[Obtained] = []
        parts = _parts(desk, plan, places, code, opened)
        rotated = rotate_keys(plan, keys, parts, keeps_old=keep_old, may_delete=delete_other)
    old, new = last_four(rotated.old_id), last_four(rotated.new_id)
    fate = "is deleted" if rotated.is_old_deleted else "is inactive"
    name = next((each.profile for each in places if each.source == plan.key_source), plan.profile)
    desk.terminal.note(f"profile {name} has the key {new} now, and the old one {old} {fate}")
    session = opened[0] if opened else None
    replace_opener(desk, plan, session, old_id=rotated.old_id, new_id=rotated.new_id)
    id_variable = KEY_VARIABLES[plan.cloud][0]
    if desk.environment.get(id_variable) == rotated.old_id:
        desk.terminal.warn(f"{id_variable} in this environment still names the old key: unset it")


def _check_place(plan: Plan) -> None:
    """Raise `ProfileBroken` where new keys could not be put in the place of the old."""
    if plan.key_source.kind not in {KeysFrom.FILE, KeysFrom.KEYRING}:
        raise ProfileBroken(
            f"the keys in {plan.key_source} cannot be replaced there",
            hint="name a profile that has keys of its own with -p, or keep these first: mfacli keys add --from-env",
        )


def _parts(
    desk: Desk, plan: Plan, places: Sequence[KeyPlace], code: str | None, opened: list[Obtained]
) -> RotationParts:
    """Return what the rotation works with; the sessions that it opens go to `opened`."""

    def put(keys: Keys) -> str:
        return put_keys(desk, plan.cloud, plan.key_source, keys)

    def put_elsewhere(old_id: str, keys: Keys) -> Sequence[str]:
        having = [each for each in places if each.source.access_key_id == old_id and each.source != plan.key_source]
        return [put_where_named(desk, plan.cloud, each, keys) for each in having]

    def open_session(of: Plan) -> Keys | None:
        try:
            opened.append(desk.obtain(of, code=code))
            return opened[-1].session.keys
        except DeviceUnusable as problem:
            desk.terminal.detail(f"no MFA session can be opened: {problem.message}")
            return None

    return RotationParts(
        maker=desk.keys_of(plan.cloud),
        identities=desk.provider_for(plan),
        log=desk.rotations,
        clock=desk.clock,
        prompter=desk.prompter,
        talk=desk.terminal,
        put=put,
        put_elsewhere=put_elsewhere,
        open_session=open_session,
        used_by={each.source.access_key_id: f"profile `{each.profile}` ({each.source})" for each in places},
    )
