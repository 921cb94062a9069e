"""Codes made from a seed in the keyring: by the cloud's clock, and never a time step that has bought a call.

RFC 6238's arithmetic is pyotp's; which step may be offered, and when, is decided here.
"""

from __future__ import annotations

from datetime import timedelta

from mfacli.codes.digits import CODE_LENGTH
from mfacli.codes.reasons import why_refused
from mfacli.codes.waiting import wait_for
from mfacli.domain.codes import Code, CodeOrigin, Seed
from mfacli.domain.identity import Device
from mfacli.domain.secret import Secret
from mfacli.errors import CodeRejected, DeviceUnusable, KeyringMissing, KeyringUnusable
from mfacli.interfaces import Clock, CodeLedger, SeedSource, Talk

# A code must still be current when STS looks at it: name lookup, TLS and the way there take about a second.
LEAST_LEFT = timedelta(seconds=1.5)


# The shortest key that pyotp takes (112 bits).
_SHORTEST_KEY_BYTES = 14


def derive_code(seed: Seed, step: int) -> Code:
    """Return the code that a device with `seed` shows during `step`."""
    import base64
    import hashlib

    import pyotp

    digests = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}
    text = seed.key.reveal()
    key = base64.b32decode(text + "=" * (-len(text) % 8))
    # HMAC fills short keys up with zeros itself (RFC 2104), so those written out here change no code.
    filled = base64.b32encode(key.ljust(_SHORTEST_KEY_BYTES, b"\0")).decode()
    # TOTP is HOTP of the step (RFC 6238 section 4.2); pyotp's TOTP class would limit the period.
    device = pyotp.HOTP(filled, digits=seed.digits, digest=digests[seed.algorithm])
    return Code(digits=Secret(device.at(step)), origin=CodeOrigin.DERIVED, step=step)


def check_length(device: Device, seed: Seed) -> None:
    """Raise `DeviceUnusable` for a seed whose codes the clouds do not take."""
    if seed.digits != CODE_LENGTH:
        raise DeviceUnusable(
            f"the seed kept for `{device.name}` makes codes of {seed.digits} digits, and STS takes {CODE_LENGTH}",
            hint=f"import the cloud's own instead: mfacli device import --device {device.serial}",
        )


class DerivedCode:
    """The `CodeSource` behind seeds kept by `device import`.

    A keyring that cannot be asked counts as having no seed: a person can still type a code.
    """

    def __init__(self, *, seeds: SeedSource, ledger: CodeLedger, clock: Clock, talk: Talk) -> None:
        self._seeds = seeds
        self._ledger = ledger
        self._clock = clock
        self._talk = talk
        self._known: dict[str, Seed | None] = {}
        self._has_tried_again = False

    def next_code(self, device: Device, *, refused: CodeRejected | None) -> Code | None:
        """Return the code of the first step not yet spent, waiting for it where it lies ahead.

        After one refusal (the code may have been used on another machine) the next step is tried, after two none.
        Raises `DeviceUnusable` for a seed whose codes the clouds do not take.
        """
        seed = self._seed_of(device)
        if seed is None:
            return None
        if refused is None:
            self._has_tried_again = False
        else:
            reason = why_refused(origin=CodeOrigin.DERIVED, was_spent=False, clock_offset=refused.clock_offset)
            if self._has_tried_again:
                self._talk.warn(f"{reason}; twice in a row, so no further code is tried")
                return None
            self._talk.note(f"{reason}; trying once more")
            self._has_tried_again = True
        return self._first_unspent(device, seed)

    def _seed_of(self, device: Device) -> Seed | None:
        if device.key not in self._known:
            self._known[device.key] = self._find_seed(device)
        return self._known[device.key]

    def _find_seed(self, device: Device) -> Seed | None:
        try:
            seed = self._seeds.find_seed(device)
        except KeyringMissing as problem:
            self._talk.detail(f"no seed could be looked up: {problem.message}")
            return None
        except KeyringUnusable as problem:
            self._talk.warn(f"no seed could be looked up: {problem.message}")
            return None
        if seed is not None:
            check_length(device, seed)
        return seed

    def _first_unspent(self, device: Device, seed: Seed) -> Code:
        least_left = min(LEAST_LEFT, timedelta(seconds=seed.period) / 4)
        while True:
            now = self._clock.cloud_now()
            code = derive_code(seed, step := seed.step_at(now + least_left))
            while self._ledger.is_spent(device, code):
                code = derive_code(seed, step := step + 1)
            if seed.starts_at(step) <= now:
                return code
            wait_for(
                seed.starts_at(step),
                text=f"waiting for the next code of {device.name}",
                clock=self._clock,
                talk=self._talk,
            )
