"""Seeds of Tencent Cloud's devices: how one is come by, in words, and the proof that it is the right one.

No API binds a device there or tells whether one is bound, so a wrong seed would first show when it is needed. One
GetSessionToken proves it; the session it gives is kept as the profile's.
"""

from __future__ import annotations

from dataclasses import replace

from mfacli.commands.wiring import Desk
from mfacli.domain.codes import Seed
from mfacli.domain.identity import Device
from mfacli.domain.offsets import describe_offset
from mfacli.domain.plan import Plan
from mfacli.errors import CodeRejected, DeviceUnusable, MfacliError
from mfacli.session import Obtained

# STS takes no others.
_DIGITS = 6
# Binding: Account Center, MFA Devices (378/32528), for sub-users by their administrator (598/36305).
_WAY = """\
Tencent Cloud's devices are bound in the console, and only while that is done the console shows the seed:
1. sign in as {who}; account name (top right) > Security Settings (安全设置) > MFA Device (MFA 设备)
2. Bind (绑定), after Unbind (解绑) where one is bound already; choose Virtual MFA Device (虚拟 MFA 设备)
3. scan the QR code with an authenticator app, have the key shown as text too, type the app's codes, submit
4. give the key here; mfacli proves it with a code of its own
a sub-user who finds no such page asks the administrator: CAM > User List (访问管理 > 用户列表) > login protection\
"""
_OTHER_SEED = (
    "the authenticator app must show this seed's codes, and the console the device as bound; bind it anew "
    "(解绑, then 绑定) for another seed"
)


class _OnTrial:
    """The seed that is to be proved, in the place of those that are kept."""

    def __init__(self, seed: Seed) -> None:
        self._seed = seed

    def find_seed(self, device: Device) -> Seed | None:
        """Return the seed, whichever the device."""
        return self._seed


def tell_way(desk: Desk, device: Device) -> None:
    """Tell how a seed is come by, to whoever is about to be asked for one."""
    for line in _WAY.format(who=device.user).splitlines():
        desk.terminal.note(line)


def prove(desk: Desk, plan: Plan, device: Device, seed: Seed) -> Obtained:
    """Open the session of `plan` with a code made from `seed`; raises where STS does not take it."""
    from mfacli.codes.derived import DerivedCode
    from mfacli.session import obtain

    if seed.digits != _DIGITS:
        raise DeviceUnusable(
            f"this seed makes codes of {seed.digits} digits, and STS takes {_DIGITS}",
            hint="a virtual MFA device of Tencent Cloud's has no other",
        )
    codes = DerivedCode(seeds=_OnTrial(seed), ledger=desk.ledger, clock=desk.clock, talk=desk.terminal)
    try:
        return obtain(plan, replace(desk.parts(plan), codes=codes), wants_new=True)
    except CodeRejected as refusal:
        offset = refusal.clock_offset
        hint = f"{describe_offset(offset)}, which was reckoned with; {_OTHER_SEED}" if offset else _OTHER_SEED
        raise CodeRejected(
            f"the seed is not kept: STS refused the codes made from it for device {device.name}",
            hint=hint,
            clock_offset=offset,
        ) from refusal
    except MfacliError:
        desk.terminal.warn("the seed is not kept: it could not be proved")
        raise
