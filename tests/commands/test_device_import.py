"""What becomes of imported seeds: whose they are, what they may replace, and what is said of them."""

from __future__ import annotations

import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from mfacli.codes.exported import Export, PassedOver
from mfacli.codes.seeds import ImportedSeed
from mfacli.commands.device_import import _chosen, _tell_missing
from mfacli.commands.device_keeping import keep_all, keep_one
from mfacli.commands.device_labels import device_of, doubt, is_of
from mfacli.commands.options import Manners
from mfacli.commands.seed_reading import read_seed, warn_of_readers
from mfacli.commands.wiring import Desk
from mfacli.domain.codes import Seed
from mfacli.domain.identity import Device
from mfacli.domain.secret import Secret
from mfacli.errors import Cancelled, DeviceUnusable, InputNotAllowed, SeedMalformed, UsageWrong
from mfacli.terminal import SilentPrompter
from tests.codes.stand_ins import Drawer, Ear, Person

RICHARD = Device(serial="arn:aws:iam::444455556666:mfa/Richard")
KEY, OTHER = "GEZDGNBV" * 8, "JBSWY3DP" * 8


class Screen(Ear):
    """An `Ear` that nobody watches."""

    is_watched = False


@pytest.fixture
def desk(isolated_home: Path) -> Desk:
    """Give a desk whose person, ear and drawer of seeds are the test's own."""
    made = Desk(manners=Manners(), environment={"MFACLI_STATE_DIR": str(isolated_home / "state")})
    made.terminal = Screen()  # type: ignore[assignment]  # keeps what is said
    made.prompter = Person()
    made.seeds = Drawer()
    return made


def imported(account: str = "", *, key: str = KEY, issuer: str = "AWS") -> ImportedSeed:
    return ImportedSeed(seed=Seed(key=Secret(key)), issuer=issuer if account else "", account=account)


def kept(desk: Desk) -> dict[str, str]:
    assert isinstance(desk.seeds, Drawer)
    return {serial: seed.key.reveal() for serial, seed in desk.seeds.seeds.items()}


def heard(desk: Desk) -> str:
    assert isinstance(desk.terminal, Ear)
    return desk.terminal.heard


@pytest.mark.parametrize(
    ("account", "serial"),
    [
        ("Richard@444455556666", RICHARD.serial),
        ("a.b@c@444455556666", "arn:aws:iam::444455556666:mfa/a.b@c"),
        ("Sofia@111122223333", "arn:aws-cn:iam::111122223333:mfa/team/Sofia"),
        ("Richard@my-alias", None),
        ("me", None),
        ("", None),
        (f"{'x' * 201}@444455556666", None),
    ],
)
def test_a_label_names_a_device_of_aws_or_none(account: str, serial: str | None) -> None:
    known = ["GAHT12345678", "qcs::cam:uin/12345678::mfa/softToken", "arn:aws-cn:iam::111122223333:mfa/team/Sofia"]

    found = device_of(imported(account), known)

    assert (found.serial if found else None) == serial


@pytest.mark.parametrize(
    ("account", "serial", "claim"),
    [
        ("Richard@444455556666", RICHARD.serial, True),
        ("Richard@111122223333", RICHARD.serial, False),
        ("Sofia@444455556666", RICHARD.serial, False),
        ("Richard@my-alias", RICHARD.serial, None),
        ("Richard@444455556666", "GAHT12345678", None),
    ],
)
def test_a_label_says_whether_it_is_a_devices(account: str, serial: str, claim: bool | None) -> None:
    assert is_of(imported(account), Device(serial=serial)) is claim


@pytest.mark.parametrize(
    ("seed", "serial", "said"),
    [
        (imported(), RICHARD.serial, None),
        (imported(key=KEY[:40]), RICHARD.serial, "the seed has 40 characters, and those that IAM gives have 64"),
        (imported("x@111122223333"), RICHARD.serial, f"labelled x@111122223333, and the device is {RICHARD.serial}"),
        (imported(key=KEY[:32]), "GAHT12345678", None),
        (imported(key=KEY[:16]), "GAHT12345678", "the seed has 16 characters, fewer than RFC 4226 asks for"),
        (imported(key=KEY[:16]), "qcs::cam:uin/12345678::mfa/softToken", None),
    ],
)
def test_what_speaks_against_a_seed_is_said(seed: ImportedSeed, serial: str, said: str | None) -> None:
    found = doubt(seed, Device(serial=serial))

    assert found is None if said is None else found is not None and said in found


