"""A session as a change of environment variables: which to set, and which stale ones to take away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mfacli.domain.credentials import Session
from mfacli.domain.secret import Secret
from mfacli.output.times import iso_utc

# What would go before the new session, or lead past it. AWS_SECURITY_TOKEN above all: botocore reads it first.
_STALE = (
    "AWS_SECURITY_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_CREDENTIAL_FILE",
    "AWS_SDK_LOAD_CONFIG",
    "AWS_SESSION_EXPIRATION",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
)
_REGION = ("AWS_REGION", "AWS_DEFAULT_REGION")
# An endpoint that an export set is noted beside it, so that a later one takes it away and leaves a person's own.
_ENDPOINT, _EXPORTED_ENDPOINT = "AWS_ENDPOINT_URL", "MFACLI_ENDPOINT_URL"
# Everything that `changes_for` may set; a region stays when a session without one follows.
_SET = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ACCOUNT_ID",
    *_REGION,
    "MFACLI_PROFILE",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Variables to set, in order, and names to take away."""

    to_set: Mapping[str, Secret]
    to_unset: tuple[str, ...]

    def applied_to(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return `environment` with the changes made."""
        kept = {name: value for name, value in environment.items() if name not in self.to_unset}
        return kept | {name: value.reveal() for name, value in self.to_set.items()}


def changes_for(
    session: Session, *, profile: str, endpoint_url: str | None = None, environment: Mapping[str, str] | None = None
) -> Changes:
    """Return what puts an AWS session into `environment`.

    `profile` is remembered in MFACLI_PROFILE, so that later calls in the same shell know it although AWS_PROFILE,
    which would lead SDKs past the session, is taken away. With it goes the profile's `endpoint_url`.
    """
    values = {
        "AWS_ACCESS_KEY_ID": Secret(session.access_key_id),
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token,
        "AWS_CREDENTIAL_EXPIRATION": Secret(iso_utc(session.expires_at)),
    }
    if session.account_id:
        values["AWS_ACCOUNT_ID"] = Secret(session.account_id)
    if session.region:
        values |= {name: Secret(session.region) for name in _REGION}
    if profile:
        values["MFACLI_PROFILE"] = Secret(profile)
    if endpoint_url:
        values |= {_ENDPOINT: Secret(endpoint_url), _EXPORTED_ENDPOINT: Secret(endpoint_url)}
    missing = tuple(name for name in _SET if name not in values and name not in _REGION)
    left_over = () if endpoint_url else _exported_endpoint(environment or {})
    return Changes(to_set=MappingProxyType(values), to_unset=(*_STALE, *missing, *left_over))


def changes_back(environment: Mapping[str, str] | None = None) -> Changes:
    """Return what takes a session out of `environment` again, with all that came with it."""
    stale = ("AWS_SECURITY_TOKEN", "AWS_SESSION_EXPIRATION", *_exported_endpoint(environment or {}))
    return Changes(to_set=MappingProxyType({}), to_unset=(*_SET, *stale))


def _exported_endpoint(environment: Mapping[str, str]) -> tuple[str, ...]:
    noted = environment.get(_EXPORTED_ENDPOINT)
    if noted is None:
        return ()
    return (_ENDPOINT, _EXPORTED_ENDPOINT) if environment.get(_ENDPOINT) == noted else (_EXPORTED_ENDPOINT,)
