"""Values as people type them on the command line: durations and tags."""

from __future__ import annotations

from datetime import timedelta

import click

from mfacli.domain.cloud import Cloud
from mfacli.domain.durations import parse_duration


class DurationValue(click.ParamType[timedelta]):
    """`90m`, `1h30m`, `12h`, `1d`, or plain seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Return the duration; fails as a usage error that shows the forms."""
        if isinstance(value, timedelta):
            return value
        duration = parse_duration(str(value))
        if duration is None:
            self.fail(f"`{value}` is not a duration; write 3600, 90m, 1h30m or 12h", param, ctx)
        return duration


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


class CloudValue(click.Choice[str]):
    """A cloud, by the name that the settings have for it too."""

    def __init__(self) -> None:
        super().__init__([cloud.value for cloud in Cloud])

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Cloud:  # type: ignore[override]  # a choice is a text everywhere else
        """Return the cloud."""
        return Cloud(super().convert(value, param, ctx))


DURATION = DurationValue()
TAG = TagValue()
CLOUD = CloudValue()
