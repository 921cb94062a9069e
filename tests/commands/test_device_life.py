"""A device after its enrolment: in step again, taken away, replaced, tested, handed on."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import segno

from tests.stage import Guests, Person, ended, person_called


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
    codes = ("--code", shown.code.reveal(), "--code", shown.next_code.reveal())

    resynced = akua.run("device", "resync", *codes)
    again = akua.run("device", "resync", *codes)
    renamed = akua.run("device", "rename", "mine", "--yes")

    assert resynced.code == 0
    assert "device GAHT87654321 is in step again" in resynced.stderr
    assert (again.code, again.stderr.splitlines()[0]) == (
        4,
        "mfacli: IAM refused the two codes of MFA device `GAHT87654321`",
    )
    assert renamed.code == 4
    assert "`GAHT87654321` is a hardware device, whose serial is its name" in renamed.stderr


def test_what_a_user_may_not_delete_is_deactivated_and_told_of(managing: Person) -> None:
    managing.run("session", "--code", managing.code())

    removed = managing.run("device", "remove", "--from-cloud", "--yes", "--no-input")

    assert removed.code == 5
    assert f"deactivated device {managing.user}" in removed.stderr
    assert f"device `{managing.device}` is left, enabled for nobody" in removed.stderr
    assert f"aws iam delete-virtual-mfa-device --serial-number {managing.device}" in removed.stderr
    assert "profile default still names it" in removed.stderr


def test_a_device_that_is_lost_is_taken_away_with_the_code_of_another(managing: Person) -> None:
    second = f"{managing.device}-2"
    managing.run("device", "enroll", "--name", f"{managing.user}-2", "--keep-seed", "--no-input")

    unasked = managing.run("device", "deactivate", "--yes", "--device", second)
    child = managing.at_terminal("mfacli", "device", "deactivate", "--yes", "--device", second)
    child.expect_exact(f"MFA code for {managing.user}: ")
    child.sendline(managing.code())

    assert ended(child) == 0
    assert unasked.code == 8
    assert "open a session first, which is then taken: `mfacli session`" in unasked.stderr
    assert serials(managing, "in_cloud") == [managing.device]


def test_nobody_types_two_codes_of_a_device_that_is_not_enabled(managing: Person) -> None:
    refused = managing.run("device", "resync", "--device", f"{managing.device}-2")

    assert refused.code == 4
    assert f"device `{managing.device}-2` is not enabled for {managing.user}" in refused.stderr
    assert f"enabled are: {managing.device}\n" in refused.stderr


def test_renaming_another_device_leaves_the_profile_as_it_is(owner: Person) -> None:
    owner.run("device", "enroll", "--keep-seed", "--no-input", "--name", f"{owner.user}-2")

    renamed = owner.run("device", "rename", f"{owner.user}-3", "--yes", "--device", f"{owner.device}-2")
    again = owner.run("device", "rename", owner.user, "--yes")

    assert (renamed.code, renamed.stdout) == (0, f"{owner.device}-3\n")
    assert serials(owner, "in_cloud") == serials(owner, "has_seed") == [owner.device, f"{owner.device}-3"]
    assert f"mfa_serial = {owner.device}\n" in owner.config_file.read_text()
    assert again.code == 2
    assert f"--device SERIAL` takes another one away: {owner.device}-3" in again.stderr


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
    tested = managing.run(
        "device", "test", "--code", pyotp.TOTP(managing.seed).at(managing.cloud.control.world_time())
    )

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
