from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import (
    DeviceToFind,
    ExportedSession,
    KeysFrom,
    KnownDevice,
    NoDevice,
    Plan,
    Request,
    RoleStep,
    SessionTokenStep,
)
from mfacli.errors import (
    DeviceUnusable,
    DurationOutOfRange,
    ExitCode,
    MfacliError,
    ProfileBroken,
    ProfileUnknown,
    UsageWrong,
)
from mfacli.profiles.aws_files import AwsFiles
from mfacli.profiles.decide import decide
from mfacli.profiles.profile_settings import ProfileSettings
from mfacli.profiles.settings import Settings
from tests.profiles.written import keys_of, written

ARN = "arn:aws:iam::111111111111:role/"
ANAYAS = "arn:aws:iam::111111111111:mfa/anaya"
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "s"}
HOUR = timedelta(hours=1)
OPENING = SessionTokenStep(duration=12 * HOUR, with_code=True)

CONFIG = f"""[default]
region = eu-west-1
[profile base]
region = eu-central-1
mfa_serial = {ANAYAS}
[profile bare]
[profile prod]
role_arn = {ARN}Prod
source_profile = base
region = us-west-2
external_id = 4711
session_tags = Team=blue
transitive_session_tags = Team
[profile long]
role_arn = {ARN}Long
source_profile = base
duration_seconds = 43200
[profile leaf]
role_arn = {ARN}Leaf
source_profile = long
[profile plain]
role_arn = {ARN}Plain
source_profile = bare
[profile longplain]
role_arn = {ARN}LongPlain
source_profile = bare
duration_seconds = 7200
[profile open]
role_arn = {ARN}Open
[profile instance]
role_arn = {ARN}Instance
credential_source = Ec2InstanceMetadata
mfa_serial = {ANAYAS}
[profile included]
include_profile = prod
[profile china]
role_arn = arn:aws-cn:iam::111111111111:role/China
source_profile = bare
"""


@pytest.fixture
def files(tmp_path: Path) -> AwsFiles:
    return written(tmp_path, config=CONFIG, credentials=keys_of("default", "base", "bare"))


def _session(profile: str | None = None, **options: object) -> Request:
    return Request(wants_role=False, profile=profile, **options)  # type: ignore[arg-type]  # each test gives its own


def _role(profile: str | None = None, role: str | None = None, **options: object) -> Request:
    return Request(wants_role=True, profile=profile, role=role, **options)  # type: ignore[arg-type]  # as above


def _last_role(plan: Plan) -> RoleStep:
    step = plan.steps[-1]
    assert isinstance(step, RoleStep)
    return step


def _serial(plan: Plan) -> str:
    assert isinstance(plan.device, KnownDevice)
    return plan.device.device.serial


def test_a_session_is_one_call_with_a_code(files: AwsFiles) -> None:
    plan = decide(_session("base"), files, {})

    assert (plan.cloud, plan.profile, plan.partition, plan.region) == (Cloud.AWS, "base", "aws", "eu-central-1")
    assert plan.steps == (OPENING,)
    assert plan.key_source.access_key_id == "AKIABASE"
    assert plan.device == KnownDevice(device=plan.device.device, origin="mfa_serial of profile base")  # type: ignore[union-attr]  # compared as a whole
    assert plan.notes[:2] == ("profile `base` (-p)", f"keys from [base] in {files.paths.credentials}")


def test_a_session_without_a_device_must_find_one(files: AwsFiles) -> None:
    assert decide(_session("bare"), files, {}).device == DeviceToFind(is_required=True)


def test_a_session_on_a_profile_with_a_role_is_that_of_its_source(files: AwsFiles) -> None:
    plan = decide(_session("prod"), files, {})

    assert plan.steps == (OPENING,)
    assert plan.fingerprint == decide(_session("base"), files, {}).fingerprint
    assert plan.region == "us-west-2"


