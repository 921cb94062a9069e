"""The MFA scenarios of AWS's documents as a table: who tries what, with which credentials, and what must happen.

Sources: AWS's page on MFA-protected API access (its use cases and its list of important points) and the policy that
lets users manage their own MFA device.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mfacli.commands.demo_stage import Stage

DONE = "done"
ROLE = "arn:aws:iam::111122223333:role/CrossAccountRole"
LONG_ROLE = "arn:aws:iam::111122223333:role/batch/LongRunningRole"
PARTNER_ROLE = "arn:aws:iam::111122223333:role/PartnerRole"
UPLOAD_ROLE = "arn:aws:iam::777788889999:role/UploadRole"
SOFIAS_DEVICE = "arn:aws:iam::111122223333:mfa/Sofia"
SAANVIS_DEVICE = "arn:aws:iam::111122223333:mfa/Saanvi"
EVERYTHING = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One row: `who` tries `what` `by` some means; `expected` is `done`, or how it is refused.

    `act` plays it and raises where it is refused.
    """

    story: str
    who: str
    what: str
    by: str
    expected: str
    act: Callable[[Stage], object]


def denied(code: str = "AccessDenied") -> str:
    """Return how a refusal by the cloud is written."""
    return f"denied: {code}"


def exits(code: int) -> str:
    """Return how a refusal by mfacli itself is written."""
    return f"refused: exit {code}"


def scene_of(story: str) -> Callable[[str, str, str, str, Callable[[Stage], object]], Scene]:
    """Return what makes the rows of a story."""
    return lambda who, what, by, expected, act: Scene(
        story=story, who=who, what=what, by=by, expected=expected, act=act
    )


_own = scene_of("API operations in one's own account")
OWN_ACCOUNT = (
    _own("Sofia", "ec2:DescribeInstances", "long-term key", DONE,
         lambda s: s.clients.instance("web", s.keys("Sofia"))),
    _own("Sofia", "ec2:StopInstances", "long-term key", denied("UnauthorizedOperation"),
         lambda s: s.stop(s.keys("Sofia"))),
    _own("Sofia", "ec2:StopInstances", "a session without MFA", denied("UnauthorizedOperation"),
         lambda s: s.stop(s.clients.session_token(s.keys("Sofia")))),
    _own("Sofia", "sts:GetSessionToken", "mfacli session, with a code", DONE,
         lambda s: s.mfacli("session", "-p", "sofia", "--code", s.code("Sofia"))),
    _own("Sofia", "ec2:StopInstances", "the kept session", DONE,
         lambda s: s.stop(s.kept("sofia"))),
    _own("Sofia", "ec2:TerminateInstances", "the kept session", DONE,
         lambda s: s.terminate(s.kept("sofia"))),
    _own("Mateo", "ec2:StopInstances", "mfacli session, a hardware device", DONE,
         lambda s: s.stop(s.opened("mateo", "Mateo"))),
    _own("Efua", "sts:GetSessionToken", "mfacli session, a security key", exits(4),
         lambda s: s.mfacli("session", "-p", "efua", "--code", "123456")),
)  # fmt: skip

