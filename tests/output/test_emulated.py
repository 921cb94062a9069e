"""What an emulator tells of itself, as text."""

from __future__ import annotations

from mfacli.output.emulated import log_line, world_text

RECORD = {
    "at": "2026-01-02T03:04:05+00:00",
    "caller": "arn:aws:iam::111122223333:user/Sofia",
    "service": "ec2",
    "operation": "StopInstances",
    "mfa": True,
    "outcome": "allowed",
    "reason": "",
}


def test_a_decision_is_one_line_of_columns_for_people() -> None:
    assert (
        log_line(RECORD, in_columns=True)
        == "03:04:05  Sofia          ec2:StopInstances                MFA     allowed"
    )


def test_a_decision_is_one_line_of_tabs_for_programs() -> None:
    line = log_line({**RECORD, "mfa": False, "outcome": "denied", "reason": "no allow\x1b[2J"}, in_columns=False)

    assert line.split("\t") == [
        "2026-01-02T03:04:05+00:00",
        "arn:aws:iam::111122223333:user/Sofia",
        "ec2:StopInstances",
        "no MFA",
        "denied",
        "no allow\ufffd[2J",
    ]


def test_what_was_refused_before_anything_was_known_is_shown_too() -> None:
    refused = {**RECORD, "caller": "", "operation": "", "mfa": None, "outcome": "refused", "reason": "unknown key"}

    assert log_line(refused, in_columns=False).split("\t")[1:] == ["-", "ec2", "-", "refused", "unknown key"]
    assert log_line({**refused, "service": ""}, in_columns=True).split() == [
        "03:04:05", "-", "-", "-", "refused", "unknown", "key",
    ]  # fmt: skip


def test_a_world_is_shown_account_by_account() -> None:
    world = {
        "accounts": [
            {
                "label": "A",
                "id": "111122223333",
                "has_root_key": True,
                "users": [
                    {"name": "Sofia", "has_key": True, "devices": [{"serial": "x", "kind": "virtual"}]},
                    {"name": "Arnav", "has_key": False, "devices": []},
                ],
                "roles": ["arn:aws:iam::111122223333:role/batch/Long"],
                "buckets": [],
                "instances": ["web"],
            }
        ],
        "tencent": [
            {
                "label": "Owner",
                "uin": "12345678",
                "appid": 1250000000,
                "has_root_key": True,
                "has_root_device": True,
                "users": [{"name": "Mei", "has_key": True, "has_device": True}],
                "instances": [{"id": "ins-1", "name": "web", "state": "RUNNING"}],
            }
        ],
    }

    assert world_text(world).splitlines() == [
        "A  AWS account 111122223333",
        "  root           a key",
        "  Sofia          a key, virtual device",
        "  Arnav          nothing",
        "  roles          Long",
        "  instances      web",
        "Owner  Tencent Cloud account 12345678, APPID 1250000000",
        "  root           a key, virtual device",
        "  Mei            a key, virtual device",
        "  instances      web (ins-1, RUNNING)",
    ]
