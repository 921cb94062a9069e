"""Kept sessions as a person counts them: one that is kept for two plans is still one."""

from __future__ import annotations

from collections.abc import Iterable

from mfacli.interfaces import Entry


def sessions_of(entries: Iterable[Entry]) -> list[Entry]:
    """Return the first entry of each session.

    Where a role turns out to demand MFA, its session is kept for the plan that was asked for, and for that with MFA.
    """
    found: dict[tuple[str, str, str], Entry] = {}
    for entry in entries:
        found.setdefault((entry.cloud, entry.profile, entry.access_key_id or entry.fingerprint), entry)
    return list(found.values())
