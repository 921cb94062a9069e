"""Which cloud a request is for. Pure: values in, values out.

The first that tells wins: the request itself (`--cloud`, a role's or a device's name, the profile on the command
line where only one cloud has it), MFACLI_CLOUD, the variable that names the profile, `cloud` in the settings, the
profile that the settings name, keys in the environment, `default`. What only tells a person is no reason to guess: a
profile that both clouds have is an error that names both.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Request
from mfacli.errors import ProfileAmbiguous, ProfileBroken, ProfileUnknown, UsageWrong
from mfacli.profiles.asked import DEFAULT_PROFILE, PROFILE_VARIABLE
from mfacli.profiles.settings import Settings
from mfacli.profiles.variables import KEY_VARIABLES

CLOUD_VARIABLE = "MFACLI_CLOUD"
_OWN_VARIABLES = {Cloud.AWS: ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"), Cloud.TENCENT: ("TCCLI_PROFILE",)}
_SHOWN = {Cloud.AWS: "AWS", Cloud.TENCENT: "Tencent Cloud"}
_BEGINNINGS = {"arn:": Cloud.AWS, "qcs:": Cloud.TENCENT}
_MOST_NAMES = 20


# Where each of a cloud's profiles is written, by its name.
Places = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The cloud that a request names, and with what."""

    cloud: Cloud
    by: str


def speaks_of_tencent(environment: Mapping[str, str], settings: Settings) -> bool:
    """Whether the environment or the settings say anything of Tencent Cloud."""
    variables = (*_OWN_VARIABLES[Cloud.TENCENT], KEY_VARIABLES[Cloud.TENCENT][0])
    return (
        any(map(environment.get, variables))
        or environment.get(CLOUD_VARIABLE, Cloud.AWS.value) not in {"", Cloud.AWS.value}
        or settings.cloud is Cloud.TENCENT
        or bool(settings.of_profiles.get(Cloud.TENCENT))
    )


def said_by_request(request: Request) -> Said | None:
    """Return the cloud that the request itself names; raises `UsageWrong` where it names both."""
    said: dict[Cloud, str] = {}
    if request.cloud is not None:
        said[request.cloud] = f"--cloud {request.cloud.value}"
    for text, what in ((request.role, "role"), (request.device, "device")):
        cloud = next((cloud for start, cloud in _BEGINNINGS.items() if (text or "").startswith(start)), None)
        if cloud is not None:
            said.setdefault(cloud, f"{what} `{text}`")
    if len(said) > 1:
        first, second = said.values()
        raise UsageWrong(f"{first} and {second} are of different clouds")
    return next((Said(cloud=cloud, by=by) for cloud, by in said.items()), None)


def profiles_named_by(request: Request) -> tuple[str, ...]:
    """Return the profiles that the command line names: `-p`'s, and the one whose role is asked for."""
    role = request.role if request.role is not None and ":" not in request.role else None
    return tuple(name for name in (request.profile, role) if name is not None)


def check_profiles(request: Request, said: Said, known: Mapping[Cloud, Places]) -> None:
    """Raise `UsageWrong` where the command line names a profile that only the other cloud has."""
    other = Cloud.TENCENT if said.cloud is Cloud.AWS else Cloud.AWS
    for name in profiles_named_by(request):
        if name != DEFAULT_PROFILE and name in known[other] and name not in known[said.cloud]:
            raise UsageWrong(
                f"profile `{name}` is of {_SHOWN[other]} (in {known[other][name]}), which does not go with {said.by}"
            )


def choose_cloud(
    request: Request, environment: Mapping[str, str], settings: Settings, known: Mapping[Cloud, Places]
) -> Cloud:
    """Return the cloud of a request that does not name one, where Tencent Cloud is one to reckon with.

    Raises `ProfileUnknown` for a name that neither cloud has, `UsageWrong` for two that none has both of, and
    `ProfileAmbiguous` where nothing tells which of two is meant.
    """
    named = profiles_named_by(request)
    if (cloud := _having_all(named, known)) is not None:
        return cloud
    if text := environment.get(CLOUD_VARIABLE, ""):
        return _parsed(text)
    if not named and (cloud := _by_variables(environment, known)) is not None:
        return cloud
    if settings.cloud is not None:
        return settings.cloud
    shell_name = environment.get(PROFILE_VARIABLE, "")
    if not named and not shell_name and settings.profile:
        origin = f"`profile` in `{settings.path}`"
        if (cloud := _having(settings.profile, origin, known)) is not None:
            return cloud
    if not named and (cloud := _by_keys(environment)) is not None:
        return cloud
    return _by_name((*named, shell_name, settings.profile or "", DEFAULT_PROFILE), known, settings)


