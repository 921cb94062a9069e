from __future__ import annotations

import json
from dataclasses import replace

import pytest

from mfacli.emulator.callers import ANONYMOUS, RolePrincipal, RootPrincipal, UserPrincipal
from mfacli.emulator.clock import EmulatorClock
from mfacli.emulator.devices import Device, Devices
from mfacli.emulator.plane.identities import user_id, user_key_id
from mfacli.emulator.plane.moto_world import MotoWorld
from mfacli.emulator.plane.people import People
from mfacli.emulator.plane.things import Things
from mfacli.emulator.policy_book import WorldBook
from mfacli.emulator.world import ids
from mfacli.emulator.world.keys import WorldKey
from mfacli.emulator.world.load import default_world
from mfacli.emulator.world.memory import WorldMemory
from mfacli.emulator.world.model import DeviceKind, PolicyText, World

A = "111122223333"
C = "777788889999"
ALLOW_ALL = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'


def _user(name: str, path: str = "/") -> UserPrincipal:
    return UserPrincipal(account_id=A, name=name, path=path, user_id=user_id(A, name))


ROLE = RolePrincipal(
    account_id=A,
    role_name="CrossAccountRole",
    role_path="/",
    role_id=ids.entity_id(ids.ROLE, A, "CrossAccountRole"),
    session_name="me",
)


def _tagged(world: World) -> World:
    """Return the documents' world with tags, control policies and a role's boundary."""
    account = world.accounts[0]
    tags = (("Team", "Books"),)
    changed = replace(
        account,
        roles=(
            replace(account.roles[0], tags=tags, boundary=f"arn:aws:iam::{A}:policy/OnlyDynamoDB"),
            *account.roles[1:],
        ),
        tables=(replace(account.tables[0], tags=tags), *account.tables[1:]),
        buckets=(replace(account.buckets[0], tags=tags),),
        queues=(replace(account.queues[0], tags=tags),),
        topics=(replace(account.topics[0], tags=tags),),
        instances=(replace(account.instances[0], tags=tags),),
        service_control=((PolicyText(name="Full", text=ALLOW_ALL),),),
        resource_control=((PolicyText(name="FullToo", text=ALLOW_ALL),),),
    )
    return replace(world, accounts=(changed, *world.accounts[1:]))


@pytest.fixture(scope="module")
def moto() -> MotoWorld:
    return MotoWorld(_tagged(default_world()), WorldKey.ephemeral())


@pytest.fixture(scope="module")
def book(moto: MotoWorld) -> WorldBook:
    people = People(moto)
    people.replace_boundaries({user_id(A, "Paulo"): f"arn:aws:iam::{A}:policy/OnlyDynamoDB"})
    devices = Devices(EmulatorClock(), WorldMemory())
    tagged = Device(
        serial=f"arn:aws:iam::{A}:mfa/tagged",
        kind=DeviceKind.VIRTUAL,
        account_id=A,
        name="tagged",
        tags=(("a", "1"),),
    )
    devices.stock([(tagged, WorldKey.ephemeral().device_seed(tagged.serial))])
    return WorldBook(_tagged(default_world()), people, Things(moto), devices)


def test_a_user_has_its_own_and_its_groups_policies(book: WorldBook) -> None:
    names = [policy.name for policy in book.identity_policies(_user("Sofia"))]

    assert names == ["UseInstances", "StopAndTerminateWithMfa"]
    assert [policy.name for policy in book.identity_policies(_user("Anaya"))] == ["Administrator"]


def test_a_role_has_inline_and_managed_policies(book: WorldBook) -> None:
    auditor = replace(ROLE, role_name="BookAuditor", role_id=ids.entity_id(ids.ROLE, A, "BookAuditor"))

    inline = book.identity_policies(ROLE)
    managed = book.identity_policies(auditor)

    assert [policy.name for policy in inline] == ["Books", "Onward"]
    assert [(policy.name, policy.arn) for policy in managed] == [("ReadBooks", f"arn:aws:iam::{A}:policy/ReadBooks")]
    assert "dynamodb:Scan" in managed[0].text


def test_others_and_the_deleted_have_none(book: WorldBook) -> None:
    nobody = replace(_user("Sofia"), user_id="AIDAGONE")
    gone = replace(ROLE, role_id="AROAGONE")

    for principal in (RootPrincipal(account_id=A), ANONYMOUS.principal, nobody, gone):
        assert not book.identity_policies(principal)
        assert book.boundary(principal) is None
        assert not book.principal_tags(principal)


