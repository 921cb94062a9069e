"""The facts that `doctor` gathers about what stands in the clouds' files, profile by profile."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

from mfacli.checks.finding import Finding
from mfacli.checks.processes import KEY, ProcessFacts, check_process
from mfacli.checks.profiles import (
    TOKEN_KEYS,
    AwsSectionFacts,
    TencentFileFacts,
    check_aws_section,
    check_tencent_file,
)
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.moments import parse_moment
from mfacli.output.aws_files import EXPIRY_KEY
from mfacli.profiles.ini import SECRET_KEYS, SecretSetting, Section
from mfacli.profiles.tencent_files import KeyKind

_KEY_ID = "aws_access_key_id"
# What mfacli writes of a session, and nothing else: more than that is a person's section.
_OURS = SECRET_KEYS | {_KEY_ID, EXPIRY_KEY, "aws_account_id", "region"}
_EMPTY: Mapping[str, str] = {}


def written_findings(desk: Desk, cloud: Cloud, name: str) -> Iterable[Finding]:
    """Yield what surprises in what stands in a cloud's files of one profile."""
    can_move = not desk.backends[1].problem or desk.store_setting.value == "file"
    if cloud is Cloud.AWS:
        yield from check_aws_section(aws_facts(desk, name, can_move=can_move), now=desk.clock.now())
        yield from _process_findings(desk, name)
        return
    stored = desk.planning.tencent_credentials((name,)).credentials.get(name)
    if stored is None:
        return
    facts = TencentFileFacts(
        name=name,
        path=stored.path,
        keys=stored.keys,
        way=stored.kind.value,
        has_keys=stored.secret_id is not None and stored.kind is KeyKind.STATIC,
        has_token=stored.token is not None,
        has_role=stored.role_arn is not None,
        expires_at=stored.expires_at,
        was_ours=stored.is_a_written_session,
        is_kept=name in desk.kept_as(Cloud.TENCENT),
        can_move=can_move,
    )
    yield from check_tencent_file(facts, now=desk.clock.now())


def aws_facts(desk: Desk, name: str, *, can_move: bool = False) -> AwsSectionFacts:
    """Return how a profile stands in AWS' files."""
    files = desk.files
    config, credentials = files.config.get(name), files.credentials.get(name)
    # AWS tools look for keys in the credentials file first.
    holder = next(
        (each for each in (credentials, config) if each and _KEY_ID in each.settings), credentials or config
    )
    noted = credentials.settings.get(EXPIRY_KEY) if credentials else None
    return AwsSectionFacts(
        name=name,
        path=holder.place.path if holder else "",
        section=holder.place.section if holder else "",
        config=_texts(config),
        credentials=_texts(credentials),
        key_id=_texts(holder).get(_KEY_ID, ""),
        has_secret="aws_secret_access_key" in _texts(holder),
        tokens=tuple(key for key in TOKEN_KEYS if holder and key in holder.secrets),
        has_two_tokens=_has_two_tokens(holder),
        expires_at=parse_moment(noted.text) if noted else None,
        was_ours=credentials is not None and {*credentials.settings, *credentials.secrets} <= _OURS,
        is_kept=name in files.kept,
        can_move=can_move,
    )


def _texts(section: Section | None) -> Mapping[str, str]:
    if section is None:
        return _EMPTY
    return {key: setting.text for key, setting in section.settings.items()} | dict.fromkeys(section.secrets, "")


def _has_two_tokens(section: Section | None) -> bool:
    """Return whether AWS tools read another token than `aws_session_token`: an empty one counts for them."""
    if section is None:
        return False
    first, second = (section.secrets.get(key) for key in TOKEN_KEYS)
    return first is not None and second is not None and bool(second.text) and _differ(first, second)


def _differ(first: SecretSetting, second: SecretSetting) -> bool:
    return first.text.reveal() != second.text.reveal()


def _process_findings(desk: Desk, name: str) -> Iterable[Finding]:
    config, credentials = (_texts(part.get(name)) for part in (desk.files.config, desk.files.credentials))
    keys = {**config, **credentials}
    if KEY not in keys:
        return ()
    words = _words(keys[KEY])
    facts = ProcessFacts(
        name=name,
        keys=frozenset(keys),
        in_credentials=frozenset(credentials),
        missing_program=_missing(words, desk.environment.get("PATH")) if words else "",
        serves=_served(words or ()),
        is_unreadable=words is None,
    )
    return check_process(facts)


def _words(command: str) -> list[str] | None:
    """Return the command's words as AWS tools split them; None where they cannot."""
    if os.name != "posix":
        # There a backslash belongs to the path.
        return [command.strip().split('"')[1] if command.strip().startswith('"') else command.split(" ")[0]]
    try:
        return shlex.split(command)
    except ValueError:
        return None


def _missing(words: list[str], path: str | None) -> str:
    return "" if shutil.which(words[0], path=path) else words[0]


def _served(words: Iterable[str]) -> str:
    """Return the profile that the command asks mfacli for; empty where it asks somebody else."""
    words = list(words)
    if "credential-process" not in words or not any(Path(word).stem == "mfacli" for word in words):
        return ""
    return next((after for word, after in pairwise(words) if word in {"-p", "--profile"}), "")
