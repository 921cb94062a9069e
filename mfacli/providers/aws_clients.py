"""boto3 clients for a plan: whose keys, which endpoint, how patient.

boto3 takes a third of a second to import, so it is imported by the first client, or ahead of it by `warm_up`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import urlsplit

from mfacli.domain.credentials import Keys
from mfacli.domain.plan import Plan
from mfacli.interfaces import Clock, Talk
from mfacli.providers.patience import Patience
from mfacli.version import VERSION

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.config import Config
    from types_boto3_iam import IAMClient
    from types_boto3_sts import STSClient

    from mfacli.providers.aws_wire import IsolatedSession, Wire

ClientT = TypeVar("ClientT", bound="BaseClient")

# Where each partition's STS and IAM are when no region is named; the legacy global STS is aws's alone.
_HOME_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
# The domains of all endpoints of the cloud's own.
CLOUD_DOMAINS = ("amazonaws.com", "amazonaws.com.cn", "api.aws")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Generic[ClientT]):
    """A client, what goes over its wire, and the host at the other end."""

    client: ClientT
    wire: Wire
    endpoint: str


class AwsClients:
    """Makes clients; all share one isolated session, so that models are read once."""

    def __init__(self, *, clock: Clock, talk: Talk, patience: Patience) -> None:
        self._clock = clock
        self._talk = talk
        self._patience = patience
        # Sessions are not safe between threads, and `warm_up` runs in one of its own.
        self._lock = threading.Lock()
        self._session: IsolatedSession | None = None

    def warm_up(self) -> None:
        """Import boto3 and read STS's model and endpoints."""
        with self._lock:
            self._shared_session().client(
                "sts",
                region_name=_HOME_REGIONS["aws"],
                aws_access_key_id="nobody",
                aws_secret_access_key="nothing",
                config=self._config(),
            )

    def sts(self, plan: Plan, keys: Keys, *, carries_code: bool = False) -> Line[STSClient]:
        """Return a client for the STS that `plan` names: the region's own, or the partition's."""
        with self._lock:
            session = self._shared_session()
            session.choose_sts(is_regional=plan.sts_region is not None)
            client = session.client(
                "sts",
                region_name=plan.sts_region or _HOME_REGIONS[plan.partition],
                endpoint_url=plan.endpoint_url,
                aws_access_key_id=keys.access_key_id,
                aws_secret_access_key=keys.secret_access_key.reveal(),
                config=self._config(),
            )
        return self._line(client, keys, carries_code=carries_code)

    def iam(self, plan: Plan, keys: Keys) -> Line[IAMClient]:
        """Return a client for the partition's IAM, or for the plan's endpoint where that is no STS of the cloud's."""
        with self._lock:
            client = self._shared_session().client(
                "iam",
                region_name=_HOME_REGIONS[plan.partition],
                endpoint_url=None if _is_the_clouds_sts(plan.endpoint_url) else plan.endpoint_url,
                aws_access_key_id=keys.access_key_id,
                aws_secret_access_key=keys.secret_access_key.reveal(),
                config=self._config(),
            )
        return self._line(client, keys, carries_code=False)

    def _shared_session(self) -> IsolatedSession:
        if self._session is None:
            from mfacli.providers.aws_wire import IsolatedSession

            self._session = IsolatedSession()
        return self._session

    def _line(self, client: ClientT, keys: Keys, *, carries_code: bool) -> Line[ClientT]:
        from mfacli.providers.aws_wire import Wire

        wire = Wire(keys=keys, clock=self._clock, talk=self._talk, carries_code=carries_code)
        wire.attach(client)
        return Line(client=client, wire=wire, endpoint=urlsplit(client.meta.endpoint_url).netloc)

    def _config(self) -> Config:
        from botocore.config import Config

        return Config(
            connect_timeout=self._patience.connect.total_seconds(),
            read_timeout=self._patience.read.total_seconds(),
            # Exponential back-off with jitter; what may be sent again at all is for the wire to say.
            retries={"mode": "standard", "total_max_attempts": self._patience.attempts},
            user_agent_extra=f"mfacli/{VERSION}",
        )


def _is_the_clouds_sts(url: str | None) -> bool:
    """Return whether `url` is one of the cloud's own STS endpoints (a region's, a VPC's), where no IAM answers."""
    host = urlsplit(url or "").hostname or ""
    is_the_clouds = any(host.endswith(f".{domain}") for domain in CLOUD_DOMAINS)
    return is_the_clouds and any(label in ("sts", "sts-fips") for label in host.split("."))
