"""Checks whether every profile leads to a session, and says what its owner thinks it says."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mfacli.checks.aws_keys import AWS_KEYS
from mfacli.checks.finding import DropKey, DropSection, Family, Finding, bad, good, warning

_KEY_ID = "aws_access_key_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """What comes of deciding a profile: `problem` and `hint` where nothing does, else in words what it leads to."""

    cloud: str
    name: str
    problem: str = ""
    hint: str = ""
    leads_to: str = ""


def check_plan(facts: PlanFacts) -> Iterator[Finding]:
    """Yield whether a profile can be followed to its keys."""
    if facts.problem:
        yield bad(Family.PROFILES, facts.problem, facts.hint)
    else:
        yield good(Family.PROFILES, f"`{facts.name}` ({facts.cloud}) {facts.leads_to}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSectionFacts:
    """One profile as it stands in AWS' two files.

    `config` and `credentials` are its keys there with their texts, but for secrets, of which `secrets` has the names
    in the credentials file. `has_two_tokens` says that the two names for the token hold different ones, `expires_at`
    is what mfacli or another tool noted, and `was_ours` whether mfacli wrote the section. `can_move` says that a
    keyring would take the keys.
    """

    name: str
    path: str
    section: str
    config: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()
    has_two_tokens: bool = False
    expires_at: datetime | None = None
    was_ours: bool = False
    is_kept: bool = False
    can_move: bool = False


def check_aws_section(facts: AwsSectionFacts, *, now: datetime) -> Iterator[Finding]:
    """Yield what surprises in one profile."""
    yield from _unknown(facts)
    yield from _shadowed(facts)
    if facts.has_two_tokens:
        yield bad(
            Family.PROFILES,
            f"[{facts.section}] in `{facts.path}` has `aws_security_token` beside another `aws_session_token`, and "
            "AWS tools read the former",
            "mfacli doctor --fix",
            mend=DropKey(path=facts.path, section=facts.section, key="aws_security_token"),
        )
    if facts.expires_at is not None and facts.expires_at <= now:
        yield warning(
            Family.PROFILES,
            f"the session in [{facts.section}] of `{facts.path}` has expired",
            "mfacli doctor --fix" if facts.was_ours else f"mfacli session --write-profile {facts.section}",
            mend=DropSection(path=facts.path, section=facts.section) if facts.was_ours else None,
        )
    yield from _static(facts)


def _unknown(facts: AwsSectionFacts) -> Iterator[Finding]:
    for key in sorted({*facts.config, *facts.credentials} - AWS_KEYS):
        close = difflib.get_close_matches(key, AWS_KEYS, n=1)
        if close:
            yield warning(
                Family.PROFILES,
                f"`{key}` of profile `{facts.name}` is no key that AWS tools or mfacli know",
                f"did you mean `{close[0]}`?",
            )


def _shadowed(facts: AwsSectionFacts) -> Iterator[Finding]:
    if "credential_process" not in {*facts.config, *facts.credentials}:
        return
    before = {
        f"`{_KEY_ID}` in the credentials file": _KEY_ID in facts.credentials,
        "`role_arn`": "role_arn" in facts.config and not facts.is_kept,
        "`sso_session`": "sso_session" in facts.config,
    }
    for what, is_there in before.items():
        if is_there:
            yield bad(
                Family.PROFILES,
                f"`credential_process` of profile `{facts.name}` is never run: AWS tools take {what} before it",
                f"take {what} out of the profile, or use another name: mfacli integrate {facts.name}",
            )


def _static(facts: AwsSectionFacts) -> Iterator[Finding]:
    if not facts.credentials.get(_KEY_ID, facts.config.get(_KEY_ID, "")).startswith("AKIA"):
        return
    if facts.is_kept:
        yield warning(
            Family.PROFILES,
            f"`{facts.path}` still has keys of profile `{facts.name}`, whose keys rest in the keyring",
            f"take them out of [{facts.section}], or use them again: mfacli keys remove -p {facts.name}",
        )
    elif facts.can_move:
        yield warning(
            Family.PROFILES,
            f"the long-term keys of profile `{facts.name}` stand in `{facts.path}` in plain text",
            f"mfacli keys add -p {facts.name} --from-profile {facts.name} --remove-from-file",
        )


def check_stray_section(header: str, path: str) -> Iterator[Finding]:
    """Yield that a section of the config file is none that AWS tools read."""
    yield warning(
        Family.PROFILES,
        f"[{header}] in `{path}` names nothing that AWS tools read",
        f"write [profile {header}]",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentFileFacts:
    """A `.credential` of tccli's: which way to keys it names beside those in it; `way` is its `type`."""

    name: str
    path: str
    way: str = "default"
    has_keys: bool = False
    has_token: bool = False
    has_role: bool = False
    is_kept: bool = False
    can_move: bool = False


def check_tencent_file(facts: TencentFileFacts) -> Iterator[Finding]:
    """Yield what surprises in one file."""
    if facts.has_role and facts.has_token:
        yield bad(
            Family.PROFILES,
            f"`{facts.path}` has `role-arn` beside a `token`: tccli drops the token and assumes the role",
            f"mfacli session --write-profile {facts.name} --overwrite",
        )
    if facts.way != "default":
        yield warning(
            Family.PROFILES,
            f"`{facts.path}` is of type `{facts.way}`: tccli fetches its keys, and mfacli opens no session with them",
            "tccli configure --profile NAME    (long-term keys, under another name)",
        )
    elif facts.has_keys and not facts.has_token and facts.can_move and not facts.is_kept:
        yield warning(
            Family.PROFILES,
            f"the long-term keys of profile `{facts.name}` stand in `{facts.path}` in plain text",
            f"mfacli keys add --cloud tencent -p {facts.name} --from-profile {facts.name} --remove-from-file",
        )
