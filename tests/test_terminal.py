"""Who writes what where: the answer on stdout, everything else on stderr, colour only where it is welcome."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import timedelta

import pexpect
import pytest

from mfacli.domain.secret import Secret
from mfacli.errors import FileUnwritable, MfacliError, UsageWrong
from mfacli.interfaces import Talk
from mfacli.terminal import Terminal, describe_bug, flush_stdout, has_colour
from tests.doubles import HandClock

Captured = pytest.CaptureFixture[str]


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def look_at(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """Make stderr a terminal that takes colour; within the test, as pytest sets the streams anew before it."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    return screen


def terminal_for(*, is_quiet: bool = False, is_verbose: bool = False, no_color: bool = False) -> Terminal:
    return Terminal(clock=HandClock(), is_quiet=is_quiet, is_verbose=is_verbose, no_color=no_color)


def in_child(body: str, redirect: str = "") -> subprocess.CompletedProcess[str]:
    prelude = "import sys\nfrom mfacli.clock import SystemClock\nfrom mfacli.terminal import *\n"
    prelude += "terminal = Terminal(clock=SystemClock())\n"
    command = ["/bin/bash", "-o", "pipefail", "-c", f'"$0" -c "$1" {redirect}', sys.executable]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        [*command, prelude + textwrap.dedent(body)],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
        env=environment,
    )


@pytest.mark.parametrize(("text", "written"), [("a\nb", "a\nb\n"), ("a\n", "a\n"), ("\x1b[1mé", "\x1b[1mé\n")])
def test_the_answer_goes_to_stdout_as_it_is(capsys: Captured, text: str, written: str) -> None:
    terminal_for().answer(text)

    captured = capsys.readouterr()
    assert captured.out == written
    assert captured.err == ""


@pytest.mark.parametrize(
    ("say", "is_heard_quiet", "is_heard", "is_heard_verbose"),
    [
        (lambda talk: talk.note("text"), False, True, True),
        (lambda talk: talk.warn("text"), True, True, True),
        (lambda talk: talk.detail("text"), False, False, True),
    ],
)
def test_talk_is_on_stderr_and_as_loud_as_wanted(
    capsys: Captured, say: Callable[[Talk], None], is_heard_quiet: bool, is_heard: bool, is_heard_verbose: bool
) -> None:
    heard = []

    for terminal in (terminal_for(is_quiet=True), terminal_for(), terminal_for(is_verbose=True)):
        say(terminal)
        captured = capsys.readouterr()
        heard.append("text" in captured.err)
        assert captured.out == ""

    assert heard == [is_heard_quiet, is_heard, is_heard_verbose]


def test_a_failure_is_one_line_and_its_hint_another(capsys: Captured) -> None:
    terminal_for().fail(UsageWrong("`x` is not\na role", hint="name one"))

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "mfacli: `x` is not a role\nhint: name one\n"


def test_a_failure_without_a_hint_has_one_line(capsys: Captured) -> None:
    terminal_for(is_quiet=True).fail(MfacliError("it broke"))

    assert capsys.readouterr().err == "mfacli: it broke\n"


def test_foreign_text_cannot_steer_the_screen(capsys: Captured) -> None:
    terminal_for().warn("role\x1b[2J\x07\r\n\x9bevil")

    assert capsys.readouterr().err == "warning: role [2J evil\n"


def test_colour_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = look_at(monkeypatch)
    terminal = terminal_for()

    terminal.fail(MfacliError("it broke", hint="mend it"))
    terminal.warn("beware")

    assert screen.getvalue().count("\x1b[") >= 6
    assert re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue()) == "mfacli: it broke\nhint: mend it\nwarning: beware\n"


def test_no_colour_option_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = look_at(monkeypatch)
    terminal_for(no_color=True).fail(MfacliError("it broke", hint="mend it"))

    assert "\x1b" not in screen.getvalue()


@pytest.mark.parametrize(
    ("environment", "stream", "expected"),
    [
        ({}, Screen(), True),
        ({}, io.StringIO(), False),
        ({}, None, False),
        ({"NO_COLOR": "1"}, Screen(), False),
        ({"NO_COLOR": ""}, Screen(), True),
        ({"TERM": "dumb"}, Screen(), False),
    ],
)
def test_who_may_be_coloured(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], stream: io.StringIO | None, expected: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert has_colour(stream) is expected


def test_each_stream_is_judged_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    look_at(monkeypatch)
    terminal = terminal_for()

    assert not terminal.colours_answers
    assert not terminal.shows_answers
    assert has_colour(sys.stderr)


def test_the_width_is_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "123")

    assert terminal_for().columns == 123


def test_a_countdown_waits_and_says_so_once_where_nothing_can_be_renewed(capsys: Captured) -> None:
    clock = HandClock()
    until = clock.now() + timedelta(seconds=2.5)

    Terminal(clock=clock).countdown("waiting", until)

    assert clock.now() == until
    assert capsys.readouterr().err == "waiting (3 s)\n"


def test_a_countdown_is_renewed_in_place_and_wiped_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = look_at(monkeypatch)
    clock = HandClock()

    Terminal(clock=clock).countdown("waiting", clock.now() + timedelta(seconds=2.5))

    assert screen.getvalue() == "\rwaiting (3 s)\x1b[K\rwaiting (2 s)\x1b[K\rwaiting (1 s)\x1b[K\r\x1b[K"
    assert sum(clock.waited, timedelta()) == timedelta(seconds=2.5)


