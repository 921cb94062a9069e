"""Enrolment where the cloud, the keyring or the network does not play along: what is tried again, what taken back."""

from __future__ import annotations

import signal
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.commands.wiring import Desk
from mfacli.domain.codes import Seed
from mfacli.domain.identity import Device
from mfacli.domain.registered import RegisteredDevice
from mfacli.domain.secret import Secret
from mfacli.errors import (
    AccessDenied,
    Cancelled,
    CloudRefused,
    CloudUnreachable,
    CodeRejected,
    DeviceUnusable,
    EntityBusy,
    EntityExists,
    EntityMissing,
    FileUnwritable,
    InputNotAllowed,
    KeyringLocked,
    MfacliError,
    UsageWrong,
)
from tests.codes.stand_ins import Drawer, Person
from tests.commands.device_desk import DEVICE, SEED, Book, Locked, Screen, codes_at, desk_in, enrolled, heard, wish


class Jammed(Drawer):
    """A drawer that gives nothing away again."""

    def forget_seed(self, device: Device) -> bool:
        raise KeyringLocked("the keyring is locked")


@pytest.fixture
def desk(isolated_home: Path) -> Desk:
    """Give a desk whose clock, screen and drawer of seeds are the test's own."""
    return desk_in(isolated_home)


@pytest.mark.parametrize("kind", [EntityMissing, EntityBusy])
def test_a_device_too_new_to_be_known_everywhere_is_waited_for(kind: type[MfacliError], desk: Desk) -> None:
    book = Book(enable=[kind("not yet"), kind("not yet"), None])

    enrolled(desk, book, wish())

    assert book.enabled == {DEVICE.serial}
    assert book.codes[0] == book.codes[1] == book.codes[2]


def test_a_device_that_never_comes_to_be_known_is_taken_back(desk: Desk) -> None:
    book = Book(enable=[EntityMissing("no such device")] * 9)

    with pytest.raises(EntityMissing):
        enrolled(desk, book, wish())

    assert book.calls["enable"] == 5
    assert book.made == set()
    assert list(desk.seeds.devices_with_seed()) == []


def test_refused_codes_of_a_kept_seed_are_followed_by_the_next_pair(desk: Desk) -> None:
    book = Book(enable=[CodeRejected("no"), None])

    enrolled(desk, book, wish())

    assert len(set(book.codes)) == 2
    assert book.codes[0][1] not in book.codes[1]
    assert "no; trying once more" in heard(desk)


def test_an_answer_that_was_lost_is_looked_for(desk: Desk) -> None:
    book = Book(enable=[CloudUnreachable("no answer")])
    book.enabled.add(DEVICE.serial)
    # What was enabled by the lost call is not listed before it.
    book.fails["of_user"] = [AccessDenied("not now"), None]

    enrolled(desk, book, wish())

    assert book.calls["enable"] == 1
    assert "enabled device richard; IAM lists it" in heard(desk)


def test_a_creation_without_an_answer_is_told_to_be_gone_on_with(desk: Desk) -> None:
    with pytest.raises(CloudUnreachable):
        enrolled(desk, Book(create=[CloudUnreachable("no answer")]), wish())

    assert "whether device richard has been made is not known; run this again to go on" in heard(desk)


def test_a_begun_device_is_made_anew_once_its_name_is_free(desk: Desk) -> None:
    book = Book(create=[EntityExists("there"), EntityExists("there still"), None])
    book.made.add(DEVICE.serial)

    enrolled(desk, book, wish())

    assert book.calls["delete"] == 1
    assert book.enabled == {DEVICE.serial}


def test_a_begun_device_stays_where_the_person_does_not_agree(desk: Desk) -> None:
    book = Book()
    book.made.add(DEVICE.serial)
    desk.prompter = Person("no")

    with pytest.raises(Cancelled):
        enrolled(desk, book, wish(is_agreed=False))

    assert (book.calls["delete"], book.made) == (0, {DEVICE.serial})


def test_a_name_that_another_user_has_is_told(desk: Desk) -> None:
    book = Book(create=[EntityExists("there")])

    with pytest.raises(DeviceUnusable) as caught:
        enrolled(desk, book, wish())

    assert caught.value.message == f"`{DEVICE.serial}` is another user's device"
    assert book.calls["delete"] == 0


def test_an_enabled_device_whose_seed_is_not_here_cannot_be_kept(desk: Desk) -> None:
    book = Book()
    book.enabled.add(DEVICE.serial)

    with pytest.raises(DeviceUnusable, match="is not here, and the cloud tells it only once"):
        enrolled(desk, book, wish())

    assert book.calls["create"] == 0


