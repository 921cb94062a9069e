"""Questions in a window: by a real pinentry on a virtual screen, and by programs that speak as the others do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from mfacli.domain.secret import Secret
from mfacli.errors import Cancelled, InputNotAllowed
from mfacli.windows import NearestPrompter, WindowPrompter, has_display
from tests.real import require_tool
from tests.test_programs import has_ended

QUESTION = "MFA code for Sofia: "
# What each program is told, and how it tells the answer, by its own documentation.
PINENTRY = """#!{python}
import sys
print("OK Pleased to meet you", flush=True)
for line in sys.stdin:
    open({seen!r}, "a").write(line)
    if line.startswith("GETPIN"):
        print({answer!r}, flush=True)
    else:
        print("OK", flush=True)
"""
DIALOG = """#!{python}
import sys
open({seen!r}, "a").write(chr(10).join(sys.argv[1:]))
sys.stderr.write({complaint!r})
sys.stdout.write({answer!r})
sys.exit({code})
"""


class Programs:
    """A folder of programs that a prompter finds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen = folder / "seen"

    def pinentry(self, answer: str) -> None:
        self._write("pinentry", PINENTRY.format(python=sys.executable, seen=str(self.seen), answer=answer))

    def dialog(self, name: str, *, answer: str = "", code: int = 0, complaint: str = "") -> None:
        text = DIALOG.format(
            python=sys.executable, seen=str(self.seen), answer=answer, code=code, complaint=complaint
        )
        self._write(name, text)

    def prompter(self, patience: timedelta = timedelta(seconds=30)) -> WindowPrompter:
        return WindowPrompter({"PATH": str(self.folder)}, patience=patience)

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path)


def test_pinentry_is_asked_line_by_line(programs: Programs) -> None:
    programs.pinentry("D 123456\nOK")

    code = programs.prompter().ask_code("code for 100%\nSETOK no: ")

    assert code == "123456"
    assert "SETDESC code for 100%25%0ASETOK no\n" in programs.seen.read_text()


def test_a_secret_comes_decoded_and_as_a_secret(programs: Programs) -> None:
    programs.pinentry("D a%25b%0A\nOK")

    assert programs.prompter().ask_secret("seed: ") == Secret("a%b\n")


@pytest.mark.parametrize("number", ["83886179 Operation cancelled <Pinentry>", "99"])
def test_closing_pinentrys_window_is_cancelling(programs: Programs, number: str) -> None:
    programs.pinentry(f"ERR {number}")
    programs.dialog("zenity", answer="123456\n")

    with pytest.raises(Cancelled):
        programs.prompter().ask_code(QUESTION)


@pytest.mark.parametrize("answer", ["ERR 83918950 Inappropriate ioctl for device <Pinentry>", "nonsense", "ERR x"])
def test_a_pinentry_that_cannot_ask_here_is_passed_over(programs: Programs, answer: str) -> None:
    programs.pinentry(answer)
    programs.dialog("zenity", answer="123456\n")

    assert programs.prompter().ask_code(QUESTION) == "123456"


@pytest.mark.parametrize("name", ["zenity", "kdialog", "osascript"])
def test_other_programs_are_told_the_question_and_hide_the_answer(programs: Programs, name: str) -> None:
    programs.dialog(name, answer="123456\n")

    code = programs.prompter().ask_code(QUESTION)

    told = programs.seen.read_text()
    assert code == "123456"
    assert "MFA code for Sofia" in told
    assert any(word in told for word in ("--hide-text", "--password", "hidden answer"))


@pytest.mark.parametrize(
    ("name", "complaint"), [("zenity", ""), ("kdialog", ""), ("osascript", "User canceled. (-128)")]
)
def test_the_persons_no_is_cancelling(programs: Programs, name: str, complaint: str) -> None:
    programs.dialog(name, code=1, complaint=complaint)

    with pytest.raises(Cancelled):
        programs.prompter().ask_code(QUESTION)


@pytest.mark.parametrize(
    ("name", "code", "complaint"),
    [("zenity", 1, "cannot open display: :7"), ("zenity", 255, ""), ("kdialog", 254, ""), ("osascript", 1, "error")],
)
def test_where_no_program_can_ask_the_refusal_names_them(
    programs: Programs, name: str, code: int, complaint: str
) -> None:
    programs.dialog(name, code=code, complaint=complaint)

    with pytest.raises(InputNotAllowed, match="no program for a window \\(pinentry, zenity, kdialog, osascript\\)"):
        programs.prompter().ask_code(QUESTION)


def test_a_program_that_cannot_be_started_is_passed_over(programs: Programs) -> None:
    broken = programs.folder / "pinentry"
    broken.write_text("#!/no/such/interpreter\n")
    broken.chmod(0o755)
    programs.dialog("kdialog", answer="123456\n")

    assert programs.prompter().ask_code(QUESTION) == "123456"


