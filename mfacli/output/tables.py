"""The sessions that are kept, as a table for people and as one record per line for everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mfacli.domain.credentials import last_four
from mfacli.interfaces import Entry
from mfacli.output.drawing import console_for
from mfacli.output.times import iso_utc
from mfacli.output.words import principal_name, printable, rough

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

_BAR_WIDTH = 10
_UNLIMITED = 10_000
# What a narrow terminal goes without, first to last; the time left, MFA's age and the place always stay.
_DISPENSABLE = ("key", "kind", "account", "acts as")


def status_table(
    entries: Sequence[Entry], *, now: datetime, width: int, is_coloured: bool, encoding: str = "utf-8"
) -> str:
    """Return the table, at most `width` columns wide, soonest expiry first; a narrow one leaves out columns.

    `encoding` is that of the stream it is for: where it has no line-drawing characters, dashes stand for them.
    """
    if not entries:
        return "no sessions are kept\n"
    console, drawing = console_for(width=width, is_coloured=is_coloured, encoding=encoding)
    console.print(_fitting(entries, now, console))
    return drawing.content()


def _fitting(entries: Sequence[Entry], now: datetime, console: Console) -> Table:
    """Return the table with as many columns as the console has room for."""
    rows = [_cells(entry, now) for entry in _ordered(entries)]
    headers = list(rows[0])
    table = _table(rows, headers)
    for header in _DISPENSABLE:
        if console.measure(table, options=console.options.update(width=_UNLIMITED)).maximum <= console.width:
            break
        headers.remove(header)
        table = _table(rows, headers)
    return table


def _table(rows: Sequence[Mapping[str, RenderableType]], headers: Sequence[str]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for header in headers:
        table.add_column(header, overflow="fold", no_wrap=header in {"time left", "MFA"})
    for row in rows:
        table.add_row(*(row[header] for header in headers))
    return table


def _time_left(entry: Entry, now: datetime) -> RenderableType:
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    left = entry.expires_at - now
    if left <= timedelta():
        return Text("expired", style="red")
    life = max(entry.expires_at - entry.issued_at, left)
    style = "green" if left > life / 4 else "yellow" if left > life / 10 else "red"
    grid = Table.grid(padding=(0, 1, 0, 0))
    bar = ProgressBar(
        total=life.total_seconds(),
        completed=left.total_seconds(),
        width=_BAR_WIDTH,
        complete_style=style,
        finished_style=style,
    )
    # The words say it too: nothing is told by colour alone.
    grid.add_row(bar, Text(rough(left), style=style, no_wrap=True))
    return grid


def _text(text: str | None) -> RenderableType:
    from rich.text import Text

    return Text(printable(text or "-"))


def _cells(entry: Entry, now: datetime) -> Mapping[str, RenderableType]:
    """Return the cells of one row by header, in order."""
    return {
        "profile": _text(entry.profile),
        "kind": _text(entry.kind),
        "time left": _time_left(entry, now),
        "MFA": _text(f"{rough(now - entry.mfa_at)} ago" if entry.mfa_at else "none"),
        "account": _text(entry.account_id),
        "acts as": _text(principal_name(entry.principal)),
        "key": _text(last_four(entry.access_key_id)),
        "rests in": _text(entry.place),
    }


def status_lines(entries: Sequence[Entry], *, now: datetime) -> str:
    """Return one record per line, its fields divided by tabs, `-` for what is not known.

    profile, kind, expires at, seconds left, MFA at, account, principal, last four of the key id, place.
    """
    return "".join(
        _line(entry, now) for entry in sorted(entries, key=lambda entry: (entry.expires_at, entry.profile))
    )


def _line(entry: Entry, now: datetime) -> str:
    fields = (
        entry.profile,
        entry.kind,
        iso_utc(entry.expires_at),
        str(max(0, int((entry.expires_at - now).total_seconds()))),
        iso_utc(entry.mfa_at) if entry.mfa_at else "",
        entry.account_id or "",
        entry.principal or "",
        entry.access_key_id[-4:],
        entry.place,
    )
    return "\t".join(printable(field) or "-" for field in fields) + "\n"


def _ordered(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.expires_at, entry.profile))
