"""A device's seed on its way to a phone: drawn on the person's own terminal, or as a picture in a private file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from mfacli.commands.wiring import Desk
from mfacli.domain.codes import Seed
from mfacli.domain.identity import Device
from mfacli.domain.secret import Secret
from mfacli.errors import FileUnwritable, InputNotAllowed

# What a terminal has shown stays on it, and in its scroll-back.
_CAUTION = "(whoever sees it has the device: clear the screen when you are done)\n\n"
_ISSUERS = {"qcs": "Tencent Cloud"}


def link_of(device: Device, seed: Seed) -> Secret:
    """Return the otpauth link of a device, labelled as the clouds label theirs."""
    from mfacli.output.otpauth import otpauth_link

    issuer = _ISSUERS.get(device.serial.partition(":")[0], "Amazon Web Services")
    name = device.user or device.name
    account = f"{name}@{device.account_id}" if device.account_id else name
    return otpauth_link(seed, issuer=issuer, account=account)


def show_seed(desk: Desk, device: Device, seed: Seed) -> bool:
    """Show the seed as a picture and as text on the terminal, and on no stream; returns whether there is one."""
    from mfacli.output.pictures import qr_columns, qr_text

    link = link_of(device, seed)
    if qr_columns(link) <= desk.terminal.columns:
        picture = qr_text(link, is_coloured=desk.terminal.paints, is_on_dark=_is_dark(desk))
        before = f"scan this with an authenticator app, for {device.name}:\n"
    else:
        picture = ""
        before = f"the terminal is too narrow for the QR code ({qr_columns(link)} columns); --png FILE writes it\n"
    return desk.terminal.show(f"{before}{_CAUTION}{picture}\nor type this key there: {_grouped(seed)}\n\n")


def check_picture(desk: Desk, path: Path, *, is_agreed: bool) -> None:
    """Raise `FileUnwritable` where no picture can be written to `path`; asks before another file is lost."""
    if str(path) == "-":
        raise FileUnwritable(
            "a picture goes to a file, not to standard output", hint="name one, such as --png qr.png"
        )
    folder = path.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise FileUnwritable(f"`{path}` cannot be written: `{folder}` is no directory that you may write to")
    if not os.path.lexists(path):
        return
    if not stat.S_ISREG(path.lstat().st_mode):
        raise FileUnwritable(f"`{path}` is not a regular file", hint="name another one with --png")
    if not is_agreed and not desk.prompter.confirm(f"`{path}` is there already: write over it?"):
        raise FileUnwritable(f"`{path}` is there already, and is left as it is", hint="name another one with --png")


def write_picture(desk: Desk, path: Path, device: Device, seed: Seed) -> None:
    """Write the QR code to `path`, for this user's eyes only."""
    from mfacli.output.pictures import qr_png
    from mfacli.private_files import replace_privately

    try:
        replace_privately(path, qr_png(link_of(device, seed)))
    except OSError as problem:
        raise FileUnwritable(f"`{path}` could not be written: {(problem.strerror or str(problem)).lower()}") from None
    desk.terminal.note(f"wrote the QR code to {path}; whoever has it has the device: delete it once it is scanned")


def check_terminal(desk: Desk, *, hint: str) -> None:
    """Raise `InputNotAllowed` where nobody can be shown anything, or asked for codes."""
    if desk.never_asks or not desk.terminal.show(""):
        why = "asking is not allowed" if desk.never_asks else "there is no terminal"
        raise InputNotAllowed(f"the device's codes cannot be asked for: {why}", hint=hint)


def _grouped(seed: Seed) -> str:
    """Return the key in groups of four, which is how it can be typed; apps pass over the spaces."""
    key = seed.key.reveal()
    return " ".join(key[begin : begin + 4] for begin in range(0, len(key), 4))


def _is_dark(desk: Desk) -> bool:
    """Return whether the terminal is dark, as far as COLORFGBG (rxvt, Konsole, iTerm) tells; most are."""
    return desk.environment.get("COLORFGBG", "").rpartition(";")[2] not in ("7", "15")
