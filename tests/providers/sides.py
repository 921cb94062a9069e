"""The two clouds for tests that say the same of both: how each is called, and what each answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Code
from mfacli.domain.credentials import Keys, Session
from mfacli.domain.identity import Device
from mfacli.domain.plan import KeysFrom, KeySource, KnownDevice, Plan, RoleStep, SessionTokenStep
from mfacli.domain.secret import Secret
from mfacli.interfaces import Clock, IdentityProvider, SessionProvider
from mfacli.providers.aws import AwsProvider
from mfacli.providers.patience import Patience
from mfacli.providers.tencent import TencentProvider
from tests.doubles import HandClock
from tests.providers import plans
from tests.providers.local_cloud import (
    ROLE,
    SESSION,
    TENCENT_SESSION,
    Asked,
    Reply,
    refusal,
    tencent_refusal,
)
from tests.providers.plans import CODE, Ear

OWNER, SUB_USER = "100000000001", "100000000002"


class Provider(SessionProvider, IdentityProvider, Protocol):
    """What each cloud's provider is."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One cloud. `plan` is a plan without an endpoint; what it answers is in fields named for what it means."""

    name: str
    plan: Plan
    keys: Keys
    session_keys: Keys
    device: Device
    role_step: RoleStep
    session: Reply
    role: Reply
    wrong_code: Reply
    skewed: Reply
    throttled: Reply
    failed: Reply
    refuse: Callable[[str, str], Reply]
    parameters: Callable[[Asked], Mapping[str, str]]
    signed_at: Callable[[Asked], str]
    moment: Callable[[timedelta], str]
    maker: Callable[..., Provider]

    def provider(
        self, clock: Clock | None = None, *, talk: Ear | None = None, read_seconds: float = 10, attempts: int = 3
    ) -> Provider:
        patience = Patience(connect=timedelta(seconds=5), read=timedelta(seconds=read_seconds), attempts=attempts)
        return self.maker(clock=clock or HandClock(), talk=talk or Ear(), patience=patience)

    def open_session(
        self, url: str, provider: SessionProvider | None = None, *, keys: Keys | None = None, code: Code = CODE
    ) -> Session:
        """Call GetSessionToken with a code at the endpoint."""
        return (provider or self.provider()).session_for(
            self.plan.steps[0],
            plan=replace(self.plan, endpoint_url=url),
            keys=keys or self.keys,
            device=self.device,
            code=code,
        )

    def assume_role(
        self,
        url: str,
        provider: SessionProvider | None = None,
        *,
        keys: Keys | None = None,
        with_code: bool = False,
    ) -> Session:
        """Call AssumeRole, without a code where not told otherwise."""
        return (provider or self.provider()).session_for(
            self.role_step,
            plan=replace(self.plan, endpoint_url=url),
            keys=keys or self.keys,
            device=self.device if with_code else None,
            code=CODE if with_code else None,
        )


def _tencent_parameters(asked: Asked) -> Mapping[str, str]:
    document: Mapping[str, str] = json.loads(asked.body)
    return document


TENCENT_DEVICE = Device(serial=f"qcs::cam:uin/{OWNER}::mfa/softToken", user=SUB_USER)
TENCENT_KEYS = Keys(access_key_id="AKIDexampleEXAMPLE", secret_access_key=Secret("tencent/secret+key-EXAMPLE"))

AWS_SIDE = Side(
    name="aws",
    plan=plans.plan_for(),
    keys=plans.KEYS,
    session_keys=plans.SESSION_KEYS,
    device=plans.DEVICE,
    role_step=plans.ROLE_STEP,
    session=SESSION,
    role=ROLE,
    wrong_code=Reply(
        status=403,
        body=refusal("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. "),
    ),
    skewed=Reply(
        status=403,
        body=refusal("SignatureDoesNotMatch", "Signature expired: … is now earlier than … (… - 15 min.)"),
    ),
    throttled=Reply(status=400, body=refusal("Throttling", "Rate exceeded")),
    failed=Reply(status=500, body=refusal("InternalFailure", "oops")),
    refuse=lambda code, text: Reply(status=403, body=refusal(code, text)),
    parameters=lambda asked: asked.parameters,
    signed_at=lambda asked: asked.headers["x-amz-date"],
    moment=lambda offset: (plans.NOON + offset).strftime("%Y%m%dT%H%M%SZ"),
    maker=AwsProvider,
)
TENCENT_SIDE = Side(
    name="tencent",
    plan=Plan(
        cloud=Cloud.TENCENT,
        profile="dev",
        key_source=KeySource(
            kind=KeysFrom.FILE, access_key_id=TENCENT_KEYS.access_key_id, path="~/.tccli/dev.credential"
        ),
        device=KnownDevice(device=TENCENT_DEVICE, origin="--device"),
        steps=(SessionTokenStep(duration=timedelta(hours=2), with_code=True),),
        region="ap-shanghai",
        sts_region="ap-shanghai",
        partition="",
    ),
    keys=TENCENT_KEYS,
    session_keys=replace(TENCENT_KEYS, session_token=Secret("tencent-token==EXAMPLE")),
    device=TENCENT_DEVICE,
    role_step=RoleStep(
        role_arn="qcs::cam::uin/100000000009:roleName/TestRole",
        role_session_name="richard",
        duration=timedelta(hours=1),
    ),
    session=TENCENT_SESSION,
    role=TENCENT_SESSION,
    wrong_code=tencent_refusal("FailedOperation.CheckMFAError", "MFA check error"),
    skewed=tencent_refusal("AuthFailure.SignatureExpire", "Signature expired"),
    throttled=tencent_refusal("RequestLimitExceeded", "slow down"),
    failed=tencent_refusal("InternalError.DbError", "oops"),
    refuse=tencent_refusal,
    parameters=_tencent_parameters,
    signed_at=lambda asked: asked.headers["x-tc-timestamp"],
    moment=lambda offset: str(int((plans.NOON + offset).timestamp())),
    maker=TencentProvider,
)
SIDES = (AWS_SIDE, TENCENT_SIDE)
