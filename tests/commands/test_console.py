"""`mfacli console` with a browser that really follows the link, and where a session in the shell is taken."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from tests.stage import COMMAND, Guests, Person, Result, ended
from tests.ways import Way

ROLES_NAMES = {"aws": "assumed-role/CrossAccountRole/", "tencent": "qcs::cam::uin/87654321:roleName/TestRole"}
# Looks at the list of processes while it follows the link, as any other user of the machine might.
_BROWSER = """#!{python}
import pathlib, sys, urllib.request
print("Opening in existing browser session.")
seen = [
    path.read_bytes().decode(errors="replace").split("\\0")
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline")
    if path.parent.name.isdecimal() and path.exists()
]
pathlib.Path("{root}/holders").write_text("\\n".join(words[1] for words in seen if sys.argv[1] in words))
pathlib.Path("{root}/link").write_text(sys.argv[1])
pathlib.Path("{root}/page").write_text(urllib.request.urlopen(sys.argv[1]).read().decode())
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """A program that follows the link it is started with; what came of it is in files."""

    root: Path

    @property
    def program(self) -> str:
        return str(self.root / "browser")

    def kept(self, name: str) -> str:
        """Return what it wrote down: the `link`, the `page`, the `holders` of the link among all processes."""
        return (self.root / name).read_text()


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    program = tmp_path / "browser"
    program.write_text(_BROWSER.format(python=sys.executable, root=tmp_path))
    program.chmod(0o755)
    return Browser(root=tmp_path)


def secrets_in(link: str) -> list[str]:
    """Return what makes a link worth stealing."""
    asked = parse_qs(urlsplit(link).query)
    return [asked[name][0] for name in ("SigninToken", "token", "signature") if name in asked]


def page_behind(result: Result) -> str:
    assert result.code == 0, result.stderr
    with urlopen(result.stdout.strip()) as page:
        text: str = page.read().decode()
    return text


def role_variables(person: Person, role: str) -> dict[str, str]:
    """Return what a role's session puts into a shell, from a code."""
    document = person.run("assume", role, "--export", "json", "--code", person.code()).json()
    variables = document["set"]
    assert isinstance(variables, dict)
    return variables


def test_the_browser_comes_in_as_the_role_and_nobody_else_learns_the_link(
    way: Way, guests: Guests, browser: Browser
) -> None:
    person = guests(way.partner)

    result = person.run("console", way.role, "-v", "--code", person.code(), environment={"BROWSER": browser.program})

    assert result.code == 0, result.stderr
    assert ROLES_NAMES[way.name] in browser.kept("page")
    assert "Opening in existing browser session." in result.stderr
    assert result.stdout == ""
    hidden = secrets_in(browser.kept("link"))
    assert hidden
    assert [secret for secret in hidden if secret in result.stderr] == []
    assert browser.kept("holders").splitlines() == [browser.program]
    assert person.secret_access_key not in browser.kept("link")


def test_a_printed_link_leads_in_and_is_not_said_beside(way: Way, guests: Guests) -> None:
    person = guests(way.partner)

    result = person.run("console", way.role, "--print", "-v", "--code", person.code())

    assert ROLES_NAMES[way.name] in page_behind(result)
    assert [secret for secret in secrets_in(result.stdout.strip()) if secret in result.stderr] == []
    assert result.stdout.count("\n") == 1


def test_on_a_terminal_the_person_is_told_what_a_link_is_worth(guests: Guests) -> None:
    person = guests("partner")

    child = person.at_terminal(COMMAND, "console", "books", "--print", "--code", person.code())
    child.expect_exact("whoever opens this link within the next minutes is signed in as you")

    assert ended(child) == 0


def test_a_roles_session_that_others_put_into_the_shell_is_taken(way: Way, guests: Guests) -> None:
    person = guests(way.partner)
    variables = role_variables(person, way.role)
    # Tencent Cloud's variables name no endpoint: the profile does.
    del variables["MFACLI_PROFILE"]
    endpoint = {"AWS_ENDPOINT_URL": person.cloud.address, "MFACLI_TENCENT_ENDPOINT": person.cloud.address}

    result = person.run("console", "--print", environment={**variables, **endpoint})

    assert ROLES_NAMES[way.name] in page_behind(result)
    assert "kept" not in result.stderr


def test_a_role_that_mfacli_itself_exported_without_a_profile_is_taken(guests: Guests) -> None:
    person = guests("partner")
    variables = role_variables(person, "arn:aws:iam::111122223333:role/CrossAccountRole")
    endpoint = {"AWS_ENDPOINT_URL": person.cloud.address}

    result = person.run("console", "--print", "--region", "eu-west-1", environment={**variables, **endpoint})

    assert ROLES_NAMES["aws"] in page_behind(result)
    assert "eu-west-1.console.aws.amazon.com" in result.stdout


def test_a_users_own_session_in_the_shell_is_refused_before_any_link(way: Way, guests: Guests) -> None:
    person = guests(way.own)
    document = person.run("session", "--export", "json", "--code", person.code()).json()
    variables = document["set"]
    assert isinstance(variables, dict)
    del variables["MFACLI_PROFILE"]
    endpoint = {"AWS_ENDPOINT_URL": person.cloud.address, "MFACLI_TENCENT_ENDPOINT": person.cloud.address}
    before = person.cloud.counts_of("signin:GetSigninToken")

    result = person.run("console", "--print", environment={**variables, **endpoint})

    assert result.code == 2
    assert "is no role's: a console takes the sessions of roles only" in result.stderr
    assert "mfacli console ROLE" in result.stderr
    assert person.cloud.counts_of("signin:GetSigninToken") == before


def test_what_is_named_goes_before_the_shells_session(guests: Guests) -> None:
    person = guests("partner")
    variables = {"AWS_ACCESS_KEY_ID": "ASIAFOREIGN", "AWS_SECRET_ACCESS_KEY": "x", "AWS_SESSION_TOKEN": "x"}

    result = person.run("console", "-p", "books", "--print", "--code", person.code(), environment=variables)

    assert ROLES_NAMES["aws"] in page_behind(result)


def test_a_browser_opens_where_stdout_is_closed(guests: Guests, browser: Browser) -> None:
    person = guests("partner")
    person.run("session", "--code", person.code())

    result = person.run_program(
        ["/bin/sh", "-c", "mfacli console books >&-"], environment={"BROWSER": browser.program}
    )

    assert result.code == 0, result.stderr
    assert ROLES_NAMES["aws"] in browser.kept("page")
