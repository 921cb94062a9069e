"""Holds the README to the program: what it lists is there, and what is there it lists."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import click
import pytest

from mfacli.commands.main import root
from mfacli.commands.options import EXPORT_FORMATS
from mfacli.emulator import devices
from mfacli.emulator.authorisation.mfa import AGE, PRESENT, mfa_keys
from mfacli.emulator.callers import Caller, CredentialKind, UserPrincipal
from mfacli.emulator.world.load import default_world, load_world
from mfacli.emulator.world.model import DeviceKind
from mfacli.errors import EmulatorProblem, ExitCode
from mfacli.profiles.aws_profile import USED_KEYS
from mfacli.profiles.settings import KEYS, STORES
from tests import readme
from tests.console import read_transcript

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mfacli"
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
TOWN = '[accounts.X]\nid = "123456789012"\n'
TRUST = (
    'trust = \'{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:*"}}\'\n'
)
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def page() -> str:
    return readme.read()


@cache
def _texts() -> tuple[str, ...]:
    """Return every text in the package, f-strings piece by piece; docstrings are for other readers."""
    return tuple(text for path in sorted(PACKAGE.rglob("*.py")) for text in _texts_in(ast.parse(path.read_text())))


def _texts_in(tree: ast.AST) -> Iterator[str]:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {_docstring(node) for node in ast.walk(tree) if isinstance(node, documented)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def _docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> int | None:
    first = node.body[0] if node.body else None
    return id(first.value) if isinstance(first, ast.Expr) else None


def _texts_of(*paths: str) -> str:
    return "\n".join(text for path in paths for text in _texts_in(ast.parse((PACKAGE / path).read_text())))


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
    read = {name for text in _texts() for name in re.findall(r"\b(?:MFACLI|AWS)_[A-Z][A-Z0-9_]*\b", text)}

    listed = _first_column(readme.section(page, "Environment variables"))

    assert listed == read


def test_every_setting_is_listed(page: str) -> None:
    section = readme.section(page, "Settings")

    assert _first_column(section) == set(KEYS)
    assert set(STORES) <= _words(section)


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
    texts = _texts()

    for _, title in readme.headings(section):
        (message,) = readme.code_in(title)
        for piece in message.split("…"):
            shown = piece.strip().rstrip("`").removesuffix(",")
            assert message in FOREIGN_MESSAGES or any(shown in text for text in texts), title


def test_the_people_are_those_of_the_default_world(page: str) -> None:
    kinds = {DeviceKind.VIRTUAL: "app", DeviceKind.HARDWARE: "hardware", DeviceKind.SECURITY_KEY: "security key"}
    found = {
        user.name: (account.label, [kinds[device.kind] for device in user.devices] or ["none"])
        for account in default_world().accounts
        for user in account.users
    }

    rows = readme.table(readme.section(page, "Who is in its world"))
    listed = {readme.code_in(name)[0]: (label, [device.split(",")[0]]) for name, label, device, _ in rows}

    assert listed == {**found, "root": ("A", ["none"])}


def test_the_roles_and_things_named_are_in_the_default_world(page: str) -> None:
    section = readme.section(page, "Who is in its world")
    account = default_world().accounts[0]
    things = {
        thing.name
        for things in (account.tables, account.buckets, account.queues, account.topics, account.instances)
        for thing in things
    }
    roles = {f"{role.path}{role.name}".removeprefix("/") for one in default_world().accounts for role in one.roles}

    assert things | roles <= _words(section)


def test_global_condition_keys_are_those_of_the_emulator(page: str) -> None:
    files = ("context.py", "mfa.py")
    read = set(re.findall(r"\baws:[A-Za-z]+", _texts_of(*(f"emulator/authorisation/{name}" for name in files))))
    rows = {row[0]: set(readme.code_in(row[1])) for row in _condition_key_rows(page)}

    missing = rows.pop("*not emulated*")

    assert {key for keys in rows.values() for key in keys if ":" in key} == read
    assert not any(key in text for key in missing for text in _texts_of_the_emulator())


def _condition_key_rows(page: str) -> list[list[str]]:
    section = readme.section(page, "What it decides by")
    return readme.table(section[section.index("| condition keys |") :])


def _texts_of_the_emulator() -> Iterator[str]:
    for path in (PACKAGE / "emulator").rglob("*.py"):
        yield from _texts_in(ast.parse(path.read_text()))


def test_requests_say_of_mfa_what_the_table_says(page: str) -> None:
    section = readme.section(page, "What it decides by")
    rows = readme.table(section[section.index("| credentials |") :])
    half_a_minute_ago = NOW - timedelta(seconds=30)
    cases = [
        mfa_keys(_caller(CredentialKind.LONG_TERM), now=NOW),
        mfa_keys(_caller(CredentialKind.SESSION_TOKEN, mfa_at=half_a_minute_ago), now=NOW),
        mfa_keys(_caller(CredentialKind.SESSION_TOKEN), now=NOW),
        mfa_keys(_caller(CredentialKind.ROLE), now=NOW),
        mfa_keys(_caller(CredentialKind.LONG_TERM), now=NOW, proven_at=NOW),
    ]

    shown = [(row[1].strip("`"), "30" if row[2] == "seconds since the code" else row[2]) for row in rows]

    assert shown == [(case.get(PRESENT, "absent"), case.get(AGE, "absent")) for case in cases]
    assert mfa_keys(_caller(CredentialKind.FEDERATION), now=NOW) == cases[3]


def _caller(kind: CredentialKind, *, mfa_at: datetime | None = None) -> Caller:
    user = UserPrincipal(account_id="123456789012", name="Ana", path="/", user_id="AIDAANA")
    return Caller(principal=user, kind=kind, issued_at=NOW, expires_at=NOW, mfa_at=mfa_at)


def test_the_numbers_of_devices_are_those_of_the_emulator(page: str) -> None:
    section = readme.section(page, "Choices where AWS documents nothing")

    assert devices.WINDOW_STEPS == 1
    assert devices.WRONG_CODES == 10
    assert timedelta(minutes=5) == devices.LOCK
    assert "within one step (30 s)" in section
    assert "Ten wrong codes in a row lock a device for five minutes" in section
    assert f"up to {devices.ENABLE_STEPS} steps" in section
    assert f"`ResyncMFADevice` up to {devices.RESYNC_STEPS}" in section


@pytest.mark.parametrize(
    ("table", "world"),
    [
        ("settings", f"[settings]\nzzzzzz = 1\n{TOWN}"),
        ("accounts.LABEL", f"{TOWN}zzzzzz = 1\n"),
        ("….users.NAME", f"{TOWN}[accounts.X.users.Ana]\nzzzzzz = 1\n"),
        ("….groups.NAME", f"{TOWN}[accounts.X.groups.All]\nzzzzzz = 1\n"),
        ("….roles.NAME", f"{TOWN}[accounts.X.roles.Any]\n{TRUST}zzzzzz = 1\n"),
        ("….policies.NAME", f"{TOWN}[accounts.X.policies.Any]\ndocument = '{{}}'\nzzzzzz = 1\n"),
        ("….buckets.NAME", f"{TOWN}[accounts.X.buckets.all]\nzzzzzz = 1\n"),
        ("….queues.NAME", f"{TOWN}[accounts.X.queues.all]\nzzzzzz = 1\n"),
        ("….topics.NAME", f"{TOWN}[accounts.X.topics.all]\nzzzzzz = 1\n"),
        ("….tables.NAME", f"{TOWN}[accounts.X.tables.all]\nzzzzzz = 1\n"),
        ("….instances.NAME", f"{TOWN}[accounts.X.instances.all]\nzzzzzz = 1\n"),
    ],
)
def test_the_keys_of_a_world_file_are_listed(page: str, tmp_path: Path, table: str, world: str) -> None:
    file = tmp_path / "world.toml"
    file.write_text(world.replace("'{}'", _ANY_POLICY))
    rows = readme.table(readme.section(page, "A world of your own"))
    listed = next(row[1] for row in rows if table in readme.code_in(row[0]))

    with pytest.raises(EmulatorProblem) as problem:
        load_world(file)

    known = problem.value.hint.removeprefix("known here: ").split(", ")
    assert {word for word in _words(listed) if word not in ("active", "inactive")} == set(known)


_ANY_POLICY = '\'{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}\''


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

    assert settings["report"]["fail_under"] == 90
    assert settings["run"]["branch"] is True
    assert "nine tenths" in readme.section(page, "Development")
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
