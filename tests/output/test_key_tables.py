from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from mfacli.domain.credentials import CloudKey, LastUse
from mfacli.output.key_tables import ListedKey, keys_document, keys_lines, keys_table
from tests.doubles import NOON

DAY = timedelta(days=1)
KEPT = ListedKey(
    profile="dev",
    cloud="aws",
    access_key_id="AKIAIOSFODNN7EXAMPLE",
    place="keyring",
    is_plain=False,
    since=NOON - 3 * DAY,
    known=CloudKey(access_key_id="AKIAIOSFODNN7EXAMPLE", is_active=True, created_at=NOON - 100 * DAY),
    use=LastUse(at=NOON - DAY, service="s3"),
)
UNKNOWN = replace(KEPT, profile="ci", known=None, use=None)
PLAIN = ListedKey(
    profile="dev", cloud="tencent", access_key_id="AKIDtest", place="/f", is_plain=True, is_used=False,
    known=CloudKey(access_key_id="AKIDtest", is_active=False), use=LastUse(at=None),
)  # fmt: skip


def test_people_see_ages_and_where_keys_rest() -> None:
    lines = [line.split("  ") for line in keys_table([KEPT, PLAIN], now=NOON).splitlines()]
    rows = [[cell.strip() for cell in line if cell.strip()] for line in lines]

    assert rows == [
        ["profile", "cloud", "key", "status", "age", "last used", "rests in"],
        ["dev", "aws", "…MPLE", "active", "100 days", "24h 00m ago (s3)", "keyring"],
        ["dev", "tencent", "…test", "inactive, passed over", "-", "never", "/f"],
    ]


def test_where_the_cloud_says_nothing_the_age_is_at_least_the_time_in_the_keyring() -> None:
    assert "over 3 days" in keys_table([UNKNOWN], now=NOON)


def test_programs_get_one_record_per_line() -> None:
    assert keys_lines([KEPT, UNKNOWN]) == (
        "dev\taws\tMPLE\tactive\t2026-08-13T12:00:00Z\t2026-11-20T12:00:00Z\tkeyring\nci\taws\tMPLE\t-\t-\t-\tkeyring\n"
    )


def test_a_name_cannot_break_a_line() -> None:
    assert keys_lines([replace(UNKNOWN, profile="a\nb\tc")]).count("\n") == 1


def test_the_document_says_what_is_known_and_null_for_the_rest() -> None:
    first, second = json.loads(keys_document([KEPT, UNKNOWN], now=NOON))["keys"]

    assert first == {
        "profile": "dev",
        "cloud": "aws",
        "access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "place": "keyring",
        "plain": False,
        "used_here": True,
        "kept_since": "2026-11-18T12:00:00Z",
        "active": True,
        "created_at": "2026-08-13T12:00:00Z",
        "age_seconds": 8640000,
        "last_used_at": "2026-11-20T12:00:00Z",
        "last_used_for": "s3",
    }
    assert [second[key] for key in ("active", "created_at", "age_seconds", "last_used_at", "last_used_for")] == [
        None
    ] * 5
