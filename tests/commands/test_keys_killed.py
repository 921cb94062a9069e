"""`mfacli keys rotate`, ended by SIGKILL at every moment that leaves a trace, in both clouds, and run again.

The moments are those before each answer of the cloud is read, when it has done what it was asked, and before each
file of ours, of the keyring's or of the cloud's tools is put in its place.
"""

from __future__ import annotations

import importlib
import json
import sys
from contextlib import suppress
from dataclasses import dataclass

import boto3
import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sts.v20180813.models import GetCallerIdentityRequest
from tencentcloud.sts.v20180813.sts_client import StsClient

from tests.fate import Fate, become
from tests.real import Child, run_in_child
from tests.stage import REGION, Guests, Person

FILES = ("rotations.json", "keys.json", "keyring.json", "credentials", ".credential")
# A rotation has about a dozen; more than these, and the test has gone wrong.
MOST_MOMENTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One cloud's way, and where the keys are."""

    guest: str
    cloud: str
    in_keyring: bool


KINDS = [
    Kind(guest="rotator", cloud="aws", in_keyring=True),
    Kind(guest="sub-rotator", cloud="tencent", in_keyring=False),
]


def _rotate(person: Person, kind: Kind, deadly: int | None = None) -> Child:
    """Run `mfacli keys rotate` in a forked child: a new interpreter for each moment would take minutes."""
    arguments = ["keys", "rotate", "--cloud", kind.cloud, "--no-input", "--code", person.code()]

    def inside() -> object:
        said = become(person)
        from mfacli.commands.main import run

        fate = Fate(deadly, files=FILES)
        fate.begin()
        known = set(sys.modules)
        code = run(arguments)
        return [code, fate.moments, said.getvalue(), sorted(set(sys.modules) - known)]

    return run_in_child(inside)


def _told(child: Child) -> tuple[int, int, str]:
    """Return the exit code, how many moments there were, and what was said."""
    match child.result():
        case [int(code), int(moments), str(said), _]:
            return code, moments, said
        case other:
            raise AssertionError(other)


def _preload(child: Child) -> None:
    """Import what a rotation has imported, for all children to come: half of their time would go into that."""
    match child.result():
        case [0, _, _, [*names]]:
            for name in names:
                with suppress(ModuleNotFoundError):
                    importlib.import_module(str(name))
        case other:
            raise AssertionError(other)


def _current_keys(person: Person, kind: Kind) -> tuple[str, str]:
    """Return the id and the secret that the profile has, read without mfacli."""
    if kind.in_keyring:
        record = json.loads((person.state / "keys.json").read_text())["records"][f"{kind.cloud}:default"]
        entries: dict[str, str] = json.loads(person.keyring.read_text())
        ending = f"{kind.cloud}:default:{record['slot']}"
        (text,) = [text for name, text in entries.items() if name.startswith("mfacli-keys") and name.endswith(ending)]
        _, _, key_id, secret, _ = text.split("\n")
        assert key_id == record["access_key_id"]
        return key_id, secret
    written = json.loads(person.credentials_file.read_text())
    return written["secretId"], written["secretKey"]


def _check_that_they_work(person: Person, kind: Kind, keys: tuple[str, str]) -> None:
    """Make a call with the keys; the SDKs raise where the cloud does not take them."""
    key_id, secret = keys
    if kind.cloud == "aws":
        client = boto3.client(
            "sts",
            region_name=REGION,
            endpoint_url=person.cloud.address,
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
        )
        assert client.get_caller_identity()["Arn"].endswith(f"/{person.user}")
        return
    place = HttpProfile(protocol="http", endpoint=person.cloud.address.removeprefix("http://"))
    profile = ClientProfile(httpProfile=place)
    answer = StsClient(Credential(key_id, secret), "ap-guangzhou", profile).GetCallerIdentity(
        GetCallerIdentityRequest()
    )
    assert answer.UserId == person.uin


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcfromtimestamp")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.cloud}-{'keyring' if kind.in_keyring else 'file'}")
def test_wherever_a_rotation_is_killed_the_profiles_keys_work_and_running_it_again_ends_it(
    guests: Guests, kind: Kind
) -> None:
    person = guests(kind.guest)
    if kind.in_keyring:
        assert person.run("keys", "add", "--from-profile", "default", "--remove-from-file", "--no-check").code == 0
    _preload(_rotate(person, kind))
    deadly = 0
    while (killed := _rotate(person, kind, deadly)).failure:
        assert killed.failure == "killed before it answered"
        _check_that_they_work(person, kind, _current_keys(person, kind))
        before = _current_keys(person, kind)

        code, _, said = _told(_rotate(person, kind))

        assert code == 0, f"after being killed at moment {deadly}: {said}"
        _check_that_they_work(person, kind, _current_keys(person, kind))
        assert "is deleted" in said
        assert before != _current_keys(person, kind) or "is in its place already; going on" in said
        deadly += 1
        assert deadly < MOST_MOMENTS

    assert _told(killed)[:2] == (0, deadly)
    assert deadly > 10
    assert json.loads((person.state / "rotations.json").read_text())["records"] == {}
