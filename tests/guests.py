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
KEEPER = "keeper"
ACCOUNTS = {"own": "A", "managing": "A", "partner": "B", "neighbour": "C"}
_TRUSTING = "111122223333"
_PARTNERS = "444455556666"


def guest_name(kind: str, number: int) -> str:
    """Return what the `number`th guest of a kind is called.

    `own`: of account A, who may stop instances with MFA. `managing`: of account A, who may manage their own device.
    `partner`: of account B, who may assume A's roles with MFA, and list their own devices.
    `neighbour`: of account C, who may write to A's bucket with MFA.
    `sub-user`: of Tencent Cloud's account Owner, who may do what Mei may.

    Besides there is the one `keeper`, who administers Tencent Cloud's account Partner.
    """
    return f"{kind}-{number:03d}"


def guests_world() -> str:
    """Return the world file's text."""
    own = resources.files("mfacli.emulator.world").joinpath("documents.toml").read_text(encoding="utf-8")
    parts = [own, *(_shelf(name) for name in SHELVES), _partners_group(), _neighbours_group()]
    groups = {
        "own": ("Developers", "EC2-Admins"),
        "managing": ("SelfManaged",),
        "partner": ("Partners",),
        "neighbour": ("Neighbours",),
    }
    for kind, account in ACCOUNTS.items():
        names = [guest_name(kind, number) for number in range(1, GUESTS_OF_A_KIND + 1)]
        parts += [_guest(account, name, groups[kind]) for name in names]
    parts += [_sub_user(guest_name(SUB_USER, number)) for number in range(1, GUESTS_OF_A_KIND + 1)]
    parts.append(f'[tencent.Partner.users.{KEEPER}]\nattached = ["AdministratorAccess"]\nkeys = ["active"]\n')
    return "\n".join(parts)


def _guest(account: str, name: str, groups: tuple[str, ...]) -> str:
    return (
        f"[accounts.{account}.users.{name}]\n"
        f"groups = {json.dumps(groups)}\n"
        'keys = ["active"]\n'
        f'devices = [{{ name = "{name}" }}]\n'
    )


def _sub_user(name: str) -> str:
    return f'[tencent.Owner.users.{name}]\ngroups = ["Operators"]\nkeys = ["active"]\ndevice = {{}}\n'


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


def _policy(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
