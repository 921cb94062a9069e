from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfacli.domain.secret import Secret
from mfacli.errors import UsageWrong
from mfacli.output.environment import Changes, changes_back, changes_for
from mfacli.output.exports import Format, export_text, shell_format
from tests.output.sessions import SESSION
from tests.real import require_tool

HOSTILE = [
    "plain", "", " ", "two words", "'", '"', "''", "'\"'\"'", "$(touch owned)", "`touch owned`", "$HOME", "${HOME}",
    "\\", "\\'", "\\n", "\\\\", "a\nb", "\n", "a\r\nb", "\t", "; touch owned", "| cat", "& touch owned", "*", "~",
    "~/x", "!!", "!touch", "#x", "-n", "--", "(a)", "{a,b}", "<(ls)", "%PATH%", "\u2018\u2019\u201a\u201b", "ü項🔑",
    "\x01\x7f",     "a=b", "[x]", "x\\", "'\\''", "\\\n", "@(a)", "$'x'", "\u2028",
]  # fmt: skip
NAMES = [f"V{number}" for number in range(len(HOSTILE))]
VALUES = dict(zip(NAMES, HOSTILE, strict=True))
DUMP = "import json, os; print(json.dumps({k: v for k, v in os.environ.items() if k[0] == 'V'}))"


def _changes(values: dict[str, str], unset: tuple[str, ...] = ()) -> Changes:
    return Changes(to_set=MappingProxyType({name: Secret(value) for name, value in values.items()}), to_unset=unset)


def _run(shell: str, script: str, tmp_path: Path, **environment: str) -> dict[str, str]:
    """Run `script`, then print the variables whose names begin with V."""
    dump = tmp_path / "dump.py"
    dump.write_text(DUMP)
    ran = subprocess.run(
        [require_tool(shell), "-c", f"{script}\n{sys.executable} {dump}"],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **environment},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    found: dict[str, str] = json.loads(ran.stdout)
    return found


# How the README has each shell take the lines.
TAKE = {
    "bash": (Format.BASH, 'eval "$(cat lines)"'),
    "zsh": (Format.ZSH, 'eval "$(cat lines)"'),
    "sh": (Format.SH, 'eval "$(cat lines)"'),
    "dash": (Format.SH, 'eval "$(cat lines)"'),
    "fish": (Format.FISH, "cat lines | source"),
}


@pytest.mark.real
@pytest.mark.parametrize("shell", TAKE)
def test_hostile_values_arrive_as_they_are(shell: str, tmp_path: Path) -> None:
    form, take = TAKE[shell]
    (tmp_path / "lines").write_bytes(export_text(_changes(VALUES), form).encode())

    found = _run(shell, take, tmp_path)

    assert {name: found.get(name) for name in NAMES} == VALUES
    assert not (tmp_path / "owned").exists()


@pytest.mark.real
@pytest.mark.parametrize("shell", TAKE)
def test_stale_variables_are_gone_even_where_they_were_never_set(shell: str, tmp_path: Path) -> None:
    form, take = TAKE[shell]
    (tmp_path / "lines").write_text(export_text(_changes({"VNEW": "1"}, unset=("VOLD", "VNEVER")), form))

    found = _run(shell, take, tmp_path, VOLD="stale")

    assert {name for name in found if name.startswith("V")} == {"VNEW"}


@pytest.mark.real
def test_zsh_with_doubled_quotes_as_quotes_reads_the_same(tmp_path: Path) -> None:
    (tmp_path / "lines").write_text(export_text(_changes(VALUES), Format.ZSH))

    found = _run("zsh", "setopt rc_quotes\n" + TAKE["zsh"][1], tmp_path)

    assert found == VALUES


@pytest.mark.real
@pytest.mark.parametrize(("shell", "take"), [("bash", "eval $(cat lines)"), ("fish", "eval (cat lines)")])
def test_a_session_arrives_even_without_the_quotes_around_it(shell: str, take: str, tmp_path: Path) -> None:
    text = export_text(changes_for(SESSION, profile="dev"), TAKE[shell][0])
    (tmp_path / "lines").write_text(text + ("set -gx VTOKEN $AWS_SESSION_TOKEN" if shell == "fish" else ""))
    after = "" if shell == "fish" else "\nexport VTOKEN=$AWS_SESSION_TOKEN"

    assert _run(shell, take + after, tmp_path) == {"VTOKEN": "FwoGZXIvYXdz//+token=="}


@pytest.mark.real
def test_fish_keeps_the_persons_universal_variables(tmp_path: Path) -> None:
    (tmp_path / "lines").write_text(export_text(_changes({}, unset=("VKEPT",)), Format.FISH))

    found = _run("fish", "set -Ux VKEPT mine\n" + TAKE["fish"][1], tmp_path)

    assert found == {"VKEPT": "mine"}


@pytest.mark.real
def test_a_dotenv_file_reads_the_same_in_node(tmp_path: Path) -> None:
    node = require_tool("node")
    # Node's reader knows no escaped quotes and backslashes, so those it cannot be told at all.
    values = {name: value for name, value in VALUES.items() if not ({"'", "\\", "\r"} & set(value))}
    (tmp_path / ".env").write_text(export_text(_changes(values), Format.DOTENV))

    ran = subprocess.run(
        [node, "--env-file=.env", "-e", "console.log(JSON.stringify(process.env))"],
        cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=True,
    )  # fmt: skip

    found = json.loads(ran.stdout)
    assert {name: found.get(name) for name in values} == values


