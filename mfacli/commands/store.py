"""`mfacli store`: where sessions, seeds and keys rest, and how they are moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from mfacli.commands.answers import forget_answers
from mfacli.commands.entries import sessions_of
from mfacli.commands.keys_places import alone_with_keys
from mfacli.commands.options import common, json_option
from mfacli.commands.wiring import Desk, desk_of
from mfacli.errors import InputNotAllowed, KeyringUnusable

if TYPE_CHECKING:
    from mfacli.domain.secret import Secret
    from mfacli.output.resting import Kept, PlaceFacts
    from mfacli.store.backends import Backend
    from mfacli.store.crypt_file import CryptFile
    from mfacli.store.moving import Moved

_TARGETS = ("keyring", "kernel", "file")


@click.group(
    name="store", invoke_without_command=True, epilog="README, section Security model, says what rests where."
)
@json_option
@common
@click.pass_context
def command(ctx: click.Context, /, as_json: bool) -> None:
    """Show where sessions, seeds and keys rest, and move them.

    Nothing is opened, and nobody is asked for a password. Where stdout is no terminal, each fact is one line of
    tab-separated fields.

    \b
      mfacli store                     which places there are, chosen by what, with how much room
      mfacli store move --to keyring   sessions out of the kernel's keyring into the system's
      mfacli store passphrase          put the encrypted file under another passphrase
    """
    if ctx.invoked_subcommand is not None:
        return
    from mfacli.output import resting

    desk = desk_of(ctx)
    setting, named_by = desk.store_setting.value, _named_by(desk)
    backends = desk.backends
    kept, places = _kept(desk, backends), [_facts(backend) for backend in backends]
    if as_json:
        desk.terminal.answer(resting.resting_document(setting, named_by, kept, places))
    elif desk.terminal.shows_answers:
        desk.terminal.answer(resting.resting_text(setting, named_by, kept, places))
    else:
        desk.terminal.answer(resting.resting_lines(kept, places))


@command.command(name="move")
@click.option("--to", "target", required=True, type=click.Choice(_TARGETS), help="Where to.")
@common
@click.pass_context
def move(ctx: click.Context, /, target: str) -> None:
    """Move what is kept to another place.

    To the kernel's keyring sessions alone are moved, since a restart empties it; to the system's keyring or the
    encrypted file, seeds and keys as well. Each is read back in its new place before it is removed from the old one.
    What cannot be moved stays, and is said; run it again after that, or after an interruption. Between two of the
    system's keyrings things go by way of the file: move them there, choose the other keyring, and move them on.

    \b
      mfacli store move --to file      into the file that `store = "file"` in config.toml chooses
    """
    desk = desk_of(ctx)
    moved: list[Moved] = []
    is_whole = False
    try:
        for each in _moving(desk, target):
            moved.append(each)
            if each.problem is not None:
                desk.terminal.warn(f"the {each.what} of {each.name} stays where it was: {each.problem.message}")
        is_whole = True
    finally:
        # What a move has done that is broken off counts too.
        forget_answers(desk)
        _tell(desk, target, moved, is_whole=is_whole)
    failed = [each.problem for each in moved if each.problem is not None]
    if failed:
        raise KeyringUnusable(f"{len(failed)} of {len(moved)} stay where they were", hint=failed[0].hint)


@command.command(name="passphrase")
@common
@click.pass_context
def passphrase(ctx: click.Context, /) -> None:
    """Put the encrypted file under another passphrase.

    The present one comes from where it always does, the new one from you, at the terminal, twice. Whatever interrupts
    it, all that is in the file is under the one or under the other. Copies of the file keep the old one.

    \b
      mfacli store passphrase          where it is known to others, rotate what was in the file as well
    """
    from mfacli.store.passphrases import TypedPassphrase

    desk = desk_of(ctx)
    file = desk.crypt_file

    def typed() -> Secret:
        try:
            return TypedPassphrase(lambda: desk.prompter).passphrase(file.path, is_new=True)
        except InputNotAllowed as problem:
            raise InputNotAllowed(
                "the new passphrase is typed, and nobody can be asked",
                hint="run it at a terminal, without --no-input",
            ) from problem

    count = file.change_passphrase(typed, locks=desk.locks)
    entries = "1 entry" if count == 1 else f"{count} entries"
    desk.terminal.note(f"{file.path} has another passphrase now, and {entries} under it")
    if desk.settings.store_passphrase_command:
        desk.terminal.warn("see that `store_passphrase_command` prints the new one")


def _moving(desk: Desk, target: str) -> Iterator[Moved]:
    from mfacli.store import moving
    from mfacli.store.vaults import VaultKind

    there = VaultKind(target)
    into = desk.sessions_in((there,))
    for kind in (VaultKind.KERNEL, VaultKind.KEYRING, VaultKind.FILE):
        if kind is not there:
            yield from moving.move_sessions(desk.sessions_in((kind,)), into, now=desk.clock.cloud_now())
    if there is not VaultKind.KERNEL:
        is_file = there is VaultKind.FILE
        here, new = (None, desk.crypt_file) if is_file else (desk.crypt_file, None)
        yield from moving.move_seeds(desk.seeds_in(here), desk.seeds_in(new))
        source = desk.keys_in(here)
        # A rotation that stored new keys in the old place now would lose them.
        with alone_with_keys(desk, [kept.cloud for kept in source.kept_keys()]):
            yield from moving.move_keys(source, desk.keys_in(new))


def _tell(desk: Desk, target: str, moved: Sequence[Moved], *, is_whole: bool) -> None:
    places = [each.place for each in moved if each.place]
    is_kernel = target == "kernel"
    if places:
        desk.terminal.note(f"moved {len(places)} to {places[0]}" + (", which a restart empties" if is_kernel else ""))
    elif is_whole and not moved:
        desk.terminal.note(f"nothing was moved: {'no session' if is_kernel else 'nothing'} rests anywhere else")
    else:
        desk.terminal.note("nothing was moved")
    if is_whole and is_kernel and _has_lasting(desk):
        desk.terminal.note("seeds and keys stay where they are: they must outlive a restart")
    if places and not _will_be_found(desk, target):
        desk.terminal.warn(f"mfacli looks there from now on only with {_naming(desk, target)}")


def _has_lasting(desk: Desk) -> bool:
    return any(
        desk.seeds_in(file).devices_with_seed() or desk.keys_in(file).kept_keys() for file in (None, desk.crypt_file)
    )


def _naming(desk: Desk, target: str) -> str:
    from mfacli.store.choice import STORE_VARIABLE

    if desk.environment.get(STORE_VARIABLE):
        return f"{STORE_VARIABLE}={target}, which is `{desk.store_setting.value}` now"
    return f'`store = "{target}"` in `{desk.settings.path}`'


def _will_be_found(desk: Desk, target: str) -> bool:
    from mfacli.store.choice import StoreSetting

    found_by = {
        StoreSetting.AUTO: ("kernel", "keyring"),
        StoreSetting.KERNEL: ("kernel",),
        StoreSetting.KEYRING: ("keyring",),
        StoreSetting.FILE: ("kernel", "file"),
        StoreSetting.MEMORY: (),
    }
    return target in found_by[desk.store_setting]


def _named_by(desk: Desk) -> str:
    from mfacli.store.choice import STORE_VARIABLE

    if desk.environment.get(STORE_VARIABLE):
        return STORE_VARIABLE
    return f"`store` in {desk.settings.path}" if desk.settings.store else "what this machine offers"


def _kept(desk: Desk, backends: tuple[Backend, ...]) -> list[Kept]:
    from mfacli.output.resting import Kept
    from mfacli.store.choice import KEY_INDEX, SEED_INDEX, StoreSetting, choose_vaults
    from mfacli.store.vaults import VaultKind

    by_kind = {backend.kind: backend for backend in backends}
    kinds = choose_vaults(desk.store_setting, kernel_is_usable=not by_kind[VaultKind.KERNEL].problem)
    memory = "this process's memory"
    session_places = tuple(by_kind[kind].place if kind in by_kind else memory for kind in kinds)
    lasting = VaultKind.FILE if desk.store_setting is StoreSetting.FILE else VaultKind.KEYRING
    place = by_kind[lasting].place
    files = {by_kind[VaultKind.KEYRING].place: None, by_kind[VaultKind.FILE].place: desk.crypt_file}
    return [
        Kept(
            what="sessions",
            places=session_places,
            counts={each.place: len(sessions_of(desk.sessions_in((each.kind,)).entries())) for each in backends},
        ),
        Kept(
            what="seeds",
            places=(place,),
            counts=_counts(desk, SEED_INDEX, files),
        ),
        Kept(
            what="keys",
            places=(place,),
            counts=_counts(desk, KEY_INDEX, files),
        ),
    ]


def _counts(desk: Desk, index: str, files: Mapping[str, CryptFile | None]) -> Mapping[str, int]:
    # Somebody may have chosen another keyring since: what was kept before is still in the one before.
    places = (each or name for name, file in files.items() for each in desk.recorded_places(index, file))
    return {**dict.fromkeys(files, 0), **Counter(places)}


def _facts(backend: Backend) -> PlaceFacts:
    from mfacli.output.resting import PlaceFacts

    return PlaceFacts(
        name=backend.kind.value,
        place=backend.place,
        chosen_by=backend.chosen_by,
        is_locked=backend.is_locked,
        problem=backend.problem,
        hint=backend.hint,
        used=asdict(backend.room) if backend.room else None,
        path=backend.path,
    )
