"""What rich draws, as text for a stream of a given width, colour and encoding."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def drawn(thing: RenderableType, *, width: int, is_coloured: bool, encoding: str) -> str:
    """Return `thing` as text; what the encoding lacks is replaced, so that writing it cannot fail."""
    console, text = console_for(width=width, is_coloured=is_coloured, encoding=encoding)
    console.print(thing)
    return text.content()


class Drawing:
    """The stream that a console draws on."""

    def __init__(self, encoding: str) -> None:
        self._buffer = io.BytesIO()
        self._encoding = encoding
        self.stream = io.TextIOWrapper(self._buffer, encoding=encoding, errors="replace", newline="")

    def content(self) -> str:
        """Return what was drawn, without blank ends."""
        return "\n".join(line.rstrip() for line in self.whole().split("\n")).strip("\n") + "\n"

    def whole(self) -> str:
        """Return what was drawn, as it stands."""
        self.stream.flush()
        return self._buffer.getvalue().decode(self._encoding)


def console_for(*, width: int | None, is_coloured: bool, encoding: str) -> tuple[Console, Drawing]:
    """Return a console, and what it draws on; without a width it takes rich's own."""
    from rich.console import Console

    drawing = Drawing(encoding)
    console = Console(
        file=drawing.stream,
        width=width,
        force_terminal=is_coloured,
        color_system="standard" if is_coloured else None,
        no_color=not is_coloured,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        # Colour and width were decided by the terminal's rules already; the environment is not asked again.
        _environ={},
    )
    return console, drawing
