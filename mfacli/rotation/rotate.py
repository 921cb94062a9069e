"""A rotation of long-term keys on one page: make, prove, store, deactivate, prove again, delete.

Wherever it is interrupted, the profile has either its old keys or its new ones, whole, and those work: the old are
touched only after the new have been stored and proved. The log says beforehand what is about to be done, and the
profile's keys tell how far it came; so running it again goes on from there, or takes back what was begun.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import assert_never

from mfacli.domain.credentials import CloudKey, Keys, last_four
from mfacli.domain.plan import Plan
from mfacli.domain.rotation import Rotation, Standing, standing_of, strays_of
from mfacli.errors import AccessDenied, CloudRefused, CloudUnreachable, MfacliError
from mfacli.interfaces import Identity
from mfacli.rotation.parts import RotationParts, holder_of
from mfacli.rotation.room import condition_of, delete, make_room, without_strays
from mfacli.rotation.signing import Signing, patiently

# As long as the cloud may take to know a new key.
_YOUTH = timedelta(minutes=2)
_AGAIN = "`mfacli keys rotate` again goes on from there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What has become of the keys; `place` is where the new ones rest, empty where they were stored before."""

    old_id: str
    new_id: str
    is_old_deleted: bool
    place: str = ""


def rotate(
    plan: Plan, keys: Keys, parts: RotationParts, *, keeps_old: bool = False, may_delete: bool = False
) -> Rotated:
    """Replace `keys`, which `plan` begins at, by new ones, or go on where that was interrupted.

    `keeps_old` leaves the old key there, inactive. `may_delete` says that a key in the way is deleted without a
    question. Raises the `MfacliError` of whatever stopped it; what was begun is then taken back as far as it can be.
    """
    try:
        return _rotate(plan, keys, parts, keeps_old=keeps_old, may_delete=may_delete)
    except KeyboardInterrupt:
        if parts.log.find(plan.cloud, holder_of(plan)) is not None:
            parts.talk.warn(f"interrupted in the middle; the profile's keys work, and {_AGAIN}, or takes it back")
        raise


def _rotate(plan: Plan, keys: Keys, parts: RotationParts, *, keeps_old: bool, may_delete: bool) -> Rotated:
    signing = Signing(open_session=parts.open_session, clock=parts.clock, talk=parts.talk)
    signing.begin_with(plan, keys)
    begun = parts.log.find(plan.cloud, holder_of(plan))
    if begun is not None and begun.new_id == keys.access_key_id and _is_young(begun, parts):
        signing.be_patient_with(keys)
    listed = signing.call(lambda signer: parts.maker.list_keys(plan=plan, keys=signer))
    _check_listed(keys, listed)
    if begun is not None:
        standing = standing_of(begun, keys.access_key_id)
        match standing:
            case Standing.STORED:
                parts.talk.note(f"the new key {last_four(keys.access_key_id)} is in its place already; going on")
                return _retire(begun.old_id, plan, keys, parts, signing, keeps_old=keeps_old)
            case Standing.NOT_STORED:
                listed = without_strays(begun, listed, plan, parts, signing, may_delete=may_delete)
            case Standing.OVERTAKEN:
                parts.talk.warn(f"a rotation of {last_four(begun.old_id)} was not ended here, and is forgotten")
            case _:
                assert_never(standing)
    make_room(keys, listed, plan, parts, signing, may_delete=may_delete)
    made, place = _make_and_store(plan, keys, parts, signing)
    after = _beginning_at(plan, made)
    signing.go_on_with(after, made)
    return replace(_retire(keys.access_key_id, after, made, parts, signing, keeps_old=keeps_old), place=place)


def _is_young(begun: Rotation, parts: RotationParts) -> bool:
    return abs(parts.clock.cloud_now() - begun.began_at) < _YOUTH


def _beginning_at(plan: Plan, keys: Keys) -> Plan:
    return replace(plan, key_source=replace(plan.key_source, access_key_id=keys.access_key_id), opening_kept_as="")


def _check_listed(keys: Keys, listed: Sequence[CloudKey]) -> None:
    if all(key.access_key_id != keys.access_key_id for key in listed):
        raise CloudRefused(
            f"the cloud does not list {last_four(keys.access_key_id)} among the keys of the user it belongs to",
            hint="`mfacli whoami` shows whose it is",
        )


