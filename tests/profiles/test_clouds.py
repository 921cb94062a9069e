"""Which cloud a request is for."""

from __future__ import annotations

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Request
from mfacli.errors import ProfileAmbiguous, ProfileBroken, ProfileUnknown, UsageWrong
from mfacli.profiles.clouds import Said, check_profiles, choose_cloud, said_by_request, speaks_of_tencent
from mfacli.profiles.profile_settings import ProfileSettings
from mfacli.profiles.settings import Settings
from tests.profiles.tccli import ROLE, SERIAL, tables

AWS, TENCENT = Cloud.AWS, Cloud.TENCENT
ARN = "arn:aws:iam::111122223333:role/R"
KNOWN = {
    AWS: {"dev": "aws-dev", "both": "aws-both", "two": "aws-two", "default": "aws-default"},
    TENCENT: {"prod": "tc-prod", "both": "tc-both", "two": "tc-two", "default": "tc-default"},
}
NO_DEFAULT = {cloud: {name: at for name, at in known.items() if name != "default"} for cloud, known in KNOWN.items()}
AWS_KEYS, TENCENT_KEYS = {"AWS_ACCESS_KEY_ID": "x"}, {"TENCENTCLOUD_SECRET_ID": "x"}


def _request(profile: str | None = None, role: str | None = None, **options: object) -> Request:
    return Request(wants_role=None, profile=profile, role=role, **options)  # type: ignore[arg-type]  # each its own


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (_request(), None),
        (_request("arn:odd"), None),
        (_request(role="prod"), None),
        (_request(device="GAHT12345678"), None),
        (_request(cloud=TENCENT), Said(cloud=TENCENT, by="--cloud tencent")),
        (_request(role=ARN), Said(cloud=AWS, by=f"role `{ARN}`")),
        (_request(role=ROLE), Said(cloud=TENCENT, by=f"role `{ROLE}`")),
        (_request(device=SERIAL), Said(cloud=TENCENT, by=f"device `{SERIAL}`")),
        (_request(cloud=AWS, role=ARN), Said(cloud=AWS, by="--cloud aws")),
    ],
)
def test_a_request_may_say_it_itself(request_: Request, said: Said | None) -> None:
    assert said_by_request(request_) == said


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (_request(cloud=AWS, role=ROLE), f"--cloud aws and role `{ROLE}` are of different clouds"),
        (_request(role=ARN, device=SERIAL), f"role `{ARN}` and device `{SERIAL}` are of different clouds"),
    ],
)
def test_a_request_that_names_both_is_refused(request_: Request, message: str) -> None:
    with pytest.raises(UsageWrong) as refusal:
        said_by_request(request_)

    assert refusal.value.message == message


@pytest.mark.parametrize("name", ["prod", "both", "default", "nobody"])
def test_a_profile_of_the_cloud_that_was_said_is_fine(name: str) -> None:
    check_profiles(_request(name, cloud=TENCENT), Said(cloud=TENCENT, by="--cloud tencent"), KNOWN)


@pytest.mark.parametrize("request_", [_request("prod", ARN), _request(role="prod", cloud=AWS)])
def test_a_profile_of_the_other_cloud_is_refused(request_: Request) -> None:
    said = said_by_request(request_)
    assert said is not None

    with pytest.raises(UsageWrong) as refusal:
        check_profiles(request_, said, KNOWN)

    assert refusal.value.message == (
        f"profile `prod` is of Tencent Cloud (in tc-prod), which does not go with {said.by}"
    )


