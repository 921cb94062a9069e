"""keyrings.cryptfile's keyring over one file, under a passphrase that is given.

Format and encryption are the library's. Not its ways with the file: it takes one that it cannot read for an empty one
and writes that back, begins it anew under whatever passphrase where a line of its head is lost, cuts it off before it
writes it, and asks on the terminal by itself. This module is imported only where the package is installed.
"""

from __future__ import annotations

import json
import os
from base64 import decodebytes, encodebytes
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from Crypto.Cipher import AES
from keyring.errors import PasswordDeleteError
from keyrings.cryptfile.cryptfile import CryptFileKeyring

from mfacli.domain.secret import Secret
from mfacli.errors import KeyringLocked, KeyringUnusable
from mfacli.store.crypt_content import HEAD, REFERENCE, CryptContent, read_content, write_content
from mfacli.store.keyring_backends import EntryDamaged

if TYPE_CHECKING:
    from Crypto.Cipher._mode_gcm import GcmMode

_REFERENCE_TEXT = "password reference value"
_SALT_BYTES = _KEY_BYTES = 16
# Whatever the library meets in what is no entry of its own.
_NO_ENTRY = (ValueError, KeyError, TypeError, AttributeError)


class WholeFile(CryptFileKeyring):  # type: ignore[misc]  # the library has no types
    """The file at `path`, begun where there is none; raises `KeyringLocked` for a wrong passphrase."""

    # The library tries every class that it has heard of where it looks for a backend: not this one.
    viable = False
    # The passphrase stays in its `Secret`; `_key` is where it is used.
    keyring_key = ""

    def __init__(self, path: Path, passphrase: Secret) -> None:
        super().__init__()
        self.file_path = str(path)
        self._path = path
        self._passphrase = passphrase
        self._keys: dict[bytes, bytes] = {}
        content = read_content(path)
        if content.is_begun:
            self._open(content)
        else:
            self._begin(content)

    def get_password(self, service: str, username: str) -> str | None:
        """Return an entry, or None."""
        try:
            return self._decrypted(self._content(), service, username)
        except _NO_ENTRY:
            raise EntryDamaged(
                f"an entry in `{self._path}` is damaged", hint="restore a copy of the file, or keep it again"
            ) from None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep an entry."""
        content = self._content()
        self._put(content, service, username, password)
        write_content(self._path, content)

    def delete_password(self, service: str, username: str) -> None:
        """Remove an entry; `PasswordDeleteError` where there is none."""
        content = self._content()
        if not content.remove(service, username):
            raise PasswordDeleteError("no such password")
        write_content(self._path, content)

    def change_passphrase(self, passphrase: Secret) -> int:
        """Put all entries under another passphrase, in one step, and return how many; the backend is then used up."""
        content = self._content()
        entries: dict[tuple[str, str], str] = {}
        for names in content.names:
            try:
                entries[names] = self._decrypted(content, *names) or ""
            except _NO_ENTRY:
                raise EntryDamaged(
                    f"the passphrase stays as it is: the entry `{names[1]}` in `{self._path}` is damaged",
                    hint="keep that again, or remove it, or restore a copy of the file",
                ) from None
        self._passphrase = passphrase
        self._keys.clear()
        self._begin(CryptContent(), entries)
        return len(entries)

    def encrypt(self, password: bytes, assoc: bytes | None = None) -> bytes:
        """Encrypt as the library does, but with one salt for the file: each key costs as long as a person notices."""
        cipher = self._create_cipher("", self._salt)
        cipher.update(assoc or b"")
        data, mac = cipher.encrypt_and_digest(password)
        parts = {"salt": self._salt, "data": data, "mac": mac, "nonce": cipher.nonce}
        return json.dumps({name: encodebytes(part).decode()[:-1] for name, part in parts.items()}).encode()

    def _content(self) -> CryptContent:
        content = read_content(self._path)
        if content.get(HEAD, REFERENCE) != self._reference:
            raise KeyringLocked(
                f"`{self._path}` is another file than the one that was opened", hint="run the command again"
            )
        return content

    def _begin(self, content: CryptContent, entries: Mapping[tuple[str, str], str] | None = None) -> None:
        self._salt = os.urandom(_SALT_BYTES)
        content.set(HEAD, "scheme", self.scheme)
        content.set(HEAD, "version", self.version)
        self._put(content, HEAD, REFERENCE, _REFERENCE_TEXT)
        for names, text in (entries or {}).items():
            self._put(content, *names, text)
        write_content(self._path, content)
        self._reference = read_content(self._path).get(HEAD, REFERENCE)

    def _open(self, content: CryptContent) -> None:
        self._reference = content.get(HEAD, REFERENCE)
        try:
            self._check_scheme(content.parsed)
            self._salt = decodebytes(json.loads(decodebytes((self._reference or "").encode()))["salt"].encode())
            is_right = self._decrypted(content, HEAD, REFERENCE) == _REFERENCE_TEXT
        except _NO_ENTRY:
            is_right = False
        if not is_right:
            raise KeyringLocked(
                f"the passphrase of `{self._path}` is wrong, or the file is damaged",
                hint="run the command again with the right one; without it nothing in the file can be had",
            )

    def _put(self, content: CryptContent, service: str, username: str, password: str) -> None:
        entry = self.encrypt(password.encode(), self._names(content, service, username))
        content.set(service, username, "\n" + encodebytes(entry).decode())

    def _decrypted(self, content: CryptContent, service: str, username: str) -> str | None:
        entry = content.get(service, username)
        if entry is None:
            return None
        text: bytes = self.decrypt(decodebytes(entry.encode()), self._names(content, service, username))
        return text.decode()

    def _names(self, content: CryptContent, service: str, username: str) -> bytes:
        # How an entry is bound to its name depends on the version that began the file.
        self._check_version(content.parsed)
        names: bytes = self._generate_assoc(service, username)
        return names

    def _create_cipher(self, password: str, salt: bytes, nonce: bytes | None = None) -> GcmMode:
        cipher: GcmMode = AES.new(self._key(salt), self._get_mode(self.aesmode), nonce)
        return cipher

    def _key(self, salt: bytes) -> bytes:
        if salt not in self._keys:
            secret = self._passphrase.reveal().encode(self.password_encoding)
            costs = (self.time_cost, self.memory_cost, self.parallelism)
            try:
                self._keys[salt] = hash_secret_raw(secret, salt, *costs, _KEY_BYTES, Type.ID)
            except HashingError as problem:
                raise KeyringUnusable(
                    f"the key of `{self._path}` cannot be made: {problem}",
                    hint=f"making it takes {self.memory_cost // 1024} MiB of memory",
                ) from problem
        return self._keys[salt]
