from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from mfacli.emulator import totp
from tests.emulator.town import ACCOUNT_A, Refused, Town, refusal_of

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient
    from types_boto3_iam.type_defs import VirtualMFADeviceTypeDef

INVALID_CODE = Refused(
    code="InvalidAuthenticationCode", status=403, message="Authentication code for device is not valid."
)


def _serial(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT_A}:mfa/{name}"


def _made(town: Town, name: str, who: str = "Anaya") -> VirtualMFADeviceTypeDef:
    return town.iam(who).create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]


def _codes(town: Town, device: VirtualMFADeviceTypeDef) -> tuple[str, str]:
    """Return this step's code and the next one's, as an app computes them."""
    app = pyotp.TOTP(device["Base32StringSeed"].decode())
    now = town.control.world_time()
    return app.at(now), app.at(now + timedelta(seconds=30))


def _pixels(png: bytes) -> memoryview:
    """Return the grey values of a black-and-white PNG, as far as the format's filters are used for QR codes."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert (png[:8], depth, colour) == (b"\x89PNG\r\n\x1a\n", 1, 0)
    at, packed = 8, b""
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        packed += png[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += size + 12
    stride, lines = (width + 7) // 8, zlib.decompress(packed)
    above, grey = bytes(stride), bytearray()
    for begin in range(0, len(lines), stride + 1):
        kind_of_filter, line = lines[begin], lines[begin + 1 : begin + 1 + stride]
        assert kind_of_filter in (0, 2)
        above = bytes(byte + (up if kind_of_filter == 2 else 0) & 0xFF for byte, up in zip(line, above, strict=True))
        grey += bytes(255 * (above[x // 8] >> (7 - x % 8) & 1) for x in range(width))
    return memoryview(bytes(grey)).cast("B", (height, width))


def _user(town: Town, name: str) -> str:
    town.iam("Anaya").create_user(UserName=name)
    return name


def test_a_new_device_has_a_seed_and_a_picture_of_it(town: Town) -> None:
    import zxingcpp

    device = _made(town, "phone")
    read = zxingcpp.read_barcodes(_pixels(device["QRCodePNG"]))

    seed = device["Base32StringSeed"].decode()
    link = urlsplit(read[0].text)
    assert device["SerialNumber"] == _serial("phone")
    assert len(seed) == 64
    assert (link.scheme, link.netloc, link.path) == ("otpauth", "totp", f"/phone@{ACCOUNT_A}")
    assert parse_qs(link.query) == {"secret": [seed]}


def test_a_path_is_part_of_the_serial(town: Town) -> None:
    device = town.iam("Anaya").create_virtual_mfa_device(VirtualMFADeviceName="p", Path="/team/books/")

    assert device["VirtualMFADevice"]["SerialNumber"] == f"arn:aws:iam::{ACCOUNT_A}:mfa/team/books/p"


@pytest.mark.parametrize(
    "parameters", [{"Path": "team"}, {"VirtualMFADeviceName": "a/b"}, {"VirtualMFADeviceName": ""}]
)
def test_names_and_paths_are_held_to_the_model(town: Town, parameters: dict[str, str]) -> None:
    whole = {"VirtualMFADeviceName": "x", **parameters}

    told = refusal_of(
        lambda: town.iam("Anaya").create_virtual_mfa_device(**whole)  # type: ignore[arg-type]  # the stubs take no mapping
    )

    assert (told.code, told.status) == ("ValidationError", 400)


def test_a_device_exists_once(town: Town) -> None:
    _made(town, "twice")

    told = refusal_of(lambda: _made(town, "twice"))

    assert told == Refused(
        code="EntityAlreadyExists", status=409, message="MFADevice entity at the same path and name already exists."
    )


def test_a_device_is_enabled_by_two_successive_codes_and_then_signs_in(town: Town) -> None:
    device = _made(town, "enabling")
    user = _user(town, "Enabling")
    key = town.iam("Anaya").create_access_key(UserName=user)["AccessKey"]
    first, second = _codes(town, device)

    town.iam("Anaya").enable_mfa_device(
        UserName=user, SerialNumber=device["SerialNumber"], AuthenticationCode1=first, AuthenticationCode2=second
    )
    session = town.session(user)

    listed = town.iam("Anaya").list_mfa_devices(UserName=user)["MFADevices"]
    assert [(entry["UserName"], entry["SerialNumber"]) for entry in listed] == [(user, device["SerialNumber"])]
    assert town.control.environment_of(user).access_key_id == key["AccessKeyId"]
    assert session["AccessKeyId"].startswith("ASIA")


def test_other_codes_enable_nothing(town: Town) -> None:
    device = _made(town, "refusing")
    first, second = _codes(town, device)

    def enable(one: str, two: str) -> Refused:
        return refusal_of(
            lambda: town.iam("Anaya").enable_mfa_device(
                UserName="Arnav",
                SerialNumber=device["SerialNumber"],
                AuthenticationCode1=one,
                AuthenticationCode2=two,
            )
        )

    assert [enable("000000", "000000"), enable(first, first), enable(second, first)] == [INVALID_CODE] * 3
    assert town.iam("Anaya").list_mfa_devices(UserName="Arnav")["MFADevices"] == []


def test_a_device_in_use_cannot_be_enabled_again(town: Town) -> None:
    told = refusal_of(
        lambda: town.iam("Anaya").enable_mfa_device(
            UserName="Jorge",
            SerialNumber=_serial("Sofia"),
            AuthenticationCode1="123456",
            AuthenticationCode2="123457",
        )
    )

    assert told == Refused(code="EntityAlreadyExists", status=409, message="MFA Device is already in use.")


@pytest.mark.parametrize(
    ("user", "serial"),
    [("Nobody", "GAHT55555555"), ("Jorge", "GAHT00000000"), ("Jorge", "arn:aws:iam::444455556666:mfa/Richard")],
)
def test_users_and_devices_must_be_there(town: Town, user: str, serial: str) -> None:
    told = refusal_of(
        lambda: town.iam("Anaya").enable_mfa_device(
            UserName=user, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="123457"
        )
    )

    assert (told.code, told.status) == ("NoSuchEntity", 404)


def test_a_hardware_device_from_the_drawer_is_enabled(town: Town) -> None:
    user = _user(town, "Hardware")
    shown = town.control.shown(device="GAHT55555555")

    town.iam("Anaya").enable_mfa_device(
        UserName=user,
        SerialNumber="GAHT55555555",
        AuthenticationCode1=shown.code.reveal(),
        AuthenticationCode2=shown.next_code.reveal(),
    )

    listed = town.iam("Anaya").list_mfa_devices(UserName=user)["MFADevices"]
    assert [entry["SerialNumber"] for entry in listed] == ["GAHT55555555"]


def test_a_slow_device_signs_in_after_resynchronising(town: Town) -> None:
    def session() -> object:
        return town.session("Akua")

    before = refusal_of(session)
    shown = town.control.shown("Akua")
    town.iam("Akua").resync_mfa_device(
        UserName="Akua",
        SerialNumber=shown.serial,
        AuthenticationCode1=shown.code.reveal(),
        AuthenticationCode2=shown.next_code.reveal(),
    )

    assert before.code == "AccessDenied"
    assert session()


def test_resynchronising_takes_the_users_own_device_and_right_codes(town: Town) -> None:
    def resync(user: str) -> Refused:
        return refusal_of(
            lambda: town.iam("Anaya").resync_mfa_device(
                UserName=user,
                SerialNumber=_serial("Sofia"),
                AuthenticationCode1="000000",
                AuthenticationCode2="000001",
            )
        )

    assert (resync("Jorge").code, resync("Jorge").status) == ("NoSuchEntity", 404)
    assert resync("Sofia") == INVALID_CODE


def test_a_device_is_deactivated_then_deleted(town: Town) -> None:
    device = _made(town, "leaving")
    user = _user(town, "Leaving")
    first, second = _codes(town, device)
    iam, serial = town.iam("Anaya"), device["SerialNumber"]
    iam.enable_mfa_device(UserName=user, SerialNumber=serial, AuthenticationCode1=first, AuthenticationCode2=second)

    in_use = refusal_of(lambda: iam.delete_virtual_mfa_device(SerialNumber=serial))
    with_device = refusal_of(lambda: iam.delete_user(UserName=user))
    iam.deactivate_mfa_device(UserName=user, SerialNumber=serial)
    twice = refusal_of(lambda: iam.deactivate_mfa_device(UserName=user, SerialNumber=serial))
    iam.delete_virtual_mfa_device(SerialNumber=serial)
    gone = refusal_of(lambda: iam.delete_virtual_mfa_device(SerialNumber=serial))
    iam.delete_user(UserName=user)

    assert in_use == Refused(
        code="DeleteConflict", status=409, message="MFA VirtualDevice in use. Must deactivate first."
    )
    assert (with_device.code, with_device.message) == (
        "DeleteConflict",
        "Cannot delete entity, must delete MFA device first.",
    )
    assert (twice.code, twice.status, gone.code, gone.status) == ("NoSuchEntity", 404, "NoSuchEntity", 404)


def test_without_a_name_the_callers_devices_are_meant(town: Town) -> None:
    found = town.iam("Saanvi").list_mfa_devices()

    assert [entry["SerialNumber"] for entry in found["MFADevices"]] == [_serial("Saanvi")]
    assert found["IsTruncated"] is False


def test_root_has_no_devices_to_list(town: Town) -> None:
    assert town.iam("A:root").list_mfa_devices()["MFADevices"] == []


def test_virtual_devices_are_listed_by_assignment_and_page_by_page(town: Town) -> None:
    _made(town, "unassigned")
    iam = town.iam("Anaya")

    assigned = iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
    unassigned = iam.list_virtual_mfa_devices(AssignmentStatus="Unassigned")["VirtualMFADevices"]
    pages = list(iam.get_paginator("list_virtual_mfa_devices").paginate(PaginationConfig={"PageSize": 2}))
    everything = iam.list_virtual_mfa_devices()["VirtualMFADevices"]

    paged = [device["SerialNumber"] for page in pages for device in page["VirtualMFADevices"]]
    sofia = next(device for device in assigned if device["SerialNumber"] == _serial("Sofia"))
    assert sofia["User"]["UserName"] == "Sofia"
    assert "EnableDate" in sofia
    assert _serial("unassigned") in [device["SerialNumber"] for device in unassigned]
    assert all("User" not in device for device in unassigned)
    assert paged == [device["SerialNumber"] for device in everything]
    assert len(pages) == (len(everything) + 1) // 2
    assert len(assigned) + len(unassigned) == len(everything)


@pytest.mark.parametrize("marker", ["x", "9999", "-1"])
def test_a_marker_that_was_not_given_is_refused(town: Town, marker: str) -> None:
    told = refusal_of(lambda: town.iam("Anaya").list_virtual_mfa_devices(Marker=marker))

    assert (told.code, told.status) == ("ValidationError", 400)


def test_another_accounts_devices_are_not_listed(town: Town) -> None:
    listed = town.iam("Anaya").list_virtual_mfa_devices()["VirtualMFADevices"]

    assert not [device for device in listed if "Richard" in device["SerialNumber"]]


def test_get_mfa_device_tells_of_security_keys_only(town: Town) -> None:
    iam, serial = town.iam("Anaya"), f"arn:aws:iam::{ACCOUNT_A}:u2f/user/Efua"

    found = iam.get_mfa_device(SerialNumber=serial, UserName="Efua")
    virtual = refusal_of(lambda: iam.get_mfa_device(SerialNumber=_serial("Sofia")))
    somebody_elses = refusal_of(lambda: iam.get_mfa_device(SerialNumber=serial, UserName="Sofia"))

    assert (found["UserName"], found["SerialNumber"]) == ("Efua", serial)
    assert (virtual.code, somebody_elses.code) == ("NoSuchEntity", "NoSuchEntity")


def test_devices_can_be_tagged(town: Town) -> None:
    iam = town.iam("Anaya")
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="tagged", Tags=[{"Key": "a", "Value": "1"}])[
        "VirtualMFADevice"
    ]["SerialNumber"]

    iam.tag_mfa_device(SerialNumber=serial, Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "3"}])
    iam.untag_mfa_device(SerialNumber=serial, TagKeys=["b"])
    duplicate = refusal_of(
        lambda: iam.tag_mfa_device(SerialNumber=serial, Tags=[{"Key": "c", "Value": ""}, {"Key": "C", "Value": ""}])
    )
    too_many = refusal_of(
        lambda: iam.tag_mfa_device(SerialNumber=serial, Tags=[{"Key": f"k{n}", "Value": ""} for n in range(50)])
    )
    missing = refusal_of(lambda: iam.list_mfa_device_tags(SerialNumber="GAHT55555555"))

    assert iam.list_mfa_device_tags(SerialNumber=serial)["Tags"] == [{"Key": "a", "Value": "3"}]
    assert (duplicate.code, too_many.code, missing.code) == ("InvalidInput", "LimitExceeded", "NoSuchEntity")


def test_a_self_managing_user_enrols_without_mfa_and_manages_with_it(town: Town) -> None:
    device = _made(town, "Arnavs", "Arnav")
    first, second = _codes(town, device)
    iam = town.iam("Arnav")
    iam.enable_mfa_device(
        UserName="Arnav",
        SerialNumber=device["SerialNumber"],
        AuthenticationCode1=first,
        AuthenticationCode2=second,
    )

    denied = refusal_of(lambda: iam.deactivate_mfa_device(UserName="Arnav", SerialNumber=device["SerialNumber"]))
    with_mfa = town.iam(town.session("Arnav"))
    foreign = refusal_of(lambda: with_mfa.deactivate_mfa_device(UserName="Sofia", SerialNumber=_serial("Sofia")))
    with_mfa.deactivate_mfa_device(UserName="Arnav", SerialNumber=device["SerialNumber"])

    assert (denied.code, foreign.code) == ("AccessDenied", "AccessDenied")
    assert "explicit deny" in denied.message


# What AWS' policy for one's own device has nothing to do with; the first two are those that people miss.
BEYOND_ONES_OWN_DEVICE: dict[str, Callable[[IAMClient], object]] = {
    "delete one's own device": lambda iam: iam.delete_virtual_mfa_device(SerialNumber=_serial("Saanvi")),
    "delete another's device": lambda iam: iam.delete_virtual_mfa_device(SerialNumber=_serial("Sofia")),
    "take another's device": lambda iam: iam.deactivate_mfa_device(UserName="Sofia", SerialNumber=_serial("Sofia")),
    "list another's devices": lambda iam: iam.list_mfa_devices(UserName="Sofia"),
    "give another a device": lambda iam: iam.enable_mfa_device(
        UserName="Arnav", SerialNumber=_serial("new"), AuthenticationCode1="111111", AuthenticationCode2="222222"
    ),
    "resynchronise another's": lambda iam: iam.resync_mfa_device(
        UserName="Sofia", SerialNumber=_serial("Sofia"), AuthenticationCode1="111111", AuthenticationCode2="222222"
    ),
    "look at another": lambda iam: iam.get_user(UserName="Sofia"),
    "list the users": lambda iam: iam.list_users(),
    "make a key": lambda iam: iam.create_access_key(UserName="Saanvi"),
    "tag a device": lambda iam: iam.tag_mfa_device(SerialNumber=_serial("Saanvi"), Tags=[{"Key": "a", "Value": "b"}]),
    "attach a policy": lambda iam: iam.attach_user_policy(
        UserName="Saanvi", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    ),
}


def test_a_self_managing_user_may_do_nothing_beyond_with_mfa_or_without(town: Town) -> None:
    without, with_mfa = town.iam("Saanvi"), town.iam(town.session("Saanvi"))

    told = {
        what: {refusal_of(partial(call, iam)).code for iam in (without, with_mfa)}
        for what, call in BEYOND_ONES_OWN_DEVICE.items()
    }

    assert told == {what: {"AccessDenied"} for what in BEYOND_ONES_OWN_DEVICE}
    assert [each["SerialNumber"] for each in with_mfa.list_mfa_devices()["MFADevices"]] == [_serial("Saanvi")]


def test_a_session_without_mfa_is_unknown_to_iam(town: Town) -> None:
    session = town.session("Anaya", with_mfa=False)

    told = refusal_of(lambda: town.iam(session).list_users())

    assert told == Refused(
        code="InvalidClientTokenId", status=403, message="The security token included in the request is invalid"
    )


def test_our_arithmetic_agrees_with_the_apps() -> None:
    seed = pyotp.random_base32(64)

    ours = totp.hotp(pyotp.TOTP(seed).byte_secret(), 58_000_000)

    assert ours == pyotp.HOTP(seed).at(58_000_000)
