"""`mfacli device enroll`, ended by SIGKILL at every moment that leaves a trace, and run again.

The moments are those before each answer of the cloud is read, when it has done what it was asked, before each file of
ours, of the keyring's or of the AWS CLI's is put in its place, and once a phone has scanned the seed.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from mfacli.commands.main import run
from mfacli.commands.wiring import Desk
from mfacli.domain.secret import Secret
from mfacli.errors import Cancelled
from mfacli.terminal import Terminal
from tests.fate import Fate, become
from tests.real import Child, run_in_child
from tests.stage import Guests, Person

# The keyring's and our list of what is in it, the picture, the profile.
FILES = ("keyring.json", "devices.json", "qr.png", "config")
# What a command loads; here once for all children, who are forked.
LOADED = (
    "mfacli.commands.device",
    "mfacli.commands.device_enrolling",
    "mfacli.output.aws_config",
    "mfacli.output.pictures",
    "mfacli.codes.derived",
    "mfacli.providers.aws",
    "mfacli.providers.aws_devices",
    "mfacli.providers.aws_wire",
    "keyring.backends.null",
    "filelock",
)
STEP = timedelta(seconds=30)
# Who the keys belong to and which devices are there is asked before anything is made.
FIRST_DEADLY = 2
MOST_MOMENTS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way through the ceremony: the options it is begun with, and whether the person gives up half-way."""

    options: tuple[str, ...] = ()
    gives_up: bool = False
    keeps_seed: bool = False


WAYS = {
    "phone": Way(),
    "phone-given-up": Way(options=("--png", "qr.png", "--qr"), gives_up=True),
    "phone-and-keyring": Way(options=("--keep-seed", "--qr", "--png", "qr.png"), keeps_seed=True),
}


class _Phone:
    """A `Prompter` with an authenticator app; `path` is what the app remembers, whatever becomes of the process."""

    def __init__(self, path: Path, person: Person, fate: Fate, *, gives_up: bool) -> None:
        self._path = path
        self._person = person
        self._fate = fate
        self._gives_up = gives_up
        self._typed = 0

    def take_seat(self) -> None:
        """Sit down at this process's terminal; the process ends with the test."""
        Desk.prompter = property(lambda _: self)  # type: ignore[assignment]  # in a child that ends with it
        Terminal.show = lambda _, text: self._scan(text)  # type: ignore[assignment,method-assign]  # see above

    def ask_code(self, question: str) -> str:
        """Type the code that was shown before, then the one that is shown now."""
        if self._gives_up:
            raise Cancelled("cancelled")
        self._typed += 1
        now = self._person.cloud.control.world_time()
        return pyotp.TOTP(self._path.read_text()).at(now - STEP if self._typed % 2 else now)

    def choose(self, question: str, choices: Sequence[str]) -> int:
        """Say that the app has the seed already, where it has; else have the device made anew."""
        return 0 if self._path.exists() else 1

    def confirm(self, question: str) -> bool:
        """Agree."""
        return True

    def ask_secret(self, question: str) -> Secret:
        """Have no secret to give."""
        raise AssertionError(question)

    def _scan(self, text: str) -> bool:
        if found := re.search(r"type this key there: ([A-Z2-7 ]+)", text):
            self._path.write_text(found.group(1).replace(" ", ""))
            self._fate.pass_moment()
        return True


def _enrol(person: Person, way: Way, deadly: int | None = None, *, again: bool = False) -> Child:
    """Run `mfacli device enroll` in a child: a new interpreter for each moment would take minutes."""

    def inside() -> object:
        said = become(person)
        fate = Fate(deadly, files=FILES)
        _Phone(person.root / "app", person, fate, gives_up=way.gives_up and not again).take_seat()
        fate.begin()
        code = run(["device", "enroll", *way.options, *(["--yes"] if again and way.keeps_seed else [])])
        return [code, fate.moments, said.getvalue()]

    return run_in_child(inside)


def _told(child: Child) -> tuple[int, int, str]:
    """Return the exit code, how many moments there were, and what was said."""
    match child.result():
        case [int(code), int(moments), str(said)]:
            return code, moments, said
        case other:
            raise AssertionError(other)


def _seeds(person: Person) -> list[str]:
    """Return the seeds that the phone and the keyring have, read without mfacli."""
    kept = re.findall(r"[A-Z2-7]{64}", person.keyring.read_text()) if person.keyring.exists() else []
    return [seed for seed in (_app(person), *kept) if seed]


def _app(person: Person) -> str:
    """Return the seed that the phone has; empty where it has scanned none."""
    memory = person.root / "app"
    return memory.read_text() if memory.exists() else ""


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_wherever_an_enrolment_is_killed_running_it_again_ends_it(steady_guests: Guests, way: Way) -> None:
    for name in LOADED:
        importlib.import_module(name)
    ended = 130 if way.gives_up else 0
    deadly = FIRST_DEADLY
    while (killed := _enrol(person := steady_guests("owner"), way, deadly)).failure:
        assert killed.failure == "killed before it answered", killed.failure
        scanned = _app(person)

        code, _, said = _told(_enrol(person, way, again=True))

        assert code == 0, f"after being killed at moment {deadly}: {said}"
        assert f"mfa_serial = {person.device}\n" in person.config_file.read_text()
        assert person.cloud.control.environment_of(person.user).device == person.device
        shown = person.cloud.control.shown(device=person.device)
        codes = {pyotp.TOTP(seed).at(person.cloud.control.world_time()) for seed in _seeds(person)}
        assert codes <= {shown.code.reveal(), shown.next_code.reveal()}, f"at moment {deadly}: {said}"
        assert len(codes) == 1
        # What has been taken back is of no use; nobody else scans twice.
        assert way.gives_up or scanned in ("", _app(person)), f"at moment {deadly}: {said}"
        deadly += 1
        assert deadly < MOST_MOMENTS

    assert _told(killed)[:2] == (ended, deadly)
    assert deadly - FIRST_DEADLY >= 4
