from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.emulator.world.load import default_world, load_world
from mfacli.emulator.world.model import DeviceKind, KeyState
from mfacli.errors import EmulatorProblem

ALLOW_ALL = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
TRUST = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, '
    '"Action": "sts:AssumeRole"}]}'
)
WHOLE = f"""
[settings]
region = "eu-west-1"
chained_roles_inherit_mfa = true

[accounts.Main]
id = "111122223333"
root_key = true
service_control = [{{ Full = '{ALLOW_ALL}' }}, {{ Full = '{ALLOW_ALL}' }}]
devices = [{{ kind = "hardware", serial = "GAHT12345678" }}]

[accounts.Main.users.Sofia]
path = "/team/"
groups = ["Admins"]
keys = ["active", "inactive"]
tags = {{ Team = "Books" }}
attached = ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::111122223333:policy/lib/Read"]
boundary = "arn:aws:iam::111122223333:policy/lib/Read"
devices = [
  {{}},
  {{ kind = "security-key", name = "yubi" }},
  {{ kind = "hardware", serial = "GAHT87654321", clock_off_seconds = -60 }},
]
policies.Own = '{ALLOW_ALL}'

[accounts.Main.groups.Admins]
policies.All = '{ALLOW_ALL}'

[accounts.Main.policies.Read]
path = "/lib/"
document = {{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", Action = "s3:Get*", Resource = "*" }}] }}

[accounts.Main.roles.Reader]
trust = '{TRUST}'
max_session_duration = 7200

[accounts.Main.tables.Books]
key = "ISBN"
[accounts.Main.buckets.a-bucket]
[accounts.Main.queues.orders]
region = "us-east-2"
[accounts.Main.topics.news]
[accounts.Main.instances."the web server"]
type = "m5.large"
"""


def _written(path: Path, text: str, name: str = "world.toml") -> Path:
    file = path / name
    file.write_text(text)
    return file


def test_a_whole_world_is_read(tmp_path: Path) -> None:
    world = load_world(_written(tmp_path, WHOLE))

    account = world.accounts[0]
    sofia = account.users[0]
    assert (account.label, account.id, account.has_root_key) == ("Main", "111122223333", True)
    assert (sofia.path, sofia.groups, sofia.keys) == ("/team/", ("Admins",), (KeyState.ACTIVE, KeyState.INACTIVE))
    assert [device.serial(account.id) for device in sofia.devices] == [
        "arn:aws:iam::111122223333:mfa/Sofia",
        "arn:aws:iam::111122223333:u2f/user/yubi",
        "GAHT87654321",
    ]
    assert sofia.devices[2].clock_off == timedelta(seconds=-60)
    assert sofia.tags == (("Team", "Books"),)
    assert account.policies[0].arn(account.id) == "arn:aws:iam::111122223333:policy/lib/Read"
    assert account.roles[0].longest_session == timedelta(hours=2)
    assert (account.tables[0].key, account.tables[0].region) == ("ISBN", "eu-west-1")
    assert (account.queues[0].region, account.instances[0].type) == ("us-east-2", "m5.large")
    assert [len(level) for level in account.service_control] == [1, 1]
    assert account.loose_devices[0].kind is DeviceKind.HARDWARE
    assert world.settings.chained_roles_inherit_mfa


def test_json_says_the_same_as_toml(tmp_path: Path) -> None:
    import tomllib

    in_toml = load_world(_written(tmp_path, WHOLE))
    in_json = load_world(_written(tmp_path, json.dumps(tomllib.loads(WHOLE)), "world.json"))

    assert in_json.accounts[0].users[0].devices == in_toml.accounts[0].users[0].devices
    assert in_json.settings == in_toml.settings


def test_the_default_world_is_the_documents_own() -> None:
    world = default_world()

    names = {user.name for _, user in world.users()}
    roles = {role.name for account in world.accounts for role in account.roles}
    assert [account.label for account in world.accounts] == ["A", "B", "C"]
    assert {"Anaya", "Sofia", "Richard", "Nikhil"} <= names
    assert "CrossAccountRole" in roles
    assert not world.settings.chained_roles_inherit_mfa


