"""`mfacli policy check`: whether a policy demands MFA, and gets it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from mfacli.commands.completing import complete_files
from mfacli.commands.options import common, json_option, manners_of
from mfacli.commands.policy_files import read_text, shown_name
from mfacli.errors import ExitCode, PolicyMalformed, UsageWrong
from mfacli.terminal import Terminal
from mfacli.version import VERSION

if TYPE_CHECKING:
    from mfacli.policy.check.files import CheckedFile

_KINDS = ("identity", "resource", "trust", "session", "boundary", "scp", "rcp")
_SEVERITIES = ("note", "warning", "error")


@click.command(name="check", short_help="Does a policy demand MFA, and get it?")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", shell_complete=complete_files)
@click.option("--kind", type=click.Choice(_KINDS), help="What the policies are; default: told by their content.")
@click.option(
    "--attached-to",
    type=click.Choice(("user", "group", "role")),
    help="Whom they are attached to: a role's sessions carry no MFA.",
)
@click.option("--dialect", type=click.Choice(("aws", "tencent")), help="The language; default: told by the content.")
@click.option(
    "--fail-on",
    type=click.Choice(_SEVERITIES),
    default="warning",
    show_default=True,
    help="Exit with 5 from this severity on.",
)
@click.option("--sarif", "as_sarif", is_flag=True, help="Print a SARIF 2.1.0 log, for code review.")
@json_option
@common
@click.pass_context
def check(
    ctx: click.Context,
    /,
    files: tuple[str, ...],
    kind: str | None,
    attached_to: str | None,
    dialect: str | None,
    fail_on: str,
    as_sarif: bool,
    as_json: bool,
) -> int:
    """Say for which actions a policy demands MFA, which call satisfies it, and what is wrong with it.

    FILE is a policy document of AWS or Tencent Cloud, or what a command line printed that holds some (such as
    `aws iam get-account-authorization-details`); `-` is standard input. Exit code 0: sound; 5: findings; 3: a policy
    that the cloud would refuse; 2: a file that cannot be read.

    \b
      mfacli policy check policy.json
      mfacli policy check --attached-to role role-policy.json
      aws iam get-account-authorization-details | mfacli policy check -
      mfacli policy check --sarif policies/*.json > mfa.sarif
    """
    if as_json and as_sarif:
        raise UsageWrong("`--json` and `--sarif` cannot both be printed")
    found = _checked(files, kind=kind, dialect=dialect, attached_to=attached_to)
    terminal = manners_of(ctx).terminal
    if text := _answer(found, terminal, as_json=as_json, as_sarif=as_sarif):
        terminal.answer(text)
    return _conclude(found, terminal, fail_on)


def _checked(
    paths: Sequence[str], *, kind: str | None, dialect: str | None, attached_to: str | None
) -> tuple[CheckedFile, ...]:
    from mfacli.policy.check.files import CheckedFile, check_text
    from mfacli.policy.check.reading import Reading
    from mfacli.policy.check.subject import Attachment
    from mfacli.policy.document import Dialect, PolicyKind

    reading = Reading(
        kind=None if kind is None else PolicyKind[kind.upper()],
        dialect=None if dialect is None else Dialect(dialect),
        attached_to=None if attached_to is None else Attachment(attached_to),
    )

    def one(path: str) -> CheckedFile:
        try:
            return check_text(read_text(path), name=shown_name(path), reading=reading)
        except UsageWrong as failure:
            return CheckedFile(name=shown_name(path), failure=failure)

    return tuple(one(path) for path in paths)


def _answer(found: Sequence[CheckedFile], terminal: Terminal, *, as_json: bool, as_sarif: bool) -> str:
    from mfacli.policy.check.files import as_json as json_of
    from mfacli.policy.check.files import as_sarif as sarif_of

    if as_sarif:
        return json.dumps(sarif_of(found, tool_version=VERSION), indent=2)
    if as_json:
        return json.dumps(json_of(found), indent=2)
    from mfacli.commands.policy_report import report_lines
    from mfacli.commands.policy_showing import lines_text

    lines = report_lines(found, for_people=terminal.shows_answers)
    return lines_text(lines, is_coloured=terminal.colours_answers)


def _conclude(found: Sequence[CheckedFile], terminal: Terminal, fail_on: str) -> int:
    """Say on stderr what could not be checked and how much was found; return the exit code."""
    from mfacli.policy.check.files import summary, worst
    from mfacli.policy.check.findings import Severity

    failures = [file.failure for file in found if file.failure is not None]
    for failure in failures:
        terminal.fail(failure)
    terminal.note(summary(found))
    if failures:
        is_malformed = all(isinstance(failure, PolicyMalformed) for failure in failures)
        return ExitCode.PROFILE if is_malformed else ExitCode.USAGE
    severity = worst(found)
    return ExitCode.DONE if severity is None or severity < Severity[fail_on.upper()] else ExitCode.CLOUD_REFUSED
