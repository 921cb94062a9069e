"""Checks whether this shell says something else than the profiles do."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mfacli.checks.finding import Family, Finding, bad, good, warning
from mfacli.domain.moments import parse_moment

_UNSET = 'eval "$(mfacli export --unset)"'
_ANEW = 'eval "$(mfacli session --export)"'
_OURS = "MFACLI_"
# What mfacli reads, and what it exports beside a session.
OUR_VARIABLES = frozenset(
    {
        "MFACLI_CLOUD",
        "MFACLI_CONFIG_FILE",
        "MFACLI_DURATION",
        "MFACLI_ENDPOINT_URL",
        "MFACLI_EXPIRATION",
        "MFACLI_NO_INPUT",
        "MFACLI_PROFILE",
        "MFACLI_STATE_DIR",
        "MFACLI_STORE",
        "MFACLI_TENCENT_ENDPOINT",
    }
)
FILE_VARIABLES = (
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
)
# Those of mfacli's own, AWS' and tccli's.
PROFILE_VARIABLES = ("MFACLI_PROFILE", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "TCCLI_PROFILE")
_AWS_PROFILES = PROFILE_VARIABLES[:3]
_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "MFACLI_TENCENT_ENDPOINT")
_EXPORTED_ENDPOINT = "MFACLI_ENDPOINT_URL"
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
_DEVICES = ("AWS_MFA_SERIAL",)
_WEB_IDENTITY = ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """What a cloud's tools call their variables.

    `tokens` are two names for the same thing, of which tools read one or the other; `hides` the one that, even when
    it is empty, AWS tools take for the other.
    """

    key_id: str
    secret: str
    tokens: tuple[str, str]
    expiration: str
    hides: str = ""


_AWS = _Names(
    key_id="AWS_ACCESS_KEY_ID",
    secret="AWS_SECRET_ACCESS_KEY",
    tokens=("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
    expiration="AWS_CREDENTIAL_EXPIRATION",
    hides="AWS_SECURITY_TOKEN",
)
_TENCENT = _Names(
    key_id="TENCENTCLOUD_SECRET_ID",
    secret="TENCENTCLOUD_SECRET_KEY",
    tokens=("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"),
    expiration="MFACLI_EXPIRATION",
)
_CLOUDS = (_AWS, _TENCENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentFacts:
    """The variables, and which of the files that they name are missing.

    `profiles` are the names that each variable for a profile may have (None: they cannot be read, which is told
    elsewhere). `region_of` and `device_of` are the region and the device that AWS' profile in use names, by its name.
    `lead_past` are the variables that are set and make tools pass over the session in this shell.
    """

    variables: Mapping[str, str]
    missing_files: frozenset[str] = frozenset()
    profiles: Mapping[str, frozenset[str]] | None = None
    region_of: Mapping[str, str] = field(default_factory=dict)
    device_of: Mapping[str, str] = field(default_factory=dict)
    lead_past: tuple[str, ...] = ()


def check_environment(facts: EnvironmentFacts, *, now: datetime) -> Iterator[Finding]:
    """Yield what in the environment goes before a profile, or is broken."""
    found = [
        *_slips(facts.variables),
        *_keys(facts.variables),
        *_sessions(facts.variables, now),
        *_leading_past(facts),
        *_names(facts),
        *_overrides(facts, _REGIONS, "region", facts.region_of),
        *_overrides(facts, _DEVICES, "mfa_serial", facts.device_of),
        *_network(facts),
    ]
    yield from found or [good(Family.ENVIRONMENT, "nothing in this shell's environment goes before the profiles")]


def _slips(variables: Mapping[str, str]) -> Iterator[Finding]:
    for name in sorted(name for name in variables if name.startswith(_OURS) and name not in OUR_VARIABLES):
        close = difflib.get_close_matches(name, OUR_VARIABLES, n=1, cutoff=0.8)
        if close:
            yield warning(Family.ENVIRONMENT, f"{name} is no variable of mfacli's", f"did you mean {close[0]}?")


def _keys(variables: Mapping[str, str]) -> Iterator[Finding]:
    for names in _CLOUDS:
        has_id, has_secret = bool(variables.get(names.key_id)), bool(variables.get(names.secret))
        has_token = any(map(variables.get, names.tokens))
        if has_id != has_secret and not (has_token and has_secret):
            there, gone = (names.key_id, names.secret) if has_id else (names.secret, names.key_id)
            yield bad(Family.ENVIRONMENT, f"{there} is set, but {gone} is not", f"unset {there}")
        elif has_id and not has_token:
            yield _long_term(variables, names)
    if all(map(variables.get, _WEB_IDENTITY)):
        token_file, role = _WEB_IDENTITY
        yield warning(
            Family.ENVIRONMENT,
            f"{token_file} and {role} go before the keys of every profile that is not named on the command line",
            f"unset {token_file} {role}",
        )


def _long_term(variables: Mapping[str, str], names: _Names) -> Finding:
    if names is _AWS and variables[names.key_id].startswith("ASIA"):
        return bad(Family.ENVIRONMENT, f"{names.key_id} is a session's, but {names.tokens[0]} is not set", _UNSET)
    return warning(
        Family.ENVIRONMENT,
        f"{names.key_id} goes before the keys of the profile in use, unless -p names one",
        f"unset {names.key_id} {names.secret}",
    )


def _sessions(variables: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    there = [names for names in _CLOUDS if any(map(variables.get, names.tokens))]
    if len(there) > 1:
        yield warning(
            Family.ENVIRONMENT,
            "sessions of both clouds are in this shell: commands without --cloud go by the profile in use",
            _UNSET,
        )
    for names in there:
        yield from _tokens(variables, names)
        yield _session(variables, names, now)


def _tokens(variables: Mapping[str, str], names: _Names) -> Iterator[Finding]:
    first, second = names.tokens
    if variables.get(first) and variables.get(second) and variables[first] != variables[second]:
        yield bad(
            Family.ENVIRONMENT,
            f"{first} and {second} hold different tokens, and tools differ in which they read",
            _UNSET,
        )
    elif variables.get(names.hides) == "":
        yield bad(
            Family.ENVIRONMENT,
            f"{names.hides} is set and empty, and AWS tools take that for the session's token",
            f"unset {names.hides}",
        )


def _session(variables: Mapping[str, str], names: _Names, now: datetime) -> Finding:
    key_id = variables.get(names.key_id, "")
    ends = parse_moment(variables.get(names.expiration, ""))
    if not key_id:
        return bad(Family.ENVIRONMENT, f"a session's token is set, but {names.key_id} is not", _UNSET)
    if names is _AWS and key_id.startswith("AKIA"):
        token = next(name for name in names.tokens if variables.get(name))
        return bad(
            Family.ENVIRONMENT,
            f"{token} is set beside long-term keys in {names.key_id}, which AWS refuses together",
            f"unset {' '.join(names.tokens)}",
        )
    if ends is not None and ends <= now:
        return bad(Family.ENVIRONMENT, "the session in this shell has expired, and tools use it all the same", _ANEW)
    return good(Family.ENVIRONMENT, f"{names.key_id} is a session's, which goes before every profile")


def _leading_past(facts: EnvironmentFacts) -> Iterator[Finding]:
    for name in facts.lead_past:
        yield bad(Family.ENVIRONMENT, f"{name} leads tools past the session in this shell", f"unset {name}")


def _names(facts: EnvironmentFacts) -> Iterator[Finding]:
    for name, known in (facts.profiles or {}).items():
        value = facts.variables.get(name, "")
        if value and value not in known:
            close = difflib.get_close_matches(value, known, n=1)
            yield bad(
                Family.ENVIRONMENT,
                f"{name} names the profile `{value}`, and there is none" + (f"; `{close[0]}` is" if close else ""),
                f"unset {name}",
            )
    named = {name: facts.variables[name] for name in _AWS_PROFILES if facts.variables.get(name)}
    if len(set(named.values())) > 1:
        said = ", ".join(f"{name}={value}" for name, value in named.items())
        yield warning(
            Family.ENVIRONMENT,
            f"mfacli and AWS tools use different profiles here: {said}",
            "unset " + next(iter(named)),
        )


def _overrides(
    facts: EnvironmentFacts, variables: Sequence[str], key: str, said: Mapping[str, str]
) -> Iterator[Finding]:
    named = next((name for name in variables if facts.variables.get(name)), None)
    for profile, text in said.items():
        if named is not None and facts.variables[named] != text:
            yield warning(
                Family.ENVIRONMENT,
                f"{named}={facts.variables[named]} goes before `{key} = {text}` of profile `{profile}`",
                f"unset {named}",
            )


def _network(facts: EnvironmentFacts) -> Iterator[Finding]:
    for name in _ENDPOINTS:
        url = facts.variables.get(name)
        # What came with a session is the session's.
        if url and url != facts.variables.get(_EXPORTED_ENDPOINT):
            whose = "Tencent Cloud's calls" if name == _ENDPOINTS[-1] else "AWS tools"
            yield warning(Family.ENVIRONMENT, f"{name} sends {whose} to {url.rpartition('@')[2]}", f"unset {name}")
    for name in FILE_VARIABLES:
        path = facts.variables.get(name, "")
        if path in facts.missing_files and path:
            yield bad(Family.ENVIRONMENT, f"{name} names `{path}`, which is not there", f"unset {name}")
