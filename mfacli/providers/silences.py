"""No answer from the cloud: which part of the way there failed, and what to look at."""

from __future__ import annotations

from botocore import exceptions as boto

from mfacli.errors import CloudUnreachable, MfacliError, ProfileBroken
from mfacli.providers.attempt import Attempt


def explain_silence(error: boto.BotoCoreError, attempt: Attempt) -> MfacliError:
    """Return our error for a call that brought no answer, or none that could be read."""
    host = attempt.endpoint
    reason = _reason(error)
    text = attempt.star(str(reason))
    match error:
        case boto.ProxyConnectionError():
            return CloudUnreachable(
                f"the proxy for `{host}` cannot be used: {text}", hint="see HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
            )
        case boto.SSLError() if isinstance(reason, FileNotFoundError):
            return ProfileBroken(
                "the file of trusted certificates does not exist", hint="see AWS_CA_BUNDLE and REQUESTS_CA_BUNDLE"
            )
        case boto.SSLError():
            return CloudUnreachable(
                f"`{host}` does not speak TLS as it should: {text}",
                hint="behind an inspecting proxy, name its certificate in AWS_CA_BUNDLE",
            )
        case boto.ConnectTimeoutError():
            return CloudUnreachable(
                f"`{host}` did not take the connection in time", hint="check the network, or set HTTPS_PROXY"
            )
        case boto.EndpointConnectionError():
            return CloudUnreachable(
                f"`{host}` cannot be reached", hint="check the network, the region's name and `endpoint_url`"
            )
        case boto.ReadTimeoutError():
            return CloudUnreachable(f"`{host}` did not answer in time", hint=attempt.next_try)
        case boto.ConnectionClosedError():
            return CloudUnreachable(f"`{host}` closed the connection without an answer", hint=attempt.next_try)
        case _:
            return CloudUnreachable(f"the call to `{host}` failed: {text}")


def _reason(error: boto.BotoCoreError) -> object:
    """Return the innermost reason; what is wrapped around it repeats addresses."""
    reason: object = error.kwargs.get("error", error)
    while isinstance(reason, BaseException):
        inner = getattr(reason, "reason", None) or (reason.args[0] if reason.args else None)
        if not isinstance(inner, BaseException):
            break
        reason = inner
    return reason
