"""What is listed of long-term keys where some of the clouds' endpoints answer and others do not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mfacli.commands.main import run
from mfacli.commands.wiring import Desk
from mfacli.domain.credentials import CloudKey, Keys, LastUse
from mfacli.domain.plan import Plan
from mfacli.errors import AccessDenied, CloudUnreachable
from tests.commands.at_desk import KEYS, wrote
from tests.doubles import NOON

DEAD, ALIVE, STRICT = "http://127.0.0.1:9", "http://127.0.0.1:4566", "http://127.0.0.1:4567"


@dataclass(slots=True)
class _Clouds:
    """One endpoint that does not answer, one that does, and one whose policies do not let it."""

    asked: list[str | None] = field(default_factory=list)

    def list_keys(self, *, plan: Plan, keys: Keys) -> Sequence[CloudKey]:
        self.asked.append(plan.endpoint_url)
        if plan.endpoint_url == DEAD:
            raise CloudUnreachable(f"`{DEAD}` cannot be reached")
        if plan.endpoint_url == STRICT:
            raise AccessDenied("ListAccessKeys was denied")
        return [CloudKey(access_key_id=keys.access_key_id, is_active=True, created_at=NOON)]

    def last_use(self, access_key_id: str, *, plan: Plan, keys: Keys) -> LastUse | None:
        return LastUse(at=NOON, service="sts")


@pytest.fixture
def clouds(isolated_home: Path, monkeypatch: pytest.MonkeyPatch) -> _Clouds:
    places = {"a": DEAD, "b": ALIVE, "c": DEAD, "d": STRICT, "e": ALIVE}
    wrote(isolated_home, ".aws/credentials", "".join(f"[{name}]\n{KEYS}" for name in places))
    config = "".join(f"[profile {name}]\nregion = eu-west-1\nendpoint_url = {at}\n" for name, at in places.items())
    wrote(isolated_home, ".aws/config", config)
    clouds = _Clouds()
    monkeypatch.setattr(Desk, "keys_of", lambda *_: clouds)
    return clouds


def test_an_endpoint_that_does_not_answer_is_asked_once_and_keeps_no_other_from_being_asked(
    clouds: _Clouds, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["keys", "list", "--json"])

    told = capsys.readouterr()
    known = {key["profile"]: key["active"] for key in json.loads(told.out)["keys"]}
    assert code == 0
    assert known == {"a": None, "b": True, "c": None, "d": None, "e": True}
    assert clouds.asked == [DEAD, ALIVE, STRICT, ALIVE]
    assert told.err.count("are left out") == 1


def test_offline_no_endpoint_is_asked(clouds: _Clouds, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["keys", "list", "--offline", "--json"])

    assert code == 0
    assert clouds.asked == []
    assert len(json.loads(capsys.readouterr().out)["keys"]) == 5


def test_as_lines_what_is_known_stands_beside_what_is_not(
    clouds: _Clouds, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["keys", "list"])

    lines = capsys.readouterr().out.splitlines()
    moment = NOON.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert lines[0].split("\t")[:6] == ["a", "aws", "MPLE", "-", "-", "-"]
    assert lines[1].split("\t")[:6] == ["b", "aws", "MPLE", "active", moment, moment]
