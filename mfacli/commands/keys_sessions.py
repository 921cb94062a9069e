"""What becomes of the sessions kept here when the keys that they were opened with are replaced.

The clouds let them be until they expire, but no plan begins at the old keys any more, so none would ever be found.
"""

from __future__ import annotations

from dataclasses import replace

from mfacli.commands.answers import forget_answers
from mfacli.commands.wiring import Desk
from mfacli.domain.credentials import Keys
from mfacli.domain.plan import Plan
from mfacli.errors import MfacliError
from mfacli.session import Obtained


def replace_opener(desk: Desk, plan: Plan, opened: Obtained | None, *, old_id: str, new_id: str) -> None:
    """Let the session that was opened for a rotation go on under the new key, and remove the others of the old one.

    `plan` is the one that the rotation began with. What cannot be done is said: the rotation itself is over by now.
    """
    try:
        kept = _go_on(desk, plan, opened, new_id) if opened is not None else ""
        gone = [each.fingerprint for each in desk.store.entries() if each.opened_with == old_id]
        for fingerprint in gone:
            desk.store.forget(fingerprint)
        if gone:
            forget_answers(desk)
    except MfacliError as problem:
        desk.terminal.warn(f"sessions of the old key are still kept here: {problem.message}")
        return
    if kept:
        desk.terminal.note("the MFA session goes on under the new key")
    removed = len(gone) - bool(kept)
    if removed > 0:
        what = "a session" if removed == 1 else f"{removed} sessions"
        desk.terminal.note(f"removed {what} of the old key from here; whoever has it may use it until it expires")


def _go_on(desk: Desk, plan: Plan, opened: Obtained, new_id: str) -> str:
    """Keep the session as the new key's, where the cloud still takes it; returns as what."""
    after = replace(plan, key_source=replace(plan.key_source, access_key_id=new_id), opening_kept_as="")
    # Without MFA it cost no code, and the next one will not either.
    if opened.kept_as in {"", after.fingerprint} or opened.session.mfa_at is None:
        return ""
    keys: Keys = opened.session.keys
    try:
        desk.provider_for(plan).identity_of(plan=after, keys=keys)
    except MfacliError as problem:
        desk.terminal.detail(f"the MFA session does not go on: {problem.message}")
        return ""
    desk.store.keep(after.fingerprint, opened.session, profile=plan.profile, kind="session", opened_with=new_id)
    return after.fingerprint