def test_roles_go_through_the_mfa_session_of_their_source(files: AwsFiles) -> None:
    plan = decide(_role("prod"), files, {}, user="anaya")

    assert plan.steps == (
        OPENING,
        RoleStep(
            role_arn=f"{ARN}Prod",
            role_session_name="mfacli-anaya",
            duration=HOUR,
            external_id="4711",
            tags=(("Team", "blue"),),
            transitive_tags=("Team",),
        ),
    )
    assert plan.up_to(1).fingerprint == decide(_session("base"), files, {}).fingerprint


def test_a_role_that_is_inherited_is_assumed_alike(files: AwsFiles) -> None:
    inherited = decide(_role("included"), files, {})

    assert inherited.fingerprint == decide(_role("prod"), files, {}).fingerprint


def test_a_role_longer_than_an_hour_goes_straight_from_the_long_term_key(files: AwsFiles) -> None:
    plan = decide(_role("long"), files, {})

    assert len(plan.steps) == 1
    assert (_last_role(plan).duration, _last_role(plan).with_code) == (12 * HOUR, True)
    assert plan.needs_code


def test_a_long_role_is_only_a_stepping_stone_in_the_middle_of_a_chain(files: AwsFiles) -> None:
    plan = decide(_role("leaf"), files, {})

    assert [step.duration for step in plan.steps] == [12 * HOUR, HOUR, HOUR]
    assert [step.with_code for step in plan.steps] == [True, False, False]


@pytest.mark.parametrize("role", [f"{ARN}X", "leaf"])
def test_a_role_at_the_end_of_a_chain_lives_an_hour_at_most(files: AwsFiles, role: str) -> None:
    with pytest.raises(DurationOutOfRange) as refusal:
        decide(_role("prod", role, duration=2 * HOUR), files, {})

    assert "is assumed with a session's keys, which gives it 1h at most; --duration says 2h" in refusal.value.message
    assert refusal.value.exit_code == ExitCode.USAGE


def test_without_a_device_a_role_is_assumed_without_a_code(files: AwsFiles) -> None:
    plan = decide(_role("plain"), files, {})

    assert len(plan.steps) == 1
    assert not plan.needs_code
    assert plan.device == DeviceToFind(is_required=False)


def test_without_a_device_a_long_role_needs_no_code(files: AwsFiles) -> None:
    plan = decide(_role("longplain"), files, {})

    assert (_last_role(plan).duration, _last_role(plan).with_code) == (2 * HOUR, False)


def test_an_arn_is_assumed_with_the_profiles_keys(files: AwsFiles) -> None:
    plan = decide(_role("base", f"{ARN}Any"), files, {})

    assert plan.profile == "base"
    assert plan.steps[0] == OPENING
    assert _last_role(plan).role_arn == f"{ARN}Any"


def test_an_arn_is_assumed_through_the_role_of_the_profile(files: AwsFiles) -> None:
    plan = decide(_role("prod", f"{ARN}Any"), files, {})

    assert [getattr(step, "role_arn", "") for step in plan.steps] == ["", f"{ARN}Prod", f"{ARN}Any"]
    assert _last_role(plan).external_id is None


def test_a_profile_may_be_named_as_the_role(files: AwsFiles) -> None:
    plan = decide(_role(None, "prod"), files, ENVIRONMENT)

    assert plan.profile == "prod"
    assert plan.notes[0] == "profile `prod` (the role asked for)"
    assert plan.key_source.access_key_id == "AKIABASE"


def test_the_profile_flag_takes_the_place_of_the_source_of_the_named_role(files: AwsFiles) -> None:
    plan = decide(_role("default", "prod"), files, {})

    assert plan.key_source.access_key_id == "AKIADEFAULT"
    assert _last_role(plan).role_arn == f"{ARN}Prod"
    assert plan.device == DeviceToFind(is_required=False)


def test_the_same_profile_as_flag_and_role_is_that_profile(files: AwsFiles) -> None:
    assert decide(_role("prod", "prod"), files, {}).fingerprint == decide(_role("prod"), files, {}).fingerprint


