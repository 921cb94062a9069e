"""Reads QR codes out of pictures: screenshots and exports, with the extra `qr` (zxing-cpp and Pillow)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePath
from typing import TYPE_CHECKING

from mfacli.domain.secret import Secret
from mfacli.errors import SeedMalformed

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
# The kinds with these names; Pillow knows dozens more, some of which start other programs.
_KINDS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_SIGNATURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
_INSTALL = "pip install 'mfacli[qr]', or read it with another program and pipe its text: zbarimg -q --raw FILE"


def is_picture(content: bytes, name: str) -> bool:
    """Return whether `content` is a picture by its first bytes, or is meant to be one by its file's name."""
    return (
        content.startswith(_SIGNATURES)
        or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")
        # Two letters alone could begin a seed.
        or (content[:2] == b"BM" and content[6:10] == bytes(4))
        or PurePath(name).suffix.lower() in SUFFIXES
    )


def read_pictures_text(content: bytes, name: str) -> Secret:
    """Return the texts of the QR codes in a picture, one a line; raises `SeedMalformed`."""
    try:
        import zxingcpp
        from PIL import Image
    except ImportError:
        raise SeedMalformed(
            f"pictures such as `{name}` are read with the extra `qr`, which is not installed", hint=_INSTALL
        ) from None
    try:
        with warnings.catch_warnings():
            # One that is only half as large as what Pillow refuses would be warned of, and would take gigabytes.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=_KINDS) as picture:
                shades = list(_in_grey(picture))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise SeedMalformed(f"the picture `{name}` is too large", hint="cut the QR code out of it") from None
    except Exception:  # noqa: BLE001 - what a damaged picture makes Pillow raise is documented nowhere
        raise SeedMalformed(
            f"`{name}` is no picture that can be read, or not a whole one", hint="give a PNG or a JPEG"
        ) from None
    for shade in shades:
        found = zxingcpp.read_barcodes(shade, text_mode=zxingcpp.TextMode.Plain)
        if texts := [code.text for code in found if code.text]:
            return Secret("\n".join(texts))
    raise SeedMalformed(f"no QR code was found in `{name}`", hint="cut it out, or take it larger and sharper")


def _in_grey(picture: Image) -> Iterator[Image]:
    """Yield the picture without colours; where it can be seen through, once on paper and once on slate."""
    from PIL import Image

    if not picture.has_transparency_data:
        yield picture.convert("L")
        return
    drawn = picture.convert("RGBA")
    for ground in ("white", "black"):
        yield Image.alpha_composite(Image.new("RGBA", drawn.size, ground), drawn).convert("L")
