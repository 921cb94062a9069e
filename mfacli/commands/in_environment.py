"""The session that is in this shell's environment, whoever put it there."""

from __future__ import annotations

from collections.abc import Mapping

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys
from mfacli.domain.plan import KeysFrom, KeySource, NoDevice, Plan
from mfacli.domain.secret import Secret


def session_in_environment(environment: Mapping[str, str]) -> tuple[Plan, Keys] | None:
    """Return the session's keys and how to reach its cloud; None where there is none."""
    token = environment.get("AWS_SECURITY_TOKEN") or environment.get("AWS_SESSION_TOKEN")
    access_key_id = environment.get("AWS_ACCESS_KEY_ID", "")
    if not token or not access_key_id:
        return None
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    plan = Plan(
        cloud=Cloud.AWS,
        profile=environment.get("MFACLI_PROFILE", "") or "environment",
        key_source=KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id=access_key_id),
        device=NoDevice(),
        steps=(),
        region=region,
        sts_region=region,
        endpoint_url=environment.get("AWS_ENDPOINT_URL_STS") or environment.get("AWS_ENDPOINT_URL") or None,
    )
    keys = Keys(
        access_key_id=access_key_id,
        secret_access_key=Secret(environment.get("AWS_SECRET_ACCESS_KEY", "")),
        session_token=Secret(token),
    )
    return plan, keys
