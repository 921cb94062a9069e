"""No answer from Tencent Cloud: the words of requests for it become ours."""

from __future__ import annotations

from requests import exceptions as network
from tencentcloud.common.exception import TencentCloudSDKException

from mfacli.errors import KeysRejected, MfacliError, ProfileBroken
from mfacli.providers.attempt import Attempt
from mfacli.providers.request_silences import silence_in
from mfacli.providers.silences import Silence, explain_silence, innermost, words_of

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
            return explain_silence(silence_of(error), attempt, reason=words_of(innermost(error.__context__)))


def silence_of(error: TencentCloudSDKException) -> Silence:
    """Return what kind of silence stands behind the SDK's error, which keeps the text only."""
    return silence_in(error.__context__)
