"""The seed store: device seeds in a keyring that lasts, and a list of the devices without them.

A seed rests as four lines of ASCII: `mfacli-seed 1 ALGORITHM DIGITS PERIOD`, the device's serial, the key in base32,
and the CRC-32 of all that in eight hexadecimal digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from mfacli.domain.codes import Seed
from mfacli.domain.identity import Device
from mfacli.domain.secret import Secret
from mfacli.errors import FileUnwritable, KeyringUnusable, SeedMalformed
from mfacli.store.index import Index, Record
from mfacli.store.payload import checksum, escape, unescape
from mfacli.store.vaults import Vault

_MAGIC = "mfacli-seed"
_VERSION = "1"


class KeptSeeds:
    """The `SeedStore` over one vault.

    The vault is opened only for devices that the index knows, or may have forgotten: a person without seeds is never
    asked to unlock a keyring. The index also says where each was kept: one that is not found where it never was, as
    where somebody has chosen another keyring since, stays listed.
    """

    def __init__(self, vault: Vault, *, index: Index) -> None:
        self._vault = vault
        self._index = index

    def find_seed(self, device: Device) -> Seed | None:
        """Return the seed kept for `device`, or None."""
        snapshot = self._index.read()
        is_listed = device.key in snapshot.records
        # A place that tells without being opened may have come back, like a file that was restored.
        if not is_listed and snapshot.is_complete and self._vault.has(device.key) is not True:
            return None
        text = self._vault.read(device.key)
        # A list that cannot be mended is no reason to withhold the answer.
        with suppress(FileUnwritable):
            if text is None and is_listed:
                self._index.change(lambda records: self._drop_where_gone(records, device))
            if text is not None:
                self._list(device)
        return parse_seed(text, device) if text is not None else None

    def make_ready(self, device: Device) -> None:
        """See that the vault answers; one that is locked is unlocked for it, or raises."""
        self._vault.open()
        # Only a look behind the lock unlocks it.
        self._vault.read(device.key)

    def keep_seed(self, device: Device, seed: Seed) -> str:
        """Keep it and return where it rests; raises `FileUnwritable` where it could not be listed."""
        place = self._vault.place()
        is_new = device.key not in self._index.read().records
        if is_new:
            self._list(device)
        try:
            self._vault.write(device.key, render_seed(device, seed), lifetime=None)
        except KeyringUnusable:
            if is_new:
                self._unlist_again(device)
            raise
        # Somebody who found nothing there yet may have taken it off the list; and it may have been elsewhere before.
        self._list(device)
        return place

    def forget_seed(self, device: Device) -> bool:
        """Remove it; returns whether there was one."""
        found = self._vault.delete(device.key)
        self._index.change(lambda records: _unlist(records, device))
        return found

    def devices_with_seed(self) -> Sequence[Device]:
        """Return the devices a seed is kept for, by serial; no seed is read."""
        return [_device(key) for key in sorted(self._index.read().records)]

    def _list(self, device: Device) -> None:
        record = {"place": self._vault.place()}
        if self._index.read().records.get(device.key) != record:
            self._index.change(lambda records: records.update({device.key: record}))

    def _unlist_again(self, device: Device) -> None:
        # Why the seed was not taken is what is to be told; and a list that says too much mends itself.
        with suppress(KeyringUnusable, FileUnwritable):
            self._index.change(lambda records: self._drop_where_gone(records, device))

    def _drop_where_gone(self, records: dict[str, Record], device: Device) -> None:
        kept_in = records.get(device.key, {}).get("place")
        if kept_in in {None, self._vault.place()} and self._vault.read(device.key) is None:
            _unlist(records, device)


def render_seed(device: Device, seed: Seed) -> str:
    """Return the text that `parse_seed` reads back."""
    head = f"{_MAGIC} {_VERSION} {seed.algorithm} {seed.digits} {seed.period}"
    body = "\n".join([head, escape(device.key), escape(seed.key.reveal()), ""])
    return body + checksum(body)


def parse_seed(text: str, device: Device) -> Seed:
    """Return the seed that `text` is; raises `SeedMalformed` where it is damaged, newer, or another device's."""
    try:
        seed = _seed_from(text, device)
    except ValueError:
        seed = None
    if seed is None:
        # Outside the `except`, without a cause: its text could quote a part of the seed.
        raise SeedMalformed(
            f"the seed kept for device `{device.name}` is damaged, or written by another version",
            hint=f"import it again: mfacli device import --device {device.serial}",
        )
    return seed


def _seed_from(text: str, device: Device) -> Seed | None:
    body, newline, check = text.rpartition("\n")
    head, serial, key = body.split("\n")
    magic, version, algorithm, digits, period = head.split(" ")
    known = unescape(key)
    is_ours = check == checksum(body + newline) and (magic, version) == (_MAGIC, _VERSION)
    if not is_ours or unescape(serial) != device.key or known is None:
        return None
    return Seed(key=Secret(known), algorithm=algorithm, digits=int(digits), period=int(period))


def _unlist(records: dict[str, Record], device: Device) -> None:
    records.pop(device.key, None)


def _device(key: str) -> Device:
    serial, _, user = key.partition("#")
    return Device(serial=serial, user=user)
