from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.emulator.world.elements import KeyState
from mfacli.emulator.world.load import default_world, load_world
from mfacli.emulator.world.tencent_model import TencentAccount
from mfacli.errors import EmulatorProblem

ALLOW_ALL = '{"version": "2.0", "statement": [{"effect": "allow", "action": "*", "resource": "*"}]}'
TRUST = (
    '{"version": "2.0", "statement": [{"effect": "allow", "action": "name/sts:AssumeRole", '
    '"principal": {"qcs": ["qcs::cam::uin/12345678:root"]}}]}'
)
OPEN = (
    '{"version": "2.0", "Statement": [{"Effect": "Allow", "Action": "name/cos:GetObject", "Resource": "*", '
    '"Principal": {"qcs": ["qcs::cam::anyone:anyone"]}}]}'
)
MINIMAL = '[tencent.Main]\nuin = "12345678"\nappid = "1250000000"\n'
WHOLE = f"""
[tencent.Main]
uin = "12345678"
appid = "1250000000"
region = "ap-shanghai"
root_key = true
root_device = {{}}

[tencent.Main.users.Mei]
uin = "100000000101"
groups = ["Admins"]
keys = ["active", "inactive"]
attached = ["Read", "QcloudCVMFullAccess"]
boundary = "Read"
device = {{ clock_off_seconds = -60 }}
policies.Own = '{ALLOW_ALL}'

[tencent.Main.groups.Admins]
attached = ["AdministratorAccess"]

[tencent.Main.policies]
Read = {{ version = "2.0", statement = [{{ effect = "allow", action = "cos:Get*", resource = "*" }}] }}

[tencent.Main.roles.Reader]
role_id = "4611686018427397919"
trust = '{TRUST}'
session_duration = 3600
console = false

[tencent.Main.instances."the web server"]
id = "ins-abcdefgh"
zone = "ap-guangzhou-6"
type = "SA2.MEDIUM4"
[tencent.Main.instances.other]

[tencent.Main.buckets.example-1250000000]
region = "ap-guangzhou"
policy = '{OPEN}'
objects = {{ "a/b.txt" = "hello", empty = "" }}
"""


def _loaded(path: Path, text: str) -> TencentAccount:
    file = path / "world.toml"
    file.write_text(text)
    return load_world(file).tencent_accounts[0]


def _problem(path: Path, text: str) -> EmulatorProblem:
    with pytest.raises(EmulatorProblem) as caught:
        _loaded(path, text)
    return caught.value


def test_a_whole_account_is_read(tmp_path: Path) -> None:
    account = _loaded(tmp_path, WHOLE)

    mei, role, bucket = account.users[0], account.roles[0], account.buckets[0]
    assert (account.label, account.uin, account.appid, account.region) == (
        "Main",
        "12345678",
        "1250000000",
        "ap-shanghai",
    )
    assert (account.has_root_key, account.root_device is not None) == (True, True)
    assert (mei.uin, mei.groups, mei.keys) == ("100000000101", ("Admins",), (KeyState.ACTIVE, KeyState.INACTIVE))
    assert (mei.attached, mei.boundary) == (("Read", "QcloudCVMFullAccess"), "Read")
    assert mei.device is not None
    assert mei.device.clock_off == timedelta(seconds=-60)
    assert (role.role_id, role.longest_session) == ("4611686018427397919", timedelta(hours=1))
    assert not role.has_console
    assert [(box.instance_id, box.zone, box.type) for box in account.instances] == [
        ("ins-abcdefgh", "ap-guangzhou-6", "SA2.MEDIUM4"),
        ("", "ap-shanghai-3", "S5.MEDIUM2"),
    ]
    assert (bucket.region, bucket.objects) == ("ap-guangzhou", (("a/b.txt", "hello"), ("empty", "")))
    assert bucket.policy is not None
    assert [policy.name for policy in account.all_policies()] == ["Read", "Own"]
    assert json.loads(account.policies[0].text)["version"] == "2.0"


def test_little_need_be_said(tmp_path: Path) -> None:
    account = _loaded(tmp_path, MINIMAL + f"users.Ana = {{}}\nroles.Any.trust = '{TRUST}'\n")

    assert (account.region, account.has_root_key, account.root_device) == ("ap-guangzhou", False, None)
    assert (account.users[0].uin, account.users[0].device) == ("", None)
    assert account.roles[0].longest_session == timedelta(hours=12)
    assert account.roles[0].has_console