_delegated = scene_of("Delegation to another account")
DELEGATION = (
    _delegated("Richard", "sts:AssumeRole CrossAccountRole", "long-term key, no code", denied(),
               lambda s: s.clients.assume(s.keys("Richard"), ROLE)),
    _delegated("Richard", "sts:AssumeRole CrossAccountRole", "a session without MFA", denied(),
               lambda s: s.clients.assume(s.clients.session_token(s.keys("Richard")), ROLE)),
    _delegated("Richard", "sts:AssumeRole CrossAccountRole", "mfacli assume, with a code", DONE,
               lambda s: s.mfacli("assume", "books", "--code", s.code("Richard"))),
    _delegated("Richard", "dynamodb:PutItem Books", "the role", DONE,
               lambda s: s.clients.put_book(s.kept_role("books"))),
    _delegated("Richard", "dynamodb:GetItem Books", "the role", DONE,
               lambda s: s.clients.get_book(s.kept_role("books"))),
    _delegated("Richard", "dynamodb:GetItem Films", "the role", denied("AccessDeniedException"),
               lambda s: s.clients.get_film(s.kept_role("books"))),
    _delegated("Richard", "dynamodb:ListTables", "the role", DONE,
               lambda s: s.clients.dynamodb(s.kept_role("books")).list_tables()),
    _delegated("Richard", "sts:AssumeRole BookAuditor", "mfacli assume, chained, no further code", DONE,
               lambda s: s.mfacli("assume", "auditor", "--no-input")),
    _delegated("Richard", "dynamodb:GetItem Books", "the chained role", DONE,
               lambda s: s.clients.get_book(s.kept_role("auditor"))),
    _delegated("Richard", "dynamodb:PutItem Books", "the chained role", denied("AccessDeniedException"),
               lambda s: s.clients.put_book(s.kept_role("auditor"))),
    _delegated("Richard", "sts:AssumeRole LongRunningRole, 12 h", "the MFA session", denied("ValidationError"),
               lambda s: s.clients.assume(s.kept("richard"), LONG_ROLE, seconds=43200)),
    _delegated("Richard", "sts:AssumeRole LongRunningRole, 12 h", "mfacli assume, key and code", DONE,
               lambda s: s.mfacli("assume", LONG_ROLE, "-p", "richard", "--duration", "12h",
                                  "--code", s.code("Richard"))),
    _delegated("Richard", "sts:AssumeRole PartnerRole", "mfacli assume, no external id", exits(5),
               lambda s: s.mfacli("assume", PARTNER_ROLE, "-p", "richard", "--no-input")),
    _delegated("Richard", "sts:AssumeRole PartnerRole", "mfacli assume --external-id", DONE,
               lambda s: s.mfacli("assume", PARTNER_ROLE, "-p", "richard", "--external-id", "partner-4711")),
)  # fmt: skip

_shared = scene_of("Resources with policies of their own")
RESOURCES = (
    _shared("Nikhil", "s3:PutObject", "long-term key", denied(),
            lambda s: s.clients.upload(s.keys("Nikhil"))),
    _shared("Nikhil", "s3:PutObject", "mfacli session, with a code", DONE,
            lambda s: s.clients.upload(s.opened("nikhil", "Nikhil"))),
    _shared("Nikhil", "s3:GetObject", "the kept session", denied(),
            lambda s: s.clients.download(s.kept("nikhil"))),
    _shared("Nikhil", "s3:DeleteObject", "the kept session", DONE,
            lambda s: s.clients.delete_upload(s.kept("nikhil"))),
    _shared("Nikhil", "s3:PutObject", "AssumeRole's credentials, with a code", denied(),
            lambda s: s.clients.upload(s.assumed_with_code("Nikhil", UPLOAD_ROLE))),
    _shared("Nikhil", "sqs:SendMessage", "long-term key", denied(),
            lambda s: s.clients.send(s.keys("Nikhil"))),
    _shared("Nikhil", "sqs:SendMessage", "the kept session", DONE,
            lambda s: s.clients.send(s.kept("nikhil"))),
    _shared("Nikhil", "sns:Publish", "long-term key", denied("AuthorizationError"),
            lambda s: s.clients.publish(s.keys("Nikhil"))),
    _shared("Nikhil", "sns:Publish", "the kept session", DONE,
            lambda s: s.clients.publish(s.kept("nikhil"))),
)  # fmt: skip

_aged = scene_of("How long ago the code was given")
AGE = (
    _aged("Diego", "dynamodb:Scan Books", "long-term key", denied("AccessDeniedException"),
          lambda s: s.clients.scan_books(s.keys("Diego"))),
    _aged("Diego", "dynamodb:Scan Books", "mfacli session, a fresh code", DONE,
          lambda s: s.clients.scan_books(s.opened("diego", "Diego"))),
    _aged("Diego", "dynamodb:Scan Books", "the kept session, an hour later", denied("AccessDeniedException"),
          lambda s: s.an_hour_later(lambda: s.clients.scan_books(s.kept("diego")))),
    _aged("Diego", "dynamodb:Scan Books", "mfacli session --new, another code", DONE,
          lambda s: s.clients.scan_books(s.opened("diego", "Diego", "--new"))),
)  # fmt: skip

