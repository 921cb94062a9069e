from __future__ import annotations

from dataclasses import replace

import pytest

from mfacli.checks.devices import DeviceFacts, check_device
from mfacli.checks.finding import Level

PHONE = "arn:aws:iam::111122223333:mfa/Sofia"
WELL = DeviceFacts(cloud="AWS", profile="dev", who="Sofia", serial=PHONE, serials=(PHONE,))


@pytest.mark.parametrize(
    ("facts", "level", "words"),
    [
        (WELL, Level.GOOD, "is theirs; codes are typed"),
        (replace(WELL, has_seed=True), Level.GOOD, "is theirs; a seed of it is kept"),
        (replace(WELL, serial=""), Level.GOOD, f"device `{PHONE}` is theirs"),
        (replace(WELL, serials=("other",)), Level.BAD, "is no device of this user"),
        (replace(WELL, serials=()), Level.BAD, "has no MFA device"),
        (replace(WELL, serials=(), is_required=False), Level.WARNING, "has no MFA device"),
        (replace(WELL, serials=(), security_keys=("k",)), Level.BAD, "security keys and passkeys make no codes (k)"),
        (replace(WELL, serials_account="1", account_id="2"), Level.BAD, "is a device in account 1, and the keys"),
        (replace(WELL, serials=None, serials_account="1", account_id="2"), Level.BAD, "is a device in account 1"),
        (replace(WELL, wants_device=False, serials=None, serial=""), Level.GOOD, "are those of Sofia"),
        (replace(WELL, who="arn:aws:iam::1:root", wants_device=False), Level.WARNING, "are the root user's"),
        (replace(WELL, serials=None), Level.GOOD, "a code would"),
        (replace(WELL, serials=None, serial=""), Level.WARNING, "names no device"),
        (replace(WELL, problem="the keys are unknown"), Level.BAD, "profile `dev`: the keys are unknown"),
    ],
)
def test_keys_and_device(facts: DeviceFacts, level: Level, words: str) -> None:
    *_, found = check_device(facts)

    assert found.level is level
    assert words in found.what


def test_devices_to_choose_from_are_named() -> None:
    *_, found = check_device(replace(WELL, serials=("a", "b")))

    assert found.cure == "write one of these as `mfa_serial`: a, b"
