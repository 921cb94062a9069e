from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from mfacli.emulator.devices import LOCK, WRONG_CODES
from mfacli.emulator.tencent.callers import CredentialKind, RolePrincipal
from mfacli.emulator.world.load import load_world
from tests.emulator.tencent.quarter import (
    HAO,
    LAN,
    MEI,
    OWNER,
    PARTNER,
    SERIAL,
    TEST_ROLE,
    Quarter,
    opened,
    quarter,
    seconds,
    session_keys,
    signed,
)

ROLE = {"RoleArn": TEST_ROLE, "RoleSessionName": "test"}
NOTHING = {"version": "2.0", "statement": [{"effect": "deny", "action": "*", "resource": "*"}]}
MFA_FAILED = "FailedOperation.CheckMFAError"
DENIED = "AuthFailure.UnauthorizedOperation"


@pytest.fixture
def q() -> Quarter:
    return quarter()


def _trust(principal: str, condition: str = "") -> str:
    return (
        '{"version": "2.0", "statement": [{"effect": "allow", "action": "name/sts:AssumeRole", '
        f'"principal": {{"qcs": ["{principal}"]}}{condition}}}]}}'
    )


def _with_role(tmp_path: Path, trust: str, *, extra: str = "", settings: str = "") -> Quarter:
    file = tmp_path / "world.toml"
    file.write_text(f"""
{settings}
[tencent.Owner]
uin = "{OWNER}"
appid = "1250000000"
root_key = true
root_device = {{}}
[tencent.Owner.users.Mei]
uin = "{MEI}"
keys = ["active"]
device = {{}}
attached = ["AdministratorAccess"]
[tencent.Owner.roles.First]
trust = '{_trust(f"qcs::cam::uin/{OWNER}:root")}'
attached = ["AdministratorAccess"]
[tencent.Owner.roles.Second]
role_id = "4611686018427390000"
trust = '{trust}'
{extra}
""")
    return quarter(load_world(file))


def _role(name: str) -> dict[str, str]:
    return {"RoleArn": f"qcs::cam::uin/{OWNER}:roleName/{name}", "RoleSessionName": "test"}


def test_a_code_makes_a_session_of_half_an_hour_that_has_mfa(q: Quarter) -> None:
    code = q.code(MEI)

    answer = q.ask(MEI, "GetSessionToken", SerialNumber=SERIAL, TokenCode=code)

    expires = q.clock.world_now().replace(microsecond=0) + seconds(1800)
    assert answer["ExpiredTime"] == int(expires.timestamp())
    assert answer["Expiration"] == expires.strftime("%Y-%m-%dT%H:%M:%SZ")
    session = q.caller(q.opened(MEI, SerialNumber=SERIAL, TokenCode=q.code(MEI)))
    assert (session.kind, session.mfa_serial) == (CredentialKind.SESSION_TOKEN, SERIAL)
    assert session.mfa_at is not None


def test_the_documents_own_parameters_are_understood(q: Quarter) -> None:
    keys = q.opened(MEI, Name="temp_token", Policy=json.dumps(NOTHING), SerialNumber=SERIAL, MfaCode=q.code(MEI))

    session = q.caller(keys)

    assert session.mfa_at is not None
    assert json.loads(session.session_policy or "") == NOTHING
    assert q.refused(keys, "AssumeRole", **ROLE) == DENIED


def test_a_policy_may_be_url_encoded(q: Quarter) -> None:
    keys = q.opened(LAN, "GetFederationToken", Name="cos-sts-python", Policy=quote(json.dumps(NOTHING)))

    assert json.loads(q.caller(keys).session_policy or "") == NOTHING


def test_a_used_code_is_wrong(q: Quarter) -> None:
    code = q.code(MEI)
    q.opened(MEI, SerialNumber=SERIAL, TokenCode=code)

    assert q.refused(MEI, "GetSessionToken", SerialNumber=SERIAL, TokenCode=code) == MFA_FAILED


@pytest.mark.parametrize("off", [timedelta(seconds=30), timedelta(seconds=60)])
def test_a_code_is_good_for_one_step_more(q: Quarter, off: timedelta) -> None:
    code = q.code(MEI)
    q.clock.advance(off)

    answer = q.ask(MEI, "GetSessionToken", SerialNumber=SERIAL, TokenCode=code)

    assert ("Error" in answer) == (off > timedelta(seconds=30))


