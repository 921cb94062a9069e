"""A device after its enrolment: in step again, taken away, replaced, tested, handed on."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import segno

from tests.stage import Guests, Person, ended, person_called

STEP = timedelta(seconds=30)


@pytest.fixture
def managing(steady_guests: Guests) -> Person:
    """Give somebody with a device, under AWS' policy for users who manage their own."""
    return steady_guests("managing")


@pytest.fixture
def owner(steady_guests: Guests) -> Person:
    """Give somebody who may do all with devices, and has enrolled one whose seed is kept."""
    person = steady_guests("owner")
    made = person.run("device", "enroll", "--keep-seed", "--no-input")
    assert made.code == 0, made.stderr
    return person


def app_of(person: Person) -> pyotp.TOTP:
    return pyotp.TOTP(person.seed)


def kept_app(person: Person, *options: str) -> pyotp.TOTP:
    """Return an app that has the seed which is kept."""
    link = person.run("device", "export", "--yes", *options).stdout.strip()
    return pyotp.TOTP(parse_qs(urlsplit(link).query)["secret"][0])


def serials(person: Person, kind: str) -> list[str]:
    listed = person.run("device", "list", "--json").json()["devices"]
    assert isinstance(listed, list)
    return [each["serial"] for each in listed if each[kind]]


def test_a_slow_hardware_device_is_brought_into_step(steady_guests: Guests) -> None:
    cloud = steady_guests("own").cloud
    akua = person_called("Akua", cloud, steady_guests("own").root.with_name("akua"))
    shown = cloud.control.shown("Akua")
    child = akua.at_terminal("mfacli", "device", "resync")
    child.expect_exact("first code of GAHT87654321: ")
    child.sendline(shown.code.reveal())
    child.expect_exact("second code, as soon as it is shown: ")
    child.sendline(shown.code.reveal())
    child.expect_exact("that is the first code still")
    child.sendline(shown.next_code.reveal())

    code = ended(child)
    again = akua.run("device", "resync", "--code", shown.code.reveal(), "--code", shown.next_code.reveal())

    assert code == 0
    assert "device GAHT87654321 is in step again" in child.before
    assert (again.code, again.stderr.splitlines()[0]) == (
        4,
        "mfacli: IAM refused the two codes of MFA device `GAHT87654321`",
    )


def test_two_codes_are_two_different_ones(managing: Person) -> None:
    one = managing.run("device", "resync", "--code", "123456")
    same = managing.run("device", "resync", "--code", "123456", "--code", "123456")

    assert (one.code, same.code) == (2, 2)
    assert "1 code was given" in one.stderr
    assert "the same code was given twice" in same.stderr


def test_a_device_is_taken_away_with_a_session_that_has_mfa(managing: Person) -> None:
    child = managing.at_terminal("mfacli", "device", "deactivate")
    child.expect_exact(f"take {managing.device} from {managing.user}? [y/N] ")
    child.sendline("y")
    child.expect_exact(f"MFA code for {managing.user}: ")
    child.sendline(managing.code())

    code = ended(child)

    assert code == 0
    assert f"deactivated device {managing.user}; its codes open nothing any more" in child.before
    assert "profile default still names it: `mfacli device enroll -p default`" in child.before
    assert serials(managing, "in_cloud") == []


def test_nothing_is_taken_away_where_the_person_says_no(managing: Person) -> None:
    child = managing.at_terminal("mfacli", "device", "remove", "--from-cloud")
    child.expect_exact(f"take {managing.device} from {managing.user}, and delete it? [y/N] ")
    child.sendline("")

    code = ended(child)
    unasked = managing.run("device", "deactivate")

    assert code == 130
    assert unasked.code == 8
    assert serials(managing, "in_cloud") == [managing.device]


def test_what_a_user_may_not_delete_is_deactivated_and_told_of(managing: Person) -> None:
    managing.run("session", "--code", managing.code())

    removed = managing.run("device", "remove", "--from-cloud", "--yes", "--no-input")

    assert removed.code == 5
    assert f"deactivated device {managing.user}" in removed.stderr
    assert f"device `{managing.device}` is left, enabled for nobody" in removed.stderr
    assert f"aws iam delete-virtual-mfa-device --serial-number {managing.device}" in removed.stderr


