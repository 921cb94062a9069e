"""The session that is in this shell's environment, whoever put it there."""

from __future__ import annotations

from collections.abc import Mapping

from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys
from mfacli.domain.plan import KeysFrom, KeySource, NoDevice, Plan, Request
from mfacli.domain.secret import Secret


def session_in_environment(desk: Desk, cloud: Cloud | None = None) -> tuple[Plan, Keys] | None:
    """Return the session's keys and how to reach its cloud; None where there is none.

    `cloud` says whose, where the environment has one of each; else what is said elsewhere of the cloud decides.
    """
    from mfacli.profiles.variables import session_key

    there = [each for each in Cloud if session_key(desk.environment, each) and cloud in {None, each}]
    if not there:
        return None
    chosen = there[0] if len(there) == 1 else desk.planning.cloud_of(Request(wants_role=None))
    plan = _aws_plan(desk.environment) if chosen is Cloud.AWS else _tencent_plan(desk)
    return plan, _keys(desk.environment, chosen)


def _keys(environment: Mapping[str, str], cloud: Cloud) -> Keys:
    from mfacli.profiles.variables import KEY_VARIABLES, environment_token, session_key

    return Keys(
        access_key_id=session_key(environment, cloud),
        secret_access_key=Secret(environment.get(KEY_VARIABLES[cloud][1], "")),
        session_token=Secret(environment_token(environment, cloud)),
    )


def _source(environment: Mapping[str, str], cloud: Cloud) -> KeySource:
    from mfacli.profiles.variables import session_key

    return KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id=session_key(environment, cloud))


def _aws_plan(environment: Mapping[str, str]) -> Plan:
    from mfacli.profiles.aws_limits import partition_of_region

    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    return Plan(
        cloud=Cloud.AWS,
        profile=environment.get("MFACLI_PROFILE", "") or "environment",
        key_source=_source(environment, Cloud.AWS),
        device=NoDevice(),
        steps=(),
        region=region,
        sts_region=region,
        endpoint_url=environment.get("AWS_ENDPOINT_URL_STS") or environment.get("AWS_ENDPOINT_URL") or None,
        partition=partition_of_region(region) if region else "aws",
    )


def _tencent_plan(desk: Desk) -> Plan:
    # No variable says at which endpoint a session was opened: the profile it was exported for does.
    profile = desk.environment.get("MFACLI_PROFILE", "")
    place = desk.planning.sts_in_shell(profile)
    return Plan(
        cloud=Cloud.TENCENT,
        profile=profile or "environment",
        key_source=_source(desk.environment, Cloud.TENCENT),
        device=NoDevice(),
        steps=(),
        region=place.region,
        sts_region=place.sts_region,
        endpoint_url=place.endpoint_url,
        partition="",
    )
