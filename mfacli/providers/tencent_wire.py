"""One client of Tencent Cloud's SDK: isolated, signed by the cloud's clock, and careful with codes.

The SDK builds and signs the requests; how they travel is ours. Importing this module imports the SDK.

A request that carries a code is sent again only where STS cannot have looked at the code: the connection was never
made, or the call was turned away for its rate or its time. After a time-out while reading, a closed connection or a
server error nobody knows, so the caller is told instead.
"""

from __future__ import annotations

import logging
import random
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import requests
from tencentcloud.common.abstract_client import LOGGER_NAME
from tencentcloud.common.exception import TencentCloudSDKException
from tencentcloud.common.http.request import ProxyConnection, RequestInternal
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sts.v20180813.sts_client import StsClient

from mfacli.domain.credentials import Keys
from mfacli.domain.plan import Plan
from mfacli.errors import ProfileBroken
from mfacli.providers.exchange import Exchange
from mfacli.providers.patience import Patience
from mfacli.providers.silences import Silence
from mfacli.providers.tencent_silences import NETWORK, silence_of
from mfacli.version import VERSION

# STS wants a region in the header, and answers alike whichever it is.
_HOME_REGION = "ap-guangzhou"
_STS_HOST = "sts.tencentcloudapi.com"
_CLOUD_DOMAINS = (".tencentcloudapi.com", ".tencentcloudapi.cn")
_SKEW = "AuthFailure.SignatureExpire"
_NEVER_SENT = (Silence.PROXY, Silence.SLOW_TO_CONNECT, Silence.UNREACHABLE)
_PASSING = (*_NEVER_SENT, Silence.SLOW_TO_ANSWER, Silence.CLOSED)
_LONGEST_PAUSE_SECONDS = 20
_TOO_MANY, _FIRST_SERVER_ERROR = 429, 500


class Wire(StsClient):  # type: ignore[misc]  # the SDK has no types
    """The STS client of one call.

    `host` is the one called, with its port, and `exchange` what its answers told.
    """

    def __init__(self, plan: Plan, keys: Keys, *, exchange: Exchange, patience: Patience) -> None:
        scheme, self.host = self.place_for(plan.endpoint_url)
        place = HttpProfile(protocol=scheme, endpoint=self.host)
        profile = ClientProfile(language="en-US", request_client=f"mfacli-{VERSION}", httpProfile=place)
        super().__init__(_Credential(keys), plan.sts_region or _HOME_REGION, profile)
        self.request.conn = _Connection(self.host, exchange=exchange, patience=patience)
        self.exchange = exchange
        self._attempts = patience.attempts

    def place_for(self, url: str | None) -> tuple[str, str]:
        """Return scheme and host of the service, for a plan whose endpoint is `url`."""
        return _place_of(url)

    def ask(self, action: str, parameters: Mapping[str, object]) -> Mapping[str, object]:
        """Return what `action` answers; raises what the SDK and the reading of its answer raise."""
        tries, has_corrected_clock = 1, False
        while True:
            try:
                return self._ask_once(action, parameters)
            except TencentCloudSDKException as problem:
                if problem.code == _SKEW and self.exchange.has_learnt and not has_corrected_clock:
                    # The signature is checked before anything else, so a code in this request is as good as new.
                    has_corrected_clock = True
                elif tries < self._attempts and self._may_be_sent_again(problem):
                    longest = min(2 ** (tries - 1), _LONGEST_PAUSE_SECONDS)
                    self.exchange.clock.wait(timedelta(seconds=random.uniform(0, longest)))  # noqa: S311 - no secret
                    tries += 1
                else:
                    raise

    def _ask_once(self, action: str, parameters: Mapping[str, object]) -> Mapping[str, object]:
        with _unlogged():
            answer: Mapping[str, Mapping[str, object]] = self.call_json(action, dict(parameters))
        match answer["Response"]:
            case {"Error": {"Code": str(code), "Message": str(text)}}:
                raise TencentCloudSDKException(code, text)
            case response:
                return response

    def _may_be_sent_again(self, problem: TencentCloudSDKException) -> bool:
        code, status = str(problem.code), self.exchange.status
        if code.startswith("RequestLimitExceeded") or status == _TOO_MANY:
            # The limiter stands before the operation.
            return True
        if code == NETWORK:
            silence = silence_of(problem)
            return silence in (_NEVER_SENT if self.exchange.is_sent_once else _PASSING)
        failed_inside = code.startswith("InternalError") or (status or 0) >= _FIRST_SERVER_ERROR
        return failed_inside and not self.exchange.is_sent_once

    def _check_error(self, resp: object) -> None:
        """Leave errors to `_ask_once`: the SDK sees them only under one exact Content-Type.

        It would also switch on every warning of the whole process where an answer tells of a deprecation.
        """

    def _build_req_with_tc3_signature(
        self, action: str, params: object, req: RequestInternal, options: object = None
    ) -> None:
        """Sign anew with the cloud's time; the SDK knows only this machine's."""
        # The SDK warns of what it does itself (utcfromtimestamp). Whoever else warns while this takes is not heard,
        # so it is done around what takes no time.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            super()._build_req_with_tc3_signature(action, params, req, options)
        key_id, secret_key, _ = self.credential.get_credential_info()
        now = self.exchange.clock.cloud_now()
        scope = f"{now:%Y-%m-%d}/{self._service}/tc3_request"
        req.header["X-TC-Timestamp"] = str(int(now.timestamp()))
        signature = self._get_tc3_signature(params, req, f"{now:%Y-%m-%d}", self._service, secret_key, options)
        req.header["Authorization"] = (
            f"TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders=content-type;host, Signature={signature}"
        )


