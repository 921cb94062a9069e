"""Everything in the world that bears on a decision, gathered from where moto keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mfacli.domain.identity import Arn, parse_arn
from mfacli.emulator.callers import Principal
from mfacli.emulator.contracts import NamedPolicy
from mfacli.emulator.devices import Devices
from mfacli.emulator.plane.entities import arn_of, role_in_profile, tags_of
from mfacli.emulator.plane.people import People
from mfacli.emulator.plane.things import Things
from mfacli.emulator.world.model import PolicyText, World


class WorldBook:
    """The `PolicyBook` and the `ControlPolicies` of a world."""

    def __init__(self, world: World, people: People, things: Things, devices: Devices) -> None:
        self._accounts = {account.id: account for account in world.accounts}
        self._people = people
        self._things = things
        self._devices = devices

    def identity_policies(self, principal: Principal) -> Sequence[NamedPolicy]:
        """Return the user's, its groups' or the role's policies, inline and managed; nothing for others."""
        return self._people.policies(principal)

    def boundary(self, principal: Principal) -> NamedPolicy | None:
        """Return the permissions boundary of the user or role."""
        return self._people.boundary(principal)

    def resource_policy(self, resource_arn: str) -> NamedPolicy | None:
        """Return the policy on a bucket (or the bucket of an object), queue, topic or table."""
        arn = parse_arn(resource_arn)
        return self._things.policy(arn) if arn else None

    def trust_policy(self, role_arn: str) -> NamedPolicy | None:
        """Return a role's trust policy, None where there is no such role."""
        return self._people.trust(role_arn)

    def owner_of(self, resource_arn: str) -> str | None:
        """Return the account that owns a resource; None where nobody does."""
        arn = parse_arn(resource_arn)
        return self._things.owner(arn) if arn else None

    def principal_tags(self, principal: Principal) -> Mapping[str, str]:
        """Return the tags of the user or role."""
        return self._people.tags(principal)

    def resource_tags(self, resource_arn: str) -> Mapping[str, str]:
        """Return a resource's tags; empty where there are none."""
        arn = parse_arn(resource_arn)
        if arn is None:
            return {}
        return self._iam_tags(arn) if arn.service == "iam" else self._things.tags(arn)

    def entity_arn(self, account_id: str, kind: str, name: str) -> str | None:
        """Return the ARN, with its path, of the IAM entity called `name`; None where there is none."""
        if account_id not in self._accounts:
            return None
        with self._people.account(account_id) as iam:
            return arn_of(iam, kind, name)

    def role_in_profile(self, account_id: str, profile_name: str) -> str | None:
        """Return the ARN of the role in an instance profile; None where there is none."""
        if account_id not in self._accounts:
            return None
        with self._people.account(account_id) as iam:
            return role_in_profile(iam, profile_name)

    def instance_type(self, instance_arn: str) -> str | None:
        """Return the type of an EC2 instance; None where there is no such instance."""
        arn = parse_arn(instance_arn)
        return self._things.instance_type(arn) if arn else None

    def partition_key(self, table_arn: str) -> str | None:
        """Return the name of a DynamoDB table's partition key; None where there is no such table."""
        arn = parse_arn(table_arn)
        return self._things.partition_key(arn) if arn else None

    def service_control(self, account_id: str) -> Sequence[Sequence[NamedPolicy]]:
        """Return the SCPs over an account's principals; no level means that it is under none."""
        account = self._accounts.get(account_id)
        return _named(account.service_control) if account else ()

    def resource_control(self, account_id: str) -> Sequence[Sequence[NamedPolicy]]:
        """Return the RCPs over an account's resources."""
        account = self._accounts.get(account_id)
        return _named(account.resource_control) if account else ()

    def _iam_tags(self, arn: Arn) -> Mapping[str, str]:
        if arn.resource.startswith("mfa/"):
            device = self._devices.find(str(arn))
            return dict(device.tags) if device else {}
        if arn.account_id not in self._accounts:
            return {}
        with self._people.account(arn.account_id) as iam:
            return tags_of(iam, str(arn))


def _named(levels: Sequence[Sequence[PolicyText]]) -> Sequence[Sequence[NamedPolicy]]:
    return [[NamedPolicy(name=policy.name, text=policy.text) for policy in level] for level in levels]
