"""An emulator of the documents' world on loopback, and boto3 clients for the people in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, cast

import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session, get_session

from mfacli.emulator.assembly import assemble
from mfacli.emulator.contracts import WorldClock
from mfacli.emulator.running import Control
from mfacli.emulator.server import running
from mfacli.emulator.world.keys import WorldKey
from mfacli.emulator.world.load import default_world
from mfacli.emulator.world.memory import WorldMemory
from mfacli.emulator.world.model import World

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_ec2 import EC2Client
    from types_boto3_iam import IAMClient
    from types_boto3_s3 import S3Client
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient
    from types_boto3_sts import STSClient
    from types_boto3_sts.type_defs import CredentialsTypeDef

ACCOUNT_A = "111122223333"
ACCOUNT_B = "444455556666"
ACCOUNT_C = "777788889999"
CROSS_ACCOUNT_ROLE = f"arn:aws:iam::{ACCOUNT_A}:role/CrossAccountRole"
LONG_RUNNING_ROLE = f"arn:aws:iam::{ACCOUNT_A}:role/batch/LongRunningRole"
PARTNER_ROLE = f"arn:aws:iam::{ACCOUNT_A}:role/PartnerRole"
BOOK_AUDITOR = f"arn:aws:iam::{ACCOUNT_A}:role/BookAuditor"

Who = str | Mapping[str, object]


@cache
def _session() -> Session:
    # One for all clients: it keeps the service models, which take long to read.
    return get_session()


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A running emulator. `who` is a user's name as the control surface takes it, or a session's credentials."""

    url: str
    control: Control
    clock: WorldClock

    def sts(self, who: Who) -> STSClient:
        """Return an STS client; it does not look at parameters itself, so that the emulator must."""
        return cast("STSClient", self._client("sts", who))

    def iam(self, who: Who) -> IAMClient:
        """Return an IAM client, as blind to parameters."""
        return cast("IAMClient", self._client("iam", who))

    def dynamodb(self, who: Who) -> DynamoDBClient:
        """Return a DynamoDB client."""
        return cast("DynamoDBClient", self._client("dynamodb", who))

    def s3(self, who: Who) -> S3Client:
        """Return an S3 client."""
        return cast("S3Client", self._client("s3", who))

    def sqs(self, who: Who) -> SQSClient:
        """Return an SQS client."""
        return cast("SQSClient", self._client("sqs", who))

    def sns(self, who: Who) -> SNSClient:
        """Return an SNS client."""
        return cast("SNSClient", self._client("sns", who))

    def ec2(self, who: Who) -> EC2Client:
        """Return an EC2 client."""
        return cast("EC2Client", self._client("ec2", who))

    def device(self, user: str) -> str:
        """Return the serial of the user's device."""
        serial = self.control.environment_of(user).device
        assert serial is not None
        return serial

    def code(self, user: str) -> str:
        """Return an unused code of the user's device."""
        return self.control.code(user, fresh=True)

    def session(self, user: str, *, with_mfa: bool = True) -> CredentialsTypeDef:
        """Return the credentials of a GetSessionToken call."""
        if not with_mfa:
            return self.sts(user).get_session_token()["Credentials"]
        answer = self.sts(user).get_session_token(SerialNumber=self.device(user), TokenCode=self.code(user))
        return answer["Credentials"]

    def cross_account_role(self) -> CredentialsTypeDef:
        """Return the credentials of CrossAccountRole, assumed by Richard with a code."""
        answer = self.sts("Richard").assume_role(
            RoleArn=CROSS_ACCOUNT_ROLE,
            RoleSessionName="richard",
            SerialNumber=self.device("Richard"),
            TokenCode=self.code("Richard"),
        )
        return answer["Credentials"]

    def _client(self, service: str, who: Who) -> BaseClient:
        if isinstance(who, str):
            keys = self.control.environment_of(who)
            key_id, secret, token = keys.access_key_id, keys.secret_access_key.reveal(), None
        else:
            key_id, secret, token = (str(who[name]) for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
        return _session().create_client(
            service,
            region_name="us-east-1",
            endpoint_url=self.url,
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(
                parameter_validation=False,
                retries={"total_max_attempts": 1},
                # Without it boto3 presigns by SigV2, which S3 takes in its oldest regions only.
                signature_version="s3v4" if service == "s3" else None,
            ),
        )


@contextmanager
def town(
    *, world: World | None = None, key: WorldKey | None = None, memory: WorldMemory | None = None
) -> Iterator[Town]:
    """Serve an emulator for the length of a `with`."""
    made = assemble(world=world or default_world(), key=key, memory=memory)
    with running(made.emulator) as url:
        yield Town(url=url, control=Control(url, made.control_token), clock=made.clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What a client was told instead of an answer."""

    code: str
    status: int
    message: str


def refusal_of(call: Callable[[], object]) -> Refused:
    """Make a call that must be refused, and return with what."""
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    return Refused(
        code=error["Code"],
        status=caught.value.response["ResponseMetadata"]["HTTPStatusCode"],
        message=error["Message"],
    )
