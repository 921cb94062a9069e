"""QR codes: what a camera would see of them, on any terminal and in a file."""

from __future__ import annotations

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from mfacli.domain.codes import Seed
from mfacli.domain.secret import Secret
from mfacli.output.otpauth import otpauth_link
from mfacli.output.pictures import qr_columns, qr_png, qr_text

LINK = otpauth_link(
    Seed(key=Secret("GEZDGNBVGY3TQOJQ" * 4)), issuer="Amazon Web Services", account="richard@111122223333"
)
# What each cell shows above and below, 1 where it is drawn.
HALVES = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
COLOURS, PLAIN = "\x1b[38;5;16;48;5;231m", "\x1b[0m"


def photographed(text: str, *, drawn: int, left: int) -> Image.Image:
    """Return what a camera sees: `drawn` and `left` are how bright what is drawn and what is not are."""
    lines = text.removesuffix("\n").split("\n")
    rows = [[HALVES[cell][half] for cell in line] for line in lines for half in (0, 1)]
    picture = Image.new("L", (len(rows[0]), len(rows)))
    picture.putdata([drawn if cell else left for row in rows for cell in row])
    return picture.resize((picture.width * 4, picture.height * 4), Image.Resampling.NEAREST)


def texts_in(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture, try_invert=False)]


def test_a_coloured_code_is_black_on_white_on_every_terminal() -> None:
    text = qr_text(LINK, is_coloured=True)

    lines = text.removesuffix("\n").split("\n")
    bare = "\n".join(line.removeprefix(COLOURS).removesuffix(PLAIN) for line in lines)
    assert all(line.startswith(COLOURS) and line.endswith(PLAIN) for line in lines)
    assert texts_in(photographed(bare, drawn=0, left=255)) == [LINK.reveal()]


@pytest.mark.parametrize(("is_on_dark", "drawn", "left"), [(True, 255, 0), (False, 0, 255)])
def test_without_colour_it_is_drawn_for_the_terminals_own(is_on_dark: bool, drawn: int, left: int) -> None:
    text = qr_text(LINK, is_coloured=False, is_on_dark=is_on_dark)

    assert "\x1b" not in text
    assert texts_in(photographed(text, drawn=drawn, left=left)) == [LINK.reveal()]


def test_the_quiet_zone_is_four_modules_on_each_side() -> None:
    lines = qr_text(LINK, is_coloured=False, is_on_dark=False).removesuffix("\n").split("\n")

    assert {line[:4] + line[-4:] for line in lines} == {" " * 8}
    assert (lines[0].strip(), lines[1].strip(), lines[-1].strip(), lines[-2].strip()) == ("", "", "", "")
    assert {len(line) for line in lines} == {qr_columns(LINK)}


def test_it_fits_a_terminal_of_eighty_columns() -> None:
    assert qr_columns(LINK) <= 80


def test_the_picture_says_the_same() -> None:
    picture = Image.open(BytesIO(qr_png(LINK))).convert("L")

    assert texts_in(picture) == [LINK.reveal()]