def test_a_session_duration_of_zero_is_no_limit_of_its_own(tmp_path: Path) -> None:
    account = _loaded(tmp_path, MINIMAL + f"roles.Any = {{ trust = '{TRUST}', session_duration = 0 }}\n")

    assert account.roles[0].longest_session == timedelta(hours=12)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[tencent.Main]\nappid = "1250000000"\n', "`tencent.Main.uin` in `{file}` is missing"),
        ('[tencent.Main]\nuin = "x"\n', "`tencent.Main.uin` in `{file}` cannot be `x`"),
        ('[tencent.Main]\nuin = "12345678"\n', "`tencent.Main.appid` in `{file}` is missing"),
        (MINIMAL + 'region = "Guangzhou"\n', "`tencent.Main.region` in `{file}` cannot be `Guangzhou`"),
        (MINIMAL + "zone = 1\n", "`tencent.Main.zone` in `{file}` means nothing"),
        (MINIMAL + 'users.Ana.uin = "root"\n', "`tencent.Main.users.Ana.uin` in `{file}` cannot be `root`"),
        (MINIMAL + 'users.Ana.keys = ["on"]\n', "`tencent.Main.users.Ana.keys` in `{file}` cannot be `on`"),
        (MINIMAL + "users.Ana.device = true\n", "`tencent.Main.users.Ana.device` in `{file}` must be a table"),
        (MINIMAL + "users.Ana.device.x = 1\n", "`tencent.Main.users.Ana.device.x` in `{file}` means nothing"),
        (MINIMAL + "roles.Any = {}\n", "`tencent.Main.roles.Any.trust` in `{file}` is missing"),
        (
            MINIMAL + f"roles.Any = {{ trust = '{TRUST}', session_duration = 43201 }}\n",
            "`tencent.Main.roles.Any.session_duration` in `{file}` must be 0 to 43200 seconds, not 43201",
        ),
        (MINIMAL + "groups.All.boundary = 'x'\n", "`tencent.Main.groups.All.boundary` in `{file}` means nothing"),
        (MINIMAL + 'instances.web.id = "i-1"\n', "`tencent.Main.instances.web.id` in `{file}` cannot be `i-1`"),
        (MINIMAL + "buckets.example = {}\n", "`tencent.Main.buckets.example` in `{file}` is no possible name"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    problem = _problem(tmp_path, text)

    assert problem.message == said.format(file=tmp_path / "world.toml")


@pytest.mark.parametrize(
    ("key", "document"),
    [
        ("policies.Own", '{"version": "2012-10-17", "statement": []}'),
        ("policies.Own", TRUST),
        ("users.Ana.policies.Own", ALLOW_ALL.replace("allow", "Allow")),
        ("roles.Any.trust", ALLOW_ALL),
        ("buckets.example-1250000000.policy", ALLOW_ALL),
    ],
)
def test_policies_are_those_of_cam(tmp_path: Path, key: str, document: str) -> None:
    problem = _problem(tmp_path, MINIMAL + f"{key} = '{document}'\n")

    assert problem.message.startswith(f"`tencent.Main.{key}` in ")
    assert ": line 1, column " in problem.message


OTHER = '[tencent.Other]\nuin = "87654321"\nappid = "1260000000"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MINIMAL + OTHER.replace("87654321", "12345678"), "the uin `12345678` is there twice"),
        (MINIMAL + OTHER.replace("1260000000", "1250000000"), "the APPID `1250000000` is there twice"),
        (MINIMAL + 'users.Ana.uin = "12345678"\n', "the uin `12345678` is there twice"),
        (
            MINIMAL + f"policies.Own = '{ALLOW_ALL}'\nusers.Ana.policies.Own = '{ALLOW_ALL}'\n",
            "the policy of account `Main` `Own` is there twice",
        ),
        (
            MINIMAL + f"policies.AdministratorAccess = '{ALLOW_ALL}'\n",
            "the policy of account `Main` `AdministratorAccess` is there twice",
        ),
        (
            MINIMAL + 'users.Ana.groups = ["All"]\n',
            "user `Ana` of account `Main` names the group `All`, which is not there",
        ),
        (
            MINIMAL + 'groups.All.attached = ["AdministratorAcess"]\n',
            "group `All` of account `Main` names the policy `AdministratorAcess`, which is not there",
        ),
        (
            MINIMAL + 'users.Ana.boundary = "None"\n',
            "user `Ana` of account `Main` names the policy `None`, which is not there",
        ),
        (
            MINIMAL + 'users.Ana.keys = ["active", "active", "active"]\n',
            "user `Ana` of account `Main` has 3 keys, the most is 2",
        ),
        (
            MINIMAL + "buckets.example-1260000000 = {}\n",
            "the bucket `example-1260000000` of account `Main` does not end in its APPID",
        ),
        (
            MINIMAL + 'instances = { a = { id = "ins-00000000" }, b = { id = "ins-00000000" } }\n',
            "the instance id `ins-00000000` is there twice",
        ),
        (MINIMAL + '[accounts.Main]\nid = "111122223333"\n', "the account label `Main` is there twice"),
    ],
)
def test_contradictions_are_refused(tmp_path: Path, text: str, said: str) -> None:
    problem = _problem(tmp_path, text)

    assert problem.message == f"in `{tmp_path / 'world.toml'}` {said}"


def test_a_near_miss_is_told(tmp_path: Path) -> None:
    problem = _problem(tmp_path, MINIMAL + 'groups.All.attached = ["AdministratorAcess"]\n')

    assert problem.hint == "did you mean `AdministratorAccess`?"


def test_a_bucket_is_told_its_name(tmp_path: Path) -> None:
    problem = _problem(tmp_path, MINIMAL + "buckets.example-1260000000 = {}\n")

    assert problem.hint == "call it `example-1250000000`"


def test_a_world_may_be_of_one_cloud_only(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    file.write_text(json.dumps({"tencent": {"Main": {"uin": "12345678", "appid": "1250000000"}}}))

    world = load_world(file)

    assert (world.accounts, len(world.tencent_accounts)) == ((), 1)


def test_the_default_world_has_the_documents_page() -> None:
    owner, partner = default_world().tencent_accounts

    assert [(user.name, user.device is not None) for user in owner.users] == [
        ("Mei", True),
        ("Hao", False),
        ("Lan", True),
    ]
    assert [bucket.name for bucket in owner.buckets] == ["example-1250000000"]
    assert [role.name for role in partner.roles] == ["TestRole"]