def test_a_source_that_is_assumed_through_the_role_itself_is_refused(files: AwsFiles) -> None:
    with pytest.raises(UsageWrong, match="profile `leaf` gets its keys through `long` itself"):
        decide(_role("leaf", "long"), files, {})


@pytest.mark.parametrize(
    ("environment", "key_id"),
    [({}, "AKIADEFAULT"), ({"AWS_PROFILE": "base"}, "AKIABASE"), (ENVIRONMENT, "AKIAENV")],
)
def test_a_role_without_a_source_uses_the_keys_of_this_shell(
    files: AwsFiles, environment: dict[str, str], key_id: str
) -> None:
    assert decide(_role(None, "open"), files, environment).key_source.access_key_id == key_id


def test_keys_of_the_environment_serve_the_role_of_a_profile_it_names(files: AwsFiles) -> None:
    plan = decide(_role(), files, {**ENVIRONMENT, "AWS_PROFILE": "prod"})

    assert plan.key_source.kind is KeysFrom.ENVIRONMENT
    assert _last_role(plan).role_arn == f"{ARN}Prod"


@pytest.mark.parametrize("wants_role", [True, None])
def test_a_profile_with_a_role_means_the_role_unless_a_session_is_wanted(
    files: AwsFiles, wants_role: bool | None
) -> None:
    assert isinstance(decide(Request(wants_role=wants_role, profile="prod"), files, {}).steps[-1], RoleStep)


def test_a_profile_without_a_role_means_a_session_unless_a_role_is_wanted(files: AwsFiles) -> None:
    assert decide(Request(wants_role=None, profile="base"), files, {}).steps == (OPENING,)


@pytest.mark.parametrize(
    "request_",
    [_role("base"), _role(None, "base"), Request(wants_role=None, profile="base", external_id="12")],
)
def test_a_profile_without_a_role_is_said_with_those_that_have_one(files: AwsFiles, request_: Request) -> None:
    with pytest.raises(ProfileBroken) as refusal:
        decide(request_, files, {})

    assert refusal.value.message == "profile `base` names no role"
    assert "`china`, `instance`, `leaf`" in refusal.value.hint


def test_without_any_role_the_hint_says_where_one_is_written(tmp_path: Path) -> None:
    files = written(tmp_path, credentials=keys_of("base"))

    with pytest.raises(ProfileBroken) as refusal:
        decide(_role("base"), files, {})

    assert (
        refusal.value.hint == f"name a role by its ARN, or write role_arn to `[profile base]` in `{tmp_path}/config`"
    )


@pytest.mark.parametrize(
    ("request_", "environment", "settings_", "name"),
    [
        (_session("bare"), {"MFACLI_PROFILE": "base"}, Settings(profile="base"), "bare"),
        (_session(), {"MFACLI_PROFILE": "bare", "AWS_PROFILE": "base"}, Settings(profile="base"), "bare"),
        (_session(), {"AWS_PROFILE": "bare", "AWS_DEFAULT_PROFILE": "base"}, Settings(profile="base"), "bare"),
        (_session(), {"AWS_DEFAULT_PROFILE": "bare", "AWS_PROFILE": ""}, Settings(profile="base"), "bare"),
        (_session(), {}, Settings(profile="bare"), "bare"),
        (_session(), {}, Settings(), "default"),
    ],
)
def test_the_profile_is_the_first_that_is_named(
    files: AwsFiles, request_: Request, environment: dict[str, str], settings_: Settings, name: str
) -> None:
    assert decide(request_, files, environment, settings=settings_).profile == name


