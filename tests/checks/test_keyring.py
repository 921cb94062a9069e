from __future__ import annotations

from dataclasses import replace

from mfacli.checks.finding import DropFile, Level
from mfacli.checks.keyring import IndexFacts, KeyringFacts, check_index, check_keyring

WELL = KeyringFacts(place="Secret Service", is_needed=True, seconds=0.05)


def test_one_that_works_is_good_with_its_time() -> None:
    (found,) = check_keyring(WELL)

    assert (found.level, found.what) == (Level.GOOD, "Secret Service writes, reads and deletes in 0.05 s")


def test_a_slow_one_is_a_warning() -> None:
    (found,) = check_keyring(replace(WELL, seconds=1.5))

    assert (found.level, found.what) == (Level.WARNING, "Secret Service takes 1.5 s to write, read and delete")


def test_what_is_locked_is_bad_only_where_it_is_needed() -> None:
    (needed,) = check_keyring(replace(WELL, is_locked=True))
    (spare,) = check_keyring(replace(WELL, is_locked=True, is_needed=False))

    assert (needed.level, spare.level) == (Level.BAD, Level.WARNING)
    assert needed.cure.startswith("unlock it")


def test_what_cannot_be_used_says_why_and_who_chose_it() -> None:
    (found,) = check_keyring(replace(WELL, problem="it refuses", hint="name another", chosen_by="X", is_needed=False))

    assert (found.level, found.what, found.cure) == (
        Level.WARNING,
        "Secret Service (chosen by X): it refuses",
        "name another",
    )


def test_one_that_was_not_opened_is_not_praised() -> None:
    (found,) = check_keyring(replace(WELL, seconds=None))

    assert found.what == "Secret Service is there, and was not opened"


def test_little_room_is_a_warning_beside() -> None:
    scarce, works = check_keyring(replace(WELL, is_scarce=True))

    assert (scarce.level, works.level) == (Level.WARNING, Level.GOOD)


def test_a_list_that_was_set_aside_can_be_removed() -> None:
    (found,) = check_index(IndexFacts(path="/s/sessions.json.corrupt"))

    assert found.mend == DropFile(path="/s/sessions.json.corrupt")
