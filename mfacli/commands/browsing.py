"""Opens links in the person's browser, which Python's `webbrowser` finds: BROWSER, else the system's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from mfacli.domain.secret import Secret
from mfacli.errors import BrowserUnusable
from mfacli.terminal import flush_stdout

_HINT = "set BROWSER to one, or print the link with --print and open it elsewhere"


def look_for_browser() -> None:
    """Raise `BrowserUnusable` where this machine has none, so that no code is asked for in vain."""
    import webbrowser

    try:
        webbrowser.get()
    except webbrowser.Error as problem:
        raise BrowserUnusable("there is no browser on this machine", hint=_HINT) from problem


def open_in_browser(link: Secret) -> None:
    """Open a link; raises `BrowserUnusable` where no browser takes it.

    The browser gets it as an argument, there being no other way to hand one over: for as long as that process lives,
    the list of processes shows it.
    """
    import webbrowser

    with _stdout_kept_clean():
        is_open = webbrowser.open(link.reveal())
    if not is_open:
        raise BrowserUnusable("no browser could be opened", hint=_HINT)


@contextmanager
def _stdout_kept_clean() -> Iterator[None]:
    """Let what a browser prints go to stderr: stdout is for answers."""
    flush_stdout()
    try:
        saved = os.dup(1)
        os.dup2(2, 1)
    except OSError:
        # One of the two is closed, and there is nothing to keep clean or nowhere to put it.
        yield
        return
    try:
        yield
    finally:
        os.dup2(saved, 1)
        os.close(saved)
