from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from mfacli.emulator.contracts import Check
from mfacli.emulator.tencent.authorise import Denied, policy_principals
from mfacli.emulator.tencent.callers import (
    ANONYMOUS,
    Caller,
    CredentialKind,
    FederatedPrincipal,
    Principal,
    RolePrincipal,
    RootPrincipal,
    UserPrincipal,
)
from mfacli.emulator.tencent.operations import Need
from mfacli.emulator.tencent.refusals import RejectionKind
from mfacli.emulator.tencent.town.entities import Bucket, Holder, HolderKind, Policy
from mfacli.policy.principals import PrincipalKind
from tests.doubles import NOON
from tests.emulator.stand_ins import request
from tests.emulator.tencent.quarter import HAO, LAN, MEI, OWNER, PARTNER, Quarter, quarter

INSTANCE = f"qcs::cvm:ap-guangzhou:uin/{OWNER}:instance/ins-mfaweb01"
BUCKET = "qcs::cos:ap-guangzhou:uid/1250000000:example-1250000000/"
TERMINATE = Need(action="cvm:TerminateInstances", resource=INSTANCE, owner_uin=OWNER)
_MEI = UserPrincipal(owner_uin=OWNER, uin=MEI, name="Mei")
_ROLE = RolePrincipal(
    owner_uin=OWNER, role_id="4611686000000000001", role_name="Any", session_name="test", caller_uin=MEI
)


@pytest.fixture
def q() -> Quarter:
    return quarter()


def _caller(principal: Principal, *, mfa: bool = False, policy: str | None = None) -> Caller:
    is_long_term = not mfa and isinstance(principal, UserPrincipal | RootPrincipal) and policy is None
    kind = CredentialKind.LONG_TERM if is_long_term else CredentialKind.SESSION_TOKEN
    return Caller(principal=principal, kind=kind, mfa_at=NOON if mfa else None, session_policy=policy)


def _decided(q: Quarter, caller: Caller, *needs: Need) -> Sequence[Check]:
    try:
        return q.authoriser.authorise(needs, caller, request(), denial_code="UnauthorizedOperation")
    except Denied as denied:
        return denied.checks


def _allowed(q: Quarter, caller: Caller, *needs: Need) -> bool:
    return all(check.allowed for check in _decided(q, caller, *needs))


def _policy(effect: str, action: str, condition: str = "", resource: str = "*") -> str:
    return (
        f'{{"version": "2.0", "statement": [{{"effect": "{effect}", "action": "{action}", '
        f'"resource": "{resource}"{condition}}}]}}'
    )


def _given(q: Quarter, holder: Holder, text: str, *, owner: str = OWNER, number: int = 900) -> None:
    policy = Policy(policy_id=number, name=f"policy{number}", text=text, created_at=NOON, updated_at=NOON)
    q.town.policies.put(owner, policy)
    q.town.policies.attach(number, holder, at=NOON)


def test_the_documents_first_policy_wants_mfa(q: Quarter) -> None:
    checks = _decided(q, _caller(_MEI), TERMINATE)

    assert [check.allowed for check in checks] == [False]
    assert "`TerminateWithMfa` statement 1 would, but for bool_equal `qcs:mfaPresent` `true`" in checks[0].reason
    assert _allowed(q, _caller(_MEI, mfa=True), TERMINATE)


def test_the_documents_second_policy_wants_mfa(q: Quarter) -> None:
    need = Need(action="cos:DeleteBucket", resource=BUCKET, owner_uin=OWNER)

    assert not _allowed(q, _caller(_MEI), need)
    assert _allowed(q, _caller(_MEI, mfa=True), need)


def test_a_denial_is_in_two_languages_and_names_the_resource(q: Quarter) -> None:
    with pytest.raises(Denied) as caught:
        q.authoriser.authorise([TERMINATE], _caller(_MEI), request(), denial_code="UnauthorizedOperation")

    where = (
        "[[request id:11111111-2222-3333-4444-555555555555]you are not authorized to perform operation "
        f"(cvm:TerminateInstances)\nresource ({INSTANCE}) has no permission\n]"
    )
    assert caught.value.code == "UnauthorizedOperation"
    assert caught.value.message_en.startswith("You are not authorized to perform this operation. Check your CAM ")
    assert caught.value.message_en.endswith(where)
    assert caught.value.message_zh == f"操作未授权，请检查CAM策略。{where}"


def test_cos_words_a_denial_itself(q: Quarter) -> None:
    with pytest.raises(Denied) as caught:
        q.authoriser.authorise([TERMINATE], _caller(_MEI), request())

    assert caught.value.kind is RejectionKind.ACCESS_DENIED


def test_all_that_a_call_takes_must_be_allowed(q: Quarter) -> None:
    start = Need(action="cvm:StartInstances", resource=INSTANCE)

    checks = _decided(q, _caller(_MEI), start, TERMINATE, start)

    assert [check.allowed for check in checks] == [True, False]


