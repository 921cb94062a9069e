"""The endpoint of `serve` and of `exec --serve`, put together: whose sessions it gives out, and to whom."""

from __future__ import annotations

import secrets
import shlex
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mfacli import hot
from mfacli.clock import SystemClock
from mfacli.commands.options import Manners
from mfacli.commands.renewing import command_with_code, unasked_parts
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Plan, Request
from mfacli.domain.secret import Secret
from mfacli.errors import FileUnwritable, ProfileBroken
from mfacli.output.credential_process import container_text
from mfacli.output.endpoint_environment import changes_for_endpoint
from mfacli.output.environment import Changes
from mfacli.private_files import make_private_directory, replace_privately
from mfacli.serving.keeper import Keeper
from mfacli.session import LAST_MOMENT, Obtained, find_kept, obtain
from mfacli.store.choice import SESSION_INDEX

if TYPE_CHECKING:
    from mfacli.serving.endpoint import Endpoint

_SUFFIX = ".token"
# What SDKs take from the profile in effect before they ask an endpoint.
_CREDENTIALS_IN_CONFIG = (
    "aws_access_key_id", "role_arn", "credential_process", "sso_session", "sso_start_url", "login_session",
    "web_identity_token_file",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A profile whose sessions are to be given out; `held` is the one to begin with."""

    request: Request
    plan: Plan
    held: Obtained | None


class ProfileSource:
    """The `SessionSource` of a profile, which is decided anew each time, as `credential-process` does.

    It never asks anybody, and works at a desk of its own each time, because it is called from threads.
    """

    def __init__(self, served: Served, desk: Desk, *, manners: Manners, clock: SystemClock) -> None:
        self._request = served.request
        self._environment = desk.environment
        self._manners = manners
        self._clock = clock
        # The one that what is held was kept in, which may be this process' own memory.
        self._store = desk.store
        self._index = str(desk.places.state / SESSION_INDEX)
        self.profile = served.plan.profile
        self.cure = command_with_code(served.plan)

    def kept(self) -> Obtained | None:
        """Return what is kept and still works."""
        desk = self._desk()
        plan = desk.plan(self._request)
        return find_kept(plan, desk.parts(plan, may_ask=False), margin=LAST_MOMENT)

    def renewed(self) -> Obtained | None:
        """Return a session that lasts; None where that takes a code from a person."""
        desk = self._desk()
        plan = desk.plan(self._request)
        parts = desk.parts(plan, may_ask=False)
        if kept := find_kept(plan, parts, wants_lasting=True):
            return kept
        unasked = unasked_parts(desk, plan, parts)
        return obtain(plan, unasked, wants_lasting=True) if unasked else None

    def is_kept(self, fingerprint: str) -> bool:
        """Return whether something is kept under `fingerprint`."""
        return any(entry.fingerprint == fingerprint for entry in self._store.entries())

    def stamp(self) -> str:
        """Return the stamp of the list of sessions."""
        try:
            return hot.stamp(self._index)
        except OSError:
            return hot.MISSING

    def _desk(self) -> Desk:
        desk = Desk(manners=self._manners, environment=self._environment)
        desk.clock, desk.store = self._clock, self._store
        return desk


def check_servable(plan: Plan) -> None:
    """Raise `ProfileBroken` where no SDK could ask for this plan's session."""
    if plan.cloud is not Cloud.AWS:
        raise ProfileBroken(
            f"profile `{plan.profile}` is of Tencent Cloud, whose SDKs ask no endpoint on this machine",
            hint=f"`mfacli exec -p {shlex.quote(plan.profile)} -- COMMAND` gives COMMAND the session",
        )


@contextmanager
def open_endpoint(
    desk: Desk, manners: Manners, profiles: Sequence[Served], *, token: Secret, port: int = 0
) -> Iterator[Endpoint]:
    """Give an endpoint that listens, and answers once it is started, for the length of a `with`."""
    from mfacli.serving.endpoint import Endpoint

    quiet = replace(manners, no_input=True, quiet=True)
    clock = desk.clock
    keepers = {
        served.plan.profile: Keeper(
            ProfileSource(served, desk, manners=quiet, clock=clock), clock=clock, talk=desk.terminal, held=served.held
        )
        for served in profiles
    }
    endpoint = Endpoint(keepers, token=token, render=container_text, talk=desk.terminal, port=port)
    try:
        yield endpoint
    finally:
        endpoint.close()


def way_to(endpoint: Endpoint, plan: Plan, token: Secret | Path, environment: Mapping[str, str]) -> Changes:
    """Return what makes AWS SDKs in `environment` ask `endpoint` for the session of `plan`."""
    return changes_for_endpoint(
        endpoint.url_of(plan.profile),
        token,
        profile=plan.profile,
        region=plan.region,
        endpoint_url=plan.services_endpoint_url,
        environment=environment,
    )


def new_token() -> Secret:
    """Return a token that nobody can guess, of characters that every header and shell takes as they are."""
    return Secret(secrets.token_urlsafe(32))


@contextmanager
def token_file(desk: Desk, token: Secret, *, port: int) -> Iterator[Path]:
    """Keep the token in a file that only this user can read, for the length of a `with`.

    It has no newline, which SDKs would refuse. Its name hangs on the port, so that a fixed one gives a fixed name.
    """
    folder = desk.places.state / "endpoints"
    path = folder / f"{port}{_SUFFIX}"
    try:
        make_private_directory(folder)
        _sweep(folder)
        replace_privately(path, token.reveal().encode())
    except OSError as problem:
        raise FileUnwritable(f"the token file `{path}` could not be written: {problem.strerror}") from problem
    try:
        yield path
    finally:
        with suppress(OSError):
            path.unlink()


def _sweep(folder: Path) -> None:
    """Remove the token files of endpoints that were killed: those at whose port nothing listens."""
    for left in folder.glob(f"*{_SUFFIX}"):
        if left.stem.isdigit() and not _is_listening(int(left.stem)):
            left.unlink(missing_ok=True)


def _is_listening(port: int) -> bool:
    from mfacli.serving.endpoint import ADDRESS

    with suppress(OSError), socket.create_connection((ADDRESS, port), timeout=1):
        return True
    return False


def what_goes_before(desk: Desk) -> dict[str, str]:
    """Return the variables of the files in which SDKs find credentials before they would ask the endpoint.

    Once AWS_PROFILE is taken away their profile is `default`. The values are the files' paths.
    """
    found = {}
    files = desk.files
    credentials = files.credentials.get("default")
    if credentials is not None and "aws_access_key_id" in credentials.settings:
        found["AWS_SHARED_CREDENTIALS_FILE"] = str(files.paths.credentials)
    config = files.config.get("default")
    if config is not None and any(key in config.settings for key in _CREDENTIALS_IN_CONFIG):
        found["AWS_CONFIG_FILE"] = str(files.paths.config)
    return found
