"""One code serves: whatever may be done with the MFA session that it opened asks for no other."""

from __future__ import annotations

from tests.stage import Guests


def test_a_session_of_another_duration_serves_roles_and_exports(guests: Guests) -> None:
    person = guests("partner")
    opened = person.run("session", "--duration", "1h", "--code", person.code())

    role = person.run("assume", "books", "--no-input")
    exported = person.run("export", "--format", "sh", "--no-input")
    again = person.run("session", "--no-input")

    assert (opened.code, role.code, exported.code, again.code) == (0, 0, 0, 0)
    assert "(59m left), kept already" in again.stderr
    assert person.run("session", "--duration", "2h", "--no-input").code == 8
