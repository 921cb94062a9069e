"""The entries of one backend: in pieces where it takes no long ones, removed from every member of a chain."""

from __future__ import annotations

from binascii import crc32
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from mfacli.errors import KeyringUnusable
from mfacli.store.keyring_backends import REFUSED_HINT, EntryDamaged, is_windows, members_of, place_of, translated
from mfacli.store.pieces import WINDOWS_LIMIT, Head, cut, join, needs_cutting, parse_head, piece_name

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend


class Entries:
    """Texts in one backend, under names of `service` that begin with `namespace`."""

    def __init__(self, backend: KeyringBackend, service: str, namespace: str) -> None:
        self._backend = backend
        self._service = service
        self._namespace = namespace
        self._limit = WINDOWS_LIMIT if is_windows(backend) else None

    def read(self, name: str) -> str | None:
        """Return a text; None where there is none, or a piece of it is gone."""
        text = self._get(name)
        # The pieces are gone where somebody has replaced the text meanwhile, and then the head has changed.
        for _ in range(3):
            head = parse_head(text) if text is not None else None
            if head is None:
                return text
            whole = join(head, [self._get(piece) for piece in head.piece_names(name)])
            if whole is not None:
                return whole
            before, text = text, self._get(name)
            if text == before:
                return None
        return None

    def write(self, name: str, text: str) -> None:
        """Keep a text, and see that it is there."""
        before = self._head(name)
        top = text
        if needs_cutting(text, limit=self._limit):
            head, pieces = cut(text, limit=self._limit or WINDOWS_LIMIT, before=before)
            for piece, content in zip(head.piece_names(name), pieces, strict=True):
                self._set(piece, content)
            self._remove_pieces(name, head.generation, start=head.count)
            top = str(head)
        self._set(name, top)
        if self._get(name) != top:
            raise KeyringUnusable(
                f"the keyring (`{place_of(self._backend)}`) took the entry and did not keep it", hint=REFUSED_HINT
            )
        if before is not None:
            self._remove_pieces(name, before.generation)

    def delete(self, name: str) -> bool:
        """Remove it with all its pieces; returns whether there was one."""
        head: Head | None = None
        with suppress(EntryDamaged):
            found = self._get(name)
            if found is None:
                return False
            head = parse_head(found)
        self._unset(name)
        if head is not None:
            for generation in ("a", "b"):
                self._remove_pieces(name, generation)
        return True

    def _head(self, name: str) -> Head | None:
        try:
            text = self._get(name)
        except EntryDamaged:
            return None
        return parse_head(text) if text is not None else None

    def _remove_pieces(self, name: str, generation: str, start: int = 0) -> None:
        number = start
        while self._get(piece := piece_name(name, generation, number)) is not None:
            self._unset(piece)
            number += 1

    def _username(self, name: str) -> str:
        # Windows takes names that differ in case for one: https://github.com/jaraco/keyring/issues/736
        mark = f"~{crc32(name.encode(errors='surrogatepass')):08x}" if self._limit and name != name.lower() else ""
        return f"{self._namespace}:{name}{mark}"

    def _get(self, name: str) -> str | None:
        return translated(lambda: self._backend.get_password(self._service, self._username(name)))

    def _set(self, name: str, text: str) -> None:
        translated(lambda: self._backend.set_password(self._service, self._username(name), text))

    def _unset(self, name: str) -> None:
        """Remove the entry wherever a chain has it: the library's own removes the first, and the next would show."""
        is_removed = False
        for member in members_of(self._backend):
            try:
                is_removed = translated(partial(self._removed_from, member, name)) or is_removed
            except KeyringUnusable:
                # Nothing of ours is looked for in the others, but where the first has had nothing.
                if not is_removed:
                    raise

    def _removed_from(self, backend: KeyringBackend, name: str) -> bool:
        from keyring.errors import PasswordDeleteError

        username = self._username(name)
        try:
            backend.delete_password(self._service, username)
        except (PasswordDeleteError, NotImplementedError):
            # Another process was quicker, or it never was there; where it still is, the backend is one that cannot.
            if backend.get_password(self._service, username) is not None:
                raise
            return False
        return True