def test_a_seed_is_kept_where_there_is_none_and_kept_again(desk: Desk) -> None:
    for _ in range(2):
        keep_one(desk, RICHARD, imported("Richard@444455556666"), is_agreed=False)

    assert kept(desk) == {RICHARD.serial: KEY}
    assert heard(desk).splitlines()[0] == "kept the seed of device Richard (AWS: Richard@444455556666) in drawer"
    assert "warning" not in heard(desk)


def test_another_seed_is_replaced_only_where_the_person_agrees(desk: Desk) -> None:
    desk.seeds.keep_seed(RICHARD, Seed(key=Secret(OTHER)))
    desk.prompter = person = Person("no", "yes")

    with pytest.raises(Cancelled):
        keep_one(desk, RICHARD, imported(), is_agreed=False)
    before = kept(desk)
    keep_one(desk, RICHARD, imported(), is_agreed=False)

    assert person.questions == ["another seed of device Richard is kept: replace it?"] * 2
    assert (before, kept(desk)) == ({RICHARD.serial: OTHER}, {RICHARD.serial: KEY})


def test_another_seed_stays_where_nobody_can_be_asked_unless_told(desk: Desk) -> None:
    desk.seeds.keep_seed(RICHARD, Seed(key=Secret(OTHER)))
    desk.prompter = SilentPrompter()

    with pytest.raises(InputNotAllowed) as caught:
        keep_one(desk, RICHARD, imported(), is_agreed=False)
    before = kept(desk)
    keep_one(desk, RICHARD, imported(), is_agreed=True)

    assert "--yes" in caught.value.hint
    assert (before, kept(desk)) == ({RICHARD.serial: OTHER}, {RICHARD.serial: KEY})


def test_a_damaged_seed_is_replaced_without_a_question(desk: Desk) -> None:
    class Damaged(Drawer):
        def find_seed(self, device: Device) -> Seed | None:
            raise SeedMalformed("damaged")

    desk.seeds = Damaged()

    keep_one(desk, RICHARD, imported(), is_agreed=False)

    assert kept(desk) == {RICHARD.serial: KEY}


def test_of_all_accounts_those_of_aws_devices_are_kept(desk: Desk) -> None:
    keep_all(desk, [imported("Richard@444455556666"), imported("me", issuer="Bank\x1b[2J")], is_agreed=False)

    assert kept(desk) == {RICHARD.serial: KEY}
    assert f"kept the seed of device {RICHARD.serial} (AWS: Richard@444455556666)" in heard(desk)
    assert "passed over Bank\ufffd[2J: me: it names no AWS device" in heard(desk)


def test_different_seeds_of_one_device_are_both_passed_over(desk: Desk) -> None:
    twice = [imported("Richard@444455556666"), imported("Richard@444455556666", key=OTHER)]

    with pytest.raises(DeviceUnusable):
        keep_all(desk, twice, is_agreed=True)

    assert kept(desk) == {}
    assert f"passed over 2 different seeds of {RICHARD.serial}" in heard(desk)


def test_of_all_accounts_none_is_kept_where_one_may_not_replace_another(desk: Desk) -> None:
    desk.seeds.keep_seed(RICHARD, Seed(key=Secret(OTHER)))
    desk.prompter = Person("no")
    found = [imported("Sofia@111122223333"), imported("Richard@444455556666")]

    with pytest.raises(Cancelled):
        keep_all(desk, found, is_agreed=False)
    before = kept(desk)
    keep_all(desk, found, is_agreed=True)

    assert before == {RICHARD.serial: OTHER}
    assert kept(desk) == {RICHARD.serial: KEY, "arn:aws:iam::111122223333:mfa/Sofia": KEY}


