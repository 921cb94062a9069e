from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mfacli.checks.finding import DropCredential, DropKey, DropSection, Level
from mfacli.checks.profiles import (
    AwsSectionFacts,
    PlanFacts,
    TencentFileFacts,
    check_aws_section,
    check_count,
    check_plan,
    check_stray_section,
    check_tencent_file,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DEV = AwsSectionFacts(name="dev", path="/c", section="dev")
KEYS = {"aws_access_key_id": "AKIA1", "aws_secret_access_key": ""}
OWN = replace(DEV, credentials=KEYS, key_id="AKIA1", has_secret=True)
FILE = TencentFileFacts(name="dev", path="/t/dev.credential")


def test_a_profile_that_leads_somewhere_is_good_and_a_broken_one_says_why() -> None:
    (well,) = check_plan(PlanFacts(cloud="AWS", name="dev", leads_to="opens a session"))
    (broken,) = check_plan(PlanFacts(cloud="AWS", name="dev", problem="it loops", hint="cut it"))

    assert (well.level, well.what) == (Level.GOOD, "`dev` (AWS) opens a session")
    assert (broken.level, broken.what, broken.cure) == (Level.BAD, "it loops", "cut it")


def test_nothing_surprises_in_an_ordinary_profile() -> None:
    ordinary = replace(DEV, config={"mfa_serial": "x", "region": "y", "s3": "", "cli_pager": ""})

    assert list(check_aws_section(ordinary, now=NOW)) == []


def test_a_key_that_looks_like_another_is_a_slip() -> None:
    (found,) = check_aws_section(replace(DEV, config={"mfa_serail": "x"}), now=NOW)

    assert (found.level, found.cure) == (Level.WARNING, "did you mean `mfa_serial`?")


@pytest.mark.parametrize("key", ["zzqx", "granted_sso_start_url", "metadata_service_timeout"])
def test_a_key_that_looks_like_none_is_another_tools(key: str) -> None:
    assert list(check_aws_section(replace(DEV, config={key: "x"}), now=NOW)) == []


@pytest.mark.parametrize(
    ("key", "meant"),
    [("secretID", "secretId"), ("secretkey", "secretKey"), ("role_arn", "role-arn"), ("roleArn", "role-arn")],
)
def test_a_key_of_tcclis_that_looks_like_another_is_a_slip(key: str, meant: str) -> None:
    (found,) = check_tencent_file(replace(FILE, keys=frozenset({key, "token", "oauth"})), now=NOW)

    assert (found.level, found.cure) == (Level.WARNING, f"did you mean `{meant}`?")


def test_a_token_that_hides_another_can_be_taken_out() -> None:
    (found,) = check_aws_section(replace(DEV, has_two_tokens=True), now=NOW)

    assert found.mend == DropKey(path="/c", section="dev", key="aws_security_token")


@pytest.mark.parametrize(
    ("was_ours", "mend"), [(True, DropSection(path="/c", section="dev")), (False, None)], ids=["ours", "another's"]
)
def test_an_expired_session_is_taken_out_only_where_it_is_ours(was_ours: bool, mend: DropSection | None) -> None:
    expired = replace(DEV, expires_at=NOW - timedelta(seconds=1), was_ours=was_ours)

    (found,) = check_aws_section(expired, now=NOW)

    assert (found.level, found.mend) == (Level.WARNING, mend)


def test_a_session_that_lives_is_left_alone() -> None:
    assert list(check_aws_section(replace(DEV, expires_at=NOW + timedelta(1), was_ours=True), now=NOW)) == []


def test_keys_that_could_rest_in_the_keyring_are_told_with_the_command() -> None:
    (found,) = check_aws_section(replace(OWN, can_move=True), now=NOW)

    assert found.cure == "mfacli keys add -p dev --from-profile dev --remove-from-file"


def test_keys_that_are_left_beside_those_in_the_keyring_are_told() -> None:
    (found,) = check_aws_section(replace(OWN, is_kept=True), now=NOW)

    assert "still has keys" in found.what


def test_keys_stay_unsaid_where_no_keyring_takes_them() -> None:
    assert list(check_aws_section(OWN, now=NOW)) == []


@pytest.mark.parametrize(
    ("header", "cure"),
    [
        ("dev", "write [profile dev]"),
        ("my dev", 'write [profile "my dev"]'),
        ("profile my dev", 'write [profile "my dev"]'),
    ],
)
def test_a_section_that_aws_tools_pass_over_is_told(header: str, cure: str) -> None:
    (found,) = check_stray_section(header, "/c")

    assert found.cure == cure


def test_tcclis_role_beside_a_token_is_bad() -> None:
    (found,) = check_tencent_file(replace(FILE, has_keys=True, has_token=True, has_role=True), now=NOW)

    assert found.level is Level.BAD
    assert "tccli drops the token" in found.what


def test_tcclis_other_ways_are_no_ground_for_a_session() -> None:
    (found,) = check_tencent_file(replace(FILE, way="oauth", has_keys=True, can_move=True), now=NOW)

    assert found.level is Level.WARNING
    assert "of type `oauth`" in found.what


@pytest.mark.parametrize(
    ("facts", "count"),
    [
        (replace(FILE, has_keys=True, can_move=True), 1),
        (replace(FILE, has_keys=True, can_move=True, is_kept=True), 0),
        (replace(FILE, has_keys=True), 0),
        (FILE, 0),
    ],
)
def test_tcclis_keys_could_move_where_there_is_a_keyring(facts: TencentFileFacts, count: int) -> None:
    assert len(list(check_tencent_file(facts, now=NOW))) == count


def test_no_profile_at_all_is_told_with_what_makes_one() -> None:
    (found,) = check_count(0, whose="AWS")

    assert (found.level, found.cure.split("  ")[0]) == (Level.WARNING, "mfacli keys add")
    assert list(check_count(1, whose="AWS")) == []


def test_what_has_no_advice_of_its_own_is_looked_at_again() -> None:
    (found,) = check_plan(PlanFacts(cloud="AWS", name="my dev", problem="it loops"))

    assert found.cure == "mend that, then: mfacli doctor -p 'my dev'"


def test_a_name_with_a_space_is_quoted_in_commands() -> None:
    (found,) = check_aws_section(replace(OWN, name="my dev", can_move=True), now=NOW)

    assert found.cure == "mfacli keys add -p 'my dev' --from-profile 'my dev' --remove-from-file"


def test_half_a_pair_is_not_moved() -> None:
    assert list(check_aws_section(replace(OWN, can_move=True, has_secret=False), now=NOW)) == []


def test_tokens_beside_long_term_keys_are_all_there_is_to_say() -> None:
    stale = replace(OWN, can_move=True, has_two_tokens=True, tokens=("aws_security_token", "aws_session_token"))

    found = list(check_aws_section(stale, now=NOW))

    assert [each.level for each in found] == [Level.BAD, Level.BAD]
    assert [each.mend for each in found] == [DropKey(path="/c", section="dev", key=key) for key in stale.tokens]


def test_the_word_profile_in_the_credentials_file_is_told() -> None:
    (found,) = check_aws_section(replace(DEV, name="profile dev", section="profile dev", credentials=KEYS), now=NOW)

    assert (found.level, found.cure) == (Level.WARNING, "write [dev]")


@pytest.mark.parametrize(
    ("was_ours", "mend"), [(True, DropCredential(path="/t/dev.credential")), (False, None)], ids=["ours", "another's"]
)
def test_an_expired_session_in_tcclis_files_is_told(was_ours: bool, mend: DropCredential | None) -> None:
    held = replace(FILE, has_keys=True, has_token=True, expires_at=NOW, was_ours=was_ours)

    (found,) = check_tencent_file(held, now=NOW)

    assert (found.level, found.mend) == (Level.WARNING, mend)
    assert list(check_tencent_file(replace(held, expires_at=NOW + timedelta(1)), now=NOW)) == []
