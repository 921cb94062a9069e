from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mfacli.emulator.callers import (
    ANONYMOUS,
    Caller,
    CredentialKind,
    FederatedPrincipal,
    Principal,
    RolePrincipal,
    RootPrincipal,
    UserPrincipal,
)
from mfacli.emulator.seals import WorldSeal
from mfacli.emulator.tokens import SessionTokens
from mfacli.emulator.world import ids
from mfacli.emulator.world.keys import WorldKey
from tests.doubles import NOON

ACCOUNT = "111122223333"
SOFIA = UserPrincipal(account_id=ACCOUNT, name="Sofia", path="/", user_id="AIDASOFIA")
ROLE = RolePrincipal(
    account_id=ACCOUNT, role_name="Reader", role_path="/team/", role_id="AROAREADER", session_name="sofia"
)
ROOT = RootPrincipal(account_id=ACCOUNT)


@pytest.fixture
def key() -> WorldKey:
    return WorldKey.ephemeral()


def _session(principal: Principal = SOFIA) -> Caller:
    return Caller(
        principal=principal,
        kind=CredentialKind.SESSION_TOKEN,
        issued_at=NOON,
        expires_at=NOON + timedelta(hours=12),
        mfa_at=NOON,
        mfa_serial=f"arn:aws:iam::{ACCOUNT}:mfa/Sofia",
        session_policies=('{"Version": "2012-10-17", "Statement": []}',),
        source_identity="sofía",
        tags=(("Team", "Admins"), ("Stage", "")),
        transitive_tags=("Team",),
    )


@pytest.mark.parametrize(
    "principal",
    [
        SOFIA,
        ROLE,
        ROOT,
        FederatedPrincipal(account_id=ACCOUNT, name="jorge", issuer=SOFIA),
        FederatedPrincipal(account_id=ACCOUNT, name="jorge", issuer=ROOT),
    ],
)
def test_a_token_tells_all_of_its_session(key: WorldKey, principal: Principal) -> None:
    issued = SessionTokens(key).issue(_session(principal))

    read = SessionTokens(key).read(issued.token.reveal(), issued.access_key_id)

    assert read == replace(_session(principal), access_key_id=issued.access_key_id)


def test_a_session_key_says_its_account_and_that_it_is_temporary(key: WorldKey) -> None:
    issued = SessionTokens(key).issue(_session())

    assert issued.access_key_id.startswith("ASIA")
    assert ids.account_of_key(issued.access_key_id) == ACCOUNT
    assert SessionTokens(key).secret_of(issued.access_key_id) == issued.secret_access_key


def test_a_token_is_nothing_beside_another_key_id(key: WorldKey) -> None:
    tokens = SessionTokens(key)
    one, other = tokens.issue(_session()), tokens.issue(_session())

    assert tokens.read(one.token.reveal(), other.access_key_id) is None


def test_a_token_of_another_world_is_nothing(key: WorldKey) -> None:
    issued = SessionTokens(WorldKey.ephemeral()).issue(_session())

    assert SessionTokens(key).read(issued.token.reveal(), issued.access_key_id) is None


def test_an_altered_token_is_nothing(key: WorldKey) -> None:
    tokens = SessionTokens(key)
    issued = tokens.issue(_session())
    token = issued.token.reveal()

    altered = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))]
    read = [tokens.read(other, issued.access_key_id) for other in altered]

    assert read == [None] * len(token)


@pytest.mark.parametrize("spoiled", ["", "=", "A", "AAAA", "-_-_", "Ⅷ", "{}", "A" * 400])
def test_what_is_no_token_is_nothing(key: WorldKey, spoiled: str) -> None:
    assert SessionTokens(key).read(spoiled, "ASIAIOSFODNN7EXAMPLE") is None


def test_a_token_has_one_spelling(key: WorldKey) -> None:
    tokens = SessionTokens(key)
    issued = tokens.issue(_session())
    token = issued.token.reveal()

    respelled = [token + "=", token.rstrip("=") + "===", f" {token}", token.replace("+", "-").replace("/", "_") + "-"]

    assert [tokens.read(other, issued.access_key_id) for other in respelled] == [None] * 4


def test_a_token_shows_nothing_of_its_session(key: WorldKey) -> None:
    issued = SessionTokens(key).issue(_session())

    assert "Sofia" not in issued.token.reveal()
    assert issued.token.reveal() not in repr(issued)
    assert issued.secret_access_key.reveal() not in repr(issued)


def test_a_session_without_an_end_or_an_owner_is_not_issued(key: WorldKey) -> None:
    with pytest.raises(ValueError, match="an end"):
        SessionTokens(key).issue(replace(_session(), expires_at=None))
    with pytest.raises(ValueError, match="nobody"):
        SessionTokens(key).issue(replace(ANONYMOUS, issued_at=NOON, expires_at=NOON))


def test_a_seal_opens_for_its_own_purpose_only(key: WorldKey) -> None:
    sealed = WorldSeal(key, "one").seal("text")

    assert WorldSeal(key, "one").open(sealed) == "text"
    assert WorldSeal(key, "other").open(sealed) is None


def test_a_seal_is_written_in_the_characters_of_ec2s_messages(key: WorldKey) -> None:
    sealed = "".join(WorldSeal(key, "one").seal("text") for _ in range(50))

    assert set(sealed) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
