"""Puts the people of a world into moto's IAM: users, groups, roles, policies and keys."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from mfacli.emulator.world import ids
from mfacli.emulator.world.keys import WorldKey
from mfacli.emulator.world.model import Account, Group, KeyState, Role, Tags, User, World

if TYPE_CHECKING:
    from moto.iam.models import IAMBackend, ManagedPolicy

AWS_MANAGED = "arn:aws:iam::aws:policy/"


def user_id(account_id: str, name: str) -> str:
    """Return the id of a world file's user."""
    return ids.entity_id(ids.USER, account_id, "user", name)


def user_key_id(account_id: str, name: str, number: int) -> str:
    """Return the id of the access key that a world file's user has in this place, counted from 1."""
    return ids.key_id(ids.LONG_TERM, account_id, "user", name, str(number))


def root_key_id(account_id: str) -> str:
    """Return the id of the root user's access key."""
    return ids.key_id(ids.LONG_TERM, account_id, "root")


def seed_identities(world: World, key: WorldKey) -> None:
    """Put every account's people into moto. Its objects are filled directly: the world has been checked already."""
    from moto.iam.models import ManagedPolicy, iam_backends

    for account in world.accounts:
        backend = iam_backends[account.id]["aws"]
        for policy in account.policies:
            made = ManagedPolicy(  # type: ignore[abstract]  # moto's metaclass lets it be made
                policy.name,
                account_id=account.id,
                region="us-east-1",
                document=policy.document.text,
                path=policy.path,
            )
            backend.managed_policies[made.arn] = made
        for group in account.groups:
            _seed_group(backend, account, group)
        for user in account.users:
            _seed_user(backend, account, user, key)
        for role in account.roles:
            _seed_role(backend, account, role)


def _seed_group(backend: IAMBackend, account: Account, group: Group) -> None:
    made = backend.create_group(group.name, group.path)
    made.id = ids.entity_id(ids.GROUP, account.id, group.name)
    for policy in group.policies:
        made.put_policy(policy.name, policy.text)
    for arn in group.attached:
        managed_policy(backend, arn).attach_to(made)


def _seed_user(backend: IAMBackend, account: Account, user: User, key: WorldKey) -> None:
    made = backend.create_user("us-east-1", user.name, user.path, as_moto(user.tags))
    made.id = user_id(account.id, user.name)
    for group in user.groups:
        backend.add_user_to_group(group, user.name)
    for policy in user.policies:
        made.put_policy(policy.name, policy.text)
    for arn in user.attached:
        managed_policy(backend, arn).attach_to(made)
    for number, state in enumerate(user.keys, start=1):
        access_key = made.create_access_key("AKIA", "Active" if state is KeyState.ACTIVE else "Inactive")
        access_key.access_key_id = user_key_id(account.id, user.name, number)
        access_key.secret_access_key = key.secret_access_key(access_key.access_key_id).reveal()
        backend.access_keys[access_key.access_key_id] = access_key


def _seed_role(backend: IAMBackend, account: Account, role: Role) -> None:
    made = backend.create_role(
        role_name=role.name,
        assume_role_policy_document=role.trust.text,
        path=role.path,
        permissions_boundary=role.boundary,
        description="",
        tags=as_moto(role.tags),
        max_session_duration=str(int(role.longest_session.total_seconds())),
    )
    del backend.roles[made.id]
    made.id = ids.entity_id(ids.ROLE, account.id, role.name)
    backend.roles[made.id] = made
    for policy in role.policies:
        made.put_policy(policy.name, policy.text)
    for arn in role.attached:
        managed_policy(backend, arn).attach_to(made)


def as_moto(tags: Tags) -> list[dict[str, str]]:
    """Return tags in the shape that AWS's and moto's lists have."""
    return [{"Key": name, "Value": value} for name, value in tags]


def managed_policy(backend: IAMBackend, arn: str) -> ManagedPolicy:
    """Return a managed policy, fetching AWS's own ones when they are first asked for; raises `KeyError`.

    moto can load all of AWS's, but that costs seconds and memory for every account.
    """
    if arn.startswith(AWS_MANAGED) and arn not in backend.managed_policies:
        from moto.iam.models import AWSManagedPolicy

        name, data = aws_policies()[arn]
        policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, data)
        backend.managed_policies[policy.arn] = policy
    return backend.managed_policies[arn]


@cache
def aws_policies() -> dict[str, tuple[str, dict[str, object]]]:
    """Return AWS's managed policies, as moto carries them, by ARN."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    policies: dict[str, dict[str, object]] = json.loads(aws_managed_policies_data)
    return {f"{AWS_MANAGED[:-1]}{data['Path']}{name}": (name, data) for name, data in policies.items()}
