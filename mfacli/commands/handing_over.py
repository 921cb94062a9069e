"""From the options to the session handed over: what `session`, `assume` and `export` have in common."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mfacli.commands.obtaining import ObtainingOptions
from mfacli.commands.options import AUTO_FORMAT
from mfacli.commands.wiring import Desk
from mfacli.commands.writing import chosen_writer, tell_written
from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Plan, RoleStep
from mfacli.errors import MfacliError, UsageWrong
from mfacli.output.exports import Format
from mfacli.output.words import rough
from mfacli.session import Obtained

if TYPE_CHECKING:
    from mfacli.output.environment import Changes


def hand_over(desk: Desk, plan: Plan, options: ObtainingOptions) -> None:
    """Come by the session that `plan` describes and put it where the options say; `--dry-run` only shows the plan."""
    if options.get("export_format") and options.get("as_json"):
        raise UsageWrong("--export and --json both want stdout", hint="`--export json` gives the variables as JSON")
    if options.get("dry_run"):
        show_plan(desk, plan, as_json=bool(options.get("as_json")))
        return
    form = format_of(desk, options["export_format"]) if options.get("export_format") else None
    # Before a code is asked for, and spent.
    write = chosen_writer(desk, plan, options)
    obtained = come_by(desk, plan, options)
    desk.terminal.note(summary(desk, plan, obtained))
    if write is not None:
        tell_written(desk, write(obtained.session))
    if form is not None:
        print_exports(desk, plan, obtained, form)
    elif options.get("as_json"):
        from mfacli.output.credential_process import session_document

        document = session_document(
            obtained.session, profile=plan.profile, is_cached=obtained.is_cached, place=obtained.place
        )
        desk.terminal.answer(document)


def come_by(desk: Desk, plan: Plan, options: ObtainingOptions) -> Obtained:
    """Return the session that `plan` describes, come by as the options say."""
    return desk.obtain(plan, code=options["code"], wants_new=options["wants_new"], max_age=options["max_age"])


def show_plan(desk: Desk, plan: Plan, *, as_json: bool) -> None:
    """Print what would be done."""
    from mfacli.output.plans import plan_document, plan_text

    desk.terminal.answer(plan_document(plan) if as_json else plan_text(plan))


def print_exports(desk: Desk, plan: Plan, obtained: Obtained, form: Format) -> str:
    """Print the lines for a shell, and return them; to a person's eyes, with a hint what they are for."""
    from mfacli.output.exports import taking_line

    text = print_changes(desk, session_changes(desk, plan, obtained), form)
    line = taking_line(form, shlex.join(["mfacli", *_again(desk.arguments)]))
    if desk.terminal.shows_answers and line:
        desk.terminal.note(f"these lines hold keys; to set them in this shell: {line}")
    return text


def session_changes(desk: Desk, plan: Plan, obtained: Obtained) -> Changes:
    """Return what puts the session into the environment; says which tool would pass over it all the same."""
    from mfacli.output.environment import changes_for

    if plan.cloud is Cloud.TENCENT:
        _tell_of_default_role(desk)
    return changes_for(
        obtained.session,
        profile=plan.profile,
        endpoint_url=plan.services_endpoint_url,
        environment=desk.environment,
    )


def _tell_of_default_role(desk: Desk) -> None:
    """Say so where tccli would take id and key from the environment, and drop the token for a role of its own."""
    from mfacli.profiles.tencent_files import read_credential

    path = Path.home() / ".tccli" / "default.credential"
    # A file that is broken stops tccli, and says why; other tools are none the worse for it.
    with suppress(MfacliError):
        default = read_credential(path)
        if default.role_arn and default.role_session_name:
            desk.terminal.note(
                f"tccli will not use this session, but assume the role in {path}; "
                "it does after `mfacli session --write-profile NAME`, with --profile NAME"
            )


def print_changes(desk: Desk, changes: Changes, form: Format) -> str:
    """Print changes of the environment in a format, and return what went to stdout."""
    from mfacli.output.exports import export_text

    text = export_text(changes, form)
    if form is not Format.GITHUB:
        desk.terminal.answer(text)
        return text
    from mfacli.output.github import append_to_env_file, blankable, env_file, env_file_text, in_the_way

    # The masks first: no value may be out before the runner knows to hide it.
    if text:
        desk.terminal.answer(text)
    blank = blankable(changes.to_unset, desk.environment)
    values = {name: value.reveal() for name, value in changes.to_set.items()}
    append_to_env_file(env_file(desk.environment), env_file_text(values, blank))
    for name in in_the_way(changes.to_unset, desk.environment):
        desk.terminal.warn(f"{name} stays set, which GITHUB_ENV cannot unset: take it out of the workflow's `env`")
    desk.terminal.note(f"{len(values) or len(blank)} variables {'set' if values else 'emptied'} for the next steps")
    return text


def _again(arguments: Sequence[str]) -> Iterator[str]:
    """Yield the command line without what is of no use a second time."""
    words = iter(arguments)
    for word in words:
        if word == "--code":
            next(words, None)
        elif word != "--new" and not word.startswith("--code="):
            yield word


def format_of(desk: Desk, name: str | None) -> Format:
    """Return the format called `name`; without a name, or with `auto`, the one of the shell that is reading."""
    from mfacli.output.exports import shell_format

    if name is None or name == AUTO_FORMAT:
        return shell_format(desk.environment, parent=_parent_name())
    form = Format(name)
    if form is Format.GITHUB:
        from mfacli.output.github import env_file

        # Before a code is asked for, and spent.
        env_file(desk.environment)
    return form


def summary(desk: Desk, plan: Plan, obtained: Obtained) -> str:
    """Return one line on the session: for whom, until when, where it rests."""
    session = obtained.session
    until = session.expires_at.astimezone()
    # A day's name is needed only where the hour alone could be mistaken.
    shown = until.strftime("%H:%M") if session.time_left(desk.clock.now()).days == 0 else until.strftime("%a %H:%M")
    last = plan.steps[-1]
    what = f"role {last.role_arn.rsplit('/', 1)[-1]}" if isinstance(last, RoleStep) else "session"
    where = "kept already" if obtained.is_cached else f"kept in {obtained.place}" if obtained.place else "not kept"
    return (
        f"{what} for {plan.profile} until {shown} ({rough(session.time_left(desk.clock.cloud_now()))} left), {where}"
    )


def _parent_name() -> str:
    """Return the name of the process that started this one; empty where the system does not tell."""
    import os

    if not sys.platform.startswith("linux"):
        return ""
    try:
        return Path(f"/proc/{os.getppid()}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