def test_boundaries_of_users_and_roles(book: WorldBook) -> None:
    of_user, of_role = book.boundary(_user("Paulo", "/contractors/")), book.boundary(ROLE)

    assert of_user is not None
    assert of_user == of_role
    assert (of_user.name, of_user.arn) == ("OnlyDynamoDB", f"arn:aws:iam::{A}:policy/OnlyDynamoDB")
    assert book.boundary(_user("Sofia")) is None


@pytest.mark.parametrize(
    ("arn", "has_policy"),
    [
        ("arn:aws:s3:::account-a-bucket", True),
        ("arn:aws:s3:::account-a-bucket/some/key", True),
        (f"arn:aws:sqs:us-east-1:{A}:orders", True),
        (f"arn:aws:sns:us-east-1:{A}:announcements", True),
        (f"arn:aws:dynamodb:us-east-1:{A}:table/Books", False),
        (f"arn:aws:ec2:us-east-1:{A}:instance/i-1", False),
        ("arn:aws:s3:::missing", False),
        (f"arn:aws:sqs:eu-west-1:{A}:orders", False),
        (f"arn:aws:sns:us-east-1:{C}:announcements", False),
        ("arn:aws:sqs:us-east-1:999999999999:orders", False),
        ("*", False),
    ],
)
def test_resource_policies(book: WorldBook, arn: str, has_policy: bool) -> None:
    policy = book.resource_policy(arn)

    assert (policy is not None) is has_policy
    assert policy is None or "MultiFactorAuthPresent" in json.dumps(json.loads(policy.text))


def test_trust_policies(book: WorldBook) -> None:
    trust = book.trust_policy(f"arn:aws:iam::{A}:role/batch/LongRunningRole")

    assert trust is not None
    assert "sts:AssumeRole" in trust.text
    for missing in (
        f"arn:aws:iam::{A}:role/LongRunningRole",
        "arn:aws:iam::999999999999:role/x",
        f"arn:aws:sts::{A}:role/CrossAccountRole",
        "nonsense",
    ):
        assert book.trust_policy(missing) is None


@pytest.mark.parametrize(
    ("arn", "owner"),
    [
        ("arn:aws:s3:::account-a-bucket/key", A),
        ("arn:aws:s3:::missing", None),
        (f"arn:aws:sqs:us-east-1:{A}:orders", A),
        (f"arn:aws:sqs:us-east-1:{C}:orders", None),
        (f"arn:aws:sqs:mars-1:{A}:orders", None),
        (f"arn:aws:sns:us-east-1:{A}:announcements", A),
        (f"arn:aws:sns:us-east-1:{A}:announcements:subscription-id", A),
        (f"arn:aws:sns:us-east-1:{A}:missing", None),
        (f"arn:aws:dynamodb:us-east-1:{A}:table/Books", A),
        (f"arn:aws:dynamodb:us-east-1:{A}:table/Books/index/x", A),
        (f"arn:aws:dynamodb:us-east-1:{A}:table/Missing", None),
        (f"arn:aws:dynamodb:us-east-1:{A}:table", None),
        (f"arn:aws:ec2:us-east-1:{C}:instance/i-1", C),
        (f"arn:aws:iam::{A}:user/Sofia", A),
        ("arn:aws:iam::999999999999:user/x", None),
        ("*", None),
    ],
)
def test_owners(book: WorldBook, arn: str, owner: str | None) -> None:
    assert book.owner_of(arn) == owner


def test_tags_of_principals(book: WorldBook) -> None:
    assert book.principal_tags(_user("Anaya")) == {"Team": "Administration"}
    assert book.principal_tags(ROLE) == {"Team": "Books"}


@pytest.mark.parametrize(
    ("arn", "tags"),
    [
        ("arn:aws:s3:::account-a-bucket", {"Team": "Books"}),
        ("arn:aws:s3:::account-a-bucket/none", {}),
        ("arn:aws:s3:::missing/none", {}),
        (f"arn:aws:sqs:us-east-1:{A}:orders", {"Team": "Books"}),
        (f"arn:aws:sqs:us-east-1:{A}:missing", {}),
        (f"arn:aws:sns:us-east-1:{A}:announcements", {"Team": "Books"}),
        (f"arn:aws:sns:us-east-1:{A}:missing", {}),
        (f"arn:aws:dynamodb:us-east-1:{A}:table/Books", {"Team": "Books"}),
        (f"arn:aws:dynamodb:us-east-1:{A}:table/Films", {}),
        (f"arn:aws:dynamodb:us-east-1:{A}:table/Missing", {}),
        (f"arn:aws:iam::{A}:user/Anaya", {"Team": "Administration"}),
        (f"arn:aws:iam::{A}:role/CrossAccountRole", {"Team": "Books"}),
        (f"arn:aws:iam::{A}:policy/ReadBooks", {}),
        (f"arn:aws:iam::{A}:mfa/tagged", {"a": "1"}),
        (f"arn:aws:iam::{A}:mfa/missing", {}),
        ("arn:aws:iam::999999999999:user/x", {}),
        (f"arn:aws:kms:us-east-1:{A}:key/x", {}),
        ("*", {}),
    ],
)
def test_tags_of_resources(book: WorldBook, arn: str, tags: dict[str, str]) -> None:
    assert book.resource_tags(arn) == tags