@pytest.mark.parametrize("seconds", [2, 0, -3])
def test_a_quiet_countdown_waits_in_silence(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    screen = look_at(monkeypatch)
    clock = HandClock()
    until = clock.now() + timedelta(seconds=seconds)

    Terminal(clock=clock, is_quiet=True).countdown("waiting", until)

    assert clock.now() >= until
    assert screen.getvalue() == ""


def test_a_reader_who_leaves_ends_it_quietly() -> None:
    done = in_child("for number in range(100000): terminal.answer(f'line {number}')", "| head -n 1")

    assert (done.returncode, done.stdout, done.stderr) == (0, "line 0\n", "")


def test_text_held_back_by_others_ends_quietly_too() -> None:
    done = in_child("import time; print('held back'); time.sleep(0.3); flush_stdout()", "| true")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_answer_larger_than_the_pipe_ends_quietly() -> None:
    done = in_child("terminal.answer('x' * 10_000_000)", "| true")

    assert (done.returncode, done.stderr) == (0, "")


FAILING = """
from mfacli.errors import MfacliError
try:
    terminal.answer("the answer")
except MfacliError as failure:
    terminal.fail(failure)
    raise SystemExit(failure.exit_code)
"""


def test_a_full_disk_is_a_failure_that_is_said() -> None:
    done = in_child(FAILING, "> /dev/full")

    assert done.returncode == 3
    assert done.stderr == "mfacli: the answer could not be written to stdout: No space left on device\n"


def test_a_closed_stdout_is_a_failure_that_is_said() -> None:
    done = in_child(FAILING, ">&-")

    assert done.returncode == 3
    assert done.stderr == "mfacli: the answer could not be written: stdout is closed\n"


def test_a_closed_stderr_stops_nothing_and_moves_nothing_to_stdout() -> None:
    done = in_child("terminal.warn('beware'); terminal.answer('the answer')", "2>&-")

    assert (done.returncode, done.stdout) == (0, "the answer\n")


def test_a_full_stderr_stops_nothing() -> None:
    done = in_child("terminal.warn('beware'); terminal.answer('the answer')", "2> /dev/full")

    assert done.stdout == "the answer\n"


def test_nothing_held_back_is_nothing_to_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)

    flush_stdout()

    with pytest.raises(FileUnwritable):
        terminal_for().answer("x")


def test_an_old_code_page_gets_what_it_can_show(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp437"))

    terminal_for().answer("left ████ 5 min 界")

    assert raw.getvalue().decode("cp437") == "left ████ 5 min ?\n"


def test_on_a_real_terminal_answers_are_shown_and_coloured() -> None:
    script = (
        "from mfacli.clock import SystemClock; from mfacli.terminal import Terminal; "
        "terminal = Terminal(clock=SystemClock()); "
        "print(terminal.shows_answers, terminal.colours_answers, terminal.columns)"
    )

    output = pexpect.run(
        f'{sys.executable} -c "{script}"', env={"TERM": "xterm", "PATH": "/usr/bin"}, encoding="utf-8"
    )

    assert output == "True True 80\r\n"


class Chatty(Exception):
    """An error that repeats what it was given."""


def bug_with(secret: str) -> Exception:
    def inner() -> None:
        raise Chatty(f"cannot handle {secret}")

    def outer() -> None:
        try:
            inner()
        except Chatty as first:
            raise KeyError(secret) from first

    last = TypeError(f"no such thing as {Secret(secret)}, AKIAIOSFODNN7EXAMPLE or 123456 or 1234567")
    try:
        outer()
    except KeyError as error:
        last.__context__ = error
    return last


def test_a_bug_is_told_in_one_line_with_what_to_do(capsys: Captured) -> None:
    terminal_for().fail_unforeseen(bug_with("hunter2"))

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "mfacli: unforeseen error: TypeError: no such thing as ***, *** or *** or 1234567",
        "hint: this is a bug in mfacli: run the command again with -v and report what it prints",
    ]


def test_a_bug_is_told_with_its_traceback_when_verbose(capsys: Captured) -> None:
    terminal_for(is_verbose=True).fail_unforeseen(bug_with("hunter2"))

    text = capsys.readouterr().err
    assert "in inner" in text
    assert text.index("Chatty (its text is withheld") < text.index("which led to:") < text.index("KeyError")
    assert text.index("while that was handled:") < text.index("TypeError: no such thing")
    assert "hunter2" not in text


def test_no_value_reaches_the_traceback() -> None:
    described = describe_bug(bug_with("JBSWY3DPEHPK3PXP"))

    assert "JBSWY3DPEHPK3PXP" not in described


def test_causes_that_go_in_circles_come_to_an_end() -> None:
    first, second = ValueError(), ValueError()
    first.__cause__, second.__cause__ = second, first

    described = describe_bug(first)

    assert described.count("ValueError") == 2


def test_a_hidden_context_stays_hidden() -> None:
    error = ValueError()
    error.__context__ = KeyError()
    error.__suppress_context__ = True

    assert "KeyError" not in describe_bug(error)


def test_the_systems_errors_say_what_the_system_said() -> None:
    described = describe_bug(PermissionError(13, "Permission denied", "/home/richard/.aws/credentials"))

    assert described.endswith("PermissionError: Permission denied")


def test_an_error_without_text_is_named() -> None:
    assert describe_bug(OSError()).endswith("OSError")
    assert describe_bug(KeyError()).endswith("KeyError")
