from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Code, CodeOrigin
from mfacli.domain.credentials import Keys, Session
from mfacli.domain.identity import Device
from mfacli.domain.plan import (
    DeviceChoice,
    DeviceToFind,
    KeysFrom,
    KeySource,
    KnownDevice,
    NoDevice,
    Plan,
    RoleStep,
    SessionTokenStep,
    Step,
)
from mfacli.domain.secret import Secret
from mfacli.errors import (
    AccessDenied,
    CloudUnreachable,
    CodeRejected,
    DeviceUnusable,
    KeyringLocked,
    KeysRejected,
    MfacliError,
)
from mfacli.interfaces import Entry
from mfacli.session import Parts, find_kept, obtain, obtain_lasting
from tests.doubles import NOON, HandClock

PHONE = Device(serial="arn:aws:iam::222222222222:mfa/richard")
TABLET = Device(serial="arn:aws:iam::222222222222:mfa/tablet")
OPENING = SessionTokenStep(duration=timedelta(hours=12), with_code=True)
ROLE = RoleStep(role_arn="arn:aws:iam::111111111111:role/R", role_session_name="x", duration=timedelta(hours=1))
PLAN = Plan(
    cloud=Cloud.AWS,
    profile="dev",
    key_source=KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id="AKIALONG"),
    device=KnownDevice(device=PHONE, origin="--device"),
    steps=(OPENING,),
)


@dataclass
class ScriptedCloud:
    """Gives sessions, unless the script says otherwise for the next call."""

    clock: HandClock
    script: list[MfacliError] = field(default_factory=list)
    devices: Sequence[Device] | None = None
    calls: list[tuple[Step, str, str | None]] = field(default_factory=list)

    def warm_up(self) -> None:
        """Need nothing."""

    def session_for(self, step: Step, *, plan: Plan, keys: Keys, device: Device | None, code: Code | None) -> Session:
        """Follow the script, else give a session numbered by the call."""
        self.calls.append((step, keys.access_key_id, code.digits.reveal() if code else None))
        if self.script:
            raise self.script.pop(0)
        return Session(
            cloud=plan.cloud,
            access_key_id=f"ASIA{len(self.calls)}",
            secret_access_key=Secret("s"),
            session_token=Secret("t"),
            issued_at=self.clock.now(),
            expires_at=self.clock.now() + step.duration,
            mfa_at=self.clock.now() if code else None,
        )

    def own_device(self, device: Device, *, plan: Plan, keys: Keys) -> Device:
        return device

    def devices_of_caller(self, *, plan: Plan, keys: Keys) -> Sequence[Device] | None:
        """Return what the test set."""
        return self.devices


@dataclass
class Codes:
    """Offers the codes of a list, one after the other."""

    left: list[str]
    refusals: list[CodeRejected | None] = field(default_factory=list)

    def next_code(self, device: Device, *, refused: CodeRejected | None) -> Code | None:
        """Return the next one."""
        self.refusals.append(refused)
        return Code(digits=Secret(self.left.pop(0)), origin=CodeOrigin.TYPED) if self.left else None


