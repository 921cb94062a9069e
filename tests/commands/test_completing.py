"""Completion scripts: what is checked in is what click makes, and at a Tab in a real shell it names profiles."""

from __future__ import annotations

from pathlib import Path

import pexpect
import pytest

from tests.real import require_tool
from tests.stage import Person

COMPLETIONS = Path(__file__).parent.parent.parent / "completions"


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_script_is_the_one_that_click_makes(name: str, person: Person) -> None:
    made = person.run(environment={"_MFACLI_COMPLETE": f"{name}_source"})

    assert made.code == 0
    assert made.stdout.strip() == (COMPLETIONS / f"mfacli.{name}").read_text().strip()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("mfacli ses", ["session"]),
        ("mfacli session -p a", ["auditor"]),
        ("mfacli assume sh", ["shelf-a", "shelf-b", "shelf-c", "shelf-d", "shelf-e"]),
        ("mfacli export --format po", ["powershell"]),
        ("mfacli session -p zzz", []),
    ],
)
@pytest.mark.real
def test_bash_completes(words: str, offered: list[str], person: Person) -> None:
    script = f"source {COMPLETIONS}/mfacli.bash; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))"

    finished = person.run_program(
        [require_tool("bash"), "-c", f'{script}; _mfacli_completion mfacli; printf "%s\\n" "${{COMPREPLY[@]}}"']
    )

    assert (finished.stdout.split(), finished.stderr) == (offered, "")


@pytest.mark.real
def test_fish_completes(person: Person) -> None:
    script = f"source {COMPLETIONS}/mfacli.fish; complete -C 'mfacli session -p bo'"

    finished = person.run_program([require_tool("fish"), "--no-config", "-c", script])

    assert finished.stdout.split() == ["books"]


@pytest.mark.real
def test_zsh_completes(person: Person) -> None:
    shell = person.at_terminal(require_tool("zsh"), "-f", "-i")
    shell.sendline(
        f"PS1='ready> '; autoload -Uz compinit; compinit -u -D; source {COMPLETIONS}/mfacli.zsh; echo set up"
    )
    shell.expect_exact("\nset up")

    shell.send("mfacli session -p audi\t")
    found = shell.expect(["audi(tor)?.*tor", pexpect.TIMEOUT], timeout=20)
    shell.close(force=True)

    assert found == 0


@pytest.mark.real
def test_completing_says_nothing_of_broken_files(person: Person) -> None:
    person.config_file.write_text("[default\nthis is nothing\n[profile books]\n")
    script = (
        f"source {COMPLETIONS}/mfacli.bash; COMP_WORDS=(mfacli session -p b); COMP_CWORD=3; _mfacli_completion mfacli"
    )

    finished = person.run_program([require_tool("bash"), "-c", f'{script}; echo "${{COMPREPLY[@]}}"'])

    assert (finished.stdout, finished.stderr) == ("books\n", "")