def test_a_keyring_that_refuses_leaves_the_app_to_a_person_at_a_terminal(desk: Desk) -> None:
    desk.seeds = Locked()
    desk.prompter = Person(*codes_at(desk, -1, 0))
    book = Book()

    enrolled(desk, book, wish())

    assert isinstance(desk.terminal, Screen)
    assert "GEZD GNBV GY3T QOJQ" in desk.terminal.shown
    assert "the seed could not be kept: the keyring is locked" in heard(desk)
    assert book.enabled == {DEVICE.serial}


def test_a_keyring_that_refuses_ends_it_where_nobody_can_be_asked(desk: Desk) -> None:
    desk.seeds = Locked()
    desk.terminal = Screen(is_there=False)  # type: ignore[assignment]  # as above
    book = Book()

    with pytest.raises(KeyringLocked):
        enrolled(desk, book, wish())

    assert book.made == set()


@pytest.mark.parametrize("never_asks", [True, False])
def test_without_anybody_to_ask_nothing_is_made(never_asks: bool, desk: Desk) -> None:
    desk.never_asks = never_asks
    desk.terminal = Screen(is_there=never_asks)  # type: ignore[assignment]  # as above
    book = Book()

    with pytest.raises(InputNotAllowed) as caught:
        enrolled(desk, book, wish(keeps_seed=False, draws=True))

    assert "--keep-seed" in caught.value.hint
    assert book.calls["create"] == 0


def test_a_terminal_too_narrow_for_the_picture_still_has_the_key(desk: Desk) -> None:
    desk.terminal = Screen(columns=20)  # type: ignore[assignment]  # as above
    desk.prompter = Person(*codes_at(desk, -1, 0))

    enrolled(desk, Book(), wish(keeps_seed=False, draws=True))

    assert isinstance(desk.terminal, Screen)
    assert "too narrow for the QR code" in desk.terminal.shown
    assert "GEZD GNBV" in desk.terminal.shown
    assert "▀" not in desk.terminal.shown


def test_a_light_terminal_without_colour_gets_dark_modules(desk: Desk) -> None:
    desk.environment = {**desk.environment, "COLORFGBG": "0;15"}
    desk.prompter = Person(*codes_at(desk, -1, 0))

    enrolled(desk, Book(), wish(keeps_seed=False, draws=True))

    assert isinstance(desk.terminal, Screen)
    first = desk.terminal.shown.split("\n\n")[1].split("\n")[0]
    assert set(first) == {" "}


def test_whoever_is_shown_a_seed_is_told_to_clear_the_screen(desk: Desk) -> None:
    desk.prompter = Person(*codes_at(desk, -1, 0))

    enrolled(desk, Book(), wish(keeps_seed=False, draws=True))

    assert isinstance(desk.terminal, Screen)
    assert "clear the screen when you are done" in desk.terminal.shown