def test_what_takes_no_permission_is_open_to_all(q: Quarter) -> None:
    assert q.authoriser.authorise([], ANONYMOUS, request()) == ()


def test_the_account_itself_may_do_everything(q: Quarter) -> None:
    assert _allowed(q, _caller(RootPrincipal(owner_uin=OWNER)), TERMINATE)


def test_another_accounts_things_are_closed_to_administrators(q: Quarter) -> None:
    lan = UserPrincipal(owner_uin=OWNER, uin=LAN, name="Lan")
    theirs = INSTANCE.replace(OWNER, PARTNER)

    assert _allowed(q, _caller(lan), TERMINATE)
    assert not _allowed(q, _caller(lan), Need(action="cvm:StopInstances", resource=theirs, owner_uin=PARTNER))


def test_a_users_own_policies_count_beside_its_groups(q: Quarter) -> None:
    _given(q, Holder(HolderKind.USER, MEI), _policy("deny", "cvm:*"))

    assert not _allowed(q, _caller(_MEI, mfa=True), TERMINATE)
    assert _allowed(q, _caller(UserPrincipal(owner_uin=OWNER, uin=HAO, name="Hao"), mfa=True), TERMINATE)


def test_a_boundary_limits(q: Quarter) -> None:
    holder = Holder(HolderKind.USER, MEI)
    policy = Policy(policy_id=901, name="OnlyCos", text=_policy("allow", "cos:*"), created_at=NOON, updated_at=NOON)
    q.town.policies.put(OWNER, policy)

    q.town.policies.bound(holder, 901)

    assert not _allowed(q, _caller(_MEI, mfa=True), TERMINATE)
    assert _allowed(q, _caller(_MEI, mfa=True), Need(action="cos:DeleteBucket", resource=BUCKET, owner_uin=OWNER))


def test_a_session_policy_limits(q: Quarter) -> None:
    open_, closed = _policy("allow", "*"), _policy("allow", "cos:*")

    assert _allowed(q, _caller(_MEI, mfa=True, policy=open_), TERMINATE)
    assert not _allowed(q, _caller(_MEI, mfa=True, policy=closed), TERMINATE)


def test_a_federated_user_has_at_most_what_its_maker_has(q: Quarter) -> None:
    everything = _policy("allow", "*")
    of_mei = FederatedPrincipal(owner_uin=OWNER, uin=MEI, name="Ana")
    of_root = FederatedPrincipal(owner_uin=OWNER, uin=OWNER, name="Ana")
    start = Need(action="cvm:StartInstances", resource=INSTANCE)

    assert _allowed(q, _caller(of_mei, policy=everything), start)
    assert not _allowed(q, _caller(of_mei, policy=everything), TERMINATE)
    assert _allowed(q, _caller(of_root, policy=everything), TERMINATE)
    assert not _allowed(q, _caller(of_root, policy=_policy("allow", "cos:*")), TERMINATE)


def test_a_policy_that_cannot_be_read_denies(q: Quarter) -> None:
    _given(q, Holder(HolderKind.USER, MEI), "{}")

    checks = _decided(q, _caller(_MEI, mfa=True), TERMINATE)

    assert not checks[0].allowed
    assert checks[0].reason.startswith("denied, as")


@pytest.mark.parametrize(
    ("principal", "granted"),
    [
        (f"qcs::cam::uin/{OWNER}:uin/{MEI}", True),
        (f"qcs::cam::uin/{OWNER}:uin/{HAO}", False),
        ("qcs::cam::anyone:anyone", True),
    ],
)
def test_a_buckets_policy_grants_within_the_account(q: Quarter, principal: str, granted: bool) -> None:
    _bucket_policy(q, principal)

    assert _allowed(q, _caller(_MEI), _put("a:b/c")) == granted


def test_a_bucket_of_another_account_wants_both_policies(q: Quarter) -> None:
    stranger = UserPrincipal(owner_uin=PARTNER, uin="100000000777", name="Yu")
    _bucket_policy(q, f"qcs::cam::uin/{PARTNER}:root")

    alone = _allowed(q, _caller(stranger), _put("a"))
    _given(q, Holder(HolderKind.USER, stranger.uin), _policy("allow", "cos:*"), owner=PARTNER)

    assert (alone, _allowed(q, _caller(stranger), _put("a"))) == (False, True)


def test_everybody_may_use_a_bucket_that_says_so(q: Quarter) -> None:
    closed = _allowed(q, ANONYMOUS, _put("a"))

    _bucket_policy(q, "qcs::cam::anyone:anyone")

    assert (closed, _allowed(q, ANONYMOUS, _put("a"))) == (False, True)