class CamWire(Wire):
    """The same for one call of CAM."""

    _apiVersion = "2019-01-16"  # noqa: N815 - the SDK's own name
    _endpoint = "cam.tencentcloudapi.com"
    _service = "cam"

    def place_for(self, url: str | None) -> tuple[str, str]:
        """Return CAM's own where the plan's endpoint is the cloud's STS, which answers for nothing else."""
        scheme, host = _place_of(url)
        name = host.partition(":")[0].lower()
        if not (name.startswith("sts.") and name.endswith(_CLOUD_DOMAINS)):
            return scheme, host
        return scheme, "cam.intl.tencentcloudapi.com" if ".intl." in name else self._endpoint


class _Credential:
    """The keys as the SDK asks for them, at each request."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def get_credential_info(self) -> tuple[str, str, str | None]:
        token = self._keys.session_token
        return self._keys.access_key_id, self._keys.secret_access_key.reveal(), token.reveal() if token else None


class _Connection(ProxyConnection):  # type: ignore[misc]  # the SDK has no types
    """The way out: proxies and certificates are those that requests finds, nothing is added, no redirect followed."""

    def __init__(self, host: str, *, exchange: Exchange, patience: Patience) -> None:
        super().__init__(host)
        self._exchange = exchange
        self._timeouts = (patience.connect.total_seconds(), patience.read.total_seconds())
        self._plain = requests.Session()
        self._plain.headers["User-Agent"] = f"mfacli/{VERSION}"
        # A line for all hosts in ~/.netrc would take the signature's place.
        self._plain.auth = lambda prepared: prepared

    def request(
        self, method: str, url: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        self._exchange.note_sending(method, f"{url}/", (headers or {}).get("X-TC-Action", ""))
        answer = self._plain.request(
            method, url, data=body, headers=headers, timeout=self._timeouts, allow_redirects=False
        )
        self._exchange.note_answer(
            answer.status_code, date=answer.headers.get("Date"), request_id=_request_id(answer)
        )
        return answer


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keep the SDK's debug lines, which hold bodies and headers, from every log.

    Only this thread's: a program that takes its sessions from mfacli may be logging its own calls.
    """
    here = threading.get_ident()
    logger = logging.getLogger(LOGGER_NAME)

    def is_anothers(record: logging.LogRecord) -> bool:
        return record.thread != here

    logger.addFilter(is_anothers)
    try:
        yield
    finally:
        logger.removeFilter(is_anothers)


def _request_id(answer: requests.Response) -> object:
    try:
        match answer.json():
            case {"Response": {"RequestId": str(request_id)}}:
                return request_id
    except ValueError:
        pass
    return None


def _place_of(url: str | None) -> tuple[str, str]:
    """Return scheme and host (with its port) of an endpoint: a host, `host:port`, or a URL."""
    if url is None:
        return "https", _STS_HOST
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        is_usable = parts.hostname and parts.port != 0
    except ValueError:
        is_usable = False
    else:
        # The SDK calls the root path whatever the endpoint says, and names the whole of it in the Host header.
        is_plain = parts.path in ("", "/") and not parts.query and "@" not in parts.netloc
        if is_usable and is_plain and parts.scheme in ("http", "https"):
            return parts.scheme, parts.netloc
    raise ProfileBroken("the endpoint's URL is not valid", hint="see --endpoint-url and `endpoint`")
