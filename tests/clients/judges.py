"""The clients that judge what mfacli hands over: each makes the same protected calls in its own way."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.real import require, require_tool
from tests.stage import Person, Result

_HERE = Path(__file__).parent
_BOOK = '{"ISBN": {"S": "9780141439518"}, "Title": {"S": "Pride and Prejudice"}}'
_DENIAL = re.compile(r"An error occurred \((\w+)\) when calling the \w+ operation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A protected call of the documents.

    `kind` of person makes it, with the session that `session` (a command of mfacli) opens; without MFA it is denied
    with the code `denial`.
    """

    name: str
    kind: str
    session: tuple[str, ...]
    denial: str


STORIES = (
    Story(name="stop", kind="own", session=("session",), denial="UnauthorizedOperation"),
    Story(name="put", kind="neighbour", session=("session",), denial="AccessDenied"),
    Story(name="books", kind="partner", session=("assume", "books"), denial="AccessDeniedException"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A client.

    `command` returns the program and its arguments for a story, an instance to stop, an endpoint, and a profile
    (None: what the environment has). `environment` is what it needs besides.
    """

    command: Callable[[Story, str, str, str | None], Sequence[str]]
    environment: Callable[[], dict[str, str]] = dict

    def verdict(self, finished: Result) -> str:
        """Return `done`, or `denied` and the code; fails the test where the client failed otherwise."""
        if found := _DENIAL.search(finished.stderr):
            return f"denied {found[1]}"
        assert finished.code == 0, finished
        said = finished.stdout.strip()
        return said if said.startswith("denied") else "done"


def boto3_judge() -> Judge:
    """Return boto3, in a Python of its own."""
    program = [sys.executable, str(_HERE / "protected_calls.py")]
    return Judge(command=lambda story, instance, _, profile: _scripted(program, story, instance, profile))


def javascript_judge() -> Judge:
    """Return the JavaScript SDK v3."""
    modules = os.environ.get("MFACLI_TEST_NODE_MODULES", "")
    require(bool(modules), "MFACLI_TEST_NODE_MODULES does not say where the JavaScript SDK is")
    program = [require_tool("node"), str(_HERE / "js" / "protected_calls.mjs")]
    return Judge(
        command=lambda story, instance, _, profile: _scripted(program, story, instance, profile),
        environment=lambda: {"MFACLI_TEST_NODE_MODULES": modules},
    )


def pypi_cli_judge() -> Judge:
    """Return the AWS CLI of PyPI."""
    path = os.environ.get("MFACLI_TEST_AWS_CLI", "")
    require(bool(path), "MFACLI_TEST_AWS_CLI does not say where the AWS CLI of PyPI is")
    return Judge(command=lambda story, instance, _, profile: _cli(path, story, instance, profile))


def debian_cli_judge() -> Judge:
    """Return Debian's AWS CLI, which is older than `endpoint_url` in profiles and the environment."""
    require(Path("/usr/bin/aws").exists(), "Debian's `awscli` is not installed")
    return Judge(
        command=lambda story, instance, address, profile: [
            *_cli("/usr/bin/aws", story, instance, profile), "--endpoint-url", address,
        ]
    )  # fmt: skip


def _scripted(program: Sequence[str], story: Story, instance: str, profile: str | None) -> Sequence[str]:
    return [*program, story.name, instance, *([profile] if profile else [])]


def _cli(path: str, story: Story, instance: str, profile: str | None) -> Sequence[str]:
    calls = {
        "stop": ["ec2", "stop-instances", "--instance-ids", instance],
        "put": ["s3api", "put-object", "--bucket", "account-a-bucket", "--key", "report.txt"],
        "books": ["dynamodb", "put-item", "--table-name", "Books", "--item", _BOOK],
    }
    return [path, *calls[story.name], *(["--profile", profile] if profile else [])]


def judged(judge: Judge, person: Person, story: Story, instance: str, profile: str | None, *before: str) -> str:
    """Return the verdict of a judge whom a person runs, behind `before` (such as `mfacli exec --`)."""
    command = [*before, *judge.command(story, instance, person.cloud.address, profile)]
    return judge.verdict(person.run_program(command, environment=judge.environment()))
