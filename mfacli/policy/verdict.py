"""The answer: allowed or not, by what, and on request with the proof."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mfacli.policy.proof import PolicyProof
from mfacli.policy.statement import PolicyKind, StatementReference


class Verdict(Enum):
    """The three answers, as they are written in JSON."""

    ALLOWED = "Allowed"
    EXPLICITLY_DENIED = "ExplicitlyDenied"
    IMPLICITLY_DENIED = "ImplicitlyDenied"


class Reason(Enum):
    """Why. EXPLICIT_DENY and NO_ALLOW go with the layer that denied or failed to allow."""

    IDENTITY_ALLOWS = "an identity-based policy allows it"
    RESOURCE_ALLOWS = "the resource's policy allows it"
    BOTH_ALLOW = "an identity-based policy and the resource's policy allow it"
    ROOT = "the root user may do everything in its account"
    NOT_CONTROLLED = "no policy controls this action"
    EXPLICIT_DENY = "explicit deny"
    NO_ALLOW = "no allow"
    ROOT_ASSUMES_NO_ROLES = "the root user cannot assume roles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A verdict with its reason.

    `layer` is the layer that denied, or that failed to allow. `statements` are those that decided: the denying one;
    the allowing ones, the resource's before the identity's; none for an implicit denial. `proof` is empty unless it
    was asked for.
    """

    verdict: Verdict
    reason: Reason
    layer: PolicyKind | None = None
    statements: tuple[StatementReference, ...] = ()
    proof: tuple[PolicyProof, ...] = ()

    @property
    def is_allowed(self) -> bool:
        """Whether the request may go ahead."""
        return self.verdict is Verdict.ALLOWED

    @property
    def statement(self) -> StatementReference | None:
        """The deciding statement, None for an implicit denial and where no policy decides."""
        return self.statements[0] if self.statements else None

    @property
    def sentence(self) -> str:
        """The reason in words."""
        if self.layer is None:
            return self.reason.value
        if self.reason is Reason.EXPLICIT_DENY:
            return f"explicit deny in {self.layer.with_article}"
        return f"no {self.layer.value} allows it"
