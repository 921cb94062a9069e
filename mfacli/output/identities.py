"""Who some credentials are, for people and as JSON.

MFA here is what the cloud sees in a request. With AWS a role's requests carry none, with whatever code the role was
opened (IAM user guide, MFA-protected API access), nor do a federated user's, since GetFederationToken takes no code;
when the code was given is told beside it. In Tencent Cloud they do (CAM, 598/117845); whether also those of a role
that a role assumed is documented nowhere.
"""

from __future__ import annotations

from datetime import datetime

from mfacli.domain.credentials import Keys, last_four
from mfacli.interfaces import Entry, Identity
from mfacli.output.documents import age_seconds, document_text
from mfacli.output.times import iso_utc
from mfacli.output.words import printable, rough

_ROLE = "role"
_FEDERATED = "federated user"
# How STS names those who are no users, in either cloud.
_KINDS = {":assumed-role/": _ROLE, ":federated-user/": _FEDERATED}


def identity_text(
    identity: Identity, *, keys: Keys, entry: Entry | None, now: datetime, expires_at: datetime | None = None
) -> str:
    """Return it, one fact a line.

    `entry` is what the store knows of the session (None: nothing, nor of MFA), `expires_at` what is noted beside the
    keys themselves.
    """
    rows = [
        ("identity", identity.arn),
        ("account", identity.account_id),
        ("user id", identity.user_id),
        *([("type", identity.caller_type)] if identity.caller_type else []),
        ("key", f"{last_four(keys.access_key_id)}, {_kind(identity, keys, entry)}"),
        ("MFA", _mfa_words(identity, keys, entry, now)),
    ]
    if ends := entry.expires_at if entry else expires_at:
        left = ends - now
        rows.append(("expires", f"in {rough(left)}" if left.total_seconds() > 0 else "expired"))
    return "".join(f"{label:<10}{printable(text)}\n" for label, text in rows)


def identity_document(
    identity: Identity,
    *,
    cloud: str,
    profile: str,
    keys: Keys,
    entry: Entry | None,
    now: datetime,
    expires_at: datetime | None = None,
) -> str:
    """Return it as one JSON document, of the same; `mfa` is null where it cannot be known from here.

    `mfa_at` is when the code was given, also for a role of AWS, which `mfa` says False of.
    """
    return document_text(
        {
            "cloud": cloud,
            "profile": profile,
            "arn": identity.arn,
            "account_id": identity.account_id,
            "user_id": identity.user_id,
            "caller_type": identity.caller_type or None,
            "access_key_id": keys.access_key_id,
            "kind": _kind(identity, keys, entry),
            "mfa": _has_mfa(identity, keys, entry),
            "mfa_at": iso_utc(entry.mfa_at) if entry and entry.mfa_at else None,
            "mfa_age_seconds": age_seconds(entry.mfa_at, now) if entry else None,
            "device": entry.device if entry else None,
            "expires_at": iso_utc(ends) if (ends := entry.expires_at if entry else expires_at) else None,
        }
    )


def _kind(identity: Identity, keys: Keys, entry: Entry | None) -> str:
    if not keys.is_temporary:
        return "long-term key"
    told = next((kind for part, kind in _KINDS.items() if part in identity.arn), None)
    return told or (entry.kind if entry else "session")


def _has_mfa(identity: Identity, keys: Keys, entry: Entry | None) -> bool | None:
    if not keys.is_temporary or _hides_mfa(identity, keys, entry):
        return False
    return entry.mfa_at is not None if entry else None


def _hides_mfa(identity: Identity, keys: Keys, entry: Entry | None) -> bool:
    return identity.arn.startswith("arn:") and _kind(identity, keys, entry) in {_ROLE, _FEDERATED}


def _mfa_words(identity: Identity, keys: Keys, entry: Entry | None, now: datetime) -> str:
    if not keys.is_temporary:
        return "no"
    code = ""
    if entry is not None and entry.mfa_at is not None:
        code = f"{rough(now - entry.mfa_at)} ago" + (f", {entry.device}" if entry.device else "")
    if _hides_mfa(identity, keys, entry):
        opened = f"; opened with a code {code}" if code else ""
        return f"no, a {_kind(identity, keys, entry)}'s requests carry none{opened}"
    if entry is None:
        return "not known: this session was opened elsewhere"
    return f"yes, {code}" if code else "no"
