"""Identifiers in AWS's shapes: 12-digit accounts, AKIA and ASIA key ids, AIDA and AROA entity ids.

None of them is secret. Those of a world file's people are worked out from their names, so that a restarted emulator
knows the sessions it gave before; those of people made while it runs are random.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os

LONG_TERM = "AKIA"
TEMPORARY = "ASIA"
USER = "AIDA"
ROLE = "AROA"
GROUP = "AGPA"

_MARK = 1 << 47  # set in every key id made since 2019, which are the ones that carry their account
_ACCOUNT_SHIFT = 7


def key_id(prefix: str, account_id: str, *names: str) -> str:
    """Return an access key id that carries `account_id`, as real ones do; random where no `names` are given.

    The first 48 of its 80 bits are a mark, the account's 40 and 7 more; that is what GetAccessKeyInfo reads back.
    """
    noise = _noise(account_id, prefix, *names) if names else os.urandom(20)
    head = _MARK | int(account_id) << _ACCOUNT_SHIFT | noise[0] & 0x7F
    return prefix + base64.b32encode(head.to_bytes(6, "big") + noise[1:5]).decode()


def account_of_key(access_key_id: str) -> str | None:
    """Return the account that an access key id carries, or None where it carries none."""
    try:
        head = int.from_bytes(base64.b32decode(access_key_id[4:])[:6], "big")
    except (binascii.Error, ValueError):
        return None
    account = (head & ~_MARK) >> _ACCOUNT_SHIFT
    return f"{account:012d}" if head & _MARK and account < 10**12 else None


def entity_id(prefix: str, account_id: str, *names: str) -> str:
    """Return a 21-character id of a user, role or group; random where no `names` are given."""
    noise = _noise(account_id, prefix, *names) if names else os.urandom(20)
    return prefix + base64.b32encode(noise)[:17].decode()


def _noise(*names: str) -> bytes:
    return hashlib.sha256("\0".join(names).encode()).digest()[:20]
