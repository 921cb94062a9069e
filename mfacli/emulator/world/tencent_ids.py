"""Identifiers in Tencent Cloud's shapes: uins, SecretIds that begin `AKID`, role ids, policy ids, `ins-…`.

None of them is secret. Those of a world file's people are worked out from their names, so that a restarted emulator
knows the sessions it gave before; those of what is made while it runs are random.
"""

from __future__ import annotations

import base64
import hashlib
import os

from mfacli.domain.secret import Secret
from mfacli.emulator.world.keys import WorldKey

SECRET_ID = "AKID"
_LONG_TERM_LENGTH = 36
_TEMPORARY_LENGTH = 68
# Base64 has two characters that Tencent's keys do not.
_LETTERS = bytes.maketrans(b"+/", b"Zz")


def sub_uin(owner_uin: str, *names: str) -> str:
    """Return the twelve-digit uin of a sub-user; random where no `names` are given."""
    return f"1000{_number(8, 'uin', owner_uin, *names) if names else _random(8)}"


def role_id(owner_uin: str, *names: str) -> str:
    """Return a role's id, nineteen digits; random where no `names` are given."""
    return f"4611686{_number(12, 'role', owner_uin, *names) if names else _random(12)}"


def policy_id(owner_uin: str, *names: str) -> int:
    """Return a custom policy's id; random where no `names` are given."""
    return 200_000_000 + int(_number(8, "policy", owner_uin, *names) if names else _random(8))


def group_id(owner_uin: str, *names: str) -> int:
    """Return a group's id; random where no `names` are given."""
    return 1_000_000 + int(_number(6, "group", owner_uin, *names) if names else _random(6))


def instance_id(owner_uin: str, *names: str) -> str:
    """Return a CVM instance's id; random where no `names` are given."""
    noise = hashlib.sha256("\0".join(("instance", owner_uin, *names)).encode()).digest() if names else os.urandom(8)
    return "ins-" + base64.b32encode(noise)[:8].decode().lower()


def secret_id(uin: str, *names: str) -> str:
    """Return a long-term SecretId; random where no `names` are given."""
    noise = hashlib.sha256("\0".join(("secret id", uin, *names)).encode()).digest() if names else os.urandom(32)
    return SECRET_ID + _written(noise)[: _LONG_TERM_LENGTH - len(SECRET_ID)]


def temporary_secret_id() -> str:
    """Return a new session's TmpSecretId, which is longer than a long-term one."""
    return SECRET_ID + _written(os.urandom(48))[: _TEMPORARY_LENGTH - len(SECRET_ID)]


def is_temporary(secret_id: str) -> bool:
    """Whether a SecretId has the shape of a session's."""
    return secret_id.startswith(SECRET_ID) and len(secret_id) == _TEMPORARY_LENGTH


def secret_key(key: WorldKey, secret_id: str) -> Secret:
    """Return the 32-character SecretKey that belongs to a SecretId."""
    return Secret(_written(key.derive("tencent secret key", secret_id, size=24)))


def _number(digits: int, *names: str) -> str:
    noise = int.from_bytes(hashlib.sha256("\0".join(names).encode()).digest()[:8], "big")
    return f"{noise % 10**digits:0{digits}d}"


def _random(digits: int) -> str:
    return f"{int.from_bytes(os.urandom(8), 'big') % 10**digits:0{digits}d}"


def _written(noise: bytes) -> str:
    return base64.b64encode(noise).translate(_LETTERS).decode().rstrip("=")
