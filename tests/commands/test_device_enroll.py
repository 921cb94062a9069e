"""`mfacli device enroll`: the whole ceremony at a terminal. Where it is killed: `test_device_killed.py`."""

from __future__ import annotations

import stat
from datetime import timedelta

import pexpect
import pyotp
import pytest
import zxingcpp
from PIL import Image

from mfacli.emulator.running import Control
from tests.stage import Guests, Person, ended

STEP = timedelta(seconds=30)
NO_DELETING = "do not add `iam:DeleteVirtualMFADevice` to `DenyAllExceptListedIfNoMFA`"


@pytest.fixture
def newcomer(steady_guests: Guests) -> Person:
    """Give somebody without a device, under AWS' policy for users who manage their own."""
    return steady_guests("newcomer")


@pytest.fixture
def owner(steady_guests: Guests) -> Person:
    """Give somebody without a device who may do all with devices."""
    return steady_guests("owner")


def at_enrolment(person: Person, *options: str) -> tuple[pexpect.spawn, pyotp.TOTP]:
    """Start the ceremony at a terminal; returns it with an authenticator app that the key was typed into."""
    child = person.at_terminal("mfacli", "device", "enroll", *options)
    child.expect_exact("or type this key there: ")
    app = pyotp.TOTP(child.readline().replace(" ", "").strip())
    return child, app


def two_codes(app: pyotp.TOTP, control: Control) -> tuple[str, str]:
    """Return the code before this one, and this one: what a person has typed when both have been shown."""
    now = control.world_time()
    return app.at(now - STEP), app.at(now)


def device_in_cloud(person: Person, *options: str) -> dict[str, object] | None:
    listed = person.run("device", "list", "--json", *options).json()["devices"]
    assert isinstance(listed, list)
    return next((each for each in listed if each["serial"] == person.device and each["in_cloud"]), None)


def test_the_ceremony_makes_a_device_whose_codes_open_sessions(newcomer: Person) -> None:
    child, app = at_enrolment(newcomer)
    first, second = two_codes(app, newcomer.cloud.control)

    child.expect_exact(f"first code of {newcomer.user}: ")
    child.sendline(first)
    child.expect_exact("second code, the one that follows: ")
    child.sendline(second)
    code = ended(child)
    opened = newcomer.run("session", "--code", app.at(newcomer.cloud.control.world_time() + STEP))

    assert code == 0
    assert f"enabled device {newcomer.user}; IAM lists it" in child.before
    assert child.before.rstrip().endswith(newcomer.device)
    assert (
        f"[default]\nregion = us-east-1\nendpoint_url = {newcomer.cloud.address}\nmfa_serial = {newcomer.device}\n"
        in (newcomer.config_file.read_text())
    )
    assert opened.code == 0
    assert not newcomer.keyring.exists() or app.secret not in newcomer.keyring.read_text()


def test_the_two_codes_are_spent_here_too(newcomer: Person) -> None:
    child, app = at_enrolment(newcomer)
    first, second = two_codes(app, newcomer.cloud.control)
    child.sendline(first)
    child.sendline(second)
    ended(child)
    before = newcomer.cloud.counts_of("sts:GetSessionToken")

    refused = [newcomer.run("session", "--code", code).code for code in (first, second)]

    assert refused == [4, 4]
    assert newcomer.cloud.counts_of("sts:GetSessionToken") == before


def test_slips_are_seen_before_anything_is_sent(newcomer: Person) -> None:
    child, app = at_enrolment(newcomer)
    first, second = two_codes(app, newcomer.cloud.control)
    other = f"{(int(first) + 1) % 1000000:06d}"

    for typed in (other, "12345", first, first, second):
        child.sendline(typed)
    code = ended(child)

    assert code == 0
    assert f"this is no code of {newcomer.user}: its seed makes others" in child.before
    assert "a code has 6 digits, not 5" in child.before
    assert "that is the first code still, or an earlier one" in child.before
    assert newcomer.cloud.counts_of("iam:EnableMFADevice") >= 1


def test_the_second_code_is_counted_down_to(newcomer: Person) -> None:
    child, app = at_enrolment(newcomer)

    child.sendline(app.at(newcomer.cloud.control.world_time()))
    child.expect(rf"waiting for the next code of {newcomer.user} \(\d+ s\)")
    child.expect_exact("second code, the one that follows: ")
    child.sendline(app.at(newcomer.cloud.control.world_time()))
    code = ended(child)

    assert code == 0


