"""The README as a text with parts: sections, marked blocks, and those that are made from the program itself.

    python -m tests.readme    writes the generated blocks anew

A generated block stands between `<!-- generated: NAME -->` and `<!-- end: NAME -->`. Every other mark stands on the
line before a fenced block: `<!-- KIND: NAME -->`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from click.testing import CliRunner

from mfacli.commands.main import root

README = Path(__file__).parent.parent / "README.md"
COLUMNS = 80
_GENERATED = re.compile(
    r"(<!-- generated: (?P<name>[a-z ]+) -->\n)(?P<text>.*?)(<!-- end: (?P=name) -->\n)", re.DOTALL
)
_FENCED = re.compile(
    r"^(?P<indent> *)(?:<!-- (?P<kind>[a-z]+): (?P<name>[^\n]+?) -->\n(?P=indent))?"
    r"```(?P<language>[a-z]*)\n(?P<text>.*?)^(?P=indent)```$",
    re.DOTALL | re.MULTILINE,
)
_HEADING = re.compile(r"^(?P<marks>#+) (?P<title>.+)$", re.MULTILINE)
# The operations that are answered by the emulator itself are asked of it; what it never answers is said here.
NOT_EMULATED = {
    "sts": (
        "AssumeRoleWithSAML",
        "AssumeRoleWithWebIdentity",
        "AssumeRoot",
        "GetDelegatedAccessToken",
        "GetWebIdentityToken",
    ),
}
TENCENT_NOT_EMULATED = ("AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "QueryApiKey")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block; `kind` and `name` are its mark's, empty where it has none."""

    kind: str
    name: str
    language: str
    text: str
    section: str


