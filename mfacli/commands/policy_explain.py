"""`mfacli policy explain`: what a refusal means, what was missing, and the command that gets it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from mfacli.commands.in_environment import session_in_environment
from mfacli.commands.options import common, json_option, manners_of, profile_option
from mfacli.commands.policy_files import STDIN, read_text, shown_name
from mfacli.commands.policy_showing import Line, Span, line, lines_text
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Plan, Request
from mfacli.errors import MfacliError, UsageWrong

if TYPE_CHECKING:
    from mfacli.domain.credentials import Keys
    from mfacli.policy.messages.explanation import Explanation
    from mfacli.policy.messages.trial import Trial
    from mfacli.policy.verdict import Decision

JSON_VERSION = 1


@click.command(name="explain", short_help="Say what was missing when a cloud refused.")
@click.argument("message", required=False, metavar="[MESSAGE]")
@click.option(
    "--policy",
    "policies",
    metavar="FILE",
    multiple=True,
    help="Say whether this policy would allow it with MFA; may be repeated.",
)
@click.option("--principal", metavar="ARN", help="Who was refused, for --policy, where the message does not tell.")
@click.option("--decode", "decodes", is_flag=True, help="Have STS decode EC2's encoded message (one call).")
@profile_option
@json_option
@common
@click.pass_context
def explain(
    ctx: click.Context,
    /,
    message: str | None,
    policies: tuple[str, ...],
    principal: str | None,
    decodes: bool,
    profile: str | None,
    as_json: bool,
) -> None:
    """Explain an error of AWS or Tencent Cloud: what was missing, and which command gets it.

    The message is taken from MESSAGE or standard input, in whatever form a tool printed it: the AWS CLI, tccli, an
    SDK, Terraform, XML or JSON. So is what `aws sts decode-authorization-message` printed.

    \b
      aws ec2 stop-instances --instance-ids i-1 2>&1 | mfacli policy explain
      mfacli policy explain --policy policy.json "User: arn:... is not authorized to perform: ..."
    """
    from mfacli.policy.messages.explain import explain_message

    raw = _message(message, policies)
    found = explain_message(raw, profile=profile or "")
    decoded, failure = _decoded(desk_of(ctx), found, profile) if decodes else ("", None)
    if decoded:
        found = explain_message(raw, profile=profile or "", decoded=decoded)
    trial = _trial(found, decoded or raw, policies, principal or "") if policies else None
    terminal = manners_of(ctx).terminal
    if as_json:
        terminal.answer(json.dumps(_document(found, trial), indent=2))
    else:
        terminal.answer(lines_text(_lines(found, trial), is_coloured=terminal.colours_answers))
    if failure is not None:
        raise failure


def _message(message: str | None, policies: Sequence[str]) -> str:
    if message is not None and message != STDIN:
        return message
    if STDIN in policies:
        raise UsageWrong("the message and a policy cannot both come from standard input")
    if message is None and sys.stdin is not None and sys.stdin.isatty():
        raise UsageWrong(
            "there is no error message to explain",
            hint="pipe one in: `aws s3 ls 2>&1 | mfacli policy explain`, or give it as an argument",
        )
    return read_text(STDIN)


def _decoded(desk: Desk, found: Explanation, profile: str | None) -> tuple[str, MfacliError | None]:
    """Have STS decode the message; return what it says, or why that is not known."""
    if not found.encoded:
        raise UsageWrong("the message has no encoded part, which only EC2's have")
    try:
        plan, keys = _decoding(desk, found, profile)
        return desk.decoder.decode_message(found.encoded, plan=plan, keys=keys), None
    except MfacliError as failure:
        return "", failure


def _decoding(desk: Desk, found: Explanation, profile: str | None) -> tuple[Plan, Keys]:
    """Return by whom a message is decoded: a role that is in the shell itself, as it may be another account's.

    Everybody else goes by the profile's long-term keys, as a session of GetSessionToken may not make the call.
    """
    of_role = found.denial is not None and ":assumed-role/" in found.denial.principal
    in_shell = session_in_environment(desk, Cloud.AWS) if of_role and profile is None else None
    if in_shell is not None:
        return in_shell
    if profile is not None and desk.planning.only_tencent_has(profile):
        raise UsageWrong(
            f"profile `{profile}` is of Tencent Cloud, which encodes no messages",
            hint="name with -p a profile of AWS, of the account that the message is from",
        )
    plan = desk.plan(Request(wants_role=None, profile=profile, cloud=Cloud.AWS))
    return plan, desk.parts(plan).keys.keys_for(plan)


def _trial(found: Explanation, told: str, policies: Sequence[str], principal: str) -> Trial:
    from mfacli.policy.check.reading import Reading, read_subjects
    from mfacli.policy.messages.decoded import read_decoded
    from mfacli.policy.messages.explanation import Denial
    from mfacli.policy.messages.trial import try_policies

    documents = [
        subject.document
        for path in policies
        for subject in read_subjects(read_text(path), name=shown_name(path), reading=Reading())
    ]
    decoded = read_decoded(told)
    return try_policies(
        found.denial or Denial(),
        documents,
        cloud=found.cloud,
        context=decoded.context if decoded else {},
        principal=principal,
    )


def _lines(found: Explanation, trial: Trial | None) -> Iterator[Line]:
    yield line(Span(found.meaning, "bold"))
    if found.causes:
        yield line()
        yield line("what may have been missing, the likeliest first:")
        for number, cause in enumerate(found.causes, start=1):
            yield line(f"  {number}. {cause}")
    if trial is not None:
        yield line()
        yield from _trial_lines(trial)
    if found.advice:
        yield line()
        yield line("what to do:")
        for advice in found.advice:
            yield line("  ", Span(advice.command, "bold cyan"))
            yield line("      ", Span(advice.why, "dim"))


def _trial_lines(trial: Trial) -> Iterator[Line]:
    rows = (
        ("with MFA", trial.with_mfa),
        ("with a session without MFA", trial.session_without_mfa),
        ("with long-term keys", trial.long_term_keys),
    )
    yield line("under the given policies alone:")
    for label, decision in rows:
        style = "green" if decision.is_allowed else "red"
        yield line(f"  {label}: ", Span(decision.verdict.value, style), f" ({decision.sentence})")
    yield line("  ", Span(trial.conclusion, "bold"))


def _document(found: Explanation, trial: Trial | None) -> Mapping[str, object]:
    denial = found.denial
    return {
        "version": JSON_VERSION,
        "cloud": found.cloud.value,
        "code": found.code,
        "operation": found.operation,
        "meaning": found.meaning,
        "causes": list(found.causes),
        "commands": [{"command": advice.command, "why": advice.why} for advice in found.advice],
        "denial": None
        if denial is None
        else {
            "principal": denial.principal,
            "action": denial.action,
            "resource": denial.resource,
            "denied_by": None if denial.layer is None else denial.layer.value,
            "policy": denial.policy,
            "explicit": denial.explicit,
        },
        "is_encoded": bool(found.encoded),
        "policies": None
        if trial is None
        else {
            "depends_on_mfa": trial.depends_on_mfa,
            "conclusion": trial.conclusion,
            "with_mfa": _verdict(trial.with_mfa),
            "session_without_mfa": _verdict(trial.session_without_mfa),
            "long_term_keys": _verdict(trial.long_term_keys),
        },
    }


def _verdict(decision: Decision) -> Mapping[str, object]:
    return {"decision": decision.verdict.value, "reason": decision.sentence}
