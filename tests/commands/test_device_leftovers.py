"""What an enrolment that breaks off leaves behind: taken back, or told with the way to be rid of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mfacli.commands.wiring import Desk
from mfacli.domain.credentials import Keys
from mfacli.domain.identity import Device
from mfacli.domain.plan import Plan
from mfacli.errors import (
    AccessDenied,
    Cancelled,
    CloudUnreachable,
    CodeRejected,
    EntityExists,
    KeyringLocked,
    MfacliError,
)
from tests.codes.stand_ins import Drawer, Person
from tests.commands.device_desk import DEVICE, SEED, Book, Locked, Screen, desk_in, enrolled, heard, wish


class Jammed(Drawer):
    """A drawer that gives nothing away again."""

    def forget_seed(self, device: Device) -> bool:
        raise KeyringLocked("the keyring is locked")


class Interrupted(Book):
    """A book whose deletions are interrupted, as by a second Ctrl-C."""

    def delete(self, device: Device, *, plan: Plan, keys: Keys) -> None:
        raise KeyboardInterrupt


@pytest.fixture
def desk(isolated_home: Path) -> Desk:
    """Give a desk whose clock, screen and drawer of seeds are the test's own."""
    return desk_in(isolated_home)


def test_what_cannot_be_deleted_is_told_with_the_command_that_does(desk: Desk) -> None:
    book = Book(enable=[CodeRejected("no")] * 2, delete=[CloudUnreachable("gone")])

    with pytest.raises(CodeRejected):
        enrolled(desk, book, wish())

    assert f"device `{DEVICE.serial}` is left, enabled for nobody: gone" in heard(desk)
    assert f"aws iam delete-virtual-mfa-device --serial-number {DEVICE.serial}" in heard(desk)
    assert "run this again to go on with the seed kept here" in heard(desk)
    assert desk.seeds.find_seed(DEVICE) == SEED


def test_a_device_that_turns_out_to_be_enabled_is_not_called_left_over(desk: Desk) -> None:
    book = Book(enable=[CloudUnreachable("no answer")], of_user=[None, AccessDenied("not now")])
    book.fails["delete"] = [EntityExists("in use")]

    with pytest.raises(CloudUnreachable):
        enrolled(desk, book, wish())

    assert "device richard is enabled after all" in heard(desk)
    assert "left" not in heard(desk)


def test_a_file_that_was_not_written_over_yet_is_not_taken_back(desk: Desk, tmp_path: Path) -> None:
    desk.seeds = Locked()
    desk.terminal = Screen(is_there=False)  # type: ignore[assignment]  # as above
    picture = tmp_path / "qr.png"
    picture.write_text("mine")

    with pytest.raises(KeyringLocked):
        enrolled(desk, Book(), wish(png=picture))

    assert picture.read_text() == "mine"


def test_what_a_phone_has_scanned_in_vain_is_told(desk: Desk) -> None:
    with pytest.raises(Cancelled):
        enrolled(desk, Book(), wish(keeps_seed=False, draws=True))

    assert "nothing is left of it but what an authenticator app has scanned: delete that there" in heard(desk)


def test_a_seed_that_cannot_be_taken_back_does_not_hide_why_it_ended(desk: Desk) -> None:
    desk.seeds = Jammed()

    with pytest.raises(CodeRejected):
        enrolled(desk, Book(enable=[CodeRejected("no")] * 2), wish())

    assert f"`mfacli device remove --device {DEVICE.serial}` does it" in heard(desk)
    assert "nothing else is left of it" in heard(desk)


def test_a_picture_that_cannot_be_taken_back_is_told(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, *, missing_ok: bool = False) -> None:
        if self.name == "qr.png":
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)

    with pytest.raises(Cancelled):
        enrolled(desk, Book(), wish(keeps_seed=False, png=tmp_path / "qr.png"))

    assert "qr.png`, of no use any more, could not be deleted: permission denied" in heard(desk)


@pytest.mark.parametrize("kind", [CloudUnreachable, AccessDenied])
def test_a_device_whose_seed_nobody_has_is_not_said_to_be_gone_on_with(kind: type[MfacliError], desk: Desk) -> None:
    desk.seeds = Locked()
    desk.terminal = Screen(is_there=False)  # type: ignore[assignment]  # as above
    book = Book(delete=[kind("no", hint="ask an administrator")] * 2)

    with pytest.raises(KeyringLocked):
        enrolled(desk, book, wish(), profile="my dev")

    assert f"device `{DEVICE.serial}` is left, enabled for nobody: no" in heard(desk)
    assert "nobody has its seed; another name does: `mfacli device enroll --name richard-2 -p 'my dev'`" in (
        heard(desk)
    )


def test_a_device_that_may_have_been_enabled_is_not_called_nobodys(desk: Desk) -> None:
    lost = CloudUnreachable("no answer")
    book = Book(enable=[lost], of_user=[None, lost], delete=[lost])

    with pytest.raises(CloudUnreachable):
        enrolled(desk, book, wish())

    assert "no answer; looking whether the device has been enabled all the same" in heard(desk)
    assert "is left, and whether it is enabled is not known: no answer" in heard(desk)
    assert "run this again to go on with the seed kept here" in heard(desk)


def test_a_taking_back_that_is_interrupted_tells_what_may_be_left(desk: Desk) -> None:
    desk.prompter = Person()

    with pytest.raises(KeyboardInterrupt):
        enrolled(desk, Interrupted(), wish(keeps_seed=False, draws=True))

    assert f"device `{DEVICE.serial}` is perhaps left: whether it was deleted again is not known" in heard(desk)
    assert f"aws iam delete-virtual-mfa-device --serial-number {DEVICE.serial}" in heard(desk)


def test_a_device_gone_on_with_is_left_as_it_was_and_told_of(desk: Desk) -> None:
    book = Book()
    book.made.add(DEVICE.serial)
    desk.seeds.keep_seed(DEVICE, SEED)

    with pytest.raises(Cancelled):
        enrolled(desk, book, wish(keeps_seed=False, draws=True))

    assert book.made == {DEVICE.serial}
    assert desk.seeds.find_seed(DEVICE) == SEED
    assert f"device `{DEVICE.serial}` is left as it was" in heard(desk)
    assert "run this again to go on with the seed kept here" in heard(desk)


def test_codes_refused_to_the_end_leave_nothing(desk: Desk) -> None:
    book = Book(enable=[CodeRejected("no")] * 2)

    with pytest.raises(CodeRejected):
        enrolled(desk, book, wish())

    assert (book.calls["enable"], book.made) == (2, set())
    assert "nothing is left of it" in heard(desk)


def test_where_no_call_got_through_the_device_is_taken_back(desk: Desk) -> None:
    book = Book(enable=[CloudUnreachable("no answer")])

    with pytest.raises(CloudUnreachable):
        enrolled(desk, book, wish())

    assert book.made == set()
