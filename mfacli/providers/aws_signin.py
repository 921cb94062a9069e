"""AWS' federation endpoint: a role's session becomes a link that signs a browser in to the console.

After "Enable custom identity broker access to the AWS console" in the IAM User Guide. The keys go in the body: what
is in an address ends in the logs of proxies. A duration is never asked for, since AWS takes none where the role was
assumed by a session: the console lets people stay as long as the keys work.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from mfacli.domain.credentials import Keys
from mfacli.domain.plan import Plan
from mfacli.domain.secret import Secret
from mfacli.errors import CloudRefused, CloudUnreachable, MfacliError, ProfileBroken
from mfacli.interfaces import Clock, Talk
from mfacli.providers.attempt import Attempt, attempt_of
from mfacli.providers.aws_clients import CLOUD_DOMAINS
from mfacli.providers.exchange import Exchange
from mfacli.providers.patience import Patience
from mfacli.providers.refusals import cloud_said, failed_inside, throttled
from mfacli.providers.signin_places import console_path, signin_base
from mfacli.version import VERSION

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse

_PATH = "/federation"
_TOO_MANY, _FIRST_SERVER_ERROR, _DONE = 429, 500, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What a partition has for people: who signs them in, the console, and the domain that all pages are in."""

    signin: str
    console: str
    domain: str


_PLACES = {
    "aws": _Place(signin="signin.aws.amazon.com", console="console.aws.amazon.com", domain="aws.amazon.com"),
    "aws-cn": _Place(signin="signin.amazonaws.cn", console="console.amazonaws.cn", domain="amazonaws.cn"),
    "aws-us-gov": _Place(
        signin="signin.amazonaws-us-gov.com",
        console="console.amazonaws-us-gov.com",
        domain="amazonaws-us-gov.com",
    ),
}


class AwsSignin:
    """The `SigninProvider` for AWS.

    Like the calls to STS it takes from the environment only what concerns the network: proxies, AWS_CA_BUNDLE.
    """

    def __init__(self, *, clock: Clock, talk: Talk, patience: Patience | None = None) -> None:
        self._clock = clock
        self._talk = talk
        self._patience = patience or Patience()

    def console_page(self, wanted: str | None, *, plan: Plan) -> str:
        """Return the address of a page of the partition's console, in the plan's region."""
        place = _place_of(plan)
        example = f"https://{place.console}/…"
        path = None if wanted is None else console_path(wanted, domains=(place.domain,), example=example)
        if wanted is not None and path is None:
            return wanted
        # Whatever a service's own start page is called, `home` leads there.
        path = "console/home" if path is None else path if "/" in path else f"{path}/home"
        if not plan.region:
            return f"https://{place.console}/{path}"
        return f"https://{plan.region}.{place.console}/{path}?region={plan.region}"

    def signin_url(self, page: str, *, plan: Plan, keys: Keys) -> Secret:
        """Trade the keys for a token and return the link that holds it; see `SigninProvider`."""
        base = signin_base(plan, clouds_own=CLOUD_DOMAINS, base=f"https://{_place_of(plan).signin}")
        attempt = replace(attempt_of("GetSigninToken", plan, keys), endpoint=urlsplit(base).netloc)
        token = self._token(f"{base}{_PATH}", _session(keys), attempt)
        asked = {"Action": "login", "Issuer": "mfacli", "Destination": page, "SigninToken": token}
        return Secret(f"{base}{_PATH}?{urlencode(asked)}")

    def _token(self, url: str, session: str, attempt: Attempt) -> str:
        from botocore.exceptions import BotoCoreError

        from mfacli.providers.aws_silences import explain_aws_silence

        body = urlencode({"Action": "getSigninToken", "Session": session}).encode()
        try:
            answer = self._answer(url, body)
            status, content = answer.status_code, answer.content
        except BotoCoreError as error:
            # What it says may repeat the request.
            raise explain_aws_silence(error, attempt) from cloud_said(error, "")
        if status != _DONE:
            raise _refused(status, attempt)
        return _token_in(content, attempt)

    def _answer(self, url: str, body: bytes) -> AWSResponse:
        """Send the request, again where nothing came back or the endpoint failed: nothing is used up by it."""
        from botocore import exceptions as boto

        passing = (
            boto.ConnectTimeoutError,
            boto.EndpointConnectionError,
            boto.ProxyConnectionError,
            boto.ReadTimeoutError,
            boto.ConnectionClosedError,
        )
        for attempts_left in range(self._patience.attempts - 1, 0, -1):
            try:
                answer = self._send(url, body)
                if answer.status_code != _TOO_MANY and answer.status_code < _FIRST_SERVER_ERROR:
                    return answer
            except passing as problem:
                self._talk.detail(f"no answer ({type(problem).__name__}), {attempts_left} more tries")
            self._clock.wait(timedelta(seconds=1))
        return self._send(url, body)

    def _send(self, url: str, body: bytes) -> AWSResponse:
        from botocore.awsrequest import AWSRequest
        from botocore.httpsession import URLLib3Session
        from botocore.utils import get_environ_proxies

        exchange = Exchange(clock=self._clock, talk=self._talk, carries_code=False)
        certificates = os.environ.get("AWS_CA_BUNDLE") or os.environ.get("REQUESTS_CA_BUNDLE") or True
        connect, read = self._patience.connect.total_seconds(), self._patience.read.total_seconds()
        way_out = URLLib3Session(
            verify=certificates,  # type: ignore[arg-type]  # the stubs know no path
            proxies=get_environ_proxies(url),
            timeout=(connect, read),  # type: ignore[arg-type]  # nor two times
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": f"mfacli/{VERSION}"}
        request = AWSRequest(method="POST", url=url, headers=headers, data=body).prepare()
        exchange.note_sending("POST", url, "getSigninToken")
        try:
            answer = way_out.send(request)
            exchange.note_answer(
                answer.status_code,
                date=answer.headers.get("Date"),
                request_id=answer.headers.get("x-amzn-RequestId"),
            )
            # The content is read while the connection is there.
            _ = answer.content
        finally:
            way_out.close()
        return answer


def _place_of(plan: Plan) -> _Place:
    place = _PLACES.get(plan.partition)
    if place is None:
        raise ProfileBroken(
            f"how partition {plan.partition} signs people in is not known", hint="known: " + ", ".join(_PLACES)
        )
    return place


def _session(keys: Keys) -> str:
    token = keys.session_token.reveal() if keys.session_token else ""
    session = {
        "sessionId": keys.access_key_id,
        "sessionKey": keys.secret_access_key.reveal(),
        "sessionToken": token,
    }
    return json.dumps(session)


def _refused(status: int, attempt: Attempt) -> MfacliError:
    if status == _TOO_MANY:
        return throttled(attempt)
    if status >= _FIRST_SERVER_ERROR:
        return failed_inside(str(status), "", attempt)
    return CloudRefused(
        f"`{attempt.endpoint}` signs nobody in with this session (it answered {status})",
        hint="it takes the session of a role, as long as it works: `mfacli console ROLE --new` opens another",
    )


def _token_in(content: bytes, attempt: Attempt) -> str:
    try:
        found: object = json.loads(content)
    except ValueError:
        found = None
    token = found.get("SigninToken") if isinstance(found, Mapping) else None
    if isinstance(token, str) and token:
        return token
    raise CloudUnreachable(
        f"`{attempt.endpoint}` answered with something that is no sign-in token",
        hint=f"a captive portal or proxy may stand between (see HTTPS_PROXY); {attempt.next_try}",
    )
