"""A cloud with one user in memory, and the desk at which their keys are rotated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mfacli.asking import SilentPrompter
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import CloudKey, Keys, LastUse
from mfacli.domain.identity import Device
from mfacli.domain.plan import DeviceChoice, KeysFrom, KeySource, KnownDevice, Plan, SessionTokenStep
from mfacli.domain.rotation import Rotation
from mfacli.domain.secret import Secret
from mfacli.errors import (
    AccessDenied,
    CloudUnreachable,
    KeysRejected,
    MfacliError,
)
from mfacli.interfaces import Identity
from mfacli.rotation.parts import RotationParts
from mfacli.rotation.rotate import Rotated, rotate
from mfacli.store.memory import MemoryIndex
from mfacli.store.rotations import IndexedRotations
from tests.doubles import NOON, HandClock
from tests.store.standins import RecordingTalk

OLD = Keys(access_key_id="AKIAOLD0", secret_access_key=Secret("old"))
SESSION = Keys(access_key_id="ASIASESS", secret_access_key=Secret("s"), session_token=Secret("t"))
OWNER = Identity(account_id="111122223333", arn="arn:aws:iam::111122223333:user/me", user_id="AIDAME")
PHONE = KnownDevice(device=Device(serial="arn:aws:iam::111122223333:mfa/me"), origin="mfa_serial of profile dev")


class Killed(BaseException):
    """Stands for the end of the process."""


@dataclass(slots=True)
class Fate:
    """Kills the process at the `deadly`th moment; there is one before and one after whatever has an effect."""

    deadly: int | None = None
    moments: int = 0

    def pass_moment(self) -> None:
        if self.moments == self.deadly:
            raise Killed
        self.moments += 1


@dataclass(slots=True, kw_only=True)
class World:
    """A cloud with one user, and the place where the profile's keys are."""

    fate: Fate
    clock: HandClock
    current: Keys = OLD
    keys: dict[str, CloudKey] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    uses: Mapping[str, LastUse] = field(default_factory=dict)
    demands_mfa: bool = False
    unknown_for: int = 0
    unknown_to_iam_for: int = 0
    is_deaf_to_sessions: bool = False
    refusals: dict[str, list[MfacliError]] = field(default_factory=dict)
    lost_answers: list[str] = field(default_factory=list)
    signed_with: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    foreign_id: str = ""
    unlisted_for: int = 0
    elsewhere: dict[str, Keys] = field(default_factory=dict)

    def list_keys(self, *, plan: Plan, keys: Keys) -> Sequence[CloudKey]:
        self._call("list", keys)
        if self.unlisted_for and len(self.keys) > 1:
            self.unlisted_for -= 1
            return [key for key in self.keys.values() if not key.access_key_id.startswith("AKIANEW")]
        return list(self.keys.values())

    def last_use(self, access_key_id: str, *, plan: Plan, keys: Keys) -> LastUse | None:
        self._call("last_use", keys)
        return self.uses.get(access_key_id)

    def create_key(self, *, plan: Plan, keys: Keys) -> Keys:
        self._call("create", keys)
        made = Keys(access_key_id=f"AKIANEW{len(self.secrets)}", secret_access_key=Secret(f"new {len(self.secrets)}"))
        self.add(made.access_key_id, made.secret_access_key.reveal(), created_at=self.clock.cloud_now())
        self._answered("create")
        return made

    def switch_key(self, access_key_id: str, *, is_active: bool, plan: Plan, keys: Keys) -> None:
        self._call("activate" if is_active else "deactivate", keys)
        self.keys[access_key_id] = replace(self.keys[access_key_id], is_active=is_active)
        self._answered("switch")

    def delete_key(self, access_key_id: str, *, plan: Plan, keys: Keys) -> None:
        self._call("delete", keys)
        self.keys.pop(access_key_id, None)
        self._answered("delete")

    def identity_of(self, *, plan: Plan, keys: Keys) -> Identity:
        self.calls.append("identity")
        assert plan.key_source.access_key_id == keys.access_key_id
        if keys.access_key_id != OLD.access_key_id and self.unknown_for:
            self.unknown_for -= 1
            raise KeysRejected("the cloud does not know the access key")
        self._check(keys)
        return replace(OWNER, user_id="AIDAODD") if keys.access_key_id == self.foreign_id else OWNER

    def add(self, key_id: str, secret: str, *, created_at: datetime | None, is_active: bool = True) -> None:
        self.keys[key_id] = CloudKey(access_key_id=key_id, is_active=is_active, created_at=created_at)
        self.secrets[key_id] = secret

    def put(self, keys: Keys) -> str:
        self.fate.pass_moment()
        self._refuse("put")
        self.current = keys
        self.fate.pass_moment()
        return "the keyring"

    def put_elsewhere(self, old_id: str, keys: Keys) -> Sequence[str]:
        having = [place for place, kept in self.elsewhere.items() if kept.access_key_id == old_id]
        for place in having:
            self.fate.pass_moment()
            self._refuse("put elsewhere")
            self.elsewhere[place] = keys
        self.fate.pass_moment()
        return having

    @property
    def works(self) -> bool:
        """Whether the keys of all profiles are good."""
        try:
            for keys in (self.current, *self.elsewhere.values()):
                self._check(keys)
        except KeysRejected:
            return False
        return True

    def _call(self, name: str, keys: Keys) -> None:
        self.fate.pass_moment()
        self.calls.append(name)
        self.signed_with.append(keys.access_key_id)
        self._refuse(name)
        if keys.access_key_id.startswith("AKIANEW") and self.unknown_to_iam_for:
            self.unknown_to_iam_for -= 1
            raise KeysRejected("IAM does not know the access key")
        if not keys.is_temporary:
            self._check(keys)
        if self.demands_mfa and not keys.is_temporary:
            raise AccessDenied(f"{name} was denied")
        if self.is_deaf_to_sessions and keys.is_temporary and not self.keys[OLD.access_key_id].is_active:
            raise KeysRejected("the session went with its keys")

    def _refuse(self, name: str) -> None:
        if self.refusals.get(name):
            raise self.refusals[name].pop(0)

    def _check(self, keys: Keys) -> None:
        known = self.keys.get(keys.access_key_id)
        is_right = self.secrets.get(keys.access_key_id) == keys.secret_access_key.reveal()
        if known is None or not known.is_active or not is_right:
            raise KeysRejected(f"the cloud does not know {keys.access_key_id}")

    def _answered(self, name: str) -> None:
        self.fate.pass_moment()
        if name in self.lost_answers:
            self.lost_answers.remove(name)
            raise CloudUnreachable("no answer came")


