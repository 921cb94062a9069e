"""Checks whether a profile's `credential_process` is ever run, and whether there is anything to run."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from mfacli.checks.finding import Family, Finding, bad

KEY = "credential_process"
_KEY_ID = "aws_access_key_id"
_WEB_IDENTITY = "web_identity_token_file"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFacts:
    """A profile that has a `credential_process`.

    `keys` are all keys of the profile, in whichever file, and `in_credentials` those of the credentials file.
    `missing_program` is what the command begins with, where that is no program, and `serves` the profile whose
    session it asks mfacli for, where it does. `is_unreadable` says that the command's quotes do not match.
    """

    name: str
    keys: Collection[str]
    in_credentials: Collection[str] = ()
    missing_program: str = ""
    serves: str = ""
    is_unreadable: bool = False


def check_process(facts: ProcessFacts) -> Iterator[Finding]:
    """Yield what keeps the process from giving credentials."""
    for what in _before(facts):
        served = f", or write another: mfacli integrate {shlex.quote(facts.serves)}" if facts.serves else ""
        yield bad(
            Family.PROFILES,
            f"`{KEY}` of profile `{facts.name}` is never run: AWS tools take {what} before it",
            f"take {what} out of the profile" + served,
        )
    if facts.is_unreadable:
        yield bad(
            Family.PROFILES,
            f"`{KEY}` of profile `{facts.name}` has a quote that is never closed",
            "close it: no shell reads the command, but its words are told apart as in a shell",
        )
    elif facts.missing_program:
        yield bad(
            Family.PROFILES,
            f"`{KEY}` of profile `{facts.name}` runs `{facts.missing_program}`, and there is no such program",
            _cure(facts),
        )


def _cure(facts: ProcessFacts) -> str:
    if facts.serves:
        return f"mfacli integrate {shlex.quote(facts.serves)} --as {shlex.quote(facts.name)}"
    return "write the program's full path: no shell reads the command, `~` and variables stay as they are"


def _before(facts: ProcessFacts) -> Iterator[str]:
    """Yield what botocore asks before a process, or in its place, in its own order."""
    if _WEB_IDENTITY in facts.keys:
        yield f"`{_WEB_IDENTITY}`"
    elif "role_arn" in facts.keys:
        yield "`role_arn`"
    # Either of the two makes it a profile of IAM Identity Center.
    if {"sso_account_id", "sso_role_name"} & set(facts.keys):
        yield "`sso_account_id` and `sso_role_name`"
    if _KEY_ID in facts.in_credentials:
        yield f"`{_KEY_ID}` in the credentials file"
    if "login_session" in facts.keys:
        yield "`login_session`"
