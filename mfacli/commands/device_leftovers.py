"""What an enrolment that broke off leaves behind: taken back where that is possible, else told with the way out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mfacli.commands.device_cloud import OwnDevices
from mfacli.commands.wiring import Desk
from mfacli.domain.identity import Device
from mfacli.domain.own_device import deletion_command
from mfacli.errors import AccessDenied, EntityExists, FileUnwritable, KeyringUnusable, MfacliError


@dataclass(slots=True, kw_only=True)
class Traces:
    """What an enrolment has left so far, written down as it goes.

    `is_new` says that the device was made by it, and so may be taken back. `has_seed` says that its seed is kept
    here, `is_kept` that this was done by it; `is_shown` that an authenticator app may have the seed; `picture` is the
    file with the QR code. `may_be_enabled` says that no answer told whether the cloud has enabled the device.
    """

    device: Device
    is_new: bool
    has_seed: bool = False
    is_kept: bool = False
    is_shown: bool = False
    picture: Path | None = None
    may_be_enabled: bool = False


def take_back(desk: Desk, own: OwnDevices, traces: Traces) -> None:
    """Delete what was made; where that is not possible, say what is left and how to be rid of it."""
    device = traces.device
    if not traces.is_new:
        _tell_what_is_left(desk, own, traces, f"device `{device.serial}` is left as it was")
        return
    if traces.may_be_enabled:
        # A cloud that does not answer may not answer for a minute.
        desk.terminal.note(f"trying to take device {device.name} back")
    try:
        own.delete(device, may_ask=False)
    except EntityExists:
        desk.terminal.warn(f"device {device.name} is enabled after all; run this again to end with the profile")
        return
    except MfacliError as problem:
        known = f"device `{device.serial}` is left, enabled for nobody: {problem.message}"
        unknown = f"device `{device.serial}` is left, and whether it is enabled is not known: {problem.message}"
        _tell_what_is_left(desk, own, traces, unknown if traces.may_be_enabled else known, problem)
        return
    except KeyboardInterrupt:
        text = f"device `{device.serial}` is perhaps left: whether it was deleted again is not known"
        _tell_what_is_left(desk, own, traces, text)
        raise
    is_clean = all([_forgotten(desk, traces), _unlinked(desk, traces)])
    rest = "nothing is left of it" if is_clean else "nothing else is left of it"
    if traces.is_shown or traces.picture is not None:
        rest += " but what an authenticator app has scanned: delete that there"
    desk.terminal.note(f"deleted device {device.name} again; {rest}")


def _forgotten(desk: Desk, traces: Traces) -> bool:
    if not traces.is_kept:
        return True
    try:
        desk.seeds.forget_seed(traces.device)
    except (KeyringUnusable, FileUnwritable) as problem:
        desk.terminal.warn(
            f"its seed, of no use any more, could not be removed: {problem.message}; "
            f"`mfacli device remove --device {traces.device.serial}` does it"
        )
        return False
    return True


def _unlinked(desk: Desk, traces: Traces) -> bool:
    if traces.picture is None:
        return True
    try:
        traces.picture.unlink(missing_ok=True)
    except OSError as problem:
        why = (problem.strerror or str(problem)).lower()
        desk.terminal.warn(f"`{traces.picture}`, of no use any more, could not be deleted: {why}")
        return False
    return True


def _tell_what_is_left(
    desk: Desk, own: OwnDevices, traces: Traces, text: str, problem: MfacliError | None = None
) -> None:
    device = traces.device
    desk.terminal.warn(text)
    if isinstance(problem, AccessDenied):
        desk.terminal.warn(problem.hint)
    else:
        desk.terminal.warn(f"to be rid of it: {deletion_command(device.serial)}")
    if traces.picture is not None:
        desk.terminal.note(f"its QR code is in {traces.picture}")
    if traces.has_seed:
        desk.terminal.note("run this again to go on with the seed kept here, or with another --name")
    elif traces.is_shown or traces.picture is not None or not traces.is_new:
        desk.terminal.note(
            "run this again to go on where an authenticator app has it already, or with another --name"
        )
    else:
        another = f"mfacli device enroll --name {device.name}-2{own.option}"
        desk.terminal.note(f"nobody has its seed; another name does: `{another}`")
