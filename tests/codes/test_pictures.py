"""QR codes in pictures: read, not found, not readable, and without the extra that reads them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import segno
from PIL import Image

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


@pytest.mark.parametrize("name", ["qr.png", "QR.JPG", "qr.webp", "qr.gif"])
def test_a_code_is_read_from_each_kind_of_picture(name: str, tmp_path: Path) -> None:
    picture = drawn(tmp_path / name, LINK)

    text = read_pictures_text(picture)

    assert is_picture(picture)
    assert text == Secret(LINK)


def test_several_codes_in_one_picture_are_all_read(tmp_path: Path) -> None:
    text = read_pictures_text(drawn(tmp_path / "qr.png", LINK, "otpauth-migration://offline?data=AA"))

    assert set(text.reveal().splitlines()) == {LINK, "otpauth-migration://offline?data=AA"}


def test_other_files_are_no_pictures() -> None:
    assert not any(is_picture(Path(name)) for name in ("seed.txt", "-", "png", "export.json"))


def test_a_picture_without_a_code_says_so(tmp_path: Path) -> None:
    with pytest.raises(SeedMalformed, match="no QR code was found"):
        read_pictures_text(drawn(tmp_path / "blank.png"))


def test_what_only_has_a_pictures_name_says_so(tmp_path: Path) -> None:
    (tmp_path / "no.png").write_text("no picture")

    with pytest.raises(SeedMalformed, match="is no picture that can be read"):
        read_pictures_text(tmp_path / "no.png")


def test_without_the_extra_the_command_that_installs_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "zxingcpp", None)

    with pytest.raises(SeedMalformed) as caught:
        read_pictures_text(tmp_path / "qr.png")

    assert "the extra `qr`" in caught.value.message
    assert "pip install 'mfacli[qr]'" in caught.value.hint
