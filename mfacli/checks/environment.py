"""Checks whether this shell says something else than the profiles do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from mfacli.checks.finding import Family, Finding, bad, good, warning
from mfacli.domain.moments import parse_moment

_UNSET = 'eval "$(mfacli export --unset)"'
# Two names for the same thing, of which tools read one or the other.
_TWINS = (("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"), ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"))
_PAIRS = (
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"),
)
_TOKENS = (("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"), ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"))
_EXPIRATIONS = ("AWS_CREDENTIAL_EXPIRATION", "MFACLI_EXPIRATION")
_PROFILES = ("MFACLI_PROFILE", "AWS_PROFILE", "AWS_DEFAULT_PROFILE")
_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS")
_BUNDLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentFacts:
    """The variables, and which of the files that they name are missing."""

    variables: Mapping[str, str]
    missing_files: frozenset[str] = frozenset()


def check_environment(facts: EnvironmentFacts, *, now: datetime) -> Iterator[Finding]:
    """Yield what in the environment goes before a profile, or is broken."""
    found = [
        *_keys(facts.variables),
        *_sessions(facts.variables, now),
        *_names(facts.variables),
        *_network(facts),
    ]
    yield from found or [good(Family.ENVIRONMENT, "nothing in this shell's environment goes before the profiles")]


def _keys(variables: Mapping[str, str]) -> Iterator[Finding]:
    for (key_id, secret), tokens in zip(_PAIRS, _TOKENS, strict=True):
        has_id, has_secret = bool(variables.get(key_id)), bool(variables.get(secret))
        if has_id != has_secret:
            there, gone = (key_id, secret) if has_id else (secret, key_id)
            yield bad(Family.ENVIRONMENT, f"{there} is set, but {gone} is not", f"unset {there}")
        elif has_id and not any(map(variables.get, tokens)):
            yield warning(
                Family.ENVIRONMENT,
                f"{key_id} goes before the keys of the profile in use, unless -p names one",
                f"unset {key_id} {secret}",
            )


def _sessions(variables: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    for first, second in _TWINS:
        if variables.get(first) and variables.get(second) and variables[first] != variables[second]:
            yield bad(
                Family.ENVIRONMENT,
                f"{first} and {second} hold different tokens, and tools differ in which they read",
                _UNSET,
            )
    sessions = [tokens for tokens in _TOKENS if any(map(variables.get, tokens))]
    if len(sessions) > 1:
        yield warning(
            Family.ENVIRONMENT,
            "sessions of both clouds are in this shell: commands without --cloud go by the profile in use",
            _UNSET,
        )
    for (key_id, _), tokens, expiration in zip(_PAIRS, _TOKENS, _EXPIRATIONS, strict=True):
        if not any(map(variables.get, tokens)):
            continue
        ends = parse_moment(variables.get(expiration, ""))
        if not variables.get(key_id):
            yield bad(Family.ENVIRONMENT, f"a session's token is set, but {key_id} is not", _UNSET)
        elif ends is not None and ends <= now:
            yield bad(
                Family.ENVIRONMENT,
                "the session in this shell has expired, and tools use it all the same",
                'eval "$(mfacli session --export)"',
            )
        else:
            yield good(Family.ENVIRONMENT, f"{key_id} is a session's, which goes before every profile")


def _names(variables: Mapping[str, str]) -> Iterator[Finding]:
    named = {name: variables[name] for name in _PROFILES if variables.get(name)}
    if len(set(named.values())) > 1:
        said = ", ".join(f"{name}={value}" for name, value in named.items())
        yield warning(
            Family.ENVIRONMENT,
            f"mfacli and AWS tools use different profiles here: {said}",
            "unset " + next(iter(named)),
        )


def _network(facts: EnvironmentFacts) -> Iterator[Finding]:
    for name in _ENDPOINTS:
        if url := facts.variables.get(name):
            yield warning(Family.ENVIRONMENT, f"{name} sends AWS tools to {url.rpartition('@')[2]}", f"unset {name}")
    for name in _BUNDLES:
        path = facts.variables.get(name, "")
        if path in facts.missing_files and path:
            yield bad(Family.ENVIRONMENT, f"{name} names `{path}`, which is not there", f"unset {name}")
