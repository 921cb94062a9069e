"""The documents' world with guests: many users of each kind, so that every test has one to itself.

A code buys one call, and a device is locked after ten wrong ones: two tests that shared a user would meet each
other's codes, and would have to wait for the next.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources

GUESTS_OF_A_KIND = 150
SHELVES = tuple(f"Shelf-{letter}" for letter in "ABCDE")
SUB_USER = "sub-user"
SUB_ROTATOR = "sub-rotator"
KEEPER = "keeper"
ACCOUNTS = {
    **dict.fromkeys(("own", "managing", "newcomer", "owner", "rotator"), "A"),
    "partner": "B",
    "neighbour": "C",
}
# Who has yet to enrol a device.
WITHOUT_DEVICE = ("newcomer", "owner")
_TRUSTING = "111122223333"
_PARTNERS = "444455556666"


def guest_name(kind: str, number: int) -> str:
    """Return what the `number`th guest of a kind is called.

    `own`: of account A, who may stop instances with MFA. `managing`: of account A, who may manage their own device.
    `newcomer`: the same, without a device. `owner`: without a device too, who may do all with devices of any kind.
    `partner`: of account B, who may assume A's roles with MFA, and list their own devices.
    `neighbour`: of account C, who may write to A's bucket with MFA.
    `rotator`: of account A, who may replace their own access keys, with MFA.
    `sub-user`: of Tencent Cloud's account Owner, who may do what Mei may. `sub-rotator`: the same, who may replace
    their own API keys, with MFA.

    Besides there is the one `keeper`, who administers Tencent Cloud's account Partner.
    """
    return f"{kind}-{number:03d}"


def guests_world() -> str:
    """Return the world file's text."""
    own = resources.files("mfacli.emulator.world").joinpath("documents.toml").read_text(encoding="utf-8")
    parts = [own, *(_shelf(name) for name in SHELVES), _partners_group(), _neighbours_group(), _owners_group()]
    groups = {
        "own": ("Developers", "EC2-Admins"),
        "managing": ("SelfManaged",),
        "newcomer": ("SelfManaged",),
        "owner": ("DeviceOwners",),
        "rotator": ("KeyHolders",),
        "partner": ("Partners",),
        "neighbour": ("Neighbours",),
    }
    for kind, account in ACCOUNTS.items():
        names = [guest_name(kind, number) for number in range(1, GUESTS_OF_A_KIND + 1)]
        parts += [_guest(account, name, groups[kind], has_device=kind not in WITHOUT_DEVICE) for name in names]
    for kind, others in ((SUB_USER, ()), (SUB_ROTATOR, ("KeyHolders",))):
        names = [guest_name(kind, number) for number in range(1, GUESTS_OF_A_KIND + 1)]
        parts += [_sub_user(name, ("Operators", *others)) for name in names]
    parts += [_key_holders_group(), _tencent_key_holders_group()]
    parts.append(f'[tencent.Partner.users.{KEEPER}]\nattached = ["AdministratorAccess"]\nkeys = ["active"]\n')
    return "\n".join(parts)


def _guest(account: str, name: str, groups: tuple[str, ...], *, has_device: bool) -> str:
    device = f'devices = [{{ name = "{name}" }}]\n' if has_device else ""
    return f'[accounts.{account}.users.{name}]\ngroups = {json.dumps(groups)}\nkeys = ["active"]\n{device}'


def _sub_user(name: str, groups: tuple[str, ...]) -> str:
    return f'[tencent.Owner.users.{name}]\ngroups = {json.dumps(groups)}\nkeys = ["active"]\ndevice = {{}}\n'


def _key_holders_group() -> str:
    may = {
        "Effect": "Allow",
        "Action": ["iam:*AccessKey*"],
        "Resource": "arn:aws:iam::*:user/${aws:username}",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    }
    return f"[accounts.A.groups.KeyHolders.policies]\nRotate = '''{_policy(may)}'''\n"


def _tencent_key_holders_group() -> str:
    may = {
        "effect": "allow",
        "action": ["cam:*AccessKey*", "cam:GetSecurityLastUsed"],
        "resource": "*",
        "condition": {"bool_equal": {"qcs:mfaPresent": "true"}},
    }
    policy = json.dumps({"version": "2.0", "statement": [may]})
    return f"[tencent.Owner.groups.KeyHolders.policies]\nRotate = '''{policy}'''\n"


def _shelf(name: str) -> str:
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": _PARTNERS},
        "Action": "sts:AssumeRole",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    }
    read = f"arn:aws:iam::{_TRUSTING}:policy/ReadBooks"
    return f"[accounts.A.roles.{name}]\ntrust = '''{_policy(trust)}'''\nattached = [\"{read}\"]\n"


def _partners_group() -> str:
    may = {
        "Effect": "Allow",
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        "Resource": f"arn:aws:iam::{_TRUSTING}:role/*",
    }
    may_list = {"Effect": "Allow", "Action": "iam:ListMFADevices", "Resource": "arn:aws:iam::*:user/${aws:username}"}
    policies = f"Assume = '''{_policy(may)}'''\nList = '''{_policy(may_list)}'''\n"
    return f"[accounts.B.groups.Partners.policies]\n{policies}"


def _neighbours_group() -> str:
    may = {
        "Effect": "Allow",
        "Action": ["s3:PutObject", "s3:DeleteObject"],
        "Resource": "arn:aws:s3:::account-a-bucket/*",
    }
    return f"[accounts.C.groups.Neighbours.policies]\nUpload = '''{_policy(may)}'''\n"


def _owners_group() -> str:
    may = {"Effect": "Allow", "Action": "iam:*MFADevice*", "Resource": "*"}
    return f"[accounts.A.groups.DeviceOwners.policies]\nAll = '''{_policy(may)}'''\n"


def _policy(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
