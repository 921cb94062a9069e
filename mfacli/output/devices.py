"""MFA devices as the cloud, the keyring and the profiles know them: one line each, or one JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mfacli.domain.identity import Device
from mfacli.output.documents import document_text
from mfacli.output.times import iso_utc
from mfacli.output.words import printable

_COLUMNS = ("device", "in the cloud", "seed here", "profiles")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceView:
    """One device as all three know it.

    `in_cloud` is None where the cloud was not asked, or does not say; `is_usable` is False for a security key, which
    STS cannot check. `profiles` are those that name it.
    """

    device: Device
    has_seed: bool
    in_cloud: bool | None
    enabled_at: datetime | None = None
    is_usable: bool = True
    profiles: tuple[str, ...] = ()


def devices_document(views: Sequence[DeviceView]) -> str:
    """Return one document; it holds no secret."""
    return document_text(
        {
            "devices": [
                {
                    "serial": view.device.serial,
                    "name": view.device.name,
                    "user": view.device.user or None,
                    "has_seed": view.has_seed,
                    "in_cloud": view.in_cloud,
                    "enabled_at": iso_utc(view.enabled_at) if view.enabled_at else None,
                    "is_usable": view.is_usable,
                    "profiles": list(view.profiles),
                }
                for view in views
            ]
        }
    )


def devices_table(views: Sequence[DeviceView]) -> str:
    """Return aligned columns under headings, for people."""
    rows = [_COLUMNS, *(_cells(view) for view in views)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in rows
    )


def devices_lines(views: Sequence[DeviceView]) -> str:
    """Return the same, one record a line, its fields divided by tabs."""
    return "".join("\t".join(_cells(view)) + "\n" for view in views)


def _cells(view: DeviceView) -> tuple[str, str, str, str]:
    device = view.device
    named = f"{device.serial} of {device.user}" if device.user else device.serial
    return (
        printable(named),
        _in_cloud(view),
        "yes" if view.has_seed else "no",
        printable(", ".join(view.profiles)) or "-",
    )


def _in_cloud(view: DeviceView) -> str:
    if view.in_cloud is None:
        return "not asked"
    if not view.in_cloud:
        return "not yours"
    since = f"since {view.enabled_at:%Y-%m-%d}" if view.enabled_at else "yes"
    return since if view.is_usable else f"{since}, gives no codes"
