"""The stage of the end-to-end tests: an emulator as a process, and persons who run the installed command.

Nothing is imported from the client: what these tests see is what a user sees, processes, streams, files.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pexpect

from mfacli.emulator.running import Control, read_state
from mfacli.emulator.world.keys import WorldKey
from tests.guests import GUESTS_OF_A_KIND, SHELVES, guest_name, guests_world

# Gives a new person of a kind; see `guests`.
Guests = Callable[[str], "Person"]

BIN = Path(sys.executable).parent
COMMAND = str(BIN / "mfacli")
REGION = "us-east-1"
ROLES = "arn:aws:iam::111122223333:role"
TENCENT_ROLE = "qcs::cam::uin/87654321:roleName/TestRole"
_KEYRINGS = Path(__file__).parent / "keyrings"
_START_SECONDS = 60
_PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a process ended, and what it said."""

    stdout: str
    stderr: str
    code: int

    def json(self) -> dict[str, object]:
        """Return the document on stdout."""
        document: dict[str, object] = json.loads(self.stdout)
        return document


@dataclass(slots=True, kw_only=True)
class Cloud:
    """A running emulator with guests. `state` is its state directory."""

    address: str
    control: Control
    state: Path
    pid: int
    _given: Counter[str] = field(default_factory=Counter)

    def guest(self, kind: str) -> str:
        """Return the name of a user whom nobody else has been given; see `guests`."""
        self._given[kind] += 1
        assert self._given[kind] <= GUESTS_OF_A_KIND, "more guests are needed: raise GUESTS_OF_A_KIND"
        return guest_name(kind, self._given[kind])

    def seed(self, device: str) -> str:
        """Return a device's seed in base32, as it was shown when the device was set up."""
        return WorldKey.load_or_create(self.state / "emulator" / "world.key").device_seed(device).reveal()

    def counts_of(self, operation: str) -> int:
        """Return how often an operation was asked for."""
        return self.control.counts().get(operation, 0)