def test_a_device_locks_after_ten_wrong_codes(q: Quarter) -> None:
    for _ in range(WRONG_CODES):
        assert q.refused(MEI, "GetSessionToken", SerialNumber=SERIAL, TokenCode="000000") == MFA_FAILED

    assert q.refused(MEI, "GetSessionToken", SerialNumber=SERIAL, TokenCode=q.code(MEI)) == MFA_FAILED
    q.clock.advance(LOCK)
    assert "Error" not in q.ask(MEI, "GetSessionToken", SerialNumber=SERIAL, TokenCode=q.code(MEI))


def test_another_users_code_is_wrong_although_the_serial_is_the_same(q: Quarter) -> None:
    assert q.refused(LAN, "GetSessionToken", SerialNumber=SERIAL, TokenCode=q.code(MEI)) == MFA_FAILED


def test_a_user_without_device_has_no_good_code(q: Quarter) -> None:
    assert q.refused(HAO, "GetSessionToken", SerialNumber=SERIAL, TokenCode=q.code(MEI)) == MFA_FAILED


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "MissingParameter"),
        ({"SerialNumber": SERIAL}, "MissingParameter"),
        ({"TokenCode": "123456"}, "MissingParameter"),
        ({"SerialNumber": SERIAL, "TokenCode": ""}, "InvalidParameterValue"),
        ({"SerialNumber": SERIAL, "TokenCode": 123456}, "InvalidParameter"),
        ({"SerialNumber": SERIAL, "TokenCode": "12345"}, MFA_FAILED),
        ({"SerialNumber": SERIAL, "TokenCode": "１２３４５６"}, MFA_FAILED),
        ({"SerialNumber": SERIAL, "TokenCode": "1", "MfaCode": "1"}, "InvalidParameter.ParamError"),
        ({"SerialNumber": SERIAL, "TokenCode": "1", "Mfa": "1"}, "UnknownParameter"),
        ({"SerialNumber": "mei", "TokenCode": "123456"}, "InvalidParameter.ParamError"),
        (
            {"SerialNumber": f"qcs::cam:uin/{OWNER}::mfa/wechat", "TokenCode": "1"},
            "FailedOperation.MFATypeNotSupported",
        ),
        ({"SerialNumber": f"qcs::cam:uin/{PARTNER}::mfa/softToken", "TokenCode": "123456"}, MFA_FAILED),
        ({"SerialNumber": SERIAL, "TokenCode": "1", "Policy": "{"}, "InvalidParameter.StrategyFormatError"),
        ({"SerialNumber": SERIAL, "TokenCode": "1", "Policy": "{" + " " * 6144}, "InvalidParameter.PolicyTooLong"),
        ({"SerialNumber": SERIAL, "TokenCode": "1", "DurationSeconds": 129_601}, "InvalidParameter.OverTimeError"),
        ({"SerialNumber": SERIAL, "TokenCode": "1", "DurationSeconds": 0}, "InvalidParameterValue"),
        ({"SerialNumber": SERIAL, "TokenCode": "1", "DurationSeconds": "900"}, "InvalidParameter"),
        ({"SerialNumber": SERIAL, "TokenCode": "1", "Name": "a b"}, "InvalidParameterValue"),
    ],
)
def test_session_parameters_are_held_to_the_documents(q: Quarter, parameters: dict[str, object], code: str) -> None:
    assert q.refused(MEI, "GetSessionToken", **parameters) == code


def test_a_call_names_a_region(q: Quarter) -> None:
    sent = signed(q.keys(MEI), "GetCallerIdentity", {}, region="", at=q.clock.wire_now())

    answer = opened(q.side.handle(sent))

    assert answer["Error"] == {
        "Code": "MissingParameter",
        "Message": "The request is missing a required parameter `Region`.",
    }


def test_parameters_are_refused_before_a_code_is_spent(q: Quarter) -> None:
    code = q.code(MEI)
    q.refused(MEI, "GetSessionToken", SerialNumber=SERIAL, TokenCode=code, DurationSeconds=200_000)

    assert "Error" not in q.ask(MEI, "GetSessionToken", SerialNumber=SERIAL, TokenCode=code, DurationSeconds=129_600)