_self = scene_of("Users who manage their own device")
SELF_MANAGED = (
    _self("Saanvi", "iam:GetUser, her own", "long-term key", DONE,
          lambda s: s.clients.iam(s.keys("Saanvi")).get_user()),
    _self("Saanvi", "iam:ListMFADevices, her own", "long-term key", DONE,
          lambda s: s.clients.iam(s.keys("Saanvi")).list_mfa_devices()),
    _self("Saanvi", "iam:DeactivateMFADevice, her own", "long-term key", denied(),
          lambda s: s.clients.deactivate(s.keys("Saanvi"), "Saanvi", SAANVIS_DEVICE)),
    _self("Saanvi", "iam:DeactivateMFADevice, Sofia's", "mfacli session, with a code", denied(),
          lambda s: s.clients.deactivate(s.opened("saanvi", "Saanvi"), "Sofia", SOFIAS_DEVICE)),
    _self("Saanvi", "iam:ListUsers", "the kept session", denied(),
          lambda s: s.clients.iam(s.kept("saanvi")).list_users()),
    _self("Saanvi", "iam:DeactivateMFADevice, her own", "the kept session", DONE,
          lambda s: s.clients.deactivate(s.kept("saanvi"), "Saanvi", SAANVIS_DEVICE)),
    _self("Arnav", "iam:EnableMFADevice, a new device", "long-term key, two codes", DONE,
          lambda s: s.enrol("Arnav")),
    _self("Arnav", "iam:ListMFADevices, his own", "mfacli session, the new device", DONE,
          lambda s: s.clients.iam(s.opened("arnav", "Arnav")).list_mfa_devices()),
)  # fmt: skip

_limits = scene_of("What MFA protection does not cover")
LIMITS = (
    _limits("root of A", "sts:AssumeRole CrossAccountRole", "root's key", denied(),
            lambda s: s.clients.assume(s.keys("A:root"), ROLE)),
    _limits("Jorge", "sts:GetFederationToken", "long-term key", DONE,
            lambda s: s.clients.federate(s.keys("Jorge"), EVERYTHING)),
    _limits("Jorge's visitor", "s3:PutObject", "a federated session", denied(),
            lambda s: s.clients.upload(s.clients.federate(s.keys("Jorge"), EVERYTHING))),
    _limits("Sofia", "iam:GetUser", "a session without MFA", denied("InvalidClientTokenId"),
            lambda s: s.clients.iam(s.clients.session_token(s.keys("Sofia"))).get_user()),
    _limits("Sofia", "sts:GetSessionToken", "a session", denied(),
            lambda s: s.clients.session_token(s.kept("sofia"))),
)  # fmt: skip

_codes = scene_of("Codes")
CODES = (
    _codes("Sofia", "sts:GetSessionToken", "mfacli session, a wrong code", exits(4),
           lambda s: s.mfacli("session", "-p", "sofia", "--new", "--code", s.wrong_code("Sofia"))),
    _codes("Sofia", "sts:GetSessionToken", "mfacli session, Nikhil's code", exits(4),
           lambda s: s.mfacli("session", "-p", "sofia", "--new", "--code", s.code("Nikhil"))),
    _codes("Sofia", "sts:GetSessionToken", "the same code twice", denied(),
           lambda s: s.code_twice("Sofia", SOFIAS_DEVICE)),
    _codes("Nikhil", "sts:GetSessionToken", "Sofia's device and code", denied(),
           lambda s: s.clients.session_token(s.keys("Nikhil"), serial=SOFIAS_DEVICE, code=s.code("Sofia"))),
    _codes("Richard", "two roles, both anew", "one MFA session, no further code", DONE,
           lambda s: s.roles_without_code("books", "auditor")),
)  # fmt: skip

AWS_SCENES = (*OWN_ACCOUNT, *DELEGATION, *RESOURCES, *AGE, *SELF_MANAGED, *LIMITS, *CODES)
