"""Where an exported seed goes, and who can read it there."""

from __future__ import annotations

import sys
from pathlib import Path

import pyotp
import pytest
import zxingcpp
from PIL import Image

from mfacli.commands.device_export import _warn_of_readers
from mfacli.commands.device_showing import check_picture, write_picture
from mfacli.commands.options import Manners
from mfacli.commands.wiring import Desk
from mfacli.domain.codes import Seed
from mfacli.domain.identity import Device
from mfacli.domain.secret import Secret
from mfacli.errors import FileUnwritable
from tests.codes.stand_ins import Ear


@pytest.fixture
def desk() -> Desk:
    """Give a desk whose ear is the test's own."""
    made = Desk(manners=Manners(), environment={})
    made.terminal = Ear()  # type: ignore[assignment]  # keeps what is said
    return made


def heard(desk: Desk) -> str:
    assert isinstance(desk.terminal, Ear)
    return desk.terminal.heard


@pytest.mark.parametrize(("mode", "is_told"), [(0o600, False), (0o640, True), (0o604, True)])
def test_a_file_that_others_can_read_is_told(
    mode: int, is_told: bool, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "seed.txt"
    file.touch()
    file.chmod(mode)

    with file.open("w") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        _warn_of_readers(desk)

    assert ("other users can read the file" in heard(desk)) is is_told


def test_a_device_or_nothing_is_nobodys_to_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/null").open("w") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        _warn_of_readers(desk)
    monkeypatch.setattr(sys, "stdout", None)
    _warn_of_readers(desk)

    assert heard(desk) == ""


def test_a_phone_that_scans_the_picture_knows_whose_device_it_has(desk: Desk, tmp_path: Path) -> None:
    device = Device(serial="arn:aws:iam::111122223333:mfa/richard")
    seed = Seed(key=Secret("GEZDGNBVGY3TQOJQ" * 4))

    write_picture(desk, tmp_path / "qr.png", device, seed)

    (read,) = zxingcpp.read_barcodes(Image.open(tmp_path / "qr.png").convert("L"))
    app = pyotp.parse_uri(read.text)
    assert isinstance(app, pyotp.TOTP)
    assert (app.issuer, app.name, app.secret) == (
        "Amazon Web Services",
        "richard@111122223333",
        seed.key.reveal(),
    )


@pytest.mark.parametrize("name", ["-", "gone/qr.png"])
def test_a_picture_needs_a_place_in_a_folder(name: str, desk: Desk, tmp_path: Path) -> None:
    path = Path(name) if name == "-" else tmp_path / name

    with pytest.raises(FileUnwritable):
        check_picture(desk, path, is_agreed=True)
