"""Completion: what is checked in is what the command prints, and a Tab in a real shell at a terminal names things."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pexpect
import pytest

import mfacli
from mfacli.commands.completion_scripts import SCRIPTS, answer_to_tab
from mfacli.commands.main import COMMANDS, root, run
from tests.real import require_tool
from tests.stage import Cloud, Person, person_in

COMPLETIONS = Path(__file__).parent.parent.parent / "completions"
WORDBREAKS = " \t\n\"'><=;|&(:"
DEVICE = "arn:aws:iam::111111111111:mfa/tablet,old"
CONFIG = f"""
[default]
mfa_serial = {DEVICE}
[profile "it's $HOME"]
mfa_serial = GAHT12345678
role_arn = arn:aws:iam::111111111111:role/X
[profile plain]
"""
# How each shell is started without a person's own files, and how it is given the script as `completion --help` says.
SHELLS = {
    "bash": (["--norc", "--noprofile", "-i"], "PS1='ready> '; source <(mfacli completion bash)"),
    "zsh": (["-f", "-i"], "PS1='ready> '; autoload -Uz compinit; compinit -u -D; source <(mfacli completion zsh)"),
    "fish": (["--no-config", "-i"], "mfacli completion fish | source"),
}


@pytest.fixture
def owner(isolated_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the home of somebody with profiles, a device and a seed."""
    (isolated_home / ".aws").mkdir()
    (isolated_home / ".aws" / "config").write_text(CONFIG)
    state = isolated_home / "state"
    state.mkdir(mode=0o700)
    qcs = "qcs::cam:uin/100000000001::mfa/softToken"
    records: dict[str, dict[str, str]] = {
        "arn:aws:iam::111111111111:mfa/with-seed": {},
        f"{qcs}#100000000002": {},
        f"{qcs}#100000000003": {},
    }
    seeds = {"version": 1, "records": records}
    (state / "devices.json").write_text(json.dumps(seeds))
    kept = {"version": 1, "records": {"aws:kept": {}, "tencent:kept:with colon": {}}}
    (state / "keys.json").write_text(json.dumps(kept))
    monkeypatch.setenv("MFACLI_STATE_DIR", str(state))
    return isolated_home


def at_tab(line: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what bash is offered when the line is this up to the cursor."""
    monkeypatch.setenv("COMP_LINE", line)
    monkeypatch.setenv("COMP_WORDBREAKS", WORDBREAKS)
    return [value.partition(",")[2] for value in answer_to_tab(root, "bash_complete").splitlines()]


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_file_is_what_the_command_prints(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["completion", shell])

    assert code == 0
    assert capsys.readouterr().out == (COMPLETIONS / f"mfacli.{shell}").read_text()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("mfacli ses", ["session"]),
        ("mfacli ", list(COMMANDS)),
        ("mfacli --vers", ["--version"]),
        ("mfacli completion ", ["bash", "zsh", "fish"]),
        ("mfacli export --format po", ["powershell"]),
        ("mfacli export --format=po", ["powershell"]),
        ("mfacli session --export git", ["github"]),
        ("mfacli session -p pl", ["plain"]),
        ("mfacli session --profile=pl", ["plain"]),
        ("mfacli keys rotate -p ke", ["kept", "kept:with\\ colon"]),
        ("mfacli session -p it", ["it\\'s\\ \\$HOME"]),
        ('mfacli session -p "it', ["it's $HOME"]),
        ("mfacli session -p it\\'s", ["it\\'s\\ \\$HOME"]),
        ("mfacli session -p 'pl", ["plain"]),
        ("mfacli assume i", ["it\\'s\\ \\$HOME"]),
        ("mfacli session --device GA", ["GAHT12345678"]),
        ("mfacli session --device a", [DEVICE, "arn:aws:iam::111111111111:mfa/with-seed"]),
        ("mfacli session --device arn:aws:iam::111111111111:mfa/t", ["mfa/tablet,old"]),
        ("mfacli session --device=arn:aws:iam::111111111111:mfa/t", ["mfa/tablet,old"]),
        ("mfacli device code --device arn:aws:iam::111111111111:mfa/w", ["mfa/with-seed"]),
        ("mfacli session --device qcs::", ["cam:uin/100000000001::mfa/softToken"]),
        ("mfacli session -p zzz", []),
        ("mfacli nonsense ", []),
        ("mfacli session --nonsense ", []),
    ],
)
def test_bash_is_offered_what_it_can_put_in(
    line: str, offered: list[str], owner: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert at_tab(line, monkeypatch) == offered


def test_a_colon_that_breaks_no_words_stays(owner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMP_LINE", "mfacli session --device arn:aws:iam::111111111111:mfa/t")
    monkeypatch.setenv("COMP_WORDBREAKS", " ")

    assert answer_to_tab(root, "bash_complete") == f"plain,{DEVICE}"


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_offered_whole_words(shell: str, owner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMP_WORDS", "mfacli session --profile=it")
    monkeypatch.setenv("COMP_CWORD", "2" if shell == "zsh" else "--profile=it")

    assert "--profile=it's $HOME" in answer_to_tab(root, f"{shell}_complete")


@pytest.mark.parametrize("line", ["mfacli exec -p x -- ter", "mfacli policy check pol", "mfacli device import se"])
def test_files_are_left_to_the_shell(line: str, owner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMP_LINE", line)

    assert answer_to_tab(root, "bash_complete") == f"file,{line.split()[-1]}"


@pytest.mark.parametrize("instruction", ["tcsh_complete", "bash_source", "nonsense"])
def test_other_instructions_are_answered_with_nothing(instruction: str) -> None:
    assert answer_to_tab(root, instruction) == ""


def test_broken_files_are_passed_over(owner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (owner / ".aws" / "config").write_text("[default\nthis is nothing\n[profile books]\n")
    (owner / "state" / "devices.json").write_text("{")

    assert at_tab("mfacli session -p b", monkeypatch) == ["books"]
    assert at_tab("mfacli session --device ", monkeypatch) == []


def test_unusable_places_are_passed_over(owner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFACLI_STATE_DIR", "relative")
    monkeypatch.setenv("MFACLI_CONFIG_FILE", "~nobody-of-this-name/config.toml")

    assert at_tab("mfacli session --device GA", monkeypatch) == ["GAHT12345678"]


@pytest.mark.parametrize("line", ["mfacli ", "mfacli session -p ", "mfacli assume ", "mfacli export --device "])
def test_a_tab_loads_no_sdk_and_no_keyring(line: str, owner: Path) -> None:
    code = f"""
import os, sys
sys.path.insert(0, {str(Path(mfacli.__file__).parent.parent)!r})
from mfacli.__main__ import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""
    environment = {**os.environ, "COMP_LINE": line, "_MFACLI_COMPLETE": "bash_complete"}

    finished = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )

    loaded = {name.partition(".")[0] for name in finished.stderr.split()}
    assert finished.stdout.startswith("plain,")
    assert not loaded & {"boto3", "botocore", "tencentcloud", "keyring", "moto", "rich", "cryptography"}
    assert ("mfacli.commands.export" in finished.stderr.split()) is ("export" in line)


