"""Who some credentials are, for people and as JSON.

MFA here is what the cloud sees in a request. With AWS a role's requests carry none, with whatever code the role was
opened (IAM user guide, MFA-protected API access); when that was is told beside it. In Tencent Cloud they do (CAM,
598/117845); whether also those of a role that a role assumed is documented nowhere.
"""

from __future__ import annotations

from datetime import datetime

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys, last_four
from mfacli.interfaces import Entry, Identity
from mfacli.output.documents import age_seconds, document_text
from mfacli.output.times import iso_utc
from mfacli.output.words import printable, rough

_ROLE = "role"


def identity_text(identity: Identity, *, keys: Keys, entry: Entry | None, now: datetime) -> str:
    """Return it, one fact a line; `entry` is what the store knows of the session (None: nothing, nor of MFA)."""
    rows = [
        ("identity", identity.arn),
        ("account", identity.account_id),
        ("user id", identity.user_id),
        *([("type", identity.caller_type)] if identity.caller_type else []),
        ("key", f"{last_four(keys.access_key_id)}, {_kind(keys, entry)}"),
        ("MFA", _mfa_words(keys, entry, now)),
    ]
    if entry is not None:
        left = entry.expires_at - now
        rows.append(("expires", f"in {rough(left)}" if left.total_seconds() > 0 else "expired"))
    return "".join(f"{label:<10}{printable(text)}\n" for label, text in rows)


def identity_document(
    identity: Identity, *, cloud: str, profile: str, keys: Keys, entry: Entry | None, now: datetime
) -> str:
    """Return it as one JSON document; `mfa` is null where it cannot be known from here.

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
            "kind": _kind(keys, entry),
            "mfa": _has_mfa(keys, entry),
            "mfa_at": iso_utc(entry.mfa_at) if entry and entry.mfa_at else None,
            "mfa_age_seconds": age_seconds(entry.mfa_at, now) if entry else None,
            "device": entry.device if entry else None,
            "expires_at": iso_utc(entry.expires_at) if entry else None,
        }
    )


def _kind(keys: Keys, entry: Entry | None) -> str:
    if not keys.is_temporary:
        return "long-term key"
    return entry.kind if entry else "session"


def _has_mfa(keys: Keys, entry: Entry | None) -> bool | None:
    if not keys.is_temporary:
        return False
    return not _hides_mfa(entry) and entry.mfa_at is not None if entry else None


def _hides_mfa(entry: Entry) -> bool:
    return entry.kind == _ROLE and entry.cloud == Cloud.AWS.value


def _mfa_words(keys: Keys, entry: Entry | None, now: datetime) -> str:
    if not keys.is_temporary:
        return "no"
    if entry is None:
        return "not known: this session was opened elsewhere"
    if entry.mfa_at is None:
        return "no"
    code = f"{rough(now - entry.mfa_at)} ago" + (f", {entry.device}" if entry.device else "")
    return f"no, a role's requests carry none; opened with a code {code}" if _hides_mfa(entry) else f"yes, {code}"
