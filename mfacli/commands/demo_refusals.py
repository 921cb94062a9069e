"""How the demo's clients say that Tencent Cloud refused a call, whichever of its protocols the call was in."""

from __future__ import annotations


class CloudRefused(Exception):
    """A call was answered with an error: its `code`, and the message as the exception's text."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