@pytest.fixture(scope="module")
def somebody(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Person:
    """Give a person whose files name what is to be completed."""
    person = person_in(cloud, tmp_path_factory.mktemp("somebody"))
    person.config_file.write_text(CONFIG)
    (person.home / "a-policy.json").touch()
    return person


def started(name: str, somebody: Person) -> pexpect.spawn:
    """Return a shell with its script, at a terminal, ready to be typed at."""
    arguments, setting_up = SHELLS[name]
    child = somebody.at_terminal(require_tool(name), *arguments)
    child.sendline(setting_up)
    child.sendline('echo "set"-up')
    child.expect_exact("set-up")
    return child


@pytest.fixture(scope="module", params=list(SHELLS))
def shell(request: pytest.FixtureRequest, somebody: Person) -> Iterator[pexpect.spawn]:
    """Give each shell."""
    child = started(request.param, somebody)
    yield child
    child.close(force=True)


@pytest.mark.real
@pytest.mark.parametrize(
    ("typed", "became"),
    [
        ("statu", ["status"]),
        ("session -p pl", ["session", "-p", "plain"]),
        ("session -p it", ["session", "-p", "it's $HOME"]),
        ("assume it", ["assume", "it's $HOME"]),
        ("export --format tc", ["export", "--format", "tcsh"]),
        ("export --format=tc", ["export", "--format=tcsh"]),
        ("session --device GA", ["session", "--device", "GAHT12345678"]),
        ("session --device arn:aws:iam::111111111111:mfa/tab", ["session", "--device", DEVICE]),
        ("completion z", ["completion", "zsh"]),
        ("policy check a-pol", ["policy", "check", "a-policy.json"]),
        ("exec -- cat a-pol", ["exec", "--", "cat", "a-policy.json"]),
    ],
)
def test_a_tab_puts_in_what_was_meant(
    typed: str, became: Sequence[str], shell: pexpect.spawn, somebody: Person
) -> None:
    told = somebody.home / "told"
    told.unlink(missing_ok=True)
    show = somebody.root / "show.py"
    show.write_text(f"import json, sys; open({str(told)!r}, 'w').write(json.dumps(sys.argv[1:])); print('to' + 'ld')")

    shell.send(f"mfacli {typed}\t")
    # What the shell makes of the line is seen by another program in mfacli's place.
    shell.send(f"\x01{sys.executable} {show} \x05 \r")
    shell.expect_exact("told")

    assert json.loads(told.read_text()) == ["mfacli", *became]


@pytest.mark.real
@pytest.mark.parametrize("name", list(SHELLS))
def test_what_cannot_be_told_apart_is_shown(name: str, somebody: Person) -> None:
    shell = started(name, somebody)

    shell.send("mfacli export --format \t\t")
    found = shell.expect([re.compile("powershell.*nushell|nushell.*powershell", re.DOTALL), pexpect.TIMEOUT])
    shell.close(force=True)

    assert found == 0
