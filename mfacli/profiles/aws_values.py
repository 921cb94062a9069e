"""The values of single keys in an AWS profile, parsed; each failure names profile, file, section and line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn, TypeVar

from mfacli.domain.plan import KeysFrom
from mfacli.errors import MfacliError, ProfileBroken
from mfacli.profiles import aws_limits as limits
from mfacli.profiles.ini import Setting

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Parses single keys of a profile; every failure is a `ProfileBroken` that names profile, file and section."""

    name: str
    settings: Mapping[str, Setting]

    def text(self, key: str) -> str | None:
        """Return the key's text, or None where it is not written."""
        setting = self.settings.get(key)
        if setting is None:
            return None
        if "\n" in setting.text:
            self.fail(key, "goes on over several lines")
        return setting.text

    def parsed(self, key: str, parse: Callable[[str], T]) -> T | None:
        """Return what `parse` makes of the text."""
        text = self.text(key)
        if text is None:
            return None
        try:
            return parse(text)
        except MfacliError as problem:
            self.fail(key, problem.message, problem.hint)

    def checked(self, key: str, wrong: Callable[[str], str | None]) -> str | None:
        """Return the text where `wrong` finds nothing to say against it."""
        text = self.text(key)
        if text is not None and (why := wrong(text)):
            self.fail(key, f"`{text}` {why}")
        return text

    def fail(self, key: str, what: str, hint: str = "") -> NoReturn:
        """Say what is wrong with the key."""
        setting = self.settings[key]
        if not hint and (" #" in setting.text or " ;" in setting.text):
            hint = "AWS files have no comments behind a value: put it on a line of its own"
        raise ProfileBroken(f"`{key}` of profile `{self.name}`: {what} ({setting.place})", hint=hint)


def credential_source(text: str) -> KeysFrom:
    """Parse `credential_source`."""
    known = {
        "Environment": KeysFrom.ENVIRONMENT,
        "Ec2InstanceMetadata": KeysFrom.INSTANCE,
        "EcsContainer": KeysFrom.CONTAINER,
    }
    if text not in known:
        raise ProfileBroken(f"`{text}` is none of {', '.join(known)}")
    return known[text]


def seconds(text: str) -> timedelta:
    """Parse `duration_seconds`; how long is possible depends on the call and is checked there."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ProfileBroken(f"`{text}` is not a whole number of seconds", hint="one hour is 3600")
    return timedelta(seconds=int(text))


def regional_endpoints(text: str) -> str:
    """Parse `sts_regional_endpoints`."""
    if text.lower() not in {"regional", "legacy"}:
        raise ProfileBroken(f"`{text}` is neither regional nor legacy")
    return text.lower()


def tags(text: str) -> tuple[tuple[str, str], ...]:
    """Parse `session_tags`, written `key=value,key=value`."""
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(equals for _, equals, _ in pairs):
        raise ProfileBroken(f"`{text}` is not key=value,key=value")
    parsed = tuple((key.strip(), value.strip()) for key, _, value in pairs)
    if wrong := limits.wrong_tags(parsed):
        raise ProfileBroken(f"the tags {wrong}")
    return parsed


def transitive_tags(text: str) -> tuple[str, ...]:
    """Parse `transitive_session_tags`, written `key,key`."""
    keys = tuple(key.strip() for key in text.split(","))
    if wrong := limits.wrong_transitive_tags(keys):
        raise ProfileBroken(f"the tags {wrong}")
    return keys
