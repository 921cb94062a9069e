"""`mfacli serve`: what it prints, whom it answers, and what it leaves behind."""

from __future__ import annotations

import signal
import socket
import stat
import time
from pathlib import Path

import pytest

from tests import readme
from tests.commands.served import serving
from tests.stage import Guests, Person, ended


def listed_in_readme(command: str) -> list[str]:
    """Return the keys that the README gives for a command's JSON."""
    rows = readme.table(readme.section(readme.read(), "JSON"))
    return next(readme.code_in(keys) for commands, keys in rows if command in readme.code_in(commands))


@pytest.fixture
def insider(guests: Guests) -> Person:
    """Give a partner with a kept MFA session."""
    person = guests("partner")
    assert person.run("session", "--code", person.code()).code == 0
    return person


def test_several_profiles_are_served_by_one_token_in_a_private_file(insider: Person) -> None:
    with serving(insider, "-p", "default", "-p", "books") as server:
        own, role = server.ask("default"), server.ask("books")
        stranger = server.ask("books", token="guess")
        text, mode = server.token_file.read_text(), stat.S_IMODE(server.token_file.stat().st_mode)
        result = server.stop()

    assert (own.status, own.body["AccountId"]) == (200, "444455556666")
    assert (role.status, role.body["AccountId"]) == (200, "111122223333")
    assert set(own.body) == {"AccessKeyId", "SecretAccessKey", "Token", "Expiration", "AccountId"}
    assert (stranger.status, stranger.body["Code"]) == (401, "TokenRefused")
    assert server.document["version"] == 1
    assert {*server.document, "profile", "url"} == {"version", *listed_in_readme("serve --json")}
    assert (mode, text.strip()) == (0o600, text)
    assert len(text) >= 43
    assert (result.stdout, result.code, server.token_file.exists()) == ("", 0, False)
    assert text not in result.stderr
    assert own.body["SecretAccessKey"] not in result.stderr
    assert max(answer.seconds for answer in (own, role, stranger)) < 1


def test_where_it_takes_a_code_programs_are_told_which_command_asks(person: Person) -> None:
    with serving(person, "--no-input") as server:
        before = server.ask()
        opened = person.run("session", "--code", person.code())
        after = server.ask()
        person.run("forget", "--all", "--yes")
        forgotten = server.ask()
        result = server.stop(signal.SIGINT)

    cure = "it takes a code to open a session for `default`; run `mfacli session -p default` at a terminal"
    assert (before.status, before.body) == (403, {"Code": "CodeNeeded", "Message": cure})
    assert opened.code == 0
    assert after.status == 200
    assert (forgotten.status, forgotten.body["Code"]) == (403, "CodeNeeded")
    assert max(answer.seconds for answer in (before, after, forgotten)) < 1
    assert "warning: no session for default yet: " in result.stderr
    assert "run `mfacli session -p default` at a terminal" in result.stderr
    assert result.code == 0


def test_a_role_is_opened_once_its_beginning_is_kept(guests: Guests) -> None:
    person = guests("partner")

    with serving(person, "-p", "books", "--no-input") as server:
        before = server.ask("books")
        person.run("session", "--code", person.code())
        statuses = [server.ask("books").status]
        # Opening takes a call, which may take longer than a request may: SDKs come again, and so does this.
        end = time.monotonic() + 30
        while statuses[-1] == 503 and time.monotonic() < end:
            time.sleep(0.2)
            statuses.append(server.ask("books").status)

    assert (before.status, statuses[-1]) == (403, 200)


def test_the_code_is_asked_once_at_the_terminal(person: Person) -> None:
    child = person.at_terminal("mfacli", "serve")

    child.expect_exact(f"MFA code for {person.user}: ")
    child.sendline(person.code())
    child.expect_exact("session for default until ")
    child.expect_exact("SDKs take the credentials of [default] in ")
    child.expect_exact("# default")
    child.expect(r"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127\.0\.0\.1:\d+/session/default\r\n")
    child.expect(r"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=(\S+)\r\n")
    file = Path(child.match[1])
    was_there = file.exists()
    child.sendintr()

    assert ended(child) == 0
    assert (was_there, file.exists()) == (True, False)


def test_the_variables_of_one_profile_come_as_lines_for_a_shell(insider: Person) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    process = insider.start("serve", "--port", str(port), "--export", "sh", "--show-token", "-q")
    assert process.stdout is not None

    try:
        # The token comes last.
        lines = [process.stdout.readline()]
        while lines[-1] and not lines[-1].startswith("export AWS_CONTAINER_AUTHORIZATION_TOKEN="):
            lines.append(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=60)

    assert f"export AWS_CONTAINER_CREDENTIALS_FULL_URI='http://127.0.0.1:{port}/session/default';\n" in lines
    assert "unset AWS_ACCESS_KEY_ID;\n" in lines
    assert process.returncode == 0
    assert not list((insider.state / "endpoints").iterdir())


def test_the_token_file_of_one_that_was_killed_is_swept_by_the_next(insider: Person) -> None:
    with serving(insider) as killed:
        killed.process.send_signal(signal.SIGKILL)
        killed.process.wait(60)
        was_left = killed.token_file.exists()

    with serving(insider) as first, serving(insider) as second:
        statuses = (first.ask().status, second.ask().status)

    assert was_left
    assert statuses == (200, 200)
    assert not killed.token_file.exists() or killed.token_file in (first.token_file, second.token_file)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("-p", "nobody"), 3, "`nobody`"),
        (("--export", "--json"), 2, "both want stdout"),
        (("-p", "a", "-p", "b", "--export"), 2, "--export sets the variables of one profile"),
        (("--port", "99999"), 2, "99999"),
    ],
)
def test_what_cannot_be_meant_is_refused(person: Person, arguments: tuple[str, ...], code: int, words: str) -> None:
    refused = person.run("serve", *arguments)

    assert (refused.code, refused.stdout) == (code, "")
    assert words in refused.stderr


def test_a_port_that_is_taken_is_refused(insider: Person) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = insider.run("serve", "--port", str(port))

    assert (refused.code, refused.stdout) == (2, "")
    assert f"cannot listen on 127.0.0.1 port {port}" in refused.stderr
