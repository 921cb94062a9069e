"""Real clients, through a profile that mfacli wrote and an environment that it set: denied without, done with.

The stories are the documents': an instance is stopped, an object put into another account's bucket, a book written
through another account's role.
"""

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
from tests.stage import Cloud, Person, person_in

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
    """Give a maker of the people in the stories, who have had their sessions written as the profile `mfa`."""

    @cache
    def actor(story: Story) -> Person:
        person = person_in(cloud, tmp_path_factory.mktemp("actor"), story.kind)
        with person.config_file.open("a") as file:
            file.write(f"\n[profile mfa]\nregion = us-east-1\nendpoint_url = {cloud.address}\n")
        opened = person.run(*story.session, "--write-profile", "mfa", "--code", person.code())
        assert opened.code == 0, opened
        return person

    return actor


@pytest.fixture(params=JUDGES)
def judge(request: pytest.FixtureRequest) -> Judge:
    """Give one client after the other."""
    return JUDGES[request.param]()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_denied_with_the_long_term_key(judge: Judge, actors: Actors, story: Story, instance: str) -> None:
    assert judged(judge, actors(story), story, instance, "default") == f"denied {story.denial}"


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_done_with_the_profile_that_mfacli_wrote(judge: Judge, actors: Actors, story: Story, instance: str) -> None:
    assert judged(judge, actors(story), story, instance, "mfa") == "done"


def test_done_in_the_environment_that_mfacli_sets(judge: Judge, actors: Actors, instance: str) -> None:
    books = next(story for story in STORIES if story.name == "books")

    assert judged(judge, actors(books), books, instance, None, "mfacli", "exec", "-p", "books", "--") == "done"
