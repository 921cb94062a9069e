"""Codes from a program of the user's, run for real."""

from __future__ import annotations

import shlex
import sys
import traceback
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.codes.program import ProgramCode
from mfacli.domain.codes import Code, CodeOrigin
from mfacli.domain.secret import Secret
from mfacli.errors import CodeMalformed, ProfileBroken
from mfacli.interfaces import CodeSource
from tests.codes.contract import CodeSourceContract
from tests.codes.stand_ins import REFUSED, RICHARDS, Ear, Slate, at, typed
from tests.doubles import HandClock


def source_for(command: str, *, ledger: Slate | None = None, ear: Ear | None = None) -> ProgramCode:
    return ProgramCode(command, ledger=ledger or Slate(), clock=HandClock(at(1000)), talk=ear or Ear())


class TestProgramCode(CodeSourceContract):
    def make_source(self) -> CodeSource:
        return source_for("echo 123456")


@pytest.mark.parametrize(
    "output", ["123456", "AWS:richard  123456", "123456 lasts 17s \t|------|", "12345678 123456 is the code"]
)
def test_the_code_is_found_in_what_is_printed(output: str) -> None:
    source = source_for(f"echo {shlex.quote(output)}")

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
    ("command", "message"), [("echo nothing", "no six digits"), ("echo 111111 222222", "several")]
)
def test_output_without_the_one_code_is_refused(command: str, message: str) -> None:
    source = source_for(command)

    with pytest.raises(CodeMalformed) as caught:
        source.next_code(RICHARDS, refused=None)

    assert message in caught.value.message


def test_a_failing_program_is_told_with_its_exit_code() -> None:
    source = source_for("exit 3")

    with pytest.raises(ProfileBroken) as caught:
        source.next_code(RICHARDS, refused=None)

    assert caught.value.message == "`mfa_process` failed with exit code 3"


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
    source = source_for("echo " + "1" * 1_000_000)

    with pytest.raises(ProfileBroken) as caught:
        source.next_code(RICHARDS, refused=None)

    assert caught.value.message == "`mfa_process` could not be started: Argument list too long"
