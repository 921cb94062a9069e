"""The session index's lines: an `Entry` as a record of texts, under the vault and fingerprint it is kept in."""

from __future__ import annotations

from collections.abc import Mapping

from mfacli.domain.credentials import Session
from mfacli.interfaces import Entry
from mfacli.store.index import Record
from mfacli.store.payload import read_time, write_time
from mfacli.store.vaults import VaultKind


def name_of(kind: VaultKind, fingerprint: str) -> str:
    """Return the name of the line for what is kept under `fingerprint` in a vault of this kind."""
    return f"{kind.value}:{fingerprint}"


def lines_of(records: Mapping[str, Record], kind: VaultKind) -> dict[str, Record]:
    """Return the lines of one kind of vault by fingerprint."""
    start = name_of(kind, "")
    return {name.removeprefix(start): line for name, line in records.items() if name.startswith(start)}


def line_of(session: Session, *, place: str, profile: str, kind: str, opened_with: str) -> Record:
    """Return the line for a session that is being kept."""
    return {
        "place": place,
        "cloud": session.cloud.value,
        "profile": profile,
        "kind": kind,
        "issued_at": write_time(session.issued_at),
        "expires_at": write_time(session.expires_at),
        "mfa_at": write_time(session.mfa_at) if session.mfa_at else None,
        "account_id": session.account_id,
        "principal": session.principal,
        "device": session.device,
        "access_key_id": session.access_key_id,
        "opened_with": opened_with or None,
    }


def entry_of(fingerprint: str, line: Record) -> Entry | None:
    """Return what a line says, or None where it is not one of ours."""
    mfa_at = line.get("mfa_at")
    try:
        return Entry(
            fingerprint=fingerprint,
            cloud=_known(line, "cloud"),
            profile=_known(line, "profile"),
            kind=_known(line, "kind"),
            place=_known(line, "place"),
            issued_at=read_time(_known(line, "issued_at")),
            expires_at=read_time(_known(line, "expires_at")),
            mfa_at=read_time(mfa_at) if mfa_at else None,
            account_id=line.get("account_id"),
            principal=line.get("principal"),
            device=line.get("device"),
            access_key_id=_known(line, "access_key_id"),
            opened_with=line.get("opened_with") or "",
        )
    except (ValueError, OverflowError):
        return None


def _known(line: Record, name: str) -> str:
    value = line.get(name)
    if value is None:
        raise ValueError(f"no {name}")
    return value
