"""Which partition, region, and STS endpoint a plan is for. Pure: values in, values out.

The region that goes into the exports and the STS that is called are decided apart: roles differ in their region, and
one MFA session serves them all, so it must always be asked of the same STS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mfacli.domain.identity import Device, Role, parse_arn
from mfacli.domain.plan import Request
from mfacli.errors import MfacliError, ProfileBroken, UsageWrong
from mfacli.profiles.aws_limits import partition_of_region, wrong_endpoint, wrong_region
from mfacli.profiles.aws_profile import AwsProfile
from mfacli.profiles.route import Chain

REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
# An export notes here which AWS_ENDPOINT_URL it set.
EXPORTED_ENDPOINT = "MFACLI_ENDPOINT_URL"
# The regions that `sts_regional_endpoints = legacy` sends to the global endpoint (AWS SDKs reference).
_LEGACY_GLOBAL = frozenset(
    {"ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "aws-global", "ca-central-1",
     "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2",
     "us-west-1", "us-west-2"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What was decided; `notes` say which setting won, for -v.

    `sts_region` None is the partition's global STS, or that of its home region. `services_endpoint_url` is the
    endpoint that the profile names for all services.
    """

    partition: str
    region: str | None
    sts_region: str | None
    endpoint_url: str | None
    services_endpoint_url: str | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    region: str
    origin: str
    is_flag: bool = False

    @property
    def partition(self) -> str:
        return partition_of_region(self.region)


def where(
    request: Request,
    chain: Chain[AwsProfile],
    roles: Sequence[Role],
    device: Device | None,
    environment: Mapping[str, str],
) -> Where:
    """Decide it; raises `UsageWrong` or `ProfileBroken` for what is malformed or does not go together."""
    candidates = _candidates(request, chain, environment)
    partition = _partition(roles, device, candidates)
    notes = []
    fitting = []
    for candidate in candidates:
        if candidate.partition == partition:
            fitting.append(candidate)
        elif candidate.is_flag:
            raise UsageWrong(f"--region `{candidate.region}` is not in partition {partition}, where the plan is")
        else:
            notes.append(f"region {candidate.region} from {candidate.origin} is not in {partition}: not used")
    if fitting:
        notes.append(f"region {fitting[0].region} from {fitting[0].origin}")
    endpoint_url, origin = _endpoint(request, chain, environment)
    if endpoint_url:
        notes.append(f"endpoint {endpoint_url} from {origin}")
    return Where(
        partition=partition,
        region=fitting[0].region if fitting else None,
        sts_region=_sts_region(chain, partition, environment),
        endpoint_url=endpoint_url,
        services_endpoint_url=_services_endpoint(chain, environment),
        notes=tuple(notes),
    )


def _candidates(request: Request, chain: Chain[AwsProfile], environment: Mapping[str, str]) -> list[_Candidate]:
    """List the regions that something names: flag, environment, then the profile and its sources."""
    found = []
    if request.region is not None:
        if wrong := wrong_region(request.region):
            raise UsageWrong(f"--region `{request.region}` {wrong}")
        found.append(_Candidate(region=request.region, origin="--region", is_flag=True))
    named = _environment_region(environment)
    if named and _exported_profile(environment) in {"", chain.profiles[0].name}:
        found.append(named)
    return found + [
        _Candidate(region=profile.region, origin=f"profile `{profile.name}`")
        for profile in chain.profiles
        if profile.region
    ]


def _exported_profile(environment: Mapping[str, str]) -> str:
    """Return the profile whose session was exported into this shell, and whose region may have come with it."""
    return environment.get("MFACLI_PROFILE", "") if environment.get("AWS_SESSION_TOKEN") else ""


def _environment_region(environment: Mapping[str, str]) -> _Candidate | None:
    for variable in REGION_VARIABLES:
        if region := environment.get(variable, ""):
            if wrong := wrong_region(region):
                raise ProfileBroken(f"{variable} `{region}` {wrong}")
            return _Candidate(region=region, origin=variable)
    return None


def _partition(roles: Sequence[Role], device: Device | None, candidates: Sequence[_Candidate]) -> str:
    named = {role.arn.partition: f"role `{role}`" for role in roles}
    if device is not None and (arn := parse_arn(device.serial)):
        named.setdefault(arn.partition, f"device `{device.serial}`")
    if len(named) > 1:
        first, second, *_ = named.values()
        raise ProfileBroken(f"{first} and {second} are in different partitions, which share no credentials")
    return next(iter(named), candidates[0].partition if candidates else "aws")


def _sts_region(chain: Chain[AwsProfile], partition: str, environment: Mapping[str, str]) -> str | None:
    """Choose the STS by where the keys are: their profile's region, else the environment's, else the global one."""
    named = [chain.holder.region]
    # A region that a role's session brought into this shell must not lead to another STS, and so to another code.
    if not _exported_profile(environment) and (from_environment := _environment_region(environment)):
        named.append(from_environment.region)
    region = next((region for region in named if region and partition_of_region(region) == partition), None)
    return None if region in _LEGACY_GLOBAL and _is_legacy(chain, environment) else region


def _is_legacy(chain: Chain[AwsProfile], environment: Mapping[str, str]) -> bool:
    text = environment.get("AWS_STS_REGIONAL_ENDPOINTS", "").lower()
    if text and text not in {"regional", "legacy"}:
        raise ProfileBroken(f"AWS_STS_REGIONAL_ENDPOINTS `{text}` is neither regional nor legacy")
    written = (profile.sts_regional_endpoints for profile in chain.profiles)
    return (text or next((choice for choice in written if choice), "regional")) == "legacy"


def _endpoint(request: Request, chain: Chain[AwsProfile], environment: Mapping[str, str]) -> tuple[str | None, str]:
    """Choose the endpoint in botocore's order, and say what named it."""
    if request.endpoint_url is not None:
        _check(request.endpoint_url, "--endpoint-url", UsageWrong)
        return request.endpoint_url, "--endpoint-url"
    if environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return None, ""
    for variable in ("AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"):
        url = environment.get(variable, "")
        # What an export brought into this shell belongs to that profile, and is found in it again.
        if url and (variable != "AWS_ENDPOINT_URL" or url != environment.get(EXPORTED_ENDPOINT)):
            _check(url, variable, ProfileBroken)
            return url, variable
    for profile in chain.profiles:
        if profile.endpoint_url:
            return profile.endpoint_url, f"profile `{profile.name}`"
    return None, ""


def _services_endpoint(chain: Chain[AwsProfile], environment: Mapping[str, str]) -> str | None:
    if environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return None
    return next((profile.services_endpoint_url for profile in chain.profiles if profile.services_endpoint_url), None)


def _check(url: str, origin: str, failure: type[MfacliError]) -> None:
    if wrong := wrong_endpoint(url):
        raise failure(f"{origin} {wrong}")
