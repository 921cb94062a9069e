"""`mfacli policy`: policies read as the clouds read them. Its commands live in files of their own."""

from __future__ import annotations

import click

from mfacli.commands.options import common
from mfacli.commands.policy_check import check
from mfacli.commands.policy_evaluate import evaluate
from mfacli.commands.policy_explain import explain


@click.group(name="policy", epilog="README, section Reference, has the forms of the JSON documents.")
@common
def command() -> None:
    """Read policies as the clouds do: check them, decide requests, explain refusals.

    Nothing is asked of a cloud, except by `explain --decode`.

    \b
      mfacli policy check policy.json          does it demand MFA, and get it?
      mfacli policy evaluate --batch           decide requests, one JSON line each
      aws s3 ls 2>&1 | mfacli policy explain   what was missing, and what gets it
    """


command.add_command(check)
command.add_command(evaluate)
command.add_command(explain)
