from __future__ import annotations

import re

import pytest

from mfacli.emulator.world import ids


@pytest.mark.parametrize("account", ["000000000000", "111122223333", "581039954779", "999999999999"])
def test_a_key_id_carries_its_account(account: str) -> None:
    made = [ids.key_id("AKIA", account, "user", "Sofia", "1"), ids.key_id("ASIA", account)]

    assert [ids.account_of_key(key) for key in made] == [account, account]
    assert all(re.fullmatch(r"A[KS]IA[A-Z2-7]{16}", key) for key in made)


def test_the_account_is_read_as_from_published_keys() -> None:
    # Key id and account of T. Be'ery, "A short note on AWS KEY ID" (2023).
    assert ids.account_of_key("ASIAQNZGKIQY56JQ7WML") == "029608264753"


@pytest.mark.parametrize(
    "text", ["", "AKIA", "AKIAIOSFODNN7EXAMPLE", "AKIA!!!!!!!!!!!!!!!!", "ASIAé", "AKIA77777777AAAAAAAA"]
)
def test_what_carries_no_account_has_none(text: str) -> None:
    assert ids.account_of_key(text) is None


def test_named_ids_stay_and_random_ones_differ() -> None:
    account = "111122223333"

    assert ids.key_id("AKIA", account, "user", "Sofia") == ids.key_id("AKIA", account, "user", "Sofia")
    assert ids.key_id("AKIA", account) != ids.key_id("AKIA", account)
    assert ids.entity_id("AIDA", account, "Sofia") == ids.entity_id("AIDA", account, "Sofia")
    assert ids.entity_id("AIDA", account) != ids.entity_id("AIDA", account)


def test_names_are_not_run_together() -> None:
    assert ids.entity_id("AIDA", "1", "ab", "c") != ids.entity_id("AIDA", "1", "a", "bc")


def test_entity_ids_have_21_characters() -> None:
    assert re.fullmatch(r"AROA[A-Z2-7]{17}", ids.entity_id("AROA", "111122223333", "Reader"))
