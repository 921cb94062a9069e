"""The services that the emulator answers for, and by what in a request each is known."""

from __future__ import annotations

from dataclasses import dataclass

from mfacli.emulator.operations import WireProtocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service as it looks on the wire.

    `name` is the signing name. `protocols` are those it answers in, today's clients' first. `version` is what query
    requests give as Version; `target` is what `x-amz-target` begins with; `namespace` that of its XML.
    `error_namespace` precedes the names of its own errors in JSON.
    """

    name: str
    protocols: tuple[WireProtocol, ...]
    version: str
    namespace: str
    target: str = ""
    error_namespace: str = ""


SERVICES = {
    service.name: service
    for service in (
        Service(
            name="sts",
            protocols=(WireProtocol.QUERY,),
            version="2011-06-15",
            namespace="https://sts.amazonaws.com/doc/2011-06-15/",
        ),
        Service(
            name="iam",
            protocols=(WireProtocol.QUERY,),
            version="2010-05-08",
            namespace="https://iam.amazonaws.com/doc/2010-05-08/",
        ),
        Service(
            name="ec2",
            protocols=(WireProtocol.EC2,),
            version="2016-11-15",
            namespace="http://ec2.amazonaws.com/doc/2016-11-15/",
        ),
        Service(
            name="s3",
            protocols=(WireProtocol.REST_XML,),
            version="2006-03-01",
            namespace="http://s3.amazonaws.com/doc/2006-03-01/",
        ),
        Service(
            name="dynamodb",
            protocols=(WireProtocol.JSON,),
            version="2012-08-10",
            namespace="",
            target="DynamoDB_20120810",
            error_namespace="com.amazonaws.dynamodb.v20120810",
        ),
        Service(
            name="sqs",
            # JSON since botocore 1.31.81; what came before, such as Debian 12's AWS CLI, speaks query.
            protocols=(WireProtocol.JSON, WireProtocol.QUERY),
            version="2012-11-05",
            namespace="http://queue.amazonaws.com/doc/2012-11-05/",
            target="AmazonSQS",
            error_namespace="com.amazonaws.sqs",
        ),
        Service(
            name="sns",
            protocols=(WireProtocol.QUERY,),
            version="2010-03-31",
            namespace="http://sns.amazonaws.com/doc/2010-03-31/",
        ),
    )
}
BY_VERSION = {service.version: service.name for service in SERVICES.values()}
BY_TARGET = {service.target: service.name for service in SERVICES.values() if service.target}
