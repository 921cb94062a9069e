"""Room for one key more: what an interrupted rotation has left, and another key that is in the way."""

from __future__ import annotations

from collections.abc import Sequence

from mfacli.domain.credentials import CloudKey, Keys, LastUse, last_four
from mfacli.domain.plan import Plan
from mfacli.domain.rotation import Rotation, strays_of
from mfacli.errors import Cancelled, CloudRefused, InputNotAllowed
from mfacli.rotation.parts import RotationParts, holder_of
from mfacli.rotation.signing import Signing

# IAM's and CAM's limit alike.
MOST_KEYS = 2


def without_strays(
    begun: Rotation,
    listed: Sequence[CloudKey],
    plan: Plan,
    parts: RotationParts,
    signing: Signing,
    *,
    may_delete: bool,
) -> Sequence[CloudKey]:
    """Delete the keys that an interrupted rotation has made, whose secret nobody has; returns those that stay."""
    strays = strays_of(begun, [key for key in listed if key.access_key_id not in parts.used_by])
    sure = [key for key in strays.sure if begun.new_id or not _was_used(key, plan, parts, signing)]
    gone = list(sure)
    for key in sure:
        parts.talk.note(f"a rotation was interrupted before its new key {last_four(key.access_key_id)} was stored")
    for key in (*strays.doubtful, *(key for key in strays.sure if key not in sure)):
        known = last_four(key.access_key_id)
        if may_delete or _agrees(f"is the key {known} left by the rotation that was interrupted? delete it?", parts):
            gone.append(key)
    for key in gone:
        delete(key.access_key_id, plan, parts, signing)
    parts.log.end(plan.cloud, holder_of(plan))
    return [key for key in listed if key not in gone]


def _was_used(key: CloudKey, plan: Plan, parts: RotationParts, signing: Signing) -> bool:
    """Whether somebody has used a key, and so has its secret; a lost one cannot have been."""
    use = signing.call(lambda signer: parts.maker.last_use(key.access_key_id, plan=plan, keys=signer))
    return use is not None and use.at is not None


def _agrees(question: str, parts: RotationParts) -> bool:
    try:
        return parts.prompter.confirm(question)
    except InputNotAllowed:
        return False


def make_room(
    keys: Keys, listed: Sequence[CloudKey], plan: Plan, parts: RotationParts, signing: Signing, *, may_delete: bool
) -> None:
    """See that the user may have one key more; whose deletion that takes is for the person to say."""
    if len(listed) < MOST_KEYS:
        return
    other = next(key for key in listed if key.access_key_id != keys.access_key_id)
    use = signing.call(lambda signer: parts.maker.last_use(other.access_key_id, plan=plan, keys=signer))
    what = f"the user has {len(listed)} keys already, and may have no more: the other is {_described(other, use)}"
    if user := parts.used_by.get(other.access_key_id):
        raise CloudRefused(
            f"{what}, which {user} has here",
            hint="where nobody needs it, take it out there first, with `mfacli keys remove` or by hand; then "
            "--delete-other makes room",
        )
    if not may_delete:
        try:
            agreed = parts.prompter.confirm(f"{what}; delete it to make room?")
        except InputNotAllowed as problem:
            raise CloudRefused(what, hint="where nobody needs it, --delete-other makes room") from problem
        if not agreed:
            raise Cancelled("no key was changed")
    delete(other.access_key_id, plan, parts, signing)


def _described(key: CloudKey, use: LastUse | None) -> str:
    facts = [condition_of(key)]
    if key.created_at is not None:
        facts.append(f"made {key.created_at:%Y-%m-%d}")
    if use is not None:
        service = f" for {use.service}" if use.service else ""
        facts.append(f"last used {use.at:%Y-%m-%d}{service}" if use.at else "never used")
    return f"{last_four(key.access_key_id)} ({', '.join(facts)})"


def condition_of(key: CloudKey) -> str:
    """Return whether a key is active, in a word."""
    return "active" if key.is_active else "inactive"


def delete(access_key_id: str, plan: Plan, parts: RotationParts, signing: Signing) -> None:
    """Delete a key in the cloud, and say so."""
    signing.call(lambda signer: parts.maker.delete_key(access_key_id, plan=plan, keys=signer))
    parts.talk.note(f"deleted the key {last_four(access_key_id)}")
