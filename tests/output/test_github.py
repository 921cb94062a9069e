from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfacli.domain.cloud import Cloud
from mfacli.errors import FileUnwritable, UsageWrong
from mfacli.output.environment import changes_back, changes_for
from mfacli.output.exports import Format, export_text
from mfacli.output.github import (
    append_to_env_file,
    blankable,
    env_file,
    env_file_text,
    in_the_way,
    mask_commands,
)
from tests.output.hostile import VALUES
from tests.output.sessions import SESSION


def _read_env_file(text: str) -> dict[str, str]:
    """Read a file of variables by the rules that GitHub documents: `NAME=VALUE`, or a value between delimiters."""
    found: dict[str, str] = {}
    lines = text.split("\n")
    assert lines.pop() == ""
    while lines:
        line = lines.pop(0)
        started = re.fullmatch(r"([^=]+?)<<(.+)", line)
        if started is None:
            name, _, value = line.partition("=")
            found[name] = value
            continue
        end = lines.index(started[2])
        found[started[1]] = "\n".join(lines[:end])
        del lines[: end + 1]
    return found


def test_hostile_values_arrive_as_they_are() -> None:
    assert _read_env_file(env_file_text(VALUES, ())) == VALUES


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_value_arrives_as_it_is(value: str) -> None:
    assert _read_env_file(env_file_text({"A": value, "B": value}, ())) == {"A": value, "B": value}


def test_nobody_can_know_the_delimiters() -> None:
    delimiters = re.findall(r"<<(.+)", env_file_text({"A": "1", "B": "2"}, ()) + env_file_text({"A": "1"}, ()))

    assert len(set(delimiters)) == 3
    assert all(len(delimiter) >= 32 for delimiter in delimiters)


def test_the_keys_are_masked_and_what_is_public_is_not() -> None:
    text = export_text(changes_for(SESSION, profile="dev", endpoint_url="http://127.0.0.1:4566"), Format.GITHUB)

    assert text.splitlines() == [
        "::add-mask::ASIAEXAMPLE",
        "::add-mask::wJalr/K7+bPx=",
        "::add-mask::FwoGZXIvYXdz//+token==",
    ]


def test_the_keys_of_the_other_cloud_are_masked_too() -> None:
    text = export_text(changes_for(replace(SESSION, cloud=Cloud.TENCENT), profile="dev"), Format.GITHUB)

    assert text.splitlines() == [
        "::add-mask::ASIAEXAMPLE",
        "::add-mask::wJalr/K7+bPx=",
        "::add-mask::FwoGZXIvYXdz//+token==",
    ]


def test_whatever_is_not_known_to_be_public_is_masked_line_by_line() -> None:
    text = mask_commands({"ANY_TOKEN": "first\r\n\n100%0A\nfirst", "EMPTY": "", "MY_REGION": "eu-west-1"})

    assert text == "::add-mask::first\n::add-mask::100%250A\n"


def test_nothing_is_masked_where_nothing_is_set() -> None:
    assert export_text(changes_back(), Format.GITHUB) == ""


def test_what_cannot_be_unset_is_emptied_where_it_is_set_and_may_be_empty() -> None:
    environment = {"AWS_SESSION_TOKEN": "x", "AWS_SECURITY_TOKEN": "", "AWS_PROFILE": "p", "MFACLI_PROFILE": "p"}
    environment |= {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}

    blank = blankable((*changes_back().to_unset, "AWS_PROFILE"), environment)

    assert set(blank) == {"AWS_SESSION_TOKEN", "MFACLI_PROFILE"}
    assert _read_env_file(env_file_text({}, blank)) == {"AWS_SESSION_TOKEN": "", "MFACLI_PROFILE": ""}


def test_a_profile_that_stays_is_told_of_where_it_should_go() -> None:
    environment = {"AWS_PROFILE": "p", "AWS_DEFAULT_PROFILE": ""}

    assert in_the_way(changes_for(SESSION, profile="dev").to_unset, environment) == ("AWS_PROFILE",)
    assert in_the_way(changes_back().to_unset, environment) == ()


@pytest.mark.parametrize("before", ["", "OTHER=1\n", "OTHER=1"])
def test_what_is_in_the_file_stays(before: str, tmp_path: Path) -> None:
    path = tmp_path / "env"
    path.write_text(before)

    append_to_env_file(path, env_file_text({"A": "1"}, ()))

    assert _read_env_file(path.read_text()) == ({"OTHER": "1"} if before else {}) | {"A": "1"}


def test_a_file_that_is_not_there_yet_is_made_private(tmp_path: Path) -> None:
    append_to_env_file(tmp_path / "env", "A=1\n")

    assert (tmp_path / "env").stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileUnwritable, match="which GITHUB_ENV names, could not be written: is a directory"):
        append_to_env_file(tmp_path, "A=1\n")


def test_outside_of_a_step_there_is_no_file() -> None:
    with pytest.raises(UsageWrong, match="GITHUB_ENV is not set"):
        env_file({"GITHUB_ENV": ""})

    assert env_file({"GITHUB_ENV": "/x/env"}) == Path("/x/env")
