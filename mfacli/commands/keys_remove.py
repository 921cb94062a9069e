"""`mfacli keys remove`: takes a profile's long-term keys out of the keyring."""

from __future__ import annotations

import click

from mfacli.commands.answers import forget_answers
from mfacli.commands.keys_kept import kept_key
from mfacli.commands.keys_places import alone_with_keys
from mfacli.commands.options import cloud_option, common, profile_option
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import KeptKey, last_four
from mfacli.errors import Cancelled, InputNotAllowed


@click.command(name="remove")
@profile_option
@cloud_option
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")
@common
@click.pass_context
def remove(ctx: click.Context, /, profile: str | None, cloud: Cloud | None, yes: bool) -> None:
    """Remove a profile's long-term keys from the keyring.

    Their secret is then gone from this machine, while the keys stay good in the cloud: delete them there, or rotate
    them first, where nobody else has them.
    """
    desk = desk_of(ctx)
    # A rotation may be about to list new keys in the place of these.
    with alone_with_keys(desk):
        _remove(desk, kept_key(desk, profile, cloud), yes=yes)


def _remove(desk: Desk, kept: KeptKey, *, yes: bool) -> None:
    what = f"the key {last_four(kept.access_key_id)} of profile `{kept.profile}`"
    if not yes:
        try:
            agreed = desk.prompter.confirm(f"remove {what} from the keyring? its secret cannot be shown again")
        except InputNotAllowed as problem:
            raise InputNotAllowed(
                f"to remove {what} needs a yes, and nobody can be asked", hint="add --yes"
            ) from problem
        if not agreed:
            raise Cancelled("nothing was removed")
    forget_answers(desk)
    if desk.keys.forget_keys(kept.cloud, kept.profile):
        desk.terminal.note(f"removed {what} from the keyring; it stays good in the cloud")
    else:
        desk.terminal.warn(f"took {what} off the list; the keyring that is chosen now did not have it")
