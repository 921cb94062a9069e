"""Real SDKs that ask mfacli's endpoint: their jobs outlive the session that they began with."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.clients.judges import STORIES, Judge, boto3_judge, javascript_judge, judged, pypi_cli_judge
from tests.commands.served import serving
from tests.moved_time import MovedTime, moved_time
from tests.real import require, require_tool
from tests.stage import COMMAND, Cloud, Guests, Person

pytestmark = pytest.mark.real

_HERE = Path(__file__).parent
_PATIENCE_SECONDS = 60
Job = tuple[Sequence[str], Mapping[str, str]]


def boto3_job(story: str = "put") -> Job:
    return [sys.executable, str(_HERE / "long_job.py"), story], {}


def javascript_job() -> Job:
    modules = os.environ.get("MFACLI_TEST_NODE_MODULES", "")
    require(bool(modules), "MFACLI_TEST_NODE_MODULES does not say where the JavaScript SDK is")
    return [require_tool("node"), str(_HERE / "js" / "long_job.mjs")], {"MFACLI_TEST_NODE_MODULES": modules}


JOBS: Mapping[str, Callable[[], Job]] = {"boto3": boto3_job, "JavaScript SDK": javascript_job}


@pytest.fixture
def time(steady_cloud: Cloud, tmp_path: Path) -> Iterator[MovedTime]:
    with moved_time(steady_cloud, tmp_path) as moved:
        yield moved


JUDGES: Mapping[str, Callable[[], Judge]] = {
    "boto3": boto3_judge,
    "AWS CLI of PyPI": pypi_cli_judge,
    "JavaScript SDK": javascript_judge,
}


@pytest.mark.parametrize("judge", JUDGES)
def test_the_token_is_read_from_its_file(judge: str, guests: Guests) -> None:
    person = guests("neighbour")
    opened = person.run("session", "--code", person.code())
    put = next(story for story in STORIES if story.name == "put")

    with serving(person) as server:
        variables = {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.urls["default"],
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(server.token_file),
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        client = replace(person, environment={**person.environment, **variables})
        verdict = judged(JUDGES[judge](), client, put, "", None)

    assert opened.code == 0
    assert verdict == "done"


class Running:
    """A job that a person runs by `mfacli exec --serve`; each `ask` lets it make one call."""

    def __init__(self, person: Person, time: MovedTime, job: Job, *arguments: str) -> None:
        command, variables = job
        self._process = subprocess.Popen(
            [COMMAND, "exec", "--serve", *arguments, "--", *command],
            env={**time.environment_of(person), **variables},
            cwd=person.home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ask(self) -> list[str]:
        """Return the verdict and the key."""
        assert self._process.stdin is not None
        # One that has ended shows why at the end.
        with suppress(BrokenPipeError):
            self._process.stdin.write("go\n")
            self._process.stdin.flush()
        return self.line().split()

    def line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def end(self) -> tuple[str, str, int]:
        """Return what it says at last, on both streams, and its exit code."""
        with suppress(BrokenPipeError):
            said, complaints = self._process.communicate(timeout=_PATIENCE_SECONDS)
        return said.strip(), complaints, self._process.returncode


class Counted:
    """How often an operation has been asked for since now."""

    def __init__(self, cloud: Cloud, operation: str) -> None:
        self._cloud = cloud
        self._operation = operation
        self._before = cloud.counts_of(operation)

    @property
    def number(self) -> int:
        return self._cloud.counts_of(self._operation) - self._before

    def reaches(self, number: int) -> bool:
        """Wait until it has been asked for so often; False where that takes too long."""
        end = monotonic() + _PATIENCE_SECONDS
        while self.number < number and monotonic() < end:
            sleep(0.1)
        return self.number == number


@pytest.mark.parametrize("job", JOBS)
def test_a_job_outlives_its_first_session(job: str, steady_guests: Guests, time: MovedTime) -> None:
    person = steady_guests("neighbour")
    person.run("device", "import", "-", stdin=person.cloud.seed(person.device))
    opened = Counted(person.cloud, "sts:GetSessionToken")
    running = Running(person, time, JOBS[job]())

    ready, first = running.line(), running.ask()
    time.passes(timedelta(hours=11, minutes=50))
    is_renewed_ahead = opened.reaches(2)
    time.passes(timedelta(minutes=20))
    second, third = running.ask(), running.ask()
    said, complaints, code = running.end()

    assert ready == "ready", complaints
    assert [each[:1] for each in (first, second, third)] == [["done"]] * 3, complaints
    assert first[1] != second[1] == third[1]
    assert (said, code) == ("keys:", 0)
    assert is_renewed_ahead
    assert opened.number == 2


def test_one_typed_code_carries_a_role_through_the_day(steady_guests: Guests, time: MovedTime) -> None:
    person = steady_guests("partner")
    opened, assumed = (Counted(person.cloud, f"sts:{name}") for name in ("GetSessionToken", "AssumeRole"))
    running = Running(person, time, boto3_job("books"), "-p", "books", "--code", person.code())

    answers = [running.line().split(), running.ask()]
    for number in (2, 3):
        time.passes(timedelta(minutes=61))
        assumed.reaches(number)
        answers.append(running.ask())
    said, complaints, code = running.end()

    assert [answer[:1] for answer in answers] == [["ready"], ["done"], ["done"], ["done"]], complaints
    assert len({answer[1] for answer in answers[1:]}) == 3
    assert (said, code) == ("keys:", 0)
    assert (opened.number, assumed.number) == (1, 3)
