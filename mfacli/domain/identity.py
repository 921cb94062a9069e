r"""ARNs and MFA device serials: parsed once, at the edge.

Serial forms are those of the IAM guide: a virtual device's ARN `arn:PARTITION:iam::ACCOUNT:mfa/[PATH/]NAME`, or a
hardware device's serial such as `GAHT12345678`. STS takes 9 to 256 of `[\\w+=/:,.@-]` (STS API, SerialNumber).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mfacli.errors import DeviceUnusable, UsageWrong

_SERIAL = re.compile(r"[A-Za-z0-9_+=/:,.@-]{9,256}")
_ACCOUNT = re.compile(r"[0-9]{12}")
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
PARTITIONS = ("aws", "aws-cn", "aws-us-gov")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arn:
    """An Amazon Resource Name, split into its six components."""

    partition: str
    service: str
    region: str
    account_id: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account_id}:{self.resource}"


def parse_arn(text: str) -> Arn | None:
    """Return the ARN that `text` is, or None where it is no ARN at all."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not parts[1] or not parts[2] or not parts[5]:
        return None
    return Arn(partition=parts[1], service=parts[2], region=parts[3], account_id=parts[4], resource=parts[5])


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """An IAM role named by its ARN."""

    arn: Arn

    @property
    def name(self) -> str:
        """The role's name without its path."""
        return self.arn.resource.rsplit("/", 1)[-1]

    def __str__(self) -> str:
        return str(self.arn)


def parse_role(text: str) -> Role:
    """Return the role that an ARN names; raises `UsageWrong` saying what is wrong with it."""
    arn = parse_arn(text)
    if arn is None:
        raise UsageWrong(f"`{text}` is not an ARN", hint="a role is named like arn:aws:iam::123456789012:role/NAME")
    if arn.service != "iam" or arn.region or not arn.resource.startswith("role/"):
        raise UsageWrong(
            f"`{text}` does not name an IAM role",
            hint="a role is named like arn:aws:iam::123456789012:role/NAME",
        )
    if not _ACCOUNT.fullmatch(arn.account_id):
        raise UsageWrong(f"`{text}` has no 12-digit account id")
    if arn.partition not in PARTITIONS:
        raise UsageWrong(f"`{text}` is in an unknown partition", hint="known: " + ", ".join(PARTITIONS))
    role = Role(arn=arn)
    if not _ROLE_NAME.fullmatch(role.name):
        raise UsageWrong(
            f"`{text}` ends in no valid role name", hint="role names have 1 to 64 of A-Z a-z 0-9 _+=,.@-"
        )
    return role


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """An MFA device that STS can use, by the serial it knows it under.

    `user` says whose it is where the serial does not: in Tencent Cloud it names the account only. Empty elsewhere,
    and as long as nobody has asked.
    """

    serial: str
    user: str = ""

    @property
    def key(self) -> str:
        """What seeds, spent codes and locks of this very device are kept under."""
        return f"{self.serial}#{self.user}" if self.user else self.serial

    @property
    def is_virtual(self) -> bool:
        """Whether the serial is a virtual device's ARN or qcs name (otherwise: hardware)."""
        return self.serial.startswith(("arn:", "qcs:"))

    @property
    def name(self) -> str:
        """A short name for people: the last part of the ARN or qcs name, or the hardware serial."""
        last = self.serial.rsplit("/", 1)[-1] if self.is_virtual else self.serial
        return f"{last} of {self.user}" if self.user else last

    @property
    def account_id(self) -> str | None:
        """The account in a virtual device's ARN or qcs name; None for hardware."""
        if self.serial.startswith("qcs:"):
            return self.serial.partition("uin/")[2].partition(":")[0] or None
        arn = parse_arn(self.serial)
        return arn.account_id if arn else None


def parse_device(text: str) -> Device:
    """Return the AWS MFA device that a serial names.

    Raises `DeviceUnusable`, saying why, for what STS would refuse: security keys and passkeys (`:u2f/`), a
    user's ARN instead of the device's, other ARNs, and anything that is no serial.
    """
    serial = text.strip()
    arn = parse_arn(serial)
    if arn is None:
        if serial.startswith("arn:") or not _SERIAL.fullmatch(serial) or ":" in serial or "/" in serial:
            raise DeviceUnusable(
                f"`{serial}` is not an MFA device's serial",
                hint="give arn:aws:iam::ACCOUNT:mfa/NAME, or a hardware serial such as GAHT12345678",
            )
        return Device(serial=serial)
    kind, _, name = arn.resource.partition("/")
    if kind == "u2f":
        raise DeviceUnusable(
            f"`{serial}` is a security key or passkey, which STS cannot check",
            hint="GetSessionToken and AssumeRole take only codes: register a virtual (TOTP) device beside it",
        )
    if kind == "user":
        raise DeviceUnusable(
            f"`{serial}` is the user, not the user's MFA device",
            hint=f"the device is usually named like the user: {str(arn).replace(':user/', ':mfa/')}",
        )
    valid_place = arn.service == "iam" and not arn.region and _ACCOUNT.fullmatch(arn.account_id)
    if kind != "mfa" or not name or not valid_place or not _SERIAL.fullmatch(serial):
        raise DeviceUnusable(
            f"`{serial}` is not an MFA device's ARN", hint="it looks like arn:aws:iam::123456789012:mfa/NAME"
        )
    if arn.partition not in PARTITIONS:
        raise DeviceUnusable(f"`{serial}` is in an unknown partition", hint="known: " + ", ".join(PARTITIONS))
    return Device(serial=serial)
