"""QR codes in pictures: read, not found, not readable, and without the extra that reads them."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

import pytest
import segno
from PIL import Image, ImageFilter

from mfacli.codes.pictures import is_picture, read_pictures_text
from mfacli.domain.secret import Secret
from mfacli.errors import SeedMalformed

LINK = "otpauth://totp/AWS:richard?secret=GEZDGNBVGY3TQOJQ&issuer=AWS"


def drawn(path: Path, *texts: str) -> Path:
    """Draw the codes of `texts` side by side."""
    sheet = Image.new("RGB", (600 * max(1, len(texts)), 600), "white")
    for place, text in enumerate(texts):
        single = path.with_name(f"{place}.part.png")
        segno.make(text, micro=False).save(str(single), scale=6, border=4)
        sheet.paste(Image.open(single).convert("RGB"), (600 * place + 20, 20))
    sheet.save(path)
    return path


@pytest.mark.parametrize("name", ["qr.png", "QR.JPG", "qr.webp", "qr.gif", "qr.bmp", "qr.tiff"])
def test_a_code_is_read_from_each_kind_of_picture(name: str, tmp_path: Path) -> None:
    content = drawn(tmp_path / name, LINK).read_bytes()

    text = read_pictures_text(content, name)

    assert is_picture(content, "-")
    assert text == Secret(LINK)


def test_several_codes_in_one_picture_are_all_read(tmp_path: Path) -> None:
    content = drawn(tmp_path / "qr.png", LINK, "otpauth-migration://offline?data=AA").read_bytes()

    text = read_pictures_text(content, "qr.png")

    assert set(text.reveal().splitlines()) == {LINK, "otpauth-migration://offline?data=AA"}


@pytest.mark.parametrize(
    ("ink", "paper"), [("black", None), ("white", None), ("white", "black"), ("darkblue", "khaki")]
)
def test_a_code_is_read_on_any_ground(ink: str, paper: str | None) -> None:
    picture = BytesIO()
    segno.make(LINK, micro=False).save(picture, kind="png", scale=6, border=4, dark=ink, light=paper)

    assert read_pictures_text(picture.getvalue(), "qr.png") == Secret(LINK)


def test_a_photograph_is_read_although_it_is_turned_and_blurred() -> None:
    picture = BytesIO()
    segno.make(LINK, micro=False).save(picture, kind="png", scale=8, border=8)
    taken = Image.open(picture).convert("L").rotate(23, expand=True, fillcolor=255)
    taken.filter(ImageFilter.GaussianBlur(1.5)).resize((500, 500)).save(shot := BytesIO(), "JPEG", quality=40)

    assert read_pictures_text(shot.getvalue(), "shot.jpg") == Secret(LINK)


@pytest.mark.parametrize("name", ["seed.txt", "-", "png", "export.json"])
@pytest.mark.parametrize("content", [b"", b"BMSXY3DPEHPK3PXP", b"RIFFY3DPEHPKWEBP", b"MMSXY3DPEHPK3PXP", b"{}"])
def test_texts_are_no_pictures(content: bytes, name: str) -> None:
    assert not is_picture(content, name)


def test_a_picture_without_a_code_says_so(tmp_path: Path) -> None:
    content = drawn(tmp_path / "blank.png").read_bytes()

    with pytest.raises(SeedMalformed, match=r"no QR code was found in `blank\.png`"):
        read_pictures_text(content, "blank.png")


def test_what_only_has_a_pictures_name_says_so() -> None:
    assert is_picture(b"no picture", "no.PNG")
    with pytest.raises(SeedMalformed, match="is no picture that can be read"):
        read_pictures_text(b"no picture", "no.PNG")


@pytest.mark.parametrize("name", ["qr.png", "qr.jpg", "qr.webp", "qr.gif", "qr.bmp", "qr.tiff"])
def test_a_picture_that_is_cut_off_says_so_or_is_read(name: str, tmp_path: Path) -> None:
    content = drawn(tmp_path / name, LINK).read_bytes()

    for share in (20, 50, 90):
        with pytest.raises(SeedMalformed, match=r"not a whole one|no QR code"):
            read_pictures_text(content[: len(content) * share // 100 // 2], name)


def test_a_picture_of_a_kind_that_starts_other_programs_is_left_unread() -> None:
    Image.new("RGB", (8, 8)).save(content := BytesIO(), "EPS")

    with pytest.raises(SeedMalformed, match="is no picture that can be read"):
        read_pictures_text(content.getvalue(), "qr.png")


@pytest.mark.parametrize("side", [12, 20], ids=["warned of", "refused"])
def test_a_picture_that_would_fill_the_memory_says_so(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    Image.new("1", (side, side)).save(content := BytesIO(), "PNG")

    with pytest.raises(SeedMalformed, match=r"the picture `huge\.png` is too large"):
        read_pictures_text(content.getvalue(), "huge.png")


def test_without_the_extra_the_command_that_installs_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zxingcpp", None)

    with pytest.raises(SeedMalformed) as caught:
        read_pictures_text(b"", "qr.png")

    assert "the extra `qr`" in caught.value.message
    assert "pip install 'mfacli[qr]'" in caught.value.hint
