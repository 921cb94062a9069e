"""The keyring that most Linux desktops have, for real, without a desktop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mfacli.store.kernel_keys import kernel_is_usable
from tests.real import require_tool
from tests.secret_service import TOOLS, secret_service

ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    for tool in (*TOOLS, "secret-tool"):
        require_tool(tool)
    home = tmp_path_factory.mktemp("home")
    with secret_service(tmp_path_factory.mktemp("secret-service")) as variables:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "MFACLI_STATE_DIR": str(home / "state"),
            "LC_ALL": "C.UTF-8",
            # Which keyring it is, is found out there.
            "DBUS_SESSION_BUS_ADDRESS": variables["DBUS_SESSION_BUS_ADDRESS"],
        }
        finished = subprocess.run(
            [sys.executable, "-m", "tests.store.secret_service_driver"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert finished.returncode == 0, finished.stderr
    answer = json.loads(finished.stdout)
    assert isinstance(answer, dict)
    return answer


def test_a_session_is_kept_and_found(told: dict[str, object]) -> None:
    assert (told["place"], told["found"]) == ("Secret Service", True)


def test_a_seed_is_kept_and_found(told: dict[str, object]) -> None:
    assert (told["seed place"], told["seed found"]) == ("Secret Service", True)


def test_the_entry_stands_in_one_piece_under_its_documented_name(told: dict[str, object]) -> None:
    assert told["read by another program"] == "mfacli-session"


@pytest.mark.parametrize("what", ["find when locked", "keep when locked"])
def test_a_locked_collection_is_told_and_not_waited_for(told: dict[str, object], what: str) -> None:
    assert told[what] == "KeyringLocked: the keyring is locked, and was not unlocked"
    assert isinstance(told["seconds when locked"], float)
    assert told["seconds when locked"] < 10


def test_whether_the_collection_is_locked_is_seen_without_opening_it(told: dict[str, object]) -> None:
    assert (told["locked at first"], told["locked then"]) == (False, True)


def test_a_move_keeps_what_it_has_moved_when_the_collection_is_locked_meanwhile(told: dict[str, object]) -> None:
    assert told["moved before it was locked"] == "encrypted file"
    assert told["moved after it was locked"] == "the keyring is locked, and was not unlocked"
    assert (told["seeds in the file"], told["seeds in the keyring"]) == (["Sofia"], ["Tablet"])


def test_what_is_kept_is_listed_while_locked(told: dict[str, object]) -> None:
    assert told["entries when locked"] == ["f1"]


@pytest.mark.skipif(not kernel_is_usable(), reason="the kernel refuses: a container, or no key retention service")
def test_a_locked_collection_does_not_disturb_whoever_has_nothing_in_it(told: dict[str, object]) -> None:
    assert told["auto when locked"] == "answered None"