def _make_and_store(plan: Plan, keys: Keys, parts: RotationParts, signing: Signing) -> tuple[Keys, str]:
    """Make new keys, prove them, and put them in their place; takes back what was made where any of it fails."""
    owner = parts.identities.identity_of(plan=plan, keys=keys)
    known = signing.call(lambda signer: parts.maker.list_keys(plan=plan, keys=signer))
    rotation = Rotation(
        cloud=plan.cloud,
        holder=holder_of(plan),
        old_id=keys.access_key_id,
        known_ids=tuple(key.access_key_id for key in known),
        began_at=parts.clock.cloud_now(),
    )
    parts.log.write(rotation)
    try:
        made = signing.call(lambda signer: parts.maker.create_key(plan=plan, keys=signer))
        rotation = replace(rotation, new_id=made.access_key_id)
        parts.log.write(rotation)
        parts.talk.note(f"made a new key {last_four(made.access_key_id)}")
        _prove(_beginning_at(plan, made), made, owner, parts)
        place = parts.put(made)
    except MfacliError as problem:
        _take_back(rotation, problem, plan, parts, signing)
        raise
    parts.talk.note(f"it works, and is kept in {place}")
    return made, place


def _take_back(rotation: Rotation, failure: MfacliError, plan: Plan, parts: RotationParts, signing: Signing) -> None:
    """Delete what was made and not stored; where that cannot be done now, the log keeps it for the next time."""
    try:
        gone = [rotation.new_id] if rotation.new_id else _made_unheard(rotation, failure, plan, parts, signing)
        for key_id in gone:
            delete(key_id, plan, parts, signing)
        if gone or not isinstance(failure, CloudUnreachable):
            parts.log.end(rotation.cloud, rotation.holder)
            return
        why = "no answer came, and the cloud lists none yet"
    except MfacliError as problem:
        why = problem.message
    left = f"a new one, {last_four(rotation.new_id)}, is" if rotation.new_id else "a new one may be"
    parts.talk.warn(
        f"the old key {last_four(rotation.old_id)} is in its place and works; {left} left in the cloud ({why}): "
        "`mfacli keys rotate` again deletes it first"
    )


def _made_unheard(
    rotation: Rotation, failure: MfacliError, plan: Plan, parts: RotationParts, signing: Signing
) -> list[str]:
    """Return what was made although no answer came; a refusal has made nothing."""
    if not isinstance(failure, CloudUnreachable):
        return []
    listed = signing.call(lambda signer: parts.maker.list_keys(plan=plan, keys=signer))
    return [key.access_key_id for key in strays_of(rotation, listed).sure]


def _retire(
    old_id: str, plan: Plan, keys: Keys, parts: RotationParts, signing: Signing, *, keeps_old: bool
) -> Rotated:
    """Put the new key wherever the old one still is, deactivate the old, see that the new works, delete the old.

    `plan` begins at the new one.
    """
    state, way_out = "", ""
    try:
        for place in parts.put_elsewhere(old_id, keys):
            parts.talk.note(f"the same key was in {place}: replaced there too")
        listed = signing.call(lambda signer: parts.maker.list_keys(plan=plan, keys=signer))
        old = next((key for key in listed if key.access_key_id == old_id), None)
        if old is not None:
            state = f", {condition_of(old)}"
            _deactivate(old, plan, keys, parts, signing)
            state, way_out = ", inactive", "; --keep-old with it leaves that as it is"
            if not keeps_old:
                delete(old_id, plan, parts, signing)
    except MfacliError as problem:
        parts.talk.warn(
            f"the new key {last_four(keys.access_key_id)} is in its place; the old one {last_four(old_id)} is still "
            f"in the cloud{state}: {_AGAIN}{way_out if isinstance(problem, AccessDenied) else ''}"
        )
        raise
    parts.log.end(plan.cloud, holder_of(plan))
    return Rotated(old_id=old_id, new_id=keys.access_key_id, is_old_deleted=old is None or not keeps_old)


def _deactivate(old: CloudKey, plan: Plan, keys: Keys, parts: RotationParts, signing: Signing) -> None:
    """Deactivate the old key, and see that the new one works without it."""
    old_id = old.access_key_id
    owner = _owner(plan, keys, parts)
    if old.is_active:
        signing.call(lambda signer: parts.maker.switch_key(old_id, is_active=False, plan=plan, keys=signer))
        parts.talk.note(f"deactivated the old key {last_four(old_id)}")
    try:
        _prove(plan, keys, owner, parts)
    except MfacliError:
        with suppress(MfacliError):
            signing.call(lambda signer: parts.maker.switch_key(old_id, is_active=True, plan=plan, keys=signer))
            parts.talk.warn(f"the old key {last_four(old_id)} is active again")
        raise


def _prove(plan: Plan, keys: Keys, owner: Identity, parts: RotationParts) -> None:
    """Make a call with `keys`, and see whose they are."""
    found = _owner(plan, keys, parts)
    if (found.account_id, found.user_id) != (owner.account_id, owner.user_id):
        raise CloudRefused(
            f"the new key {last_four(keys.access_key_id)} is {found.arn}'s, and the old one is {owner.arn}'s"
        )


def _owner(plan: Plan, keys: Keys, parts: RotationParts) -> Identity:
    """Return whose new keys are, once the whole cloud knows them."""
    return patiently(lambda: parts.identities.identity_of(plan=plan, keys=keys), clock=parts.clock, talk=parts.talk)
