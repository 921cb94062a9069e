"""What a request says of MFA: one condition key, whose presence may tell as much as its value.

| credentials | qcs:mfaPresent |
|---|---|
| long-term keys | absent |
| GetSessionToken | true |
| AssumeRole with a code | true |
| AssumeRole without one, GetFederationToken | false |
| the AssumeRole call that brings a code | true |

Documented is only what is `true`. For the rest the emulator follows AWS: with `allow` and `bool_equal "true"`, which
is what the documents show, absent and `false` come to the same.
"""

from __future__ import annotations

from datetime import datetime

from mfacli.emulator.tencent.callers import Caller

PRESENT = "qcs:mfaPresent"


def mfa_keys(caller: Caller, *, proven_at: datetime | None = None) -> dict[str, str]:
    """Return the key, if there is one; `proven_at` is when the request's own code was found good."""
    if proven_at is not None or caller.mfa_at is not None:
        return {PRESENT: "true"}
    return {PRESENT: "false"} if caller.is_temporary else {}
