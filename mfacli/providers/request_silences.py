"""No answer to a request of the library `requests`: its many words for that become ours."""

from __future__ import annotations

from requests import exceptions as network
from urllib3.exceptions import NewConnectionError

from mfacli.providers.silences import Silence, innermost


def silence_in(original: BaseException | None) -> Silence:
    """Return what kind of silence `original` tells of."""
    match original:
        case network.ProxyError():
            return Silence.PROXY
        case network.SSLError():
            return Silence.TLS
        case network.ConnectTimeout():
            return Silence.SLOW_TO_CONNECT
        case network.ReadTimeout():
            return Silence.SLOW_TO_ANSWER
        case network.ConnectionError() if isinstance(innermost(original), NewConnectionError):
            return Silence.UNREACHABLE
        case network.ConnectionError() | network.ChunkedEncodingError():
            return Silence.CLOSED
        case OSError() if not isinstance(original, network.RequestException):
            # What requests raises where the file of certificates is missing.
            return Silence.NO_CERTIFICATES
        case _:
            return Silence.OTHER
