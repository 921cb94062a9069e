"""No answer from AWS: botocore's many words for it become ours."""

from __future__ import annotations

from botocore import exceptions as boto

from mfacli.errors import MfacliError
from mfacli.providers.attempt import Attempt
from mfacli.providers.silences import Silence, explain_silence, innermost, words_of


def explain_aws_silence(error: boto.BotoCoreError, attempt: Attempt) -> MfacliError:
    """Return our error for a call that brought no answer, or none that could be read."""
    reason = innermost(error.kwargs.get("error", error))
    return explain_silence(_silence(error, reason), attempt, reason=words_of(reason))


def _silence(error: boto.BotoCoreError, reason: object) -> Silence:
    match error:
        case boto.ProxyConnectionError():
            return Silence.PROXY
        case boto.SSLError() if isinstance(reason, FileNotFoundError):
            return Silence.NO_CERTIFICATES
        case boto.SSLError():
            return Silence.TLS
        case boto.ConnectTimeoutError():
            return Silence.SLOW_TO_CONNECT
        case boto.EndpointConnectionError():
            return Silence.UNREACHABLE
        case boto.ReadTimeoutError():
            return Silence.SLOW_TO_ANSWER
        case boto.ConnectionClosedError():
            return Silence.CLOSED
        case _:
            return Silence.OTHER