@pytest.mark.parametrize(
    ("request_", "environment", "settings_", "named_by"),
    [
        (_session("bass"), {}, Settings(), "-p"),
        (_session(), {"AWS_PROFILE": "bass"}, Settings(), "AWS_PROFILE"),
        (_session(), {}, Settings(path="c.toml", profile="bass"), "`profile` in `c.toml`"),
        (_role(None, "bass"), {}, Settings(), "the command line"),
    ],
)
def test_an_unknown_profile_says_who_named_it(
    files: AwsFiles, request_: Request, environment: dict[str, str], settings_: Settings, named_by: str
) -> None:
    with pytest.raises(ProfileUnknown) as refusal:
        decide(request_, files, environment, settings=settings_)

    assert refusal.value.message == f"no profile `bass`, which {named_by} names"
    assert refusal.value.hint == "did you mean `base`?"


def test_no_file_is_needed_where_the_environment_has_the_keys(tmp_path: Path) -> None:
    plan = decide(_session(), written(tmp_path), ENVIRONMENT)

    assert (plan.profile, plan.key_source.kind) == ("default", KeysFrom.ENVIRONMENT)


def test_the_exported_name_of_no_profile_is_no_profile(tmp_path: Path) -> None:
    plan = decide(_session(), written(tmp_path), {**ENVIRONMENT, "MFACLI_PROFILE": "default"})

    assert plan.key_source.kind is KeysFrom.ENVIRONMENT


@pytest.mark.parametrize(
    ("request_", "environment", "serial"),
    [
        (_session("base", device="GAHT12345678"), {"AWS_MFA_SERIAL": "ABCD12345678"}, "GAHT12345678"),
        (_session("base"), {"AWS_MFA_SERIAL": "ABCD12345678"}, "ABCD12345678"),
        (_session("base"), {}, ANAYAS),
        (_role("prod"), {}, ANAYAS),
    ],
)
def test_the_device_is_the_first_that_is_named(
    files: AwsFiles, request_: Request, environment: dict[str, str], serial: str
) -> None:
    assert _serial(decide(request_, files, environment)) == serial


def test_the_roles_device_goes_before_its_sources(tmp_path: Path) -> None:
    config = f"[profile r]\nrole_arn = {ARN}R\nsource_profile = base\nmfa_serial = GAHT12345678\n" + CONFIG
    files = written(tmp_path, config=config, credentials=keys_of("base"))

    assert _serial(decide(_role("r"), files, {})) == "GAHT12345678"


@pytest.mark.parametrize(
    ("request_", "environment", "origin"),
    [
        (_session("base", device="arn:aws:iam::111111111111:u2f/user/a/b"), {}, "(--device)"),
        (_session("base"), {"AWS_MFA_SERIAL": "arn:aws:iam::111111111111:user/a"}, "(AWS_MFA_SERIAL)"),
    ],
)
def test_an_unusable_device_says_who_named_it(
    files: AwsFiles, request_: Request, environment: dict[str, str], origin: str
) -> None:
    with pytest.raises(DeviceUnusable) as refusal:
        decide(request_, files, environment)

    assert refusal.value.message.endswith(origin)
    assert refusal.value.exit_code == ExitCode.REJECTED


def test_an_unusable_device_in_a_file_is_placed_and_a_flag_goes_before_it(tmp_path: Path) -> None:
    files = written(tmp_path, config="[profile a]\nmfa_serial = x\n", credentials=keys_of("a"))

    with pytest.raises(DeviceUnusable, match=r"\(mfa_serial of profile a, line 2 of"):
        decide(_session("a"), files, {})

    assert _serial(decide(_session("a", device=ANAYAS), files, {})) == ANAYAS


def test_keys_of_an_instance_get_no_code_and_no_session(files: AwsFiles) -> None:
    plan = decide(_role("instance"), files, {})

    assert plan.key_source.kind is KeysFrom.INSTANCE
    assert plan.device == NoDevice()
    assert [step.with_code for step in plan.steps] == [False]


