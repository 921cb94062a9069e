"""Asking through a real pseudo-terminal: what is typed, what is shown, and what must never be on stdout."""

from __future__ import annotations

import os
import signal
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

from mfacli.asking import SilentPrompter, TtyPrompter
from mfacli.errors import InputNotAllowed
from mfacli.interfaces import Prompter

PRELUDE = """
import sys
from mfacli.asking import TtyPrompter
from mfacli.errors import Cancelled, InputNotAllowed
"""


class Child:
    """A program on a pseudo-terminal of its own, whose stdout goes to a file."""

    def __init__(self, body: str, tmp_path: Path) -> None:
        self.script = tmp_path / "child.py"
        self.script.write_text(PRELUDE + textwrap.dedent(body))
        self.out = tmp_path / "stdout"
        command = f"exec {sys.executable} {self.script} > {self.out}"
        self.terminal = pexpect.spawn("/bin/sh", ["-c", command], timeout=10, encoding="utf-8")
        self.terminal.delaybeforesend = None
        self.terminal.ptyproc.delayafterclose = self.terminal.ptyproc.delayafterterminate = 0.01

    def wait(self) -> int:
        self.terminal.expect(pexpect.EOF)
        self.terminal.wait()
        ended_by: int | None = self.terminal.signalstatus
        exit_code: int = self.terminal.exitstatus if ended_by is None else -ended_by
        return exit_code

    @property
    def stdout(self) -> str:
        return self.out.read_text()


Spawn = Callable[[str], Child]


@pytest.fixture
def spawn(tmp_path: Path) -> Iterator[Spawn]:
    children: list[Child] = []

    def start(body: str) -> Child:
        children.append(Child(body, tmp_path))
        return children[-1]

    yield start
    for child in children:
        child.terminal.close(force=True)


