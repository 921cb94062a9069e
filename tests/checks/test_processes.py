from __future__ import annotations

from dataclasses import replace

import pytest

from mfacli.checks.finding import Level
from mfacli.checks.processes import ProcessFacts, check_process

ALONE = ProcessFacts(name="dev", keys=frozenset({"credential_process", "region"}))


def _with(*keys: str) -> ProcessFacts:
    return replace(ALONE, keys={*ALONE.keys, *keys})


def test_a_process_alone_is_run() -> None:
    assert list(check_process(ALONE)) == []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (replace(_with("aws_access_key_id"), in_credentials={"aws_access_key_id"}), "`aws_access_key_id` in the"),
        (_with("role_arn", "source_profile"), "`role_arn`"),
        (_with("role_arn", "web_identity_token_file"), "`web_identity_token_file`"),
        (_with("sso_account_id", "sso_start_url"), "`sso_account_id` and `sso_role_name`"),
        (_with("login_session"), "`login_session`"),
    ],
)
def test_what_goes_before_a_process_is_told(facts: ProcessFacts, words: str) -> None:
    (found,) = check_process(facts)

    assert found.level is Level.BAD
    assert f"is never run: AWS tools take {words}" in found.what


@pytest.mark.parametrize("keys", [("aws_access_key_id",), ("sso_start_url",), ("source_profile",)])
def test_what_comes_after_a_process_hides_it_not(keys: tuple[str, ...]) -> None:
    assert list(check_process(_with(*keys))) == []


def test_a_program_that_is_gone_is_told() -> None:
    (found,) = check_process(replace(ALONE, missing_program="~/bin/vault"))

    assert (found.level, "runs `~/bin/vault`" in found.what) == (Level.BAD, True)
    assert found.cure.startswith("write the program's full path")


def test_where_mfacli_itself_has_moved_the_profile_is_written_anew() -> None:
    (found,) = check_process(replace(ALONE, missing_program="/old/mfacli", serves="my dev"))

    assert found.cure == "mfacli integrate 'my dev' --as dev"


def test_an_open_quote_is_told() -> None:
    (found,) = check_process(replace(ALONE, is_unreadable=True))

    assert (found.level, "never closed" in found.what) == (Level.BAD, True)
