"""From files, settings, variables and flags to a plan for Tencent Cloud."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import (
    DeviceToFind,
    ExportedSession,
    KeysFrom,
    KeySource,
    KnownDevice,
    NoDevice,
    Plan,
    Request,
    RoleStep,
    SessionTokenStep,
)
from mfacli.errors import DeviceUnusable, DurationOutOfRange, ProfileBroken, ProfileUnknown, UsageWrong
from mfacli.profiles.profile_settings import ProfileSettings
from mfacli.profiles.settings import Settings
from mfacli.profiles.tencent_decide import names_needed
from tests.profiles.tccli import FAR_ROLE, ROLE, SERIAL, decided, keys, region, tables, write

HOUR = timedelta(hours=1)
ENVIRONMENT = {"TENCENTCLOUD_SECRET_ID": "AKIDENV", "TENCENTCLOUD_SECRET_KEY": "s"}
SESSION_OF_SHELL = {**ENVIRONMENT, "TENCENTCLOUD_TOKEN": "t"}
SETTINGS = tables(
    base=ProfileSettings(mfa_serial=SERIAL, code_command=("ykman", "code")),
    test=ProfileSettings(role_arn=ROLE, source_profile="base", external_id="4711", region="ap-tokyo"),
    leaf=ProfileSettings(role_arn=FAR_ROLE, source_profile="test", role_session_name="leafy", duration=HOUR),
    open=ProfileSettings(role_arn=ROLE),
    plain=ProfileSettings(role_arn=ROLE, source_profile="default"),
    a=ProfileSettings(role_arn=ROLE, source_profile="b"),
    b=ProfileSettings(role_arn=ROLE, source_profile="a"),
    itself=ProfileSettings(role_arn=ROLE, source_profile="itself"),
    lost=ProfileSettings(role_arn=ROLE, source_profile="nowhere"),
    timed=ProfileSettings(duration=timedelta(hours=3)),
    wrongdevice=ProfileSettings(mfa_serial="arn:aws:iam::111122223333:mfa/x"),
    wrongrole=ProfileSettings(role_arn="qcs::cam::uin/1:user/x"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(
        tmp_path,
        {
            "default.credential": keys("DEFAULT"),
            "default.configure": region("ap-guangzhou"),
            "base.credential": keys("BASE"),
            "base.configure": region("ap-shanghai"),
            "timed.credential": keys("TIMED"),
            "wrongdevice.credential": keys("WRONG"),
            "mfa.credential": keys("MFA", token="t"),
            "own.credential": keys("OWN", role_arn=ROLE, role_session_name="named-in-tccli"),
            "web.credential": keys("WEB", type="oauth", token="t"),
            "bare.configure": region("ap-tokyo"),
        },
    )
    return tmp_path


def _session(profile: str | None = None, **options: object) -> Request:
    return Request(wants_role=False, profile=profile, **options)  # type: ignore[arg-type]  # each test gives its own


def _role(profile: str | None = None, role: str | None = None, **options: object) -> Request:
    return Request(wants_role=True, profile=profile, role=role, **options)  # type: ignore[arg-type]  # as above


def _roles(plan: Plan) -> list[RoleStep]:
    return [step for step in plan.steps if isinstance(step, RoleStep)]


def test_a_session_is_one_call_with_a_code(folder: Path) -> None:
    plan = decided(folder, _session("base"), settings=SETTINGS)

    assert (plan.cloud, plan.partition, plan.profile) == (Cloud.TENCENT, "", "base")
    assert plan.steps == (SessionTokenStep(duration=2 * HOUR, with_code=True),)
    assert plan.key_source == KeySource(
        kind=KeysFrom.FILE, access_key_id="AKIDBASE", path=str(folder / "base.credential")
    )
    assert isinstance(plan.device, KnownDevice)
    assert (plan.device.device.serial, plan.device.origin) == (SERIAL, "mfa_serial of profile base")
    assert (plan.region, plan.sts_region, plan.endpoint_url) == ("ap-shanghai", "ap-shanghai", None)
    assert plan.code_program == ("ykman", "code")
    assert plan.notes == (
        "profile `base` of Tencent Cloud (-p)",
        f"keys from {folder}/base.credential",
        "region ap-shanghai from profile `base`",
        f"device {SERIAL} from mfa_serial of profile base",
        "call 1: GetSessionToken for 2h, with a code",
    )


def test_a_session_without_a_device_has_it_found(folder: Path) -> None:
    plan = decided(folder, _session())

    assert plan.device == DeviceToFind(is_required=True)
    assert "no device is named: STS is asked whose the keys are, and with it the device" in plan.notes


def test_a_role_takes_the_code_with_its_own_call(folder: Path) -> None:
    plan = decided(folder, _role("test"), settings=SETTINGS)

    assert plan.steps == (
        RoleStep(
            role_arn=ROLE,
            role_session_name="mfacli-anna",
            duration=2 * HOUR,
            with_code=True,
            external_id="4711",
        ),
    )
    assert (plan.region, plan.sts_region) == ("ap-tokyo", "ap-shanghai")


def test_a_role_without_a_device_is_tried_without_a_code(folder: Path) -> None:
    plan = decided(folder, _role("plain"), settings=SETTINGS)

    assert plan.device == DeviceToFind(is_required=False)
    assert not plan.needs_code


def test_the_first_of_a_chain_takes_the_code(folder: Path) -> None:
    first, last = _roles(decided(folder, _role("leaf"), settings=SETTINGS))

    assert (first.role_arn, first.with_code, first.duration) == (ROLE, True, 2 * HOUR)
    assert (last.role_arn, last.with_code, last.duration) == (FAR_ROLE, False, HOUR)
    assert last.role_session_name == "leafy"


def test_a_session_of_a_profile_with_a_role_is_its_sources(folder: Path) -> None:
    plan = decided(folder, _session("leaf"), settings=SETTINGS)

    assert plan.opens_mfa_session
    assert plan.fingerprint == decided(folder, _session("base"), settings=SETTINGS).fingerprint


def test_a_profile_without_a_word_of_its_keys_takes_the_ones_in_use(folder: Path) -> None:
    by_name = decided(folder, _role(None, "open"), {"TCCLI_PROFILE": "base"}, SETTINGS)
    by_shell = decided(folder, _role(None, "open"), ENVIRONMENT, SETTINGS)

    assert by_name.key_source.access_key_id == "AKIDBASE"
    assert by_shell.key_source.access_key_id == "AKIDENV"


def test_p_puts_other_keys_before_a_profiles_role(folder: Path) -> None:
    plan = decided(folder, _role("default", "test"), ENVIRONMENT, SETTINGS)

    assert plan.key_source.access_key_id == "AKIDDEFAULT"
    assert plan.profile == "test"


def test_tcclis_own_role_counts(folder: Path) -> None:
    plan = decided(folder, _role("own"))

    assert plan.key_source.access_key_id == "AKIDOWN"
    assert [(step.role_arn, step.role_session_name) for step in _roles(plan)] == [(ROLE, "named-in-tccli")]


def test_config_toml_goes_before_tcclis_role(folder: Path) -> None:
    settings = tables(own=ProfileSettings(role_arn=FAR_ROLE, role_session_name="ours"))

    (step,) = _roles(decided(folder, _role("own"), settings=settings))

    assert (step.role_arn, step.role_session_name) == (FAR_ROLE, "ours")


def test_a_role_by_its_name_goes_on_from_the_profiles_own(folder: Path) -> None:
    direct = decided(folder, _role("base", FAR_ROLE), settings=SETTINGS)
    chained = decided(folder, _role("test", FAR_ROLE), settings=SETTINGS)

    assert [step.role_arn for step in _roles(direct)] == [FAR_ROLE]
    assert [step.role_arn for step in _roles(chained)] == [ROLE, FAR_ROLE]


@pytest.mark.parametrize(
    ("request_", "environment", "settings", "name"),
    [
        (_session("base"), {"MFACLI_PROFILE": "timed"}, SETTINGS, "base"),
        (_session(), {"MFACLI_PROFILE": "timed", "TCCLI_PROFILE": "base"}, SETTINGS, "timed"),
        (_session(), {"TCCLI_PROFILE": "base"}, replace(SETTINGS, profile="timed"), "base"),
        (_session(), {"AWS_PROFILE": "nothing"}, replace(SETTINGS, profile="timed"), "timed"),
        (_session(), {}, SETTINGS, "default"),
    ],
)
def test_the_profile_is_the_first_that_is_named(
    folder: Path, request_: Request, environment: dict[str, str], settings: Settings, name: str
) -> None:
    assert decided(folder, request_, environment, settings).profile == name


def test_a_name_that_only_the_other_cloud_has_is_passed_over(folder: Path) -> None:
    settings = replace(SETTINGS, profile="dev")

    plan = decided(folder, _session(), {"MFACLI_PROFILE": "prod"}, settings, elsewhere=frozenset({"dev", "prod"}))

    assert plan.profile == "default"


@pytest.mark.parametrize(
    ("request_", "environment", "key"),
    [
        (_session(), ENVIRONMENT, "AKIDENV"),
        (_session(), {**ENVIRONMENT, "TCCLI_PROFILE": "base"}, "AKIDENV"),
        (_session("base"), ENVIRONMENT, "AKIDBASE"),
        (_session(), SESSION_OF_SHELL, "AKIDDEFAULT"),
        (_session(), {**ENVIRONMENT, "TENCENTCLOUD_SECURITY_TOKEN": "t"}, "AKIDDEFAULT"),
        (_session(), {"TENCENTCLOUD_SECRET_KEY": "s"}, "AKIDDEFAULT"),
    ],
)
def test_which_keys_sign(folder: Path, request_: Request, environment: dict[str, str], key: str) -> None:
    assert decided(folder, request_, environment, SETTINGS).key_source.access_key_id == key


def test_keys_in_the_environment_need_no_profile(tmp_path: Path) -> None:
    plan = decided(tmp_path / "missing", _session(), ENVIRONMENT)

    assert plan.key_source == KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id="AKIDENV")
    assert (plan.region, plan.sts_region) == (None, "ap-guangzhou")


def test_the_keys_behind_the_shells_session_are_meant(tmp_path: Path) -> None:
    exported = ExportedSession(opened_with="AKIDBEFORE", opening_kept_as="f" * 32)

    plan = decided(tmp_path, _session(), SESSION_OF_SHELL, exported=exported)

    assert plan.key_source == KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id="AKIDBEFORE")
    assert plan.opening_kept_as == "f" * 32


def test_temporary_keys_of_a_file_assume_a_role_without_a_code(folder: Path) -> None:
    plan = decided(folder, _role("mfa", ROLE))

    assert plan.device == NoDevice()
    assert plan.key_source.access_key_id == "AKIDMFA"
    assert not plan.needs_code


@pytest.mark.parametrize(
    ("request_", "environment", "error", "said"),
    [
        (_session("mfa"), {}, ProfileBroken, "are a session's, which cannot open another"),
        (_role("mfa", ROLE, device=SERIAL), {}, UsageWrong, "--device cannot be used"),
        (_session("web"), {}, ProfileBroken, "sign-in in the browser (`tccli auth login`)"),
        (_role("web", ROLE), {}, ProfileBroken, "long-term keys only"),
        (_session("bare"), {}, ProfileBroken, "has no keys in"),
        (_session("bare"), ENVIRONMENT, ProfileBroken, "has no keys in"),
        (_session(), {"TCCLI_PROFILE": "bare", **SESSION_OF_SHELL}, ProfileBroken, "the keys in the environment are"),
        (_session(), {"TENCENTCLOUD_SECRET_ID": "x"}, ProfileBroken, "TENCENTCLOUD_SECRET_KEY is not"),
        (_session(), {**ENVIRONMENT, "TENCENTCLOUD_SECRET_ID": "a/b"}, ProfileBroken, "must be 1 to 1024"),
        (_session("bsae"), {}, ProfileUnknown, "no profile `bsae` of Tencent Cloud, which -p names"),
        (_session(), {"TCCLI_PROFILE": "x"}, ProfileUnknown, "which TCCLI_PROFILE names"),
        (_role(None, "tset"), {}, ProfileUnknown, "which the command line names"),
        (_role("base"), {}, ProfileBroken, "profile `base` names no role"),
        (_role(None, "base"), {}, ProfileBroken, "profile `base` names no role"),
        (Request(wants_role=None, profile="base", external_id="44"), {}, ProfileBroken, "names no role"),
        (_role("a"), {}, ProfileBroken, "goes round in a circle: `a` → `b` → `a` ([tencent.b] in `/config.toml`)"),
        (_role("itself"), {}, ProfileBroken, "names the profile itself"),
        (_role("lost"), {}, ProfileUnknown, "`source_profile` in [tencent.lost] in `/config.toml`"),
        (_role("test", "test"), {"MFACLI_DURATION": "soon"}, None, ""),
        (_session(), {"MFACLI_DURATION": "soon"}, ProfileBroken, "MFACLI_DURATION `soon` is no duration"),
        (_session("wrongdevice"), {}, DeviceUnusable, "(mfa_serial of profile wrongdevice, [tencent.wrongdevice]"),
        (_session(device="GAHT12345678"), {}, DeviceUnusable, "(--device)"),
        (_role("wrongrole"), {}, ProfileBroken, "`role_arn` of profile `wrongrole`: `qcs::cam::uin/1:user/x`"),
        (_role(None, "arn:aws:iam::111122223333:role/R"), {}, UsageWrong, "is not a qcs name"),
        (_role("leaf", "test"), {}, UsageWrong, "gets its keys through `test` itself"),
        (_session(duration=timedelta(hours=37)), {}, DurationOutOfRange, "at most 36h; --duration says 37h"),
        (_session(duration=timedelta()), {}, DurationOutOfRange, "more than nothing"),
        (_role("test", duration=13 * HOUR), {}, DurationOutOfRange, "at most 12h"),
        (_role("test", role_session_name="x"), {}, UsageWrong, "--role-session-name `x` must be 2 to 128"),
        (_role("test", external_id="?"), {}, UsageWrong, "--external-id `?`"),
        (_role("test", source_identity="anna"), {}, UsageWrong, "--source-identity `anna`"),
        (_role("test", tags=(("", "x"),)), {}, UsageWrong, "the tags have the key"),
        (_role("test", policy="{}"), {}, UsageWrong, 'the session policy must have "version": "2.0"'),
        (_role("test", transitive_tags=("x",)), {}, UsageWrong, "--transitive-tag is for AWS"),
        (_role("test", policy_arns=("x",)), {}, UsageWrong, "--policy-arn is for AWS"),
        (_session(region="nowhere"), {}, UsageWrong, "--region `nowhere` is no region's name"),
        (_session(), {"TENCENTCLOUD_REGION": "nowhere"}, ProfileBroken, "TENCENTCLOUD_REGION `nowhere`"),
        (_session(endpoint_url="a b"), {}, UsageWrong, "--endpoint-url must be a host"),
        (_session(), {"MFACLI_TENCENT_ENDPOINT": "//"}, ProfileBroken, "MFACLI_TENCENT_ENDPOINT must be a host"),
    ],
)
def test_what_does_not_go_is_told(
    folder: Path, request_: Request, environment: dict[str, str], error: type[Exception] | None, said: str
) -> None:
    if error is None:
        assert decided(folder, request_, environment, SETTINGS).steps
        return
    with pytest.raises(error) as refusal:
        decided(folder, request_, environment, SETTINGS)

    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"secretId": "AKIDX"}, "has a `secretId` but no `secretKey`"),
        ({"secretKey": "x"}, "has a secret key but no `secretId`"),
        ({"secretId": "a b", "secretKey": "x"}, "`secretId` of profile `half` must be"),
        (keys("X", type="sso"), "of single sign-on"),
        (keys("X", type="cvm-role"), "of an instance's role"),
        ({"type": "oauth"}, "of a sign-in"),
    ],
)
def test_half_keys_and_foreign_ones_are_told_with_their_file(
    tmp_path: Path, content: dict[str, object], said: str
) -> None:
    write(tmp_path, {"half.credential": content})

    with pytest.raises(ProfileBroken) as refusal:
        decided(tmp_path, _session("half"))

    assert said in refusal.value.message
    assert str(tmp_path / "half.credential") in refusal.value.message


@pytest.mark.parametrize(
    ("request_", "environment", "settings", "hours"),
    [
        (_session("timed", duration=HOUR), {"MFACLI_DURATION": "5h"}, SETTINGS, 1),
        (_session("timed"), {"MFACLI_DURATION": "5h"}, SETTINGS, 5),
        (_session("timed"), {}, replace(SETTINGS, duration=4 * HOUR), 3),
        (_session("base"), {}, replace(SETTINGS, duration=4 * HOUR), 4),
        (_session("base"), {}, SETTINGS, 2),
        (_role("leaf"), {"MFACLI_DURATION": "5h"}, replace(SETTINGS, duration=4 * HOUR), 1),
        (_role("leaf", duration=12 * HOUR), {}, SETTINGS, 12),
        (_role("test"), {}, replace(SETTINGS, duration=4 * HOUR), 2),
    ],
)
def test_how_long_it_lives_is_said_by_the_nearest(
    folder: Path, request_: Request, environment: dict[str, str], settings: Settings, hours: int
) -> None:
    plan = decided(folder, request_, environment, settings)

    assert plan.steps[-1].duration == hours * HOUR
    assert plan.is_duration_named is (request_.duration is not None)


def test_the_command_lines_options_go_before_the_profiles(folder: Path) -> None:
    options = {
        "role_session_name": "by-hand", "external_id": "other", "source_identity": "100000000003",
        "tags": (("Team", "blue"),), "policy": '{"version": "2.0", "statement": [{"effect": "deny"}]}',
    }  # fmt: skip

    first, last = _roles(decided(folder, _role("test", FAR_ROLE, **options), settings=SETTINGS))

    assert (first.external_id, first.tags, first.policy) == ("4711", (), None)
    assert {name: getattr(last, name) for name in options} == options


def test_who_has_no_keys_at_all_is_told_how_to_come_by_some(tmp_path: Path) -> None:
    with pytest.raises(ProfileBroken) as refusal:
        decided(tmp_path, _session())

    assert refusal.value.hint.startswith("`mfacli keys add --cloud tencent -p default` keeps some in the keyring")
    assert "`tccli configure --profile default` writes them to that file; the console has them" in refusal.value.hint


def test_a_file_without_keys_has_none(tmp_path: Path) -> None:
    write(tmp_path, {"bare.credential": {"token": "t"}})

    with pytest.raises(ProfileBroken, match="profile `bare` has no keys in"):
        decided(tmp_path, _session("bare"))


def test_the_files_of_a_whole_chain_are_needed() -> None:
    assert names_needed(_role("base", "leaf"), {}, SETTINGS) == ("base", "leaf", "test")
    assert names_needed(_role(None, ROLE), {}, SETTINGS) == ("default",)
    assert names_needed(_role("a"), {}, SETTINGS) == ("a", "b")


def test_a_broken_file_of_another_profile_does_not_matter(folder: Path) -> None:
    write(folder, {"other.credential": "{"})

    assert decided(folder, _session("base")).key_source.access_key_id == "AKIDBASE"


def test_no_fingerprint_depends_on_the_file_that_tccli_makes_when_it_starts(tmp_path: Path) -> None:
    write(tmp_path, {"base.credential": keys("BASE")})
    before = decided(tmp_path, _session("base"))
    write(tmp_path, {"base.configure": region("ap-guangzhou")})

    assert decided(tmp_path, _session("base")).fingerprint == before.fingerprint
