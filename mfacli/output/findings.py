"""The findings of `doctor`: a table for people, lines, and a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfacli.output.documents import document_text
from mfacli.output.words import printable

if TYPE_CHECKING:
    from rich.table import Table

_STYLES = {"good": "green", "warning": "yellow", "bad": "red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One finding, in words: `level` is `good`, `warning` or `bad`."""

    check: str
    level: str
    what: str
    cure: str
    is_fixable: bool


def findings_table(lines: Sequence[Line], *, width: int, is_coloured: bool, encoding: str = "utf-8") -> str:
    """Return the findings for people, each cure below what it mends."""
    from mfacli.output.drawing import drawn

    return drawn(_table(lines), width=width, is_coloured=is_coloured, encoding=encoding)


def findings_lines(lines: Sequence[Line]) -> str:
    """Return one record a line, tab-separated: level, check, what, cure (`-` for none)."""
    return "".join(
        "\t".join(printable(field) or "-" for field in (line.level, line.check, line.what, line.cure)) + "\n"
        for line in lines
    )


def findings_document(lines: Sequence[Line], *, fixed: Sequence[str]) -> str:
    """Return one document; `fixed` is what has been mended on the way."""
    levels = {line.level for line in lines}
    worst = next((level for level in ("bad", "warning") if level in levels), "good")
    return document_text(
        {
            "verdict": worst,
            "findings": [
                {
                    "check": line.check,
                    "level": line.level,
                    "what": line.what,
                    "cure": line.cure or None,
                    "is_fixable": line.is_fixable,
                }
                for line in lines
            ],
            "fixed": list(fixed),
        }
    )


def _table(lines: Sequence[Line]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    for name in ("level", "check", "what"):
        table.add_column(name, overflow="fold", no_wrap=name != "what")
    for line in lines:
        # The word says it: nothing is told by colour alone.
        table.add_row(Text(line.level, style=_STYLES[line.level]), line.check, Text(printable(line.what)))
        if line.cure:
            table.add_row("", "", Text(f"mend: {printable(line.cure)}", style="bold"))
    return table
