"""Tencent Cloud's own tools and SDKs, through files, exports and a credential of mfacli's: denied without, done with.

The stories are the documents': an instance is terminated, a bucket deleted, an instance of another account stopped
through its role.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import cache

import pytest
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from mfacli.commands.demo_cos import call_bucket
from mfacli.commands.demo_refusals import CloudRefused
from mfacli.domain.credentials import Keys
from tests.clients.judges import Story
from tests.clients.tencent_judges import (
    BUCKET,
    DELETE,
    STOP,
    TERMINATE,
    TencentJudge,
    cos_sdk_judge,
    coscmd_judge,
    javascript_sdk_judge,
    python_sdk_judge,
    tccli_judge,
)
from tests.guests import KEEPER
from tests.stage import Cloud, Person, person_in

pytestmark = pytest.mark.real

JUDGES: Mapping[str, Callable[[], TencentJudge]] = {
    "tccli": tccli_judge,
    "SDK for Python": python_sdk_judge,
    "SDK for JavaScript": javascript_sdk_judge,
    "SDK for object storage": cos_sdk_judge,
    "coscmd": coscmd_judge,
}
PROFILE_OF = {TERMINATE: "default", DELETE: "default", STOP: "testrole"}
TOLD = [
    *((name, story) for name in ("tccli", "SDK for Python", "SDK for JavaScript") for story in (TERMINATE, STOP)),
    ("SDK for object storage", DELETE),
]
COSCMD = f"[common]\nbucket = {BUCKET}\nregion = ap-guangzhou\nschema = http\nretry = 1\n"

Actors = Callable[[Story], Person]
Targets = Callable[[Story], str]


@pytest.fixture(scope="module")
def actors(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Actors:
    """Give a maker of the people in the stories, who have opened their sessions."""

    @cache
    def actor(story: Story) -> Person:
        person = person_in(cloud, tmp_path_factory.mktemp("actor"), story.kind)
        opened = person.run(*story.session, "--code", person.code())
        assert opened.code == 0, opened
        return person

    return actor


@pytest.fixture
def target(cloud: Cloud) -> Targets:
    """Give a maker of what a story is about: a new instance, running, or the bucket, where it is not there."""

    def of_keeper(story: Story) -> str:
        found = cloud.control.environment_of(KEEPER if story is STOP else "Lan")
        keys = Keys(access_key_id=found.access_key_id, secret_access_key=found.secret_access_key)
        if story is DELETE:
            with suppress(CloudRefused):
                call_bucket(cloud.address, "PUT", f"{BUCKET}.cos.{found.region}.myqcloud.com", keys)
            return BUCKET
        made = _new_instance(cloud.address, keys)
        cloud.control.advance(timedelta(seconds=10))
        return made

    return of_keeper


def _new_instance(address: str, keys: Keys) -> str:
    place = HttpProfile(protocol="http", endpoint=address.removeprefix("http://"))
    credential = Credential(keys.access_key_id, keys.secret_access_key.reveal())
    client = CommonClient("cvm", "2017-03-12", credential, "ap-guangzhou", ClientProfile(httpProfile=place))
    asked = {"Placement": {"Zone": "ap-guangzhou-3"}, "ImageId": "img-487zeit5", "InstanceType": "S5.SMALL1"}
    answer: Mapping[str, Mapping[str, list[str]]] = client.call_json("RunInstances", asked)
    return answer["Response"]["InstanceIdSet"][0]


@pytest.mark.parametrize(("name", "story"), [*TOLD, ("coscmd", DELETE)], ids=lambda one: getattr(one, "name", one))
def test_denied_with_the_long_term_key(name: str, story: Story, actors: Actors, target: Targets) -> None:
    person = actors(story)
    keys = {
        "TENCENTCLOUD_SECRET_ID": person.access_key_id,
        "TENCENTCLOUD_SECRET_KEY": person.secret_access_key,
        "TENCENTCLOUD_REGION": "ap-guangzhou",
    }
    lines = f"secret_id = {person.access_key_id}\nsecret_key = {person.secret_access_key}\n"
    (person.home / ".cos.conf").write_text(COSCMD + lines)

    verdict = JUDGES[name]().verdict(person, story, target(story), environment=keys)

    assert verdict == f"denied {story.denial}"


@pytest.mark.parametrize(("name", "story"), TOLD, ids=lambda one: getattr(one, "name", one))
def test_done_in_the_environment_that_mfacli_sets(name: str, story: Story, actors: Actors, target: Targets) -> None:
    before = ("mfacli", "exec", "-p", PROFILE_OF[story], "--no-input", "--")

    verdict = JUDGES[name]().verdict(actors(story), story, target(story), *before)

    assert verdict == "done"


@pytest.mark.parametrize("story", [TERMINATE, STOP], ids=lambda story: story.name)
def test_tccli_takes_the_profile_that_mfacli_wrote(story: Story, actors: Actors, target: Targets) -> None:
    person = actors(story)
    written = person.run(*story.session, "--write-profile", "mfa", "--no-input")

    verdict = tccli_judge().verdict(person, story, target(story), profile="mfa")

    assert written.code == 0, written
    assert verdict == "done"


def test_tccli_finds_what_a_shell_took_over(actors: Actors, target: Targets) -> None:
    shell = ("bash", "-c", 'eval "$(mfacli export)" && exec "$@"', "bash")

    assert tccli_judge().verdict(actors(TERMINATE), TERMINATE, target(TERMINATE), *shell) == "done"


@pytest.mark.parametrize("story", [TERMINATE, STOP], ids=lambda story: story.name)
def test_any_python_program_takes_mfaclis_credential(story: Story, actors: Actors, target: Targets) -> None:
    judge = python_sdk_judge()

    assert judge.verdict(actors(story), story, target(story), profile=PROFILE_OF[story]) == "done"


def test_coscmd_takes_the_file_that_mfacli_wrote(actors: Actors, target: Targets) -> None:
    person = actors(DELETE)
    path = person.home / ".cos.conf"
    path.write_text(COSCMD)
    written = person.run("session", "--to", "coscmd", "--no-input")

    verdict = coscmd_judge().verdict(person, DELETE, target(DELETE))

    assert written.code == 0, written
    assert verdict == "done"
    assert path.read_text().startswith(COSCMD)
