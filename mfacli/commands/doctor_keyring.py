"""The facts that `doctor` gathers about the places for secrets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from mfacli.checks.finding import Finding
from mfacli.checks.keyring import IndexFacts, KeyringFacts, check_index, check_keyring
from mfacli.commands.wiring import Desk
from mfacli.errors import KeyringUnusable
from mfacli.store.backends import Backend, try_out
from mfacli.store.choice import StoreSetting
from mfacli.store.vaults import VaultKind

_PATIENCE = timedelta(seconds=5)


def keyring_findings(desk: Desk) -> Iterable[Finding]:
    """Yield what there is to say of each place that is in use, or could be."""
    kernel, keyring, file = desk.backends
    for backend in (kernel, keyring, file):
        if backend.kind is not VaultKind.FILE or _is_needed(desk, backend, kernel) or backend.is_locked:
            yield from check_keyring(_facts(desk, backend, kernel))
    for path in sorted(desk.places.state.glob("*.json.corrupt")):
        yield from check_index(IndexFacts(path=str(path)))


def _facts(desk: Desk, backend: Backend, kernel: Backend) -> KeyringFacts:
    facts = KeyringFacts(
        place=backend.place,
        is_needed=_is_needed(desk, backend, kernel),
        chosen_by=backend.chosen_by,
        # The file is opened by its passphrase whenever it is used: nothing is wrong with that.
        is_locked=backend.is_locked if backend.kind is not VaultKind.FILE else None,
        problem=backend.problem,
        hint=backend.hint,
        is_scarce=backend.room is not None and backend.room.is_scarce,
    )
    if facts.problem or facts.is_locked or backend.kind is VaultKind.FILE:
        return facts
    try:
        seconds = try_out(backend.kind, places=desk.places, locks=desk.locks, patience=_PATIENCE)
    except KeyringUnusable as problem:
        return replace(facts, problem=problem.message, hint=problem.hint)
    return replace(facts, seconds=seconds)


def _is_needed(desk: Desk, backend: Backend, kernel: Backend) -> bool:
    setting = desk.store_setting
    if backend.kind is VaultKind.KERNEL:
        return setting is StoreSetting.KERNEL or bool(desk.sessions_in((VaultKind.KERNEL,)).entries())
    is_file = backend.kind is VaultKind.FILE
    takes_sessions = {
        StoreSetting.KEYRING: not is_file,
        StoreSetting.AUTO: not is_file and bool(kernel.problem),
        StoreSetting.FILE: is_file,
    }
    where = desk.crypt_file if is_file else None
    return (
        takes_sessions.get(setting, False)
        or bool(desk.sessions_in((backend.kind,)).entries())
        or bool(desk.seeds_in(where).devices_with_seed())
        or bool(desk.keys_in(where).kept_keys())
    )