@pytest.mark.parametrize(
    ("request_", "failure", "what"),
    [
        (_session("instance"), ProfileBroken, "gives a session's keys, and an MFA session needs long-term ones"),
        (_role("instance", device=ANAYAS), UsageWrong, "--device cannot be used"),
        (_role("instance", duration=2 * HOUR), DurationOutOfRange, "is assumed with a session's keys"),
    ],
)
def test_what_keys_of_an_instance_cannot_do_is_said(
    files: AwsFiles, request_: Request, failure: type[MfacliError], what: str
) -> None:
    with pytest.raises(failure, match=what):
        decide(request_, files, {})


@pytest.mark.parametrize(
    ("request_", "environment", "settings_", "duration"),
    [
        (_session("base", duration=2 * HOUR), {"MFACLI_DURATION": "3h"}, Settings(duration=4 * HOUR), 2 * HOUR),
        (_session("base"), {"MFACLI_DURATION": "3h"}, Settings(duration=4 * HOUR), 3 * HOUR),
        (_session("base"), {}, Settings(duration=4 * HOUR), 4 * HOUR),
        (_session("base"), {}, Settings(), 12 * HOUR),
        (_role("prod", duration=HOUR / 2), {"MFACLI_DURATION": "3h"}, Settings(), 3 * HOUR),
    ],
)
def test_the_mfa_sessions_duration_is_the_first_that_is_named(
    files: AwsFiles, request_: Request, environment: dict[str, str], settings_: Settings, duration: timedelta
) -> None:
    assert decide(request_, files, environment, settings=settings_).steps[0].duration == duration


def test_a_duration_beside_keys_is_the_sessions(tmp_path: Path) -> None:
    files = written(tmp_path, config="[profile a]\nduration_seconds = 3600\n", credentials=keys_of("a"))

    assert decide(_session("a"), files, {}).steps[0].duration == HOUR


@pytest.mark.parametrize(
    ("request_", "environment", "settings_", "what"),
    [
        (_session("base", duration=timedelta(seconds=899)), {}, Settings(),
         "must be 15m to 36h; --duration says 14m59s"),
        (_session("base"), {"MFACLI_DURATION": "37h"}, Settings(), "MFACLI_DURATION says 37h"),
        (_session("base"), {}, Settings(path="c", duration=HOUR / 6), "`duration` in `c` says 10m"),
        (_role("base", f"{ARN}A", duration=13 * HOUR), {}, Settings(), "a role session's duration must be"),
        (_role("plain", duration=timedelta()), {}, Settings(), "--duration says 0s"),
    ],
)  # fmt: skip
def test_durations_outside_the_limits_are_refused(
    files: AwsFiles, request_: Request, environment: dict[str, str], settings_: Settings, what: str
) -> None:
    with pytest.raises(DurationOutOfRange) as refusal:
        decide(request_, files, environment, settings=settings_)

    assert what in refusal.value.message


def test_a_duration_outside_the_limits_names_its_line(tmp_path: Path) -> None:
    config = f"[profile r]\nrole_arn = {ARN}R\nduration_seconds = 60\n"
    files = written(tmp_path, config=config, credentials=keys_of("r"))

    with pytest.raises(DurationOutOfRange, match=r"`duration_seconds` of profile `r` \(line 3 of .* says 1m"):
        decide(_role("r"), files, {})


def test_a_variable_that_is_no_duration_is_a_broken_setting(files: AwsFiles) -> None:
    with pytest.raises(ProfileBroken, match="MFACLI_DURATION `1hour` is no duration"):
        decide(_session("base"), files, {"MFACLI_DURATION": "1hour"})


def test_the_command_lines_options_go_before_the_profiles_settings(files: AwsFiles) -> None:
    request = _role(
        "prod",
        external_id="99",
        role_session_name="sofia",
        source_identity="Sofia",
        tags=(("team", "red"), ("Cost", "1")),
        transitive_tags=("Cost",),
        policy="{}",
        policy_arns=("arn:aws:iam::aws:policy/ReadOnlyAccess",),
    )

    step = _last_role(decide(request, files, {}))

    assert (step.external_id, step.role_session_name, step.source_identity) == ("99", "sofia", "Sofia")
    assert step.tags == (("team", "red"), ("Cost", "1"))
    assert step.transitive_tags == ("Team", "Cost")
    assert (step.policy, step.policy_arns) == ("{}", ("arn:aws:iam::aws:policy/ReadOnlyAccess",))


