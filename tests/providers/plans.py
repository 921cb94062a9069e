"""Plans, keys and codes for the providers' tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Code, CodeOrigin
from mfacli.domain.credentials import Keys, Session
from mfacli.domain.identity import Device
from mfacli.domain.plan import KeysFrom, KeySource, KnownDevice, Plan, RoleStep, SessionTokenStep
from mfacli.domain.secret import Secret
from mfacli.interfaces import Clock
from mfacli.providers.aws import AwsProvider
from mfacli.providers.patience import Patience
from tests.doubles import NOON as NOON
from tests.doubles import HandClock

DEVICE = Device(serial="arn:aws:iam::111122223333:mfa/richard")
CODE = Code(digits=Secret("314159"), origin=CodeOrigin.TYPED)
KEYS = Keys(
    access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
)
SESSION_KEYS = replace(
    KEYS, access_key_id="ASIAIOSFODNN7EXAMPLE", session_token=Secret("AQoDYXdzEJr1K0+example/token==")
)
STEP = SessionTokenStep(duration=timedelta(hours=12), with_code=True)
ROLE_STEP = RoleStep(
    role_arn="arn:aws:iam::444455556666:role/CrossAccountRole",
    role_session_name="richard",
    duration=timedelta(hours=1),
)


def plan_for(
    endpoint_url: str | None = None,
    *,
    sts_region: str | None = None,
    partition: str = "aws",
    kind: KeysFrom = KeysFrom.FILE,
    access_key_id: str = KEYS.access_key_id,
) -> Plan:
    return Plan(
        cloud=Cloud.AWS,
        profile="dev",
        key_source=KeySource(kind=kind, access_key_id=access_key_id, path="~/.aws/credentials", section="dev"),
        device=KnownDevice(device=DEVICE, origin="--device"),
        steps=(STEP,),
        region="eu-central-1",
        sts_region=sts_region,
        endpoint_url=endpoint_url,
        partition=partition,
    )


class Ear:
    """A `Talk` that keeps what is said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, text: str) -> None:
        self.lines.append(text)

    def warn(self, text: str) -> None:
        self.lines.append(text)

    def detail(self, text: str) -> None:
        self.lines.append(text)

    def countdown(self, text: str, until: datetime) -> None:
        self.lines.append(text)


def provider_with(clock: Clock | None = None, *, talk: Ear | None = None, read_seconds: float = 10) -> AwsProvider:
    patience = Patience(connect=timedelta(seconds=5), read=timedelta(seconds=read_seconds))
    return AwsProvider(clock=clock or HandClock(), talk=talk or Ear(), patience=patience)


def open_session(url: str, provider: AwsProvider | None = None, *, keys: Keys = KEYS) -> Session:
    """Call GetSessionToken with a code at the endpoint."""
    return (provider or provider_with()).session_for(STEP, plan=plan_for(url), keys=keys, device=DEVICE, code=CODE)


def assume_role(
    url: str, provider: AwsProvider | None = None, *, keys: Keys = KEYS, with_code: bool = False
) -> Session:
    """Call AssumeRole, without a code where not told otherwise."""
    return (provider or provider_with()).session_for(
        ROLE_STEP,
        plan=plan_for(url),
        keys=keys,
        device=DEVICE if with_code else None,
        code=CODE if with_code else None,
    )
