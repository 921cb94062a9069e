"""One call to AWS: made, made again where only this machine's clock was against it, and its errors made ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from mfacli.providers.attempt import Attempt
from mfacli.providers.aws_clients import AwsClients, Line

if TYPE_CHECKING:
    from botocore.client import BaseClient

ClientT = TypeVar("ClientT", bound="BaseClient")
AnswerT = TypeVar("AnswerT")
ResultT = TypeVar("ResultT")


class AwsCalls:
    """Makes calls over the lines of `clients`."""

    def __init__(self, clients: AwsClients) -> None:
        self.clients = clients

    def open(self, attempt: Attempt, connect: Callable[[], Line[ClientT]]) -> Line[ClientT]:
        """Return the line for an attempt; botocore looks at region, endpoint, proxies and certificates here."""
        try:
            return connect()
        except Exception as error:
            _raise_ours(error, attempt)
            raise

    def make(
        self,
        line: Line[ClientT],
        attempt: Attempt,
        call: Callable[[], AnswerT],
        read: Callable[[AnswerT], ResultT],
    ) -> ResultT:
        """Make the call, once more where only this machine's clock was against it, and read the answer."""
        from botocore.exceptions import ClientError

        from mfacli.providers.aws_refusals import is_skew

        wire = line.wire
        try:
            try:
                answer = call()
            except ClientError as refusal:
                if not (is_skew(refusal) and wire.has_learnt):
                    raise
                # The signature is checked before anything else, so a code in this request is as good as new.
                answer = call()
            return read(answer)
        except Exception as error:
            was_answered = wire.status is not None
            _raise_ours(
                error,
                replace(attempt, endpoint=line.endpoint, clock_offset=wire.clock_offset, was_answered=was_answered),
            )
            raise


def _raise_ours(error: Exception, attempt: Attempt) -> None:
    """Raise our error in the place of `error`; returns where it is neither the cloud's nor the network's."""
    from mfacli.providers.aws_refusals import cause_of, explain

    explained = explain(error, attempt)
    if explained is not None:
        raise explained from cause_of(error, attempt)