@pytest.mark.parametrize(
    ("option", "value", "what"),
    [
        ("external_id", "a b", "--external-id `a b` must be"),
        ("role_session_name", "", "--role-session-name `` must be"),
        ("source_identity", "aws:x", "--source-identity `aws:x` may not begin"),
        ("tags", (("a", "1"), ("A", "2")), "the tags have `a` and `A`"),
        ("transitive_tags", ("a\n",), "the transitive tags have"),
        ("policy", "{", "the session policy is no JSON"),
        ("policy_arns", ("x",), "the policy ARNs have `x`"),
        ("role", "arn:aws:iam::1:role/x", "no 12-digit account id"),
        ("role", "x:y", "is not an ARN"),
        ("region", "x y", "--region `x y` is no region's name"),
        ("endpoint_url", "sts", "--endpoint-url must be a URL"),
    ],
)
def test_what_sts_would_refuse_is_refused_before(files: AwsFiles, option: str, value: object, what: str) -> None:
    with pytest.raises(UsageWrong) as refusal:
        decide(_role("prod", **{option: value}), files, {})  # type: ignore[arg-type]  # one option each, of its own type

    assert what in refusal.value.message


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ("anaya", "mfacli-anaya"),
        ("DOMAIN\\Añaya Ré", "mfacli-DOMAIN-A-aya-R"),
        ("", "mfacli"),
        ("项目", "mfacli"),
        ("a" * 80, "mfacli-" + "a" * 57),
    ],
)
def test_the_role_sessions_name_is_the_users(files: AwsFiles, user: str, name: str) -> None:
    assert _last_role(decide(_role("prod"), files, {}, user=user)).role_session_name == name


def test_the_program_for_codes_is_the_nearest_ones(tmp_path: Path) -> None:
    config = f"[profile r]\nrole_arn = {ARN}R\nsource_profile = b\n[profile b]\nmfa_process = pass otp aws\n"
    files = written(tmp_path, config=config, credentials=keys_of("b"))

    assert decide(_role("r"), files, {}).code_program == "pass otp aws"


def test_the_settings_program_for_codes_goes_before_that_of_the_same_profile(tmp_path: Path) -> None:
    config = f"[profile r]\nrole_arn = {ARN}R\nsource_profile = b\n[profile b]\nmfa_process = pass otp aws\n"
    files = written(tmp_path, config=config, credentials=keys_of("b"))
    ours = {Cloud.AWS: {"b": ProfileSettings(code_command=("gopass", "otp"))}}

    plan = decide(_role("r"), files, {}, settings=Settings(of_profiles=ours))

    assert plan.code_program == ("gopass", "otp")


def test_keys_that_are_not_used_are_noted(tmp_path: Path) -> None:
    files = written(tmp_path, config="[profile a]\noutput = json\ns3 =\n  x = y\n", credentials=keys_of("a"))

    assert "not used by mfacli in profile `a`: `output`, `s3`" in decide(_session("a"), files, {}).notes