def test_tags_of_an_object(book: WorldBook, moto: MotoWorld) -> None:
    with moto.entered("s3"):
        from moto.s3.models import s3_backends

        backend = s3_backends[A]["aws"]
        made = backend.put_object("account-a-bucket", "tagged", b"")
        backend.put_object_tagging(made, {"Kind": "Novel"})

    assert book.resource_tags("arn:aws:s3:::account-a-bucket/tagged") == {"Kind": "Novel"}


def test_entities_by_name(book: WorldBook, moto: MotoWorld) -> None:
    with moto.entered("iam"):
        from moto.iam.models import iam_backends

        iam_backends[A]["aws"].create_instance_profile("web", "/apps/", ["CrossAccountRole"])

    found = {
        kind: book.entity_arn(A, kind, name)
        for kind, name in {
            "user": "Paulo",
            "role": "LongRunningRole",
            "group": "Developers",
            "instance-profile": "web",
            "access-key": user_key_id(A, "Sofia", 1),
        }.items()
    }

    assert found == {
        "user": f"arn:aws:iam::{A}:user/contractors/Paulo",
        "role": f"arn:aws:iam::{A}:role/batch/LongRunningRole",
        "group": f"arn:aws:iam::{A}:group/Developers",
        "instance-profile": f"arn:aws:iam::{A}:instance-profile/apps/web",
        "access-key": f"arn:aws:iam::{A}:user/Sofia",
    }
    assert book.role_in_profile(A, "web") == f"arn:aws:iam::{A}:role/CrossAccountRole"
    assert book.resource_tags(f"arn:aws:iam::{A}:instance-profile/apps/web") == {}


@pytest.mark.parametrize(
    "kind", ["user", "role", "group", "instance-profile", "server-certificate", "access-key", "moon"]
)
def test_entities_that_are_not_there(book: WorldBook, kind: str) -> None:
    assert book.entity_arn(A, kind, "missing") is None
    assert book.entity_arn("999999999999", kind, "missing") is None


def test_a_profile_that_is_not_there_has_no_role(book: WorldBook) -> None:
    assert book.role_in_profile(A, "missing") is None
    assert book.role_in_profile("999999999999", "web") is None


def test_partition_keys(book: WorldBook) -> None:
    assert book.partition_key(f"arn:aws:dynamodb:us-east-1:{A}:table/Books") == "ISBN"
    assert book.partition_key(f"arn:aws:dynamodb:us-east-1:{A}:table/Missing") is None
    assert book.partition_key("nonsense") is None


def test_instances(book: WorldBook, moto: MotoWorld) -> None:
    with moto.entered("ec2"):
        from moto.ec2.models import ec2_backends

        instance = ec2_backends[A]["us-east-1"].all_instances()[0].id

    arn = f"arn:aws:ec2:us-east-1:{A}:instance/{instance}"
    assert book.instance_type(arn) == "t3.micro"
    assert book.resource_tags(arn) == {"Name": "web", "Team": "Books"}
    assert book.instance_type(f"arn:aws:ec2:us-east-1:{A}:instance/i-1") is None
    assert book.instance_type("arn:aws:ec2:us-east-1:999999999999:instance/i-1") is None
    assert book.resource_tags("arn:aws:ec2:us-east-1:999999999999:instance/i-1") == {}
    assert book.instance_type("nonsense") is None


def test_control_policies(book: WorldBook) -> None:
    service, resource = book.service_control(A), book.resource_control(A)

    assert [[policy.name for policy in level] for level in service] == [["Full"]]
    assert [[policy.name for policy in level] for level in resource] == [["FullToo"]]
    assert not book.service_control(C)
    assert not book.resource_control("999999999999")
    assert not book.service_control("999999999999")
