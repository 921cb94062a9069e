"""Holds what the README says of the emulator to it: people, conditions, choices, the keys of world files."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mfacli.emulator import devices
from mfacli.emulator.authorisation.mfa import AGE, PRESENT, mfa_keys
from mfacli.emulator.callers import Caller, CredentialKind, UserPrincipal
from mfacli.emulator.tencent import mfa as tencent_mfa
from mfacli.emulator.tencent.callers import Caller as TencentCaller
from mfacli.emulator.tencent.callers import CredentialKind as TencentKind
from mfacli.emulator.tencent.callers import UserPrincipal as TencentUser
from mfacli.emulator.tencent.cos import access, objects
from mfacli.emulator.tencent.sts.service import EXTERNAL_ID
from mfacli.emulator.tencent.town.instances import CHANGES_TAKE
from mfacli.emulator.world.load import default_world, load_world
from mfacli.emulator.world.model import DeviceKind
from mfacli.errors import EmulatorProblem
from tests import readme
from tests.package_texts import texts_below

TOWN = '[accounts.X]\nid = "123456789012"\n'
TRUST = (
    'trust = \'{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:*"}}\'\n'
)
ANY_POLICY = '\'{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}\''
QUARTER = '[tencent.X]\nuin = "12345678"\nappid = "1250000000"\n'
TENCENT_TRUST = (
    'trust = \'{"version": "2.0", "statement": [{"effect": "allow", "action": "name/sts:AssumeRole", '
    '"principal": {"qcs": ["qcs::cam::uin/12345678:root"]}}]}\'\n'
)
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def page() -> str:
    return readme.read()


def test_the_people_are_those_of_the_default_world(page: str) -> None:
    kinds = {DeviceKind.VIRTUAL: "app", DeviceKind.HARDWARE: "hardware", DeviceKind.SECURITY_KEY: "security key"}
    found = {
        user.name: (account.label, [kinds[device.kind] for device in user.devices] or ["none"])
        for account in default_world().accounts
        for user in account.users
    }

    of_tencent = {
        user.name: (account.label, ["app" if user.device else "none"])
        for account in default_world().tencent_accounts
        for user in account.users
    }

    rows = readme.table(readme.section(page, "Who is in its world"))
    listed = {readme.code_in(name)[0]: (label, [device.split(",")[0]]) for name, label, device, _ in rows}

    roots = {"A:root": ("A", ["none"]), "Owner:root": ("Owner", ["app"])}
    assert listed == {**found, **of_tencent, **roots}


def test_the_roles_and_things_named_are_in_the_default_world(page: str) -> None:
    section = readme.section(page, "Who is in its world")
    account = default_world().accounts[0]
    things = {
        thing.name
        for things in (account.tables, account.buckets, account.queues, account.topics, account.instances)
        for thing in things
    }
    roles = {f"{role.path}{role.name}".removeprefix("/") for one in default_world().accounts for role in one.roles}

    tencent = default_world().tencent_accounts
    boxes = {name for one in tencent for box in one.instances for name in (box.name, box.instance_id)}
    theirs = {bucket.name for one in tencent for bucket in one.buckets}
    theirs |= {role.name for one in tencent for role in one.roles}

    assert things | roles | boxes - {"ins-mfarep03"} | theirs <= set(readme.code_in(section))
    assert all(one.uin in section for one in tencent)


def test_global_condition_keys_are_those_of_the_emulator(page: str) -> None:
    texts = (*texts_below("emulator/authorisation/context.py"), *texts_below("emulator/authorisation/mfa.py"))
    read = {key for text in texts for key in re.findall(r"\baws:[A-Za-z]+", text)}
    rows = {row[0]: set(readme.code_in(row[1])) for row in _condition_key_rows(page)}

    missing = rows.pop("*not emulated*")

    assert {key for keys in rows.values() for key in keys if ":" in key} == read
    assert not any(key in text for key in missing for text in texts_below("emulator"))


def test_condition_keys_of_cam_are_those_of_the_emulator(page: str) -> None:
    texts = (*texts_below("emulator/tencent/context.py"), *texts_below("emulator/tencent/mfa.py"))
    read = {key for text in texts for key in re.findall(r"\bqcs:[A-Za-z_]+", text)}
    section = readme.section(page, "What it decides by")
    table = readme.table(section[section.index("| condition keys of CAM |") :])
    rows = {row[0]: set(readme.code_in(row[1])) for row in table}

    missing = rows.pop("*not emulated*")

    assert {key for keys in rows.values() for key in keys} == read | {EXTERNAL_ID}
    assert not missing & read


def test_the_services_own_keys_of_cam_are_those_of_the_emulator(page: str) -> None:
    section = readme.section(page, "What it decides by")
    listed = {word for word in readme.code_in(section) if re.fullmatch(r"(?:cvm|cos):[a-z_-]+", word)}
    of_cvm = {key for text in texts_below("emulator/tencent/cvm/") for key in re.findall(r"\bcvm:[a-z_]+", text)}

    of_cos = {f"cos:{name}" for name in (*access.OF_HEADERS, *access.OF_QUERY)} | {access.SECURE_TRANSPORT}

    assert listed == of_cvm | of_cos


def test_requests_to_tencent_cloud_say_of_mfa_what_the_table_says(page: str) -> None:
    section = readme.section(page, "What it decides by")
    rows = readme.table(section[section.index("| credentials in Tencent Cloud |") :])
    mei = TencentUser(owner_uin="12345678", uin="100000000101", name="Mei")
    long_term = TencentCaller(principal=mei, kind=TencentKind.LONG_TERM)
    cases = [
        tencent_mfa.mfa_keys(long_term),
        tencent_mfa.mfa_keys(TencentCaller(principal=mei, kind=TencentKind.SESSION_TOKEN, mfa_at=NOW)),
        tencent_mfa.mfa_keys(TencentCaller(principal=mei, kind=TencentKind.ROLE, mfa_at=NOW)),
        tencent_mfa.mfa_keys(TencentCaller(principal=mei, kind=TencentKind.FEDERATION)),
        tencent_mfa.mfa_keys(long_term, proven_at=NOW),
    ]

    assert [row[1].strip("`") for row in rows] == [case.get(tencent_mfa.PRESENT, "absent") for case in cases]
    assert tencent_mfa.mfa_keys(TencentCaller(principal=mei, kind=TencentKind.ROLE)) == cases[3]


def _condition_key_rows(page: str) -> list[list[str]]:
    section = readme.section(page, "What it decides by")
    return readme.table(section[section.index("| condition keys |") :])


def test_requests_say_of_mfa_what_the_table_says(page: str) -> None:
    section = readme.section(page, "What it decides by")
    rows = readme.table(section[section.index("| credentials |") :])
    half_a_minute_ago = NOW - timedelta(seconds=30)
    cases = [
        mfa_keys(_caller(CredentialKind.LONG_TERM), now=NOW),
        mfa_keys(_caller(CredentialKind.SESSION_TOKEN, mfa_at=half_a_minute_ago), now=NOW),
        mfa_keys(_caller(CredentialKind.SESSION_TOKEN), now=NOW),
        mfa_keys(_caller(CredentialKind.ROLE), now=NOW),
        mfa_keys(_caller(CredentialKind.LONG_TERM), now=NOW, proven_at=NOW),
    ]

    shown = [(row[1].strip("`"), "30" if row[2] == "seconds since the code" else row[2]) for row in rows]

    assert shown == [(case.get(PRESENT, "absent"), case.get(AGE, "absent")) for case in cases]
    assert mfa_keys(_caller(CredentialKind.FEDERATION), now=NOW) == cases[3]


def _caller(kind: CredentialKind, *, mfa_at: datetime | None = None) -> Caller:
    user = UserPrincipal(account_id="123456789012", name="Ana", path="/", user_id="AIDAANA")
    return Caller(principal=user, kind=kind, issued_at=NOW, expires_at=NOW, mfa_at=mfa_at)


def test_the_numbers_of_devices_are_those_of_the_emulator(page: str) -> None:
    section = readme.section(page, "Choices where AWS documents nothing")

    assert devices.WINDOW_STEPS == 1
    assert devices.WRONG_CODES == 10
    assert timedelta(minutes=5) == devices.LOCK
    assert "within one step (30 s)" in section
    assert "Ten wrong codes in a row lock a device for five minutes" in section
    assert f"up to {devices.ENABLE_STEPS} steps" in section
    assert f"`ResyncMFADevice` up to {devices.RESYNC_STEPS}" in section


def test_tencent_clouds_numbers_are_those_of_the_emulator(page: str) -> None:
    choices, limits = (
        readme.section(page, name) for name in ("Choices where Tencent Cloud documents nothing", "Limits")
    )

    assert timedelta(seconds=5) == CHANGES_TAKE
    assert "Instances are five seconds of the world's time on their way" in choices
    assert (objects.LARGEST, objects.LARGEST_WORLD) == (16 * 2**20, 256 * 2**20)
    assert "COS keeps objects of 16 MiB in one piece, 256 MiB in all" in limits


@pytest.mark.parametrize(
    ("table", "world"),
    [
        ("settings", f"[settings]\nzzzzzz = 1\n{TOWN}"),
        ("accounts.LABEL", f"{TOWN}zzzzzz = 1\n"),
        ("….users.NAME", f"{TOWN}[accounts.X.users.Ana]\nzzzzzz = 1\n"),
        ("….groups.NAME", f"{TOWN}[accounts.X.groups.All]\nzzzzzz = 1\n"),
        ("….roles.NAME", f"{TOWN}[accounts.X.roles.Any]\n{TRUST}zzzzzz = 1\n"),
        ("….policies.NAME", f"{TOWN}[accounts.X.policies.Any]\ndocument = '{{}}'\nzzzzzz = 1\n"),
        ("….buckets.NAME", f"{TOWN}[accounts.X.buckets.all]\nzzzzzz = 1\n"),
        ("….queues.NAME", f"{TOWN}[accounts.X.queues.all]\nzzzzzz = 1\n"),
        ("….topics.NAME", f"{TOWN}[accounts.X.topics.all]\nzzzzzz = 1\n"),
        ("….tables.NAME", f"{TOWN}[accounts.X.tables.all]\nzzzzzz = 1\n"),
        ("….instances.NAME", f"{TOWN}[accounts.X.instances.all]\nzzzzzz = 1\n"),
        ("tencent.LABEL", f"{QUARTER}zzzzzz = 1\n"),
        ("tencent….users.NAME", f"{QUARTER}[tencent.X.users.Ana]\nzzzzzz = 1\n"),
        ("tencent….users.NAME.device", f"{QUARTER}[tencent.X.users.Ana.device]\nzzzzzz = 1\n"),
        ("tencent….groups.NAME", f"{QUARTER}[tencent.X.groups.All]\nzzzzzz = 1\n"),
        ("tencent….roles.NAME", f"{QUARTER}[tencent.X.roles.Any]\n{TENCENT_TRUST}zzzzzz = 1\n"),
        ("tencent….instances.NAME", f"{QUARTER}[tencent.X.instances.web]\nzzzzzz = 1\n"),
        ("tencent….buckets.NAME-APPID", f"{QUARTER}[tencent.X.buckets.all-1250000000]\nzzzzzz = 1\n"),
    ],
)
def test_the_keys_of_a_world_file_are_listed(page: str, tmp_path: Path, table: str, world: str) -> None:
    file = tmp_path / "world.toml"
    file.write_text(world.replace("'{}'", ANY_POLICY))
    rows = readme.table(readme.section(page, "A world of your own"))
    listed = next(row[1] for row in rows if table in readme.code_in(row[0]))

    with pytest.raises(EmulatorProblem) as problem:
        load_world(file)

    known = problem.value.hint.removeprefix("known here: ").split(", ")
    assert {word for word in readme.code_in(listed) if word not in ("active", "inactive", "{}")} == set(known)


def test_the_keys_of_devices_in_a_world_file_are_listed(page: str, tmp_path: Path) -> None:
    rows = readme.table(readme.section(page, "A world of your own"))
    listed = next(row[1] for row in rows if row[0].endswith("devices`"))

    known = {key for kind in DeviceKind for key in _known_keys_of_device(tmp_path / "world.toml", kind)}

    assert set(readme.code_in(listed)) == known | {kind.value for kind in DeviceKind}


def _known_keys_of_device(file: Path, kind: DeviceKind) -> list[str]:
    named = 'serial = "GAHT12345678"' if kind is DeviceKind.HARDWARE else 'name = "Ana"'
    file.write_text(f'{TOWN}[[accounts.X.users.Ana.devices]]\nkind = "{kind.value}"\n{named}\nzzzzzz = 1\n')
    with pytest.raises(EmulatorProblem) as problem:
        load_world(file)
    return problem.value.hint.removeprefix("known here: ").split(", ")
