"""The question and all that bears on it: one request, and the policies of each layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mfacli.policy import tencent_names
from mfacli.policy.document import Dialect, Document
from mfacli.policy.principals import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest:
    """The question whether `principal` may do `action` on `resource`.

    `resource_account` owns the resource; None means that the ARN tells, or else that it is the principal's own.
    `context` holds the condition keys as given: nothing is filled in from the principal.
    """

    principal: Principal
    action: str
    resource: str
    resource_account: str | None = None
    context: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    dialect: Dialect = Dialect.AWS

    @property
    def owner_account(self) -> str:
        """The account that owns the resource."""
        if self.resource_account is not None:
            return self.resource_account
        if self.dialect is Dialect.TENCENT:
            return tencent_names.owner_of(self.resource) or self.principal.account_id
        parts = self.resource.split(":", 5)
        return (parts[4] if len(parts) == 6 and parts[0] == "arn" else "") or self.principal.account_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """The policies that bear on a request.

    `resource` is the resource's policy, or the role's trust policy for sts:AssumeRole and its like. `session` is None
    where no session policy was passed, which is not the same as an empty sequence. `boundaries` must each allow.
    `scps` and `rcps` are levels, from the root of the organization down; each level is a sequence of documents, one
    of which must allow (for `rcps` RCPFullAWSAccess is always there, so they only deny).
    """

    identity: Sequence[Document] = ()
    resource: Document | None = None
    session: Sequence[Document] | None = None
    boundaries: Sequence[Document] = ()
    scps: Sequence[Sequence[Document]] = ()
    rcps: Sequence[Sequence[Document]] = ()
