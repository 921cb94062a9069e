"""`--write-profile` and `--to`: which tool's file the session is written to, decided before a code is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from mfacli.commands.obtaining import ObtainingOptions, Tool
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Session
from mfacli.domain.plan import Plan
from mfacli.errors import UsageWrong

if TYPE_CHECKING:
    from mfacli.output.written import Written

Write = Callable[[Session], "Written"]
_TOOLS = {Cloud.AWS: (Tool.AWS,), Cloud.TENCENT: (Tool.TCCLI, Tool.COSCLI, Tool.COSCMD)}


def chosen_writer(desk: Desk, plan: Plan, options: ObtainingOptions) -> Write | None:
    """Return what writes the plan's session where the options say; None where they say nothing of it.

    Raises `UsageWrong` for a tool that cannot use this session, and for a name that no profile can have.
    """
    name, asked = options.get("write_profile"), options.get("to")
    if name is None and asked is None:
        return None
    tools = _TOOLS[plan.cloud]
    tool = Tool(asked) if asked else tools[0]
    if tool not in tools:
        raise UsageWrong(
            f"`{tool.value}` cannot use the session of profile `{plan.profile}`, which is of the other cloud",
            hint="here --to takes " + ", ".join(tool.value for tool in tools),
        )
    return _writer(desk, plan, tool, name, overwrite=bool(options.get("overwrite")))


def tell_written(desk: Desk, written: Written) -> None:
    """Say what was written, and where."""
    what = f"profile {written.profile}" if written.profile else "the session"
    desk.terminal.note(f"{'wrote' if written.is_new else 'renewed'} {what} in {written.path}")


def _writer(desk: Desk, plan: Plan, tool: Tool, name: str | None, *, overwrite: bool) -> Write:
    match tool:
        case Tool.AWS:
            return _aws(desk, _needed(name, tool), overwrite=overwrite)
        case Tool.TCCLI:
            return _tccli(desk, plan, _needed(name, tool), overwrite=overwrite)
        case Tool.COSCLI | Tool.COSCMD:
            if name is not None:
                raise UsageWrong(
                    f"{tool.value} has one identity and no profiles, so it takes no name",
                    hint=f"leave --write-profile out: `--to {tool.value}` says it all",
                )
            return _object_storage(tool, overwrite=overwrite)
        case _:
            assert_never(tool)


def _needed(name: str | None, tool: Tool) -> str:
    if name is None:
        raise UsageWrong(
            f"--to {tool.value} says where, but not which profile is to be written",
            hint=f"--write-profile NAME --to {tool.value}",
        )
    return name


def _aws(desk: Desk, name: str, *, overwrite: bool) -> Write:
    from mfacli.output.aws_files import check_profile_name, write_profile
    from mfacli.profiles.aws_files import aws_paths

    check_profile_name(name)
    path = aws_paths(desk.environment, home=Path.home()).credentials
    return lambda session: write_profile(path, name, session, overwrite=overwrite)


def _tccli(desk: Desk, plan: Plan, name: str, *, overwrite: bool) -> Write:
    from urllib.parse import urlsplit

    from mfacli.domain.hosts import is_this_machine
    from mfacli.output.tencent_files import check_tccli_name, write_tccli_profile
    from mfacli.profiles.tencent_folder import tencent_folder

    check_tccli_name(name)
    folder = tencent_folder(desk.environment, home=Path.home())
    # On loopback only the emulator answers, and then for all services; elsewhere STS has a host of its own.
    is_emulator = is_this_machine(urlsplit(plan.endpoint_url or "").hostname or "")
    endpoint = plan.endpoint_url if is_emulator else plan.services_endpoint_url
    return lambda session: write_tccli_profile(
        folder, name, session, source=plan.profile, endpoint_url=endpoint, overwrite=overwrite
    )


def _object_storage(tool: Tool, *, overwrite: bool) -> Write:
    from mfacli.output.cos_files import write_coscli, write_coscmd

    if tool is Tool.COSCLI:
        return lambda session: write_coscli(Path.home() / ".cos.yaml", session, overwrite=overwrite)
    return lambda session: write_coscmd(Path.home() / ".cos.conf", session, overwrite=overwrite)
