"""`mfacli forget`: afterwards the profile opens nothing without another code."""

from __future__ import annotations

from tests.stage import Guests


def test_a_chains_stones_go_with_it_whichever_profile_they_were_kept_for(guests: Guests) -> None:
    person = guests("partner")
    person.run("assume", "books", "--code", person.code())
    person.run("assume", "auditor")

    forgotten = person.run("forget", "-p", "auditor")

    assert forgotten.stderr == "forgot 3 sessions\n"
    assert person.run("assume", "auditor", "--no-input").code == 8


def test_a_session_of_another_duration_goes_too(guests: Guests) -> None:
    person = guests("partner")
    person.run("session", "--duration", "1h", "--code", person.code())
    person.run("assume", "books")

    person.run("forget", "-p", "books")

    assert person.run("assume", "books", "--no-input").code == 8


def test_a_roles_sessions_go_without_those_of_another_role(guests: Guests) -> None:
    person = guests("partner")
    person.run("assume", "books", "--code", person.code())
    person.run("assume", "shelf-a")

    person.run("forget", "-p", "books")

    assert person.run("status").stdout.split("\t")[0] == "shelf-a"


def test_a_role_that_turned_out_to_demand_mfa_counts_once(guests: Guests) -> None:
    person = guests("sub-user")
    lines = person.config_file.read_text().splitlines(keepends=True)
    person.config_file.write_text("".join(line for line in lines if not line.startswith("mfa_serial")))
    person.run("assume", "testrole", "--code", person.code())

    shown = person.run("status")
    forgotten = person.run("forget", "-p", "testrole")

    assert len(shown.stdout.splitlines()) == 1
    assert forgotten.stderr == "forgot 1 session\n"
    assert person.run("assume", "testrole", "--no-input").code == 8
