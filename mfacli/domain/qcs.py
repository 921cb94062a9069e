"""Tencent Cloud's names: six-segment resource names, roles and the MFA device's serial; parsed once, at the edge.

A name is `qcs:PROJECT:SERVICE:REGION:ACCOUNT:RESOURCE` (CAM, resource description, 598/10606). The serial that STS
takes is `qcs::cam:uin/OWNER::mfa/softToken` (STS API, GetSessionToken, SerialNumber), where OWNER is the account's
and not the sub-user's: all users of an account name their own device with the same text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mfacli.domain.identity import Device
from mfacli.errors import DeviceUnusable, UsageWrong

_UIN = re.compile(r"[0-9]{1,20}")
_SERIAL = re.compile(r"qcs::cam:uin/([0-9]{1,20})::mfa/([A-Za-z]+)")
# Of role names; ids are digits. Service roles have one more part before theirs (STS API, AssumeRole, RoleArn).
_ROLE = re.compile(r"(role|roleName)/((?:tencentcloudServiceRole(?:Name)?/)?)([\w+=,.@-]{1,128})", re.ASCII)
_ROLE_EXAMPLE = "qcs::cam::uin/100000000001:roleName/NAME"
_SERIAL_EXAMPLE = "qcs::cam:uin/100000000001::mfa/softToken"


@dataclass(frozen=True, slots=True, kw_only=True)
class QcsName:
    """A resource name, split into its segments; `account` keeps its `uin/` or `uid/`."""

    project: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"qcs:{self.project}:{self.service}:{self.region}:{self.account}:{self.resource}"


def parse_qcs(text: str) -> QcsName | None:
    """Return the name that `text` is, or None where it is none at all."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "qcs" or not parts[2] or not parts[5]:
        return None
    return QcsName(project=parts[1], service=parts[2], region=parts[3], account=parts[4], resource=parts[5])


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentRole:
    """A CAM role. `name` is what the text names it by: its name or its id, which `is_id` tells apart."""

    text: str
    owner_uin: str
    name: str
    is_id: bool

    def __str__(self) -> str:
        return self.text


def parse_tencent_role(text: str) -> TencentRole:
    """Return the role that a name means; raises `UsageWrong` saying what is wrong with it.

    All four documented forms are taken: `role/ID`, `roleName/NAME`, and both for service roles.
    """
    name = parse_qcs(text)
    if name is None:
        raise UsageWrong(f"`{text}` is not a qcs name", hint=f"a role is named like {_ROLE_EXAMPLE}")
    found = _ROLE.fullmatch(name.resource)
    if name.service != "cam" or name.region or name.project or found is None:
        raise UsageWrong(f"`{text}` does not name a CAM role", hint=f"a role is named like {_ROLE_EXAMPLE}")
    kind, owner = name.account.partition("/")[0], name.account.partition("/")[2]
    if kind != "uin" or not _UIN.fullmatch(owner):
        raise UsageWrong(
            f"`{text}` does not say whose role it is", hint=f"the owner's uin goes before the role: {_ROLE_EXAMPLE}"
        )
    return TencentRole(text=text, owner_uin=owner, name=found[3], is_id=found[1] == "role")


def serial_of(owner_uin: str) -> str:
    """Return the serial of every virtual device in an account."""
    return f"qcs::cam:uin/{owner_uin}::mfa/softToken"


def parse_tencent_device(text: str) -> Device:
    """Return the device that a serial names, without whose of the account's users it is.

    Raises `DeviceUnusable` for anything else, saying why: other kinds of MFA (only the virtual device, `softToken`,
    works for API calls), a user's name, and what is no serial at all.
    """
    serial = text.strip()
    found = _SERIAL.fullmatch(serial)
    if found is None:
        name = parse_qcs(serial)
        hint = f"it looks like {_SERIAL_EXAMPLE}"
        if name is not None and name.resource.startswith("uin/"):
            raise DeviceUnusable(f"`{serial}` is a user, not an MFA device", hint=hint)
        raise DeviceUnusable(f"`{serial}` is not an MFA device's serial in Tencent Cloud", hint=hint)
    if found[2] != "softToken":
        raise DeviceUnusable(
            f"`{serial}` is no virtual MFA device, and only those work for API calls",
            hint="bind an authenticator app in the console: Security settings > MFA (虚拟 MFA 设备)",
        )
    return Device(serial=serial)
