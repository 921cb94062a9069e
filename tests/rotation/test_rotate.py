from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from mfacli.asking import SilentPrompter
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import CloudKey, Keys, LastUse
from mfacli.domain.identity import Device
from mfacli.domain.plan import DeviceChoice, DeviceToFind, KeysFrom, KeySource, KnownDevice, Plan, SessionTokenStep
from mfacli.domain.rotation import Rotation
from mfacli.domain.secret import Secret
from mfacli.errors import (
    AccessDenied,
    Cancelled,
    CloudRefused,
    CloudUnreachable,
    FileUnwritable,
    InputNotAllowed,
    KeyringLocked,
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


class _Killed(BaseException):
    """Stands for the end of the process."""


@dataclass(slots=True)
class _Fate:
    """Kills the process at the `deadly`th moment; there is one before and one after whatever has an effect."""

    deadly: int | None = None
    moments: int = 0

    def pass_moment(self) -> None:
        if self.moments == self.deadly:
            raise _Killed
        self.moments += 1


@dataclass(slots=True, kw_only=True)
class _World:
    """A cloud with one user, and the place where the profile's keys are."""

    fate: _Fate
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


class _Log(IndexedRotations):
    """A log whose process may be killed around every change."""

    def __init__(self, fate: _Fate) -> None:
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


class _Agreeing(SilentPrompter):
    """Says yes or no, and remembers what it was asked."""

    def __init__(self, *, agrees: bool) -> None:
        self._agrees = agrees
        self.questions: list[str] = []

    def confirm(self, question: str) -> bool:
        self.questions.append(question)
        return self._agrees


@dataclass(slots=True, kw_only=True)
class _Desk:
    """Everything that a rotation works with; what outlives a process stays from one run to the next."""

    fate: _Fate
    world: _World
    log: _Log
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
        return rotate(plan, keys, self._parts(), keeps_old=keeps_old, may_delete=may_delete)

    def _parts(self) -> RotationParts:
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


@pytest.fixture
def desk() -> _Desk:
    return _desk()


def _desk() -> _Desk:
    fate, clock = _Fate(), HandClock()
    world = _World(fate=fate, clock=clock)
    world.add(OLD.access_key_id, "old", created_at=NOON - timedelta(days=100))
    return _Desk(fate=fate, world=world, log=_Log(fate), talk=RecordingTalk())


def _moments(prepare: Callable[[_Desk], None] = lambda _: None) -> int:
    desk = _desk()
    prepare(desk)
    desk.run()
    return desk.fate.moments


def test_new_keys_take_the_place_of_the_old_ones(desk: _Desk) -> None:
    rotated = desk.run()

    assert rotated == Rotated(old_id="AKIAOLD0", new_id="AKIANEW1", is_old_deleted=True, place="the keyring")
    assert list(desk.world.keys) == ["AKIANEW1"]
    assert desk.world.current.access_key_id == "AKIANEW1"
    assert desk.world.works
    assert desk.log.find(Cloud.AWS, "dev") is None


def test_one_session_signs_everything(desk: _Desk) -> None:
    desk.world.demands_mfa = True

    desk.run()

    assert desk.opened == ["AKIAOLD0"]
    assert set(desk.world.signed_with) == {"ASIASESS"}


def test_the_new_keys_are_proved_before_they_are_stored_and_before_the_old_ones_go(desk: _Desk) -> None:
    desk.run()

    changing = [call for call in desk.world.calls if call not in {"list", "last_use"}]
    expected = ["identity", "create", "identity", "identity", "deactivate", "identity", "delete"]
    assert changing == expected


def test_the_old_key_stays_inactive_where_that_is_wished(desk: _Desk) -> None:
    rotated = desk.run(keeps_old=True)

    assert rotated.is_old_deleted is False
    assert desk.world.keys["AKIAOLD0"].is_active is False
    assert desk.world.works


@pytest.mark.parametrize("moment", range(_moments()))
def test_wherever_it_is_killed_the_profiles_keys_work_and_running_it_again_ends_it(moment: int) -> None:
    desk = _desk()
    desk.fate.deadly = moment

    with pytest.raises(_Killed):
        desk.run()

    assert desk.world.works
    assert sum(key.is_active for key in desk.world.keys.values()) >= 1
    desk.fate.deadly = None
    # The next run is hours later, and nobody is there to be asked.
    desk.world.clock.time += timedelta(hours=5)
    rotated = desk.run()
    assert desk.world.works
    assert list(desk.world.keys) == [rotated.new_id] == [desk.world.current.access_key_id]
    assert desk.world.current.access_key_id != "AKIAOLD0"
    assert desk.log.find(Cloud.AWS, "dev") is None


def _share(desk: _Desk) -> None:
    desk.world.elsewhere = {"[ci] in a file": OLD, "the keyring, as profile old's": OLD}


def test_whatever_else_here_has_the_old_key_gets_the_new_one_before_the_old_is_switched_off(desk: _Desk) -> None:
    _share(desk)
    desk.world.elsewhere["[other] in a file"] = other = Keys(
        access_key_id="AKIAODD0", secret_access_key=Secret("odd")
    )

    rotated = desk.run()

    assert {place: keys.access_key_id for place, keys in desk.world.elsewhere.items()} == {
        "[ci] in a file": rotated.new_id,
        "the keyring, as profile old's": rotated.new_id,
        "[other] in a file": other.access_key_id,
    }
    assert "the same key was in [ci] in a file: replaced there too" in desk.talk.notes


@pytest.mark.parametrize("moment", range(_moments(_share)))
def test_wherever_it_is_killed_no_profile_that_shares_the_key_is_left_without(moment: int) -> None:
    desk = _desk()
    _share(desk)
    desk.fate.deadly = moment

    with pytest.raises(_Killed):
        desk.run()

    assert desk.world.works
    desk.fate.deadly = None
    rotated = desk.run()
    assert desk.world.works
    assert {keys.access_key_id for keys in desk.world.elsewhere.values()} == {rotated.new_id}


def test_an_old_key_that_cannot_be_replaced_elsewhere_stays_active(desk: _Desk) -> None:
    _share(desk)
    desk.world.refusals["put elsewhere"] = [FileUnwritable("read-only")]

    with pytest.raises(FileUnwritable):
        desk.run()

    assert desk.world.works
    assert desk.world.keys["AKIAOLD0"].is_active
    assert "is in its place; the old one …OLD0 is still in the cloud: " in desk.talk.warnings[0]
    desk.run()
    assert list(desk.world.keys) == ["AKIANEW1"]


@pytest.mark.parametrize("second", range(0, _moments(), 3))
@pytest.mark.parametrize("first", range(0, _moments(), 2))
def test_killed_twice_it_still_ends(first: int, second: int) -> None:
    desk = _desk()
    for moment in (first, second):
        desk.fate.deadly, desk.fate.moments = moment, 0
        try:
            desk.run()
        except _Killed:
            assert desk.world.works
    desk.fate.deadly = None

    desk.run()

    assert desk.world.works
    assert list(desk.world.keys) == [desk.world.current.access_key_id]


def test_a_key_that_the_cloud_does_not_know_at_once_is_waited_for(desk: _Desk) -> None:
    desk.world.unknown_for = 4

    desk.run()

    assert desk.world.clock.waited == [timedelta(seconds=seconds) for seconds in (1, 2, 3, 4)]
    assert desk.talk.notes.count("waiting until the cloud knows the new key everywhere") == 1


def test_a_key_that_iam_does_not_know_at_once_is_waited_for(desk: _Desk) -> None:
    desk.device = DeviceToFind(is_required=True)
    desk.world.unknown_to_iam_for = 3

    desk.run()

    assert desk.world.clock.waited == [timedelta(seconds=seconds) for seconds in (1, 2, 3)]
    assert list(desk.world.keys) == ["AKIANEW1"]


def test_a_key_that_was_stored_a_moment_ago_is_waited_for_when_it_goes_on(desk: _Desk) -> None:
    desk.device = DeviceToFind(is_required=True)
    desk.world.refusals["deactivate"] = [CloudUnreachable("the network went")]
    with pytest.raises(CloudUnreachable):
        desk.run()
    desk.world.unknown_to_iam_for = 2

    desk.run()

    assert len(desk.world.clock.waited) == 2
    assert list(desk.world.keys) == ["AKIANEW1"]


def test_a_key_that_was_stored_long_ago_and_is_refused_is_not_waited_for(desk: _Desk) -> None:
    desk.device, desk.has_device = DeviceToFind(is_required=True), False
    desk.world.refusals["deactivate"] = [CloudUnreachable("the network went")]
    with pytest.raises(CloudUnreachable):
        desk.run()
    desk.world.clock.time += timedelta(hours=1)
    desk.world.unknown_to_iam_for = 1

    with pytest.raises(KeysRejected):
        desk.run()

    assert desk.world.clock.waited == []


def test_a_key_that_never_works_is_taken_back_after_a_minute(desk: _Desk) -> None:
    desk.world.unknown_for = 10_000

    with pytest.raises(KeysRejected):
        desk.run()

    assert sum(desk.world.clock.waited, timedelta()) == timedelta(seconds=60)
    assert list(desk.world.keys) == ["AKIAOLD0"]
    assert desk.world.current == OLD
    assert desk.log.find(Cloud.AWS, "dev") is None


def test_a_key_of_somebody_else_is_taken_back(desk: _Desk) -> None:
    desk.world.foreign_id = "AKIANEW1"

    with pytest.raises(CloudRefused, match="…NEW1"):
        desk.run()

    assert list(desk.world.keys) == ["AKIAOLD0"]


@pytest.mark.parametrize("failure", [KeyringLocked("locked"), FileUnwritable("read-only")])
def test_keys_that_cannot_be_stored_are_taken_back(desk: _Desk, failure: MfacliError) -> None:
    desk.world.refusals["put"] = [failure]

    with pytest.raises(type(failure)):
        desk.run()

    assert list(desk.world.keys) == ["AKIAOLD0"]
    assert desk.world.works


def test_a_key_whose_answer_was_lost_is_taken_back(desk: _Desk) -> None:
    desk.world.lost_answers = ["create"]

    with pytest.raises(CloudUnreachable):
        desk.run()

    assert list(desk.world.keys) == ["AKIAOLD0"]
    assert desk.log.find(Cloud.AWS, "dev") is None


def test_a_key_is_taken_back_even_where_the_cloud_does_not_list_it_yet(desk: _Desk) -> None:
    desk.world.refusals["put"] = [KeyringLocked("locked")]
    desk.world.unlisted_for = 10

    with pytest.raises(KeyringLocked):
        desk.run()

    assert list(desk.world.keys) == ["AKIAOLD0"]


def test_a_key_without_an_answer_that_is_not_listed_yet_goes_the_next_time(desk: _Desk) -> None:
    desk.world.lost_answers = ["create"]
    desk.world.unlisted_for = 1

    with pytest.raises(CloudUnreachable):
        desk.run()

    assert "a new one may be left in the cloud" in desk.talk.warnings[0]
    rotated = desk.run()
    assert list(desk.world.keys) == [rotated.new_id] == ["AKIANEW2"]


def test_a_key_from_just_after_an_interruption_that_somebody_uses_is_asked_about(desk: _Desk) -> None:
    desk.log.write(Rotation(cloud=Cloud.AWS, holder="dev", old_id="AKIAOLD0", known_ids=("AKIAOLD0",), began_at=NOON))
    desk.world.add("AKIAODD0", "odd", created_at=NOON + timedelta(minutes=2))
    desk.world.uses = {"AKIAODD0": LastUse(at=NOON + timedelta(minutes=3))}
    desk.prompter = asked = _Agreeing(agrees=False)

    with pytest.raises(Cancelled):
        desk.run()

    assert "is the key …ODD0 left by the rotation" in asked.questions[0]
    assert set(desk.world.keys) == {"AKIAOLD0", "AKIAODD0"}


def test_a_key_that_a_profile_has_here_is_nothing_that_was_left(desk: _Desk) -> None:
    desk.log.write(Rotation(cloud=Cloud.AWS, holder="dev", old_id="AKIAOLD0", known_ids=("AKIAOLD0",), began_at=NOON))
    desk.world.add("AKIAODD0", "odd", created_at=NOON + timedelta(minutes=2))
    desk.used_by = {"AKIAOLD0": "profile `dev` (the keyring)", "AKIAODD0": "profile `ci` (the keyring)"}

    with pytest.raises(CloudRefused, match=r"which profile `ci` \(the keyring\) has here"):
        desk.run(may_delete=True)

    assert set(desk.world.keys) == {"AKIAOLD0", "AKIAODD0"}


def test_whoever_breaks_it_off_learns_how_to_go_on(desk: _Desk) -> None:
    desk.world.unknown_for = 10_000

    def broken_off(duration: timedelta) -> None:
        raise KeyboardInterrupt

    desk.world.clock.wait = broken_off  # type: ignore[method-assign]  # what Ctrl-C does to a wait

    with pytest.raises(KeyboardInterrupt):
        desk.run()

    assert "interrupted in the middle; the profile's keys work" in desk.talk.warnings[0]


def test_breaking_off_before_anything_was_begun_needs_no_words(desk: _Desk) -> None:
    def broken_off(*, plan: Plan, keys: Keys) -> Sequence[CloudKey]:
        raise KeyboardInterrupt

    parts = replace(desk._parts(), maker=_Listing(desk.world, broken_off))

    with pytest.raises(KeyboardInterrupt):
        _run_with(desk, parts)

    assert desk.talk.warnings == []


def test_what_cannot_be_taken_back_now_is_said_and_taken_back_the_next_time(desk: _Desk) -> None:
    desk.world.refusals["put"] = [KeyringLocked("locked")]
    desk.world.refusals["delete"] = [CloudUnreachable("the network went")]

    with pytest.raises(KeyringLocked):
        desk.run()

    assert desk.world.works
    assert "a new one, …NEW1, is left in the cloud (the network went)" in desk.talk.warnings[0]
    rotated = desk.run()
    assert list(desk.world.keys) == [rotated.new_id]
    assert "was interrupted before its new key …NEW1 was stored" in "".join(desk.talk.notes)


def test_an_old_key_that_cannot_be_deleted_is_said_and_goes_the_next_time(desk: _Desk) -> None:
    desk.world.refusals["delete"] = [CloudUnreachable("the network went")]

    with pytest.raises(CloudUnreachable):
        desk.run()

    assert desk.world.works
    assert (
        "the new key …NEW1 is in its place; the old one …OLD0 is still in the cloud, inactive: "
        in desk.talk.warnings[0]
    )
    assert desk.run() == Rotated(old_id="AKIAOLD0", new_id="AKIANEW1", is_old_deleted=True)
    assert list(desk.world.keys) == ["AKIANEW1"]


def test_an_old_key_is_active_again_where_the_new_one_fails_without_it(desk: _Desk) -> None:
    switch = desk.world.switch_key

    def failing(access_key_id: str, *, is_active: bool, plan: Plan, keys: Keys) -> None:
        switch(access_key_id, is_active=is_active, plan=plan, keys=keys)
        desk.world.unknown_for = 0 if is_active else 10_000

    parts = desk._parts()
    world = _Switching(desk.world, failing)

    with pytest.raises(KeysRejected):
        _run_with(desk, replace(parts, maker=world))

    assert desk.world.keys["AKIAOLD0"].is_active
    assert desk.talk.warnings[0] == "the old key …OLD0 is active again"


class _Listing:
    """A cloud whose list of keys is another."""

    def __init__(self, world: _World, list_keys: Callable[..., Sequence[CloudKey]]) -> None:
        self.list_keys, self.last_use = list_keys, world.last_use
        self.create_key, self.delete_key = world.create_key, world.delete_key
        self.switch_key = world.switch_key


class _Switching:
    """A cloud whose switching of keys is another."""

    def __init__(self, world: _World, switch_key: Callable[..., None]) -> None:
        self.list_keys, self.last_use = world.list_keys, world.last_use
        self.create_key, self.delete_key = world.create_key, world.delete_key
        self.switch_key = switch_key


def _run_with(desk: _Desk, parts: RotationParts) -> Rotated:
    source = KeySource(kind=KeysFrom.KEYRING, access_key_id=OLD.access_key_id, profile="dev")
    plan = Plan(cloud=Cloud.AWS, profile="dev", key_source=source, device=PHONE, steps=())
    return rotate(plan, OLD, parts)


def test_without_a_named_device_mfa_is_tried_only_where_it_is_demanded(desk: _Desk) -> None:
    desk.device = DeviceToFind(is_required=True)

    desk.run()

    assert desk.opened == []
    assert desk.world.signed_with[-1] == "AKIANEW1"


def test_where_mfa_is_demanded_the_users_own_device_is_found(desk: _Desk) -> None:
    desk.device = DeviceToFind(is_required=True)
    desk.world.demands_mfa = True

    desk.run()

    assert desk.opened == ["AKIAOLD0"]
    assert list(desk.world.keys) == ["AKIANEW1"]


def test_a_denial_stays_where_there_is_no_device(desk: _Desk) -> None:
    desk.device, desk.has_device = DeviceToFind(is_required=True), False
    desk.world.demands_mfa = True

    with pytest.raises(AccessDenied, match="list was denied"):
        desk.run()

    assert list(desk.world.keys) == ["AKIAOLD0"]


def test_a_denial_of_making_keys_changes_nothing(desk: _Desk) -> None:
    desk.world.refusals["create"] = [AccessDenied("create was denied"), AccessDenied("create was denied again")]

    with pytest.raises(AccessDenied, match=r"create was denied$"):
        desk.run()

    assert list(desk.world.keys) == ["AKIAOLD0"]
    assert desk.log.find(Cloud.AWS, "dev") is None


@pytest.mark.parametrize("has_device", [True, False])
def test_a_denial_of_making_keys_is_the_answer_whatever_else_could_sign(desk: _Desk, has_device: bool) -> None:
    desk.device, desk.has_device = DeviceToFind(is_required=True), has_device
    desk.world.refusals["create"] = [AccessDenied(f"denied {number}") for number in (1, 2, 3)]

    with pytest.raises(AccessDenied, match="denied 1"):
        desk.run()

    assert list(desk.world.keys) == ["AKIAOLD0"]
    assert desk.log.find(Cloud.AWS, "dev") is None


def test_a_denial_of_deactivating_leaves_two_good_keys_and_asks_for_no_second_session(desk: _Desk) -> None:
    desk.world.demands_mfa = True
    desk.world.refusals["deactivate"] = [AccessDenied(f"denied {number}") for number in range(9)]

    with pytest.raises(AccessDenied, match="denied 0"):
        desk.run()

    assert desk.world.works
    assert desk.opened == ["AKIAOLD0"]
    assert "the old one …OLD0 is still in the cloud, active: `mfacli keys rotate`" in desk.talk.warnings[0]


def test_where_deleting_is_denied_the_old_key_may_stay_inactive(desk: _Desk) -> None:
    desk.world.refusals["delete"] = [AccessDenied("denied"), AccessDenied("denied")]

    with pytest.raises(AccessDenied):
        desk.run()

    assert desk.talk.warnings[0].endswith("--keep-old with it leaves that as it is")
    assert desk.run(keeps_old=True).is_old_deleted is False
    assert desk.log.find(Cloud.AWS, "dev") is None


def test_an_old_key_that_somebody_else_has_deleted_meanwhile_is_no_hindrance(desk: _Desk) -> None:
    desk.world.refusals["delete"] = [AccessDenied("denied")] * 9
    with pytest.raises(AccessDenied):
        desk.run()
    del desk.world.keys["AKIAOLD0"]

    rotated = desk.run(keeps_old=True)

    assert rotated == Rotated(old_id="AKIAOLD0", new_id="AKIANEW1", is_old_deleted=True)
    assert desk.log.find(Cloud.AWS, "dev") is None


def test_where_the_session_goes_with_the_old_key_the_new_ones_sign(desk: _Desk) -> None:
    desk.world.is_deaf_to_sessions = True

    desk.run()

    assert list(desk.world.keys) == ["AKIANEW1"]
    assert desk.world.signed_with[-1] == "AKIANEW1"


def _with_other(desk: _Desk, *, is_active: bool = False) -> None:
    desk.world.add("AKIAODD0", "odd", created_at=NOON - timedelta(days=300), is_active=is_active)


def test_a_second_key_in_the_way_is_described_and_deleted_where_the_person_agrees(desk: _Desk) -> None:
    _with_other(desk)
    desk.world.uses = {"AKIAODD0": LastUse(at=NOON - timedelta(days=200), service="s3")}
    desk.prompter = asked = _Agreeing(agrees=True)

    desk.run()

    (question,) = asked.questions
    assert question.startswith("the user has 2 keys already, and may have no more: the other is …ODD0 (")
    assert question.endswith(" (inactive, made 2026-01-25, last used 2026-05-05 for s3); delete it to make room?")
    assert list(desk.world.keys) == ["AKIANEW2"]


def test_a_second_key_stays_where_the_person_does_not_agree(desk: _Desk) -> None:
    _with_other(desk, is_active=True)
    desk.world.uses = {"AKIAODD0": LastUse(at=None)}
    desk.prompter = _Agreeing(agrees=False)

    with pytest.raises(Cancelled):
        desk.run()

    assert set(desk.world.keys) == {"AKIAOLD0", "AKIAODD0"}


def test_a_second_key_stays_where_nobody_can_be_asked(desk: _Desk) -> None:
    _with_other(desk)

    with pytest.raises(CloudRefused, match=r"…ODD0 \(inactive, made 2026-01-25\)") as refusal:
        desk.run()

    assert "--delete-other" in refusal.value.hint
    assert isinstance(refusal.value.__cause__, InputNotAllowed)
    assert set(desk.world.keys) == {"AKIAOLD0", "AKIAODD0"}


def test_a_second_key_goes_without_a_question_where_that_was_said(desk: _Desk) -> None:
    _with_other(desk)

    desk.run(may_delete=True)

    assert list(desk.world.keys) == ["AKIANEW2"]


def test_a_second_key_that_another_profile_has_here_is_never_deleted(desk: _Desk) -> None:
    _with_other(desk)
    desk.used_by = {"AKIAODD0": "profile `ci` (the keyring)"}

    with pytest.raises(CloudRefused, match=r"which profile `ci` \(the keyring\) has here"):
        desk.run(may_delete=True)

    assert set(desk.world.keys) == {"AKIAOLD0", "AKIAODD0"}


@pytest.mark.parametrize(("agrees", "left"), [(True, 1), (False, 2)])
def test_a_key_that_somebody_else_may_have_made_meanwhile_is_asked_about(
    desk: _Desk, agrees: bool, left: int
) -> None:
    desk.log.write(Rotation(cloud=Cloud.AWS, holder="dev", old_id="AKIAOLD0", known_ids=("AKIAOLD0",), began_at=NOON))
    desk.world.add("AKIAODD0", "odd", created_at=NOON + timedelta(days=1))
    desk.prompter = asked = _Agreeing(agrees=agrees)

    if agrees:
        desk.run()
    else:
        with pytest.raises(Cancelled):
            desk.run()

    assert "is the key …ODD0 left by the rotation that was interrupted" in asked.questions[0]
    assert len(desk.world.keys) == left


def test_where_nobody_can_be_asked_a_doubtful_key_stays(desk: _Desk) -> None:
    desk.log.write(Rotation(cloud=Cloud.AWS, holder="dev", old_id="AKIAOLD0", known_ids=("AKIAOLD0",), began_at=NOON))
    desk.world.add("AKIAODD0", "odd", created_at=NOON + timedelta(days=1))

    with pytest.raises(CloudRefused):
        desk.run()

    assert set(desk.world.keys) == {"AKIAOLD0", "AKIAODD0"}


def test_a_rotation_that_others_have_overtaken_is_forgotten(desk: _Desk) -> None:
    desk.log.write(
        Rotation(cloud=Cloud.AWS, holder="dev", old_id="AKIAODD0", known_ids=(), began_at=NOON, new_id="AKIAODD1")
    )

    desk.run()

    assert "a rotation of …ODD0 was not ended here" in desk.talk.warnings[0]
    assert list(desk.world.keys) == ["AKIANEW1"]


def test_keys_that_are_not_among_the_users_are_refused(desk: _Desk) -> None:
    desk.device = PHONE
    desk.world.keys = {}

    with pytest.raises(CloudRefused, match="does not list …OLD0"):
        desk.run()
