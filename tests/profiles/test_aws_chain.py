from __future__ import annotations

from pathlib import Path

import pytest

from mfacli.domain.plan import KeysFrom, KeySource
from mfacli.errors import ProfileBroken, ProfileUnknown
from mfacli.profiles.aws_chain import follow, signing_keys
from tests.profiles.written import keys_of, written

ARN = "arn:aws:iam::111111111111:role/"
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "s"}
SESSION = {"AWS_ACCESS_KEY_ID": "ASIAENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}


def _names(folder: Path, config: str, credentials: str = "", name: str = "leaf") -> tuple[list[str], list[str]]:
    chain = follow(name, written(folder, config=config, credentials=credentials))
    return [profile.name for profile in chain.profiles], [profile.name for profile in chain.roles]


def test_roles_are_assumed_from_the_source_upwards(tmp_path: Path) -> None:
    config = (
        f"[profile leaf]\nrole_arn = {ARN}Leaf\nsource_profile = middle\n"
        f"[profile middle]\nrole_arn = {ARN}Middle\nsource_profile = base\n"
    )

    profiles, roles = _names(tmp_path, config, keys_of("base"))

    assert profiles == ["leaf", "middle", "base"]
    assert roles == ["middle", "leaf"]


def test_a_source_with_keys_of_its_own_is_its_keys(tmp_path: Path) -> None:
    config = (
        f"[profile leaf]\nrole_arn = {ARN}Leaf\nsource_profile = middle\n"
        f"[profile middle]\nrole_arn = {ARN}Middle\nsource_profile = base\n"
    )

    profiles, roles = _names(tmp_path, config, keys_of("base", "middle"))

    assert (profiles, roles) == (["leaf", "middle"], ["leaf"])


@pytest.mark.parametrize("source", ["source_profile = leaf\n", ""])
def test_a_role_may_be_assumed_with_the_profiles_own_keys(tmp_path: Path, source: str) -> None:
    profiles, roles = _names(tmp_path, f"[profile leaf]\nrole_arn = {ARN}Leaf\n{source}", keys_of("leaf"))

    assert (profiles, roles) == (["leaf"], ["leaf"])


def test_a_profile_without_a_role_may_borrow_its_sources_keys(tmp_path: Path) -> None:
    profiles, roles = _names(tmp_path, "[profile leaf]\nsource_profile = base\n", keys_of("base"))

    assert (profiles, roles) == (["leaf", "base"], [])


def test_a_named_credential_source_ends_the_chain(tmp_path: Path) -> None:
    config = f"[profile leaf]\nrole_arn = {ARN}Leaf\ncredential_source = EcsContainer\n"
    files = written(tmp_path, config=config)

    chain = follow("leaf", files)

    assert chain.holder.credential_source is KeysFrom.CONTAINER
    assert chain.holder.name == "leaf"


def test_a_chain_without_keys_goes_on_with_the_profile_it_is_told(tmp_path: Path) -> None:
    files = written(tmp_path, config=f"[profile leaf]\nrole_arn = {ARN}Leaf\n", credentials=keys_of("base"))

    chain = follow("leaf", files, then="base")

    assert chain.holder.name == "base"


@pytest.mark.parametrize(
    ("config", "what"),
    [
        (
            f"[profile leaf]\nsource_profile = b\n[profile b]\nrole_arn = {ARN}B\nsource_profile = leaf\n",
            "`source_profile` of profile `b` goes round in a circle: `leaf` → `b` → `leaf`",
        ),
        (f"[profile leaf]\nrole_arn = {ARN}A\nsource_profile = leaf\n", "names the profile itself"),
        (
            f"[profile leaf]\nrole_arn = {ARN}A\nsource_profile = b\ncredential_source = Environment\n",
            "`credential_source` of profile `leaf` stands beside `source_profile`",
        ),
    ],
)
def test_a_chain_that_leads_nowhere_names_the_place(tmp_path: Path, config: str, what: str) -> None:
    with pytest.raises(ProfileBroken) as refusal:
        follow("leaf", written(tmp_path, config=config))

    assert what in refusal.value.message
    assert str(tmp_path / "config") in refusal.value.message


def test_a_missing_source_is_named_with_its_place_and_the_closest(tmp_path: Path) -> None:
    files = written(tmp_path, config="[profile leaf]\nsource_profile = bass\n", credentials=keys_of("base"))

    with pytest.raises(ProfileUnknown) as refusal:
        follow("leaf", files)

    assert "no profile `bass`, which `source_profile` in line 2 of" in refusal.value.message
    assert refusal.value.hint == "did you mean `base`?"


def test_long_term_keys_in_the_environment_go_before_the_files(tmp_path: Path) -> None:
    files = written(tmp_path, credentials=keys_of("default"))

    keys = signing_keys(follow("default", files), files, ENVIRONMENT, may_use_environment=True)

    assert keys.source.kind is KeysFrom.ENVIRONMENT
    assert keys.source.access_key_id == "AKIAENV"


def test_a_profile_named_on_the_command_line_is_read_from_the_files(tmp_path: Path) -> None:
    files = written(tmp_path, credentials=keys_of("default"))

    keys = signing_keys(follow("default", files), files, ENVIRONMENT, may_use_environment=False)

    assert keys.source.access_key_id == "AKIADEFAULT"
    assert str(keys.source) == f"[default] in {files.paths.credentials}"


@pytest.mark.parametrize("token", ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"])
def test_a_session_in_the_environment_gives_way_to_long_term_keys(tmp_path: Path, token: str) -> None:
    files = written(tmp_path, credentials=keys_of("default"))

    keys = signing_keys(follow("default", files), files, {**ENVIRONMENT, token: "t"}, may_use_environment=True)

    assert keys.source.kind is KeysFrom.FILE


def test_only_a_session_in_the_environment_is_said_with_the_way_out(tmp_path: Path) -> None:
    files = written(tmp_path)

    with pytest.raises(ProfileBroken) as refusal:
        signing_keys(follow("default", files), files, SESSION, may_use_environment=True)

    assert refusal.value.message.startswith("the keys in the environment are a session's, which cannot open another")
    assert 'take the session out of this shell (eval "$(mfacli export --unset)")' in refusal.value.hint
    assert "set the long-term keys again" in refusal.value.hint


def test_keys_that_a_session_hides_are_meant_where_they_are_known(tmp_path: Path) -> None:
    files = written(tmp_path)

    keys = signing_keys(follow("default", files), files, SESSION, may_use_environment=True, opened_with="AKIAHIDDEN")

    assert keys.source == KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id="AKIAHIDDEN")
    assert not keys.are_temporary


def test_a_profiles_keys_go_before_those_that_a_session_hides(tmp_path: Path) -> None:
    files = written(tmp_path, credentials=keys_of("default"))

    keys = signing_keys(follow("default", files), files, SESSION, may_use_environment=True, opened_with="AKIAHIDDEN")

    assert keys.source.access_key_id == "AKIADEFAULT"


def test_only_a_session_in_the_file_is_said(tmp_path: Path) -> None:
    files = written(tmp_path, credentials=keys_of("dev") + "aws_session_token = t\n")

    with pytest.raises(ProfileBroken) as refusal:
        signing_keys(follow("dev", files), files, {}, may_use_environment=True)

    assert "the keys of profile `dev` are a session's" in refusal.value.message
    assert f"[dev] in `{files.paths.credentials}`" in refusal.value.message


@pytest.mark.parametrize(
    ("environment", "what"),
    [
        ({"AWS_ACCESS_KEY_ID": "AKIAX"}, "AWS_SECRET_ACCESS_KEY is not"),
        ({"AWS_ACCESS_KEY_ID": "a key", "AWS_SECRET_ACCESS_KEY": "s"}, "AWS_ACCESS_KEY_ID must be"),
        ({"AWS_ACCESS_KEY_ID": "ASIAX", "AWS_SECRET_ACCESS_KEY": "s"}, "AWS_SESSION_TOKEN is not set"),
    ],
)
def test_half_a_pair_in_the_environment_is_said(tmp_path: Path, environment: dict[str, str], what: str) -> None:
    files = written(tmp_path)

    with pytest.raises(ProfileBroken) as refusal:
        signing_keys(follow("default", files), files, environment, may_use_environment=True)

    assert what in refusal.value.message


@pytest.mark.parametrize(
    ("source", "environment", "kind", "are_temporary"),
    [
        ("Ec2InstanceMetadata", {}, KeysFrom.INSTANCE, True),
        ("EcsContainer", ENVIRONMENT, KeysFrom.CONTAINER, True),
        ("Environment", ENVIRONMENT, KeysFrom.ENVIRONMENT, False),
        ("Environment", SESSION, KeysFrom.ENVIRONMENT, True),
    ],
)
def test_a_named_credential_source_is_used(
    tmp_path: Path, source: str, environment: dict[str, str], kind: KeysFrom, are_temporary: bool
) -> None:
    files = written(tmp_path, config=f"[profile dev]\nrole_arn = {ARN}A\ncredential_source = {source}\n")

    keys = signing_keys(follow("dev", files), files, environment, may_use_environment=False)

    assert (keys.source.kind, keys.are_temporary) == (kind, are_temporary)


def test_the_environment_as_a_credential_source_must_have_keys(tmp_path: Path) -> None:
    files = written(tmp_path, config=f"[profile dev]\nrole_arn = {ARN}A\ncredential_source = Environment\n")

    with pytest.raises(ProfileBroken, match="AWS_ACCESS_KEY_ID is not set"):
        signing_keys(follow("dev", files), files, {}, may_use_environment=True)


@pytest.mark.parametrize(
    ("config", "environment", "hint"),
    [
        (
            "[profile dev]\n",
            {},
            (
                "`mfacli keys add -p dev` keeps some in the keyring; or add aws_access_key_id and "
                "aws_secret_access_key to `[dev]`, or set AWS_ACCESS_KEY_ID"
            ),
        ),
        ("[profile dev]\n", ENVIRONMENT, "the environment has keys: leave out -p to use those"),
        (f"[profile dev]\nrole_arn = {ARN}A\n", {}, "name the profile that has them with `source_profile`"),
    ],
)
def test_no_keys_at_all_come_with_a_way_on(
    tmp_path: Path, config: str, environment: dict[str, str], hint: str
) -> None:
    files = written(tmp_path, config=config)

    with pytest.raises(ProfileBroken) as refusal:
        signing_keys(follow("dev", files), files, environment, may_use_environment=False)

    assert "profile `dev` has no access keys in" in refusal.value.message
    assert refusal.value.hint == hint


def test_a_name_of_two_words_can_be_pasted(tmp_path: Path) -> None:
    files = written(tmp_path, config='[profile "my dev"]\n')

    with pytest.raises(ProfileBroken) as refusal:
        signing_keys(follow("my dev", files), files, {}, may_use_environment=False)

    assert refusal.value.hint.startswith("`mfacli keys add -p 'my dev'` keeps")


@pytest.mark.parametrize("way", ["sso_session", "sso_start_url", "credential_process", "web_identity_token_file"])
def test_other_ways_to_credentials_are_named(tmp_path: Path, way: str) -> None:
    files = written(tmp_path, config=f"[profile dev]\n{way} = x\n")

    with pytest.raises(ProfileBroken, match=f"`{way}` of profile `dev` is another way to credentials"):
        signing_keys(follow("dev", files), files, {}, may_use_environment=True)


def test_a_missing_default_profile_comes_with_those_that_have_keys(tmp_path: Path) -> None:
    files = written(tmp_path, config="[profile empty]\n", credentials=keys_of("base", "dev"))

    with pytest.raises(ProfileBroken) as refusal:
        signing_keys(follow("default", files), files, {}, may_use_environment=True)

    assert refusal.value.hint == "name a profile that has them with -p: `base`, `dev`"


def test_many_profiles_that_have_keys_are_not_all_listed(tmp_path: Path) -> None:
    files = written(tmp_path, credentials=keys_of(*(f"x{number:02}" for number in range(12))))

    with pytest.raises(ProfileBroken) as refusal:
        signing_keys(follow("default", files), files, {}, may_use_environment=True)

    assert refusal.value.hint.endswith("`x09`, …")
