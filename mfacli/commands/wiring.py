"""The one place that names concrete classes: what a command works with, put together when it is first needed.

It has two parts that stand apart for their length: `wiring_stores.py` and `wiring_clouds.py`.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mfacli.commands.options import manners_of
from mfacli.commands.wiring_clouds import Clouds
from mfacli.commands.wiring_stores import Stores
from mfacli.domain.cloud import Cloud
from mfacli.errors import CodeMalformed, UsageWrong
from mfacli.terminal import SilentPrompter

if TYPE_CHECKING:
    from mfacli.commands.planning import Planning
    from mfacli.domain.plan import ExportedSession, Plan, Request
    from mfacli.interfaces import CodeSource
    from mfacli.profiles.aws_files import AwsFiles
    from mfacli.session import Obtained, Parts


def desk_of(ctx: click.Context) -> Desk:
    """Return the desk that a command works at."""
    return Desk(manners=manners_of(ctx), environment=os.environ)


class Desk(Stores, Clouds):
    """What a command works with: its surroundings, what is kept, who is asked, and how sessions are come by."""

    @cached_property
    def files(self) -> AwsFiles:
        """The AWS files, read once."""
        from mfacli.profiles.aws_files import aws_paths, read_aws_files

        files = read_aws_files(aws_paths(self.environment, home=Path.home()))
        return replace(files, kept=self.kept_as(Cloud.AWS))

    @cached_property
    def planning(self) -> Planning:
        """Who decides plans."""
        from mfacli.commands.planning import Planning

        return Planning(self)

    def plan(self, request: Request) -> Plan:
        """Decide what will be done; with -v, say it."""
        plan = self.planning.plan_of(request)
        for note in plan.notes:
            self.terminal.detail(note)
        return plan

    def exported_session(self, cloud: Cloud) -> ExportedSession | None:
        """Look up whose session is in the environment, if any, and which MFA session of the same keys is kept."""
        from mfacli.domain.plan import ExportedSession
        from mfacli.profiles.variables import session_key

        key_id = session_key(self.environment, cloud)
        if not key_id:
            return None
        # By when they expire: the last is the longest.
        entries = [entry for entry in self.store.entries() if entry.opened_with]
        opened_with = next((entry.opened_with for entry in entries if entry.access_key_id == key_id), None)
        if opened_with is None:
            return None
        for entry in reversed(entries):
            if entry.kind == "session" and entry.mfa_at is not None and entry.opened_with == opened_with:
                return ExportedSession(
                    opened_with=opened_with, opening_kept_as=entry.fingerprint, device=entry.device
                )
        return ExportedSession(opened_with=opened_with)

    def obtain(
        self, plan: Plan, *, code: str | None = None, wants_new: bool = False, max_age: timedelta | None = None
    ) -> Obtained:
        """Come by the session that `plan` describes; `code` is what `--code` gave, `-` for standard input."""
        from mfacli.session import obtain

        if max_age is not None and not plan.needs_code:
            raise UsageWrong(
                f"--max-age is about a code, and profile `{plan.profile}` needs none",
                hint="name an MFA device, with --device or with mfa_serial in the profile",
            )
        return obtain(plan, self.parts(plan, code=code), wants_new=wants_new, max_age=max_age)

    def parts(self, plan: Plan, *, code: str | None = None, may_ask: bool = True) -> Parts:
        """Return what the use case works with; with `may_ask` False, nobody is asked for anything."""
        from mfacli.profiles.keys import PlanKeys
        from mfacli.providers.aws_machine_keys import MachineKeys
        from mfacli.session import Parts

        return Parts(
            provider=self.provider_for(plan),
            codes=self._codes(plan, code, may_ask=may_ask),
            ledger=self.ledger,
            keys=PlanKeys(environment=self.environment, kept=self.keys, elsewhere=MachineKeys()),
            store=self.store,
            locks=self.locks,
            clock=self.clock,
            prompter=self.prompter if may_ask else SilentPrompter(),
            talk=self.terminal,
        )

    def _codes(self, plan: Plan, code: str | None, *, may_ask: bool) -> CodeSource:
        from mfacli.codes.chain import FirstOf
        from mfacli.codes.derived import DerivedCode
        from mfacli.codes.given import GivenCode
        from mfacli.codes.program import ProgramCode
        from mfacli.codes.prompt import TypedCode

        if code is not None:
            return GivenCode(_from_stdin() if code == "-" else code, ledger=self.ledger)
        sources: list[CodeSource] = []
        if plan.code_program:
            sources.append(
                ProgramCode(
                    plan.code_program,
                    ledger=self.ledger,
                    clock=self.clock,
                    talk=self.terminal,
                    may_ask=may_ask and not self.never_asks,
                )
            )
        sources.append(DerivedCode(seeds=self.seeds, ledger=self.ledger, clock=self.clock, talk=self.terminal))
        if may_ask:
            sources.append(TypedCode(prompter=self.prompter, ledger=self.ledger, talk=self.terminal))
        return FirstOf(sources)


def _from_stdin() -> str:
    code = sys.stdin.readline().strip() if sys.stdin is not None else ""
    if not code:
        raise CodeMalformed(
            "standard input gave no code", hint="pipe one in: `echo 123456 | mfacli session --code -`"
        )
    return code