@pytest.mark.parametrize("form", ["roleName/Any", "role/4611686000000000001"])
@pytest.mark.parametrize(("effect", "allowed"), [("allow", True), ("deny", False)])
def test_a_role_is_named_by_its_name_or_its_id(q: Quarter, form: str, effect: str, allowed: bool) -> None:
    if effect == "deny":
        _given(q, Holder(HolderKind.ROLE, _ROLE.role_id), _policy("allow", "*"))
    _bucket_policy(q, f"qcs::cam::uin/{OWNER}:{form}", effect=effect)

    assert _allowed(q, _caller(_ROLE, mfa=True), _put("a")) == allowed


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("string_equal", '{"qcs:uin": "100000000101"}'),
        ("string_equal", '{"qcs:owner_uin": "12345678"}'),
        ("ip_equal", '{"qcs:ip": "127.0.0.0/8"}'),
        ("date_less_than", '{"qcs:current_time": "2100-01-01T00:00:00Z"}'),
        ("numeric_equal", '{"qcs:read_only_action": 0}'),
        ("numeric_equal", '{"qcs:except_cam_finance": 1}'),
        ("string_equal", '{"cvm:zone": "ap-guangzhou-3"}'),
        ("null_equal", '{"qcs:mfaPresent": "true"}'),
    ],
)
def test_a_request_has_the_documented_keys(q: Quarter, condition: str, value: str) -> None:
    _given(
        q,
        Holder(HolderKind.USER, MEI),
        _policy("allow", "cvm:ResetInstance", f', "condition": {{"{condition}": {value}}}'),
    )
    zone: Mapping[str, str] = {"cvm:zone": "ap-guangzhou-3"}

    assert _allowed(q, _caller(_MEI), Need(action="cvm:ResetInstance", resource=INSTANCE, context=zone))


def test_variables_are_the_callers(q: Quarter) -> None:
    own = f"qcs::cam::uin/{OWNER}:uin/${{uin}}"
    _given(q, Holder(HolderKind.USER, MEI), _policy("allow", "cam:GetUser", resource=own))

    def need(uin: str) -> Need:
        return Need(action="cam:GetUser", resource=f"qcs::cam::uin/{OWNER}:uin/{uin}")

    assert _allowed(q, _caller(_MEI), need(MEI))
    assert not _allowed(q, _caller(_MEI), need(HAO))


@pytest.mark.parametrize(
    ("action", "allowed"), [("cvm:DescribeInstances", True), ("cos:GetObject", True), ("cvm:RunInstances", False)]
)
def test_the_preset_policy_for_readers_knows_reading(q: Quarter, action: str, allowed: bool) -> None:
    reader = UserPrincipal(owner_uin=OWNER, uin="100000000777", name="Yu")
    preset = q.town.policies.named(OWNER, "ReadOnlyAccess")
    assert preset is not None

    q.town.policies.attach(preset.policy_id, Holder(HolderKind.USER, reader.uin), at=NOON)

    assert _allowed(q, _caller(reader), Need(action=action)) == allowed


def test_world_time_is_what_policies_see(q: Quarter) -> None:
    condition = ', "condition": {"date_less_than": {"qcs:current_time": "2026-12-31T00:00:00Z"}}'
    _given(q, Holder(HolderKind.USER, MEI), _policy("allow", "cvm:ResetInstance", condition))
    need = Need(action="cvm:ResetInstance", resource=INSTANCE)
    before = _allowed(q, _caller(_MEI), need)

    q.clock.advance(timedelta(days=365 * 10))

    assert (before, _allowed(q, _caller(_MEI), need)) == (True, False)


def test_principals_are_those_of_policies() -> None:
    kinds = [
        policy_principals(principal)[0].kind
        for principal in (
            _MEI,
            RootPrincipal(owner_uin=OWNER),
            _ROLE,
            FederatedPrincipal(owner_uin=OWNER, uin=MEI, name="Ana"),
            ANONYMOUS.principal,
        )
    ]

    assert kinds == [
        PrincipalKind.USER,
        PrincipalKind.ROOT,
        PrincipalKind.ROLE_SESSION,
        PrincipalKind.FEDERATED_USER,
        PrincipalKind.ANONYMOUS,
    ]


def _put(key: str) -> Need:
    return Need(action="cos:PutObjectACL", resource=f"{BUCKET}{key}", owner_uin=OWNER)


def _bucket_policy(q: Quarter, principal: str, *, effect: str = "allow") -> None:
    text = (
        f'{{"version": "2.0", "Statement": [{{"Effect": "{effect}", "Principal": {{"qcs": ["{principal}"]}}, '
        f'"Action": ["name/cos:PutObjectACL"], "Resource": ["{BUCKET}*"]}}]}}'
    )
    bucket = Bucket(
        owner_uin=OWNER,
        appid="1250000000",
        name="example-1250000000",
        region="ap-guangzhou",
        created_at=NOON,
        policy=text,
    )
    q.town.buckets.put(bucket)
