"""A running `mfacli serve`, asked as an SDK asks it."""

from __future__ import annotations

import json
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.stage import Person, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, and how soon."""

    status: int
    body: dict[str, str]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A running `mfacli serve --json`, and the document that it printed."""

    process: subprocess.Popen[str]
    document: dict[str, object]

    @property
    def token_file(self) -> Path:
        """Where the token is."""
        return Path(str(self.document["token_file"]))

    @property
    def urls(self) -> dict[str, str]:
        """The address of each profile."""
        profiles = self.document["profiles"]
        assert isinstance(profiles, list)
        return {each["profile"]: each["url"] for each in profiles}

    def ask(self, profile: str = "default", *, token: str | None = None) -> Answer:
        """Ask as an SDK does."""
        header = {"Authorization": self.token_file.read_text() if token is None else token}
        request = urllib.request.Request(self.urls[profile], headers=header)
        begun = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                status, text = response.status, response.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                status, text = refusal.code, refusal.read()
        return Answer(status=status, body=json.loads(text), seconds=time.monotonic() - begun)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> Result:
        """End it, and return what it has said besides the document."""
        self.process.send_signal(number)
        stdout, stderr = self.process.communicate(timeout=60)
        return Result(stdout=stdout, stderr=stderr, code=self.process.returncode)


@contextmanager
def serving(person: Person, *arguments: str) -> Iterator[Serving]:
    """Run `mfacli serve` for the length of a `with`."""
    process = person.start("serve", "--json", *arguments)
    try:
        assert process.stdout is not None
        text = ""
        while not text.endswith("}\n") or text.count("{") != text.count("}"):
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            text += line
        yield Serving(process=process, document=json.loads(text))
    finally:
        process.kill()
        process.communicate()
