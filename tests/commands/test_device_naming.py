"""Where a new device's serial is written: into the profile whose user it is, and into no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from mfacli.commands.device_naming import name_in_profile
from mfacli.commands.options import Manners
from mfacli.commands.wiring import Desk
from mfacli.domain.identity import Device
from mfacli.domain.plan import Request
from mfacli.errors import FileUnwritable
from tests.codes.stand_ins import Ear, Person

DEVICE = Device(serial="arn:aws:iam::111122223333:mfa/richard")
OLD = "arn:aws:iam::111122223333:mfa/old"
KEY, OTHER_KEY = "AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE"
KEYS = f"aws_access_key_id = {KEY}\naws_secret_access_key = secret\n"
IN_ENVIRONMENT = {"AWS_ACCESS_KEY_ID": OTHER_KEY, "AWS_SECRET_ACCESS_KEY": "secret"}


class Quiet(Ear):
    """An `Ear` that nobody watches."""

    is_watched = False


class Owner:
    """Somebody with a config file of their own, and what they hear when a device is named there."""

    def __init__(self, home: Path, config: str, **environment: str) -> None:
        self.config = home / ".aws" / "config"
        self.config.parent.mkdir()
        self.config.write_text(config)
        self.ear = Quiet()
        self.environment = {"MFACLI_STATE_DIR": str(home / "state"), **environment}

    def names(self, *answers: str, profile: str | None = None, is_agreed: bool = False) -> str:
        """Have the device named; returns the file."""
        desk = Desk(manners=Manners(), environment=self.environment)
        desk.terminal = self.ear  # type: ignore[assignment]  # keeps what is said
        desk.prompter = Person(*answers)
        plan = desk.plan(Request(wants_role=False, profile=profile))
        name_in_profile(desk, plan, DEVICE, is_agreed=is_agreed)
        return self.config.read_text()


def test_the_profile_names_it_and_keeps_all_else(isolated_home: Path) -> None:
    owner = Owner(isolated_home, f"# mine\n[profile dev]\n{KEYS}region = eu-west-1\n")

    written = owner.names(profile="dev")

    assert written == f"# mine\n[profile dev]\n{KEYS}region = eu-west-1\nmfa_serial = {DEVICE.serial}\n"


@pytest.mark.parametrize(("answer", "serial"), [("yes", DEVICE.serial), ("no", OLD)])
def test_another_device_there_gives_way_where_the_person_agrees(
    answer: str, serial: str, isolated_home: Path
) -> None:
    owner = Owner(isolated_home, f"[default]\n{KEYS}mfa_serial = {OLD}\n")

    written = owner.names(answer)

    assert written == f"[default]\n{KEYS}mfa_serial = {serial}\n"


def test_several_profiles_of_one_user_are_named_one_at_a_time(isolated_home: Path) -> None:
    owner = Owner(isolated_home, f"[profile a]\n{KEYS}[profile b]\n{KEYS}")

    first, second = owner.names(profile="a"), owner.names(profile="b")

    assert (first.count(DEVICE.serial), second.count(DEVICE.serial)) == (1, 2)


def test_the_profile_of_other_keys_than_the_environments_is_left_alone(isolated_home: Path) -> None:
    owner = Owner(isolated_home, f"[default]\n{KEYS}", **IN_ENVIRONMENT)

    written = owner.names()

    assert written == f"[default]\n{KEYS}"
    assert f"export AWS_MFA_SERIAL={DEVICE.serial}" in owner.ear.heard


@pytest.mark.parametrize("half", ["aws_secret_access_key = secret\n", f"aws_access_key_id = {KEY}\n"])
def test_a_profile_with_half_a_pair_is_left_alone_too(half: str, isolated_home: Path) -> None:
    owner = Owner(isolated_home, f"[default]\n{half}", **IN_ENVIRONMENT)

    assert owner.names() == f"[default]\n{half}"


@pytest.mark.parametrize(
    "config", ["", f"[default]\n{KEYS.replace(KEY, OTHER_KEY)}", "[default]\nregion = eu-west-1\n"]
)
def test_with_keys_of_the_environment_alone_the_default_profile_names_it(config: str, isolated_home: Path) -> None:
    owner = Owner(isolated_home, config, **IN_ENVIRONMENT)

    assert f"mfa_serial = {DEVICE.serial}\n" in owner.names()


def test_a_variable_that_goes_before_the_profile_is_told(isolated_home: Path) -> None:
    owner = Owner(isolated_home, f"[default]\n{KEYS}", AWS_MFA_SERIAL=OLD)

    owner.names()

    assert owner.ear.warnings == [f"AWS_MFA_SERIAL, which goes before the profile, still names {OLD}"]


def test_a_file_that_cannot_be_written_is_told_with_the_line_that_is_missing(isolated_home: Path) -> None:
    owner = Owner(isolated_home, "", **IN_ENVIRONMENT)
    owner.config.unlink()
    desk = Desk(manners=Manners(), environment=owner.environment)
    desk.terminal = owner.ear  # type: ignore[assignment]  # keeps what is said
    plan = desk.plan(Request(wants_role=False))
    owner.config.mkdir()

    with pytest.raises(FileUnwritable):
        name_in_profile(desk, plan, DEVICE, is_agreed=False)

    assert owner.ear.warnings == [
        f"profile default does not name the device; what is missing there: mfa_serial = {DEVICE.serial}"
    ]
