"""IAM's operations on devices: what goes over the wire, what becomes of the answer, and what a refusal means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mfacli.domain.codes import Code, CodeOrigin
from mfacli.domain.identity import Device
from mfacli.domain.registered import RegisteredDevice
from mfacli.domain.secret import Secret
from mfacli.errors import (
    AccessDenied,
    CloudRefused,
    CloudUnreachable,
    CodeRejected,
    EntityBusy,
    EntityExists,
    EntityMissing,
    MfacliError,
)
from mfacli.interfaces import DeviceRegistry
from mfacli.providers.aws_devices import AwsDevices
from tests.providers.local_cloud import IAM, LocalCloud, Reply, refusal, success
from tests.providers.plans import DEVICE, KEYS, SESSION_KEYS, plan_for, provider_with

FIRST = Code(digits=Secret("111111"), origin=CodeOrigin.TYPED)
SECOND = Code(digits=Secret("222222"), origin=CodeOrigin.TYPED)
CODES = (FIRST, SECOND)
DERIVED = (replace(FIRST, origin=CodeOrigin.DERIVED), replace(SECOND, origin=CodeOrigin.DERIVED))
# "GEZDGNBVGY3TQOJQ" in base64 once more, as it is on the wire.
CREATED = Reply(
    body=success(
        "CreateVirtualMFADevice",
        f"<VirtualMFADevice><SerialNumber>{DEVICE.serial}</SerialNumber>"
        "<Base32StringSeed>R0VaREdOQlZHWTNUUU9KUQ==</Base32StringSeed></VirtualMFADevice>",
        namespace=IAM,
    )
)
Ask = Callable[[AwsDevices, str], object]

ENABLE: Ask = lambda devices, url: devices.enable(DEVICE, CODES, user="richard", plan=plan_for(url), keys=KEYS)  # noqa: E731
RESYNC: Ask = lambda devices, url: devices.resync(DEVICE, CODES, user="richard", plan=plan_for(url), keys=KEYS)  # noqa: E731
CREATE: Ask = lambda devices, url: devices.create(DEVICE, plan=plan_for(url), keys=KEYS)  # noqa: E731
DELETE: Ask = lambda devices, url: devices.delete(DEVICE, plan=plan_for(url), keys=KEYS)  # noqa: E731
DEACTIVATE: Ask = lambda devices, url: devices.deactivate(DEVICE, user="richard", plan=plan_for(url), keys=KEYS)  # noqa: E731
LIST: Ask = lambda devices, url: devices.of_user(plan=plan_for(url), keys=KEYS)  # noqa: E731
UNASSIGNED: Ask = lambda devices, url: devices.unassigned(plan=plan_for(url), keys=KEYS)  # noqa: E731
SERIAL_AND_CODES = {
    "UserName": "richard",
    "SerialNumber": DEVICE.serial,
    "AuthenticationCode1": "111111",
    "AuthenticationCode2": "222222",
}


def registry() -> AwsDevices:
    return AwsDevices(provider_with().calls)


def done(operation: str) -> Reply:
    return Reply(body=success(operation, "", namespace=IAM))


def refused(ask: Ask, code: str, text: str = "no", *, status: int = 409) -> MfacliError:
    with (
        LocalCloud(Reply(status=status, body=refusal(code, text, namespace=IAM))) as cloud,
        pytest.raises(MfacliError) as caught,
    ):
        ask(registry(), cloud.url)
    return caught.value


def test_it_is_a_registry() -> None:
    made: DeviceRegistry = registry()

    assert made is not None


def test_a_device_is_made_with_a_seed_of_its_own() -> None:
    with LocalCloud(CREATED) as cloud:
        made = registry().create(DEVICE, plan=plan_for(cloud.url), keys=KEYS)

    assert made.device == DEVICE
    assert (made.seed.key, made.seed.digits, made.seed.period) == (Secret("GEZDGNBVGY3TQOJQ"), 6, 30)
    assert cloud.asked[0].parameters == {
        "Action": "CreateVirtualMFADevice",
        "Version": "2010-05-08",
        "VirtualMFADeviceName": "richard",
    }


@pytest.mark.parametrize(
    ("ask", "operation", "parameters"),
    [
        (ENABLE, "EnableMFADevice", SERIAL_AND_CODES),
        (RESYNC, "ResyncMFADevice", SERIAL_AND_CODES),
        (DEACTIVATE, "DeactivateMFADevice", {"UserName": "richard", "SerialNumber": DEVICE.serial}),
        (DELETE, "DeleteVirtualMFADevice", {"SerialNumber": DEVICE.serial}),
    ],
)
def test_a_change_names_user_device_and_codes(ask: Ask, operation: str, parameters: dict[str, str]) -> None:
    with LocalCloud(done(operation)) as cloud:
        ask(registry(), cloud.url)

    assert [asked.parameters for asked in cloud.asked] == [
        {"Action": operation, "Version": "2010-05-08", **parameters}
    ]


@pytest.mark.parametrize("ask", [CREATE, ENABLE, RESYNC])
def test_what_a_second_sending_would_spoil_is_sent_once(ask: Ask) -> None:
    with LocalCloud(Reply(hangs_up=True)) as cloud, pytest.raises(CloudUnreachable):
        ask(registry(), cloud.url)

    assert len(cloud.asked) == 1


@pytest.mark.usefixtures("no_naps")
def test_what_may_be_asked_any_number_of_times_is_asked_again() -> None:
    page = success("ListMFADevices", "<IsTruncated>false</IsTruncated><MFADevices/>", namespace=IAM)
    with LocalCloud(Reply(hangs_up=True), Reply(body=page)) as cloud:
        found = registry().of_user(plan=plan_for(cloud.url), keys=KEYS)

    assert (list(found), len(cloud.asked)) == ([], 2)


def _member(serial: str) -> str:
    return (
        f"<member><UserName>richard</UserName><SerialNumber>{serial}</SerialNumber>"
        "<EnableDate>2026-11-20T10:00:00Z</EnableDate></member>"
    )


def test_devices_of_every_kind_are_listed_over_all_pages() -> None:
    key = "arn:aws:iam::111122223333:u2f/user/richard/key-X"
    pages = [
        f"<IsTruncated>true</IsTruncated><Marker>more</Marker><MFADevices>{_member(DEVICE.serial)}</MFADevices>",
        f"<IsTruncated>false</IsTruncated><MFADevices>{_member(key)}</MFADevices>",
    ]
    with LocalCloud(*(Reply(body=success("ListMFADevices", page, namespace=IAM)) for page in pages)) as cloud:
        found = registry().of_user(plan=plan_for(cloud.url), keys=KEYS)

    since = datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert list(found) == [
        RegisteredDevice(serial=DEVICE.serial, enabled_at=since),
        RegisteredDevice(serial=key, enabled_at=since),
    ]
    assert [each.is_usable for each in found] == [True, False]
    assert [asked.parameters.get("Marker") for asked in cloud.asked] == [None, "more"]


def test_nobodys_devices_are_listed_over_all_pages() -> None:
    def page(serial: str, rest: str) -> Reply:
        member = f"<member><SerialNumber>{serial}</SerialNumber></member>"
        return Reply(
            body=success(
                "ListVirtualMFADevices", f"{rest}<VirtualMFADevices>{member}</VirtualMFADevices>", namespace=IAM
            )
        )

    first = page("arn:aws:iam::111122223333:mfa/a", "<IsTruncated>true</IsTruncated><Marker>m</Marker>")
    with LocalCloud(first, page("arn:aws:iam::111122223333:mfa/b", "<IsTruncated>false</IsTruncated>")) as cloud:
        found = registry().unassigned(plan=plan_for(cloud.url), keys=KEYS)

    assert list(found) == ["arn:aws:iam::111122223333:mfa/a", "arn:aws:iam::111122223333:mfa/b"]
    assert [asked.parameters["AssignmentStatus"] for asked in cloud.asked] == ["Unassigned"] * 2


@pytest.mark.parametrize(
    ("ask", "code", "kind"),
    [
        (CREATE, "EntityAlreadyExists", EntityExists),
        (ENABLE, "EntityAlreadyExists", EntityExists),
        (DELETE, "DeleteConflict", EntityExists),
        (ENABLE, "NoSuchEntity", EntityMissing),
        (DEACTIVATE, "NoSuchEntity", EntityMissing),
        (ENABLE, "EntityTemporarilyUnmodifiable", EntityBusy),
        (DELETE, "ConcurrentModification", EntityBusy),
    ],
)
def test_a_refusal_says_of_which_device_it_is(ask: Ask, code: str, kind: type[MfacliError]) -> None:
    error = refused(ask, code, "the cloud's words")

    assert type(error) is kind
    assert "MFA device `richard`" in error.message
    assert "the cloud's words" in error.message


@pytest.mark.parametrize(
    ("codes", "hint"),
    [
        (CODES, "two codes that follow each other directly"),
        (DERIVED, "the seed kept here is not this device's"),
    ],
)
def test_refused_codes_are_told_by_where_they_came_from_and_never_shown(codes: tuple[Code, Code], hint: str) -> None:
    error = refused(
        lambda devices, url: devices.enable(DEVICE, codes, user="richard", plan=plan_for(url), keys=KEYS),
        "InvalidAuthenticationCode",
        "Authentication code for device is not valid: 111111 222222",
        status=403,
    )

    assert isinstance(error, CodeRejected)
    assert error.message == "IAM refused the two codes of MFA device `richard`"
    assert hint in error.hint
    assert "111111" not in f"{error.message}{error.hint}{error.__cause__}"
    assert "222222" not in f"{error.message}{error.hint}{error.__cause__}"


def test_a_ninth_device_is_told_of_with_its_cure() -> None:
    error = refused(ENABLE, "LimitExceeded", "Cannot exceed quota for MFADevicesPerUser: 8")

    assert type(error) is CloudRefused
    assert "mfacli device remove --from-cloud" in error.hint


def test_an_account_with_too_many_devices_is_told_of_with_its_cure() -> None:
    error = refused(CREATE, "LimitExceeded", "Cannot exceed quota for MFADevicesPerAccount: 5000")

    assert type(error) is CloudRefused
    assert "aws iam list-virtual-mfa-devices --assignment-status Unassigned" in error.hint


def test_iam_failing_inside_leaves_it_open_whether_it_was_done() -> None:
    error = refused(CREATE, "ServiceFailure", "The request processing has failed", status=500)

    assert type(error) is CloudUnreachable
    assert "failed on its side: ServiceFailure" in error.message


IMPLICIT = "User: u is not authorized to perform: a because no identity-based policy allows the a action"
EXPLICIT = "User: u is not authorized to perform: a with an explicit deny in an identity-based policy"


@pytest.mark.parametrize(
    ("ask", "text", "hint"),
    [
        (CREATE, IMPLICIT, "`AllowManageOwnVirtualMFADevice`"),
        (CREATE, IMPLICIT, "mfa/${aws:username}"),
        (ENABLE, IMPLICIT, "`AllowManageOwnUserMFA`"),
        (RESYNC, IMPLICIT, "`iam:ResyncMFADevice` on `arn:aws:iam::*:user/${aws:username}`"),
        (LIST, IMPLICIT, "`iam:ListMFADevices`"),
        (UNASSIGNED, IMPLICIT, "`AllowViewAccountInfo`"),
        (DEACTIVATE, EXPLICIT, "`DenyAllExceptListedIfNoMFA`"),
        (DELETE, IMPLICIT, f"aws iam delete-virtual-mfa-device --serial-number {DEVICE.serial}"),
        (DELETE, EXPLICIT, "do not add `iam:DeleteVirtualMFADevice` to `DenyAllExceptListedIfNoMFA`"),
    ],
)
def test_a_denial_names_the_statement_that_is_missing_or_in_the_way(ask: Ask, text: str, hint: str) -> None:
    error = refused(ask, "AccessDenied", text, status=403)

    assert isinstance(error, AccessDenied)
    assert hint in error.hint


def test_a_deny_that_refuses_a_session_too_is_not_put_down_to_mfa() -> None:
    error = refused(
        lambda devices, url: devices.deactivate(
            Device(serial=DEVICE.serial), user="richard", plan=plan_for(url), keys=SESSION_KEYS
        ),
        "AccessDenied",
        EXPLICIT,
        status=403,
    )

    assert "has given no MFA" not in error.hint
    assert "`AllowManageOwnUserMFA`" in error.hint
