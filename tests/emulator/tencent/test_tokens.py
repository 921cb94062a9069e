from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mfacli.emulator.tencent.callers import (
    ANONYMOUS,
    AnonymousPrincipal,
    Caller,
    CredentialKind,
    FederatedPrincipal,
    Principal,
    RolePrincipal,
    RootPrincipal,
    UserPrincipal,
)
from mfacli.emulator.tencent.tokens import TencentTokens
from mfacli.emulator.world.keys import WorldKey
from tests.doubles import NOON

MEI = UserPrincipal(owner_uin="12345678", uin="100000000101", name="Mei")


def _session(principal: Principal) -> Caller:
    return Caller(
        principal=principal,
        kind=CredentialKind.ROLE,
        issued_at=NOON,
        expires_at=NOON + timedelta(hours=1),
        mfa_at=NOON - timedelta(minutes=5),
        mfa_serial="qcs::cam:uin/12345678::mfa/softToken",
        session_policy="{}",
        source_identity="mei",
        tags=(("team", "books"),),
    )


@pytest.mark.parametrize(
    "principal",
    [
        MEI,
        RootPrincipal(owner_uin="12345678"),
        FederatedPrincipal(owner_uin="12345678", uin="100000000101", name="Ana"),
        RolePrincipal(
            owner_uin="12345678", role_id="46", role_name="TestRole", session_name="test", caller_uin="100000000101"
        ),
    ],
)
def test_a_token_carries_all_that_is_known_of_a_session(principal: Principal) -> None:
    tokens = TencentTokens(WorldKey.ephemeral())

    issued = tokens.issue(_session(principal))

    found = tokens.read(issued.token.reveal(), issued.secret_id)
    assert found == replace(_session(principal), secret_id=issued.secret_id)


def test_a_tokens_size_is_what_the_documents_allow() -> None:
    issued = TencentTokens(WorldKey.ephemeral()).issue(_session(MEI))

    assert len(issued.secret_id) <= 1024
    assert len(issued.secret_key.reveal()) == 32
    assert len(issued.token.reveal()) <= 4096


def test_a_session_has_a_beginning_and_an_end() -> None:
    with pytest.raises(ValueError, match="a beginning and an end"):
        TencentTokens(WorldKey.ephemeral()).issue(Caller(principal=MEI, kind=CredentialKind.LONG_TERM))


def test_nobody_has_no_session() -> None:
    assert isinstance(ANONYMOUS.principal, AnonymousPrincipal)

    with pytest.raises(ValueError, match="no session"):
        TencentTokens(WorldKey.ephemeral()).issue(_session(AnonymousPrincipal()))
