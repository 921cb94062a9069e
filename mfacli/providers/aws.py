"""AWS through boto3: keys and a code become a session, devices are listed, callers named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, assert_never

from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Code
from mfacli.domain.credentials import Keys, Session
from mfacli.domain.identity import Device, parse_arn, parse_device
from mfacli.domain.plan import Plan, RoleStep, SessionTokenStep, Step
from mfacli.domain.secret import Secret
from mfacli.errors import AccessDenied, DeviceUnusable
from mfacli.interfaces import Clock, Identity, Talk
from mfacli.providers.attempt import Attempt, attempt_of
from mfacli.providers.aws_calls import AwsCalls
from mfacli.providers.aws_clients import AwsClients, Line
from mfacli.providers.aws_requests import role_request, session_token_request
from mfacli.providers.patience import Patience

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient
    from types_boto3_iam.type_defs import ListMFADevicesRequestTypeDef
    from types_boto3_sts import STSClient
    from types_boto3_sts.type_defs import CredentialsTypeDef


class AwsProvider:
    """The `SessionProvider`, `IdentityProvider` and `MessageDecoder` for AWS.

    Calls are signed with the given keys and nobody else's, go where the plan says, and take from the environment
    only what concerns the network: proxies, AWS_CA_BUNDLE, AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT.
    `calls` is for others who ask the same cloud.
    """

    def __init__(self, *, clock: Clock, talk: Talk, patience: Patience | None = None) -> None:
        self._clock = clock
        self.calls = AwsCalls(AwsClients(clock=clock, talk=talk, patience=patience or Patience()))

    def warm_up(self) -> None:
        """Load what a call will need; whatever is wrong with it, the call itself will say."""
        try:
            self.calls.clients.warm_up()
        except Exception:  # noqa: BLE001 - runs ahead in a thread of its own, where an error would only be printed
            return

    def session_for(self, step: Step, *, plan: Plan, keys: Keys, device: Device | None, code: Code | None) -> Session:
        """Make the one STS call of `step`; see `SessionProvider`."""
        match step:
            case SessionTokenStep():
                return self._get_session_token(step, plan, keys, device, code)
            case RoleStep():
                return self._assume_role(step, plan, keys, device, code)
            case _:
                assert_never(step)

    def _get_session_token(
        self, step: SessionTokenStep, plan: Plan, keys: Keys, device: Device | None, code: Code | None
    ) -> Session:
        attempt = attempt_of("GetSessionToken", plan, keys, device, code)
        line = self.calls.open(attempt, lambda: self.calls.clients.sts(plan, keys, carries_code=code is not None))
        request = session_token_request(step, device, code)
        return self.calls.make(
            line,
            attempt,
            lambda: line.client.get_session_token(**request),
            lambda answer: self._session(line, plan, answer["Credentials"], code=code, device=device),
        )

    def _assume_role(
        self, step: RoleStep, plan: Plan, keys: Keys, device: Device | None, code: Code | None
    ) -> Session:
        attempt = replace(attempt_of("AssumeRole", plan, keys, device, code), role_arn=step.role_arn)
        line = self.calls.open(attempt, lambda: self.calls.clients.sts(plan, keys, carries_code=code is not None))
        request = role_request(step, device, code)
        return self.calls.make(
            line,
            attempt,
            lambda: line.client.assume_role(**request),
            lambda answer: self._session(
                line,
                plan,
                answer["Credentials"],
                code=code,
                device=device,
                principal=answer["AssumedRoleUser"]["Arn"],
            ),
        )

    def own_device(self, device: Device, *, plan: Plan, keys: Keys) -> Device:
        """Return `device`: with AWS its serial says whose it is."""
        return device

    def devices_of_caller(self, *, plan: Plan, keys: Keys) -> Sequence[Device] | None:
        """Return the caller's devices that STS can use; None where IAM does not let us list, or there is no user.

        Without a user name IAM takes the caller's, which is all that a self-service policy allows.
        """
        attempt = attempt_of("ListMFADevices", plan, keys)
        line = self.calls.open(attempt, lambda: self.calls.clients.iam(plan, keys))
        serials: list[str] = []
        marker: str | None = ""
        try:
            while marker is not None:
                page, marker = self._page_of_serials(line, attempt, marker)
                serials += page
        except AccessDenied:
            return None
        return _usable(serials)

    def _page_of_serials(self, line: Line[IAMClient], attempt: Attempt, marker: str) -> tuple[list[str], str | None]:
        """Return the serials from `marker` on, and where to go on (None: that was all)."""
        request: ListMFADevicesRequestTypeDef = {"Marker": marker} if marker else {}
        return self.calls.make(
            line,
            attempt,
            lambda: line.client.list_mfa_devices(**request),
            lambda answer: (
                [device["SerialNumber"] for device in answer["MFADevices"]],
                answer["Marker"] if answer.get("IsTruncated") else None,
            ),
        )

    def identity_of(self, *, plan: Plan, keys: Keys) -> Identity:
        """Return who `keys` are, as GetCallerIdentity says; no policy can forbid that."""
        attempt = attempt_of("GetCallerIdentity", plan, keys)
        line = self.calls.open(attempt, lambda: self.calls.clients.sts(plan, keys))
        return self.calls.make(
            line,
            attempt,
            line.client.get_caller_identity,
            lambda answer: Identity(account_id=answer["Account"], arn=answer["Arn"], user_id=answer["UserId"]),
        )

    def decode_message(self, encoded: str, *, plan: Plan, keys: Keys) -> str:
        """Return what is in the encoded message of a denial of EC2's."""
        attempt = attempt_of("DecodeAuthorizationMessage", plan, keys)
        line = self.calls.open(attempt, lambda: self.calls.clients.sts(plan, keys))
        return self.calls.make(
            line,
            attempt,
            lambda: line.client.decode_authorization_message(EncodedMessage=encoded),
            lambda answer: str(answer["DecodedMessage"]),
        )

    def _session(
        self,
        line: Line[STSClient],
        plan: Plan,
        credentials: CredentialsTypeDef,
        *,
        code: Code | None,
        device: Device | None,
        principal: str | None = None,
    ) -> Session:
        arn = parse_arn(principal) if principal else None
        return Session(
            cloud=Cloud.AWS,
            access_key_id=credentials["AccessKeyId"],
            secret_access_key=Secret(credentials["SecretAccessKey"]),
            session_token=Secret(credentials["SessionToken"]),
            issued_at=self._clock.cloud_now(),
            expires_at=credentials["Expiration"].astimezone(UTC),
            mfa_at=line.wire.code_sent_at if code else None,
            account_id=arn.account_id if arn else device.account_id if device else None,
            principal=principal,
            device=device.serial if device and code else None,
            region=plan.region,
        )


def _usable(serials: Sequence[str]) -> list[Device]:
    """Return the devices among `serials` that make codes: security keys and passkeys are listed beside them."""
    devices = []
    for serial in serials:
        try:
            devices.append(parse_device(serial))
        except DeviceUnusable:
            continue
    return devices
