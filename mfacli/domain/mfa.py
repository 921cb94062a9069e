"""How a plan comes by its MFA: the clouds' ways differ, and so do the lives of what they give."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import KnownDevice, Plan, SessionTokenStep

# What a session's keys assume lives an hour at most, GetSessionToken's included (AWS, STS API, role chaining).
CHAINED_LONGEST = timedelta(hours=1)
# How long an MFA session lives where nobody says: a working day with AWS. Tencent Cloud's own default is half an
# hour, and two hours are the most that every kind of caller may have (STS API, GetSessionToken, DurationSeconds).
USUAL_SESSION = {Cloud.AWS: timedelta(hours=12), Cloud.TENCENT: timedelta(hours=2)}


def with_mfa(plan: Plan, device: KnownDevice) -> Plan:
    """Return `plan`, which begins at long-term keys without a code, with `device`'s code in it.

    With AWS the code buys an MFA session, which serves any number of roles, but for roles that shall live longer than
    a session's keys may give. In Tencent Cloud it goes along with AssumeRole: whether qcs:mfaPresent outlives a role
    assumed with a session's keys is documented nowhere.
    """
    first, *rest = plan.steps
    if plan.cloud is Cloud.TENCENT or first.duration > CHAINED_LONGEST:
        return replace(plan, device=device, steps=(replace(first, with_code=True), *rest))
    opening = SessionTokenStep(duration=USUAL_SESSION[plan.cloud], with_code=True)
    return replace(plan, device=device, steps=(opening, *plan.steps))