TEXT = st.sampled_from(
    ["", "default", "base", "prod", "leaf", "none", "x y", f"{ARN}A", "arn:aws-cn:iam::111111111111:role/B", "a:b",
     ANAYAS, "GAHT12345678", "eu-west-1", "cn-north-1", "http://127.0.0.1:1", "legacy", "3600", "43200", "12h",
     "AKIAX", "ASIAX", "Ec2InstanceMetadata", "Environment", "true", "a=b", "\u0130", "\n", "p = q"]
)  # fmt: skip
KEY = st.sampled_from(
    ["role_arn", "source_profile", "include_profile", "credential_source", "mfa_serial", "duration_seconds", "region",
     "endpoint_url", "external_id", "role_session_name", "session_tags", "sts_regional_endpoints", "services",
     "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "mfa_process", "output"]
)  # fmt: skip
SECTIONS = st.dictionaries(
    st.sampled_from(["default", "base", "prod", "leaf"]), st.dictionaries(KEY, TEXT, max_size=6), max_size=4
)
VARIABLE = st.sampled_from(
    ["AWS_PROFILE", "MFACLI_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",
     "AWS_DEFAULT_REGION", "AWS_MFA_SERIAL", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_STS_REGIONAL_ENDPOINTS",
     "MFACLI_DURATION", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]
)  # fmt: skip
REQUESTS = st.builds(
    Request,
    wants_role=st.sampled_from([True, False, None]),
    profile=st.none() | TEXT,
    role=st.none() | TEXT,
    device=st.none() | TEXT,
    duration=st.none() | st.timedeltas(min_value=timedelta(), max_value=timedelta(days=3)),
    region=st.none() | TEXT,
    endpoint_url=st.none() | TEXT,
    external_id=st.none() | TEXT,
    tags=st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple),
    policy=st.none() | TEXT,
)


def _ini(sections: dict[str, dict[str, str]], prefix: str) -> str:
    lines = []
    for name, pairs in sections.items():
        lines.append(f"[{name if name == 'default' else prefix + name}]")
        lines += [f"{key} = {value}".replace("\n", "\n  ") for key, value in pairs.items()]
    return "\n".join(lines)


@settings(max_examples=150, deadline=None)
@given(
    config=SECTIONS,
    credentials=SECTIONS,
    environment=st.dictionaries(VARIABLE, TEXT, max_size=5),
    request_=REQUESTS,
    user=st.text(max_size=5),
)
def test_any_request_is_a_plan_or_a_failure_with_an_exit_code(
    tmp_path_factory: pytest.TempPathFactory,
    config: dict[str, dict[str, str]],
    credentials: dict[str, dict[str, str]],
    environment: dict[str, str],
    request_: Request,
    user: str,
) -> None:
    files = written(
        tmp_path_factory.mktemp("aws"), config=_ini(config, "profile "), credentials=_ini(credentials, "")
    )

    try:
        found = decide(request_, files, environment, user=user).fingerprint
    except MfacliError as failure:
        found = failure.message

    assert found


HIDING = {"AWS_ACCESS_KEY_ID": "ASIANOW", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}
PHONE = "arn:aws:iam::111111111111:mfa/phone"


@pytest.mark.parametrize(
    ("environment", "flag", "expected"),
    [
        ({}, None, "f1"),
        ({"AWS_MFA_SERIAL": PHONE}, None, "f1"),
        ({"AWS_MFA_SERIAL": "GAHT12345678"}, None, ""),
        ({"AWS_MFA_SERIAL": PHONE}, "GAHT12345678", ""),
        ({"AWS_SESSION_TOKEN": "", "AWS_ACCESS_KEY_ID": "AKIAOTHER"}, None, ""),
    ],
)
def test_the_mfa_session_of_keys_that_a_session_hides_serves_unless_another_device_is_meant(
    tmp_path: Path, environment: dict[str, str], flag: str | None, expected: str
) -> None:
    files = written(tmp_path)
    exported = ExportedSession(opened_with="AKIAHIDDEN", opening_kept_as="f1", device=PHONE)

    plan = decide(_session(device=flag), files, HIDING | environment, exported=exported)

    assert plan.opening_kept_as == expected


def test_a_transitive_tag_that_is_no_tag_is_refused(files: AwsFiles) -> None:
    with pytest.raises(UsageWrong, match="`Cost` is none of the session's tags") as refusal:
        decide(_role("prod", transitive_tags=("Cost",)), files, {})

    assert refusal.value.hint == "give it a value: --tag Cost=VALUE"
