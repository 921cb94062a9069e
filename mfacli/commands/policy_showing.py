"""Lines with a little colour, and the tree of a decision's proof: drawn for a terminal, or as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfacli.output.drawing import console_for
from mfacli.policy.explain import Branch, Mark

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.tree import Tree

_STYLES = {
    Mark.PLAIN: "dim",
    Mark.HOLDS: "green",
    Mark.FAILS: "yellow",
    Mark.ALLOWS: "bold green",
    Mark.DENIES: "bold red",
}
# What a mark says in words: meaning never rests on colour alone.
_WORDS = {Mark.HOLDS: "holds: ", Mark.FAILS: "fails: "}
_DECIDES = " (decides)"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; styles are rich's, empty for none."""

    text: str
    style: str = ""


Line = tuple[Span, ...]


def line(*spans: Span | str) -> Line:
    """Return a line of spans; plain text has no style."""
    return tuple(Span(span) if isinstance(span, str) else span for span in spans)


def _safe(text: str) -> str:
    """Return text in which whatever could rewrite the screen is shown as an escape: policies are others' texts."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def lines_text(lines: Iterable[Line], *, is_coloured: bool) -> str:
    """Return lines as text. They are never broken: commands and JSON are there to be copied."""
    if not is_coloured:
        return "".join("".join(_safe(span.text) for span in spans) + "\n" for spans in lines)
    from rich.text import Text

    return "".join(
        _rendered(Text.assemble(*((_safe(span.text), span.style) for span in spans)), width=None, encoding="utf-8")
        for spans in lines
    )


def tree_text(branch: Branch) -> str:
    """Return a tree as indented lines."""
    return "\n".join(_indented(branch, 0)) + "\n"


def tree_json(branch: Branch) -> dict[str, object]:
    """Return a tree for a JSON document."""
    return {
        "text": branch.text,
        "mark": branch.mark.value,
        "decides": branch.decides,
        "branches": [tree_json(inner) for inner in branch.branches],
    }


def tree_drawn(branch: Branch, *, width: int, is_coloured: bool, encoding: str) -> str:
    """Return a tree as a terminal shows it."""
    return _rendered(_tree(branch), width=width, is_coloured=is_coloured, encoding=encoding)


def _indented(branch: Branch, depth: int) -> Sequence[str]:
    lines = ["  " * depth + _said(branch)]
    for inner in branch.branches:
        lines += _indented(inner, depth + 1)
    return lines


def _said(branch: Branch) -> str:
    return f"{_WORDS.get(branch.mark, '')}{_safe(branch.text)}{_DECIDES if branch.decides else ''}"


def _tree(branch: Branch) -> Tree:
    from rich.text import Text
    from rich.tree import Tree

    tree = Tree(Text(_said(branch), style=_STYLES[branch.mark]), guide_style="dim")
    for inner in branch.branches:
        tree.add(_tree(inner))
    return tree


def _rendered(renderable: RenderableType, *, width: int | None, encoding: str, is_coloured: bool = True) -> str:
    """Return what rich makes of something; without a width its lines are left as long as they are."""
    console, drawing = console_for(width=width, is_coloured=is_coloured, encoding=encoding)
    console.print(renderable, soft_wrap=width is None)
    return drawing.whole()
