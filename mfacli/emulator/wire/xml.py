"""Texts as XML: escaped, and without the characters that XML cannot hold."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(value: str) -> str:
    """Return `value` as an element's content."""
    return escape(_NOT_XML.sub("\ufffd", value), {"\r": "&#13;"})


def element(name: str, value: str) -> str:
    """Return an element that holds a text."""
    return f"<{name}>{text(value)}</{name}>"
