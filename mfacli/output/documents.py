"""JSON documents: each says its version, which changes only when a reader would break."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from mfacli.interfaces import Entry
from mfacli.output.times import iso_utc

Json = str | int | bool | None | list["Json"] | Mapping[str, "Json"]
VERSION = 1


def document_text(facts: Mapping[str, Json]) -> str:
    """Return one document, its version first; ASCII only, so that no console can damage it."""
    return json.dumps({"version": VERSION, **facts}, indent=2) + "\n"


def age_seconds(moment: datetime | None, now: datetime) -> int | None:
    """Return how long ago `moment` was, in whole seconds; None where it never was."""
    return max(0, int((now - moment).total_seconds())) if moment else None


def status_document(entries: Sequence[Entry], *, now: datetime) -> str:
    """Return the sessions that are kept, soonest expiry first; it holds no secret."""
    ordered = sorted(entries, key=lambda entry: (entry.expires_at, entry.profile))
    return document_text({"now": iso_utc(now), "sessions": [_entry(entry, now) for entry in ordered]})


def _entry(entry: Entry, now: datetime) -> Mapping[str, Json]:
    return {
        "cloud": entry.cloud,
        "profile": entry.profile,
        "kind": entry.kind,
        "issued_at": iso_utc(entry.issued_at),
        "expires_at": iso_utc(entry.expires_at),
        "seconds_left": max(0, int((entry.expires_at - now).total_seconds())),
        "mfa_at": iso_utc(entry.mfa_at) if entry.mfa_at else None,
        "mfa_age_seconds": age_seconds(entry.mfa_at, now),
        "account_id": entry.account_id,
        "principal": entry.principal,
        "device": entry.device,
        "access_key_ends": entry.access_key_id[-4:],
        "place": entry.place,
        "fingerprint": entry.fingerprint,
    }