def test_a_device_is_removed_everywhere_and_removing_it_again_goes_on(owner: Person) -> None:
    deactivated = owner.run("device", "deactivate", "--yes")
    removed = owner.run("device", "remove", "--from-cloud", "--yes")
    listed = owner.run("device", "list")

    assert deactivated.code == 0
    assert f"device {owner.user} is not enabled for {owner.user}" in removed.stderr
    assert f"deleted device {owner.user}\nremoved the seed of device {owner.user}\n" in removed.stderr
    assert listed.stdout == f"{owner.device}\tnot yours\tno\tdefault\n"
    assert listed.stderr == "you have no MFA device; `mfacli device enroll` makes one\n"


def test_renaming_makes_another_device_and_removes_the_old(owner: Person) -> None:
    new = f"{owner.device}-new"

    renamed = owner.run("device", "rename", f"{owner.user}-new", "--yes", "--no-input")

    assert (renamed.code, renamed.stdout) == (0, f"{new}\n")
    assert serials(owner, "in_cloud") == serials(owner, "has_seed") == [new]
    assert f"mfa_serial = {new}\n" in owner.config_file.read_text()
    assert owner.run("device", "rename", f"{owner.user}-new", "--yes").code == 2


def test_what_the_device_shows_is_compared_with_the_kept_seed(managing: Person) -> None:
    managing.run("device", "import", "-", stdin=managing.seed)
    now = managing.cloud.control.world_time()
    slow = app_of(managing).at(now - 20 * STEP)

    right = managing.run("device", "test", "--code", app_of(managing).at(now))
    behind = managing.run("device", "test", "--code", "-", stdin=slow)
    wrong = managing.run("device", "test", "--code", managing.wrong_code())

    assert right.stdout == f"the seed of device {managing.user} is right, and its clock and this machine's agree\n"
    assert re.fullmatch(
        r"the seed of device \S+ is right; the device is (9|10)m( 30s)? behind this machine\n", behind.stdout
    )
    assert wrong.code == 4
    assert "this is no code of the seed" in wrong.stderr


def test_the_cloud_is_asked_with_one_call_whose_session_is_kept(managing: Person) -> None:
    before = managing.cloud.counts_of("sts:GetSessionToken")

    tested = managing.run("device", "test", "--online", "--code", managing.code())
    opened = managing.run("session", "--no-input")

    assert tested.stdout == f"the cloud took a code of {managing.device}; this machine's clock is right\n"
    assert "kept already" in opened.stderr
    assert managing.cloud.counts_of("sts:GetSessionToken") - before == 1


def test_a_seed_is_handed_out_only_to_who_agrees(owner: Person) -> None:
    child = owner.at_terminal("mfacli", "device", "export")
    child.expect_exact("hand it out? [y/N] ")
    child.sendline("no")
    refused = ended(child)
    said = child.before
    unasked = owner.run("device", "export", "--no-input")
    drawn = owner.at_terminal("mfacli", "device", "export", "--qr", "--yes")
    drawn.expect_exact("or type this key there: ")

    app = kept_app(owner)

    assert (refused, unasked.code) == (130, 8)
    assert "otpauth://" not in said + unasked.stdout + unasked.stderr
    assert drawn.readline().replace(" ", "").strip() == app.secret
    assert ended(drawn) == 0


def test_a_screenshot_is_imported(managing: Person) -> None:
    link = f"otpauth://totp/AWS:{managing.user}?secret={managing.seed}&issuer=AWS"
    segno.make(link).save(str(managing.home / "shot.png"), scale=5, border=4)

    from_clipboard = ["bash", "-c", "mfacli device import - <shot.png"]
    imported = managing.run_program(from_clipboard)
    tested = managing.run("device", "test", "--code", app_of(managing).at(managing.cloud.control.world_time()))

    assert imported.stderr.startswith(
        f"kept the seed of device {managing.user} (AWS: {managing.user}) in test keyring"
    )
    assert tested.code == 0


def test_of_many_accounts_the_person_chooses_one(managing: Person) -> None:
    links = [f"otpauth://totp/{name}:me?secret={managing.seed}&issuer={name}" for name in ("Bank", "AWS", "Mail")]
    (managing.home / "all.txt").write_text("\n".join(links))
    child = managing.at_terminal("mfacli", "device", "import", "all.txt")
    child.expect_exact("2  AWS: me")
    child.sendline("2")

    code = ended(child)

    assert code == 0
    assert f"kept the seed of device {managing.user} (AWS: me)" in child.before
