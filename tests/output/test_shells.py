from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfacli.errors import UsageWrong
from mfacli.output.environment import changes_back, changes_for
from mfacli.output.exports import Format, export_text
from tests.output.hostile import HOSTILE, VALUES, changes, without
from tests.output.sessions import SESSION
from tests.real import require_nushell, require_tool

DUMP = "import json, os; print(json.dumps({k: v for k, v in os.environ.items() if k[0] == 'V'}))"
# How the README has each shell take the lines, and the values that it can be given.
TAKE = {
    "bash": (Format.BASH, 'eval "$(cat lines)"', VALUES),
    "zsh": (Format.ZSH, 'eval "$(cat lines)"', VALUES),
    "sh": (Format.SH, 'eval "$(cat lines)"', VALUES),
    "dash": (Format.SH, 'eval "$(cat lines)"', VALUES),
    "fish": (Format.FISH, "cat lines | source", VALUES),
    "tcsh": (Format.TCSH, 'eval "`cat lines`"', without("\r\n")),
    "nu": (Format.NUSHELL, "^cat lines | from json | load-env", VALUES),
}
LINE_SHELLS = (Format.BASH, Format.ZSH, Format.SH, Format.FISH, Format.POWERSHELL, Format.CMD, Format.TCSH)


def _command(shell: str) -> list[str]:
    if shell == "nu":
        return [require_nushell(), "--no-config-file", "-c"]
    return [require_tool(shell), *(["-f"] if shell == "tcsh" else []), "-c"]


def _run(command: Sequence[str], script: str, tmp_path: Path, **environment: str) -> dict[str, str]:
    """Run `script`, then return the variables whose names begin with V."""
    dump = tmp_path / "dump.py"
    dump.write_text(DUMP)
    ran = subprocess.run(
        [*command, f"{script}\n{sys.executable} {dump}"],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **environment},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    found: dict[str, str] = json.loads(ran.stdout)
    return {name: value for name, value in found.items() if name != "VENDOR"}


@pytest.mark.real
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
@pytest.mark.parametrize("shell", TAKE)
def test_hostile_values_arrive_as_they_are(shell: str, locale: str, tmp_path: Path) -> None:
    form, take, values = TAKE[shell]
    (tmp_path / "lines").write_bytes(export_text(changes(values), form).encode())

    found = _run(_command(shell), take, tmp_path, LC_ALL=locale)

    assert {name: found.get(name) for name in values} == values
    assert not (tmp_path / "owned").exists()


@pytest.mark.real
@pytest.mark.parametrize("shell", TAKE)
def test_stale_variables_are_gone_even_where_they_were_never_set(shell: str, tmp_path: Path) -> None:
    form, take, _ = TAKE[shell]
    (tmp_path / "lines").write_text(export_text(changes({"VNEW": "1"}, unset=("VOLD", "VNEVER")), form))

    found = _run(_command(shell), take, tmp_path, VOLD="stale")

    assert found == {"VNEW": "1"}


@pytest.mark.real
def test_zsh_with_doubled_quotes_as_quotes_reads_the_same(tmp_path: Path) -> None:
    (tmp_path / "lines").write_text(export_text(changes(VALUES), Format.ZSH))

    found = _run(_command("zsh"), "setopt rc_quotes\n" + TAKE["zsh"][1], tmp_path)

    assert found == VALUES


@pytest.mark.real
def test_tcsh_with_a_person_and_a_history_reads_the_same(tmp_path: Path) -> None:
    values = without("\r\n")
    (tmp_path / "lines").write_bytes(export_text(changes(values), Format.TCSH).encode())
    (tmp_path / "dump.py").write_text(DUMP)
    script = f'set prompt = ""\ntouch touched\n{TAKE["tcsh"][1]}\n{sys.executable} dump.py > found.json\n'

    subprocess.run(
        [require_tool("tcsh"), "-f", "-i"],
        input=script,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "TERM": "dumb"},
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip

    found = json.loads((tmp_path / "found.json").read_text())
    assert {name: found.get(name) for name in values} == values


