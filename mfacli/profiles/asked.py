"""Which profile a request is about, and what named it. Pure: values in, values out."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from mfacli.domain.plan import Request
from mfacli.profiles.settings import Settings

DEFAULT_PROFILE = "default"
PROFILE_VARIABLE = "MFACLI_PROFILE"
_MOST_NAMES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The profile asked for, and by what; `is_flag` tells `-p`."""

    name: str
    origin: str
    is_flag: bool = False


def asked_profile(
    request: Request,
    environment: Mapping[str, str],
    settings: Settings,
    *,
    variables: Sequence[str],
    elsewhere: Collection[str] = (),
) -> Asked:
    """Return the profile that is meant: `-p`, MFACLI_PROFILE, the cloud's own `variables`, the settings, `default`.

    A variable of this shell goes before the settings file, which knows nothing of the shell. `elsewhere` are the
    names that only the other cloud's profiles have: where MFACLI_PROFILE or the settings hold one, that one is not
    meant here.
    """
    if request.profile is not None:
        return Asked(name=request.profile, origin="-p", is_flag=True)
    for variable in (PROFILE_VARIABLE, *variables):
        name = environment.get(variable, "")
        if name and (variable != PROFILE_VARIABLE or name not in elsewhere):
            return Asked(name=name, origin=variable)
    if settings.profile and settings.profile not in elsewhere:
        return Asked(name=settings.profile, origin=f"`profile` in `{settings.path}`")
    return Asked(name=DEFAULT_PROFILE, origin="the default")


def closest(name: str, names: Sequence[str]) -> str:
    """Return a hint with those of `names` that are close to `name`, or with all where none is."""
    if close := difflib.get_close_matches(name, names, n=3):
        return "did you mean " + " or ".join(f"`{near}`" for near in close) + "?"
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return "there are: " + ", ".join(f"`{known}`" for known in names[:_MOST_NAMES]) + more