@contextmanager
def cloud_process(directory: Path, *options: str) -> Iterator[Cloud]:
    """Run an emulator in a process of its own, on a free port, for the length of a `with`."""
    world = directory / "guests.toml"
    world.write_text(guests_world())
    state = directory / "state"
    process = subprocess.Popen(
        [COMMAND, "emulator", "start", "--port", "0", "--world", str(world), *options],
        env=clean_environment(directory) | {"MFACLI_STATE_DIR": str(state)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = first_line(process)
        assert line.startswith("mfacli emulator ready on http://127.0.0.1:"), line
        running = read_state(state / "emulator")
        yield Cloud(address=running.address, control=running.control, state=state, pid=process.pid)
        assert process.poll() is None, f"the emulator ended before its time, with {process.returncode}"
    finally:
        process.terminate()
        try:
            process.communicate(timeout=_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def first_line(process: subprocess.Popen[str]) -> str:
    """Return the first line that a process prints; empty where it ends or takes too long."""
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], _START_SECONDS)
    return process.stdout.readline() if readable else ""


def measured() -> dict[str, str]:
    """Return what makes processes measure their coverage, which doubles their time: the transcripts' do."""
    return {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}


def clean_environment(home: Path) -> dict[str, str]:
    """Return an environment that knows the installed command, a home, and nothing else."""
    return {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "TERM": "xterm",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def run_in(directory: Path, command: Sequence[str], *, environment: Mapping[str, str], stdin: str = "") -> Result:
    """Run a program where it has no terminal, and return how it ended."""
    finished = subprocess.run(
        list(command),
        env=dict(environment),
        cwd=directory,
        input=stdin,
        capture_output=True,
        text=True,
        start_new_session=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    return Result(stdout=finished.stdout, stderr=finished.stderr, code=finished.returncode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a home, a profile and a keyring of their own.

    `user` is who they are in the emulator, `device` the serial of their device, or of the one they could enrol; `uin`
    is set for who is of Tencent Cloud. Their default profile has their keys and their device, and there are profiles
    for the roles that partners may assume.
    """

    cloud: Cloud
    user: str
    device: str
    access_key_id: str
    secret_access_key: str
    root: Path
    environment: dict[str, str]
    uin: str = ""
    has_device: bool = True

    @property
    def seed(self) -> str:
        """Their device's seed in base32, as it was shown when the device was set up."""
        return self.cloud.seed(f"{self.device}#{self.uin}" if self.uin else self.device)

    @property
    def home(self) -> Path:
        """Their home directory."""
        return self.root / "home"

    @property
    def state(self) -> Path:
        """Where mfacli keeps its own files."""
        return self.root / "state"

    @property
    def keyring(self) -> Path:
        """The file that stands for their keyring."""
        return self.root / "keyring.json"

    @property
    def credentials_file(self) -> Path:
        """Their file of keys."""
        if self.uin:
            return self.home / ".tccli" / "default.credential"
        return self.home / ".aws" / "credentials"

    @property
    def config_file(self) -> Path:
        """Their file of profiles."""
        if self.uin:
            return self.home / ".config" / "mfacli" / "config.toml"
        return self.home / ".aws" / "config"

    def code(self) -> str:
        """Return an unused code of their device; where one is used up, the world moves on to the next."""
        return self.cloud.control.code(self.user, fresh=True)

    def wrong_code(self, number: int = 0) -> str:
        """Return six digits that their device shows neither now nor next; another `number`, other digits."""
        shown = self.cloud.control.shown(self.user)
        near = {shown.code.reveal(), shown.next_code.reveal()}
        return [digits for digits in ("424242", "434343", "444444", "454545", "464646") if digits not in near][number]

    def run(self, *arguments: str, stdin: str = "", environment: Mapping[str, str] | None = None) -> Result:
        """Run mfacli where it has no terminal, and return how it ended."""
        return self.run_program([COMMAND, *arguments], stdin=stdin, environment=environment)

    def run_program(
        self, command: Sequence[str], *, stdin: str = "", environment: Mapping[str, str] | None = None
    ) -> Result:
        """Run any program where it has no terminal."""
        return run_in(self.home, command, environment={**self.environment, **(environment or {})}, stdin=stdin)

    def start(self, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start mfacli where it has no terminal, and do not wait for it."""
        return subprocess.Popen(
            [COMMAND, *arguments],
            env={**self.environment, **(environment or {})},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def at_terminal(self, *command: str, environment: Mapping[str, str] | None = None) -> pexpect.spawn:
        """Start a program (mfacli by its full name, or a shell) on a pseudo-terminal of its own."""
        child = pexpect.spawn(
            command[0],
            list(command[1:]),
            env={**self.environment, **(environment or {})},
            cwd=str(self.home),
            encoding="utf-8",
            timeout=_PATIENCE_SECONDS,
            dimensions=(40, 200),
        )
        child.delaybeforesend = None
        child.ptyproc.delayafterclose = child.ptyproc.delayafterterminate = 0.01
        return child


def ended(child: pexpect.spawn) -> int:
    """Wait for what runs on a pseudo-terminal to end, and return its exit code, negative for a signal."""
    child.expect(pexpect.EOF)
    child.wait()
    code: int = child.exitstatus if child.signalstatus is None else -child.signalstatus
    return code


def person_in(cloud: Cloud, root: Path, kind: str = "own") -> Person:
    """Return a person who is a guest of a kind in `cloud`, with everything they own below `root`."""
    return person_called(cloud.guest(kind), cloud, root)


def person_called(user: str, cloud: Cloud, root: Path) -> Person:
    """Return the person who is `user` in `cloud`, with everything they own below `root`."""
    found = cloud.control.environment_of(user)
    environment = clean_environment(root / "home") | {
        "MFACLI_STATE_DIR": str(root / "state"),
        "MFACLI_STORE": "keyring",
        "PYTHONPATH": str(_KEYRINGS),
        "PYTHON_KEYRING_BACKEND": "file_keyring.FileKeyring",
        "KEYRING_PROPERTY_PATH": str(root / "keyring.json"),
    }
    person = Person(
        cloud=cloud,
        user=user,
        device=found.device or f"arn:aws:iam::{found.account_id}:mfa/{user}",
        has_device=found.device is not None,
        access_key_id=found.access_key_id,
        secret_access_key=found.secret_access_key.reveal(),
        root=root,
        environment=environment,
        uin=found.user.rpartition("/")[2] if found.cloud.value == "tencent" else "",
    )
    for path, content in (
        (person.config_file, _tencent_config(person) if person.uin else _config(person)),
        (person.credentials_file, _tencent_keys(person) if person.uin else _keys(person)),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(content)
    return person


def _keys(person: Person) -> str:
    return (
        f"[default]\naws_access_key_id = {person.access_key_id}\naws_secret_access_key = {person.secret_access_key}\n"
    )


def _tencent_keys(person: Person) -> str:
    return json.dumps({"secretId": person.access_key_id, "secretKey": person.secret_access_key})


def _tencent_config(person: Person) -> str:
    place = f'region = "ap-guangzhou"\nendpoint = "{person.cloud.address}"\n'
    role = f'role_arn = "{TENCENT_ROLE}"\nsource_profile = "default"\nmfa_serial = "{person.device}"\n'
    return f'[tencent.default]\nmfa_serial = "{person.device}"\n{place}[tencent.testrole]\n{role}{place}'


def _config(person: Person) -> str:
    roles = {
        "books": f"role_arn = {ROLES}/CrossAccountRole\nsource_profile = default\n",
        "auditor": f"role_arn = {ROLES}/BookAuditor\nsource_profile = books\n",
        **{shelf.lower(): f"role_arn = {ROLES}/{shelf}\nsource_profile = default\n" for shelf in SHELVES},
    }
    place = f"region = {REGION}\nendpoint_url = {person.cloud.address}\n"
    named = f"mfa_serial = {person.device}\n" if person.has_device else ""
    own = f"[default]\n{named}{place}"
    return "\n".join([own, *(f"[profile {name}]\n{lines}{place}" for name, lines in roles.items())])