@pytest.mark.real
@pytest.mark.parametrize(("shell", "take"), [("bash", "eval $(cat lines)"), ("fish", "eval (cat lines)")])
def test_a_session_arrives_even_without_the_quotes_around_it(shell: str, take: str, tmp_path: Path) -> None:
    text = export_text(changes_for(SESSION, profile="dev"), TAKE[shell][0])
    (tmp_path / "lines").write_text(text + ("set -gx VTOKEN $AWS_SESSION_TOKEN" if shell == "fish" else ""))
    after = "" if shell == "fish" else "\nexport VTOKEN=$AWS_SESSION_TOKEN"

    assert _run(_command(shell), take + after, tmp_path) == {"VTOKEN": "FwoGZXIvYXdz//+token=="}


@pytest.mark.real
def test_fish_keeps_the_persons_universal_variables(tmp_path: Path) -> None:
    (tmp_path / "lines").write_text(export_text(changes({}, unset=("VKEPT",)), Format.FISH))

    found = _run(_command("fish"), "set -Ux VKEPT mine\n" + TAKE["fish"][1], tmp_path)

    assert found == {"VKEPT": "mine"}


def _read_powershell(line: str) -> tuple[str, str]:
    """Read one assignment by the grammar of PowerShell's language specification, section 2.3.5.2.

    Inside single quotes, any of five quote characters ends the text, and two of them in a row stand for one.
    """
    found = re.fullmatch(r"\$Env:(\w+) = '((?:[^'\u2018-\u201b]|['\u2018-\u201b]{2})*)'", line, re.DOTALL)
    assert found, line
    return found[1], re.sub(r"(['\u2018-\u201b])['\u2018-\u201b]", r"\1", found[2])


@pytest.mark.parametrize("value", HOSTILE)
def test_powershell_reads_the_value_as_it_is(value: str) -> None:
    text = export_text(changes({"V": value}), Format.POWERSHELL)

    assert _read_powershell(text.removesuffix("\n")) == ("V", value)


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_powershell_reads_any_value_as_it_is(value: str) -> None:
    text = export_text(changes({"V": value}), Format.POWERSHELL)

    assert _read_powershell(text.removesuffix("\n")) == ("V", value)


def test_powershell_unsets_without_complaint() -> None:
    text = export_text(changes({}, unset=("VOLD",)), Format.POWERSHELL)

    assert text == "Remove-Item -LiteralPath Env:VOLD -ErrorAction SilentlyContinue\n"


def test_cmd_sets_between_quotes_and_unsets_by_nothing() -> None:
    text = export_text(changes({"V": "a b&c|d^e<f>(g);=,'h'`i`$J\u00fc"}, unset=("VOLD",)), Format.CMD)

    assert text == 'set "VOLD="\nset "V=a b&c|d^e<f>(g);=,\'h\'`i`$J\u00fc"\n'


@pytest.mark.parametrize("character", ['"', "%", "!", "\n", "\r", "\x1a"])
def test_cmd_is_given_nothing_that_a_batch_file_reads_otherwise_than_a_loop(character: str) -> None:
    with pytest.raises(UsageWrong, match=r"`V` holds .*, which no line for cmd can carry safely") as refusal:
        export_text(changes({"V": f"a{character}b"}), Format.CMD)

    assert "mfacli exec" in refusal.value.hint


@pytest.mark.parametrize("character", ["\n", "\r"])
def test_tcsh_is_given_one_line_a_value(character: str) -> None:
    with pytest.raises(UsageWrong, match=r"`V` holds .*, which no line for tcsh can carry safely"):
        export_text(changes({"V": f"a{character}b"}), Format.TCSH)


def test_a_session_can_be_written_for_every_shell() -> None:
    session = changes_for(SESSION, profile="dev", endpoint_url="http://127.0.0.1:4566")

    texts = [export_text(session, form) for form in LINE_SHELLS]

    assert all("FwoGZXIvYXdz//+token==" in text for text in texts)


@pytest.mark.parametrize("form", LINE_SHELLS)
def test_what_is_stale_goes_before_what_is_set(form: Format) -> None:
    text = export_text(changes_for(SESSION, profile="dev"), form)

    assert text.index("AWS_SECURITY_TOKEN") < text.index("AWS_ACCESS_KEY_ID")
    assert text.endswith("\n")


def test_nushell_gets_nothing_where_a_variable_is_to_go() -> None:
    document = json.loads(export_text(changes_back(), Format.NUSHELL))

    assert set(document.values()) == {None}
    assert "AWS_SESSION_TOKEN" in document