def read() -> str:
    """Return the README."""
    return README.read_text(encoding="utf-8")


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks, each with the section of the second level that it stands in."""
    return [
        Block(
            kind=found["kind"] or "",
            name=found["name"] or "",
            language=found["language"],
            text=textwrap.dedent(found["text"]),
            section=_section_at(text, found.start()),
        )
        for found in _FENCED.finditer(text)
    ]


def block(kind: str, name: str) -> str:
    """Return the text of the one block with this mark."""
    (found,) = (each for each in blocks(read()) if (each.kind, each.name) == (kind, name))
    return found.text


def prose(text: str) -> str:
    """Return the text without its fenced blocks."""
    return _FENCED.sub("", text)


def headings(text: str) -> list[tuple[int, str]]:
    """Return level and title of each heading."""
    return [(len(found["marks"]), found["title"]) for found in _HEADING.finditer(prose(text))]


def section(text: str, title: str) -> str:
    """Return what stands under a heading, up to the next one of its level or above."""
    lines = text.splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if re.fullmatch(rf"#+ {re.escape(title)}\n", line))
    level = len(lines[start].split(" ")[0])
    is_fenced = False
    found = []
    for line in lines[start + 1 :]:
        is_fenced ^= line.startswith("```")
        marks = line.split(" ")[0]
        if not is_fenced and marks.strip("#") == "" and 0 < len(marks) <= level:
            break
        found.append(line)
    return "".join(found)


def table(text: str) -> list[list[str]]:
    """Return the cells of the first table in a text, without its header."""
    rows = re.search(r"(?:^\|.*\|\n)+", text, re.MULTILINE)
    assert rows is not None, "there is no table"
    lines = rows[0].splitlines()[2:]
    # A bar inside a cell is written with a backslash.
    return [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def code_in(text: str) -> list[str]:
    """Return what stands between backquotes."""
    return re.findall(r"`([^`]+)`", text)


def generated(text: str) -> Mapping[str, str]:
    """Return the generated blocks as they stand in the text."""
    return {found["name"]: found["text"] for found in _GENERATED.finditer(text)}


def made() -> Mapping[str, str]:
    """Return the generated blocks as the program makes them."""
    return {name: make() for name, make in _MAKERS.items()}


def written(text: str) -> str:
    """Return the text with its generated blocks made anew."""
    now = made()
    return _GENERATED.sub(lambda found: f"{found[1]}{now[found['name']]}{found[4]}", text)


def commands(command: click.Command = root, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield every command by its words, `()` for mfacli itself, in the order in which help lists them."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from commands(found, (*path, name))


def help_of(path: Sequence[str]) -> str:
    """Return what `--help` prints on a terminal of 80 columns."""
    runner = CliRunner(env={"COLUMNS": str(COLUMNS)})
    return runner.invoke(root, [*path, "--help"], prog_name="mfacli").output


def _help() -> str:
    parts = [f"#### `{' '.join(('mfacli', *path))}`\n\n```text\n{help_of(path)}```\n\n" for path in commands()]
    return "\n" + "".join(parts)


def _rules() -> str:
    from mfacli.policy.check.findings import RULES

    rows = [(f"`{rule.name}`", rule.severity.word, rule.claim) for rule in RULES]
    return _table(("finding", "severity", "what it says"), rows)


def _operations() -> str:
    from mfacli.emulator.assembly import assemble
    from mfacli.emulator.iam.answers import IamAnswers
    from mfacli.emulator.sts.answers import StsAnswers
    from mfacli.emulator.wire import s3_routes
    from mfacli.emulator.wire.services import SERVICES

    sts, iam = assemble().emulator._answers
    assert isinstance(sts, StsAnswers)
    assert isinstance(iam, IamAnswers)
    own = {"sts": sorted(sts._answers), "iam": sorted(iam._answers)}
    rows = []
    for service in SERVICES.values():
        protocols = " and ".join(protocol.value for protocol in service.protocols)
        by_moto = "–" if service.name == "sts" else "the others" if service.name in own else "all that it knows"
        if service.name == "s3":
            tables = (s3_routes._SERVICE, s3_routes._BUCKET, s3_routes._OBJECT, {"": s3_routes._COPIES})
            by_moto = _listed(
                sorted({name for methods in tables for names in methods.values() for name in names.values()})
            )
        rows.append((service.name, protocols, _listed(own.get(service.name, ())), by_moto))
    rows += [(name, "", "*not emulated:* " + _listed(operations), "–") for name, operations in NOT_EMULATED.items()]
    return _table(
        ("service", "protocol", "answered by the emulator itself", "answered by moto"), rows + _tencent_rows()
    )


def _tencent_rows() -> list[tuple[str, str, str, str]]:
    from mfacli.emulator.assembly import assemble

    side = assemble().emulator._tencent
    assert side is not None
    found = {name: sorted(service.actions) for name, service in side._services.items()}
    rows = [(f"{name}, Tencent Cloud", "API 3.0", _listed(actions), "–") for name, actions in found.items()]
    if side._cos is not None:
        rows.append(("cos, Tencent Cloud", "XML", _listed(sorted(side._cos.operations)), "–"))
    missing = [name for name in TENCENT_NOT_EMULATED if name not in found["sts"]]
    return [*rows, ("sts, Tencent Cloud", "", "*not emulated:* " + _listed(missing), "–")]


def _cam_operators() -> str:
    from mfacli.policy.tencent_operators import OPERATORS

    families = ("string", "numeric", "date", "bool", "binary", "ip", "null")
    rows = [
        (
            family,
            _listed([name for name in OPERATORS if name.startswith(family)]),
            "no" if family == "null" else "yes",
        )
        for family in families
    ]
    return _table(("family", "operators", "takes `_if_exist`, `for_all_value:`, `for_any_value:`"), rows)


def _operators() -> str:
    from mfacli.policy.aws_operators import OPERATORS

    families = ("String", "Numeric", "Date", "Bool", "Binary", "Ip", "Arn", "Null")
    rows = []
    for family in families:
        names = [name for name in OPERATORS if name.removeprefix("Not").startswith(family)]
        rows.append((family, _listed(names), "no" if family == "Null" else "yes"))
    return _table(("family", "operators", "takes `IfExists`, `ForAllValues:`, `ForAnyValue:`"), rows)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\n"


def _section_at(text: str, position: int) -> str:
    before = [found["title"] for found in _HEADING.finditer(_unfenced(text[:position])) if found["marks"] == "##"]
    return before[-1] if before else ""


def _unfenced(text: str) -> str:
    return _FENCED.sub("", text)


_MAKERS: Mapping[str, Callable[[], str]] = {
    "help": _help,
    "rules": _rules,
    "operations": _operations,
    "operators": _operators,
    "cam operators": _cam_operators,
}


if __name__ == "__main__":
    README.write_text(written(read()), encoding="utf-8")
