"""Real clients whose profile says `credential_process = mfacli …`: they need no variable and no written key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import pytest

from tests.clients.judges import (
    STORIES,
    Judge,
    Story,
    boto3_judge,
    debian_cli_judge,
    javascript_judge,
    judged,
    pypi_cli_judge,
)
from tests.stage import COMMAND, Cloud, Person, person_in

pytestmark = pytest.mark.real

JUDGES: Mapping[str, Callable[[], Judge]] = {
    "boto3": boto3_judge,
    "AWS CLI of PyPI": pypi_cli_judge,
    "AWS CLI of Debian": debian_cli_judge,
    "JavaScript SDK": javascript_judge,
}
Actors = Callable[[Story], Person]


@pytest.fixture(scope="module")
def actors(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Actors:
    """Give a maker of the people in the stories, whose profile `sdk` calls mfacli for what the story needs."""

    @cache
    def actor(story: Story) -> Person:
        person = person_in(cloud, tmp_path_factory.mktemp("actor"), story.kind)
        called = "books" if story.name == "books" else "default"
        with person.config_file.open("a") as file:
            file.write(f"\n[profile sdk]\nregion = us-east-1\nendpoint_url = {cloud.address}\n")
            file.write(f'credential_process = "{COMMAND}" credential-process -p {called}\n')
        return person

    return actor


@pytest.fixture(params=JUDGES)
def judge(request: pytest.FixtureRequest) -> Judge:
    """Give one client after the other."""
    return JUDGES[request.param]()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_done_with_what_mfacli_answers(judge: Judge, actors: Actors, story: Story, instance: str) -> None:
    person = actors(story)
    opened = person.run(*story.session, "--no-input")
    if opened.code == 8:
        opened = person.run(*story.session, "--code", person.code())

    assert opened.code == 0
    assert judged(judge, person, story, instance, "sdk") == "done"


@pytest.mark.parametrize(
    ("judge", "said"),
    [
        ("boto3", "CredentialRetrievalError"),
        ("AWS CLI of PyPI", "custom-process"),
        ("AWS CLI of Debian", "custom-process"),
    ],
)
def test_the_client_shows_what_to_run_where_nobody_can_be_asked(
    judge: str, said: str, person: Person, instance: str
) -> None:
    with person.config_file.open("a") as file:
        file.write(f"\n[profile sdk]\nregion = us-east-1\nendpoint_url = {person.cloud.address}\n")
        file.write(f'credential_process = "{COMMAND}" credential-process -p default\n')
    chosen = JUDGES[judge]()
    stop = next(story for story in STORIES if story.name == "stop")

    finished = person.run_program(
        chosen.command(stop, instance, person.cloud.address, "sdk"), environment=chosen.environment()
    )

    assert finished.code != 0
    assert said in finished.stderr
    assert (
        "cannot be asked: there is no terminal; run `mfacli session -p default` at a terminal first"
        in finished.stderr
    )
