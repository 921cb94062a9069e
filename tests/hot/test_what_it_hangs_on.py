"""Holds the cached read to the code: what the ordinary way looks at is part of an entry's name or of the entry."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mfacli import hot
from tests.hot.owner import Owner

PACKAGE = Path(hot.__file__).parent
# Looked at by the ordinary way, and without any influence on what is on stdout.
HARMLESS = frozenset(
    {
        "MFACLI_NO_INPUT", "DISPLAY", "WAYLAND_DISPLAY",  # nothing is asked while a session is fresh
        "NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "LINES",  # an answer for machines has no colour
        "_MFACLI_COMPLETE",  # click's own, in the entry's name too
        "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG",  # click's own words; answers that are not ASCII make no entry
        "XDG_RUNTIME_DIR",  # where locks are made when the state directory takes none
    }
)  # fmt: skip
READERS = ("profiles", "store/choice.py", "store/places.py", "commands/wiring.py", "commands/handing_over.py",
           "output/environment.py", "output/exports.py")  # fmt: skip


class Watched(dict[str, str]):
    """An environment that remembers what was asked of it."""

    def __init__(self, environment: dict[str, str]) -> None:
        super().__init__(environment)
        self.seen = set[str]()

    def __getitem__(self, name: str) -> str:
        self.seen.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.seen.add(str(name))
        return super().__contains__(name)

    def get(self, name: str, default: object = None) -> object:  # type: ignore[override]  # one of dict's overloads
        self.seen.add(name)
        return super().get(name, default)

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("the ordinary way looks at the whole environment")


COMMAND_LINES = [
    ("export", "--format", "sh"),
    ("export",),
    ("export", "-p", "dev", "--format", "json"),
    ("export", "-p", "auditor", "--format", "dotenv"),
    ("credential-process", "-p", "dev"),
    ("credential-process", "-p", "auditor"),
]


@pytest.mark.parametrize("arguments", COMMAND_LINES, ids=" ".join)
@pytest.mark.parametrize("state", ["named", "usual"])
def test_every_variable_that_is_looked_at_decides(
    owner: Owner, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], state: str
) -> None:
    if state == "usual":
        monkeypatch.delenv("MFACLI_STATE_DIR")
    monkeypatch.setenv("SHELL", "/bin/sh")
    owner.keep(arguments[2] if "-p" in arguments else None)
    monkeypatch.setattr("mfacli.commands.export.remembering", lambda desk: None)
    monkeypatch.setattr("mfacli.commands.credential_process.remembering", lambda desk: None)
    watched = Watched(dict(os.environ))
    with monkeypatch.context() as patch:
        patch.setattr(os, "environ", watched)

        owner.ordinary(*arguments)

    assert "MFACLI_STORE" in watched.seen
    assert {name for name in watched.seen if not hot.decides(name)} <= HARMLESS


def test_every_variable_that_is_named_in_the_code_decides() -> None:
    sources = [
        path
        for reader in READERS
        for path in ([PACKAGE / reader] if "." in reader else (PACKAGE / reader).glob("*.py"))
    ]
    named = {
        name
        for path in sources
        for name in re.findall(r"\"([A-Za-z_]+)\"", path.read_text())
        if re.fullmatch(r"(?:AWS|MFACLI|TENCENTCLOUD|XDG)_[A-Z_]+|HOME|SHELL|PSModulePath|USER|LOGNAME", name)
    }

    assert {"AWS_PROFILE", "MFACLI_DURATION", "SHELL"} <= named
    assert {name for name in named if not hot.decides(name)} == set()


@pytest.mark.parametrize("variable", ["AWS_SECRET_ACCESS_KEY", "TERM", "PATH", "PWD", "SHLVL"])
def test_what_does_not_decide_makes_no_other_entry(variable: str) -> None:
    assert hot.decides(variable) is variable.startswith("AWS_")


SPY = """
import sys
opened = []
read = {"open", "os.listdir", "os.scandir"}
sys.addaudithook(lambda event, values: event in read and opened.append(str(values[0])))
from mfacli.commands.main import run
code = run(sys.argv[1:])
print("\\n".join(opened), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize("arguments", COMMAND_LINES[2:], ids=" ".join)
def test_every_file_of_the_owners_that_is_read_is_stamped(owner: Owner, arguments: tuple[str, ...]) -> None:
    owner.keep(arguments[2])
    owner.ordinary(*arguments)
    entry = owner.entry(*arguments)
    stamped = {line.partition(" ")[2] for line in entry.read_text().splitlines() if " /" in line}
    entry.unlink()

    spied = subprocess.run(
        [sys.executable, "-c", SPY, *arguments], env=dict(os.environ), capture_output=True, text=True, check=True
    )

    opened = {path for path in spied.stderr.splitlines() if path.startswith(f"{owner.home}/")}
    kept_keys = entry.parent.parent / "keys.json"
    assert stamped == {*map(str, (owner.config, owner.credentials, owner.settings, owner.home / ".tccli", kept_keys))}
    # The new entry is the one file of ours that is touched.
    assert {path for path in opened if not path.startswith(str(entry))} == stamped
