"""Codes from a program of the user's, run for real."""

from __future__ import annotations

import shlex
import sys
import traceback
from datetime import timedelta
from pathlib import Path

import pexpect
import pytest

from mfacli.codes.program import ProgramCode
from mfacli.domain.codes import Code, CodeOrigin
from mfacli.domain.secret import Secret
from mfacli.errors import CodeMalformed, ProfileBroken
from mfacli.interfaces import CodeSource
from tests.codes.contract import CodeSourceContract
from tests.codes.stand_ins import REFUSED, RICHARDS, Ear, Slate, at, typed
from tests.doubles import HandClock


def source_for(command: str | tuple[str, ...], *, ledger: Slate | None = None, ear: Ear | None = None) -> ProgramCode:
    return ProgramCode(command, ledger=ledger or Slate(), clock=HandClock(at(1000)), talk=ear or Ear())


class TestProgramCode(CodeSourceContract):
    def make_source(self) -> CodeSource:
        return source_for("echo 123456")


@pytest.mark.parametrize("command", ["echo 123456", "printf ' 123456\r\n\n'", ("printf", "%s", "123456")])
def test_the_bare_code_is_taken_from_a_shell_line_and_from_a_list(command: str | tuple[str, ...]) -> None:
    source = source_for(command)

    code = source.next_code(RICHARDS, refused=None)

    assert code == Code(digits=Secret("123456"), origin=CodeOrigin.PROGRAM)


def test_pipes_work() -> None:
    source = source_for("printf 'x\\n123456\\n' | tail -n 1")

    code = source.next_code(RICHARDS, refused=None)

    assert code is not None


def counting(tmp_path: Path) -> str:
    script = f"""
from pathlib import Path
file = Path({str(tmp_path / "count")!r})
count = int(file.read_text()) + 1 if file.exists() else 1
file.write_text(str(count))
print(str(count) * 6)
"""
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(script)}"


def test_a_spent_code_is_waited_out(tmp_path: Path) -> None:
    ledger, ear = Slate(), Ear()
    ledger.mark_spent(RICHARDS, typed("111111"))
    source = source_for(counting(tmp_path), ledger=ledger, ear=ear)

    code = source.next_code(RICHARDS, refused=None)

    assert code is not None
    assert code.digits.reveal() == "222222"
    assert ear.countdowns == [("waiting for the next code of richard", at(1020))]


def test_a_program_that_repeats_itself_has_no_code() -> None:
    ledger, ear = Slate(), Ear()
    ledger.mark_spent(RICHARDS, typed("123456"))
    source = source_for("echo 123456", ledger=ledger, ear=ear)

    code = source.next_code(RICHARDS, refused=None)

    assert code is None
    assert "goes on printing" in ear.warnings[0]


def test_after_one_refusal_the_program_is_run_again_then_not(tmp_path: Path) -> None:
    source = source_for(counting(tmp_path))
    source.next_code(RICHARDS, refused=None)

    second = source.next_code(RICHARDS, refused=REFUSED)
    third = source.next_code(RICHARDS, refused=REFUSED)

    assert second is not None
    assert second.digits.reveal() == "222222"
    assert third is None
    assert (tmp_path / "count").read_text() == "2"


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("", "`echo` printed nothing"),
        ("no-code", "`echo` printed something else than six digits"),
        ("111111 222222", "something else"),
        ("AWS:richard  123456", "something else"),
        ("12345678", "something else"),
        ("１２３４５６", "something else"),
    ],
)
def test_output_that_is_not_just_the_code_is_refused_and_not_shown(output: str, message: str) -> None:
    source = source_for(f"echo {shlex.quote(output)}")

    with pytest.raises(CodeMalformed) as caught:
        source.next_code(RICHARDS, refused=None)

    assert message in caught.value.message
    assert not output or output not in caught.value.message + caught.value.hint


def test_a_failing_program_is_told_with_its_exit_code() -> None:
    source = source_for("exit 3")

    with pytest.raises(ProfileBroken) as caught:
        source.next_code(RICHARDS, refused=None)

    assert caught.value.message == "`exit` failed with exit code 3"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("no-such-program-9", "x"), "`no-such-program-9` could not be started: no such file or directory"),
        (("echo", "a\0b"), "`echo` could not be started: embedded null byte"),
    ],
)
def test_a_list_that_cannot_be_run_is_told_by_its_program(command: tuple[str, ...], message: str) -> None:
    with pytest.raises(ProfileBroken) as caught:
        source_for(command).next_code(RICHARDS, refused=None)

    assert caught.value.message == message


def test_a_line_with_an_open_quote_is_the_shells_to_complain_of() -> None:
    with pytest.raises(ProfileBroken, match="`echo` failed with exit code 2"):
        source_for("echo '123456").next_code(RICHARDS, refused=None)


def test_a_program_that_may_not_ask_has_no_input() -> None:
    source = ProgramCode(
        ("python3", "-c", "import sys; print(sys.stdin.read() + '123456')"),
        ledger=Slate(),
        clock=HandClock(),
        talk=Ear(),
        may_ask=False,
    )

    assert source.next_code(RICHARDS, refused=None) is not None


def test_a_program_asks_at_the_terminal_although_this_process_is_captured(tmp_path: Path) -> None:
    script = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from mfacli.codes.program import ProgramCode
from mfacli.domain.identity import Device
from tests.codes.stand_ins import Ear, Slate
from tests.doubles import HandClock

program = "printf 'passphrase? ' >&2; read word; test $word = open && echo 123456"
source = ProgramCode(program, ledger=Slate(), clock=HandClock(), talk=Ear())
print(source.next_code(Device(serial="GAHT12345678"), refused=None).digits.reveal())
"""
    (tmp_path / "captured.py").write_text(script)
    line = f"{shlex.quote(sys.executable)} captured.py </dev/null >out 2>err"
    terminal = pexpect.spawn("/bin/sh", ["-c", line], cwd=str(tmp_path), encoding="utf-8", timeout=30)

    terminal.expect_exact("passphrase? ")
    terminal.sendline("open")
    terminal.expect(pexpect.EOF)
    terminal.close()

    assert (tmp_path / "out").read_text() == "123456\n"
    assert (tmp_path / "err").read_text() == ""


def test_a_program_that_hangs_is_given_up_without_its_output() -> None:
    source = ProgramCode(
        "echo 123456; sleep 5",
        ledger=Slate(),
        clock=HandClock(),
        talk=Ear(),
        patience=timedelta(seconds=0.2),
    )

    with pytest.raises(ProfileBroken) as caught:
        source.next_code(RICHARDS, refused=None)

    assert "printed no code within 0 s" in caught.value.message
    assert "123456'" not in "".join(traceback.format_exception(caught.value))


def test_a_command_that_the_system_does_not_start_is_told() -> None:
    source = source_for("echo " + "1" * 140_000)

    with pytest.raises(ProfileBroken) as caught:
        source.next_code(RICHARDS, refused=None)

    assert caught.value.message == "`echo` could not be started: argument list too long"