@pytest.mark.parametrize(
    ("request_", "environment", "settings", "cloud"),
    [
        # The profile on the command line, where one cloud has it.
        (_request("dev"), {"MFACLI_CLOUD": "tencent"}, Settings(cloud=TENCENT), AWS),
        (_request("prod"), {"AWS_PROFILE": "dev", **AWS_KEYS}, Settings(cloud=AWS), TENCENT),
        (_request(role="prod"), {}, Settings(), TENCENT),
        (_request("both", "prod"), {}, Settings(), TENCENT),
        (_request("default", "prod"), {}, Settings(), TENCENT),
        # Where both have it: MFACLI_CLOUD, then the settings.
        (_request("both"), {"MFACLI_CLOUD": "tencent"}, Settings(cloud=AWS), TENCENT),
        (_request("both"), {"TCCLI_PROFILE": "prod", **TENCENT_KEYS}, Settings(cloud=AWS), AWS),
        (_request("both", "two"), {}, Settings(cloud=TENCENT), TENCENT),
        # The variable that names the profile.
        (_request(), {"MFACLI_CLOUD": "aws", "TCCLI_PROFILE": "prod"}, Settings(), AWS),
        (_request(), {"MFACLI_PROFILE": "prod", "AWS_PROFILE": "dev"}, Settings(), TENCENT),
        (_request(), {"AWS_PROFILE": "both", **TENCENT_KEYS}, Settings(cloud=TENCENT), AWS),
        (_request(), {"AWS_DEFAULT_PROFILE": "dev"}, Settings(), AWS),
        (_request(), {"TCCLI_PROFILE": "both"}, Settings(cloud=AWS), TENCENT),
        (_request(), {"TCCLI_PROFILE": "both", "AWS_PROFILE": "both"}, Settings(cloud=AWS), AWS),
        (_request(), {"MFACLI_PROFILE": "both", "TCCLI_PROFILE": "prod"}, Settings(cloud=AWS), AWS),
        # A session in the shell names its profile beside its keys.
        (_request(), {"MFACLI_PROFILE": "both", **TENCENT_KEYS}, Settings(), TENCENT),
        # The settings.
        (_request(), TENCENT_KEYS, Settings(cloud=AWS, profile="prod"), AWS),
        (_request(), AWS_KEYS, Settings(profile="prod"), TENCENT),
        (_request(), AWS_KEYS, Settings(profile="both"), AWS),
        # Keys.
        (_request(), TENCENT_KEYS, Settings(), TENCENT),
        (_request(), AWS_KEYS, Settings(), AWS),
    ],
)
def test_the_first_that_tells_decides(
    request_: Request, environment: dict[str, str], settings: Settings, cloud: Cloud
) -> None:
    assert choose_cloud(request_, environment, settings, KNOWN) is cloud


@pytest.mark.parametrize(
    ("known", "cloud"),
    [
        ({AWS: {"default": "x"}, TENCENT: {"prod": "y"}}, AWS),
        ({AWS: {"dev": "x"}, TENCENT: {"default": "y"}}, TENCENT),
        ({AWS: {"dev": "x"}, TENCENT: {"prod": "y"}}, AWS),
        ({AWS: {}, TENCENT: {"prod": "y"}}, TENCENT),
        ({AWS: {}, TENCENT: {}}, AWS),
    ],
)
def test_at_last_the_cloud_with_a_default_is_taken(known: dict[Cloud, dict[str, str]], cloud: Cloud) -> None:
    assert choose_cloud(_request(), {}, Settings(), known) is cloud


@pytest.mark.parametrize(
    ("request_", "environment", "settings", "name"),
    [
        (_request("both"), {}, Settings(path="/c"), "both"),
        # A flag reads the files, and keys of the shell are no reason to take one cloud's.
        (_request("both"), TENCENT_KEYS, Settings(path="/c"), "both"),
        (_request(), {"MFACLI_PROFILE": "both"}, Settings(path="/c"), "both"),
        (_request(), {}, Settings(path="/c", profile="two"), "two"),
        (_request(), {}, Settings(path="/c"), "default"),
        (_request(), {**AWS_KEYS, **TENCENT_KEYS}, Settings(path="/c"), "default"),
        (_request("both", "two"), {}, Settings(path="/c"), "both"),
    ],
)
def test_what_both_have_is_refused_with_both_places(
    request_: Request, environment: dict[str, str], settings: Settings, name: str
) -> None:
    with pytest.raises(ProfileAmbiguous) as refusal:
        choose_cloud(request_, environment, settings, KNOWN)

    assert refusal.value.message == (
        f"there is a profile `{name}` of AWS in aws-{name} and of Tencent Cloud in tc-{name}"
    )
    assert refusal.value.hint == (
        "say which is meant with --cloud aws or --cloud tencent; for good, with "
        '`cloud = "aws"` or `cloud = "tencent"` in `/c`'
    )


