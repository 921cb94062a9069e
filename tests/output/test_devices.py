"""Devices as a table, as lines, as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from mfacli.domain.identity import Device
from mfacli.output.devices import DeviceView, devices_document, devices_lines, devices_table

SINCE = datetime(2026, 11, 20, 10, tzinfo=UTC)
PHONE = DeviceView(
    device=Device(serial="arn:aws:iam::111122223333:mfa/richard"),
    has_seed=True,
    in_cloud=True,
    enabled_at=SINCE,
    profiles=("dev", "prod"),
)
KEY = DeviceView(
    device=Device(serial="arn:aws:iam::111122223333:u2f/user/richard/key"),
    has_seed=False,
    in_cloud=True,
    enabled_at=SINCE,
    is_usable=False,
)
GONE = DeviceView(device=Device(serial="arn:aws:iam::111122223333:mfa/old"), has_seed=True, in_cloud=False)
ELSEWHERE = DeviceView(
    device=Device(serial="qcs::cam:uin/1::mfa/softToken", user="2"), has_seed=True, in_cloud=None, profiles=("t",)
)


def test_the_table_stands_in_columns_under_headings() -> None:
    table = devices_table([PHONE, KEY, GONE, ELSEWHERE])

    rows = [line.split("  ") for line in table.splitlines()]
    starts = {table.splitlines()[0].index(heading) for heading in ("device", "in the cloud", "seed here", "profiles")}
    assert [[cell.strip() for cell in row if cell.strip()] for row in rows] == [
        ["device", "in the cloud", "seed here", "profiles"],
        [PHONE.device.serial, "since 2026-11-20", "yes", "dev, prod"],
        [KEY.device.serial, "since 2026-11-20, gives no codes", "no", "-"],
        [GONE.device.serial, "not yours", "yes", "-"],
        ["qcs::cam:uin/1::mfa/softToken of 2", "not asked", "yes", "t"],
    ]
    assert all(line[start - 1 : start].strip() == "" for line in table.splitlines() for start in starts)
    assert all(line[start] != " " for line in table.splitlines() for start in starts)


def test_a_record_is_one_line_with_tabs() -> None:
    lines = devices_lines([PHONE, GONE])

    assert lines == (
        "arn:aws:iam::111122223333:mfa/richard\tsince 2026-11-20\tyes\tdev, prod\n"
        "arn:aws:iam::111122223333:mfa/old\tnot yours\tyes\t-\n"
    )


def test_the_document_keeps_what_it_always_had_and_says_more() -> None:
    document = json.loads(devices_document([PHONE, ELSEWHERE]))

    assert document == {
        "version": 1,
        "devices": [
            {
                "serial": "arn:aws:iam::111122223333:mfa/richard",
                "name": "richard",
                "user": None,
                "has_seed": True,
                "in_cloud": True,
                "enabled_at": "2026-11-20T10:00:00Z",
                "is_usable": True,
                "profiles": ["dev", "prod"],
            },
            {
                "serial": "qcs::cam:uin/1::mfa/softToken",
                "name": "softToken of 2",
                "user": "2",
                "has_seed": True,
                "in_cloud": None,
                "enabled_at": None,
                "is_usable": True,
                "profiles": ["t"],
            },
        ],
    }


def test_names_cannot_steer_the_terminal() -> None:
    odd = DeviceView(device=Device(serial="GAHT12345678", user="\x1b[2J"), has_seed=True, in_cloud=None)

    assert "\x1b" not in devices_lines([odd]) + devices_table([odd])
