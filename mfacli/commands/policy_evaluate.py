"""`mfacli policy evaluate`: whether a principal may do something, for one request or for JSON Lines of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

import click

from mfacli.commands.options import common, json_option, manners_of
from mfacli.commands.policy_requests import RequestOptions, case_of_file, case_of_flags
from mfacli.commands.values import TAG
from mfacli.errors import ExitCode, UsageWrong
from mfacli.terminal import Terminal

if TYPE_CHECKING:
    from mfacli.policy.cases import Case
    from mfacli.policy.verdict import Decision

JSON_VERSION = 1
_LONGEST_LINE = 16_000_000
"""Bytes. A case with every policy that a cloud allows is far shorter; a stream without line ends has no bound."""


@click.command(name="evaluate", short_help="Decide requests as the cloud would.")
@click.option("--principal", metavar="ARN", help="Who asks: a user, a role session, root; `anonymous` for nobody.")
@click.option("--action", help="What, such as ec2:StopInstances.")
@click.option("--resource", metavar="ARN", help="On what; default: *.")
@click.option("--context", type=TAG, multiple=True, help="A condition key and its value; may be repeated.")
@click.option(
    "--identity-policy",
    "identity_policies",
    metavar="FILE",
    multiple=True,
    help="A policy of the principal's; may be repeated.",
)
@click.option("--resource-policy", metavar="FILE", help="The resource's policy; for sts:AssumeRole the trust policy.")
@click.option(
    "--session-policy",
    "session_policies",
    metavar="FILE",
    multiple=True,
    help="A policy passed with the session; may be repeated.",
)
@click.option(
    "--boundary", "boundaries", metavar="FILE", multiple=True, help="A permissions boundary; may be repeated."
)
@click.option(
    "--scp",
    "scps",
    metavar="FILE",
    multiple=True,
    help="A service control policy; all are of one level, one of which must allow.",
)
@click.option("--rcp", "rcps", metavar="FILE", multiple=True, help="A resource control policy; may be repeated.")
@click.option("--resource-account", metavar="ID", help="Who owns the resource, where its ARN does not tell.")
@click.option(
    "--dialect", type=click.Choice(("aws", "tencent")), help="The language; default: told by the principal."
)
@click.option("--file", "request_file", metavar="FILE", help="The request with its policies as one JSON object.")
@click.option("--batch", "is_batch", is_flag=True, help="Decide JSON Lines on standard input, one case per line.")
@click.option("--explain", "explains", is_flag=True, help="Show the proof: each statement held against the request.")
@json_option
@common
@click.pass_context
def evaluate(
    ctx: click.Context, /, request_file: str | None, is_batch: bool, explains: bool, as_json: bool, **options: object
) -> int:
    """Decide whether a principal may do something, as AWS or Tencent Cloud would.

    The context is taken as given: long-term keys carry no aws:MultiFactorAuthPresent, a session with MFA carries
    `true` and aws:MultiFactorAuthAge in seconds, any other session `false`. Exit code 0: allowed; 5: denied; 3: a
    policy that the cloud would refuse.

    \b
      mfacli policy evaluate --principal arn:aws:iam::123456789012:user/sofia \\
        --action ec2:StopInstances --identity-policy policy.json \\
        --context aws:MultiFactorAuthPresent=true --explain
      mfacli policy evaluate --file request.json --json
      mfacli policy evaluate --batch < cases.jsonl
    """
    terminal = manners_of(ctx).terminal
    asked = cast("RequestOptions", options)
    if is_batch:
        if request_file or explains or any(options.values()):
            raise UsageWrong("`--batch` takes everything from standard input, and no other option")
        return _answer_batch(terminal)
    case = case_of_file(request_file, asked) if request_file else case_of_flags(asked)
    from mfacli.policy.decision import decide

    decision = decide(case.request, case.layers, proof=explains)
    if as_json:
        terminal.answer(_document(case, decision, explains=explains))
    else:
        terminal.answer(_text(case, decision, terminal, explains=explains))
    return ExitCode.DONE if decision.is_allowed else ExitCode.CLOUD_REFUSED


def _answer_batch(terminal: Terminal) -> int:
    """Answer line by line, each before the next is read, so that a program can converse with this one."""
    from mfacli.policy.batch import Batch

    if sys.stdin is None:
        raise UsageWrong("standard input is closed", hint="pipe cases in, one JSON object a line")
    batch = Batch()
    for number, data in enumerate(_lines(sys.stdin.buffer)):
        if len(data) > _LONGEST_LINE:
            terminal.answer(json.dumps({"id": None, "error": f"a line of more than {_LONGEST_LINE:,} bytes"}))
            continue
        try:
            text = data.decode("utf-8" if number else "utf-8-sig")
        except UnicodeDecodeError as problem:
            terminal.answer(json.dumps({"id": None, "error": f"not UTF-8 text: byte {problem.start + 1} is none"}))
            continue
        for answer in batch.answers([text]):
            terminal.answer(answer)
    return ExitCode.DONE


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a stream, of one that is too long for a case only the beginning."""
    while data := stream.readline(_LONGEST_LINE + 1):
        yield data
        rest = data
        while len(rest) > _LONGEST_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(_LONGEST_LINE + 1)


def _document(case: Case, decision: Decision, *, explains: bool) -> str:
    from mfacli.policy.batch import answer_of
    from mfacli.policy.explain import explain

    document = {"version": JSON_VERSION, **answer_of(case, decision)}
    if explains:
        from mfacli.commands.policy_showing import tree_json

        document["proof"] = tree_json(explain(decision, case.request))
    return json.dumps(document, indent=2)


def _text(case: Case, decision: Decision, terminal: Terminal, *, explains: bool) -> str:
    from mfacli.commands.policy_showing import Span, line, lines_text, tree_drawn, tree_text
    from mfacli.policy.explain import explain

    if explains:
        tree = explain(decision, case.request)
        if not terminal.shows_answers:
            return tree_text(tree)
        return tree_drawn(
            tree,
            width=terminal.columns,
            is_coloured=terminal.colours_answers,
            encoding=sys.stdout.encoding,
        )
    style = "bold green" if decision.is_allowed else "bold red"
    lines = [line(Span(decision.verdict.value, style), f": {decision.sentence}")]
    lines += [
        line(
            f"  by `{reference.policy}`, {_called(reference.sid, reference.index)}"
            f" ({reference.line}:{reference.column})"
        )
        for reference in decision.statements
    ]
    return lines_text(lines, is_coloured=terminal.colours_answers)


def _called(sid: str, index: int) -> str:
    return f"statement `{sid}`" if sid else f"statement {index + 1}"
