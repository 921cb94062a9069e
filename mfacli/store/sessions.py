"""The session store: sessions kept in the first vault that takes them, and found again in any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from mfacli.domain.credentials import Session
from mfacli.errors import FileUnwritable, KeyringUnusable
from mfacli.interfaces import Clock, Entry, Talk
from mfacli.store.index import Index, Record
from mfacli.store.lines import entry_of, line_of, lines_of, name_of
from mfacli.store.payload import parse_session, render_session
from mfacli.store.vaults import Vault

_SHORTEST = timedelta(seconds=1)


class KeptSessions:
    """The `SessionStore` over `vaults`, the first choice first.

    A vault that may open a dialogue is asked only for what the index says is in it, unless it is the only one: nobody
    is asked to unlock a keyring in which nothing is.
    """

    def __init__(self, vaults: Sequence[Vault], *, index: Index, clock: Clock, talk: Talk) -> None:
        self._vaults = tuple(vaults)
        self._index = index
        self._clock = clock
        self._talk = talk
        self._said = set[str]()

    def find(self, fingerprint: str) -> Session | None:
        """Return the session kept under `fingerprint` that has not expired, or None."""
        refusals: list[KeyringUnusable] = []
        for vault in self._vaults:
            if not self._may_hold(vault, fingerprint):
                continue
            try:
                text = vault.read(fingerprint)
                if text is None:
                    self._drop_where_gone(vault, [fingerprint])
                elif (session := self._usable(text, fingerprint)) is not None:
                    return session
            except KeyringUnusable as refusal:
                refusals.append(refusal)
        if refusals:
            raise refusals[0]
        return None

    def keep(self, fingerprint: str, session: Session, *, profile: str, kind: str, opened_with: str = "") -> str:
        """Keep `session` in the first vault that takes it and return where that is."""
        refusals: list[KeyringUnusable] = []
        for vault in self._vaults:
            try:
                place = vault.place()
                line = line_of(session, place=place, profile=profile, kind=kind, opened_with=opened_with)
                self._keep_in(vault, fingerprint, session, line)
            except KeyringUnusable as refusal:
                refusals.append(refusal)
                continue
            self._clear_others(vault, fingerprint)
            return place
        raise _all_of(refusals)

    def forget(self, fingerprint: str) -> bool:
        """Remove it from every vault; returns whether there was one."""
        found = False
        refusals: list[KeyringUnusable] = []
        for vault in self._vaults:
            if not self._may_hold(vault, fingerprint):
                continue
            try:
                found = vault.delete(fingerprint) or found
                self._drop_lines(vault, [fingerprint])
            except KeyringUnusable as refusal:
                refusals.append(refusal)
        if refusals:
            raise refusals[0]
        return found

    def entries(self) -> Sequence[Entry]:
        """Return what is kept in these vaults, the first to expire first; what is gone by now leaves the index."""
        present: dict[str, Entry] = {}
        for vault in reversed(self._vaults):
            lines = lines_of(self._index.read().records, vault.kind)
            gone = [fingerprint for fingerprint in lines if self._is_known_to_be_gone(vault, fingerprint)]
            self._drop_where_gone(vault, gone)
            for fingerprint, line in lines.items():
                entry = entry_of(fingerprint, line)
                if entry is not None and fingerprint not in gone:
                    present[fingerprint] = entry
        return sorted(present.values(), key=lambda entry: (entry.expires_at, entry.fingerprint))

    def _usable(self, text: str, fingerprint: str) -> Session | None:
        session = parse_session(text, fingerprint)
        if session is None:
            self._talk.detail(f"the entry `{fingerprint}` is damaged or of another version, and is passed over")
            return None
        return session if session.time_left(self._clock.cloud_now()) > timedelta() else None

    def _may_hold(self, vault: Vault, fingerprint: str) -> bool:
        if not vault.may_prompt or len(self._vaults) == 1:
            return True
        snapshot = self._index.read()
        return not snapshot.is_complete or name_of(vault.kind, fingerprint) in snapshot.records

    def _keep_in(self, vault: Vault, fingerprint: str, session: Session, line: Record) -> None:
        name = name_of(vault.kind, fingerprint)
        before = self._index.read().records.get(name)
        # The line comes first: a process killed in between leaves a line without a value, which is noticed, and not a
        # secret that nobody knows of.
        self._change(lambda records: records.update({name: line}))
        try:
            lifetime = max(_SHORTEST, session.time_left(self._clock.cloud_now()))
            vault.write(fingerprint, render_session(fingerprint, session), lifetime=lifetime)
        except KeyringUnusable:
            self._change(lambda records: _put_back(records, name, before))
            raise
        # And it comes again: somebody may have noticed it while the value was not there yet.
        self._change(lambda records: records.update({name: line}))
        self._sweep(vault)

    def _clear_others(self, keeper: Vault, fingerprint: str) -> None:
        """Remove older sessions that `find` would come upon first; one behind a dialogue is swept when it expires."""
        for vault in self._vaults:
            if vault is not keeper and not vault.may_prompt:
                try:
                    vault.delete(fingerprint)
                    self._drop_lines(vault, [fingerprint])
                except KeyringUnusable as refusal:
                    self._talk.detail(f"an older session may stay in the {vault.place()}: {refusal.message}")

    def _sweep(self, vault: Vault) -> None:
        """Remove what has expired from this vault, which is open now, and from the index."""
        now = self._clock.cloud_now()
        lines = lines_of(self._index.read().records, vault.kind)
        entries = [entry_of(fingerprint, line) for fingerprint, line in lines.items()]
        expired = [entry.fingerprint for entry in entries if entry is not None and entry.expires_at <= now]
        try:
            for fingerprint in expired:
                vault.delete(fingerprint)
            self._drop_lines(vault, expired)
        except KeyringUnusable as refusal:
            self._talk.detail(f"expired sessions stay where they are: {refusal.message}")

    def _is_known_to_be_gone(self, vault: Vault, fingerprint: str) -> bool:
        try:
            return vault.has(fingerprint) is False
        except KeyringUnusable:
            return False

    def _reads_as_gone(self, vault: Vault, fingerprint: str) -> bool:
        try:
            return vault.read(fingerprint) is None
        except KeyringUnusable:
            return False

    def _drop_where_gone(self, vault: Vault, fingerprints: Sequence[str]) -> None:
        def edit(records: dict[str, Record]) -> None:
            for fingerprint in fingerprints:
                # Looked at again under the index's lock, after which whoever is just keeping it writes the line anew.
                if self._reads_as_gone(vault, fingerprint):
                    records.pop(name_of(vault.kind, fingerprint), None)

        self._change_lines(vault, fingerprints, edit)

    def _drop_lines(self, vault: Vault, fingerprints: Sequence[str]) -> None:
        def edit(records: dict[str, Record]) -> None:
            for fingerprint in fingerprints:
                records.pop(name_of(vault.kind, fingerprint), None)

        self._change_lines(vault, fingerprints, edit)

    def _change_lines(
        self, vault: Vault, fingerprints: Sequence[str], edit: Callable[[dict[str, Record]], None]
    ) -> None:
        """Change the index, if it knows any of these at all: a miss costs no lock and no write."""
        records = self._index.read().records
        if any(name_of(vault.kind, fingerprint) in records for fingerprint in fingerprints):
            self._change(edit)

    def _change(self, edit: Callable[[dict[str, Record]], None]) -> None:
        try:
            self._index.change(edit)
        except FileUnwritable as problem:
            # The session itself is worth more than a list of sessions. One that is kept changes it several times.
            for text in (problem.message, problem.hint):
                if text and text not in self._said:
                    self._said.add(text)
                    self._talk.warn(text)


def _put_back(records: dict[str, Record], name: str, before: Mapping[str, str | None] | None) -> None:
    if before is None:
        records.pop(name, None)
    else:
        records[name] = before


def _all_of(refusals: Sequence[KeyringUnusable]) -> KeyringUnusable:
    """Return one refusal that tells all, of the class of the last resort's."""
    last = refusals[-1]
    return type(last)("; ".join(refusal.message for refusal in refusals), hint=last.hint)
