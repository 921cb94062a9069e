"""The condition keys that tell of MFA, and the spellings that only look like them."""

from __future__ import annotations

import difflib
import re
from enum import Enum

from mfacli.policy.document import Dialect


class MfaKey(Enum):
    """What a key of MFA tells."""

    PRESENT = "whether there was MFA"
    AGE = "how long ago"


PRESENT_KEYS = {Dialect.AWS: "aws:MultiFactorAuthPresent", Dialect.TENCENT: "qcs:mfaPresent"}
AGE_KEY = "aws:MultiFactorAuthAge"
"""AWS only; Tencent Cloud documents no age."""

LEGACY_KEYS = ("mfa", "qcs:mfa")
"""Tencent Cloud's console wrote these into its own policies before `qcs:mfaPresent`."""

# Keys of these services and of the clouds themselves; a tag or claim may be called anything.
_PREFIXES = ("aws", "sts", "iam", "mfa", "qcs", "cam", "token")
_ABOUT_MFA = re.compile(r"mfa|multi[-_]?factor")
_ABOUT_AGE = re.compile(r"age|old|since")
_CLOSE = 0.82


def mfa_key_of(key: str, dialect: Dialect) -> MfaKey | None:
    """Return what a key tells of MFA, None where it is about something else or misspelt."""
    if dialect is Dialect.TENCENT:
        return MfaKey.PRESENT if key == PRESENT_KEYS[dialect] else None
    folded = key.lower()
    if folded == PRESENT_KEYS[dialect].lower():
        return MfaKey.PRESENT
    return MfaKey.AGE if folded == AGE_KEY.lower() else None


def meant_key(key: str, dialect: Dialect) -> str | None:
    """Return the key of MFA that was probably meant, None where the key is one or is about something else."""
    if mfa_key_of(key, dialect) is not None or (dialect is Dialect.TENCENT and key in LEGACY_KEYS):
        return None
    folded = key.lower()
    prefix, _, name = folded.rpartition(":")
    if "/" in folded or (prefix and prefix not in _PREFIXES):
        return None
    known = {PRESENT_KEYS[dialect].lower(): PRESENT_KEYS[dialect]}
    if dialect is Dialect.AWS:
        known[AGE_KEY.lower()] = AGE_KEY
    if _ABOUT_MFA.search(name):
        is_age = dialect is Dialect.AWS and _ABOUT_AGE.search(name.replace("passage", "")) is not None
        return AGE_KEY if is_age else PRESENT_KEYS[dialect]
    close = difflib.get_close_matches(folded, known, n=1, cutoff=_CLOSE)
    return known[close[0]] if close else None


def proper_spelling(key: str, dialect: Dialect) -> str | None:
    """Return how a key of MFA is documented where it is written in another case."""
    told = mfa_key_of(key, dialect)
    if told is None:
        return None
    documented = AGE_KEY if told is MfaKey.AGE else PRESENT_KEYS[dialect]
    return documented if documented != key else None
