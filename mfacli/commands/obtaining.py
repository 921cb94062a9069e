"""How a session is come by and where it goes: the options for both, and the request that they make."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import NotRequired, TypedDict

import click

from mfacli.commands.completing import complete_devices
from mfacli.commands.options import AUTO_FORMAT, EXPORT_FORMATS, Function, cloud_option, with_options
from mfacli.commands.values import DURATION, TAG
from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Request
from mfacli.errors import UsageWrong


class Tool(Enum):
    """The tools into whose files a session can be written."""

    AWS = "aws"
    TCCLI = "tccli"
    COSCLI = "coscli"
    COSCMD = "coscmd"


class ObtainingOptions(TypedDict):
    """What the options below put into a command's keyword arguments."""

    profile: str | None
    cloud: Cloud | None
    code: str | None
    device: str | None
    duration: timedelta | None
    wants_new: bool
    max_age: timedelta | None
    region: str | None
    endpoint_url: str | None
    dry_run: NotRequired[bool]
    as_json: NotRequired[bool]
    export_format: NotRequired[str | None]
    write_profile: NotRequired[str | None]
    to: NotRequired[str | None]
    overwrite: NotRequired[bool]
    role: NotRequired[str | None]
    external_id: NotRequired[str | None]
    role_session_name: NotRequired[str | None]
    source_identity: NotRequired[str | None]
    tags: NotRequired[tuple[tuple[str, str], ...]]
    transitive_tags: NotRequired[tuple[str, ...]]
    policy: NotRequired[str | None]
    policy_arns: NotRequired[tuple[str, ...]]


def request_of(options: ObtainingOptions, *, wants_role: bool | None) -> Request:
    """Return the request that the options make."""
    return Request(
        wants_role=wants_role,
        profile=options["profile"],
        cloud=options["cloud"],
        role=options.get("role"),
        device=options["device"],
        duration=options["duration"],
        region=options["region"],
        endpoint_url=options["endpoint_url"],
        external_id=options.get("external_id"),
        role_session_name=options.get("role_session_name"),
        source_identity=options.get("source_identity"),
        tags=options.get("tags", ()),
        transitive_tags=options.get("transitive_tags", ()),
        policy=_policy_text(options.get("policy")),
        policy_arns=options.get("policy_arns", ()),
    )


def _policy_text(value: str | None) -> str | None:
    if value is None or not value.startswith("@"):
        return value
    try:
        return Path(value[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        why = problem.strerror if isinstance(problem, OSError) and problem.strerror else "it is no text"
        raise UsageWrong(f"the session policy `{value[1:]}` could not be read: {why.lower()}") from problem


def obtaining_options(function: Function) -> Function:
    """Give a command the options that say how a session is come by."""
    return with_options(
        [
            cloud_option,
            click.option("--code", help="The one-time code; `-` reads it from standard input."),
            click.option(
                "--device",
                metavar="SERIAL",
                shell_complete=complete_devices,
                help="MFA device: an ARN, a qcs name, or a hardware serial.",
            ),
            click.option(
                "--duration",
                type=DURATION,
                help="How long it shall live: 3600, 90m, 12h. Default: 12h, a role 1h; in Tencent Cloud 2h.",
            ),
            click.option(
                "--new",
                "wants_new",
                is_flag=True,
                help="Ask for a new one even though one is kept; for a role, only the role's.",
            ),
            click.option(
                "--max-age",
                type=DURATION,
                help="Ask for a code where the last is older: 5m, 1h. For policies on aws:MultiFactorAuthAge.",
            ),
            click.option("--region", help="Region that goes into the exports."),
            click.option("--endpoint-url", metavar="URL", help="Another STS, such as the emulator's."),
        ],
        function,
    )


def handing_over_options(function: Function) -> Function:
    """Give a command the options that say where the session goes."""
    return with_options(
        [
            click.option(
                "--export",
                "export_format",
                is_flag=False,
                flag_value=AUTO_FORMAT,
                type=click.Choice((*EXPORT_FORMATS, AUTO_FORMAT)),
                metavar="[FORMAT]",
                help="Print lines for eval, for this shell or in FORMAT: " + ", ".join(EXPORT_FORMATS) + ".",
            ),
            click.option(
                "--write-profile",
                metavar="NAME",
                help="Write it as [NAME] to ~/.aws/credentials; with Tencent Cloud, as tccli's profile NAME.",
            ),
            click.option(
                "--to",
                type=click.Choice([tool.value for tool in Tool]),
                help="Whose file is written. coscli's and coscmd's hold one identity: no --write-profile.",
            ),
            click.option("--overwrite", is_flag=True, help="Let the session replace long-term keys in that file."),
            click.option("--json", "as_json", is_flag=True, help="Print one JSON document, keys included."),
            click.option("-n", "--dry-run", is_flag=True, help="Show the plan and make no call."),
        ],
        function,
    )


def role_options(function: Function) -> Function:
    """Give a command the rest of AssumeRole's options."""
    return with_options(
        [
            click.option("--external-id", metavar="ID", help="What the role's trust policy asks third parties for."),
            click.option("--role-session-name", metavar="NAME", help="Name in the logs; default mfacli-USER."),
            click.option("--source-identity", metavar="NAME", help="Identity that stays with all chained sessions."),
            click.option("--tag", "tags", type=TAG, multiple=True, help="Session tag; may be repeated."),
            click.option("--transitive-tag", "transitive_tags", metavar="KEY", multiple=True,
                         help="AWS: key of a tag that chained sessions inherit; may be repeated."),
            click.option("--policy", metavar="JSON|@FILE", help="Session policy; it can only narrow the role."),
            click.option("--policy-arn", "policy_arns", metavar="ARN", multiple=True,
                         help="AWS: managed session policy; may be repeated."),
        ],
        function,
    )  # fmt: skip
