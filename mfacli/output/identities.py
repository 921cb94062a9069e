"""Who some credentials are, for people."""

from __future__ import annotations

from datetime import datetime

from mfacli.domain.credentials import Session
from mfacli.interfaces import Identity
from mfacli.output.words import printable, rough


def identity_text(identity: Identity, *, session: Session | None, now: datetime) -> str:
    """Return it, one fact a line; `session` is what mfacli knows of the credentials (None: nothing, nor of MFA)."""
    rows = [
        ("account", identity.account_id),
        ("arn", identity.arn),
        ("user id", identity.user_id),
        ("MFA", _mfa(session, now)),
    ]
    if session is not None:
        left = session.time_left(now)
        rows.append(("expires", f"in {rough(left)}" if left.total_seconds() > 0 else "expired"))
    return "".join(f"{label:<10}{printable(text)}\n" for label, text in rows)


def _mfa(session: Session | None, now: datetime) -> str:
    if session is None:
        return "not known: these credentials are not from mfacli"
    if session.mfa_at is None:
        return "none"
    return f"{rough(now - session.mfa_at)} ago" + (f", {session.device}" if session.device else "")
