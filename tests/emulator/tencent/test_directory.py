from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mfacli.emulator.tencent.callers import RootPrincipal, UserPrincipal
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind
from mfacli.emulator.world.keys import WorldKey
from tests.emulator.tencent.quarter import HAO, LAN, MEI, OWNER, SERIAL, Keys, Quarter, quarter


@pytest.fixture
def q() -> Quarter:
    return quarter()


def _refusal(q: Quarter, keys: Keys) -> RejectionKind:
    with pytest.raises(Rejected) as caught:
        q.secrets.credential_for(keys.secret_id, keys.token)
    return caught.value.kind


def test_long_term_keys_are_their_users_and_the_accounts(q: Quarter) -> None:
    callers = [q.caller(q.keys(uin)).principal for uin in (MEI, OWNER)]

    assert callers == [UserPrincipal(owner_uin=OWNER, uin=MEI, name="Mei"), RootPrincipal(owner_uin=OWNER)]


def test_a_key_that_never_was_is_not_found(q: Quarter) -> None:
    assert _refusal(q, replace(q.keys(MEI), secret_id="AKIDzzzz")) is RejectionKind.UNKNOWN_KEY


def test_a_deactivated_key_is_not_found(q: Quarter) -> None:
    key = q.town.users.keys_of(MEI)[0]
    q.town.users.put_key(replace(key, is_active=False))

    assert _refusal(q, q.keys(MEI)) is RejectionKind.UNKNOWN_KEY


def test_a_key_of_nobody_is_not_the_accounts(q: Quarter) -> None:
    q.town.users.add_key(OWNER, "100000000999", at=q.town.now())

    assert _refusal(q, q.keys("100000000999")) is RejectionKind.UNKNOWN_KEY


def test_a_token_beside_a_long_term_key_is_refused(q: Quarter) -> None:
    token = q.mfa_session().token

    assert _refusal(q, replace(q.keys(MEI), token=token)) is RejectionKind.BAD_TOKEN


def test_a_session_key_without_its_token_is_refused(q: Quarter) -> None:
    assert _refusal(q, replace(q.mfa_session(), token=None)) is RejectionKind.BAD_TOKEN
    assert _refusal(q, replace(q.mfa_session(), token="")) is RejectionKind.BAD_TOKEN


def test_a_token_is_good_beside_its_own_key_only(q: Quarter) -> None:
    first, second = q.mfa_session(), q.mfa_session()

    assert _refusal(q, replace(first, token=second.token)) is RejectionKind.BAD_TOKEN


def test_an_altered_token_is_refused(q: Quarter) -> None:
    session = q.mfa_session()
    token = session.token or ""

    assert _refusal(q, replace(session, token=token[:-2] + "zz")) is RejectionKind.BAD_TOKEN
    assert _refusal(q, replace(session, token="é")) is RejectionKind.BAD_TOKEN


def test_another_worlds_session_is_refused(q: Quarter) -> None:
    assert _refusal(q, quarter().mfa_session()) is RejectionKind.BAD_TOKEN


def test_a_session_outlives_its_emulator() -> None:
    key = WorldKey.ephemeral()

    session = quarter(key=key).mfa_session()

    assert quarter(key=key).caller(session).principal == UserPrincipal(owner_uin=OWNER, uin=MEI, name="Mei")


def test_a_session_ends_when_it_says(q: Quarter) -> None:
    session = q.opened(MEI, SerialNumber=SERIAL, TokenCode=q.code(MEI), DurationSeconds=900)

    q.clock.advance(timedelta(seconds=899))
    still = q.caller(session)
    q.clock.advance(timedelta(seconds=1))

    assert still.is_temporary
    assert _refusal(q, session) is RejectionKind.EXPIRED_TOKEN


def test_a_session_goes_with_its_user(q: Quarter) -> None:
    session = q.mfa_session()

    q.town.remove_user(MEI)

    assert _refusal(q, session) is RejectionKind.UNKNOWN_KEY


def test_a_federated_session_goes_with_who_made_it(q: Quarter) -> None:
    policy = '{"version": "2.0", "statement": [{"effect": "allow", "action": "*", "resource": "*"}]}'
    of_lan = q.opened(LAN, "GetFederationToken", Name="Ana", Policy=policy)
    of_root = q.opened(OWNER, "GetFederationToken", Name="Ana", Policy=policy)

    q.town.remove_user(LAN)

    assert _refusal(q, of_lan) is RejectionKind.UNKNOWN_KEY
    assert q.caller(of_root).is_temporary


def test_a_roles_session_goes_with_the_role(q: Quarter) -> None:
    role = "qcs::cam::uin/87654321:roleName/TestRole"
    session = q.opened(q.mfa_session(), "AssumeRole", RoleArn=role, RoleSessionName="test")
    found = q.town.roles.by_qcs(role)
    assert found is not None

    q.town.remove_role(found.role_id)

    assert _refusal(q, session) is RejectionKind.UNKNOWN_KEY


def test_users_of_one_name_each_have_keys_of_their_own(q: Quarter) -> None:
    assert q.keys(MEI).secret_id != q.keys(HAO).secret_id
    assert q.keys(MEI).secret_key.reveal() != q.keys(HAO).secret_key.reveal()
