"""What the demo's people do with their keys: calls of boto3, which knows nothing of mfacli."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, TypedDict

from mfacli.domain.credentials import Keys
from mfacli.domain.secret import Secret

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_ec2 import EC2Client
    from types_boto3_iam import IAMClient
    from types_boto3_s3 import S3Client
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient
    from types_boto3_sts import STSClient
    from types_boto3_sts.type_defs import CredentialsTypeDef

REGION = "us-east-1"
BUCKET = "account-a-bucket"
TOPIC = "arn:aws:sns:us-east-1:111122223333:announcements"
QUEUE = "http://sqs.us-east-1.amazonaws.com/111122223333/orders"
BOOK = {"ISBN": {"S": "9780141439518"}, "Title": {"S": "Pride and Prejudice"}}


class _Options(TypedDict):
    endpoint_url: str
    config: Config
    aws_access_key_id: str
    aws_secret_access_key: str
    aws_session_token: str | None


class Clients:
    """Makes clients that talk to the emulator at `address` and to nobody else."""

    def __init__(self, address: str) -> None:
        self._address = address

    @functools.cached_property
    def _config(self) -> Config:
        from botocore.config import Config

        # A refusal is what the demo is about: it is not to be tried again.
        return Config(
            retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30, s3={"addressing_style": "path"}
        )

    def sts(self, keys: Keys) -> STSClient:
        """Return a client of STS."""
        return self._session.client("sts", **self._options(keys))

    def iam(self, keys: Keys) -> IAMClient:
        """Return a client of IAM."""
        return self._session.client("iam", **self._options(keys))

    def ec2(self, keys: Keys) -> EC2Client:
        """Return a client of EC2."""
        return self._session.client("ec2", **self._options(keys))

    def dynamodb(self, keys: Keys) -> DynamoDBClient:
        """Return a client of DynamoDB."""
        return self._session.client("dynamodb", **self._options(keys))

    def s3(self, keys: Keys) -> S3Client:
        """Return a client of S3."""
        return self._session.client("s3", **self._options(keys))

    def sqs(self, keys: Keys) -> SQSClient:
        """Return a client of SQS."""
        return self._session.client("sqs", **self._options(keys))

    def sns(self, keys: Keys) -> SNSClient:
        """Return a client of SNS."""
        return self._session.client("sns", **self._options(keys))

    @functools.cached_property
    def _session(self) -> boto3.session.Session:
        import boto3

        # One for all: it keeps the service models, which take longer to read than any call here.
        return boto3.session.Session(region_name=REGION)

    def _options(self, keys: Keys) -> _Options:
        return {
            "endpoint_url": self._address,
            "config": self._config,
            "aws_access_key_id": keys.access_key_id,
            "aws_secret_access_key": keys.secret_access_key.reveal(),
            "aws_session_token": keys.session_token.reveal() if keys.session_token else None,
        }

    def instance(self, name: str, reader: Keys) -> str:
        """Return the id of the instance called `name`, as `reader` sees it."""
        pages = self.ec2(reader).describe_instances()["Reservations"]
        found = [instance for page in pages for instance in page["Instances"]]
        return next(i["InstanceId"] for i in found if {"Key": "Name", "Value": name} in i["Tags"])

    def session_token(self, keys: Keys, *, serial: str = "", code: str = "") -> Keys:
        """Return what GetSessionToken gives, with serial and code where they are given."""
        sts = self.sts(keys)
        answer = sts.get_session_token(SerialNumber=serial, TokenCode=code) if serial else sts.get_session_token()
        return _keys(answer["Credentials"])

    def assume(self, keys: Keys, role: str, *, serial: str = "", code: str = "", seconds: int = 3600) -> Keys:
        """Return what AssumeRole gives, with serial and code where they are given."""
        sts, name = self.sts(keys), "demo"
        if not serial:
            return _keys(sts.assume_role(RoleArn=role, RoleSessionName=name, DurationSeconds=seconds)["Credentials"])
        answer = sts.assume_role(
            RoleArn=role, RoleSessionName=name, DurationSeconds=seconds, SerialNumber=serial, TokenCode=code
        )
        return _keys(answer["Credentials"])

    def federate(self, keys: Keys, policy: str) -> Keys:
        """Return what GetFederationToken gives."""
        return _keys(self.sts(keys).get_federation_token(Name="visitor", Policy=policy)["Credentials"])

    def put_book(self, keys: Keys) -> None:
        """Write a book."""
        self.dynamodb(keys).put_item(TableName="Books", Item=BOOK)

    def get_book(self, keys: Keys) -> None:
        """Read that book, which must be there."""
        found = self.dynamodb(keys).get_item(TableName="Books", Key={"ISBN": BOOK["ISBN"]})
        if found.get("Item") != BOOK:
            raise LookupError("the book that was written is not the one that was read")

    def get_film(self, keys: Keys) -> None:
        """Read from the other table."""
        self.dynamodb(keys).get_item(TableName="Films", Key={"Title": {"S": "Emma"}})

    def scan_books(self, keys: Keys) -> None:
        """Read the whole table."""
        self.dynamodb(keys).scan(TableName="Books")

    def upload(self, keys: Keys) -> None:
        """Put an object into the bucket of account A."""
        self.s3(keys).put_object(Bucket=BUCKET, Key="report.txt", Body=b"third quarter")

    def delete_upload(self, keys: Keys) -> None:
        """Delete that object."""
        self.s3(keys).delete_object(Bucket=BUCKET, Key="report.txt")

    def download(self, keys: Keys) -> None:
        """Get that object."""
        self.s3(keys).get_object(Bucket=BUCKET, Key="report.txt")

    def send(self, keys: Keys) -> None:
        """Send a message to the queue of account A."""
        self.sqs(keys).send_message(QueueUrl=QUEUE, MessageBody="an order")

    def publish(self, keys: Keys) -> None:
        """Publish to the topic of account A."""
        self.sns(keys).publish(TopicArn=TOPIC, Message="an announcement")

    def deactivate(self, keys: Keys, user: str, serial: str) -> None:
        """Deactivate a user's MFA device."""
        self.iam(keys).deactivate_mfa_device(UserName=user, SerialNumber=serial)

    def create_device(self, keys: Keys, name: str) -> str:
        """Create a virtual MFA device and return its serial."""
        device = self.iam(keys).create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
        return device["SerialNumber"]

    def enable_device(self, keys: Keys, user: str, serial: str, codes: tuple[str, str]) -> None:
        """Enable a device with two codes in a row."""
        self.iam(keys).enable_mfa_device(
            UserName=user, SerialNumber=serial, AuthenticationCode1=codes[0], AuthenticationCode2=codes[1]
        )


def _keys(credentials: CredentialsTypeDef) -> Keys:
    return Keys(
        access_key_id=credentials["AccessKeyId"],
        secret_access_key=Secret(credentials["SecretAccessKey"]),
        session_token=Secret(credentials["SessionToken"]),
    )
