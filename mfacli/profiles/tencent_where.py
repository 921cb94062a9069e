"""Which region and STS endpoint a plan in Tencent Cloud is for. Pure: values in, values out.

As with AWS the region of the exports and that of the STS call are decided apart: one MFA session serves all profiles
of the same keys, whatever their regions, so it must always be asked of the same STS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Request
from mfacli.errors import ProfileBroken, UsageWrong
from mfacli.profiles.asked import PROFILE_VARIABLE
from mfacli.profiles.route import Chain
from mfacli.profiles.tencent_limits import endpoint_url, wrong_endpoint, wrong_region
from mfacli.profiles.tencent_profile import TencentProfile
from mfacli.profiles.variables import environment_token

REGION_VARIABLE = "TENCENTCLOUD_REGION"
ENDPOINT_VARIABLE = "MFACLI_TENCENT_ENDPOINT"
# STS takes no call without a region and answers alike in all; this is the one that tccli begins with.
STS_REGION = "ap-guangzhou"


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentWhere:
    """What was decided; `notes` say which setting won, for -v."""

    region: str | None
    sts_region: str
    endpoint_url: str | None
    notes: tuple[str, ...]


def tencent_where(request: Request, chain: Chain[TencentProfile], environment: Mapping[str, str]) -> TencentWhere:
    """Decide it; raises `UsageWrong` or `ProfileBroken` for what is malformed."""
    notes = []
    region, named_by = _region(request, chain, environment)
    if region:
        notes.append(f"region {region} from {named_by}")
    endpoint, named_by = _endpoint(request, chain, environment)
    url = endpoint_url(endpoint) if endpoint else None
    if url:
        notes.append(f"endpoint {url} from {named_by}")
    return TencentWhere(
        region=region, sts_region=_sts_region(chain, environment), endpoint_url=url, notes=tuple(notes)
    )


def _region(request: Request, chain: Chain[TencentProfile], environment: Mapping[str, str]) -> tuple[str | None, str]:
    if request.region is not None:
        if wrong := wrong_region(request.region):
            raise UsageWrong(f"--region `{request.region}` {wrong}")
        return request.region, "--region"
    named = _environment_region(environment)
    if named and _exported_profile(environment) in {"", chain.profiles[0].name}:
        return named, REGION_VARIABLE
    for profile in chain.profiles:
        if profile.region:
            return profile.region, f"profile `{profile.name}`"
    return None, ""


def _exported_profile(environment: Mapping[str, str]) -> str:
    """Return the profile whose session was exported into this shell, and whose region may have come with it."""
    return environment.get(PROFILE_VARIABLE, "") if environment_token(environment, Cloud.TENCENT) else ""


def _environment_region(environment: Mapping[str, str]) -> str:
    region = environment.get(REGION_VARIABLE, "")
    if region and (wrong := wrong_region(region)):
        raise ProfileBroken(f"{REGION_VARIABLE} `{region}` {wrong}")
    return region


def _sts_region(chain: Chain[TencentProfile], environment: Mapping[str, str]) -> str:
    """Choose it by where the keys are: their profile's region, else the environment's."""
    if chain.holder.region:
        return chain.holder.region
    # A region that a role's session brought into this shell must not lead to another STS, and so to another code.
    return (not _exported_profile(environment) and _environment_region(environment)) or STS_REGION


def _endpoint(
    request: Request, chain: Chain[TencentProfile], environment: Mapping[str, str]
) -> tuple[str | None, str]:
    if request.endpoint_url is not None:
        if wrong := wrong_endpoint(request.endpoint_url):
            raise UsageWrong(f"--endpoint-url {wrong}")
        return request.endpoint_url, "--endpoint-url"
    if named := environment.get(ENDPOINT_VARIABLE, ""):
        if wrong := wrong_endpoint(named):
            raise ProfileBroken(f"{ENDPOINT_VARIABLE} {wrong}")
        return named, ENDPOINT_VARIABLE
    for profile in chain.profiles:
        if profile.endpoint_url:
            return profile.endpoint_url, f"profile `{profile.name}`"
    return None, ""