def test_the_account_itself_gets_two_hours_at_most(q: Quarter) -> None:
    code = q.code(OWNER)

    refused = q.refused(OWNER, "GetSessionToken", SerialNumber=SERIAL, TokenCode=code, DurationSeconds=7_201)
    session = q.opened(OWNER, SerialNumber=SERIAL, TokenCode=code, DurationSeconds=7_200)

    assert refused == "InvalidParameter.OverTimeError"
    assert q.caller(session).mfa_at is not None


@pytest.mark.parametrize("action", ["GetSessionToken", "GetFederationToken"])
def test_temporary_keys_make_no_sessions_of_these_kinds(q: Quarter, action: str) -> None:
    session = q.mfa_session()
    parameters: dict[str, object] = {"SerialNumber": SERIAL, "TokenCode": "123456"}
    if action == "GetFederationToken":
        parameters = {"Name": "Ana", "Policy": json.dumps(NOTHING)}

    assert q.refused(session, action, **parameters) == "FailedOperation.TempKeyNotAllowed"


def test_test_role_is_taken_across_accounts_with_a_code_only(q: Quarter) -> None:
    assert q.refused(MEI, "AssumeRole", **ROLE) == DENIED

    keys = q.opened(MEI, "AssumeRole", **ROLE, SerialNumber=SERIAL, TokenCode=q.code(MEI))

    session = q.caller(keys)
    assert isinstance(session.principal, RolePrincipal)
    assert (session.principal.owner_uin, session.principal.caller_uin) == (PARTNER, MEI)
    assert session.mfa_at is not None
    assert session.expires_at is not None
    assert session.issued_at is not None
    assert timedelta(hours=2) - seconds(1) < session.expires_at - session.issued_at <= timedelta(hours=2)


def test_a_session_with_mfa_takes_the_role_without_another_code(q: Quarter) -> None:
    keys = q.opened(q.mfa_session(), "AssumeRole", **ROLE)

    assert q.caller(keys).mfa_at is None


def test_who_has_no_device_does_not_take_the_role(q: Quarter) -> None:
    assert q.refused(HAO, "AssumeRole", **ROLE, SerialNumber=SERIAL, TokenCode="123456") == MFA_FAILED


def test_a_code_is_spent_though_the_role_is_denied(tmp_path: Path) -> None:
    q = _with_role(tmp_path, _trust("qcs::cam::uin/99999999:root"))
    code = q.code(MEI)

    denied = q.refused(MEI, "AssumeRole", **_role("Second"), SerialNumber=SERIAL, TokenCode=code)

    assert denied == DENIED
    assert q.refused(MEI, "GetSessionToken", SerialNumber=SERIAL, TokenCode=code) == MFA_FAILED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"RoleArn": None}, "MissingParameter"),
        ({"RoleSessionName": "x"}, "InvalidParameterValue"),
        ({"RoleSessionName": "a b"}, "InvalidParameterValue"),
        ({"RoleArn": "TestRole"}, "InvalidParameter.ResouceError"),
        ({"RoleArn": f"qcs::cam::uin/{PARTNER}:roleName/Testrole"}, "ResourceNotFound.RoleNotFound"),
        ({"DurationSeconds": 43_201}, "InvalidParameter.OverTimeError"),
        ({"SerialNumber": SERIAL}, "MissingParameter"),
        ({"TokenCode": "123456"}, "MissingParameter"),
        ({"SerialNumber": SERIAL, "TokenCode": "1" * 65}, "InvalidParameterValue"),
        ({"ExternalId": "x"}, "InvalidParameterValue"),
        ({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}, "InvalidParameterValue"),
        ({"Tags": [{"Value": "1"}]}, "MissingParameter"),
        ({"Tags": "a"}, "InvalidParameter"),
        ({"Policy": "%7B"}, "InvalidParameter.StrategyFormatError"),
        ({"RoleName": "TestRole"}, "UnknownParameter"),
    ],
)
def test_role_parameters_are_held_to_the_documents(q: Quarter, changes: dict[str, object], code: str) -> None:
    assert q.refused(MEI, "AssumeRole", **{**ROLE, **changes}) == code


@pytest.mark.parametrize(
    "form", ["role/TestRole", "role/4611686018427397001", "roleName/TestRole", "roleName/4611686018427397001"]
)
def test_a_role_goes_by_its_name_and_by_its_id(q: Quarter, form: str) -> None:
    asked = {"RoleArn": f"qcs::cam::uin/{PARTNER}:{form}", "RoleSessionName": "test"}

    answer = q.ask(q.mfa_session(), "AssumeRole", **asked)

    assert ("Error" in answer) == (form == "roleName/4611686018427397001")


