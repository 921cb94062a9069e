"""What was tried at the cloud: the facts that make an error's message and hint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Code, CodeOrigin
from mfacli.domain.credentials import Keys
from mfacli.domain.identity import Device
from mfacli.domain.plan import Plan
from mfacli.domain.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What was tried, for the messages.

    `cloud` is the one called and `endpoint` its host, `keys_origin` says where the keys were found, `role_arn` is
    empty but for AssumeRole, `thing` is what the call was about where it was no session (MFA device `phone`), and
    `serial` its serial where it is a device; `secrets` are all that went along. `code_origin` says where the code
    came from, if one went along. `clock_offset` is what the answer told of the clock, and `was_answered` whether
    there was one.
    """

    cloud: Cloud
    operation: str
    endpoint: str
    access_key_id: str
    keys_origin: str
    is_temporary: bool
    device: Device | None = None
    code_origin: CodeOrigin | None = None
    role_arn: str = ""
    thing: str = ""
    serial: str = ""
    secrets: tuple[Secret, ...] = ()
    clock_offset: timedelta | None = None
    was_answered: bool = False

    def star(self, text: str) -> str:
        """Return `text` with every secret of the call starred."""
        for secret in self.secrets:
            if secret:
                text = text.replace(secret.reveal(), "***")
        return text

    @property
    def next_try(self) -> str:
        """What to do where nobody knows whether STS has looked at the code, if one went along."""
        if self.device is None:
            return "try again in a moment"
        return "the code may have been used up: try again with the next one"


def attempt_of(
    operation: str, plan: Plan, keys: Keys, device: Device | None = None, code: Code | None = None
) -> Attempt:
    """Return what is about to be tried; which host it goes to shows later."""
    begins_chain = plan.key_source.access_key_id in ("", keys.access_key_id)
    secrets = (keys.secret_access_key, keys.session_token, code.digits if code else None)
    return Attempt(
        cloud=plan.cloud,
        operation=operation,
        endpoint=plan.endpoint_url or "the cloud",
        access_key_id=keys.access_key_id,
        keys_origin=str(plan.key_source) if begins_chain else "the session before it in the chain",
        is_temporary=keys.is_temporary,
        device=device if code else None,
        code_origin=code.origin if code else None,
        secrets=tuple(secret for secret in secrets if secret is not None),
    )
