"""How callers of Tencent Cloud are called, in policies and by GetCallerIdentity."""

from __future__ import annotations

import pytest

from mfacli.domain.secret import Secret
from mfacli.emulator.tencent.callers import (
    ANONYMOUS,
    Caller,
    Credential,
    CredentialKind,
    FederatedPrincipal,
    Principal,
    RolePrincipal,
    RootPrincipal,
    UserPrincipal,
)
from mfacli.policy.principals import PrincipalKind
from mfacli.policy.tencent_names import parse_tencent_principal

USER = UserPrincipal(owner_uin="100", uin="111", name="lin")
ROOT = RootPrincipal(owner_uin="100")
ROLE = RolePrincipal(owner_uin="200", role_id="46116", role_name="TestRole", session_name="test", caller_uin="111")
FEDERATED = FederatedPrincipal(owner_uin="100", uin="111", name="guest")


@pytest.mark.parametrize(
    ("principal", "qcs", "identity"),
    [
        (USER, "qcs::cam::uin/100:uin/111", "qcs::cam:100:uin/111"),
        (ROOT, "qcs::cam::uin/100:root", "qcs::cam:100:uin/100"),
        (ROLE, "qcs::cam::uin/200:roleName/TestRole", "qcs::sts:200:assumed-role/46116"),
        (FEDERATED, "qcs::sts:100:federated-user/111", "qcs::sts:100:federated-user/111"),
        (ANONYMOUS.principal, "qcs::cam::anonymous:anonymous", "qcs::cam::anonymous:anonymous"),
    ],
)
def test_a_caller_has_a_name_in_policies_and_one_in_get_caller_identity(
    principal: Principal, qcs: str, identity: str
) -> None:
    assert (principal.qcs, principal.identity) == (qcs, identity)


@pytest.mark.parametrize(
    ("principal", "kind"),
    [
        (USER, PrincipalKind.USER),
        (ROOT, PrincipalKind.ROOT),
        (ROLE, PrincipalKind.ROLE_SESSION),
        (FEDERATED, PrincipalKind.FEDERATED_USER),
        (ANONYMOUS.principal, PrincipalKind.ANONYMOUS),
    ],
)
def test_policies_understand_both_names(principal: Principal, kind: PrincipalKind) -> None:
    assert parse_tencent_principal(principal.qcs).kind is kind
    assert parse_tencent_principal(principal.identity).kind is kind


def test_a_role_has_a_name_by_its_id_too() -> None:
    assert ROLE.qcs_by_id == "qcs::cam::uin/200:role/46116"


@pytest.mark.parametrize("kind", CredentialKind)
def test_only_long_term_keys_and_nobody_do_not_expire(kind: CredentialKind) -> None:
    caller = Caller(principal=USER, kind=kind)

    assert caller.is_temporary is (kind not in (CredentialKind.NONE, CredentialKind.LONG_TERM))


def test_a_credential_does_not_show_its_key() -> None:
    assert "hidden" not in repr(Credential(secret_key=Secret("hidden"), caller=ANONYMOUS))
