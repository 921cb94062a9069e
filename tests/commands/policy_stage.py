"""Runs a policy command in this process, with given standard input, with or without a terminal to answer to."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from mfacli.commands.main import run


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    stdout: str
    stderr: str

    def json(self) -> dict[str, object]:
        """Return the document on stdout."""
        document: dict[str, object] = json.loads(self.stdout)
        return document

    def at(self, *path: str | int) -> object:
        """Return what stands at a place in the document on stdout."""
        found: object = self.json()
        for step in path:
            if isinstance(step, int):
                assert isinstance(found, list)
                found = found[step]
            else:
                assert isinstance(found, dict)
                found = found[step]
        return found


Policy = Callable[..., Said]


def policy_runner(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Policy:
    """Return what runs `mfacli policy ARGUMENTS`."""

    def policy(*arguments: str, stdin: str | bytes | None = "", at_terminal: bool = False) -> Said:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", None if data is None else io.TextIOWrapper(io.BytesIO(data)))
        monkeypatch.setattr(sys.stdout, "isatty", lambda: at_terminal)
        monkeypatch.setenv("TERM", "xterm")
        code = run(["policy", *arguments])
        captured = capsys.readouterr()
        return Said(code=code, stdout=captured.out, stderr=captured.err)

    return policy


def statement(**more: object) -> dict[str, object]:
    """Return an Allow of stopping instances."""
    return {"Effect": "Allow", "Action": "ec2:StopInstances", "Resource": "*", **more}


def document(*statements: Mapping[str, object]) -> str:
    """Return a document of AWS."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
LEAKING = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}
SOFIA = "arn:aws:iam::111122223333:user/sofia"
