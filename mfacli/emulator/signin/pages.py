"""What a browser is shown: a plain page. Nothing of the console is emulated, and nobody is sent to the real one."""

from __future__ import annotations

import html
from datetime import datetime

from mfacli.emulator.requests import Answer

# A page's address holds what signs people in: it is neither kept nor told to the next page.
_HEADERS = (
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("content-security-policy", "default-src 'none'"),
)


def welcome(*, who: str, until: datetime, destination: str) -> Answer:
    """Return the page of somebody who is signed in."""
    return _page(
        200,
        "Signed in",
        f"Signed in as {who}",
        f"until {until.isoformat(timespec='seconds')}",
        f"The console would go on to {destination}",
    )


def bad_request(why: str) -> Answer:
    """Return the page of somebody who is not."""
    return _page(400, "Bad Request", why)


def _page(status: int, title: str, *lines: str) -> Answer:
    paragraphs = "".join(f"<p>{html.escape(line)}</p>\n" for line in lines)
    text = f"<!doctype html>\n<title>{title}</title>\n<h1>{status} {title}</h1>\n{paragraphs}"
    return Answer(status=status, headers=_HEADERS, body=text.encode())
