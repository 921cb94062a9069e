"""Long-term keys and the sessions they are traded for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mfacli.domain.cloud import Cloud
from mfacli.domain.secret import Secret


def last_four(access_key_id: str) -> str:
    """Return how a key id is shown to people: its last four characters."""
    return f"…{access_key_id[-4:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a request is signed with: long-term keys, or a session's as the caller of the next step.

    `session_token` is None for long-term keys.
    """

    access_key_id: str
    secret_access_key: Secret
    session_token: Secret | None = None

    @property
    def is_temporary(self) -> bool:
        """Whether these are a session's keys."""
        return self.session_token is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptKey:
    """Long-term keys that rest in the keyring as a profile's, without their secret; `since` when they came there."""

    cloud: Cloud
    profile: str
    access_key_id: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudKey:
    """One of a user's long-term keys, as the cloud lists it; None: it does not say, or never."""

    access_key_id: str
    is_active: bool
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastUse:
    """When a long-term key was last used (`at` None: never, as far as the cloud knows), and for which service."""

    at: datetime | None
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Temporary credentials and what is known of them. All times are aware UTC.

    `mfa_at` is when the code was given (None: no MFA in this session's making); for a role session it is the
    time of the code in the chain that led to it. `principal` is the ARN or qcs name that the credentials act as,
    where the answer told. `device` is the serial the code came from.
    """

    cloud: Cloud
    access_key_id: str
    secret_access_key: Secret
    session_token: Secret
    issued_at: datetime
    expires_at: datetime
    mfa_at: datetime | None = None
    account_id: str | None = None
    principal: str | None = None
    device: str | None = None
    region: str | None = None

    @property
    def keys(self) -> Keys:
        """The session's keys, to sign the next step with."""
        return Keys(
            access_key_id=self.access_key_id,
            secret_access_key=self.secret_access_key,
            session_token=self.session_token,
        )

    def time_left(self, now: datetime) -> timedelta:
        """Return how long the session still works at `now` (negative: expired)."""
        return self.expires_at - now

    def fresh_until(self, *, margin: timedelta | None = None) -> datetime:
        """Return from when on the session may not be handed out any more.

        `margin` is how much time must be left; by default five minutes, or a tenth of a short session's life, so
        that what starts with it can also finish.
        """
        if margin is None:
            margin = min(timedelta(minutes=5), self._life / 10)
        return self.expires_at - margin

    def is_fresh(self, now: datetime, *, margin: timedelta | None = None) -> bool:
        """Return whether the session may be handed out at `now`; `margin` as for `fresh_until`."""
        return now < self.fresh_until(margin=margin)

    def has_mfa_within(self, age: timedelta, *, now: datetime) -> bool:
        """Whether a code stands behind the session, and was given at most `age` before `now`."""
        return self.mfa_at is not None and now - self.mfa_at <= age

    @property
    def lasting_until(self) -> datetime:
        """From when on a program that asks again and again should be given a newer one, if there is one to be had.

        SDKs ask at each request when less than 15 minutes are left. A short session has a quarter of its life for
        that, or each of those requests would open a new one.
        """
        return self.expires_at - min(timedelta(minutes=15), self._life / 4)

    @property
    def _life(self) -> timedelta:
        return self.expires_at - self.issued_at