def test_a_window_that_nobody_answers_is_given_up(programs: Programs) -> None:
    slow = programs.folder / "zenity"
    slow.write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    slow.chmod(0o755)

    with pytest.raises(InputNotAllowed, match="nobody answered `MFA code for Sofia`"):
        programs.prompter(timedelta(seconds=0.3)).ask_code(QUESTION)


def test_no_window_is_left_open_by_a_script_around_the_program(tmp_path: Path) -> None:
    (tmp_path / "zenity").write_text(f"#!/bin/sh\nsh -c 'echo $$ > {tmp_path}/pid; exec sleep 60'\ntrue\n")
    (tmp_path / "zenity").chmod(0o700)
    prompter = WindowPrompter({"PATH": f"{tmp_path}"}, patience=timedelta(seconds=0.5))

    with pytest.raises(InputNotAllowed):
        prompter.ask_code(QUESTION)

    assert has_ended(int((tmp_path / "pid").read_text()))


def test_what_a_window_is_too_small_for_is_refused(programs: Programs) -> None:
    with pytest.raises(InputNotAllowed, match="a, b"):
        programs.prompter().choose("which?", ["a", "b"])
    with pytest.raises(InputNotAllowed, match="sure"):
        programs.prompter().confirm("sure?")


@pytest.mark.parametrize(
    ("platform", "environment", "shown"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"DISPLAY": ""}, False),
        ("darwin", {}, True),
        ("darwin", {"SSH_CONNECTION": "1.2.3.4"}, False),
        ("win32", {"DISPLAY": ":0"}, False),
    ],
)
def test_a_display_is_told_by_the_environment(platform: str, environment: dict[str, str], *, shown: bool) -> None:
    assert has_display(environment, platform=platform) is shown


class _Deaf:
    """A terminal that is not there, or one that answers."""

    def __init__(self, answer: str | None) -> None:
        self._answer = answer

    def ask_code(self, question: str) -> str:
        if self._answer is None:
            raise InputNotAllowed(f"`{question}` cannot be asked: there is no terminal")
        return self._answer

    def ask_secret(self, question: str) -> Secret:
        return Secret(self.ask_code(question))

    def choose(self, question: str, choices: Sequence[str]) -> int:
        return choices.index(self.ask_code(question))

    def confirm(self, question: str) -> bool:
        return self.ask_code(question) == "y"


def test_the_terminal_goes_before_the_window() -> None:
    at_terminal = NearestPrompter(_Deaf("y"), _Deaf("n"))
    in_window = NearestPrompter(_Deaf(None), _Deaf("n"))

    assert (at_terminal.ask_code("?"), in_window.ask_code("?")) == ("y", "n")
    assert (at_terminal.ask_secret("?"), in_window.ask_secret("?")) == (Secret("y"), Secret("n"))
    assert (at_terminal.confirm("?"), in_window.confirm("?")) == (True, False)
    assert (at_terminal.choose("?", ["y", "n"]), in_window.choose("?", ["y", "n"])) == (0, 1)


@pytest.fixture
def screen() -> Iterator[str]:
    """Give the name of a virtual screen."""
    reads, writes = os.pipe()
    server = subprocess.Popen(
        [require_tool("Xvfb"), "-displayfd", str(writes), "-screen", "0", "800x600x24", "-nolisten", "tcp"],
        pass_fds=[writes],
        stderr=subprocess.DEVNULL,
    )
    os.close(writes)
    with os.fdopen(reads) as pipe:
        number = pipe.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


def _type_into_a_window(display: str, keys: Sequence[str]) -> None:
    xdotool, environment = require_tool("xdotool"), {**os.environ, "DISPLAY": display}
    window = b""
    for _ in range(300):
        found = subprocess.run(
            [xdotool, "search", "--onlyvisible", "--class", "pinentry"],
            env=environment,
            capture_output=True,
            check=False,
        )
        if found.stdout.strip():
            window = found.stdout.split()[-1]
            break
        time.sleep(0.1)
    # The window takes keys a moment after it can be seen.
    time.sleep(1)
    subprocess.run([xdotool, "windowfocus", "--sync", window.decode()], env=environment, check=False, timeout=10)
    subprocess.run([xdotool, "key", *keys], env=environment, check=True)


@pytest.mark.parametrize("keys", [[*"123456", "Return"], ["Escape"]])
def test_a_real_pinentry_asks_on_a_screen(
    screen: str, keys: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinentry = require_tool("pinentry-gtk-2")
    (tmp_path / "pinentry").symlink_to(pinentry)
    monkeypatch.setenv("DISPLAY", screen)
    person = Thread(target=_type_into_a_window, args=(screen, keys))
    person.start()

    try:
        answer: str | None = WindowPrompter({"PATH": str(tmp_path)}, patience=timedelta(seconds=60)).ask_code(
            QUESTION
        )
    except Cancelled:
        answer = None
    person.join()

    assert answer == (None if keys == ["Escape"] else "123456")
    assert shutil.which("pinentry", path=str(tmp_path))
