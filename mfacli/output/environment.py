"""A session as a change of environment variables: which to set, and which stale ones to take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Session
from mfacli.domain.secret import Secret
from mfacli.output.environment_names import Names, names_of
from mfacli.output.times import iso_utc

# Of AWS, the only cloud whose tools take an endpoint from the environment. One that an export set is noted beside it,
# so that a later one takes it away and leaves a person's own.
_ENDPOINT, _EXPORTED_ENDPOINT = "AWS_ENDPOINT_URL", "MFACLI_ENDPOINT_URL"
_PROFILE = "MFACLI_PROFILE"


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
    """Return what puts a session into `environment`. Another cloud's variables stay: a shell may hold both.

    `profile` is remembered in MFACLI_PROFILE, so that later calls in the same shell know it although AWS_PROFILE,
    which would lead SDKs past the session, is taken away. With it goes the profile's `endpoint_url`.
    """
    names = names_of(session.cloud)
    values = _values(session, names)
    if profile:
        values[_PROFILE] = Secret(profile)
    left_over: tuple[str, ...] = ()
    if session.cloud is Cloud.AWS:
        if endpoint_url:
            values |= {_ENDPOINT: Secret(endpoint_url), _EXPORTED_ENDPOINT: Secret(endpoint_url)}
        else:
            left_over = _exported_endpoint(environment or {})
    # A region stays when a session without one follows.
    missing = tuple(name for name in _settable(names) if name not in values and name not in names.region)
    return Changes(to_set=MappingProxyType(values), to_unset=(*names.stale, *missing, *left_over))


def changes_back(environment: Mapping[str, str] | None = None) -> Changes:
    """Return what takes a session out of `environment` again, with all that came with it.

    Where only one cloud's session is in there, the other's variables are the person's own and stay.
    """
    environment = environment or {}
    held = [cloud for cloud in Cloud if _holds_session(environment, names_of(cloud))]
    to_unset: dict[str, None] = {}
    for cloud in held or Cloud:
        names = names_of(cloud)
        to_unset |= dict.fromkeys((*_settable(names), *names.left_over))
    return Changes(to_set=MappingProxyType({}), to_unset=(*to_unset, *_exported_endpoint(environment)))


def _values(session: Session, names: Names) -> dict[str, Secret]:
    values = {
        names.access_key_id: Secret(session.access_key_id),
        names.secret_access_key: session.secret_access_key,
        **dict.fromkeys(names.session_token, session.session_token),
        names.expires_at: Secret(iso_utc(session.expires_at)),
    }
    if session.account_id and names.account_id:
        values[names.account_id] = Secret(session.account_id)
    if session.region:
        values |= dict.fromkeys(names.region, Secret(session.region))
    return values


def _settable(names: Names) -> Sequence[str]:
    """Return everything that `changes_for` may set, whatever the session has."""
    account = (names.account_id,) if names.account_id else ()
    keys = (names.access_key_id, names.secret_access_key, *names.session_token, names.expires_at)
    return (*keys, *account, *names.region, _PROFILE)


def _holds_session(environment: Mapping[str, str], names: Names) -> bool:
    return any(environment.get(name) for name in (*names.session_token, *names.left_over))


def _exported_endpoint(environment: Mapping[str, str]) -> tuple[str, ...]:
    noted = environment.get(_EXPORTED_ENDPOINT)
    if noted is None:
        return ()
    return (_ENDPOINT, _EXPORTED_ENDPOINT) if environment.get(_ENDPOINT) == noted else (_EXPORTED_ENDPOINT,)
