"""Secrets are where they belong, and nowhere else: streams, arguments, tracebacks, core files, files on disk."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stage import Cloud, Guests, Person, Result, ended, person_in
from tests.ways import AWS, WAYS, Way

SABOTAGE = str(Path(__file__).parent.parent / "sabotage" / "unforeseen")
SESSION_SECRETS = ("secret_access_key", "session_token")


def secrets_of(person: Person, way: Way) -> dict[str, str]:
    """Return every secret that there is about a person, by what it is."""
    found = {"long-term secret key": person.secret_access_key, "seed": person.seed}
    for command in (("session",), ("assume", way.role)):
        document = person.run(*command, "--json", "--no-input").json()
        found |= {f"{command[-1]}'s {name}": str(document[name]) for name in SESSION_SECRETS}
    return found


def leaks(text: str, secrets: Mapping[str, str]) -> list[str]:
    return [name for name, secret in secrets.items() if secret in text]


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """Somebody of either cloud who has used every command that touches a secret, and what was said."""

    way: Way
    person: Person
    said: list[Result]

    @property
    def secrets(self) -> dict[str, str]:
        """Every secret that there is about them."""
        return secrets_of(self.person, self.way)


@pytest.fixture(scope="module", params=WAYS, ids=lambda way: way.name)
def life(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Life:
    """Give a life in which things went well, and not."""
    way: Way = request.param
    person = person_in(cloud, tmp_path_factory.mktemp("life"), way.partner)
    seed = person.seed
    id_variable, secret_variable = way.key_variables
    # In Tencent Cloud the code goes along with the role's own call.
    role_code = () if way is AWS else ("--code", "-")
    # Whatever mode a file has then, it was given.
    before = os.umask(0)
    try:
        said = [
            # First, as in Tencent Cloud that takes a code: typed ones move the world's time away from this machine's.
            person.run("device", "-v", "import", "-", stdin=f"{seed}!"),
            person.run("device", "-v", "import", "-", stdin=f"otpauth://totp/x?secret={seed}&digits=7"),
            person.run("device", "-v", "import", "-", stdin=seed),
            person.run("device", "-v", "list"),
            person.run("session", "-v", "--code", "-", stdin=person.wrong_code()),
            person.run("session", "-v", "--code", "-", stdin=person.code()),
            person.run("session", "-v", "--write-profile", "mfa"),
            person.run("assume", "-v", way.role, *role_code, stdin=person.code()),
            person.run("assume", "-v", way.no_such_role, *role_code, stdin=person.code()),
            person.run("exec", "-v", "-p", way.role, "--", "true"),
            person.run("exec", "-v", "--", "no-such-command"),
            person.run("whoami", "-v"),
            person.run("status", "-v"),
            person.run("session", "-v", "--dry-run"),
            person.run("session", "-v", "--endpoint-url", "http://127.0.0.1:9", "--code", "-", stdin="818181"),
            person.run("session", "-v", "--new", "--code", "-", stdin=person.wrong_code(1), environment={
                id_variable: person.access_key_id, secret_variable: person.secret_access_key[:-1],
            }),
            person.run("session", "-v", "--new", "--code", "-", stdin="828282", environment={"PYTHONPATH": SABOTAGE}),
        ]  # fmt: skip
        if way is AWS:
            # Elsewhere it would wait for the next code first.
            said.append(
                person.run("device", "-v", "import", "-", stdin=seed, environment={"KEYRING_PROPERTY_MOOD": "locked"})
            )
    finally:
        os.umask(before)
    return Life(way=way, person=person, said=said)


def test_no_secret_is_said_by_anything(life: Life) -> None:
    text = "".join(result.stdout + result.stderr for result in life.said)

    assert leaks(text, life.secrets) == []
    assert "818181" not in text
    assert "828282" not in text


def test_an_error_that_nobody_foresaw_says_where_and_not_what(life: Life) -> None:
    bugs = [result for result in life.said if result.code == 1]

    assert len(bugs) == 1
    assert "Traceback (most recent call last):" in bugs[0].stderr
    assert "mfacli: unforeseen error: ArithmeticError (its text is withheld: it may hold a secret)" in bugs[0].stderr


def test_without_v_there_is_no_traceback(guests: Guests, way: Way) -> None:
    person = guests(way.own)

    result = person.run("session", "--code", "-", stdin="818181", environment={"PYTHONPATH": SABOTAGE})

    assert result.code == 1
    assert "Traceback" not in result.stderr
    assert result.stderr.endswith(
        "hint: this is a bug in mfacli: run the command again with -v and report what it prints\n"
    )


def test_files_with_secrets_are_the_owners_alone(life: Life) -> None:
    person, secrets = life.person, life.secrets

    holding = {path: path.stat().st_mode & 0o777 for path in files_below(person.root) if holds(path, secrets)}

    written = person.credentials_file.with_name("mfa.credential")
    expected = {person.credentials_file, person.keyring, *([] if life.way is AWS else [written])}
    assert holding == dict.fromkeys(expected, 0o600)


def test_mfaclis_own_files_are_the_owners_alone(life: Life) -> None:
    state = life.person.state

    modes = {path: path.stat().st_mode & 0o077 for path in [state, *state.rglob("*")]}

    assert set(modes.values()) == {0}
    assert len(modes) > 3


def files_below(root: Path) -> Iterator[Path]:
    return (path for path in root.rglob("*") if path.is_file())


def holds(path: Path, secrets: Mapping[str, str]) -> bool:
    content = path.read_bytes()
    return any(secret.encode() in content for secret in secrets.values())


def test_no_secret_is_in_the_arguments_of_any_process(person: Person) -> None:
    secrets = {"long-term secret key": person.secret_access_key}
    with person.config_file.open("a") as file:
        file.write(
            "\n[profile program]\nsource_profile = default\n"
            "mfa_process = cat code; cat /proc/[0-9]*/cmdline >seen || :\n"
        )
    (person.home / "code").write_text(person.code())

    opened = person.run("session", "-p", "program")
    exported = person.run("session", "--json").json()
    running = person.run("exec", "--", "sh", "-c", "cat /proc/[0-9]*/cmdline 2>/dev/null").stdout
    listed = (running + (person.home / "seen").read_text()).replace("\0", " ")

    secrets |= {name: str(exported[name]) for name in SESSION_SECRETS}
    assert opened.code == 0, opened
    assert "mfacli session -p program" in listed
    assert leaks(listed, secrets) == []


def test_a_person_at_the_question_is_not_shown_to_others(person: Person) -> None:
    child = person.at_terminal("mfacli", "session")
    child.expect_exact("MFA code for ")
    seen = Path(f"/proc/{child.pid}/cmdline").read_bytes() + Path(f"/proc/{child.pid}/environ").read_bytes()
    child.sendintr()

    assert ended(child) == 130
    assert person.secret_access_key.encode() not in seen


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_CORE)[1] == 0, reason="no core file is allowed here at all")
def test_a_crash_leaves_no_core_file(person: Person) -> None:
    child = person.at_terminal("sh", "-c", "ulimit -S -c $(ulimit -H -c); exec mfacli session")
    child.expect_exact("MFA code for ")

    child.kill(signal.SIGQUIT)
    exit_code = ended(child)

    assert exit_code == -signal.SIGQUIT
    assert not os.WCOREDUMP(child.status)
    assert not list(person.home.glob("core*"))


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_CORE)[1] == 0, reason="no core file is allowed here at all")
def test_a_command_may_leave_core_files_as_it_would_without_us(person: Person) -> None:
    script = 'ulimit -S -c $(ulimit -H -c); ulimit -c; mfacli exec --code "$1" -- sh -c "ulimit -c"'

    finished = person.run_program(["sh", "-c", script, "sh", person.code()])

    before, inside = finished.stdout.split()
    assert inside == before