NINE_DEVICES = ", ".join(f"{{name = 'd{number}'}}" for number in range(9))
MINIMAL = '[accounts.A]\nid = "111122223333"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no accounts"),
        ("accounts = 5", "`accounts` in"),
        ("[accounts.A]", "`accounts.A.id` in `FILE` is missing"),
        ('[accounts.A]\nid = "12"', "`accounts.A.id` in `FILE` cannot be `12`"),
        ("[accounts.A]\nid = 111122223333", "must be a text"),
        ('[accounts."A B"]\nid = "111122223333"', "is no possible name"),
        (MINIMAL + "root_key = 1", "`accounts.A.root_key` in `FILE` must be true or false"),
        (MINIMAL + "usres = {}", "`accounts.A.usres` in `FILE` means nothing"),
        ("[setings]\n" + MINIMAL, "`setings` in `FILE` means nothing"),
        ('[settings]\nregion = "Mars"\n' + MINIMAL, "`settings.region` in `FILE` cannot be `Mars`"),
        (MINIMAL + 'users.Sofia.keys = ["lost"]', "`accounts.A.users.Sofia.keys` in `FILE` cannot be `lost`"),
        (MINIMAL + "users.Sofia.keys = 1", "must be a list of texts"),
        (MINIMAL + "users.Sofia.groups = [1]", "must be a list of texts"),
        (MINIMAL + 'users.Sofia.attached = ["x"]', "cannot hold `x`"),
        (MINIMAL + 'users.Sofia.groups = ["Admins"]', "the group `Admins`, which is not there"),
        (MINIMAL + "users.Sofia.devices = [{}, {}]", "is there twice"),
        (MINIMAL + "users.Sofia.devices = {}", "must be a list of tables"),
        (MINIMAL + 'users.Sofia.devices = [{kind = "sms"}]', "`accounts.A.users.Sofia.devices[0].kind`"),
        (MINIMAL + 'users.Sofia.devices = [{kind = "hardware"}]', "serial` in `FILE` is missing"),
        (MINIMAL + "users.Sofia.devices = [{clock_off_seconds = 100000}]", "must be -86400 to 86400 seconds"),
        (MINIMAL + "users.Sofia.devices = [{clock_off_seconds = 1.5}]", "must be whole seconds"),
        (MINIMAL + 'users.Sofia.keys = ["active", "active", "active"]', "has 3 access keys, the most is 2"),
        (MINIMAL + f"users.Sofia.devices = [{NINE_DEVICES}]", "has 9 devices"),
        (MINIMAL + 'users.Sofia.boundary = "arn:aws:iam::111122223333:policy/X"', "the policy `arn"),
        (
            MINIMAL + "users.Sofia.policies.P = '{'",
            "`accounts.A.users.Sofia.policies.P` in `FILE` is no identity-based policy",
        ),
        (MINIMAL + "users.Sofia.policies.P = '[]'", "is no identity-based policy: line 1, column 1"),
        (MINIMAL + "users.Sofia.policies.P = 5", "must be a policy document"),
        (MINIMAL + "users.Sofia.policies.P = '{\"Statement\": []}'", "`accounts.A.users.Sofia.policies.P` in `FILE`"),
        (MINIMAL + "users.Sofia.tags = 5", "must be a table"),
        (MINIMAL + "roles.R = {}", "`accounts.A.roles.R.trust` in `FILE` is missing"),
        (MINIMAL + "roles.R.trust = '{}'", "`accounts.A.roles.R.trust` in `FILE`"),
        (MINIMAL + "policies.P = {}", "`accounts.A.policies.P.document` in `FILE` is missing"),
        (MINIMAL + "groups.G.policies.P = '{}'", "`accounts.A.groups.G.policies.P` in `FILE`"),
        (MINIMAL + "buckets.a-bucket.policy = '{}'", "`accounts.A.buckets.a-bucket.policy` in `FILE`"),
        (MINIMAL + 'devices = [{kind = "virtual", name = "x"}]', "must be `hardware`"),
        (MINIMAL + "service_control = [{ P = '{}' }]", "`accounts.A.service_control[0].P` in `FILE`"),
        (MINIMAL + "buckets.Account-A-bucket = {}", "is no possible name"),
        (MINIMAL + '[accounts.B]\nid = "111122223333"', "the account id `111122223333` is there twice"),
        (
            MINIMAL + "users.Sofia = {}\nusers.sofia = {}",
            "the users `sofia` and `Sofia` of account `A` differ in case",
        ),
        ("accounts = [", "is no TOML"),
        ("accounts = " + "[" * 5_000, "`FILE` is nested too deeply"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_place(tmp_path: Path, text: str, said: str) -> None:
    file = _written(tmp_path, text)

    with pytest.raises(EmulatorProblem) as caught:
        load_world(file)

    assert said.replace("FILE", str(file)) in caught.value.message


def test_half_a_character_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    file.write_text(r'{"accounts": {"A": {"id": "111122223333", "buckets": {"a": {"tags": {"b": "\ud800"}}}}}}')

    with pytest.raises(EmulatorProblem, match="has half a character"):
        load_world(file)


@pytest.mark.parametrize("text", ["[]", "5", '"x"'])
def test_json_that_is_no_object_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(EmulatorProblem, match="must be an object"):
        load_world(_written(tmp_path, text, "world.json"))


def test_a_misspelt_key_is_told_its_likely_meaning(tmp_path: Path) -> None:
    with pytest.raises(EmulatorProblem) as caught:
        load_world(_written(tmp_path, MINIMAL + "usres = {}"))

    assert caught.value.hint == "did you mean `users`?"


def test_a_strange_key_is_told_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(EmulatorProblem) as caught:
        load_world(_written(tmp_path, "zzz = 1\n" + MINIMAL))

    assert caught.value.hint == "known here: accounts, settings, tencent"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmulatorProblem, match="cannot be read"):
        load_world(tmp_path / "missing.toml")
    (tmp_path / "latin.toml").write_bytes(b"# \xe9")
    with pytest.raises(EmulatorProblem, match="is not UTF-8"):
        load_world(tmp_path / "latin.toml")
