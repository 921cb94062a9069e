"""Finds the ARNs and tags of any kind of IAM entity in one account of moto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moto.iam.models import IAMBackend


def arn_of(iam: IAMBackend, kind: str, name: str) -> str | None:
    """Return the ARN of the entity called `name`; of an access key id, the ARN of the user who has it."""
    match kind:
        case "user":
            user = iam.users.get(name)
            return user.arn if user else None
        case "group":
            group = iam.groups.get(name)
            return group.arn if group else None
        case "role":
            return next((role.arn for role in iam.roles.values() if role.name == name), None)
        case "instance-profile":
            return next((profile.arn for profile in iam.instance_profiles.values() if profile.name == name), None)
        case "server-certificate":
            return next((cert.arn for cert in iam.certificates.values() if cert.cert_name == name), None)
        case "access-key":
            return next((user.arn for user in iam.users.values() if user.has_access_key(name)), None)
        case _:
            return None


def role_in_profile(iam: IAMBackend, profile_name: str) -> str | None:
    """Return the ARN of the role in an instance profile, or None."""
    for profile in iam.instance_profiles.values():
        if profile.name == profile_name and profile.roles:
            return profile.roles[0].arn
    return None


def tags_of(iam: IAMBackend, arn: str) -> Mapping[str, str]:
    """Return the tags of the user, role, policy or instance profile with this ARN."""
    for user in iam.users.values():
        if user.arn == arn:
            return _as_mapping(user.tags or ())
    for role in iam.roles.values():
        if role.arn == arn:
            return _as_mapping(role.tags)
    for profile in iam.instance_profiles.values():
        if profile.arn == arn:
            return _as_mapping(profile.tags)
    policy = iam.managed_policies.get(arn)
    return _as_mapping(policy.get_tags()) if policy else {}


def _as_mapping(tags: Iterable[Mapping[str, str]]) -> Mapping[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}