@pytest.mark.parametrize("place", ["missing/qr.png", "folder"])
def test_a_picture_that_cannot_be_written_stops_it_before_anything_is_made(
    place: str, desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    book = Book()

    with pytest.raises(FileUnwritable):
        enrolled(desk, book, wish(png=tmp_path / place))

    assert book.calls["create"] == 0


def test_a_list_that_is_not_allowed_proves_nothing_and_stops_nothing(desk: Desk) -> None:
    denied = AccessDenied("no")
    book = Book(of_user=[denied, denied])

    enrolled(desk, book, replace(wish(), is_agreed=False))

    assert "no policy lets your devices be listed to prove it" in heard(desk)


def test_a_list_that_lags_behind_is_waited_for(desk: Desk) -> None:
    book = Book()
    listed = book.of_user
    answers: list[list[RegisteredDevice]] = [[], [], []]
    book.of_user = lambda *, plan, keys: answers.pop() if answers else listed(plan=plan, keys=keys)  # type: ignore[method-assign]  # the lag

    enrolled(desk, book, wish())

    assert "enabled device richard; IAM lists it" in heard(desk)


@pytest.mark.parametrize("kind", [CloudUnreachable, CloudRefused])
def test_what_has_been_enabled_and_cannot_be_proved_is_told_and_goes_on(kind: type[MfacliError], desk: Desk) -> None:
    enrolled(desk, Book(of_user=[None, kind("no answer")]), wish())

    assert "enabled device richard, but could not see whether IAM lists it: no answer" in heard(desk)


def test_who_interrupts_the_proof_is_told_that_the_device_is_enabled(desk: Desk) -> None:
    book = Book()

    def interrupted(duration: timedelta) -> None:
        raise KeyboardInterrupt

    book.of_user = lambda **_: []  # type: ignore[method-assign]  # never lists it, so that it is waited for
    desk.clock.wait = interrupted  # type: ignore[method-assign]  # Ctrl-C meanwhile

    with pytest.raises(KeyboardInterrupt):
        enrolled(desk, book, wish())

    assert "device richard is enabled; run this again to end with the profile" in heard(desk)
    assert book.enabled == {DEVICE.serial}


def test_a_ninth_device_is_refused_before_anything_is_made(desk: Desk) -> None:
    book = Book()
    book.enabled |= {f"arn:aws:iam::111122223333:mfa/richard-{number}" for number in range(8)}

    with pytest.raises(CloudRefused) as caught:
        enrolled(desk, book, wish(), profile="my dev")

    assert caught.value.message == "richard has 8 MFA devices already, and IAM allows 8"
    assert "`mfacli device remove --from-cloud --device SERIAL -p 'my dev'`" in caught.value.hint
    assert book.calls["create"] == 0


def test_a_seed_that_nobody_would_have_is_not_made(desk: Desk) -> None:
    book = Book()

    with pytest.raises(UsageWrong, match="with --no-qr nobody would have"):
        enrolled(desk, book, wish(keeps_seed=False))

    assert book.calls["create"] == 0


def test_a_picture_wished_for_where_nothing_can_be_drawn_stops_it(desk: Desk) -> None:
    desk.terminal = Screen(is_there=False)  # type: ignore[assignment]  # as above
    book = Book()

    with pytest.raises(InputNotAllowed) as caught:
        enrolled(desk, book, wish(draws=True))

    assert "--png FILE" in caught.value.hint
    assert book.calls["create"] == 0


def test_a_keyring_that_does_not_answer_stops_it_before_anything_is_made(desk: Desk) -> None:
    desk.seeds = Drawer(stuck=KeyringLocked("the keyring is locked"))
    book = Book()

    with pytest.raises(KeyringLocked):
        enrolled(desk, book, wish())

    assert book.calls["create"] == 0


def no_space(path: Path, content: bytes) -> None:
    raise OSError(28, "No space left on device")


def test_a_full_disk_leaves_the_app_to_a_person_at_a_terminal(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mfacli.private_files.replace_privately", no_space)
    desk.prompter = Person(*codes_at(desk, -1, 0))
    book = Book()

    enrolled(desk, book, wish(keeps_seed=False, png=tmp_path / "qr.png"))

    assert isinstance(desk.terminal, Screen)
    assert "qr.png` could not be written: no space left on device" in heard(desk)
    assert "GEZD GNBV GY3T QOJQ" in desk.terminal.shown
    assert book.enabled == {DEVICE.serial}


def test_a_full_disk_ends_it_where_nobody_can_be_shown_anything(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mfacli.private_files.replace_privately", no_space)
    desk.terminal = Screen(is_there=False)  # type: ignore[assignment]  # as above
    book = Book()

    with pytest.raises(FileUnwritable):
        enrolled(desk, book, wish(png=tmp_path / "qr.png"))

    assert book.made == set()
    assert list(desk.seeds.devices_with_seed()) == []
    assert "nothing is left of it" in heard(desk)


def test_the_seed_of_a_device_that_had_the_name_before_is_removed(desk: Desk) -> None:
    desk.seeds.keep_seed(DEVICE, Seed(key=Secret("MZXW6YTBOI======".rstrip("="))))
    desk.prompter = Person(*codes_at(desk, -1, 0))

    enrolled(desk, Book(), wish(keeps_seed=False, draws=True))

    assert desk.seeds.find_seed(DEVICE) is None
    assert "removed the seed of the device that was called richard before" in heard(desk)


def test_a_seed_before_it_that_cannot_be_removed_is_warned_of(desk: Desk) -> None:
    desk.seeds = Jammed()
    desk.seeds.keep_seed(DEVICE, SEED)
    desk.prompter = Person(*codes_at(desk, -1, 0))
    book = Book()

    enrolled(desk, book, wish(keeps_seed=False, draws=True))

    assert "makes wrong codes: it could not be removed, the keyring is locked" in heard(desk)
    assert book.enabled == {DEVICE.serial}


def test_who_has_it_enabled_already_is_told_how_a_phone_gets_it(desk: Desk) -> None:
    book = Book()
    book.enabled.add(DEVICE.serial)
    desk.seeds.keep_seed(DEVICE, SEED)

    enrolled(desk, book, wish(draws=True))

    assert f"its QR code: `mfacli device export --qr --device {DEVICE.serial}`" in heard(desk)


def test_a_device_made_anew_tells_of_what_a_phone_has_scanned_before(desk: Desk) -> None:
    book = Book()
    book.made.add(DEVICE.serial)

    enrolled(desk, book, wish())

    assert "deleted it; what an authenticator app has scanned of it is of no use: delete that there" in heard(desk)


def test_a_creation_that_is_interrupted_is_told_to_be_gone_on_with(desk: Desk) -> None:
    book = Book()
    book.create = lambda device, *, plan, keys: signal.raise_signal(signal.SIGINT)  # type: ignore[assignment,method-assign,return-value]  # Ctrl-C

    with pytest.raises(KeyboardInterrupt):
        enrolled(desk, book, wish())

    assert "whether device richard has been made is not known" in heard(desk)
