from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.emulator.tencent.callers import RolePrincipal, RootPrincipal
from mfacli.emulator.tencent.town.entities import (
    CosObject,
    Group,
    Holder,
    HolderKind,
    Instance,
    InstanceState,
    Policy,
    User,
)
from mfacli.emulator.tencent.town.founding import tencent_devices
from mfacli.emulator.tencent.town.town import Town
from mfacli.emulator.world.keys import WorldKey
from mfacli.emulator.world.load import default_world, load_world
from tests.doubles import NOON
from tests.emulator.tencent.quarter import HAO, LAN, MEI, OWNER, PARTNER

BUCKET = "example-1250000000"
TRUST = (
    '{"version": "2.0", "statement": [{"effect": "allow", "action": "name/sts:AssumeRole", '
    '"principal": {"qcs": ["qcs::cam::uin/12345678:root"]}}]}'
)
TEXT = '{"version": "2.0", "statement": [{"effect": "allow", "action": "*", "resource": "*"}]}'


@pytest.fixture
def town() -> Town:
    return Town(default_world(), WorldKey.ephemeral(), now=lambda: NOON)


def test_keys_are_dated_by_the_header_however_far_the_world_has_moved_on() -> None:
    town = Town(default_world(), WorldKey.ephemeral(), now=lambda: NOON, dated=lambda: NOON - timedelta(days=1))

    assert (town.now(), town.date()) == (NOON, NOON - timedelta(days=1))


def test_a_town_is_what_the_world_file_says(town: Town) -> None:
    group = town.users.group_named(OWNER, "Operators")
    role = town.roles.named(PARTNER, "TestRole")

    assert [account.label for account in town.accounts()] == ["Owner", "Partner"]
    assert [user.name for user in town.users.of_account(OWNER)] == ["Mei", "Hao", "Lan"]
    assert group is not None
    assert group.members == (MEI, HAO)
    assert role is not None
    assert role.longest_session == timedelta(hours=12)
    assert [box.instance_id for box in town.instances.of_account(OWNER, "ap-guangzhou")] == [
        "ins-mfaweb01",
        "ins-mfawrk02",
    ]
    assert town.instances.of_account(OWNER, "ap-shanghai") == []
    assert [bucket.name for bucket in town.buckets.of_account(OWNER)] == [BUCKET]


def test_accounts_go_by_uin_and_by_appid(town: Town) -> None:
    by_uin, by_appid = town.account(OWNER), town.account_of_appid("1250000000")

    assert by_uin is by_appid is not None
    assert (town.account("1"), town.account_of_appid("1")) == (None, None)


def test_ids_outlive_a_restart() -> None:
    key = WorldKey.ephemeral()
    one, other = (Town(default_world(), key, now=lambda: NOON) for _ in range(2))

    assert one.users.keys_of(MEI)[0].secret_id == other.users.keys_of(MEI)[0].secret_id
    assert one.policies.of_account(OWNER) == other.policies.of_account(OWNER)
    assert one.users.groups(OWNER) == other.users.groups(OWNER)


def test_a_reset_brings_everything_back(town: Town) -> None:
    before = (town.users.of_account(OWNER), town.instances.of_account(OWNER), town.policies.of_account(OWNER))
    town.remove_user(MEI)
    town.instances.put(replace(before[1][0], name="renamed"))
    town.policies.remove(OWNER, town.policies.of_account(OWNER)[0].policy_id)
    town.buckets.remove(BUCKET)
    town.users.put(User(owner_uin=OWNER, uin="100000000999", name="New", created_at=NOON))

    town.reset()

    assert before == (
        town.users.of_account(OWNER),
        town.instances.of_account(OWNER),
        town.policies.of_account(OWNER),
    )
    assert town.buckets.find(BUCKET) is not None


def test_a_user_goes_with_keys_memberships_and_attachments(town: Town) -> None:
    policy = town.policies.of_account(OWNER)[0]
    holder = Holder(HolderKind.USER, MEI)
    town.policies.attach(policy.policy_id, holder, at=NOON)
    key = town.users.keys_of(MEI)[0]

    town.remove_user(MEI)

    assert (town.users.find(MEI), town.users.key(key.secret_id), town.users.groups_of(MEI)) == (None, None, [])
    assert town.policies.attached_to(OWNER, holder) == []
    assert [group.members for group in town.users.groups(OWNER)] == [(HAO,)]


def test_keys_come_and_go(town: Town) -> None:
    made = town.users.add_key(OWNER, HAO, at=NOON)

    keys = [key.secret_id for key in town.users.keys_of(HAO)]
    town.users.remove_key(made.secret_id)

    assert keys[-1] == made.secret_id
    assert [key.secret_id for key in town.users.keys_of(HAO)] == keys[:-1]


def test_users_join_groups_once_and_leave_them(town: Town) -> None:
    group = Group(owner_uin=OWNER, group_id=5, name="Readers", created_at=NOON)
    town.users.put_group(group)

    town.users.join(5, [MEI, LAN, MEI])
    town.users.join(5, [LAN])
    joined = town.users.group(5)
    town.users.leave(5, [MEI])

    assert joined == replace(group, members=(MEI, LAN))
    assert [one.name for one in town.users.groups_of(LAN)] == ["Readers"]
    town.remove_group(5)
    assert town.users.group(5) is None


def test_policies_are_attached_to_groups_and_so_to_their_members(town: Town) -> None:
    mei = town.users.find(MEI)
    assert mei is not None

    names = [policy.name for policy in town.identity_policies(mei.principal)]

    assert names == ["UseInstancesAndBuckets", "TerminateWithMfa", "DeleteBucketWithMfa", "AssumeTestRole"]


