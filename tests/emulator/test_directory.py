from __future__ import annotations

from datetime import timedelta

import pytest

from mfacli.emulator.callers import (
    Caller,
    CredentialKind,
    FederatedPrincipal,
    Principal,
    RolePrincipal,
    RootPrincipal,
    UserPrincipal,
)
from mfacli.emulator.clock import EmulatorClock
from mfacli.emulator.directory import WorldDirectory
from mfacli.emulator.plane.identities import root_key_id, user_id, user_key_id
from mfacli.emulator.plane.moto_world import MotoWorld
from mfacli.emulator.plane.people import People
from mfacli.emulator.refusals import Refusal, RefusalKind
from mfacli.emulator.tokens import IssuedSession, SessionTokens
from mfacli.emulator.world import ids
from mfacli.emulator.world.keys import WorldKey
from mfacli.emulator.world.load import default_world
from tests.doubles import NOON

ACCOUNT = "111122223333"
SOFIA = UserPrincipal(account_id=ACCOUNT, name="Sofia", path="/", user_id=user_id(ACCOUNT, "Sofia"))
ROLE = RolePrincipal(
    account_id=ACCOUNT,
    role_name="CrossAccountRole",
    role_path="/",
    role_id=ids.entity_id(ids.ROLE, ACCOUNT, "CrossAccountRole"),
    session_name="me",
)
ROOT = RootPrincipal(account_id=ACCOUNT)
KEY = WorldKey(bytes(range(32)))


@pytest.fixture
def clock() -> EmulatorClock:
    return EmulatorClock(lambda: NOON)


@pytest.fixture
def directory(clock: EmulatorClock) -> WorldDirectory:
    world = default_world()
    people = People(MotoWorld(world, KEY))
    return WorldDirectory(world, key=KEY, people=people, tokens=SessionTokens(KEY), clock=clock)


def _issued(principal: Principal, kind: CredentialKind = CredentialKind.SESSION_TOKEN) -> IssuedSession:
    session = Caller(principal=principal, kind=kind, issued_at=NOON, expires_at=NOON + timedelta(hours=1))
    return SessionTokens(KEY).issue(session)


def _refusal(directory: WorldDirectory, key_id: str, token: str | None) -> RefusalKind:
    with pytest.raises(Refusal) as caught:
        directory.credential_for(key_id, token)
    return caught.value.kind


def test_a_users_key_is_the_users(directory: WorldDirectory) -> None:
    key_id = user_key_id(ACCOUNT, "Sofia", 1)

    found = directory.credential_for(key_id, None)

    assert found.caller == Caller(principal=SOFIA, kind=CredentialKind.LONG_TERM, access_key_id=key_id)
    assert found.secret_access_key == KEY.secret_access_key(key_id)


def test_roots_key_is_roots_where_the_account_has_one(directory: WorldDirectory) -> None:
    found = directory.credential_for(root_key_id(ACCOUNT), None)

    assert found.caller.principal == ROOT
    assert _refusal(directory, root_key_id("444455556666"), None) is RefusalKind.UNKNOWN_KEY


@pytest.mark.parametrize(
    "key_id",
    [
        "",
        "AKIAIOSFODNN7EXAMPLE",
        ids.key_id("AKIA", ACCOUNT, "user", "Nobody", "1"),
        ids.key_id("AKIA", "999999999999"),
        user_key_id(ACCOUNT, "Carlos", 1),
    ],
    ids=["empty", "of no account", "of nobody", "of an unknown account", "inactive"],
)
def test_unknown_foreign_and_inactive_keys_are_unknown(directory: WorldDirectory, key_id: str) -> None:
    assert _refusal(directory, key_id, None) is RefusalKind.UNKNOWN_KEY


def test_a_long_term_key_has_no_token(directory: WorldDirectory) -> None:
    token = _issued(SOFIA).token.reveal()

    assert _refusal(directory, user_key_id(ACCOUNT, "Sofia", 1), token) is RefusalKind.BAD_TOKEN
    assert _refusal(directory, user_key_id(ACCOUNT, "Sofia", 1), "") is RefusalKind.BAD_TOKEN


@pytest.mark.parametrize(
    "principal", [SOFIA, ROLE, ROOT, FederatedPrincipal(account_id=ACCOUNT, name="visitor", issuer=SOFIA)]
)
def test_a_session_is_its_principals(directory: WorldDirectory, principal: Principal) -> None:
    issued = _issued(principal)

    found = directory.credential_for(issued.access_key_id, issued.token.reveal())

    assert found.caller.principal == principal
    assert found.secret_access_key == issued.secret_access_key


def test_a_session_key_without_its_own_token_is_refused(directory: WorldDirectory) -> None:
    one, other = _issued(SOFIA), _issued(SOFIA)

    for token in (None, "", "nonsense", other.token.reveal()):
        assert _refusal(directory, one.access_key_id, token) is RefusalKind.BAD_TOKEN


def test_a_session_ends_with_its_last_second(directory: WorldDirectory, clock: EmulatorClock) -> None:
    issued = _issued(SOFIA)

    clock.advance(timedelta(seconds=3599))
    before = directory.credential_for(issued.access_key_id, issued.token.reveal())
    clock.advance(timedelta(seconds=1))
    after = _refusal(directory, issued.access_key_id, issued.token.reveal())

    assert before.caller.principal == SOFIA
    assert after is RefusalKind.EXPIRED_TOKEN


@pytest.mark.parametrize(
    "gone",
    [
        UserPrincipal(account_id=ACCOUNT, name="Sofia", path="/", user_id="AIDAANOTHERSOFIA"),
        RolePrincipal(
            account_id=ACCOUNT, role_name="CrossAccountRole", role_path="/", role_id="AROAGONE", session_name="me"
        ),
        FederatedPrincipal(
            account_id=ACCOUNT,
            name="visitor",
            issuer=UserPrincipal(account_id=ACCOUNT, name="Sofia", path="/", user_id="AIDAANOTHERSOFIA"),
        ),
        RootPrincipal(account_id="999999999999"),
    ],
)
def test_a_session_of_somebody_who_has_gone_is_unknown(directory: WorldDirectory, gone: Principal) -> None:
    issued = _issued(gone)

    assert _refusal(directory, issued.access_key_id, issued.token.reveal()) is RefusalKind.UNKNOWN_KEY
