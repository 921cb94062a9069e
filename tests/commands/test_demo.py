"""The demo: what a row says when all is well and when it is not, and that whoever stops it finds nothing left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest
from botocore.exceptions import ClientError

from mfacli.commands import demo, demo_stage
from mfacli.commands.demo_cos import authorization
from mfacli.commands.demo_refusals import CloudRefused
from mfacli.commands.demo_scenes import AWS_SCENES, DONE, Scene, denied
from mfacli.commands.demo_stage import CommandRefused, Stage
from mfacli.commands.demo_tencent_scenes import TENCENT_SCENES
from mfacli.commands.main import run
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys
from mfacli.domain.secret import Secret
from tests.stage import COMMAND, clean_environment, run_in

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals to process groups are POSIX's")
_PATIENCE_SECONDS = 40
# Less than the demo waits for its emulator.
_AT_ONCE_SECONDS = 20


def _scene(act: Callable[[Stage], object], *, expected: str) -> Scene:
    return Scene(story="A story", who="Sofia", what="ec2:StopInstances", by="her key", expected=expected, act=act)


def _denied(_: Stage) -> None:
    raise ClientError({"Error": {"Code": "AccessDenied", "Message": "User: Sofia may not"}}, "StopInstances")


def _denied_in_tencent_cloud(_: Stage) -> None:
    raise CloudRefused("UnauthorizedOperation", "操作未授权")


def _refused(_: Stage) -> None:
    raise CommandRefused(4, "mfacli: the code is not six digits")


def _broken(_: Stage) -> None:
    raise LookupError("no such instance")


@pytest.fixture
def empty_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Play without an emulator: these scenes need none."""
    monkeypatch.setattr(demo_stage, "stage", lambda: _NoStage())


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    """Give the folder in which the demo makes its home."""
    folder = tmp_path / "rooms"
    folder.mkdir()
    return folder


class _NoStage:
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def _played(scenes: tuple[Scene, ...], monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    monkeypatch.setattr(demo, "scenes_of", lambda cloud: scenes)
    return run(["demo", *options])


@pytest.mark.usefixtures("empty_stage")
def test_all_as_it_must_be_is_success(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    scenes = (_scene(lambda _: None, expected=DONE), _scene(_denied, expected=denied()))

    code = _played(scenes, monkeypatch)

    shown, said = capfd.readouterr()
    assert code == 0
    assert shown.count("  ok ") == 2
    assert "may not" not in shown
    assert "2 scenes" in said


@pytest.mark.usefixtures("empty_stage")
@pytest.mark.parametrize(
    ("act", "actual", "message"),
    [
        (_denied, "denied: AccessDenied", "User: Sofia may not"),
        (_denied_in_tencent_cloud, "denied: UnauthorizedOperation", "操作未授权"),
        (_refused, "refused: exit 4", "mfacli: the code is not six digits"),
        (_broken, "failed", "LookupError: no such instance"),
    ],
)
def test_a_failing_row_says_what_happened_and_why(
    act: Callable[[Stage], object],
    actual: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    code = _played((_scene(act, expected=DONE),), monkeypatch)

    shown, said = capfd.readouterr()
    assert code == 1
    assert f"{actual} (must be done)\n        {message}\n" in shown
    assert "1 not as they must be" in said


@pytest.mark.usefixtures("empty_stage")
def test_json_has_a_row_for_each_scene(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    scenes = (_scene(lambda _: None, expected=DONE), _scene(_denied, expected=DONE))

    code = _played(scenes, monkeypatch, "--json")

    document = json.loads(capfd.readouterr().out)
    assert code == 1
    assert (document["version"], document["ok"]) == (1, False)
    assert [(row["expected"], row["actual"], row["ok"], row["message"]) for row in document["rows"]] == [
        ("done", "done", True, ""),
        ("done", "denied: AccessDenied", False, "User: Sofia may not"),
    ]


def test_one_clouds_scenes_can_be_played_alone() -> None:
    assert demo.scenes_of(Cloud.AWS) == AWS_SCENES
    assert demo.scenes_of(Cloud.TENCENT) == TENCENT_SCENES
    assert demo.scenes_of(None) == (*AWS_SCENES, *TENCENT_SCENES)


def test_calls_of_object_storage_are_signed_as_its_own_sdk_signs_them() -> None:
    vectors = json.loads((Path(__file__).parents[1] / "vectors" / "tencent_requests.json").read_text())
    vector = next(one for one in vectors["requests"] if one["name"] == "cos-delete_bucket-token")
    headers: dict[str, str] = dict(vector["headers"])
    expected = headers.pop("authorization")
    keys = Keys(access_key_id="AKIDSESSION", secret_access_key=Secret("SKEXAMPLE"))

    made = authorization("DELETE", headers, keys, period="1764244181;1764254241")

    assert made == expected


def test_one_clouds_scenes_go_as_they_must_and_leave_nothing(rooms: Path, tmp_path: Path) -> None:
    environment = clean_environment(tmp_path) | {"TMPDIR": str(rooms)}

    finished = run_in(tmp_path, [COMMAND, "demo", "--cloud", "tencent", "--json"], environment=environment)

    document = finished.json()
    assert (finished.code, document["ok"]) == (0, True), finished.stdout
    rows = document["rows"]
    assert isinstance(rows, list)
    assert len(rows) == len(TENCENT_SCENES)
    assert list(rooms.iterdir()) == []


def _until(is_so: Callable[[], bool]) -> bool:
    end = monotonic() + _PATIENCE_SECONDS
    while monotonic() < end:
        if is_so():
            return True
        sleep(0.02)
    return False


def _emulator_of(folder: Path) -> int | None:
    """Return the process of the demo's emulator, once it has left word in the demo's home."""
    for state in folder.glob("mfacli-demo-*/state/emulator/emulator.json"):
        pid: int = json.loads(state.read_text())["pid"]
        return pid
    return None


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def _begun(rooms: Path, tmp_path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [COMMAND, "demo"],
        env=clean_environment(tmp_path) | {"TMPDIR": str(rooms)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopped_while_it_plays_it_leaves_no_process_and_no_file(
    number: signal.Signals, rooms: Path, tmp_path: Path
) -> None:
    process = _begun(rooms, tmp_path)
    assert _until(lambda: _emulator_of(rooms) is not None)
    emulator = _emulator_of(rooms)

    process.send_signal(number)
    _, said = process.communicate(timeout=_PATIENCE_SECONDS)

    assert process.returncode == 130
    assert said.strip() == "mfacli: cancelled"
    assert list(rooms.iterdir()) == []
    assert emulator is not None
    assert _until(lambda: _is_gone(emulator))


def test_stopped_by_control_c_before_the_emulator_is_ready_it_ends_at_once(rooms: Path, tmp_path: Path) -> None:
    process = _begun(rooms, tmp_path)
    assert _until(lambda: list(rooms.glob("mfacli-demo-*/emulator.log")) != [])

    os.killpg(process.pid, signal.SIGINT)
    began = monotonic()
    _, said = process.communicate(timeout=_PATIENCE_SECONDS)

    assert process.returncode == 130
    assert said.strip() == "mfacli: cancelled"
    assert monotonic() - began < _AT_ONCE_SECONDS
    assert list(rooms.iterdir()) == []
