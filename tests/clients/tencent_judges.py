"""The clients of Tencent Cloud that judge what mfacli hands over: each makes protected calls in its own way."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.clients.judges import Story
from tests.real import require, require_tool
from tests.stage import Person, Result

_HERE = Path(__file__).parent
BUCKET = "example-1250000000"
TERMINATE = Story(name="terminate", kind="sub-user", session=("session",), denial="UnauthorizedOperation")
DELETE = Story(name="delete", kind="sub-user", session=("session",), denial="AccessDenied")
STOP = Story(name="stop", kind="sub-user", session=("assume", "testrole"), denial="UnauthorizedOperation")
# As tccli and coscmd say it; the scripts say it as they say it for AWS.
_DENIAL = re.compile(r"\[TencentCloudSDKException\] code:(\S+)|'code': '(\w+)'")


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentJudge:
    """A client.

    `command` returns the program and its arguments for a story, an instance, an endpoint, and a profile (None: what
    the environment has). `environment` is what it needs besides, at an endpoint.
    """

    command: Callable[[Story, str, str, str | None], Sequence[str]]
    environment: Callable[[str], Mapping[str, str]] = lambda _: {}

    def verdict(
        self,
        person: Person,
        story: Story,
        instance: str,
        *before: str,
        profile: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> str:
        """Return `done`, or `denied` and the code, where a person runs this client behind `before`."""
        address = person.cloud.address
        command = [*before, *self.command(story, instance, address, profile)]
        return _read(person.run_program(command, environment={**self.environment(address), **(environment or {})}))


def _read(finished: Result) -> str:
    if found := _DENIAL.search(finished.stdout + finished.stderr):
        return f"denied {found[1] or found[2]}"
    assert finished.code == 0, finished
    said = finished.stdout.strip()
    return said if said.startswith("denied") else "done"


def tccli_judge() -> TencentJudge:
    """Return tccli."""
    program = _beside_tccli("tccli")

    def command(story: Story, instance: str, address: str, profile: str | None) -> Sequence[str]:
        action = "TerminateInstances" if story is TERMINATE else "StopInstances"
        chosen = ["--profile", profile] if profile else []
        return [program, "cvm", action, "--InstanceIds", f'["{instance}"]', "--endpoint", address, *chosen]

    return TencentJudge(command=command)


def python_sdk_judge() -> TencentJudge:
    """Return the SDK for Python, with mfacli's credential where a profile is named."""
    return TencentJudge(command=_scripted(sys.executable, str(_HERE / "tencent_calls.py")))


def javascript_sdk_judge() -> TencentJudge:
    """Return the SDK for JavaScript, which reads no environment by itself."""
    modules = os.environ.get("MFACLI_TEST_NODE_MODULES", "")
    require(bool(modules), "MFACLI_TEST_NODE_MODULES does not say where the JavaScript SDK is")
    return TencentJudge(
        command=_scripted(require_tool("node"), str(_HERE / "js" / "tencent_calls.mjs")),
        environment=lambda _: {"MFACLI_TEST_NODE_MODULES": modules},
    )


def cos_sdk_judge() -> TencentJudge:
    """Return the SDK for object storage."""
    return TencentJudge(command=_scripted(_beside_tccli("python"), str(_HERE / "cos_calls.py")))


def coscmd_judge() -> TencentJudge:
    """Return coscmd, which finds the emulator as a proxy and its keys in its file."""
    program = _beside_tccli("coscmd")
    return TencentJudge(
        command=lambda story, instance, address, profile: [program, "deletebucket"],
        environment=lambda address: {"http_proxy": address},
    )


def _scripted(*program: str) -> Callable[[Story, str, str, str | None], Sequence[str]]:
    return lambda story, instance, address, profile: [
        *program, story.name, instance, address, *([profile] if profile else []),
    ]  # fmt: skip


def _beside_tccli(name: str) -> str:
    tccli = os.environ.get("MFACLI_TEST_TCCLI", "")
    require(bool(tccli), "MFACLI_TEST_TCCLI does not name a tccli")
    return str(Path(tccli).with_name(name))