class Log(IndexedRotations):
    """A log whose process may be killed around every change."""

    def __init__(self, fate: Fate) -> None:
        super().__init__(MemoryIndex())
        self._fate = fate

    def write(self, rotation: Rotation) -> None:
        self._fate.pass_moment()
        super().write(rotation)
        self._fate.pass_moment()

    def end(self, cloud: Cloud, holder: str) -> None:
        self._fate.pass_moment()
        super().end(cloud, holder)
        self._fate.pass_moment()


class Agreeing(SilentPrompter):
    """Says yes or no, and remembers what it was asked."""

    def __init__(self, *, agrees: bool) -> None:
        self._agrees = agrees
        self.questions: list[str] = []

    def confirm(self, question: str) -> bool:
        self.questions.append(question)
        return self._agrees


@dataclass(slots=True, kw_only=True)
class Desk:
    """Everything that a rotation works with; what outlives a process stays from one run to the next."""

    fate: Fate
    world: World
    log: Log
    talk: RecordingTalk
    prompter: SilentPrompter = field(default_factory=SilentPrompter)
    device: DeviceChoice = PHONE
    opened: list[str] = field(default_factory=list)
    has_device: bool = True
    used_by: Mapping[str, str] = field(default_factory=dict)

    def run(self, *, keeps_old: bool = False, may_delete: bool = False) -> Rotated:
        keys = self.world.current
        source = KeySource(kind=KeysFrom.KEYRING, access_key_id=keys.access_key_id, profile="dev")
        plan = Plan(
            cloud=Cloud.AWS,
            profile="dev",
            key_source=source,
            device=self.device,
            steps=(SessionTokenStep(duration=timedelta(hours=12), with_code=True),),
        )
        return rotate(plan, keys, self.parts(), keeps_old=keeps_old, may_delete=may_delete)

    def parts(self) -> RotationParts:
        def open_session(plan: Plan) -> Keys | None:
            self.opened.append(plan.key_source.access_key_id)
            return SESSION if self.has_device else None

        return RotationParts(
            maker=self.world,
            identities=self.world,
            log=self.log,
            clock=self.world.clock,
            prompter=self.prompter,
            talk=self.talk,
            put=self.world.put,
            put_elsewhere=self.world.put_elsewhere,
            open_session=open_session,
            used_by=self.used_by,
        )


def new_desk() -> Desk:
    """Return a desk, and a user with one key."""
    fate, clock = Fate(), HandClock()
    world = World(fate=fate, clock=clock)
    world.add(OLD.access_key_id, "old", created_at=NOON - timedelta(days=100))
    return Desk(fate=fate, world=world, log=Log(fate), talk=RecordingTalk())


def moments(prepare: Callable[[Desk], None] = lambda _: None) -> int:
    """Return how many moments an uninterrupted rotation has."""
    desk = new_desk()
    prepare(desk)
    desk.run()
    return desk.fate.moments


def share(desk: Desk) -> None:
    """Give other profiles the same key."""
    desk.world.elsewhere = {"[ci] in a file": OLD, "the keyring, as profile old's": OLD}
