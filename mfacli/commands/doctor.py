"""`mfacli doctor`: everything that can be wrong, checked, each with what mends it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from mfacli.commands.options import cloud_option, common, json_option, profile_option
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Request
from mfacli.errors import MfacliError

if TYPE_CHECKING:
    from mfacli.checks.finding import Finding


@click.command(name="doctor", epilog="README, section Troubleshooting, goes from the message to the cure.")
@profile_option
@cloud_option
@click.option("--fix", is_flag=True, help="Mend what is safe to mend: file modes, expired sessions, stale tokens.")
@click.option("--with-code", is_flag=True, help="Open a session for real at the end, which may ask for a code.")
@json_option
@common
@click.pass_context
def command(
    ctx: click.Context,
    /,
    profile: str | None,
    cloud: Cloud | None,
    fix: bool,
    with_code: bool,
    as_json: bool,
) -> None:
    """Check everything that can be wrong, and say what mends it.

    Looked at are settings, keyring, files and their modes, profiles, this shell's environment, the way to the STS of
    each, the clock, keys and device of the profile in use, and versions. Every line is good, a warning, or bad; the
    exit code is 0 where nothing is bad, else that of the first thing that is. Without --with-code nobody is asked for
    a code. No key is ever changed, and what is locked stays locked.

    \b
      mfacli doctor                    everything, in a few seconds, without a network too
      mfacli doctor -p prod            one profile, and what it needs
      mfacli doctor --fix              file modes, and what else is safe
      mfacli doctor -p prod --with-code
    """
    from mfacli.checks.finding import exit_code_of
    from mfacli.commands.doctor_checks import all_findings

    desk = desk_of(ctx)
    request = Request(wants_role=None, profile=profile, cloud=cloud)
    findings = all_findings(desk, request)
    fixed: list[str] = []
    if fix:
        from mfacli.commands.doctor_mending import mend_all

        fixed = mend_all(desk, findings)
        if fixed:
            desk = desk_of(ctx)
            findings = _looked_at_again(desk, request, findings)
    if with_code:
        from mfacli.commands.doctor_cloud import session_findings

        findings = [*findings, *session_findings(desk, request)]
    _show(desk, findings, fixed, as_json=as_json)
    ctx.exit(exit_code_of(findings))


def _looked_at_again(desk: Desk, request: Request, findings: list[Finding]) -> list[Finding]:
    """Return what there is to say after mending; a profile that went with its session is not missed."""
    from mfacli.checks.finding import Family, Level
    from mfacli.commands.doctor_checks import all_findings
    from mfacli.commands.doctor_files import file_findings

    if request.profile is None or _is_there(desk, request.profile):
        return all_findings(desk, request)
    of_it = (Family.PROFILES, Level.GOOD)
    not_mended = set(file_findings(desk))
    return [
        each for each in findings if (each.mend is None or each in not_mended) and (each.family, each.level) != of_it
    ]


def _is_there(desk: Desk, profile: str) -> bool:
    try:
        return any(profile in desk.planning.names_of(cloud) for cloud in Cloud)
    except MfacliError:
        # What cannot be read is found once more.
        return True


def _show(desk: Desk, findings: Sequence[Finding], fixed: Sequence[str], *, as_json: bool) -> None:
    from mfacli.output import findings as output

    lines = [
        output.Line(
            check=finding.family.value,
            level=finding.level.value,
            what=finding.what,
            cure=finding.cure,
            is_fixable=finding.mend is not None,
        )
        for finding in findings
    ]
    if as_json:
        desk.terminal.answer(output.findings_document(lines, fixed=fixed))
    elif desk.terminal.shows_answers:
        table = output.findings_table(
            lines,
            width=desk.terminal.columns,
            is_coloured=desk.terminal.colours_answers,
            encoding=sys.stdout.encoding,
        )
        desk.terminal.answer(table)
    else:
        desk.terminal.answer(output.findings_lines(lines))
