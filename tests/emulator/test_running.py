from __future__ import annotations

import http.server
import json
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mfacli.domain.secret import Secret
from mfacli.emulator.running import (
    LOCK_FILE,
    STATE_FILE,
    Control,
    RunningEmulator,
    read_state,
    remove_state,
    sole_emulator,
    write_state,
)
from mfacli.errors import EmulatorProblem

RUNNING = RunningEmulator(address="http://127.0.0.1:4566", control_token=Secret("t0ken"), pid=4711)


def test_word_is_left_and_found(tmp_path: Path) -> None:
    path = write_state(tmp_path / "state", RUNNING)

    assert read_state(tmp_path / "state") == RUNNING
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == [STATE_FILE]


def test_the_token_shows_nowhere_else(tmp_path: Path) -> None:
    write_state(tmp_path, RUNNING)

    assert "t0ken" not in repr(read_state(tmp_path)) + repr(RUNNING.control)


def test_a_place_is_one_emulators_at_a_time(tmp_path: Path) -> None:
    place = tmp_path / "state" / "emulator"

    with sole_emulator(place):
        write_state(place, RUNNING)
        with pytest.raises(EmulatorProblem) as caught, sole_emulator(place):
            pytest.fail("two emulators of one world would each take the same code")

    assert caught.value.message == f"an emulator at `http://127.0.0.1:4566` already uses `{place}`"
    assert "MFACLI_STATE_DIR" in caught.value.hint
    assert {stat.S_IMODE(made.stat().st_mode) for made in (place, place.parent)} == {0o700}
    with sole_emulator(place):
        assert stat.S_IMODE((place / LOCK_FILE).stat().st_mode) == 0o600


def test_an_emulator_that_is_not_ready_yet_keeps_its_place_too(tmp_path: Path) -> None:
    with sole_emulator(tmp_path), pytest.raises(EmulatorProblem, match="another emulator"), sole_emulator(tmp_path):
        pass


def test_a_place_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(EmulatorProblem, match="cannot be written"), sole_emulator(tmp_path / "file" / "emulator"):
        pass


def test_without_word_no_emulator_is_running(tmp_path: Path) -> None:
    with pytest.raises(EmulatorProblem, match="no emulator is running") as caught:
        read_state(tmp_path)

    assert caught.value.hint == "mfacli emulator start"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"address": "x", "control_token": "y", "pid": "z"}'])
def test_damaged_word_is_told_so(tmp_path: Path, text: str) -> None:
    (tmp_path / STATE_FILE).write_text(text)

    with pytest.raises(EmulatorProblem, match="is damaged"):
        read_state(tmp_path)


def test_a_place_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / STATE_FILE).mkdir()

    with pytest.raises(EmulatorProblem, match="cannot be written"):
        write_state(tmp_path / "file", RUNNING)
    with pytest.raises(EmulatorProblem, match="cannot be read"):
        read_state(tmp_path)


def test_an_emulator_takes_back_its_own_word_only(tmp_path: Path) -> None:
    write_state(tmp_path, RUNNING)

    remove_state(tmp_path, pid=1)
    still_there = (tmp_path / STATE_FILE).exists()
    remove_state(tmp_path, pid=4711)
    remove_state(tmp_path, pid=4711)

    assert still_there
    assert not (tmp_path / STATE_FILE).exists()


def test_an_emulator_that_has_gone_is_told_so() -> None:
    with pytest.raises(EmulatorProblem, match="no emulator answers") as caught:
        Control("http://127.0.0.1:1", Secret("t0ken")).world()

    assert caught.value.hint == "mfacli emulator start"


class _Strange(http.server.BaseHTTPRequestHandler):
    """Answers everything with a page, and to /_mfacli/log with a document of another shape."""

    def do_GET(self) -> None:
        body = (
            json.dumps({"records": 5, "counts": 5}).encode()
            if "log" in self.path or "counts" in self.path
            else b"<p>"
        )
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def strange_server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Strange) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_something_else_at_the_address_is_told_so(strange_server: str) -> None:
    with pytest.raises(EmulatorProblem, match="is no emulator of this version"):
        Control(strange_server, Secret("t0ken")).world()


def test_answers_of_another_shape_are_empty(strange_server: str) -> None:
    control = Control(strange_server, Secret("t0ken"))

    assert (control.log(), control.counts()) == ([], {})