@pytest.mark.parametrize(
    ("request_", "environment", "settings", "named_by"),
    [
        (_request("prdo"), {"MFACLI_CLOUD": "aws"}, Settings(), "the command line"),
        (_request(role="prdo"), {}, Settings(), "the command line"),
        (_request(), {"MFACLI_PROFILE": "prdo"}, Settings(), "MFACLI_PROFILE"),
        (_request(), {}, Settings(path="/c", profile="prdo"), "`profile` in `/c`"),
    ],
)
def test_what_neither_has_is_answered_with_the_closest_of_both(
    request_: Request, environment: dict[str, str], settings: Settings, named_by: str
) -> None:
    with pytest.raises(ProfileUnknown) as refusal:
        choose_cloud(request_, environment, settings, KNOWN)

    assert refusal.value.message == f"no profile `prdo` of either cloud, which {named_by} names"
    assert refusal.value.hint == "did you mean `prod` (Tencent Cloud)?"


def test_a_name_that_is_close_to_one_of_both_is_answered_twice() -> None:
    with pytest.raises(ProfileUnknown) as refusal:
        choose_cloud(_request("bothh"), {}, Settings(), KNOWN)

    assert refusal.value.hint == "did you mean `both` (AWS) or `both` (Tencent Cloud)?"


def test_where_nothing_is_close_all_are_listed() -> None:
    known = {AWS: {f"a{number}": "" for number in range(15)}, TENCENT: {f"t{number}": "" for number in range(15)}}

    with pytest.raises(ProfileUnknown) as refusal:
        choose_cloud(_request("zzzz"), {}, Settings(), known)

    assert refusal.value.hint.startswith("there are: `a0` (AWS), `a1` (AWS)")
    assert refusal.value.hint.endswith("(Tencent Cloud) and 10 more")


def test_two_profiles_of_different_clouds_are_refused() -> None:
    with pytest.raises(UsageWrong) as refusal:
        choose_cloud(_request("dev", "prod"), {}, Settings(), KNOWN)

    assert refusal.value.message == "profile `dev` is of AWS, and `prod` of Tencent Cloud: they share no keys"


def test_a_cloud_that_is_none_is_told() -> None:
    with pytest.raises(ProfileBroken) as refusal:
        choose_cloud(_request(), {"MFACLI_CLOUD": "azure"}, Settings(), KNOWN)

    assert (refusal.value.message, refusal.value.hint) == ("MFACLI_CLOUD is `azure`", "there are: aws, tencent")


def test_a_default_that_is_in_no_file_is_no_unknown_profile() -> None:
    assert choose_cloud(_request("default"), {}, Settings(), NO_DEFAULT) is AWS


@pytest.mark.parametrize(
    ("environment", "settings", "speaks"),
    [
        ({}, Settings(), False),
        ({"AWS_PROFILE": "x", "MFACLI_CLOUD": "aws", **AWS_KEYS}, Settings(cloud=AWS), False),
        ({"MFACLI_CLOUD": ""}, tables(), False),
        ({"MFACLI_CLOUD": "azure"}, Settings(), True),
        ({"TCCLI_PROFILE": "x"}, Settings(), True),
        (TENCENT_KEYS, Settings(), True),
        ({}, Settings(cloud=TENCENT), True),
        ({}, tables(prod=ProfileSettings()), True),
    ],
)
def test_what_speaks_of_tencent_cloud(environment: dict[str, str], settings: Settings, speaks: bool) -> None:
    assert speaks_of_tencent(environment, settings) is speaks


def test_where_there_is_no_profile_at_all_the_error_says_who_writes_one() -> None:
    nothing: dict[Cloud, dict[str, str]] = {AWS: {}, TENCENT: {}}

    with pytest.raises(ProfileUnknown) as refusal:
        choose_cloud(_request("prod"), TENCENT_KEYS, Settings(), nothing)

    assert refusal.value.hint == "there is no profile at all: `aws configure` and `tccli configure` write one"