def test_a_role_has_a_limit_of_its_own(tmp_path: Path) -> None:
    q = _with_role(tmp_path, _trust(f"qcs::cam::uin/{OWNER}:root"), extra="session_duration = 3600")

    session = q.caller(q.opened(MEI, "AssumeRole", **_role("Second")))

    assert session.expires_at is not None
    assert session.expires_at - q.clock.world_now() <= timedelta(hours=1)
    assert q.refused(MEI, "AssumeRole", **_role("Second"), DurationSeconds=3601) == "InvalidParameter.OverTimeError"


def test_an_external_id_is_what_the_trust_policy_asks_for(tmp_path: Path) -> None:
    wanted = ', "condition": {"string_equal": {"sts:external_id": "partner-4711"}}'
    q = _with_role(tmp_path, _trust(f"qcs::cam::uin/{OWNER}:root", wanted))

    assert q.refused(MEI, "AssumeRole", **_role("Second")) == DENIED
    assert q.refused(MEI, "AssumeRole", **_role("Second"), ExternalId="partner-4712") == DENIED
    assert "Error" not in q.ask(MEI, "AssumeRole", **_role("Second"), ExternalId="partner-4711")


@pytest.mark.parametrize("form", ["roleName/First", "role/"])
def test_a_role_takes_another_that_trusts_it_by_name_or_by_id(tmp_path: Path, form: str) -> None:
    q = _with_role(tmp_path, _trust(f"qcs::cam::uin/{OWNER}:roleName/First"))
    if form == "role/":
        first = q.town.roles.named(OWNER, "First")
        assert first is not None
        q = _with_role(tmp_path, _trust(f"qcs::cam::uin/{OWNER}:role/{first.role_id}"))

    chained = q.ask(q.opened(MEI, "AssumeRole", **_role("First")), "AssumeRole", **_role("Second"))

    assert "Error" not in chained
    assert q.refused(MEI, "AssumeRole", **_role("Second")) == DENIED


@pytest.mark.parametrize("inherits", [True, False])
def test_a_chained_role_has_mfa_where_the_world_says_so(tmp_path: Path, inherits: bool) -> None:
    settings = f"[settings]\nchained_roles_inherit_mfa = {str(inherits).lower()}"
    q = _with_role(tmp_path, _trust(f"qcs::cam::uin/{OWNER}:root"), settings=settings)

    session = q.caller(q.opened(q.mfa_session(), "AssumeRole", **_role("Second")))

    assert (session.mfa_at is not None, session.mfa_serial is not None) == (inherits, inherits)


def test_a_session_keeps_its_tags_and_its_source(q: Quarter) -> None:
    keys = q.opened(
        q.mfa_session(), "AssumeRole", **ROLE, Tags=[{"Key": "team", "Value": "books"}], SourceIdentity=MEI
    )

    session = q.caller(keys)

    assert (session.tags, session.source_identity) == ((("team", "books"),), MEI)


def _noise(blocks: int) -> str:
    """Return text that no compression makes short, 64 characters a block."""
    return "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(blocks))


def _long_policy(blocks: int) -> str:
    resource = f"qcs::cvm:::instance/{_noise(blocks)}"
    return json.dumps({"version": "2.0", "statement": [{"effect": "allow", "action": "cvm:*", "resource": resource}]})


def test_no_token_is_longer_than_documented(q: Quarter) -> None:
    asked = {"RoleArn": TEST_ROLE, "RoleSessionName": _noise(2), "SourceIdentity": _noise(4)[128:]}

    answers = [
        q.ask(q.mfa_session(), "AssumeRole", **asked, Policy=_long_policy(blocks)) for blocks in range(40, 80, 2)
    ]

    lengths = [len(session_keys(one).token or "") for one in answers if "Error" not in one]
    assert 3_000 < max(lengths) <= 4_096
    assert len(lengths) < len(answers)


