"""Holds the README to the program: what it lists is there, and what is there it lists."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from mfacli.commands.main import root
from mfacli.commands.options import EXPORT_FORMATS
from mfacli.domain.cloud import Cloud
from mfacli.errors import ExitCode
from mfacli.profiles.aws_profile import USED_KEYS
from mfacli.profiles.profile_settings import TABLE_KEYS
from mfacli.profiles.settings import KEYS, STORES
from tests import readme
from tests.console import read_transcript
from tests.package_texts import texts_below

ROOT = Path(__file__).parent.parent
SECTIONS = (
    "At a glance",
    "What it solves, and what it does not",
    "Install",
    "Try it without a cloud account",
    "Quick start, AWS",
    "Quick start, Tencent Cloud",
    "Daily use",
    "How it works",
    "Security model",
    "Reference",
    "The emulator",
    "Troubleshooting",
    "Compared with other tools",
    "Development",
)
# Other programs' words, not mfacli's.
FOREIGN_MESSAGES = ("The stub received bad data",)
SECRET_KEYS = {"aws_secret_access_key", "aws_session_token", "aws_security_token"}


@pytest.fixture
def page() -> str:
    return readme.read()


def _words(text: str) -> set[str]:
    return set(readme.code_in(text))


def _first_column(section: str) -> set[str]:
    return {name for row in readme.table(section) for name in readme.code_in(row[0])}


def test_sections_stand_in_their_order(page: str) -> None:
    found = [title for level, title in readme.headings(page) if level == 2]

    assert found == list(SECTIONS)


def test_generated_blocks_are_what_the_program_makes(page: str) -> None:
    assert readme.generated(page) == readme.made(), "`python -m tests.readme` writes them anew"


@pytest.mark.parametrize("path", list(readme.commands()), ids=lambda path: " ".join(("mfacli", *path)))
def test_every_command_and_option_is_shown(path: tuple[str, ...]) -> None:
    command = _command(path)

    text = readme.section(readme.read(), f"`{' '.join(('mfacli', *path))}`")

    for parameter in command.params:
        for name in parameter.opts if isinstance(parameter, click.Option) else ():
            assert name in text


def _command(path: tuple[str, ...]) -> click.Command:
    command: click.Command = root
    for name in path:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found is not None, f"there is no command `mfacli {' '.join(path)}`"
        command = found
    return command


def test_help_names_sections_that_are_there(page: str) -> None:
    titles = {title for _, title in readme.headings(page)}
    epilogs = [epilog for path in readme.commands() if (epilog := _command(path).epilog)]

    named = [found[1] for epilog in epilogs for found in re.finditer(r"README, section ([^,]+),", epilog)]

    assert len(named) == len(epilogs)
    assert set(named) <= titles


def _command_lines(page: str) -> Iterator[str]:
    """Yield every call of mfacli in running text, tables, shell blocks and typed lines."""
    texts = readme.code_in(readme.prose(page).replace("\\|", "|"))
    for block in readme.blocks(page):
        if block.language == "sh":
            texts += block.text.splitlines()
        elif block.language == "console":
            texts += [typed.command for typed in read_transcript(block.text)]
    for text in texts:
        for piece in re.split(r"\$\(|[|;)>&]", text):
            if call := re.search(r"(?:^|/)(mfacli .+)", piece.strip(' "')):
                yield call[1]


def test_every_command_line_on_the_page_can_be_typed(page: str) -> None:
    for line in _command_lines(page):
        words = line.split(" -- ")[0].split()[1:]
        path: tuple[str, ...] = ()
        while isinstance(command := _command(path), click.Group) and len(words) > len(path):
            if words[len(path)].startswith("-"):
                break
            path = (*path, words[len(path)])
        known = {name for parameter in command.params for name in parameter.opts}

        assert {word for word in words if re.fullmatch(r"--?[a-z][a-z-]*", word)} <= known | {"-h", "--help"}, line


def test_every_variable_is_listed(page: str) -> None:
    variable = re.compile(r"\b(?:MFACLI|AWS|TENCENTCLOUD|TCCLI|TKE|REQUESTS)_[A-Z][A-Z0-9_]*\b")
    read = {name for text in texts_below() for name in variable.findall(text)}

    listed = _first_column(readme.section(page, "Environment variables"))

    assert listed == read


def test_every_setting_is_listed(page: str) -> None:
    section = readme.section(page, "Settings")

    assert _first_column(section) == set(KEYS)
    assert set(STORES) <= _words(section)


def test_every_key_of_a_profiles_table_is_listed(page: str) -> None:
    assert _first_column(readme.section(page, "Profiles of Tencent Cloud")) == set(TABLE_KEYS[Cloud.TENCENT])


def test_every_exit_code_is_listed(page: str) -> None:
    listed = [int(row[0]) for row in readme.table(readme.section(page, "Exit codes"))]

    assert listed == sorted(ExitCode)


def test_every_json_option_is_listed(page: str) -> None:
    listed = _first_column(readme.section(page, "JSON"))
    having = {
        f"{' '.join(path)} --json"
        for path in readme.commands()
        if any("--json" in parameter.opts for parameter in _command(path).params)
    }

    assert having <= listed


def test_every_format_is_listed(page: str) -> None:
    assert set(EXPORT_FORMATS) == _words(readme.section(page, "Export formats"))


def test_every_profile_key_is_listed(page: str) -> None:
    paragraph = next(
        text for text in readme.section(page, "How it works").split("\n\n") if text.startswith("**Which profile keys")
    )
    listed = {word for word in _words(paragraph) if "_" in word or word in USED_KEYS}

    assert listed == USED_KEYS | SECRET_KEYS


def test_links_lead_somewhere(page: str) -> None:
    anchors = {_anchor(title) for _, title in readme.headings(page)}

    for target in re.findall(r"\]\(([^)]+)\)", readme.prose(page)):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        elif not target.startswith("https://"):
            assert (ROOT / target).exists(), target


def _anchor(title: str) -> str:
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def test_troubles_are_titled_with_messages_that_are_printed(page: str) -> None:
    section = readme.section(page, "Troubleshooting")
    texts = texts_below()

    for _, title in readme.headings(section):
        (message,) = readme.code_in(title)
        for piece in message.split("…"):
            shown = piece.strip().rstrip("`").removesuffix(",")
            assert message in FOREIGN_MESSAGES or any(shown in text for text in texts), title


@pytest.mark.parametrize("name", ["demo", "tests"])
def test_the_gate_finds_the_commands_that_it_runs(page: str, name: str) -> None:
    gate = (ROOT / ".ci" / "run").read_text()
    function = re.search(r"^readme_command\(\) \{.*?^\}", gate, re.DOTALL | re.MULTILINE)
    assert function is not None

    found = subprocess.run(
        ["/bin/bash", "-c", f"{function[0]}\nreadme_command {name}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert found.stdout == readme.block("ci", name)
    assert found.stdout.count("\n") == 1


def test_the_coverage_that_is_demanded_is_what_the_page_says(page: str) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["coverage"]

    assert settings["report"]["fail_under"] == 95
    assert settings["run"]["branch"] is True
    assert "95 %" in readme.section(page, "Development")
    assert "--cov" in readme.block("ci", "tests")


def test_the_changelog_tells_users_what_mfacli_now_does() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    titles = [title for level, title in readme.headings(text) if level == 2]
    kinds = {title for level, title in readme.headings(text) if level == 3}
    entries = re.findall(r"^- (.+)$", text, re.MULTILINE)

    assert titles[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", title) for title in titles[1:])
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert entries
    assert all(entry.startswith("mfacli now ") for entry in entries)
