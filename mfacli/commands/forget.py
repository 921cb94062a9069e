"""`mfacli forget`: removes kept sessions."""

from __future__ import annotations

from collections.abc import Sequence

import click

from mfacli.commands.answers import forget_answers
from mfacli.commands.entries import sessions_of
from mfacli.commands.options import cloud_option, common, profile_option
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Request
from mfacli.errors import Cancelled, InputNotAllowed, MfacliError, ProfileAmbiguous, ProfileUnknown, UsageWrong
from mfacli.interfaces import Entry


@click.command(name="forget")
@profile_option
@cloud_option
@click.option("--all", "wants_all", is_flag=True, help="Every session that is kept.")
@click.option("--yes", is_flag=True, help="Do not ask whether --all is meant.")
@common
@click.pass_context
def command(ctx: click.Context, /, profile: str | None, cloud: Cloud | None, wants_all: bool, yes: bool) -> None:
    """Remove kept sessions: a profile's, or all.

    The cloud goes on honouring the credentials until they expire; what is removed is this machine's copy. Seeds and
    keys stay.

    \b
      mfacli forget            the sessions of the profile in use
      mfacli forget -p prod    another profile's
      mfacli forget --all      everything, after a question
    """
    if wants_all and profile is not None:
        raise UsageWrong("--all and --profile exclude each other", hint="leave one of them out")
    desk = desk_of(ctx)
    entries = desk.store.entries()
    chosen = list(entries) if wants_all else _entries_of(desk, profile, cloud, entries)
    if wants_all and chosen and not yes:
        _make_sure(desk, len(sessions_of(chosen)))
    forget_answers(desk)
    count = len(sessions_of([entry for entry in chosen if desk.store.forget(entry.fingerprint)]))
    if count:
        desk.terminal.note(f"forgot {count} session{'s' if count > 1 else ''}")
    else:
        desk.terminal.note("nothing is kept" if wants_all else "no session is kept for this profile")


def _entries_of(desk: Desk, profile: str | None, cloud: Cloud | None, entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries that were kept for the profile, and those that its plans would find on their way.

    Afterwards the profile opens nothing without another code.
    """
    names, beginnings, clouds = {profile}, set[str](), set[str]()
    for wants_role in (None, False):
        try:
            plan = desk.plan(Request(wants_role=wants_role, profile=profile, cloud=cloud))
        except MfacliError as problem:
            # A profile that has left the files may still have sessions here.
            if isinstance(problem, ProfileUnknown) and not any(entry.profile == profile for entry in entries):
                raise
            if isinstance(problem, ProfileAmbiguous):
                raise
            continue
        names.add(plan.profile)
        clouds.add(plan.cloud.value)
        beginnings |= {plan.up_to(count + 1).family for count in range(len(plan.steps))}
        if plan.opening_kept_as:
            beginnings.add(plan.opening_kept_as)
    return [
        entry
        for entry in entries
        if (entry.profile in names and (not clouds or entry.cloud in clouds))
        or entry.fingerprint.startswith(tuple(beginnings))
    ]


def _make_sure(desk: Desk, count: int) -> None:
    try:
        agreed = desk.prompter.confirm(f"forget all {count} kept sessions?")
    except InputNotAllowed as problem:
        raise InputNotAllowed("--all needs a yes, and nobody can be asked", hint="add --yes") from problem
    if not agreed:
        raise Cancelled("nothing was forgotten")
