"""What the clouds say of keys and devices, asked from this process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mfacli.commands.doctor_cloud import Place, device_findings, endpoint_findings
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Request
from mfacli.store.index import VERSION
from tests.commands.at_desk import KEYS, desk_at, said, wrote
from tests.providers.local_cloud import IAM, LocalCloud, Reply, success
from tests.stage import Guests, Person

ROOT = "arn:aws:iam::111122223333:root"
PASSKEY = "arn:aws:iam::111122223333:u2f/user/anna/key"
PHONE = "arn:aws:iam::111122223333:mfa/anna"


def _at_home(person: Person, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("HOME", str(person.home))
    return desk_at(MFACLI_STATE_DIR=str(person.state), MFACLI_STORE="memory")


def _found(desk: Desk, profile: str | None = None, cloud: Cloud | None = None) -> list[tuple[str, str]]:
    plan = desk.planning.plan_of(Request(wants_role=None, profile=profile, cloud=cloud))
    return said(device_findings(desk, plan))


@pytest.mark.parametrize(
    ("url", "is_told"), [("http://127.0.0.1:1", False), ("http://sts.invalid", True), ("https://sts.invalid", False)]
)
def test_an_open_way_to_another_machine_is_told(url: str, is_told: bool) -> None:
    found = said(endpoint_findings(desk_at(), Place(cloud=Cloud.AWS, url=url)))

    assert [level for level, _ in found] == (["warning", "bad"] if is_told else ["bad"])


def _with_serial(person: Person, serial: str) -> None:
    person.config_file.write_text(person.config_file.read_text().replace(person.device, serial))


@pytest.mark.parametrize("kind", ["managing", "partner"])
def test_a_device_of_their_own_is_theirs(guests: Guests, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    person = guests(kind)

    keys, device = _found(_at_home(person, monkeypatch))

    assert keys[1].endswith(f":user/{person.user}")
    assert device == ("good", f"device `{person.device}` is theirs; codes are typed")


def test_a_device_that_is_not_theirs_is_bad_and_theirs_is_named(
    guests: Guests, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = guests("partner")
    _with_serial(person, "arn:aws:iam::444455556666:mfa/nobodys")
    desk = _at_home(person, monkeypatch)
    plan = desk.planning.plan_of(Request(wants_role=None))

    *_, found = device_findings(desk, plan)

    assert (found.level.value, found.what) == (
        "bad",
        "`arn:aws:iam::444455556666:mfa/nobodys` is no device of this user that STS can use",
    )
    assert found.cure == f"write one of these as `mfa_serial`: {person.device}"


def test_a_device_of_another_account_is_known_even_where_none_may_be_listed(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_serial(person, "arn:aws:iam::444455556666:mfa/partner-001")

    *_, found = _found(_at_home(person, monkeypatch))

    assert found[0] == "bad"
    assert "is a device in account 444455556666, and the keys of profile `default` are of account 1111" in found[1]


def test_who_has_no_device_is_told_how_to_enrol_one(guests: Guests, monkeypatch: pytest.MonkeyPatch) -> None:
    *_, found = _found(_at_home(guests("newcomer"), monkeypatch))

    assert found == ("bad", "the user of profile `default` has no MFA device that STS can use")


def test_wrong_keys_are_bad(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.credentials_file.write_text(person.credentials_file.read_text().replace("_key = ", "_key = x"))

    (found,) = _found(_at_home(person, monkeypatch))

    assert found[0] == "bad"
    assert found[1].startswith("profile `default`: ")


def test_in_tencent_cloud_the_serial_is_held_against_the_account(
    guests: Guests, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = guests("sub-user")
    own = _found(_at_home(person, monkeypatch))
    _with_serial(person, "qcs::cam:uin/87654321::mfa/softToken")

    *_, others = _found(_at_home(person, monkeypatch))

    assert own[-1] == ("good", f"device `{person.device}` is theirs; codes are typed")
    assert others[0] == "bad"
    assert "is a device in account 87654321" in others[1]


def test_a_cloud_that_is_not_reached_says_nothing_of_devices(isolated_home: Path) -> None:
    wrote(isolated_home, ".aws/credentials", f"[default]\n{KEYS}endpoint_url = http://127.0.0.1:1\n")

    assert _found(desk_at()) == []


def test_keys_in_a_keyring_that_is_not_there_are_left_untried(isolated_home: Path) -> None:
    kept = {
        "cloud": "aws",
        "profile": "dev",
        "access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "since": "2026-11-21T12:00:00Z",
        "slot": "a",
    }
    wrote(isolated_home, "state/keys.json", json.dumps({"version": VERSION, "records": {"aws:dev": kept}}))
    desk = desk_at(MFACLI_STATE_DIR=str(isolated_home / "state"))

    (found,) = _found(desk, "dev")

    assert found[0] == "warning"
    assert found[1].startswith("the keys of profile `dev` were not tried: ")


def _iam(arn: str, *serials: str) -> LocalCloud:
    """Give an STS and IAM in one, which say who calls and which devices there are."""
    caller = f"<Arn>{arn}</Arn><UserId>u</UserId><Account>111122223333</Account>"
    members = "".join(
        f"<member><UserName>anna</UserName><SerialNumber>{serial}</SerialNumber>"
        "<EnableDate>2026-01-01T00:00:00Z</EnableDate></member>"
        for serial in serials
    )
    page = f"<IsTruncated>false</IsTruncated><MFADevices>{members}</MFADevices>"
    return LocalCloud(
        Reply(body=success("GetCallerIdentity", caller)), Reply(body=success("ListMFADevices", page, namespace=IAM))
    )


def _profile(home: Path, cloud: LocalCloud, more: str = "") -> None:
    wrote(home, ".aws/credentials", f"[default]\n{KEYS}")
    wrote(home, ".aws/config", f"[default]\nregion = us-east-1\nendpoint_url = {cloud.url}\n{more}")


def test_a_passkey_alone_is_named_as_what_makes_no_codes(isolated_home: Path) -> None:
    with _iam("arn:aws:iam::111122223333:user/anna", PASSKEY) as cloud:
        _profile(isolated_home, cloud)

        *_, found = _found(desk_at())

    assert found[0] == "bad"
    assert found[1].endswith(
        f"has no MFA device that STS can use: security keys and passkeys make no codes ({PASSKEY})"
    )


def test_a_phone_beside_a_passkey_is_what_is_used(isolated_home: Path) -> None:
    with _iam("arn:aws:iam::111122223333:user/anna", PASSKEY, PHONE) as cloud:
        _profile(isolated_home, cloud)

        *_, found = _found(desk_at())

    assert found == ("good", f"device `{PHONE}` is theirs; codes are typed")


def test_the_root_users_keys_are_warned_of(isolated_home: Path) -> None:
    with _iam(ROOT, PHONE) as cloud:
        _profile(isolated_home, cloud)

        keys, _ = _found(desk_at())

    assert keys[0] == "warning"
    assert f"are the root user's ({ROOT})" in keys[1]


def test_a_role_without_a_device_is_no_fault(isolated_home: Path) -> None:
    role = "[profile r]\nrole_arn = arn:aws:iam::111122223333:role/R\nsource_profile = default\n"
    with _iam("arn:aws:iam::111122223333:user/anna") as cloud:
        _profile(isolated_home, cloud, f"{role}endpoint_url = {cloud.url}\n")

        *_, found = _found(desk_at(), "r")

    assert found[0] == "warning"
