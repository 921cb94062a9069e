"""No answer from a cloud: which part of the way there failed, and what to look at."""

from __future__ import annotations

from enum import Enum, auto
from typing import assert_never

from mfacli.domain.cloud import Cloud
from mfacli.errors import CloudUnreachable, MfacliError, ProfileBroken
from mfacli.providers.attempt import Attempt

# The variable that names a file of trusted certificates, and the setting that names another STS.
_CERTIFICATES = {Cloud.AWS: "AWS_CA_BUNDLE", Cloud.TENCENT: "REQUESTS_CA_BUNDLE"}
ENDPOINT_SETTINGS = {Cloud.AWS: "endpoint_url", Cloud.TENCENT: "endpoint"}


class Silence(Enum):
    """The ways in which a call brings no answer."""

    PROXY = auto()
    NO_CERTIFICATES = auto()
    TLS = auto()
    SLOW_TO_CONNECT = auto()
    UNREACHABLE = auto()
    SLOW_TO_ANSWER = auto()
    CLOSED = auto()
    OTHER = auto()


def explain_silence(silence: Silence, attempt: Attempt, *, reason: str) -> MfacliError:
    """Return our error for a call that brought no answer; `reason` is the SDK's innermost words for why."""
    host = attempt.endpoint
    certificates = _CERTIFICATES[attempt.cloud]
    text = attempt.star(reason)
    match silence:
        case Silence.PROXY:
            return CloudUnreachable(
                f"the proxy for `{host}` cannot be used: {text}", hint="see HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
            )
        case Silence.NO_CERTIFICATES:
            also = "" if certificates == "REQUESTS_CA_BUNDLE" else " and REQUESTS_CA_BUNDLE"
            return ProfileBroken("the file of trusted certificates does not exist", hint=f"see {certificates}{also}")
        case Silence.TLS:
            return CloudUnreachable(
                f"`{host}` does not speak TLS as it should: {text}",
                hint=f"behind an inspecting proxy, name its certificate in {certificates}",
            )
        case Silence.SLOW_TO_CONNECT:
            return CloudUnreachable(
                f"`{host}` did not take the connection in time", hint="check the network, or set HTTPS_PROXY"
            )
        case Silence.UNREACHABLE:
            endpoint = ENDPOINT_SETTINGS[attempt.cloud]
            return CloudUnreachable(
                f"`{host}` cannot be reached", hint=f"check the network, the region's name and `{endpoint}`"
            )
        case Silence.SLOW_TO_ANSWER:
            return CloudUnreachable(f"`{host}` did not answer in time", hint=attempt.next_try)
        case Silence.CLOSED:
            return CloudUnreachable(f"`{host}` closed the connection without an answer", hint=attempt.next_try)
        case Silence.OTHER:
            return CloudUnreachable(f"the call to `{host}` failed: {text}")
        case _:
            assert_never(silence)


def innermost(error: object) -> object:
    """Return the innermost reason of a failed call; what is wrapped around it repeats addresses."""
    reason = error
    while isinstance(reason, BaseException):
        first = reason.args[0] if reason.args else None
        # urllib3 keeps what it wraps under either name, or as the first argument.
        inner = getattr(reason, "reason", None) or getattr(reason, "original_error", None) or first
        if not isinstance(inner, BaseException):
            break
        reason = inner
    return reason


def words_of(reason: object) -> str:
    """Return what an innermost reason says: the system's own words where it only passes those on."""
    cause = reason.__cause__ if isinstance(reason, BaseException) else None
    return str(cause if isinstance(cause, OSError) else reason)
