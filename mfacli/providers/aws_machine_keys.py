"""The keys of the machine mfacli runs on: an EC2 instance's role, or a container's (`credential_source`)."""

from __future__ import annotations

from mfacli.domain.credentials import Keys
from mfacli.domain.plan import KeysFrom, Plan
from mfacli.domain.secret import Secret
from mfacli.errors import ProfileBroken

_PROVIDERS = {KeysFrom.INSTANCE: "iam-role", KeysFrom.CONTAINER: "container-role"}
_HINTS = {
    KeysFrom.INSTANCE: "is this an EC2 instance with a role? AWS_EC2_METADATA_DISABLED must not be set",
    KeysFrom.CONTAINER: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or …_FULL_URI must name the endpoint",
}


class MachineKeys:
    """The `KeyHolder` for plans that start at INSTANCE or CONTAINER; botocore's own providers fetch the keys."""

    def keys_for(self, plan: Plan) -> Keys:
        """Return them; raises `ProfileBroken` where the machine has none to give."""
        from botocore.exceptions import BotoCoreError

        from mfacli.providers.aws_wire import IsolatedSession

        kind = plan.key_source.kind
        if kind not in _PROVIDERS:
            raise ValueError(f"{kind} is no place that a machine gives keys from")
        try:
            found = IsolatedSession().credentials_from(_PROVIDERS[kind])
        except (BotoCoreError, KeyError, OSError, ValueError):
            # The originals quote what the endpoint answered, which may be keys.
            found = None
        if found is None or not found.access_key or not found.secret_key:
            raise ProfileBroken(f"{plan.key_source} gave no keys", hint=_HINTS[kind])
        return Keys(
            access_key_id=found.access_key,
            secret_access_key=Secret(found.secret_key),
            session_token=Secret(found.token) if found.token else None,
        )
