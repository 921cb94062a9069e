from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mfacli.checks.finding import Level
from mfacli.checks.network import EndpointFacts, check_clock, check_endpoint

WELL = EndpointFacts(cloud="AWS", host="sts.amazonaws.com", seconds=0.2, offset=timedelta())


@pytest.mark.parametrize(
    ("facts", "level", "words"),
    [
        (WELL, Level.GOOD, "sts.amazonaws.com answers in 0.20 s"),
        (replace(WELL, seconds=3.0), Level.WARNING, "takes 3.0 s to answer"),
        (replace(WELL, proxy="proxy:3128"), Level.GOOD, "through the proxy proxy:3128"),
        (replace(WELL, problem="no way", proxy="proxy:3128"), Level.BAD, "no way (through the proxy proxy:3128)"),
        (replace(WELL, is_the_cloud=False), Level.BAD, "captive portal"),
    ],
)
def test_the_way_to_the_cloud(facts: EndpointFacts, level: Level, words: str) -> None:
    (found,) = check_endpoint(facts)

    assert found.level is level
    assert words in found.what


@pytest.mark.parametrize(
    ("offset", "level", "words"),
    [
        (timedelta(), Level.GOOD, "this machine's clock is AWS's"),
        (timedelta(seconds=40), Level.WARNING, "is 40 s behind the cloud's"),
        (timedelta(seconds=-40), Level.WARNING, "is 40 s ahead of the cloud's"),
        (timedelta(minutes=10), Level.BAD, "is 600 s behind the cloud's: mfacli reckons with that"),
        (timedelta(minutes=-10), Level.BAD, "is 600 s ahead of the cloud's"),
        (None, Level.WARNING, "did not say what time it is"),
    ],
)
def test_the_clock(offset: timedelta | None, level: Level, words: str) -> None:
    (found,) = check_clock(replace(WELL, offset=offset))

    assert found.level is level
    assert words in found.what


@pytest.mark.parametrize("facts", [replace(WELL, problem="no way"), replace(WELL, is_the_cloud=False)])
def test_nobody_elses_clock_counts(facts: EndpointFacts) -> None:
    assert list(check_clock(facts)) == []


def test_a_way_that_others_can_read_is_warned_of() -> None:
    is_open, answers = check_endpoint(replace(WELL, is_open=True))

    assert (is_open.level, answers.level) == (Level.WARNING, Level.GOOD)
    assert is_open.what == "the way to sts.amazonaws.com is not encrypted: anybody on it could read sessions"


@pytest.mark.parametrize(
    ("system", "cure"),
    [("linux", "timedatectl"), ("wsl", "hwclock"), ("darwin", "sntp"), ("win32", "w32tm"), ("aix", "set this")],
)
def test_a_clock_is_set_by_this_machines_own_command(system: str, cure: str) -> None:
    (found,) = check_clock(replace(WELL, offset=timedelta(minutes=10), system=system))

    assert cure in found.cure


@pytest.mark.parametrize("facts", [replace(WELL, problem="no way"), replace(WELL, seconds=3.0)])
def test_whose_way_it_is_and_what_to_look_at_is_told(facts: EndpointFacts) -> None:
    (found,) = check_endpoint(replace(facts, needed_by="prod"))

    assert found.what.endswith(", which profile `prod` needs")
    assert "HTTPS_PROXY" in found.cure
