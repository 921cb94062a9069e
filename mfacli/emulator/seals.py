"""Seals texts with a key of the world's: readable and unaltered only where they came from (AES-256-GCM)."""

from __future__ import annotations

import base64
import binascii
import os
import zlib

from mfacli.emulator.world.keys import WorldKey

_NONCE_SIZE = 12


class WorldSeal:
    """A `Sealer` for one purpose: what was sealed for another does not open."""

    def __init__(self, key: WorldKey, purpose: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher = AESGCM(key.derive("seal", purpose))

    def seal(self, text: str, *, bound_to: str = "") -> str:
        """Return `text` sealed, in characters of `A-Za-z0-9_-`; it opens only beside the same `bound_to`."""
        nonce = os.urandom(_NONCE_SIZE)
        sealed = nonce + self._cipher.encrypt(nonce, zlib.compress(text.encode()), bound_to.encode())
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def open(self, sealed: str, *, bound_to: str = "") -> str | None:
        """Return the text; None where this world did not seal it for this purpose and `bound_to`."""
        from cryptography.exceptions import InvalidTag

        try:
            raw = base64.b64decode(sealed.encode("ascii") + b"=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
            packed = self._cipher.decrypt(raw[:_NONCE_SIZE], raw[_NONCE_SIZE:], bound_to.encode())
        except (InvalidTag, binascii.Error, ValueError):
            return None
        # A last character may carry bits that decoding drops; only one spelling of a seal is the seal.
        return (
            zlib.decompress(packed).decode() if base64.urlsafe_b64encode(raw).decode().rstrip("=") == sealed else None
        )
