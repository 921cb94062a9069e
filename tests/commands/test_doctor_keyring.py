"""The places for secrets become findings; the tests' own keyring is one that can do nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from mfacli.checks.finding import DropFile
from mfacli.commands.doctor_keyring import keyring_findings
from mfacli.store.index import VERSION
from tests.commands.at_desk import desk_at, said, wrote

DEVICE = f'{{"version": {VERSION}, "records": {{"arn:aws:iam::111122223333:mfa/anna": {{}}}}}}'


def _levels(**environment: str) -> dict[str, str]:
    return {
        what.partition(" (")[0].partition(":")[0]: level
        for level, what in said(keyring_findings(desk_at(**environment)))
    }


@pytest.mark.parametrize(("store", "level"), [("keyring", "bad"), ("memory", "warning"), ("kernel", "warning")])
def test_a_keyring_that_can_do_nothing_is_bad_where_it_is_chosen(store: str, level: str) -> None:
    assert _levels(MFACLI_STORE=store)["OS keyring"] == level


def test_a_keyring_that_can_do_nothing_is_bad_where_a_seed_should_be_in_it(isolated_home: Path) -> None:
    wrote(isolated_home, "state/devices.json", DEVICE)

    assert _levels(MFACLI_STATE_DIR=str(isolated_home / "state"))["OS keyring"] == "bad"


def test_a_list_that_was_set_aside_is_told_and_can_be_removed(isolated_home: Path) -> None:
    path = wrote(isolated_home, "state/sessions.json.corrupt", "{")

    *_, found = keyring_findings(desk_at(MFACLI_STATE_DIR=str(path.parent)))

    assert (found.level.value, found.mend) == ("warning", DropFile(path=str(path)))
