"""What people do by mistake, and what they are told then."""

from __future__ import annotations

import pytest

from tests.stage import Guests, Person, ended


@pytest.fixture
def partner(guests: Guests) -> Person:
    """Give somebody who may assume roles."""
    return guests("partner")


@pytest.mark.parametrize("form", ["{seed}", "otpauth://totp/AWS:me?issuer=AWS&secret={seed}&comment=" + "x" * 300])
def test_a_seed_on_the_command_line_is_refused_and_not_repeated(person: Person, form: str) -> None:
    seed = person.cloud.seed(person.device)

    result = person.run("device", "import", form.format(seed=seed), "-v")

    assert (result.code, result.stdout) == (2, "")
    assert seed not in result.stderr
    assert "mfacli: a seed was given on the command line" in result.stderr
    assert "shell's history" in result.stderr


def test_whoever_waits_for_a_code_asked_in_another_terminal_is_told_so(person: Person) -> None:
    asking = person.at_terminal("mfacli", "session")
    asking.expect_exact("MFA code for")
    waiting = person.at_terminal("mfacli", "export", "--format", "sh")

    waiting.expect_exact("it may be asking for a code in another terminal")
    asking.sendline(person.code())
    codes = ended(asking), ended(waiting)

    assert codes == (0, 0)
    assert "AWS_SESSION_TOKEN" in waiting.before


@pytest.mark.parametrize("command", ["no-such-command", "./no-such-command"])
def test_no_code_is_asked_for_a_command_that_does_not_exist(person: Person, command: str) -> None:
    child = person.at_terminal("mfacli", "exec", "--", command)

    code = ended(child)

    assert code == 127
    assert f"there is no command `{command}`" in child.before
    assert "MFA code" not in child.before


@pytest.mark.parametrize(("name", "why"), [("missing", "no such file or directory"), (".", "is a directory")])
def test_a_session_policy_that_cannot_be_read_is_told_in_words(person: Person, name: str, why: str) -> None:
    result = person.run("assume", "books", "--policy", f"@{name}")

    assert result.code == 2
    assert result.stderr == f"mfacli: the session policy `{name}` could not be read: {why}\n"


@pytest.mark.parametrize("name", ["", "a]b", "DEFAULT", "profile dev"])
def test_a_name_that_no_profile_can_have_is_refused_before_a_code_is_asked_for(person: Person, name: str) -> None:
    result = person.run("session", "--write-profile", name)

    assert (result.code, result.stdout) == (2, "")
    assert "MFA code" not in result.stderr


@pytest.mark.parametrize("options", [["--code", "{code}", "--new"], ["--new", "--code={code}"], []])
def test_whoever_looks_at_the_lines_is_told_how_to_set_just_these(partner: Person, options: list[str]) -> None:
    partner.run("session", "--code", partner.code())
    given = [option.format(code=partner.code()) for option in options]

    child = partner.at_terminal("mfacli", "assume", *given, "books", "--export", "sh")
    code = ended(child)

    assert code == 0
    assert child.before.rstrip().endswith('to set them in this shell: eval "$(mfacli assume books --export sh)"')
