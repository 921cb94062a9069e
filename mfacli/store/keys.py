"""The key store: long-term keys of profiles in a keyring that lasts, and a list of them without secrets.

A profile has two places in the keyring, of which the list says which one holds. New keys are written beside those
before and read back; then the list is changed in one step, and only then the place before is emptied. So whatever is
interrupted, the list names keys that are there, whole.

Keys rest as five lines of ASCII: `mfacli-keys 1`, the profile as `CLOUD:NAME`, the access key id, the secret, and the
CRC-32 of all that in eight hexadecimal digits.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import KeptKey, Keys, last_four
from mfacli.domain.secret import Secret
from mfacli.errors import FileUnwritable, KeyringUnusable, KeysElsewhere, KeysGone, KeysMalformed
from mfacli.interfaces import Clock
from mfacli.store.index import Index, Record
from mfacli.store.payload import checksum, escape, read_time, unescape, write_time
from mfacli.store.vaults import Vault

_HEAD = "mfacli-keys 1"
_PLACES = ("a", "b")


class KeptKeys:
    """The `KeyStore` over one vault, which is opened only for profiles that the index knows."""

    def __init__(self, vault: Vault, *, index: Index, clock: Clock) -> None:
        self._vault = vault
        self._index = index
        self._clock = clock

    def find_keys(self, cloud: Cloud, profile: str) -> Keys | None:
        """Return the keys kept as a profile's, or None where the list has none."""
        kept_in: str | None = None
        # Between the list and the keyring somebody may have changed both.
        for _ in range(3):
            record = self._index.read().records.get(_name(cloud, profile))
            if record is None:
                return None
            text = self._vault.read(_entry(cloud, profile, record.get("slot") or ""))
            if text is not None:
                return parse_keys(text, cloud, profile)
            kept_in = record.get("place")
        place = self._vault.place()
        if kept_in not in {None, place}:
            raise KeysElsewhere(
                f"the keys of profile `{profile}` were kept in {kept_in}, and the keyring is {place} now",
                hint=f"choose that one again, or keep them here: `{_adding(profile)}`",
            )
        raise KeysGone(
            f"the keyring has no keys of profile `{profile}` any more, though they were kept there",
            hint=f"`{_adding(profile)}` keeps them again, `mfacli keys remove` takes them off the list; "
            "a `mfacli store move` that was broken off goes on when it is run again",
        )

    def keep_keys(self, cloud: Cloud, profile: str, keys: Keys) -> str:
        """Keep them and return where they rest; raises `FileUnwritable` where they could not be listed."""
        if keys.is_temporary:
            raise ValueError("a session's keys are not kept as long-term ones")
        name = _name(cloud, profile)
        before = self._index.read().records.get(name)
        slot = _other(before)
        entry = _entry(cloud, profile, slot)
        place = self._vault.place()
        text = render_keys(cloud, profile, keys)
        self._vault.write(entry, text, lifetime=None)
        if self._vault.read(entry) != text:
            raise KeyringUnusable(
                f"{place} does not give the keys {last_four(keys.access_key_id)} back that it has just taken",
                hint="nothing was changed; `mfacli store` shows which keyring that is",
            )
        record = {
            "cloud": cloud.value,
            "profile": profile,
            "access_key_id": keys.access_key_id,
            "since": write_time(self._clock.now()),
            "slot": slot,
            "place": place,
        }
        try:
            self._index.change(lambda records: records.update({name: record}))
        except FileUnwritable as problem:
            if before is not None:
                with suppress(KeyringUnusable):
                    self._vault.delete(entry)
            raise FileUnwritable(
                problem.message, hint="nothing was changed: without that list no command finds the keys"
            ) from problem
        if before is not None:
            # What stays there is written over by the next keys, or removed with these.
            with suppress(KeyringUnusable):
                self._vault.delete(_entry(cloud, profile, before.get("slot") or ""))
        return place

    def forget_keys(self, cloud: Cloud, profile: str) -> bool:
        """Remove them, and take them off the list; returns whether the keyring had any."""
        found = [self._vault.delete(_entry(cloud, profile, slot)) for slot in _PLACES]

        def unlist(records: dict[str, Record]) -> None:
            records.pop(_name(cloud, profile), None)

        self._index.change(unlist)
        return any(found)

    def kept_keys(self) -> Sequence[KeptKey]:
        """Return what is kept, by cloud and profile; no secret is read."""
        return kept_in(self._index.read().records)

    def unlisted_keys(self, cloud: Cloud, profile: str) -> Sequence[Keys]:
        """Return what the vault holds of a profile that the list does not name; none where it does."""
        if _name(cloud, profile) in self._index.read().records:
            return []
        texts = [self._vault.read(_entry(cloud, profile, slot)) for slot in _PLACES]
        found: list[Keys] = []
        for text in texts:
            with suppress(KeysMalformed):
                found += [parse_keys(text, cloud, profile)] if text is not None else []
        return found


def kept_in(records: Mapping[str, Record]) -> Sequence[KeptKey]:
    """Return what the index's records say, without those that are not ours."""
    found = (_kept(record) for _, record in sorted(records.items()))
    return [kept for kept in found if kept is not None]


def render_keys(cloud: Cloud, profile: str, keys: Keys) -> str:
    """Return the text that `parse_keys` reads back."""
    known = (_HEAD, _name(cloud, profile), keys.access_key_id, keys.secret_access_key.reveal())
    body = "".join(f"{escape(text)}\n" for text in known)
    return body + checksum(body)


def parse_keys(text: str, cloud: Cloud, profile: str) -> Keys:
    """Return the keys that `text` is; raises `KeysMalformed` where it is damaged, newer, or another profile's."""
    try:
        keys = _keys_from(text, _name(cloud, profile))
    except ValueError:
        keys = None
    if keys is None:
        # Outside the `except`, without a cause: its text could quote a part of the secret.
        raise KeysMalformed(
            f"what the keyring has as the keys of profile `{profile}` is damaged, or written by another version",
            hint=f"keep them again: {_adding(profile)}",
        )
    return keys


def _keys_from(text: str, name: str) -> Keys | None:
    body, newline, check = text.rpartition("\n")
    head, kept_as, key_id, secret = (unescape(line) for line in body.split("\n"))
    is_ours = check == checksum(body + newline) and head == _HEAD and kept_as == name
    if not is_ours or not key_id or not secret:
        return None
    return Keys(access_key_id=key_id, secret_access_key=Secret(secret))


def _kept(record: Record) -> KeptKey | None:
    profile, key_id = record.get("profile"), record.get("access_key_id")
    if not profile or not key_id:
        return None
    try:
        return KeptKey(
            cloud=Cloud(record.get("cloud")),
            profile=profile,
            access_key_id=key_id,
            since=read_time(record.get("since") or ""),
        )
    except ValueError:
        return None


def _adding(profile: str) -> str:
    return f"mfacli keys add -p {shlex.quote(profile)}"


def _name(cloud: Cloud, profile: str) -> str:
    return f"{cloud.value}:{profile}"


def _entry(cloud: Cloud, profile: str, slot: str) -> str:
    return f"{_name(cloud, profile)}:{slot}"


def _other(record: Record | None) -> str:
    return _PLACES[1] if record is not None and record.get("slot") == _PLACES[0] else _PLACES[0]