def test_of_many_the_one_with_the_devices_label_is_taken(desk: Desk) -> None:
    right = imported("Richard@444455556666")
    export = Export(seeds=[imported("Richard@111122223333"), right, imported("me", issuer="Bank")])

    assert _chosen(desk, export, None, RICHARD) is right
    assert _chosen(desk, export, "aws", RICHARD) is right
    assert _chosen(desk, export, "bank", RICHARD) is export.seeds[2]


def test_what_is_chosen_from_cannot_steer_the_terminal(desk: Desk) -> None:
    export = Export(seeds=[imported("a\x1b[2J"), imported("b")])
    desk.prompter = Person("AWS: a\ufffd[2J")

    assert _chosen(desk, export, None, RICHARD) is export.seeds[0]


def test_an_account_that_is_named_but_cannot_be_used_says_why(desk: Desk) -> None:
    passed_over = [PassedOver(label="Old: me", why="it is counter-based"), PassedOver(label="", why="no")]

    with pytest.raises(SeedMalformed, match="none of the 1 accounts is called `old`"):
        _chosen(desk, Export(seeds=[imported("me")], passed_over=passed_over), "old", RICHARD)

    assert isinstance(desk.terminal, Ear)
    assert desk.terminal.notes == ["passed over Old: me: it is counter-based"]
    assert desk.terminal.details == ["passed over an account: no"]


def test_pictures_that_are_missing_are_told_by_their_numbers(desk: Desk) -> None:
    _tell_missing(desk, Export(seeds=[], missing=[([2], 3), (range(2, 1001), 1000)]))

    assert heard(desk).splitlines() == [
        "the authenticator app's export has 3 pictures; not here: 2",
        "the authenticator app's export has 1000 pictures; not here: 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …",
    ]


@pytest.mark.parametrize(
    "content",
    [b"seed\n", b"\xef\xbb\xbfseed\n", "seed\n".encode("utf-16"), b"\xfe\xff" + "seed\n".encode("utf-16-be")],
    ids=["plain", "UTF-8 with its mark", "UTF-16", "UTF-16, big end first"],
)
def test_text_is_read_as_windows_writes_it_too(content: bytes, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "seed.txt").write_bytes(content)

    assert read_seed(desk, str(tmp_path / "seed.txt"), "").reveal().strip() == "seed"


def test_what_is_neither_text_nor_picture_says_so_and_carries_nothing_of_it(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "seed.heic").write_bytes(b"\x00\xff" + KEY.encode())

    with pytest.raises(SeedMalformed, match="neither text nor a picture") as caught:
        read_seed(desk, str(tmp_path / "seed.heic"), "")

    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "source", [KEY, KEY.lower(), f"otpauth://totp/x?secret={KEY}", "otpauth-migration://x" * 999]
)
def test_a_seed_on_the_command_line_is_refused_and_not_repeated(source: str, desk: Desk) -> None:
    with pytest.raises(UsageWrong) as caught:
        read_seed(desk, source, "")

    assert KEY.lower() not in f"{caught.value.message}{caught.value.hint}".lower()


def test_a_file_that_is_not_there_is_not_taken_for_a_seed_by_its_name(desk: Desk) -> None:
    with pytest.raises(SeedMalformed, match=r"`otpauth-export.txt`: no such file"):
        read_seed(desk, "otpauth-export.txt", "")


def test_standard_input_at_a_terminal_is_asked_without_echo(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(TextIOWrapper):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(BytesIO(b"not read")))
    desk.prompter = Person(KEY)

    assert read_seed(desk, "-", "seed: ") == Secret(KEY)


def test_a_closed_standard_input_is_an_empty_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    assert read_seed(desk, "-", "") == Secret("")


@pytest.mark.parametrize(("mode", "is_told"), [(0o600, False), (0o640, True), (0o604, True)])
def test_a_file_that_others_can_read_is_told(mode: int, is_told: bool, desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "seed.txt"
    file.touch(mode)
    file.chmod(mode)

    warn_of_readers(desk, str(file))

    assert (f"chmod 600 {file}" in heard(desk)) is is_told


@pytest.mark.parametrize("source", [None, "-", "gone.txt", "/dev/null"])
def test_what_is_no_file_of_ones_own_is_not_warned_of(source: str | None, desk: Desk) -> None:
    warn_of_readers(desk, source)

    assert heard(desk) == ""