@pytest.mark.real
def test_a_dotenv_file_can_be_sourced(tmp_path: Path) -> None:
    values = {name: value for name, value in VALUES.items() if not ({"'", "\\", "\n"} & set(value))}
    (tmp_path / ".env").write_bytes(export_text(_changes(values), Format.DOTENV).encode())

    assert _run("sh", "set -a; . ./.env", tmp_path) == values


def test_a_dotenv_file_quotes_nothing_that_needs_no_quotes() -> None:
    text = export_text(changes_for(SESSION, profile="dev"), Format.DOTENV)

    assert "AWS_SESSION_TOKEN=FwoGZXIvYXdz//+token==\n" in text
    assert "'" not in text
    assert '"' not in text


def test_a_dotenv_file_escapes_what_single_quotes_cannot_hold() -> None:
    text = export_text(_changes({"V": "a'b\n\"c\\"}), Format.DOTENV)

    assert text == 'V="a\'b\\n\\"c\\\\"\n'


def test_a_dotenv_file_cannot_take_back() -> None:
    with pytest.raises(UsageWrong, match="a dotenv file can set variables, but not unset them"):
        export_text(changes_back(), Format.DOTENV)


@pytest.mark.parametrize("form", list(Format))
def test_a_zero_byte_is_refused(form: Format) -> None:
    with pytest.raises(UsageWrong, match="`V` holds a zero byte"):
        export_text(_changes({"V": "a\0b"}), form)


def test_json_says_what_to_set_and_what_to_unset() -> None:
    document = json.loads(export_text(_changes(VALUES, unset=("VOLD",)), Format.JSON))

    assert document == {"version": 1, "set": VALUES, "unset": ["VOLD"]}


def _read_powershell(line: str) -> tuple[str, str]:
    """Read one assignment by the grammar of PowerShell's language specification, section 2.3.5.2.

    Inside single quotes, any of five quote characters ends the text, and two of them in a row stand for one.
    """
    found = re.fullmatch(r"\$Env:(\w+) = '((?:[^'\u2018-\u201b]|['\u2018-\u201b]{2})*)'", line, re.DOTALL)
    assert found, line
    return found[1], re.sub(r"(['\u2018-\u201b])['\u2018-\u201b]", r"\1", found[2])


@pytest.mark.parametrize("value", HOSTILE)
def test_powershell_reads_the_value_as_it_is(value: str) -> None:
    text = export_text(_changes({"V": value}), Format.POWERSHELL)

    assert _read_powershell(text.removesuffix("\n")) == ("V", value)


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_powershell_reads_any_value_as_it_is(value: str) -> None:
    text = export_text(_changes({"V": value}), Format.POWERSHELL)

    assert _read_powershell(text.removesuffix("\n")) == ("V", value)


def test_powershell_unsets_without_complaint() -> None:
    text = export_text(_changes({}, unset=("VOLD",)), Format.POWERSHELL)

    assert text == "Remove-Item -LiteralPath Env:VOLD -ErrorAction SilentlyContinue\n"


@pytest.mark.parametrize("form", [Format.BASH, Format.ZSH, Format.SH, Format.FISH, Format.POWERSHELL])
def test_what_is_stale_goes_before_what_is_set(form: Format) -> None:
    text = export_text(changes_for(SESSION, profile="dev"), form)

    assert text.index("AWS_SECURITY_TOKEN") < text.index("AWS_ACCESS_KEY_ID")
    assert text.endswith("\n")


@pytest.mark.parametrize(
    ("parent", "environment", "form"),
    [
        ("bash", {"SHELL": "/usr/bin/fish"}, Format.BASH),
        ("-zsh", {}, Format.ZSH),
        ("/usr/bin/fish", {}, Format.FISH),
        ("dash", {}, Format.SH),
        ("C:\\Program Files\\PowerShell\\7\\pwsh.EXE", {}, Format.POWERSHELL),
        ("make", {"SHELL": "/bin/zsh"}, Format.ZSH),
        ("", {"SHELL": "/bin/bash"}, Format.BASH),
        ("", {"PSModulePath": "x"}, Format.POWERSHELL),
        ("python3", {"SHELL": "/opt/strange"}, Format.SH),
        ("", {}, Format.SH),
    ],
)
def test_the_shell_is_the_one_that_started_us(parent: str, environment: dict[str, str], form: Format) -> None:
    assert shell_format(environment, parent=parent) is form


@pytest.mark.parametrize("parent", ["tcsh", "nu", "cmd.exe"])
def test_a_shell_without_lines_is_named(parent: str) -> None:
    with pytest.raises(UsageWrong) as refusal:
        shell_format({"SHELL": "/bin/bash"}, parent=parent)

    assert refusal.value.message == f"there are no lines for the shell `{parent.removesuffix('.exe')}`"
    assert "powershell" in refusal.value.hint