def _having_all(names: Collection[str], known: Mapping[Cloud, Places]) -> Cloud | None:
    """Return the one cloud that has all the profiles on the command line; None where both do, or there are none."""
    found = {name: _clouds_with(name, known) for name in names}
    for name, clouds in found.items():
        if not clouds and name != DEFAULT_PROFILE:
            raise _unknown(name, "the command line", known)
    told = [clouds for clouds in found.values() if clouds]
    if not told:
        return None
    common = set.intersection(*told)
    if not common:
        (first, of_first), (second, of_second) = [(name, clouds) for name, clouds in found.items() if clouds]
        raise UsageWrong(
            f"profile `{first}` is of {_list(of_first)}, and `{second}` of {_list(of_second)}: they share no keys"
        )
    return next(iter(common)) if len(common) == 1 else None


def _parsed(text: str) -> Cloud:
    try:
        return Cloud(text)
    except ValueError:
        known = ", ".join(cloud.value for cloud in Cloud)
        raise ProfileBroken(f"{CLOUD_VARIABLE} is `{text}`", hint=f"there are: {known}") from None


def _by_variables(environment: Mapping[str, str], known: Mapping[Cloud, Places]) -> Cloud | None:
    if name := environment.get(PROFILE_VARIABLE, ""):
        return _having(name, PROFILE_VARIABLE, known)
    named = [cloud for cloud, variables in _OWN_VARIABLES.items() if any(map(environment.get, variables))]
    return named[0] if len(named) == 1 else None


def _having(name: str, origin: str, known: Mapping[Cloud, Places]) -> Cloud | None:
    """Return the one cloud that has a profile; None where both do."""
    clouds = _clouds_with(name, known)
    if not clouds and name != DEFAULT_PROFILE:
        raise _unknown(name, origin, known)
    return next(iter(clouds)) if len(clouds) == 1 else None


def _by_keys(environment: Mapping[str, str]) -> Cloud | None:
    having = [cloud for cloud, (key_id, _) in KEY_VARIABLES.items() if environment.get(key_id)]
    return having[0] if len(having) == 1 else None


def _by_name(names: Collection[str], known: Mapping[Cloud, Places], settings: Settings) -> Cloud:
    """Return the cloud that has the first of `names` that is said at all."""
    name = next(name for name in names if name)
    clouds = _clouds_with(name, known)
    if len(clouds) == 1:
        return next(iter(clouds))
    if not clouds:
        return Cloud.AWS if known[Cloud.AWS] or not known[Cloud.TENCENT] else Cloud.TENCENT
    places = " and ".join(f"of {_SHOWN[cloud]} in {known[cloud][name]}" for cloud in Cloud)
    raise ProfileAmbiguous(
        f"there is a profile `{name}` {places}",
        hint='say which is meant with --cloud aws or --cloud tencent; for good, with `cloud = "aws"` or '
        f'`cloud = "tencent"` in `{settings.path}`',
    )


def _clouds_with(name: str, known: Mapping[Cloud, Places]) -> set[Cloud]:
    return {cloud for cloud, profiles in known.items() if name in profiles}


def _unknown(name: str, named_by: str, known: Mapping[Cloud, Places]) -> ProfileUnknown:
    shown = {f"`{other}` ({_SHOWN[cloud]})": other for cloud in Cloud for other in sorted(known[cloud])}
    close = difflib.get_close_matches(name, sorted(set(shown.values())), n=3)
    if close:
        hint = "did you mean " + " or ".join(text for text, other in shown.items() if other in close) + "?"
    elif not shown:
        hint = "there is no profile at all: `aws configure` and `tccli configure` write one"
    else:
        more = f" and {len(shown) - _MOST_NAMES} more" if len(shown) > _MOST_NAMES else ""
        hint = "there are: " + ", ".join(list(shown)[:_MOST_NAMES]) + more
    return ProfileUnknown(f"no profile `{name}` of either cloud, which {named_by} names", hint=hint)


def _list(clouds: Collection[Cloud]) -> str:
    return " and ".join(_SHOWN[cloud] for cloud in Cloud if cloud in clouds)
