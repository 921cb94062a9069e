"""The demo's stage: what its people do there, with the real commands and through the clouds' SDKs."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from mfacli.commands.demo_clients import Clients
from mfacli.commands.demo_emulator import MFACLI, emulator_process
from mfacli.commands.demo_home import environment_in, write_profiles
from mfacli.commands.demo_signals import deaf_to_signals, gentle_end
from mfacli.commands.demo_tencent_clients import TencentClients
from mfacli.domain.credentials import Keys
from mfacli.domain.secret import Secret
from mfacli.emulator.running import Control

COMMAND_SECONDS = 60


class CommandRefused(Exception):
    """A command of mfacli ended with an exit code other than 0, and said this on its first line."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the scenes are played: the commands run in `environment`, the emulator listens at `address`.

    `known` holds the sessions that mfacli has handed out so far.
    """

    environment: dict[str, str]
    address: str
    control: Control
    clients: Clients
    tencent: TencentClients
    known: dict[str, Keys] = field(default_factory=dict)

    def mfacli(self, *arguments: str) -> str:
        """Run mfacli in a process of its own and return its stdout; raises `CommandRefused`."""
        finished = subprocess.run(
            [*MFACLI, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        if finished.returncode != 0:
            said = finished.stderr.strip().splitlines()
            raise CommandRefused(finished.returncode, next((line for line in said if line.startswith("mfacli:")), ""))
        return finished.stdout

    def code(self, user: str) -> str:
        """Return an unused code of the user's device; where one is used up, the world moves on to the next."""
        return self.control.code(user, fresh=True)

    def wrong_code(self, user: str) -> str:
        """Return six digits that the user's device shows neither now nor next."""
        shown = self.control.shown(user, fresh=True)
        near = {int(shown.code.reveal()), int(shown.next_code.reveal())}
        return next(f"{number:06d}" for number in range(424242, 424250) if number not in near)

    def an_hour_later(self, act: Callable[[], object]) -> None:
        """Let an hour pass in the world, then `act`."""
        self.control.advance(timedelta(hours=1))
        act()

    def keys(self, user: str) -> Keys:
        """Return a user's long-term keys."""
        found = self.control.environment_of(user)
        return Keys(access_key_id=found.access_key_id, secret_access_key=found.secret_access_key)

    def opened(self, profile: str, user: str, *options: str) -> Keys:
        """Open a session with `mfacli session`, giving it a code of the user's device."""
        keys = _session_keys(self.mfacli("session", "-p", profile, "--json", "--code", self.code(user), *options))
        self.known[profile] = keys
        return keys

    def kept(self, profile: str) -> Keys:
        """Return the MFA session that mfacli has kept for a profile; no code is given."""
        return self._once(profile, "session", "-p", profile)

    def kept_role(self, profile: str) -> Keys:
        """Return the role's session that mfacli has kept for a profile; no code is given."""
        return self._once(f"role of {profile}", "assume", profile)

    def stop(self, keys: Keys) -> None:
        """Stop the instance called web."""
        self.clients.ec2(keys).stop_instances(InstanceIds=[self._instance("web")])

    def terminate(self, keys: Keys) -> None:
        """Terminate the instance called worker."""
        self.clients.ec2(keys).terminate_instances(InstanceIds=[self._instance("worker")])

    def assumed_with_code(self, user: str, role: str) -> Keys:
        """Return what AssumeRole gives to a user's key, device and code."""
        found = self.control.environment_of(user)
        return self.clients.assume(self.keys(user), role, serial=found.device or "", code=self.code(user))

    def code_twice(self, user: str, serial: str) -> None:
        """Open two sessions with one code."""
        code = self.code(user)
        for _ in range(2):
            self.clients.session_token(self.keys(user), serial=serial, code=code)

    def enrol(self, user: str) -> None:
        """Make a device for a user who has none, and enable it with two codes in a row."""
        serial = self.clients.create_device(self.keys(user), user)
        shown = self.control.shown(device=serial)
        self.clients.enable_device(self.keys(user), user, serial, (shown.code.reveal(), shown.next_code.reveal()))

    def roles_without_code(self, *profiles: str) -> None:
        """Assume each profile's role anew, where nobody may be asked for a code."""
        before = self.control.counts().get("sts:GetSessionToken", 0)
        for profile in profiles:
            self.mfacli("assume", profile, "--new", "--no-input")
        if self.control.counts().get("sts:GetSessionToken", 0) != before:
            raise LookupError("a role made mfacli open another MFA session")

    def _once(self, name: str, *command: str) -> Keys:
        """Ask mfacli for a session the first time; what it gave is the same until somebody asks for a new one."""
        if name not in self.known:
            self.known[name] = _session_keys(self.mfacli(*command, "--json", "--no-input"))
        return self.known[name]

    def _instance(self, name: str) -> str:
        return self.clients.instance(name, self.keys("Anaya"))


@contextmanager
def stage() -> Iterator[Stage]:
    """Give a stage for the length of a `with`; nothing of it stays behind, whoever ends it."""
    with gentle_end(), tempfile.TemporaryDirectory(prefix="mfacli-demo-") as name:
        home = Path(name)
        environment = environment_in(home)
        with (
            _environment_of_this_process(environment),
            emulator_process(environment, said=home / "emulator.log") as running,
        ):
            write_profiles(running, home)
            made = Stage(
                environment=environment,
                address=running.address,
                control=running.control,
                clients=Clients(running.address),
                tencent=TencentClients(running.address),
            )
            yield from _forgetting(made)


def _forgetting(made: Stage) -> Iterator[Stage]:
    """Give the stage, then forget its sessions: the kernel's keyring is the person's, not the demo's."""
    try:
        yield made
    finally:
        deaf_to_signals()
        made.mfacli("forget", "--all", "--yes")


@contextmanager
def _environment_of_this_process(environment: Mapping[str, str]) -> Iterator[None]:
    """Let the SDKs, which play the people's part in this very process, see the demo's environment and no other."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _session_keys(document: str) -> Keys:
    found: dict[str, str] = json.loads(document)
    return Keys(
        access_key_id=found["access_key_id"],
        secret_access_key=Secret(found["secret_access_key"]),
        session_token=Secret(found["session_token"]),
    )