def test_a_policy_is_one_accounts_and_a_preset_one_everybodys(town: Town) -> None:
    own = town.policies.named(OWNER, "TerminateWithMfa")
    preset = town.policies.named(PARTNER, "AdministratorAccess")
    assert own is not None
    assert preset is not None

    assert town.policies.find(PARTNER, own.policy_id) is None
    assert town.policies.find(OWNER, preset.policy_id) is preset
    assert (own.is_preset, preset.is_preset) == (False, True)


def test_a_policy_that_goes_is_attached_to_nothing(town: Town) -> None:
    holder = Holder(HolderKind.USER, LAN)
    policy = Policy(policy_id=9_000, name="Own", text=TEXT, created_at=NOON, updated_at=NOON)
    town.policies.put(OWNER, policy)
    town.policies.attach(9_000, holder, at=NOON)
    town.policies.attach(9_000, holder, at=NOON + timedelta(days=1))
    town.policies.bound(holder, 9_000)
    held = town.policies.holders_of(9_000)

    town.policies.remove(OWNER, 9_000)
    town.policies.remove(OWNER, 9_000)

    assert held == [(holder, NOON)]
    assert town.policies.holders_of(9_000) == []
    assert town.policies.boundary(OWNER, holder) is None


def test_a_policy_is_detached_once(town: Town) -> None:
    holder = Holder(HolderKind.USER, LAN)
    town.policies.attach(2, holder, at=NOON)

    assert [town.policies.detach(2, holder) for _ in range(2)] == [True, False]


def test_a_boundary_can_be_taken_away(town: Town) -> None:
    lan = town.users.find(LAN)
    assert lan is not None
    holder = Holder(HolderKind.USER, LAN)
    town.policies.bound(holder, 2)
    bound = town.boundary(lan.principal)

    town.policies.bound(holder, None)

    assert bound is not None
    assert bound.name == "ReadOnlyAccess"
    assert town.boundary(lan.principal) is None


@pytest.mark.parametrize(
    "text", ["TestRole", f"qcs::cam::uin/{OWNER}:roleName/TestRole", f"qcs::cam::uin/{PARTNER}:roleName/Testrole"]
)
def test_a_role_that_is_not_there_is_none(town: Town, text: str) -> None:
    assert town.roles.by_qcs(text) is None


def test_an_instance_is_stopped_by_putting_it_back_stopped(town: Town) -> None:
    box = town.instances.find("ins-mfaweb01")
    assert isinstance(box, Instance)

    town.instances.put(replace(box, state=InstanceState.STOPPED))

    found = town.instances.find("ins-mfaweb01")
    assert found is not None
    assert (found.state, found.qcs) == (
        InstanceState.STOPPED,
        f"qcs::cvm:ap-guangzhou:uin/{OWNER}:instance/ins-mfaweb01",
    )
    assert len({one.private_ip for one in town.instances.of_account(OWNER)}) == 2


def test_objects_are_listed_by_key_and_go_with_their_bucket(town: Town) -> None:
    for key in ("b/2", "a", "b/1"):
        item = CosObject(key=key, body=b"x", content_type="text/plain", modified_at=NOON, checksum=0)
        town.buckets.put_object(BUCKET, item)
    listed = [item.key for item in town.buckets.objects(BUCKET)]
    under = [item.key for item in town.buckets.objects(BUCKET, "b/")]

    town.buckets.remove_object(BUCKET, "a")
    town.buckets.remove_object(BUCKET, "zzz")
    left = town.buckets.object(BUCKET, "a"), town.buckets.object(BUCKET, "b/1")
    town.buckets.remove(BUCKET)

    assert (listed, under) == (["a", "b/1", "b/2"], ["b/1", "b/2"])
    assert (left[0], left[1] is not None) == (None, True)
    assert (town.buckets.find(BUCKET), list(town.buckets.objects(BUCKET))) == (None, [])


def test_a_world_file_may_say_more(tmp_path: Path) -> None:
    file = tmp_path / "world.toml"
    file.write_text(f"""
[tencent.Main]
uin = "12345678"
appid = "1250000000"
root_device = {{ clock_off_seconds = 90 }}
[tencent.Main.users.Ana]
boundary = "ReadOnlyAccess"
keys = ["inactive", "active"]
[tencent.Main.buckets.books-1250000000]
objects = {{ "a/b.txt" = "hello" }}
[tencent.Main.roles.Any]
boundary = "Own"
trust = '{TRUST}'
policies.Own = '{TEXT}'
""")
    key, world = WorldKey.ephemeral(), load_world(file)
    town = Town(world, key, now=lambda: NOON)

    ana, role = town.users.named("12345678", "Ana"), town.roles.named("12345678", "Any")
    item = town.buckets.object("books-1250000000", "a/b.txt")
    assert ana is not None
    assert role is not None
    assert item is not None
    principal = RolePrincipal(
        owner_uin="12345678", role_id=role.role_id, role_name="Any", session_name="test", caller_uin=ana.uin
    )
    bounds = [town.boundary(who) for who in (ana.principal, principal, RootPrincipal(owner_uin="12345678"))]
    assert [bound.name if bound else None for bound in bounds] == ["ReadOnlyAccess", "Own", None]
    assert [key.is_active for key in town.users.keys_of(ana.uin)] == [False, True]
    assert item.body == b"hello"
    assert [device.clock_off.total_seconds() for device, _ in tencent_devices(world, key)] == [90]
