"""Where a browser is signed in and sent to, decided from what was asked and where the plan's STS is. Pure."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from mfacli.domain.hosts import is_this_machine
from mfacli.domain.plan import Plan
from mfacli.errors import ProfileBroken, UsageWrong
from mfacli.providers.silences import ENDPOINT_SETTINGS

# One part of a console's paths is its service's name: `s3`, `ec2`; what follows leads deeper: `s3/buckets`.
_SERVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:/[A-Za-z0-9_.-]+)*")


def signin_base(plan: Plan, *, clouds_own: tuple[str, ...], base: str) -> str:
    """Return scheme and host of what signs people in where the plan's sessions come from.

    That is `base` for the STS of `clouds_own` domains, and for one on this machine, which is an emulator's, the very
    same place: keys that are not the cloud's are no business of the cloud's, nor the cloud's of anybody else.
    """
    if plan.endpoint_url is None:
        return base
    place = _split(plan.endpoint_url)
    host = place.hostname or "" if place else ""
    if place is not None and is_this_machine(host):
        return f"{place.scheme}://{place.netloc}"
    if is_within(host, clouds_own):
        return base
    raise ProfileBroken(
        f"where `{host or plan.endpoint_url}` signs people in is not known",
        hint="a console goes with the cloud's own STS, or with an emulator on this machine: see --endpoint-url and "
        f"`{ENDPOINT_SETTINGS[plan.cloud]}`",
    )


def console_path(wanted: str, *, domains: tuple[str, ...], example: str) -> str | None:
    """Return the path that `wanted` names in a console, or None where it is a whole address of the cloud's own.

    Raises `UsageWrong` for anything else: whoever opens the link is taken there signed in.
    """
    if "://" not in wanted:
        if _SERVICE.fullmatch(wanted):
            return wanted
        raise UsageWrong(f"`{wanted}` names no page of the console", hint=f"give a service, such as s3, or {example}")
    place = _split(wanted)
    is_there = place is not None and is_within(place.hostname or "", domains)
    if place is None or not is_there or place.scheme != "https" or "@" in place.netloc or not wanted.isprintable():
        raise UsageWrong(
            f"`{wanted}` is no page of this console", hint=f"it begins with https:// and a host in {domains[0]}"
        )
    return None


def is_within(host: str, domains: tuple[str, ...]) -> bool:
    """Return whether a host is one of `domains`, or in one."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        # Looking at the port is what checks it.
        _ = parts.port
    except ValueError:
        return None
    return parts
