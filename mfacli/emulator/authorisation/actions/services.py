"""From a service's name to its table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mfacli.emulator.authorisation.actions import dynamodb, ec2, iam, s3, sns, sqs, sts
from mfacli.emulator.authorisation.actions.needs import Call, Need

_TABLES: Mapping[str, Callable[[Call], tuple[Need, ...]]] = {
    "dynamodb": dynamodb.needs,
    "ec2": ec2.needs,
    "iam": iam.needs,
    "s3": s3.needs,
    "sns": sns.needs,
    "sqs": sqs.needs,
    "sts": sts.needs,
}


def needs_of(call: Call) -> tuple[Need, ...]:
    """Return the permissions that a call takes, the one it is mainly about first; none where it needs none.

    A service without a table is asked for its operation on everything. Raises `Refusal` where the call cannot mean
    anything.
    """
    table = _TABLES.get(call.operation.service)
    if table is None:
        return (Need(action=f"{call.operation.service}:{call.name}"),)
    return table(call)