def test_what_no_token_holds_is_refused_before_a_code_is_spent(q: Quarter) -> None:
    code = q.code(MEI)
    asked = {**ROLE, "SerialNumber": SERIAL, "TokenCode": code}
    tags = [{"Key": f"{number}{_noise(1)}", "Value": _noise(4)} for number in range(50)]

    refusals = [
        q.refused(MEI, "GetSessionToken", SerialNumber=SERIAL, TokenCode=code, Policy=_long_policy(90)),
        q.refused(LAN, "GetFederationToken", Name="Ana", Policy=_long_policy(90)),
        q.refused(MEI, "AssumeRole", **asked, Policy=_long_policy(60), Tags=tags),
    ]

    assert refusals == ["InvalidParameter.ExtendStrategyOverSize"] * 3
    assert "Error" not in q.ask(MEI, "AssumeRole", **asked)


def test_a_session_policy_is_a_limit_and_no_grant(q: Quarter) -> None:
    only_identity = {
        "version": "2.0",
        "statement": [{"effect": "allow", "action": "cvm:*", "resource": "*"}],
    }

    session = q.mfa_session(Policy=json.dumps(only_identity))

    assert q.refused(session, "AssumeRole", **ROLE) == DENIED


def test_federated_users_have_no_mfa_and_take_no_roles(q: Quarter) -> None:
    allow = json.dumps({"version": "2.0", "statement": [{"effect": "allow", "action": "*", "resource": "*"}]})

    keys = q.opened(LAN, "GetFederationToken", Name="Ana", Policy=allow)

    assert q.caller(keys).mfa_at is None
    assert q.refused(keys, "AssumeRole", **ROLE) == "UnsupportedOperation"
    assert q.refused(MEI, "GetFederationToken", Name="Ana", Policy=allow) == DENIED
    assert q.refused(LAN, "GetFederationToken", Name="Ana", Policy=" ") == "MissingParameter"


def test_everybody_is_told_who_they_are(q: Quarter) -> None:
    allow = json.dumps(NOTHING)
    mei = {
        "Arn": f"qcs::cam:{OWNER}:uin/{MEI}",
        "AccountId": OWNER,
        "UserId": MEI,
        "PrincipalId": MEI,
        "Type": "CAMUser",
    }
    federated = q.opened(LAN, "GetFederationToken", Name="Ana", Policy=allow)
    role = q.opened(MEI, "AssumeRole", **ROLE, SerialNumber=SERIAL, TokenCode=q.code(MEI))

    told = [q.ask(who, "GetCallerIdentity") for who in (MEI, q.mfa_session(), OWNER, federated, role)]

    assert [{name: value for name, value in one.items() if name != "RequestId"} for one in told] == [
        mei,
        mei,
        mei | {"Arn": f"qcs::cam:{OWNER}:uin/{OWNER}", "UserId": OWNER, "PrincipalId": OWNER},
        mei | {"Arn": f"qcs::sts:{OWNER}:federated-user/{LAN}", "UserId": f"{LAN}:Ana", "PrincipalId": LAN},
        {
            "Arn": f"qcs::sts:{PARTNER}:assumed-role/4611686018427397001",
            "AccountId": PARTNER,
            "UserId": "4611686018427397001:test",
            "PrincipalId": MEI,
            "Type": "CAMRole",
        },
    ]


@pytest.mark.parametrize("odd", [0, -1, 2**70, 1.5, True, None, "", "\x00", "é" * 70_000, [], [None], {}, {"a": []}])
@pytest.mark.parametrize("action", ["GetSessionToken", "AssumeRole", "GetFederationToken"])
def test_no_value_is_too_odd_to_be_refused(q: Quarter, action: str, odd: object) -> None:
    fine: dict[str, dict[str, object]] = {
        "GetSessionToken": {"SerialNumber": SERIAL, "TokenCode": "123456", "DurationSeconds": 900, "Policy": ""},
        "AssumeRole": {**ROLE, "SerialNumber": SERIAL, "TokenCode": "1", "Tags": [], "ExternalId": "abc"},
        "GetFederationToken": {"Name": "Ana", "Policy": json.dumps(NOTHING), "DurationSeconds": 900},
    }

    for name in fine[action]:
        q.ask(LAN, action, **{**fine[action], name: odd})

    assert q.failures == []


def test_of_many_calls_with_one_code_one_gets_a_session(q: Quarter) -> None:
    code = q.code(MEI)

    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda _: q.ask(MEI, "GetSessionToken", SerialNumber=SERIAL, TokenCode=code), range(24))
        )

    assert sum("Error" not in answer for answer in answers) == 1
