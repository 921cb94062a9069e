"""Reads QR codes out of pictures: screenshots and exports, with the extra `qr` (zxing-cpp and Pillow)."""

from __future__ import annotations

from pathlib import Path

from mfacli.domain.secret import Secret
from mfacli.errors import SeedMalformed

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
_INSTALL = "pip install 'mfacli[qr]', or read it with another program and pipe its text: zbarimg -q --raw FILE"


def is_picture(path: Path) -> bool:
    """Return whether the name of `path` is a picture's."""
    return path.suffix.lower() in SUFFIXES


def read_pictures_text(path: Path) -> Secret:
    """Return the texts of the QR codes in a picture, one a line; raises `SeedMalformed`, and `OSError`."""
    try:
        import zxingcpp
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        raise SeedMalformed(
            f"pictures such as `{path}` are read with the extra `qr`, which is not installed", hint=_INSTALL
        ) from None
    try:
        with Image.open(path) as picture:
            found = zxingcpp.read_barcodes(picture.convert("L"))
    except (UnidentifiedImageError, Image.DecompressionBombError, SyntaxError):
        raise SeedMalformed(f"`{path}` is no picture that can be read", hint="give a PNG or a JPEG") from None
    texts = [code.text for code in found if code.text]
    if not texts:
        raise SeedMalformed(f"no QR code was found in `{path}`", hint="cut it out, or take it larger and sharper")
    return Secret("\n".join(texts))
