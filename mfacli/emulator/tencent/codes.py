"""Checks the code that comes with a GetSessionToken or AssumeRole call against the caller's own device.

Nothing documents whether Tencent Cloud takes a code twice, or how far a clock may be off. The emulator is strict, as
it is for AWS: one step on either side, each code once, ten wrong codes lock the device for five minutes. The serial
names the account only, so which device it means follows from who asks; the account itself has one as its users do.
"""

from __future__ import annotations

import re
from datetime import datetime

from mfacli.domain.identity import Device
from mfacli.emulator.contracts import WorldClock
from mfacli.emulator.devices import Devices
from mfacli.emulator.tencent.callers import Caller, RootPrincipal, UserPrincipal
from mfacli.emulator.tencent.refusals import Rejected, own_error

_SERIAL = re.compile(r"qcs::cam:uin/(?P<owner>[0-9]{1,20})::mfa/(?P<type>[A-Za-z0-9]+)", re.ASCII)
_CODE = re.compile(r"[0-9]{6}", re.ASCII)
_TYPE = "softToken"


def device_key(serial: str, uin: str) -> str:
    """Return what `Devices` knows the device of one user of an account by."""
    return Device(serial=serial, user=uin).key


class TencentCodes:
    """Judges one-time codes, and spends them."""

    def __init__(self, devices: Devices, clock: WorldClock) -> None:
        self._devices = devices
        self._clock = clock

    def refuse_serial(self, serial: str) -> None:
        """Raise `Rejected` for what no device can be called, whoever asks."""
        found = _SERIAL.fullmatch(serial)
        if found is None:
            message = "SerialNumber is not the name of an MFA device: qcs::cam:uin/OWNER::mfa/softToken."
            raise own_error("InvalidParameter.ParamError", message, "参数 SerialNumber 不是 MFA 设备序列号。")
        if found["type"] != _TYPE:
            raise own_error(
                "FailedOperation.MFATypeNotSupported",
                f"The MFA type `{found['type']}` is not supported.",
                f"不支持的 MFA 类型 `{found['type']}`。",
            )

    def check(self, caller: Caller, serial: str, code: str) -> datetime:
        """Return when the code was good, and spend it; raises `Rejected`.

        Another account's serial, a caller without a device, a wrong code and a used one all have the same code.
        """
        self.refuse_serial(serial)
        principal = caller.principal
        uin = ""
        if isinstance(principal, UserPrincipal):
            uin = principal.uin
        elif isinstance(principal, RootPrincipal):
            uin = principal.owner_uin
        if not uin or not _CODE.fullmatch(code) or not self._devices.passes(uin, device_key(serial, uin), code):
            raise mfa_failed()
        return self._clock.world_now()


def mfa_failed() -> Rejected:
    """Return the refusal of a code."""
    return own_error("FailedOperation.CheckMFAError", "MFA verification failed.", "MFA 校验失败。")
