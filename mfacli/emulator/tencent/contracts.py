"""What the rooms of the emulator's Tencent Cloud side ask of each other."""

from __future__ import annotations

from typing import Protocol

from mfacli.emulator.tencent.callers import Credential


class Secrets(Protocol):
    """Finds the credential behind a SecretId."""

    def credential_for(self, secret_id: str, token: str | None) -> Credential:
        """Return it; raises `Rejected` UNKNOWN_KEY, BAD_TOKEN or EXPIRED_TOKEN (in world time).

        No signature of the API covers the token: that it belongs to the key is this check's to find out.
        """
