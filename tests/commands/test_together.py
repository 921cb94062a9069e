"""Many processes at once: one of them asks and calls, the others take what it kept."""

from __future__ import annotations

import json
import signal
from collections import Counter

import pexpect
import pytest

from tests.guests import SHELVES
from tests.stage import Cloud, Guests, Person, ended
from tests.ways import AWS, Way

MANY = 50


def counts_since(cloud: Cloud, before: Counter[str]) -> Counter[str]:
    return Counter(cloud.control.counts()) - before


@pytest.fixture
def person(guests: Guests, way: Way) -> Person:
    """Give somebody of either cloud."""
    return guests(way.own)


@pytest.fixture
def steady_partner(steady_guests: Guests) -> Person:
    """Give a partner whose device's seed is kept."""
    person = steady_guests("partner")
    imported = person.run("device", "import", "-", stdin=person.seed)
    assert imported.code == 0, imported
    return person


@pytest.fixture
def sub_user(guests: Guests) -> Person:
    """Give the like in Tencent Cloud: keeping a seed opens a session there, so a program prints the one code."""
    person = guests("sub-user")
    (person.home / "code").write_text(person.code())
    settings = person.config_file.read_text()
    program = f'[tencent.default]\ncode_command = ["cat", "{person.home / "code"}"]\n'
    person.config_file.write_text(settings.replace("[tencent.default]\n", program))
    return person


@pytest.fixture
def busy(request: pytest.FixtureRequest, way: Way) -> Person:
    """Give whoever of either cloud runs many processes, none of which can ask."""
    found = request.getfixturevalue("steady_partner" if way is AWS else "sub_user")
    assert isinstance(found, Person)
    return found


def test_fifty_exports_make_one_call_and_give_one_answer(busy: Person, way: Way) -> None:
    before = Counter(busy.cloud.control.counts())

    processes = [busy.start("export", "--format", "json") for _ in range(MANY)]
    finished = [(*process.communicate(timeout=120), process.returncode) for process in processes]

    # The one that makes the call may have to wait for a code of this machine's clock, and says so.
    said = {line for _, stderr, _ in finished for line in stderr.splitlines()}
    assert {code for _, _, code in finished} == {0}
    assert all(line.startswith("waiting for the next code of ") for line in said)
    assert len({stdout for stdout, _, _ in finished}) == 1
    assert set(json.loads(finished[0][0])["set"]) > {*way.key_variables, way.token_variable}
    assert counts_since(busy.cloud, before) == way.opening


def test_many_who_assume_one_role_share_it(busy: Person, way: Way) -> None:
    before = Counter(busy.cloud.control.counts())

    processes = [busy.start("assume", way.role, "--json") for _ in range(10)]
    finished = [(*process.communicate(timeout=120), process.returncode) for process in processes]

    assert {code for _, _, code in finished} == {0}, finished
    assert len({json.loads(stdout)["access_key_id"] for stdout, _, _ in finished}) == 1
    assert counts_since(busy.cloud, before) == way.assuming


def test_many_exports_at_one_terminal_ask_one_question(person: Person, way: Way) -> None:
    before = Counter(person.cloud.control.counts())
    script = "for i in $(seq 10); do mfacli export --format json >out.$i & done; wait"
    shell = person.at_terminal("bash", "--norc", "-c", script)

    shell.expect_exact("MFA code for ")
    shell.sendline(person.code())
    exit_code = ended(shell)

    answers = {path.read_text() for path in person.home.glob("out.*")}
    assert exit_code == 0
    assert "MFA code for " not in shell.before
    assert len(answers) == 1
    assert json.loads(answers.pop())["set"][way.token_variable]
    assert counts_since(person.cloud, before) == way.opening


def test_whoever_is_killed_at_the_question_lets_another_go_on(person: Person) -> None:
    asking = person.at_terminal("mfacli", "export")
    asking.expect_exact("MFA code for ")
    waiting = person.at_terminal("mfacli", "session", "-v")
    waiting.expect_exact("endpoint http")
    is_asked = waiting.expect([pexpect.TIMEOUT, "MFA code for "], timeout=1)

    asking.kill(signal.SIGKILL)
    waiting.expect_exact("MFA code for ")
    waiting.sendline(person.code())

    assert is_asked == 0
    assert ended(asking) == -signal.SIGKILL
    assert ended(waiting) == 0


def test_whoever_waits_for_another_can_be_stopped(person: Person) -> None:
    asking = person.at_terminal("mfacli", "session")
    asking.expect_exact("MFA code for ")
    waiting = person.at_terminal("mfacli", "session", "-v")
    waiting.expect_exact("endpoint http")
    waiting.expect([pexpect.TIMEOUT, pexpect.EOF], timeout=1)

    waiting.sendintr()
    stopped = ended(waiting)
    asking.sendline(person.code())

    assert stopped == 130
    assert "Traceback" not in waiting.before
    assert ended(asking) == 0


def test_twenty_roles_at_once_take_one_mfa_session(steady_partner: Person) -> None:
    before = Counter(steady_partner.cloud.control.counts())

    processes = [steady_partner.start("assume", shelf.lower(), "--json") for shelf in SHELVES * 4]
    finished = [(*process.communicate(timeout=120), process.returncode) for process in processes]

    roles = {json.loads(stdout)["principal"].split("/")[1] for stdout, _, _ in finished}
    keys = {json.loads(stdout)["access_key_id"] for stdout, _, _ in finished}
    assert {code for _, _, code in finished} == {0}
    assert roles == set(SHELVES)
    assert len(keys) == len(SHELVES)
    assert counts_since(steady_partner.cloud, before) == {"sts:GetSessionToken": 1, "sts:AssumeRole": len(SHELVES)}
