"""A device after its enrolment: in step again, taken away, replaced, tested, handed on."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import boto3
import pyotp
import pytest
import segno

from tests.stage import REGION, Guests, Person, ended, person_called

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient

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


def with_all_rights(person: Person) -> IAMClient:
    """Return a client of their account's administrator, who has taken their device from them."""
    keys = person.cloud.control.environment_of("Anaya")
    client = boto3.client(
        "iam",
        region_name=REGION,
        endpoint_url=person.cloud.address,
        aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=keys.secret_access_key.reveal(),
    )
    client.deactivate_mfa_device(UserName=person.user, SerialNumber=person.device)
    return client


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
    renamed = akua.run("device", "rename", "mine", "--yes")

    assert code == 0
    assert "device GAHT87654321 is in step again" in child.before
    assert (again.code, again.stderr.splitlines()[0]) == (
        4,
        "mfacli: IAM refused the two codes of MFA device `GAHT87654321`",
    )
    assert renamed.code == 4
    assert "`GAHT87654321` is a hardware device, whose serial is its name" in renamed.stderr


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
    assert "profile default still names it" in removed.stderr


def test_a_device_is_removed_everywhere_and_removing_it_again_goes_on(owner: Person) -> None:
    deactivated = owner.run("device", "deactivate", "--yes")
    twice = owner.run("device", "deactivate", "--yes")
    removed = owner.run("device", "remove", "--from-cloud", "--yes")
    again = owner.run("device", "remove", "--from-cloud", "--yes")
    listed = owner.run("device", "list")

    assert deactivated.code == 0
    assert removed.stderr.startswith(f"deleted device {owner.user}\nremoved the seed of device {owner.user}\n")
    assert (twice.code, again.code) == (4, 4)
    assert f"mfacli: device `{owner.device}` is not enabled for {owner.user}\n" in twice.stderr
    assert f"mfacli: device `{owner.device}` is not enabled for {owner.user}\n" in again.stderr
    assert listed.stdout == f"{owner.device}\tnot yours\tno\tdefault\n"
    assert listed.stderr == "you have no MFA device; `mfacli device enroll` makes one\n"


def test_a_seed_whose_device_is_gone_already_is_removed(owner: Person) -> None:
    with_all_rights(owner).delete_virtual_mfa_device(SerialNumber=owner.device)

    removed = owner.run("device", "remove", "--from-cloud", "--yes")

    assert removed.code == 0
    assert removed.stderr.startswith(f"removed the seed of device {owner.user}\n")
    assert serials(owner, "has_seed") == []


def test_another_users_device_is_not_removed(owner: Person) -> None:
    others = owner.device.replace(owner.user, "Sofia")

    refused = owner.run("device", "remove", "--from-cloud", "--yes", "--device", others)

    assert refused.code == 4
    assert f"device `{others}` is enabled for another user than {owner.user}" in refused.stderr
    assert f"aws iam deactivate-mfa-device --user-name NAME --serial-number {others}" in refused.stderr


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


def test_whoever_takes_away_the_profiles_own_device_chooses_whose_code_is_given(managing: Person) -> None:
    managing.run("device", "enroll", "--name", f"{managing.user}-2", "--keep-seed", "--no-input")
    child = managing.at_terminal("mfacli", "device", "deactivate", "--yes")
    child.expect_exact(f"  2  {managing.device}-2")
    child.sendline("1")
    child.expect_exact(f"MFA code for {managing.user}: ")
    child.sendline(managing.code())

    assert ended(child) == 0
    assert serials(managing, "in_cloud") == [f"{managing.device}-2"]


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
    assert f"mfa_serial = {owner.device}\n" in owner.config_file.read_text()
    assert again.code == 2
    assert f"--device SERIAL` takes another one away: {owner.device}-3" in again.stderr


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
