"""`mfacli keys list`: the long-term keys of this machine, in the keyring and in plain files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from mfacli.commands.options import common, json_option
from mfacli.commands.planning import Planning
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import KeptKey, Keys
from mfacli.domain.plan import Plan, Request
from mfacli.errors import CloudUnreachable, MfacliError

if TYPE_CHECKING:
    from mfacli.output.key_tables import ListedKey


@click.command(name="list")
@click.option("--offline", is_flag=True, help="Ask no cloud for age, status and last use.")
@json_option
@common
@click.pass_context
def list_(ctx: click.Context, /, offline: bool, as_json: bool) -> None:
    """List long-term keys: what rests in the keyring, and what still stands in plain files.

    Each cloud is asked how old they are and when they were last used, with an MFA session where one is kept. Where it
    cannot be asked, or policies do not allow that, the list goes without. Nobody is asked for a code.
    """
    from mfacli.output.key_tables import keys_document, keys_lines, keys_table

    desk = desk_of(ctx)
    listed = _listed(desk)
    if not offline:
        listed = _with_the_clouds_view(desk, listed)
    now = desk.clock.cloud_now()
    if as_json:
        desk.terminal.answer(keys_document(listed, now=now))
    elif not listed:
        desk.terminal.note("no long-term keys are here; `mfacli keys add` keeps some")
    else:
        desk.terminal.answer(keys_table(listed, now=now) if desk.terminal.shows_answers else keys_lines(listed))


def _listed(desk: Desk) -> Sequence[ListedKey]:
    kept = {(each.cloud, each.profile): each for each in desk.keys.kept_keys()}
    found = [_from_keyring(desk, each) for each in kept.values()]
    for cloud in Cloud:
        for name in desk.planning.profiles_of(cloud):
            found += _from_file(desk, cloud, name, is_used=(cloud, name) not in kept)
    return sorted(found, key=lambda key: (key.profile, key.cloud, key.is_plain))


def _from_keyring(desk: Desk, kept: KeptKey) -> ListedKey:
    from mfacli.output.key_tables import ListedKey

    return ListedKey(
        profile=kept.profile,
        cloud=kept.cloud.value,
        access_key_id=kept.access_key_id,
        place="keyring",
        is_plain=False,
        since=kept.since,
    )


def _from_file(desk: Desk, cloud: Cloud, name: str, *, is_used: bool) -> Iterator[ListedKey]:
    from mfacli.output.key_tables import ListedKey

    try:
        plain = desk.planning.plain_keys(cloud, name)
    except MfacliError as problem:
        desk.terminal.warn(problem.message)
        return
    if plain is not None and not plain.keys.is_temporary:
        yield ListedKey(
            profile=name,
            cloud=cloud.value,
            access_key_id=plain.source.access_key_id,
            place=plain.source.path,
            is_plain=True,
            is_used=is_used,
        )


def _with_the_clouds_view(desk: Desk, listed: Sequence[ListedKey]) -> Sequence[ListedKey]:
    """Return the keys with what their clouds say of them; one that does not answer is asked once only."""
    silent = set[str]()
    seen: list[ListedKey] = []
    for key in listed:
        try:
            seen.append(_with_facts(desk, key, silent))
        except CloudUnreachable as problem:
            desk.terminal.note(f"age and last use of {key.profile}'s key are left out: {problem.message}")
            seen.append(key)
        except MfacliError as problem:
            desk.terminal.detail(f"of {key.profile}'s key nothing more is known: {problem.message}")
            seen.append(key)
    return seen


def _with_facts(desk: Desk, key: ListedKey, silent: set[str]) -> ListedKey:
    plan = _plan(desk, Cloud(key.cloud), key)
    where = plan.endpoint_url or plan.partition or key.cloud
    if where in silent:
        return key
    keys, lister = _signing_keys(desk, plan), desk.keys_of(plan.cloud)
    try:
        listed = lister.list_keys(plan=plan, keys=keys)
    except CloudUnreachable:
        silent.add(where)
        raise
    known = {each.access_key_id: each for each in listed}.get(key.access_key_id)
    return replace(key, known=known, use=lister.last_use(key.access_key_id, plan=plan, keys=keys) if known else None)


def _plan(desk: Desk, cloud: Cloud, key: ListedKey) -> Plan:
    return Planning(desk).plan_of(Request(wants_role=False, profile=key.profile, cloud=cloud))


def _signing_keys(desk: Desk, plan: Plan) -> Keys:
    """Return a kept session's keys, where there is one with MFA, else the long-term ones."""
    from mfacli.session import find_kept

    parts = desk.parts(plan, may_ask=False)
    with suppress(MfacliError):
        if kept := find_kept(plan, parts):
            return kept.session.keys
    return parts.keys.keys_for(plan)
