"""What becomes of the sessions that were opened with keys that a rotation has replaced."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from mfacli.commands.keys_sessions import replace_opener
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys
from mfacli.domain.identity import Device
from mfacli.domain.plan import KeysFrom, KeySource, KnownDevice, Plan, SessionTokenStep
from mfacli.errors import KeyringLocked, KeysRejected
from mfacli.interfaces import Identity, SessionStore
from mfacli.session import Obtained
from mfacli.store.memory import MemoryIndex, MemoryVault
from mfacli.store.sessions import KeptSessions
from tests.commands.at_desk import desk_at
from tests.doubles import HandClock
from tests.store.standins import RecordingTalk, session_of

PLAN = Plan(
    cloud=Cloud.AWS,
    profile="dev",
    key_source=KeySource(kind=KeysFrom.KEYRING, access_key_id="AKIAOLD", profile="dev"),
    device=KnownDevice(device=Device(serial="arn:aws:iam::111122223333:mfa/me"), origin="mfa_serial"),
    steps=(SessionTokenStep(duration=timedelta(hours=12), with_code=True),),
)
AFTER = replace(PLAN, key_source=replace(PLAN.key_source, access_key_id="AKIANEW"))
ROLES = "role of the old key"


@dataclass(slots=True)
class _Cloud:
    """Takes a session, or does not any more."""

    refusal: KeysRejected | None = None

    def identity_of(self, *, plan: Plan, keys: Keys) -> Identity:
        if self.refusal is not None:
            raise self.refusal
        return Identity(account_id="111122223333", arn="arn:aws:iam::111122223333:user/me", user_id="AIDAME")


class _Locked(KeptSessions):
    """A store whose keyring has been locked meanwhile."""

    def forget(self, fingerprint: str) -> bool:
        raise KeyringLocked("the keyring is locked")


def _kept_in(store: SessionStore, *, has_mfa: bool = True) -> Obtained:
    """Keep the session of the plan, and one that another of the old key's led to."""
    session = session_of(lives=timedelta(hours=12))
    session = replace(session, mfa_at=session.issued_at if has_mfa else None)
    store.keep(PLAN.fingerprint, session, profile="dev", kind="session", opened_with="AKIAOLD")
    store.keep(ROLES, session_of("other"), profile="role", kind="role", opened_with="AKIAOLD")
    store.keep("strange", session_of("strange"), profile="ci", kind="session", opened_with="AKIAODD")
    return Obtained(session=session, is_cached=False, kept_as=PLAN.fingerprint)


def _desk(monkeypatch: pytest.MonkeyPatch, cloud: _Cloud, kind: type[KeptSessions] = KeptSessions) -> Desk:
    desk = desk_at()
    clock, talk = HandClock(), RecordingTalk()
    clock.time = session_of().issued_at
    desk.__dict__["store"] = kind([MemoryVault()], index=MemoryIndex(), clock=clock, talk=talk)
    monkeypatch.setattr(Desk, "provider_for", lambda *_: cloud)
    return desk


def _replace(desk: Desk, opened: Obtained | None) -> None:
    replace_opener(desk, PLAN, opened, old_id="AKIAOLD", new_id="AKIANEW")


def _opened_with(desk: Desk) -> dict[str, str]:
    return {entry.fingerprint: entry.opened_with for entry in desk.store.entries()}


def test_the_session_goes_on_under_the_new_key_and_the_others_of_the_old_are_gone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = _desk(monkeypatch, _Cloud())
    opened = _kept_in(desk.store)

    _replace(desk, opened)

    assert _opened_with(desk) == {AFTER.fingerprint: "AKIANEW", "strange": "AKIAODD"}
    assert desk.store.find(AFTER.fingerprint) == opened.session
    said = capsys.readouterr().err
    assert "the MFA session goes on under the new key" in said
    assert "removed a session of the old key from here; whoever has it may use it until it expires" in said


def test_a_session_that_the_cloud_does_not_take_any_more_goes_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = _desk(monkeypatch, _Cloud(KeysRejected("the session went with its keys")))

    _replace(desk, _kept_in(desk.store))

    assert _opened_with(desk) == {"strange": "AKIAODD"}
    assert "removed 2 sessions of the old key" in capsys.readouterr().err


def test_a_session_without_mfa_does_not_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = _desk(monkeypatch, _Cloud())

    _replace(desk, _kept_in(desk.store, has_mfa=False))

    assert _opened_with(desk) == {"strange": "AKIAODD"}


@pytest.mark.parametrize("kept_as", ["", AFTER.fingerprint])
def test_a_session_that_is_not_kept_or_the_new_keys_already_stays_as_it_is(
    monkeypatch: pytest.MonkeyPatch, kept_as: str
) -> None:
    desk = _desk(monkeypatch, _Cloud())

    _replace(desk, Obtained(session=session_of(), is_cached=False, kept_as=kept_as))

    assert _opened_with(desk) == {}


def test_where_nothing_was_kept_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = _desk(monkeypatch, _Cloud())

    _replace(desk, None)

    assert capsys.readouterr().err == ""


def test_a_keyring_that_refuses_does_not_make_the_rotation_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = _desk(monkeypatch, _Cloud(), _Locked)

    _replace(desk, _kept_in(desk.store))

    assert "sessions of the old key are still kept here: the keyring is locked" in capsys.readouterr().err