def test_a_phone_scans_the_picture_in_the_file(newcomer: Person) -> None:
    child = newcomer.at_terminal("mfacli", "device", "enroll", "--png", "qr.png")
    child.expect_exact("wrote the QR code to qr.png")
    picture = newcomer.home / "qr.png"
    (read,) = zxingcpp.read_barcodes(Image.open(picture).convert("L"))
    app = pyotp.parse_uri(read.text)
    assert isinstance(app, pyotp.TOTP)
    for typed in two_codes(app, newcomer.cloud.control):
        child.sendline(typed)

    code = ended(child)

    assert code == 0
    assert stat.S_IMODE(picture.stat().st_mode) == 0o600
    assert (app.issuer, app.name) == ("Amazon Web Services", f"{newcomer.user}@111122223333")


def test_a_picture_that_is_there_is_not_written_over_unasked(newcomer: Person) -> None:
    (newcomer.home / "qr.png").write_text("mine")
    child = newcomer.at_terminal("mfacli", "device", "enroll", "--png", "qr.png")

    child.expect_exact("`qr.png` is there already: write over it? [y/N] ")
    child.sendline("n")
    code = ended(child)

    assert code == 3
    assert (newcomer.home / "qr.png").read_text() == "mine"
    assert device_in_cloud(newcomer) is None


def test_without_a_terminal_nothing_is_begun_that_could_not_be_ended(newcomer: Person) -> None:
    before = newcomer.cloud.counts_of("iam:CreateVirtualMFADevice")

    refused = newcomer.run("device", "enroll")

    assert refused.code == 8
    assert "--keep-seed" in refused.stderr
    assert newcomer.cloud.counts_of("iam:CreateVirtualMFADevice") == before


def test_with_the_seed_kept_nobody_is_needed(newcomer: Person) -> None:
    made = newcomer.run("device", "enroll", "--keep-seed", "--no-input")
    again = newcomer.run("device", "enroll", "--keep-seed", "--no-input")
    listed = newcomer.run("device", "list")

    assert (made.code, made.stdout) == (0, f"{newcomer.device}\n")
    assert "kept the seed of device" in made.stderr
    assert again.stderr.startswith(f"device {newcomer.user} is enabled already, since ")
    assert again.stderr.endswith("profile default names it already\n")
    assert listed.stdout.split("\t")[0::2] == [newcomer.device, "yes"]


def test_what_was_cancelled_is_taken_back(owner: Person) -> None:
    child, _ = at_enrolment(owner, "--qr", "--png", "qr.png")
    child.expect_exact("first code of")

    child.sendintr()
    code = ended(child)
    rest = owner.run("device", "enroll", "--keep-seed", "--no-input")

    assert code == 130
    assert f"deleted device {owner.user} again; nothing is left of it" in child.before
    assert not (owner.home / "qr.png").exists()
    assert rest.code == 0
    assert "begun before" not in rest.stderr


def test_what_a_user_may_not_take_back_is_told_and_gone_on_with(newcomer: Person) -> None:
    child, app = at_enrolment(newcomer)
    child.expect_exact("first code of")
    child.sendintr()
    ended(child)
    left = child.before
    unaided = newcomer.run("device", "enroll", "--keep-seed", "--yes")
    child = newcomer.at_terminal("mfacli", "device", "enroll")
    child.expect_exact("1  an authenticator app has it already: type its codes")
    for typed in ("1", *two_codes(app, newcomer.cloud.control)):
        child.sendline(typed)

    code = ended(child)

    assert f"`{newcomer.device}` is left, enabled for nobody" in left
    assert f"aws iam delete-virtual-mfa-device --serial-number {newcomer.device}" in left
    assert NO_DELETING in left
    assert unaided.code == 5
    assert NO_DELETING in unaided.stderr
    assert f"mfacli device enroll --name {newcomer.user}-2" in unaided.stderr
    assert code == 0
    assert device_in_cloud(newcomer) is not None


def test_a_second_device_is_made_beside_the_first(steady_guests: Guests) -> None:
    person = steady_guests("managing")
    name = f"{person.user}-2"

    made = person.run("device", "enroll", "--name", name, "--keep-seed", "--no-input")
    forced = person.run("device", "enroll", "--name", name, "--keep-seed", "--yes")

    assert made.code == 0
    assert f"profile default still names {person.device}" in made.stderr
    assert forced.code == 0
    assert f"mfa_serial = {person.device}-2\n" in person.config_file.read_text()


@pytest.mark.parametrize("named", ["arn:aws:iam::111122223333:u2f/user/x-ABC", "nonsense!"])
def test_a_profile_that_names_what_gives_no_codes_comes_to_name_what_does(named: str, newcomer: Person) -> None:
    with newcomer.config_file.open("r+") as config:
        lines = config.read()
        config.seek(0)
        config.write(lines.replace("[default]\n", f"[default]\nmfa_serial = {named}\n"))

    made = newcomer.run("device", "enroll", "--keep-seed", "--yes", "--no-input")

    assert made.code == 0
    assert f"warning: `{named}` is " in made.stderr
    assert newcomer.config_file.read_text().startswith(f"[default]\nmfa_serial = {newcomer.device}\n")