@dataclass
class Surroundings:
    """The rest of what the use case needs, remembering what was done to it."""

    kept: dict[str, Session] = field(default_factory=dict)
    keyring_problem: KeyringLocked | None = None
    spent: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    on_lock: dict[str, Session] = field(default_factory=dict)
    chosen: int = 0

    def find(self, fingerprint: str) -> Session | None:
        """Return what is kept."""
        if self.keyring_problem:
            raise self.keyring_problem
        return self.kept.get(fingerprint)

    def keep(self, fingerprint: str, session: Session, *, profile: str, kind: str, opened_with: str = "") -> str:
        """Keep it."""
        if self.keyring_problem:
            raise self.keyring_problem
        self.kept[fingerprint] = session
        return f"{kind} of {profile} in a test"

    def forget(self, fingerprint: str) -> bool:
        """Remove it."""
        return self.kept.pop(fingerprint, None) is not None

    def entries(self) -> Sequence[Entry]:
        """Return what is kept."""
        return [
            Entry(
                fingerprint=fingerprint,
                cloud=session.cloud.value,
                profile="dev",
                kind="session",
                place="a test",
                issued_at=session.issued_at,
                expires_at=session.expires_at,
                mfa_at=session.mfa_at,
                account_id=None,
                principal=None,
                device=None,
                access_key_id=session.access_key_id,
            )
            for fingerprint, session in self.kept.items()
        ]

    def is_spent(self, device: Device, code: Code) -> bool:
        """Return whether it was marked."""
        return code.digits.reveal() in self.spent

    def mark_spent(self, device: Device, code: Code) -> None:
        """Mark it."""
        self.spent.append(code.digits.reveal())

    def keys_for(self, plan: Plan) -> Keys:
        """Return long-term keys."""
        return Keys(access_key_id=plan.key_source.access_key_id, secret_access_key=Secret("long"))

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Note the name; whoever held it before may have stored something."""
        self.held.append(name)
        self.kept.update(self.on_lock)
        yield

    def ask_code(self, question: str) -> str:
        """Never be asked."""
        raise AssertionError(question)

    def ask_secret(self, question: str) -> Secret:
        """Never be asked."""
        raise AssertionError(question)

    def choose(self, question: str, choices: Sequence[str]) -> int:
        """Choose what the test set."""
        return self.chosen

    def confirm(self, question: str) -> bool:
        """Never be asked."""
        raise AssertionError(question)

    def note(self, text: str) -> None:
        """Remember it."""
        self.said.append(f"note: {text}")

    def warn(self, text: str) -> None:
        """Remember it."""
        self.said.append(f"warn: {text}")

    def detail(self, text: str) -> None:
        """Remember it."""
        self.said.append(f"detail: {text}")

    def countdown(self, text: str, until: datetime) -> None:
        """Remember it."""
        self.said.append(f"countdown: {text}")


@dataclass
class Stage:
    """All of it, wired."""

    clock: HandClock
    cloud: ScriptedCloud
    codes: Codes
    around: Surroundings

    @property
    def parts(self) -> Parts:
        return Parts(
            provider=self.cloud,
            codes=self.codes,
            ledger=self.around,
            keys=self.around,
            store=self.around,
            locks=self.around,
            clock=self.clock,
            prompter=self.around,
            talk=self.around,
        )


@pytest.fixture
def stage() -> Stage:
    clock = HandClock()
    return Stage(clock=clock, cloud=ScriptedCloud(clock), codes=Codes(["111111", "222222"]), around=Surroundings())


def test_a_code_becomes_a_kept_session(stage: Stage) -> None:
    obtained = obtain(PLAN, stage.parts)

    assert stage.cloud.calls == [(OPENING, "AKIALONG", "111111")]
    assert not obtained.is_cached
    assert obtained.place == "session of dev in a test"
    assert obtained.session.mfa_at == NOON
    assert obtained.session.device == PHONE.serial
    assert stage.around.kept == {PLAN.fingerprint: obtained.session}
    assert stage.around.spent == ["111111"]


def test_a_kept_session_needs_no_call_and_no_lock(stage: Stage) -> None:
    first = obtain(PLAN, stage.parts)
    stage.around.held.clear()

    second = obtain(PLAN, stage.parts)

    assert second.is_cached
    assert "detail: a session is kept, with key …SIA1" in stage.around.said
    assert second.session == first.session
    assert len(stage.cloud.calls) == 1
    assert stage.around.held == []


def test_a_session_about_to_expire_is_asked_for_again(stage: Stage) -> None:
    obtain(PLAN, stage.parts)
    stage.clock.wait(timedelta(hours=11, minutes=56))

    again = obtain(PLAN, stage.parts)

    assert not again.is_cached
    assert len(stage.cloud.calls) == 2


def test_a_kept_session_takes_the_region_of_whoever_asks(stage: Stage) -> None:
    obtain(replace(PLAN, region="eu-west-1"), stage.parts)

    assert obtain(replace(PLAN, region="us-west-2"), stage.parts).session.region == "us-west-2"


def test_the_clouds_clock_decides_what_is_fresh(stage: Stage) -> None:
    obtain(PLAN, stage.parts)
    stage.clock.learn_offset(timedelta(hours=11, minutes=56))

    assert find_kept(PLAN, stage.parts) is None


def test_a_session_of_another_duration_serves_whoever_named_none(stage: Stage) -> None:
    short = replace(PLAN, steps=(replace(OPENING, duration=timedelta(hours=1)),), is_duration_named=True)
    first = obtain(short, stage.parts)

    second = obtain(PLAN, stage.parts)
    role = obtain(replace(PLAN, steps=(OPENING, ROLE)), stage.parts)

    assert (second.session, second.kept_as) == (first.session, short.fingerprint)
    assert [code for _, _, code in stage.cloud.calls] == ["111111", None]
    assert role.session.mfa_at == first.session.mfa_at


def test_of_several_that_would_serve_the_plans_own_comes_first_then_the_longest(stage: Stage) -> None:
    lives = [timedelta(hours=hours) for hours in (1, 12, 36)]
    plans = [replace(PLAN, steps=(replace(OPENING, duration=life),), is_duration_named=True) for life in lives]
    stage.codes.left.append("333333")
    for plan in plans:
        obtain(plan, stage.parts)

    own = find_kept(PLAN, stage.parts)
    del stage.around.kept[PLAN.fingerprint]
    other = find_kept(PLAN, stage.parts)

    assert own is not None
    assert other is not None
    assert (own.kept_as, other.kept_as) == (plans[1].fingerprint, plans[2].fingerprint)


def test_the_mfa_session_that_a_plan_points_to_serves_it_and_its_roles(stage: Stage) -> None:
    kept = obtain(PLAN, stage.parts).session
    pointing = replace(PLAN, sts_region="eu-west-1", opening_kept_as=PLAN.fingerprint)

    session = obtain(pointing, stage.parts)
    role = obtain(replace(pointing, steps=(OPENING, ROLE)), stage.parts)

    assert (session.session, session.kept_as) == (kept, PLAN.fingerprint)
    assert [(step, keys) for step, keys, _ in stage.cloud.calls[1:]] == [(ROLE, kept.access_key_id)]
    assert not role.is_cached


def test_whoever_names_a_duration_gets_a_session_of_just_that(stage: Stage) -> None:
    obtain(PLAN, stage.parts)
    short = replace(PLAN, steps=(replace(OPENING, duration=timedelta(hours=1)),), is_duration_named=True)

    obtained = obtain(short, stage.parts)

    assert not obtained.is_cached
    assert obtained.kept_as == short.fingerprint


def test_a_role_opened_straight_with_a_code_serves_whoever_asks_for_the_role(stage: Stage) -> None:
    straight = replace(ROLE, duration=timedelta(hours=8), with_code=True)
    obtain(replace(PLAN, steps=(straight,), is_duration_named=True), stage.parts)

    again = obtain(replace(PLAN, steps=(OPENING, ROLE)), stage.parts)

    assert again.is_cached
    assert len(stage.cloud.calls) == 1


def test_new_passes_over_what_is_kept(stage: Stage) -> None:
    obtain(PLAN, stage.parts)

    again = obtain(PLAN, stage.parts, wants_new=True)

    assert not again.is_cached
    assert stage.around.kept[PLAN.fingerprint] == again.session


def test_what_the_lock_holder_before_stored_is_used(stage: Stage) -> None:
    theirs = obtain(PLAN, stage.parts).session
    stage.around.kept.clear()
    stage.around.on_lock = {PLAN.fingerprint: theirs}

    mine = obtain(PLAN, stage.parts)

    assert mine.is_cached
    assert len(stage.cloud.calls) == 1


def test_one_mfa_session_serves_many_roles(stage: Stage) -> None:
    roles = [replace(ROLE, role_arn=f"arn:aws:iam::111111111111:role/R{number}") for number in range(5)]

    sessions = [obtain(replace(PLAN, steps=(OPENING, role)), stage.parts).session for role in roles]

    assert [code for _, _, code in stage.cloud.calls] == ["111111", None, None, None, None, None]
    assert {key for step, key, _ in stage.cloud.calls if step != OPENING} == {"ASIA1"}
    assert all(session.mfa_at == NOON and session.device == PHONE.serial for session in sessions)


def test_chains_sign_each_role_with_the_one_before(stage: Stage) -> None:
    second = replace(ROLE, role_arn="arn:aws:iam::333333333333:role/Deeper")

    obtain(replace(PLAN, steps=(OPENING, ROLE, second)), stage.parts)

    assert [key for _, key, _ in stage.cloud.calls] == ["AKIALONG", "ASIA1", "ASIA2"]


def test_locks_are_taken_from_the_whole_chain_to_the_device(stage: Stage) -> None:
    plan = replace(PLAN, steps=(OPENING, ROLE))

    obtain(plan, stage.parts)

    assert stage.around.held == [
        f"plan {plan.family}",
        f"plan {plan.up_to(1).family}",
        f"device {PHONE.serial}",
    ]


def test_a_rejected_code_is_followed_by_the_next(stage: Stage) -> None:
    stage.cloud.script = [CodeRejected("wrong code")]

    obtained = obtain(PLAN, stage.parts)

    assert [code for _, _, code in stage.cloud.calls] == ["111111", "222222"]
    assert [refusal and refusal.message for refusal in stage.codes.refusals] == [None, "wrong code"]
    assert stage.around.spent == ["111111", "222222"]
    assert obtained.session.access_key_id == "ASIA2"


def test_the_last_rejection_is_raised_when_no_code_is_left(stage: Stage) -> None:
    stage.cloud.script = [CodeRejected("first"), CodeRejected("second")]

    with pytest.raises(CodeRejected, match="second"):
        obtain(PLAN, stage.parts)


def test_a_code_that_got_no_answer_is_not_spent(stage: Stage) -> None:
    stage.cloud.script = [CloudUnreachable("no answer")]

    with pytest.raises(CloudUnreachable):
        obtain(PLAN, stage.parts)

    assert stage.around.spent == []


def test_a_code_that_came_with_refused_keys_is_not_spent(stage: Stage) -> None:
    stage.cloud.script = [KeysRejected("unknown key")]

    with pytest.raises(KeysRejected):
        obtain(PLAN, stage.parts)

    assert stage.around.spent == []


def test_no_code_at_all_says_how_to_give_one(stage: Stage) -> None:
    stage.codes.left.clear()

    with pytest.raises(DeviceUnusable) as failure:
        obtain(PLAN, stage.parts)

    assert "--code" in failure.value.hint


def test_a_refusing_keyring_does_not_lose_the_session(stage: Stage) -> None:
    stage.around.keyring_problem = KeyringLocked("the keyring is locked", hint="unlock it")

    obtained = obtain(PLAN, stage.parts)

    assert obtained.session.access_key_id == "ASIA1"
    assert obtained.place == ""
    assert [line for line in stage.around.said if line.startswith("warn")] == [
        "warn: the session works but could not be kept: the keyring is locked",
        "warn: unlock it",
    ]


@pytest.mark.parametrize(("devices", "chosen", "expected"), [([PHONE], 0, PHONE), ([PHONE, TABLET], 1, TABLET)])
def test_an_unnamed_device_is_found_through_iam(
    stage: Stage, devices: list[Device], chosen: int, expected: Device
) -> None:
    stage.cloud.devices = devices
    stage.around.chosen = chosen

    obtained = obtain(replace(PLAN, device=DeviceToFind(is_required=True)), stage.parts)

    assert obtained.session.device == expected.serial


@pytest.mark.parametrize(
    ("choice", "devices", "reason"),
    [
        (DeviceToFind(is_required=True), None, "lets this user list none"),
        (DeviceToFind(is_required=True), [], "has no MFA device"),
        (NoDevice(), [PHONE], "has no MFA device"),
    ],
)
def test_without_a_device_nothing_is_sent(
    stage: Stage, choice: DeviceChoice, devices: list[Device] | None, reason: str
) -> None:
    stage.cloud.devices = devices

    with pytest.raises(DeviceUnusable) as failure:
        obtain(replace(PLAN, device=choice), stage.parts)

    assert reason in failure.value.message
    assert stage.cloud.calls == []


def test_in_tencent_cloud_a_device_is_named_in_its_words(stage: Stage) -> None:
    plan = replace(PLAN, cloud=Cloud.TENCENT, device=DeviceToFind(is_required=True))

    with pytest.raises(DeviceUnusable) as failure:
        obtain(plan, stage.parts)

    assert "IAM" not in failure.value.message
    assert 'mfa_serial = "qcs::cam:uin/OWNER::mfa/softToken"' in failure.value.hint


def test_in_tencent_cloud_a_role_refused_without_mfa_goes_straight_with_a_code(stage: Stage) -> None:
    stage.cloud.script = [AccessDenied("no")]
    stage.cloud.devices = [Device(serial="qcs::cam:uin/1::mfa/softToken", user="2")]
    role = replace(ROLE, role_arn="qcs::cam::uin/3:roleName/R")
    plan = replace(PLAN, cloud=Cloud.TENCENT, device=DeviceToFind(is_required=False), steps=(role,))

    obtain(plan, stage.parts)

    assert [(type(step), code) for step, _, code in stage.cloud.calls] == [(RoleStep, None), (RoleStep, "111111")]
    assert "device qcs::cam:uin/1::mfa/softToken#2" in stage.around.held


def test_a_role_refused_without_mfa_is_tried_with_the_users_device(stage: Stage) -> None:
    stage.cloud.script = [AccessDenied("not authorized to perform: sts:AssumeRole")]
    stage.cloud.devices = [PHONE]
    plan = replace(PLAN, device=DeviceToFind(is_required=False), steps=(ROLE,))

    obtained = obtain(plan, stage.parts)

    assert [(type(step), code) for step, _, code in stage.cloud.calls] == [
        (RoleStep, None),
        (SessionTokenStep, "111111"),
        (RoleStep, None),
    ]
    assert obtained.session.mfa_at == NOON
    assert obtain(plan, stage.parts).is_cached


def test_a_long_role_refused_without_mfa_goes_straight_with_a_code(stage: Stage) -> None:
    stage.cloud.script = [AccessDenied("no")]
    stage.cloud.devices = [PHONE]
    long_role = replace(ROLE, duration=timedelta(hours=8))

    obtain(replace(PLAN, device=DeviceToFind(is_required=False), steps=(long_role,)), stage.parts)

    assert [(type(step), code) for step, _, code in stage.cloud.calls] == [(RoleStep, None), (RoleStep, "111111")]


@pytest.mark.parametrize("choice", [NoDevice(), DeviceToFind(is_required=False)])
def test_a_refused_role_stays_refused_where_there_is_no_device(stage: Stage, choice: DeviceChoice) -> None:
    stage.cloud.script = [AccessDenied("no")]

    with pytest.raises(AccessDenied):
        obtain(replace(PLAN, device=choice, steps=(ROLE,)), stage.parts)

    assert len(stage.cloud.calls) == 1


def test_what_an_older_code_led_to_is_passed_over_in_the_whole_chain(stage: Stage) -> None:
    plan = replace(PLAN, steps=(OPENING, ROLE))
    old = obtain(plan, stage.parts).session
    stage.clock.wait(timedelta(minutes=5, seconds=1))

    young = obtain(plan, stage.parts, max_age=timedelta(minutes=5))
    again = obtain(plan, stage.parts, max_age=timedelta(minutes=5))

    assert [code for _, _, code in stage.cloud.calls] == ["111111", None, "222222", None]
    assert (old.mfa_at, young.session.mfa_at) == (NOON, NOON + timedelta(minutes=5, seconds=1))
    assert again.is_cached
    assert stage.around.kept[plan.fingerprint] == again.session == young.session


def test_a_code_of_just_the_greatest_age_is_young_enough(stage: Stage) -> None:
    obtain(PLAN, stage.parts)
    stage.clock.wait(timedelta(minutes=5))

    assert obtain(PLAN, stage.parts, max_age=timedelta(minutes=5)).is_cached


def test_a_young_mfa_session_serves_a_role_whose_own_is_too_old(stage: Stage) -> None:
    plan = replace(PLAN, steps=(OPENING, ROLE))
    obtain(plan, stage.parts)
    stage.clock.wait(timedelta(minutes=10))
    obtain(PLAN, stage.parts, wants_new=True)

    role = obtain(plan, stage.parts, max_age=timedelta(minutes=5)).session

    assert [code for _, _, code in stage.cloud.calls] == ["111111", None, "222222", None]
    assert role.mfa_at == NOON + timedelta(minutes=10)


def test_a_session_without_mfa_is_never_young(stage: Stage) -> None:
    without = obtain(replace(PLAN, device=NoDevice(), steps=(ROLE,)), stage.parts).session
    stage.around.kept[PLAN.fingerprint] = without

    assert find_kept(PLAN, stage.parts, max_age=timedelta(days=1)) is None


def test_whoever_waited_takes_the_young_session_that_the_other_opened(stage: Stage) -> None:
    obtain(PLAN, stage.parts)
    stage.clock.wait(timedelta(hours=1))
    theirs = obtain(PLAN, stage.parts, wants_new=True).session
    stage.around.kept[PLAN.fingerprint] = replace(theirs, mfa_at=NOON)
    stage.around.on_lock = {PLAN.fingerprint: theirs}

    mine = obtain(PLAN, stage.parts, max_age=timedelta(minutes=5))

    assert mine.session == theirs
    assert len(stage.cloud.calls) == 2


def never() -> Parts | None:
    raise AssertionError("nothing is to be renewed")


def nobody() -> Parts | None:
    return None


def test_what_lasts_is_handed_over_as_it_is(stage: Stage) -> None:
    first = obtain(PLAN, stage.parts)
    stage.clock.wait(timedelta(hours=11, minutes=44))

    kept = obtain_lasting(PLAN, stage.parts, renewing=never)

    assert kept.session == first.session


def test_what_ends_soon_is_renewed_by_whoever_asks_nobody(stage: Stage) -> None:
    obtain(PLAN, stage.parts)
    stage.clock.wait(timedelta(hours=11, minutes=46))

    renewed = obtain_lasting(PLAN, replace(stage.parts, codes=Codes([])), renewing=lambda: stage.parts)

    assert renewed.session.access_key_id == "ASIA2"
    assert stage.around.kept == {PLAN.fingerprint: renewed.session}


def test_what_another_has_renewed_meanwhile_is_taken(stage: Stage) -> None:
    obtain(PLAN, stage.parts)
    stage.clock.wait(timedelta(hours=11, minutes=46))
    theirs = obtain(PLAN, stage.parts, wants_new=True).session
    soon = theirs.expires_at - stage.clock.now() - timedelta(minutes=14)
    stage.around.kept[PLAN.fingerprint] = replace(
        theirs, issued_at=theirs.issued_at - soon, expires_at=theirs.expires_at - soon
    )
    stage.around.on_lock = {PLAN.fingerprint: theirs}

    mine = obtain_lasting(PLAN, stage.parts, renewing=lambda: stage.parts)

    assert mine.session == theirs
    assert len(stage.cloud.calls) == 2


@pytest.mark.parametrize("left", [timedelta(minutes=14), timedelta(seconds=6)])
def test_what_nobody_can_renew_is_handed_over_to_its_end(stage: Stage, left: timedelta) -> None:
    first = obtain(PLAN, stage.parts)
    stage.clock.wait(timedelta(hours=12) - left)

    kept = obtain_lasting(PLAN, stage.parts, renewing=nobody)

    assert kept.session == first.session
    assert len(stage.cloud.calls) == 1


def test_a_renewal_that_fails_costs_nothing(stage: Stage) -> None:
    first = obtain(PLAN, stage.parts)
    stage.clock.wait(timedelta(hours=11, minutes=58))
    stage.cloud.script = [CloudUnreachable("no answer")]

    kept = obtain_lasting(PLAN, stage.parts, renewing=lambda: stage.parts)

    assert kept.session == first.session
    assert stage.around.said[-1] == "detail: no newer session could be had: no answer"


def test_what_has_ended_is_asked_for_as_ever(stage: Stage) -> None:
    obtain(PLAN, stage.parts)
    stage.clock.wait(timedelta(hours=12) - timedelta(seconds=5))

    renewed = obtain_lasting(PLAN, stage.parts, renewing=never)

    assert renewed.session.access_key_id == "ASIA2"
