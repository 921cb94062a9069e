"""The world key: the one secret from which a world's access keys, device seeds and session seals are worked out.

With the same key a restarted emulator has the same secrets, and knows the sessions that it gave before.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import tempfile
from pathlib import Path
from typing import NoReturn

from mfacli.domain.secret import Secret
from mfacli.errors import EmulatorProblem

_SIZE = 32
_HEADER = "mfacli world key 1:"


class WorldKey:
    """The secret of one world, and what is derived from it (RFC 5869, its expanding half)."""

    __slots__ = ("__secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _SIZE:
            raise ValueError(f"a world key has {_SIZE} bytes")
        self.__secret = secret

    def __repr__(self) -> str:
        return "WorldKey(***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a WorldKey cannot be pickled")

    @classmethod
    def ephemeral(cls) -> WorldKey:
        """Return a key that nobody keeps: with the process, all that was derived from it is gone."""
        return cls(os.urandom(_SIZE))

    @classmethod
    def load_or_create(cls, path: Path) -> WorldKey:
        """Return the key kept in `path`; where there is none, make one and keep it there, readable by its owner only.

        Of several processes that begin at once all end up with the same key.
        """
        try:
            text = path.read_text()
        except FileNotFoundError:
            _create(path)
            text = path.read_text()
        except OSError as error:
            raise EmulatorProblem(f"the world key `{path}` cannot be read: {error.strerror}") from error
        except UnicodeDecodeError:
            text = ""
        _refuse_if_shared(path)
        return cls(_parse(text, path))

    def derive(self, purpose: str, *names: str, size: int = _SIZE) -> bytes:
        """Return `size` bytes that belong to `purpose` and `names` alone."""
        info = "\0".join((purpose, *names)).encode()
        made = block = b""
        for counter in range(1, 256):
            if len(made) >= size:
                break
            block = hmac.new(self.__secret, block + info + bytes([counter]), hashlib.sha256).digest()
            made += block
        return made[:size]

    def secret_access_key(self, access_key_id: str) -> Secret:
        """Return the 40-character secret access key that belongs to a key id."""
        return Secret(base64.b64encode(self.derive("secret access key", access_key_id, size=30)).decode())

    def device_seed(self, serial: str) -> Secret:
        """Return a device's seed in base32: 64 characters, which is what IAM gives."""
        return Secret(base64.b32encode(self.derive("device seed", serial, size=40)).decode())


def _create(path: Path) -> None:
    """Put a new key at `path` unless somebody else was quicker. The link makes it appear whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".world-key-")
        draft = Path(name)
        try:
            with os.fdopen(handle, "w") as file:
                file.write(_HEADER + base64.b64encode(os.urandom(_SIZE)).decode() + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    except OSError as error:
        raise EmulatorProblem(f"the world key `{path}` cannot be written: {error.strerror}") from error


def _refuse_if_shared(path: Path) -> None:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise EmulatorProblem(f"the world key `{path}` can be read by others", hint=f"chmod 600 {path}")


def _parse(text: str, path: Path) -> bytes:
    try:
        secret = base64.b64decode(text.strip().removeprefix(_HEADER), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not text.startswith(_HEADER) or len(secret) != _SIZE:
        raise EmulatorProblem(
            f"`{path}` is no world key",
            hint="remove it to begin with a new one: access keys, seeds and sessions will be others",
        )
    return secret
