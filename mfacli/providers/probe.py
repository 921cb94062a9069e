"""Asks a cloud's STS something without a signature, to see whether it is reached and what time it has.

Nothing of the person's goes along. Proxies and certificates are those of the environment, as with every call.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from urllib.parse import urlsplit

from mfacli.domain.cloud import Cloud
from mfacli.errors import CloudUnreachable, MfacliError
from mfacli.interfaces import Clock, Talk
from mfacli.providers.attempt import Attempt
from mfacli.providers.exchange import Exchange
from mfacli.providers.patience import Patience
from mfacli.providers.silences import explain_silence, innermost, words_of
from mfacli.version import VERSION

_ACTION = "GetCallerIdentity"
_BODIES = {Cloud.AWS: f"Action={_ACTION}&Version=2011-06-15", Cloud.TENCENT: "{}"}
_TYPES = {Cloud.AWS: "application/x-www-form-urlencoded", Cloud.TENCENT: "application/json"}
_MORE = {Cloud.AWS: {}, Cloud.TENCENT: {"X-TC-Action": _ACTION, "X-TC-Version": "2018-08-13"}}
# An answer is short; a portal's page need not be read to its end.
_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of it.

    `problem` says why there was no answer, `is_the_cloud` whether it was one of STS's, `offset` is the cloud's time
    minus this machine's (None: not told), `proxy` the host of the proxy it went through, if any.
    """

    host: str
    seconds: float = 0.0
    problem: MfacliError | None = None
    is_the_cloud: bool = False
    offset: timedelta | None = None
    proxy: str = ""


def probe(cloud: Cloud, url: str, *, clock: Clock, talk: Talk, patience: Patience) -> Answer:
    """Send one request to the STS at `url`, and return what came of it."""
    import requests
    from urllib3.exceptions import NameResolutionError

    from mfacli.providers.request_silences import silence_in

    host = urlsplit(url).netloc.rpartition("@")[2]
    exchange = Exchange(clock=clock, talk=talk, carries_code=False)
    started = monotonic()
    try:
        proxy = _proxy(url)
        with requests.Session() as session:
            # A line for all hosts in ~/.netrc would send a password along.
            session.auth = lambda prepared: prepared
            exchange.note_sending("POST", url, _ACTION)
            answer = session.post(
                url,
                data=_BODIES[cloud],
                headers={"Content-Type": _TYPES[cloud], "User-Agent": f"mfacli/{VERSION}", **_MORE[cloud]},
                timeout=(patience.connect.total_seconds(), patience.read.total_seconds()),
                allow_redirects=False,
                verify=_certificates(cloud),
                stream=True,
            )
            content = next(answer.iter_content(_MOST_BYTES), b"")
        exchange.note_answer(answer.status_code, date=answer.headers.get("Date"), request_id=None)
    except (OSError, ValueError) as error:
        # requests' own errors are OSErrors and, where a URL means nothing, ValueErrors.
        reason = innermost(error)
        silence = silence_in(error)
        problem = explain_silence(silence, _attempt(cloud, host), reason=words_of(reason))
        if isinstance(reason, NameResolutionError):
            problem = CloudUnreachable(
                f"DNS knows no address of `{host}`", hint="check the network, the region's name and the endpoint"
            )
        return Answer(host=host, problem=problem, proxy=_proxy(url))
    return Answer(
        host=host,
        seconds=monotonic() - started,
        is_the_cloud=_is_sts(cloud, content, answer.headers.get("x-amzn-RequestId")),
        offset=exchange.clock_offset,
        proxy=proxy,
    )


def sts_url(cloud: Cloud, *, endpoint_url: str | None, region: str | None, partition: str) -> str:
    """Return where STS is for a plan, as the SDKs find it."""
    if endpoint_url is not None:
        return endpoint_url if "://" in endpoint_url else f"https://{endpoint_url}"
    if cloud is Cloud.TENCENT:
        return "https://sts.tencentcloudapi.com"
    if partition == "aws-cn":
        return f"https://sts.{region or 'cn-north-1'}.amazonaws.com.cn"
    if partition == "aws-us-gov":
        return f"https://sts.{region or 'us-gov-west-1'}.amazonaws.com"
    return f"https://sts.{region}.amazonaws.com" if region else "https://sts.amazonaws.com"


def _is_sts(cloud: Cloud, content: bytes, request_id: str | None) -> bool:
    """Return whether an answer is a refusal of STS's own: it asked for a signature, and got none."""
    if cloud is Cloud.TENCENT:
        return b'"Response"' in content and b'"RequestId"' in content
    return request_id is not None or (b"<ErrorResponse" in content and b"<RequestId>" in content)


def _certificates(cloud: Cloud) -> str | bool:
    named = os.environ.get("AWS_CA_BUNDLE") if cloud is Cloud.AWS else None
    return named or True


def _proxy(url: str) -> str:
    from requests.utils import get_environ_proxies

    found = get_environ_proxies(url).get(urlsplit(url).scheme, "")
    return urlsplit(found if "://" in found else f"//{found}").netloc.rpartition("@")[2]


def _attempt(cloud: Cloud, host: str) -> Attempt:
    return Attempt(
        cloud=cloud, operation=_ACTION, endpoint=host, access_key_id="", keys_origin="nowhere", is_temporary=False
    )
