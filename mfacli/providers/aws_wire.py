"""One botocore client's conversation with the cloud: isolated, signed by the cloud's clock, and careful with codes.

Everything hangs on botocore's events; nothing global is changed. Importing this module imports boto3.

A request that carries a code is sent again only where STS cannot have looked at the code: the connection was never
made, or the call was turned away for its rate. After a time-out while reading, a closed connection or a server error
nobody knows, so the caller is told instead; the same goes for anything else that botocore would try again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

import boto3
import botocore.session
from botocore import UNSIGNED
from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.client import BaseClient
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError

from mfacli.domain.credentials import Keys
from mfacli.interfaces import Clock, Talk
from mfacli.providers.exchange import Exchange

# The codes of botocore's standard mode, and 429 whatever the code: the limiter stands before the operation.
THROTTLING_CODES = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "SlowDown",
    }
)
_NEVER_SENT = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError)
# What the environment says about the network and the machine stays; whatever else would steer a call is in the plan.
_KEPT_VARIABLES = {
    "ca_bundle": "AWS_CA_BUNDLE",
    "use_fips_endpoint": "AWS_USE_FIPS_ENDPOINT",
    "use_dualstack_endpoint": "AWS_USE_DUALSTACK_ENDPOINT",
    "metadata_service_timeout": "AWS_METADATA_SERVICE_TIMEOUT",
    "metadata_service_num_attempts": "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
    "ec2_metadata_service_endpoint": "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "ec2_metadata_service_endpoint_mode": "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    "ec2_metadata_v1_disabled": "AWS_EC2_METADATA_V1_DISABLED",
    "imds_use_ipv6": "AWS_IMDS_USE_IPV6",
}


class IsolatedSession(boto3.session.Session):
    """A boto3 session that reads neither `~/.aws` nor the AWS variables (but the network's)."""

    def __init__(self) -> None:
        variables = {
            name: (None, _KEPT_VARIABLES.get(name), default, convert)
            for name, (_, _, default, convert) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
        }
        nowhere = (None, None, os.devnull, None)
        variables |= {"config_file": nowhere, "credentials_file": nowhere}
        # AWS_ENDPOINT_URL and its like are read by the profiles, and arrive in the plan.
        variables["ignore_configured_endpoint_urls"] = (None, None, True, None)
        self._inner = botocore.session.Session(session_vars=variables)
        super().__init__(botocore_session=self._inner)

    def credentials_from(self, provider: str) -> ReadOnlyCredentials | None:
        """Ask one of botocore's providers (`iam-role`, `container-role`), and none of the others it knows."""
        chain = self._inner.get_component("credential_provider")
        found = chain.get_provider(provider).load()
        return found.get_frozen_credentials() if found else None

    def choose_sts(self, *, is_regional: bool) -> None:
        """Say whether the next STS client without an endpoint of its own calls its region, or the global one."""
        self._inner.set_config_variable("sts_regional_endpoints", "regional" if is_regional else "legacy")


class Wire(Exchange):
    """Signs a client's requests, and forbids those that must not be sent again."""

    def __init__(self, *, keys: Keys, clock: Clock, talk: Talk, carries_code: bool) -> None:
        super().__init__(clock=clock, talk=talk, carries_code=carries_code)
        self._keys = keys

    def attach(self, client: BaseClient) -> None:
        """Take part in everything that `client` sends and receives."""
        service = client.meta.service_model.service_id.hyphenize()
        events = client.meta.events
        # The stubs forget that handlers may answer.
        events.register_first(f"choose-signer.{service}", self._sign_ourselves)  # type: ignore[arg-type]  # see above
        events.register(f"before-sign.{service}", self._sign)
        events.register(f"before-send.{service}", self._note_sending)
        events.register(f"before-parse.{service}", self._note_answer)
        events.register_first(f"needs-retry.{service}", self._forbid_resending)  # type: ignore[arg-type]  # see above

    def _sign_ourselves(self, **_: object) -> object:
        """Keep botocore's signer, which only knows this machine's clock, from signing."""
        return UNSIGNED

    def _sign(self, request: AWSRequest, signing_name: str, region_name: str, **_: object) -> None:
        """Sign at the place where botocore would."""
        # The global endpoint is signed for us-east-1 whatever the client's region; endpoint rules say so here.
        scope: Mapping[str, str] = request.context.get("signing", {})
        signer = _CloudTimeAuth(
            _frozen(self._keys),
            scope.get("signing_name", signing_name),
            scope.get("region", region_name),
            clock=self.clock,
        )
        signer.add_auth(request)

    def _note_sending(self, request: AWSPreparedRequest, event_name: str, **_: object) -> None:
        self.note_sending(request.method, request.url, event_name.rsplit(".", 1)[-1])

    def _note_answer(self, response_dict: Mapping[str, object], **_: object) -> None:
        status, headers = response_dict["status_code"], response_dict["headers"]
        assert isinstance(status, int)
        assert isinstance(headers, Mapping)
        self.note_answer(status, date=headers.get("Date"), request_id=headers.get("x-amzn-RequestId"))

    def _forbid_resending(
        self,
        response: tuple[object, Mapping[str, object]] | None,
        caught_exception: Exception | None,
        **_: object,
    ) -> bool | None:
        """Return False to forbid another attempt, None to leave the decision to botocore's standard mode."""
        if not self.is_sent_once:
            return None
        if response is None:
            return None if isinstance(caught_exception, _NEVER_SENT) else False
        error = response[1].get("Error")
        code = error.get("Code") if isinstance(error, Mapping) else None
        return None if code in THROTTLING_CODES or self.status == 429 else False


class _CloudTimeAuth(SigV4Auth):
    """Signature Version 4, dated by the cloud's clock instead of this machine's."""

    def __init__(self, credentials: ReadOnlyCredentials, service: str, region: str, *, clock: Clock) -> None:
        super().__init__(credentials, service, region)
        self._clock = clock

    def canonical_request(self, request: AWSRequest) -> str:
        """Put the cloud's time in the place of the one that botocore has just put down, before anything is signed."""
        moment = self._clock.cloud_now().strftime(SIGV4_TIMESTAMP)
        request.context["timestamp"] = moment
        del request.headers["X-Amz-Date"]
        request.headers["X-Amz-Date"] = moment
        return super().canonical_request(request)


def _frozen(keys: Keys) -> ReadOnlyCredentials:
    token = keys.session_token.reveal() if keys.session_token else None
    return Credentials(keys.access_key_id, keys.secret_access_key.reveal(), token).get_frozen_credentials()
