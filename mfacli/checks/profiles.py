"""Checks whether every profile leads to a session, and says what its owner thinks it says."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mfacli.checks.aws_keys import AWS_KEYS
from mfacli.checks.finding import DropCredential, DropKey, DropSection, Family, Finding, bad, good, warning

_KEY_ID = "aws_access_key_id"
# botocore reads the first before the second.
TOKEN_KEYS = ("aws_security_token", "aws_session_token")
# How the ids of long-term keys begin; a session's begin with ASIA.
LONG_TERM = "AKIA"
_IN_CONFIG = "profile "
_LIKE = 0.8
# Those of tccli's `.credential` that it reads and a person writes.
_TCCLI_KEYS = ("role-arn", "role-session-name", "secretId", "secretKey", "token", "type", "use-cvm-role")


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
        yield bad(Family.PROFILES, facts.problem, facts.hint or _try_again(facts.name))
    else:
        yield good(Family.PROFILES, f"`{facts.name}` ({facts.cloud}) {facts.leads_to}")


def _try_again(name: str) -> str:
    return f"mend that, then: mfacli doctor -p {shlex.quote(name)}"


def check_count(count: int, *, whose: str) -> Iterator[Finding]:
    """Yield that there is no profile at all, where `count` is 0; `whose` says of which cloud."""
    if count == 0:
        yield warning(
            Family.PROFILES,
            f"there is no profile of {whose}, so there are no keys to open a session with",
            "mfacli keys add    (or `aws configure`, `tccli configure`)",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSectionFacts:
    """One profile as it stands in AWS' two files.

    `config` and `credentials` are its keys there with their texts, but for secrets, of which only the names are. The
    keys of its own are in `section` of the file at `path`: `key_id` is theirs, `has_secret` tells of the other half,
    and `tokens` are the names of the tokens beside them. `has_two_tokens` says that AWS tools read another than
    `aws_session_token`. `expires_at` is what mfacli or another tool noted, and `was_ours` whether mfacli wrote the
    section. `is_kept` says that the profile's keys rest in the keyring, `can_move` that one would take them.
    """

    name: str
    path: str
    section: str
    config: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict)
    key_id: str = ""
    has_secret: bool = False
    tokens: tuple[str, ...] = ()
    has_two_tokens: bool = False
    expires_at: datetime | None = None
    was_ours: bool = False
    is_kept: bool = False
    can_move: bool = False

    @property
    def has_stale_token(self) -> bool:
        """Whether a token stands beside long-term keys, which have none."""
        return self.key_id.startswith(LONG_TERM) and bool(self.tokens)


def check_aws_section(facts: AwsSectionFacts, *, now: datetime) -> Iterator[Finding]:
    """Yield what surprises in one profile."""
    yield from _unknown(facts)
    yield from _misnamed(facts)
    if facts.has_stale_token:
        yield from _stale(facts)
        return
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
            "mfacli doctor --fix" if facts.was_ours else "open it again with the tool that wrote it",
            mend=DropSection(path=facts.path, section=facts.section) if facts.was_ours else None,
        )
    yield from _static(facts)


def _unknown(facts: AwsSectionFacts) -> Iterator[Finding]:
    for key in sorted({*facts.config, *facts.credentials} - AWS_KEYS):
        # Other tools have keys of their own, some of which hold one of AWS' within.
        close = difflib.get_close_matches(key, AWS_KEYS, n=1, cutoff=_LIKE)
        if close:
            yield warning(
                Family.PROFILES,
                f"`{key}` of profile `{facts.name}` is no key that AWS tools or mfacli know",
                f"did you mean `{close[0]}`?",
            )


def _misnamed(facts: AwsSectionFacts) -> Iterator[Finding]:
    if facts.credentials and facts.name.startswith(_IN_CONFIG):
        meant = facts.name.removeprefix(_IN_CONFIG)
        yield warning(
            Family.PROFILES,
            f"[{facts.name}] in `{facts.path}` is no profile `{meant}`: the word `profile` belongs to the other "
            "file only",
            f"write [{meant}]",
        )


def _stale(facts: AwsSectionFacts) -> Iterator[Finding]:
    for token in facts.tokens:
        yield bad(
            Family.PROFILES,
            f"[{facts.section}] in `{facts.path}` has `{token}` beside long-term keys, which AWS refuses together",
            "mfacli doctor --fix",
            mend=DropKey(path=facts.path, section=facts.section, key=token),
        )


def _static(facts: AwsSectionFacts) -> Iterator[Finding]:
    if not facts.key_id.startswith(LONG_TERM) or not facts.has_secret:
        return
    name = shlex.quote(facts.name)
    if facts.is_kept:
        yield warning(
            Family.PROFILES,
            f"`{facts.path}` still has keys of profile `{facts.name}`, whose keys rest in the keyring",
            f"take them out of [{facts.section}], or use them again: mfacli keys remove -p {name}",
        )
    elif facts.can_move:
        yield warning(
            Family.PROFILES,
            f"the long-term keys of profile `{facts.name}` stand in `{facts.path}` in plain text",
            f"mfacli keys add -p {name} --from-profile {name} --remove-from-file",
        )


def check_stray_section(header: str, path: str) -> Iterator[Finding]:
    """Yield that a section of the config file is none that AWS tools read."""
    name = header.removeprefix(_IN_CONFIG).strip()
    quoted = f'"{name}"' if " " in name else name
    yield warning(
        Family.PROFILES,
        f"[{header}] in `{path}` names nothing that AWS tools read",
        f"write [{_IN_CONFIG}{quoted}]",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentFileFacts:
    """A `.credential` of tccli's: which way to keys it names beside those in it; `way` is its `type`.

    `keys` are all that are in it; `expires_at` is what mfacli noted of the session in it, and `was_ours` says that
    there is nothing else.
    """

    name: str
    path: str
    keys: frozenset[str] = frozenset()
    way: str = "default"
    has_keys: bool = False
    has_token: bool = False
    has_role: bool = False
    expires_at: datetime | None = None
    was_ours: bool = False
    is_kept: bool = False
    can_move: bool = False


def check_tencent_file(facts: TencentFileFacts, *, now: datetime) -> Iterator[Finding]:
    """Yield what surprises in one file."""
    name = shlex.quote(facts.name)
    for key in sorted(facts.keys.difference(_TCCLI_KEYS)):
        close = difflib.get_close_matches(key.replace("_", "-"), _TCCLI_KEYS, n=1, cutoff=_LIKE)
        if close:
            yield warning(
                Family.PROFILES,
                f"`{key}` in `{facts.path}` is no key that tccli knows",
                f"did you mean `{close[0]}`?",
            )
    if facts.has_role and facts.has_token:
        yield bad(
            Family.PROFILES,
            f"`{facts.path}` has `role-arn` beside a `token`: tccli drops the token and assumes the role",
            f"mfacli session --cloud tencent --write-profile {name} --overwrite",
        )
    if facts.has_token and facts.expires_at is not None and facts.expires_at <= now:
        yield warning(
            Family.PROFILES,
            f"the session in `{facts.path}` has expired",
            "mfacli doctor --fix" if facts.was_ours else f"mfacli session --cloud tencent --write-profile {name}",
            mend=DropCredential(path=facts.path) if facts.was_ours else None,
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
            f"mfacli keys add --cloud tencent -p {name} --from-profile {name} --remove-from-file",
        )
