"""Tencent Cloud's names: who asks (`qcs::cam::uin/OWNER:uin/SUB` and its like) and six-segment resources.

A caller is the same `Principal` as for AWS: its account is the owner's uin, and a role goes by `role/ID` or
`roleName/NAME`, which nothing here can turn into each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mfacli.errors import RequestMalformed
from mfacli.policy.principals import Principal, PrincipalKind

_UIN = r"[0-9]{1,20}"
_NAME = r"[^:*/]+"
_FORMS = (
    (PrincipalKind.ROOT, re.compile(rf"qcs::cam::uin/(?P<owner>{_UIN}):(?:root|uin/(?P=owner))")),
    (PrincipalKind.USER, re.compile(rf"qcs::cam::uin/(?P<owner>{_UIN}):uin/(?P<uin>{_UIN})")),
    (PrincipalKind.ROOT, re.compile(rf"qcs::cam:(?P<owner>{_UIN}):(?:root|uin/(?P=owner))")),
    (PrincipalKind.USER, re.compile(rf"qcs::cam:(?P<owner>{_UIN}):uin/(?P<uin>{_UIN})")),
    (
        PrincipalKind.ROLE_SESSION,
        re.compile(
            rf"qcs::cam::uin/(?P<owner>{_UIN}):"
            rf"(?P<role>(?:role|roleName|role/tencentcloudServiceRole(?:Name)?)/{_NAME})"
        ),
    ),
    (
        PrincipalKind.ROLE_SESSION,
        re.compile(rf"qcs::sts:(?P<owner>{_UIN}):assumed-role/(?P<id>{_NAME})(?:/{_NAME})?"),
    ),
    (PrincipalKind.FEDERATED_USER, re.compile(rf"qcs::sts:(?P<owner>{_UIN}):federated-user/(?P<uin>{_NAME})")),
    (PrincipalKind.IDENTITY_PROVIDER, re.compile(rf"qcs::cam::uin/(?P<owner>{_UIN}):(?:saml|oidc)-provider/{_NAME}")),
    (PrincipalKind.SERVICE, re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")),
)
EVERYONE = frozenset({"qcs::cam::anonymous:anonymous", "qcs::cam::anyone:anyone"})
_ACCOUNT = re.compile(r"uin/[0-9]*|uid/[0-9]+|")


def parse_tencent_principal(text: str) -> Principal:
    """Return the caller that a name stands for; raises `RequestMalformed`.

    The owner's uin as a user is the account's root. GetCallerIdentity's forms (`qcs::cam:OWNER:uin/SUB`,
    `qcs::sts:OWNER:assumed-role/ROLEID`) are taken as well; the caller then goes by the form of policies.
    """
    if text in EVERYONE:
        return Principal(kind=PrincipalKind.ANONYMOUS, arn=text)
    for kind, form in _FORMS:
        found = form.fullmatch(text)
        if found:
            return _principal(kind, text, found.groupdict())
    raise RequestMalformed(
        f"`{text}` is no caller",
        hint="a user qcs::cam::uin/OWNER:uin/SUB, root qcs::cam::uin/OWNER:root, a role "
        "qcs::cam::uin/OWNER:roleName/NAME, or a session qcs::sts:OWNER:assumed-role/ROLEID",
    )


def _principal(kind: PrincipalKind, text: str, parts: dict[str, str | None]) -> Principal:
    owner = parts.get("owner") or ""
    if kind is PrincipalKind.USER:
        return Principal(kind=kind, arn=f"qcs::cam::uin/{owner}:uin/{parts['uin']}", account_id=owner)
    if kind is PrincipalKind.ROOT:
        return Principal(kind=kind, arn=f"qcs::cam::uin/{owner}:root", account_id=owner)
    if kind is PrincipalKind.ROLE_SESSION:
        role = parts.get("role") or f"role/{parts['id']}"
        return Principal(kind=kind, arn=text, account_id=owner, role_name=role)
    if kind is PrincipalKind.FEDERATED_USER:
        return Principal(kind=kind, arn=text, account_id=owner)
    return Principal(kind=kind, arn=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceName:
    """A resource `qcs:PROJECT:SERVICE:REGION:ACCOUNT:RESOURCE`; in a policy, empty segments are open."""

    service: str
    region: str
    account: str
    resource: str


def split_resource(text: str) -> ResourceName | None:
    """Return the segments of a six-segment name, None where it is none."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "qcs" or parts[1] not in ("", "id/0") or not parts[5]:
        return None
    if not _ACCOUNT.fullmatch(parts[4]):
        return None
    return ResourceName(service=parts[2], region=parts[3], account=parts[4], resource=parts[5])


def owner_of(resource: str) -> str:
    """Return the uin of the account that a resource's name tells, empty where it tells none."""
    name = split_resource(resource)
    return name.account.removeprefix("uin/") if name is not None and name.account.startswith("uin/") else ""
