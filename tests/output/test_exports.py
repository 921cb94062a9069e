"""Which format a shell gets, and that each that can be named can be written; how they quote is in their own tests."""

from __future__ import annotations

import pytest

from mfacli.commands.options import EXPORT_FORMATS
from mfacli.errors import UsageWrong
from mfacli.output.exports import Format, export_text, shell_format, taking_line
from tests.output.hostile import changes


@pytest.mark.parametrize("form", list(Format))
def test_a_zero_byte_is_refused(form: Format) -> None:
    with pytest.raises(UsageWrong, match="`V` holds a zero byte"):
        export_text(changes({"V": "a\0b"}), form)


def test_every_format_can_be_named() -> None:
    assert tuple(form.value for form in Format) == EXPORT_FORMATS


@pytest.mark.parametrize(
    ("parent", "environment", "form"),
    [
        ("bash", {"SHELL": "/usr/bin/fish"}, Format.BASH),
        ("-zsh", {}, Format.ZSH),
        ("/usr/bin/fish", {}, Format.FISH),
        ("dash", {}, Format.SH),
        ("tcsh", {"SHELL": "/bin/bash"}, Format.TCSH),
        ("-csh", {}, Format.TCSH),
        ("nu", {"SHELL": "/bin/bash"}, Format.NUSHELL),
        ("cmd.exe", {"PSModulePath": "x"}, Format.CMD),
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


@pytest.mark.parametrize("parent", ["elvish", "xonsh"])
def test_a_shell_without_lines_is_named(parent: str) -> None:
    with pytest.raises(UsageWrong) as refusal:
        shell_format({"SHELL": "/bin/bash"}, parent=parent)

    assert refusal.value.message == f"there are no lines for the shell `{parent}`"
    assert "powershell" in refusal.value.hint


@pytest.mark.parametrize(
    ("form", "line"),
    [
        (Format.SH, 'eval "$(mfacli export)"'),
        (Format.FISH, "mfacli export | source"),
        (Format.CMD, "for /f \"delims=\" %i in ('mfacli export') do @%i"),
        (Format.TCSH, 'eval "`mfacli export`"'),
        (Format.NUSHELL, "mfacli export | from json | load-env"),
        (Format.DOTENV, ""),
        (Format.GITHUB, ""),
    ],
)
def test_each_shell_takes_the_lines_in_its_own_way(form: Format, line: str) -> None:
    assert taking_line(form, "mfacli export") == line
