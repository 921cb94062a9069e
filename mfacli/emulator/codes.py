"""Checks the code that comes with a GetSessionToken or AssumeRole call against the caller's own device."""

from __future__ import annotations

from datetime import datetime

from mfacli.emulator.callers import Caller, UserPrincipal
from mfacli.emulator.contracts import WorldClock
from mfacli.emulator.devices import Devices
from mfacli.emulator.refusals import Refusal, RefusalKind

# Both texts as real clients report them: the first ends in a space, the second has two in its middle.
WRONG_CODE = "MultiFactorAuthentication failed with invalid MFA one time pass code. "
WRONG_DEVICE = (
    "MultiFactorAuthentication failed, unable to validate MFA code.  "
    "Please verify your MFA serial number is valid and associated with this user."
)


class DeviceCodes:
    """The `CodeCheck` over a world's devices."""

    def __init__(self, devices: Devices, clock: WorldClock) -> None:
        self._devices = devices
        self._clock = clock

    def check(self, caller: Caller, serial: str, code: str) -> datetime:
        """Return when the code was good, and spend it; raises `Refusal`.

        Only users have devices that STS accepts: sessions of roles and the root user are told, as others are, that
        the serial is not theirs.
        """
        device = self._devices.find(serial)
        user = caller.principal
        if not isinstance(user, UserPrincipal) or device is None or not device.gives_codes:
            raise Refusal(RefusalKind.ACCESS_DENIED, WRONG_DEVICE)
        if device.owner_id != user.user_id:
            raise Refusal(RefusalKind.ACCESS_DENIED, WRONG_DEVICE)
        if not self._devices.passes(user.user_id, serial, code):
            raise Refusal(RefusalKind.ACCESS_DENIED, WRONG_CODE)
        return self._clock.world_now()
