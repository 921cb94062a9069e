"""The way to an endpoint that gives out sessions, as a change of environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Session
from mfacli.domain.secret import Secret
from mfacli.output.environment import Changes, changes_for

_URL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN, _TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
# A session's own variables: SDKs would take any of these for keys, or their time for the endpoint's.
_OF_SESSIONS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ACCOUNT_ID",
)


def endpoint_variables(url: str, token: Secret | Path) -> Mapping[str, Secret]:
    """Return the variables by which SDKs find an endpoint.

    `token` is a Path where it is to be read from a file, which older SDKs cannot.
    """
    if isinstance(token, Path):
        return {_URL: Secret(url), _TOKEN_FILE: Secret(str(token))}
    return {_URL: Secret(url), _TOKEN: token}


def changes_for_endpoint(
    url: str,
    token: Secret | Path,
    *,
    profile: str,
    region: str | None,
    endpoint_url: str | None,
    environment: Mapping[str, str],
) -> Changes:
    """Return what makes AWS SDKs in `environment` ask `url` for sessions; `token` as for `endpoint_variables`.

    All else is as a session of this profile and region would leave it, but no key is in it, and what would go before
    the endpoint is taken away.
    """
    nobody = Session(
        cloud=Cloud.AWS,
        access_key_id="",
        secret_access_key=Secret(""),
        session_token=Secret(""),
        issued_at=datetime.min.replace(tzinfo=UTC),
        expires_at=datetime.max.replace(tzinfo=UTC),
        region=region,
    )
    as_session = changes_for(nobody, profile=profile, endpoint_url=endpoint_url, environment=environment)
    values = {name: value for name, value in as_session.to_set.items() if name not in _OF_SESSIONS}
    values |= endpoint_variables(url, token)
    gone = dict.fromkeys((*as_session.to_unset, *_OF_SESSIONS))
    return Changes(to_set=MappingProxyType(values), to_unset=tuple(name for name in gone if name not in values))
