"""No answer from Tencent Cloud: the words of requests for it become ours."""

from __future__ import annotations

from requests import exceptions as network
from tencentcloud.common.exception import TencentCloudSDKException
from urllib3.exceptions import NewConnectionError

from mfacli.errors import KeysRejected, MfacliError, ProfileBroken
from mfacli.providers.attempt import Attempt
from mfacli.providers.silences import Silence, explain_silence

# The SDK's code for whatever was raised while it was sending or reading.
NETWORK = "ClientNetworkError"


def explain_tencent_silence(error: TencentCloudSDKException, attempt: Attempt) -> MfacliError:
    """Return our error for a call that brought no answer."""
    match error.__context__:
        case network.InvalidHeader() | UnicodeError():
            return KeysRejected(
                f"the keys in {attempt.keys_origin} hold characters that no key has", hint="copy them again"
            )
        case network.InvalidProxyURL():
            return ProfileBroken("the proxy's URL is not valid", hint="see HTTPS_PROXY and HTTP_PROXY")
        case network.InvalidURL():
            return ProfileBroken("the endpoint's URL is not valid", hint="see --endpoint-url and `endpoint`")
        case _:
            return explain_silence(silence_of(error), attempt, reason=str(_innermost(error)))


def silence_of(error: TencentCloudSDKException) -> Silence:
    """Return what kind of silence stands behind the SDK's error, which keeps the text only."""
    original = error.__context__
    match original:
        case network.ProxyError():
            return Silence.PROXY
        case network.SSLError():
            return Silence.TLS
        case network.ConnectTimeout():
            return Silence.SLOW_TO_CONNECT
        case network.ReadTimeout():
            return Silence.SLOW_TO_ANSWER
        case network.ConnectionError() if isinstance(_innermost(error), NewConnectionError):
            return Silence.UNREACHABLE
        case network.ConnectionError() | network.ChunkedEncodingError():
            return Silence.CLOSED
        case OSError() if not isinstance(original, network.RequestException):
            # What requests raises where the file of certificates is missing.
            return Silence.NO_CERTIFICATES
        case _:
            return Silence.OTHER


def _innermost(error: TencentCloudSDKException) -> object:
    """Return the innermost reason; what is wrapped around it repeats addresses."""
    reason: object = error.__context__
    while isinstance(reason, BaseException):
        inner = getattr(reason, "reason", None) or (reason.args[0] if reason.args else None)
        if not isinstance(inner, BaseException):
            break
        reason = inner
    return reason
