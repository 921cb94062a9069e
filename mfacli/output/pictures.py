"""A secret as a QR code: in half blocks for a terminal, or as a PNG.

The quiet zone of four modules belongs to it (ISO/IEC 18004): without it phones do not find the code.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from mfacli.domain.secret import Secret

if TYPE_CHECKING:
    from segno import QRCode

_QUIET_ZONE = 4
# Upper and lower half of a character cell, drawn or left.
_CELLS = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
# Black on white by the numbers of the 256 colours, whatever the terminal's own colours are; then its own again.
_BLACK_ON_WHITE = "\x1b[38;5;16;48;5;231m"
_AS_BEFORE = "\x1b[0m"


def qr_text(secret: Secret, *, is_coloured: bool, is_on_dark: bool = True) -> str:
    """Return the code in half blocks, one line for two rows of modules.

    Without colour the light modules are drawn on a dark terminal (`is_on_dark`), the dark ones on a light one.
    """
    rows = [[bool(module) for module in row] for row in _code(secret).matrix_iter(border=_QUIET_ZONE)]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    draws_light = is_on_dark and not is_coloured
    lines = []
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        line = "".join(_CELLS[(up ^ draws_light, low ^ draws_light)] for up, low in zip(upper, lower, strict=True))
        lines.append(f"{_BLACK_ON_WHITE}{line}{_AS_BEFORE}" if is_coloured else line)
    return "\n".join(lines) + "\n"


def qr_columns(secret: Secret) -> int:
    """Return how wide the code is in half blocks."""
    return int(_code(secret).symbol_size(border=_QUIET_ZONE)[0])


def qr_png(secret: Secret) -> bytes:
    """Return the code as a picture in PNG."""
    picture = BytesIO()
    _code(secret).save(picture, kind="png", scale=6, border=_QUIET_ZONE)
    return picture.getvalue()


def _code(secret: Secret) -> QRCode:
    import segno

    return segno.make(secret.reveal(), error="l", micro=False)