def eventually(claim: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not (is_true := claim()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return is_true


def test_a_code_is_asked_on_the_terminal_and_stdout_stays_clean(spawn: Spawn) -> None:
    child = spawn("print(TtyPrompter().ask_code('MFA code for richard: '))")

    child.terminal.expect_exact("MFA code for richard: ")
    child.terminal.sendline(" 123456 ")
    exit_code = child.wait()

    assert exit_code == 0
    assert child.stdout == "123456\n"
    assert " 123456 " in child.terminal.before


def test_a_secret_is_not_shown_while_typed(spawn: Spawn) -> None:
    child = spawn("print(TtyPrompter().ask_secret('seed: ').reveal())")

    child.terminal.expect_exact("seed: ")
    was_hidden = eventually(lambda: not child.terminal.getecho())
    child.terminal.sendline("JBSWY3DPEHPK3PXP")
    exit_code = child.wait()

    assert was_hidden
    assert exit_code == 0
    assert child.stdout == "JBSWY3DPEHPK3PXP\n"
    assert "JBSW" not in child.terminal.before
    assert child.terminal.before == "\r\n"
    assert child.terminal.getecho()


def test_asking_works_when_all_three_streams_are_captured(spawn: Spawn) -> None:
    child = spawn(
        """
        import subprocess
        inner = "from mfacli.asking import TtyPrompter; print(TtyPrompter().ask_code('code: '))"
        done = subprocess.run([sys.executable, "-c", inner], input="", capture_output=True, text=True)
        print([done.stdout, done.stderr])
        """
    )

    child.terminal.expect_exact("code: ")
    child.terminal.sendline("123456")
    child.wait()

    assert child.stdout == "['123456\\n', '']\n"


@pytest.mark.parametrize("method", ["ask_code", "ask_secret"])
@pytest.mark.parametrize("key", ["c", "d"])
def test_leaving_at_a_question_is_cancelling_and_echo_is_back(spawn: Spawn, method: str, key: str) -> None:
    child = spawn(
        f"""
        try:
            TtyPrompter().{method}('question: ')
        except Cancelled as leaving:
            print(leaving.message)
        """
    )

    child.terminal.expect_exact("question: ")
    child.terminal.sendcontrol(key)
    child.wait()

    assert child.stdout == "cancelled\n"
    assert child.terminal.getecho()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_at_a_hidden_question_ends_the_process_with_echo_back(spawn: Spawn, number: int) -> None:
    child = spawn(
        """
        import resource
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        TtyPrompter().ask_secret('seed: ')
        """
    )
    child.terminal.expect_exact("seed: ")
    assert eventually(lambda: not child.terminal.getecho())

    child.terminal.kill(number)
    exit_code = child.wait()

    assert exit_code == -number
    assert child.terminal.getecho()


def test_a_signal_that_is_ignored_stays_ignored_at_a_hidden_question(spawn: Spawn) -> None:
    child = spawn(
        """
        import signal
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        print(TtyPrompter().ask_secret('seed: ').reveal())
        """
    )
    child.terminal.expect_exact("seed: ")

    child.terminal.kill(signal.SIGHUP)
    child.terminal.sendline("abc")
    exit_code = child.wait()

    assert exit_code == 0
    assert child.stdout == "abc\n"


def test_the_programs_own_handlers_are_back_after_a_hidden_question(spawn: Spawn) -> None:
    child = spawn(
        """
        import signal
        signal.signal(signal.SIGTERM, lambda number, frame: print("mine"))
        TtyPrompter().ask_secret('seed: ')
        signal.raise_signal(signal.SIGTERM)
        """
    )
    child.terminal.expect_exact("seed: ")

    child.terminal.sendline("abc")
    child.wait()

    assert child.stdout == "mine\n"


JOB_CONTROL = """
import os, signal, sys, termios
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
child = os.fork()
if child == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    print(TtyPrompter().ask_secret('seed: ').reveal(), flush=True)
    os._exit(0)
_, status = os.waitpid(child, os.WUNTRACED)
os.tcsetpgrp(0, os.getpid())
shows = bool(termios.tcgetattr(0)[3] & termios.ECHO)
print('stopped', os.WIFSTOPPED(status), 'shows', shows, flush=True)
os.write(2, b'[stopped]')
sys.stdin.readline()
os.tcsetpgrp(0, child)
os.killpg(child, signal.SIGCONT)
os.waitpid(child, 0)
os.tcsetpgrp(0, os.getpid())
"""


def test_after_ctrl_z_the_terminal_shows_and_after_fg_the_question_is_hidden_again(spawn: Spawn) -> None:
    child = spawn(JOB_CONTROL)
    child.terminal.expect_exact("seed: ")
    assert eventually(lambda: not child.terminal.getecho())

    child.terminal.sendcontrol("z")
    child.terminal.expect_exact("[stopped]")
    child.terminal.sendline("fg")
    child.terminal.expect_exact("seed: ")
    is_hidden = eventually(lambda: not child.terminal.getecho())
    child.terminal.sendline("abc")
    child.wait()

    assert child.stdout == "stopped True shows True\nabc\n"
    assert is_hidden
    assert child.terminal.getecho()


def test_a_choice_is_asked_until_it_is_one(spawn: Spawn) -> None:
    child = spawn("print(TtyPrompter().choose('which MFA device?', ['phone', 'key', 'token']))")

    child.terminal.expect_exact("which MFA device?\r\n  1  phone\r\n  2  key\r\n  3  token\r\n")
    for answer in ("0", "4", "phone", "", "2"):
        child.terminal.expect_exact("number (1-3): ")
        child.terminal.sendline(answer)
    child.wait()

    assert child.stdout == "1\n"


@pytest.mark.parametrize(
    ("answer", "agreed"), [("y", True), ("Yes", True), ("", False), ("n", False), ("yeah", False)]
)
def test_only_a_yes_is_a_yes(spawn: Spawn, answer: str, agreed: bool) -> None:
    child = spawn("print(TtyPrompter().confirm('forget all?'))")

    child.terminal.expect_exact("forget all? [y/N] ")
    child.terminal.sendline(answer)
    child.wait()

    assert child.stdout == f"{agreed}\n"


def test_asking_from_another_thread_works(spawn: Spawn) -> None:
    child = spawn(
        """
        import threading
        ask = lambda: print(TtyPrompter().ask_secret('seed: ').reveal())
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        """
    )

    child.terminal.expect_exact("seed: ")
    child.terminal.sendline("abc")
    child.wait()

    assert child.stdout == "abc\n"
    assert child.terminal.getecho()


def test_a_terminal_without_a_controlling_process_is_asked_through_stdin(spawn: Spawn) -> None:
    child = spawn(
        """
        import os
        if os.fork() == 0:
            os.setsid()
            print(TtyPrompter().ask_code('code: '), flush=True)
            os._exit(0)
        os.wait()
        """
    )

    child.terminal.expect_exact("code: ")
    child.terminal.sendline("123456")
    child.wait()

    assert child.stdout == "123456\n"


def test_a_terminal_that_does_not_answer_is_an_error_not_a_crash(spawn: Spawn) -> None:
    child = spawn(
        """
        import os, signal
        signal.signal(signal.SIGTTIN, signal.SIG_IGN)
        if os.fork() == 0:
            # In the background and ignoring the stop, reading fails at once.
            os.setpgid(0, 0)
            try:
                TtyPrompter().ask_code('code: ')
            except InputNotAllowed as refusal:
                print(refusal.message, flush=True)
            os._exit(0)
        os.wait()
        """
    )

    child.wait()

    assert child.stdout == "`code` cannot be asked: the terminal does not answer\n"


QUESTIONS: list[tuple[Callable[[Prompter], object], str]] = [
    (lambda prompter: prompter.ask_code("MFA code for richard: "), "--code"),
    (lambda prompter: prompter.ask_secret("seed: "), "`-`"),
    (lambda prompter: prompter.choose("which MFA device?", ["phone", "key"]), "--device"),
    (lambda prompter: prompter.confirm("forget all?"), "--yes"),
]


@contextmanager
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    real_open = os.open

    def open_without_terminal(path: str, *args: int, **options: int) -> int:
        if path == "/dev/tty":
            raise OSError(6, "No such device or address")
        return real_open(path, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", open_without_terminal)
        yield


@pytest.mark.parametrize(("ask", "flag"), QUESTIONS)
def test_without_a_terminal_the_flag_is_named(
    monkeypatch: pytest.MonkeyPatch, ask: Callable[[Prompter], object], flag: str
) -> None:
    with no_terminal(monkeypatch), pytest.raises(InputNotAllowed) as caught:
        ask(TtyPrompter())

    assert "there is no terminal" in caught.value.message
    assert flag in caught.value.hint


def test_without_any_stdin_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    with no_terminal(monkeypatch), pytest.raises(InputNotAllowed):
        TtyPrompter().ask_code("code: ")


@pytest.mark.parametrize(("ask", "flag"), QUESTIONS)
def test_the_silent_prompter_never_asks(ask: Callable[[Prompter], object], flag: str) -> None:
    with pytest.raises(InputNotAllowed) as caught:
        ask(SilentPrompter())

    assert "asking is not allowed" in caught.value.message
    assert flag in caught.value.hint


def test_a_refused_choice_names_what_there_was() -> None:
    with pytest.raises(InputNotAllowed) as caught:
        SilentPrompter().choose("which MFA device?", ["phone", "key"])

    assert "phone, key" in caught.value.message
