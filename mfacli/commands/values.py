"""Values as people type them on the command line: durations and tags."""

from __future__ import annotations

import re
from datetime import timedelta

import click

_PART = re.compile(r"(\d+)([dhms])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


class DurationValue(click.ParamType[timedelta]):
    """`90m`, `1h30m`, `12h`, `1d`, or plain seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Return the duration; fails as a usage error that shows the forms."""
        if isinstance(value, timedelta):
            return value
        text = str(value).strip().lower()
        try:
            if text.isascii() and text.isdigit():
                return timedelta(seconds=int(text))
            if text and _PART.sub("", text) == "":
                # The sum keeps `1h30m` and refuses nothing that is unambiguous.
                return sum(
                    (timedelta(**{_UNITS[unit]: int(number)}) for number, unit in _PART.findall(text)), timedelta()
                )
        except OverflowError:
            pass
        self.fail(f"`{value}` is not a duration; write 3600, 90m, 1h30m or 12h", param, ctx)


class TagValue(click.ParamType[tuple[str, str]]):
    """`KEY=VALUE`."""

    name = "KEY=VALUE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return key and value; the value may be empty and may hold further equals signs."""
        if isinstance(value, tuple):
            return value
        key, equals, rest = str(value).partition("=")
        if not key or not equals:
            self.fail(f"`{value}` is not KEY=VALUE", param, ctx)
        return key, rest


DURATION = DurationValue()
TAG = TagValue()
