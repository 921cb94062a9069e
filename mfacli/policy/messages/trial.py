"""Tries a denied request again on given policies: with MFA, with a session without it, and with long-term keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mfacli.domain.cloud import Cloud
from mfacli.errors import RequestMalformed, UsageWrong
from mfacli.policy.access import AccessRequest, Layers
from mfacli.policy.decision import Decision, decide
from mfacli.policy.document import Dialect, Document
from mfacli.policy.messages.explanation import Denial
from mfacli.policy.principals import Principal, PrincipalKind, parse_principal
from mfacli.policy.statement import PolicyKind
from mfacli.policy.tencent_names import parse_tencent_principal

_WITHOUT_MFA = (PrincipalKind.ROLE_SESSION, PrincipalKind.FEDERATED_USER)
_MFA_KEYS = ("aws:multifactorauthpresent", "aws:multifactorauthage", "qcs:mfapresent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What the policies say to the same request by other credentials.

    `can_carry_mfa` is False for callers that never do: the sessions of AWS' roles and federated users.
    """

    with_mfa: Decision
    session_without_mfa: Decision
    long_term_keys: Decision
    can_carry_mfa: bool = True

    @property
    def depends_on_mfa(self) -> bool:
        """Whether MFA is all that is missing."""
        return self.with_mfa.is_allowed and not (
            self.session_without_mfa.is_allowed and self.long_term_keys.is_allowed
        )

    @property
    def conclusion(self) -> str:
        """What follows for the caller, in a sentence."""
        if self.depends_on_mfa and not self.can_carry_mfa:
            return "these policies want MFA, which this caller's credentials never carry"
        if self.depends_on_mfa:
            return "MFA is all that was missing"
        if self.with_mfa.is_allowed:
            return "these policies allow it without MFA: something else refused it"
        return "MFA alone would not help: these policies do not allow it even then"


def try_policies(
    denial: Denial,
    documents: Sequence[Document],
    *,
    cloud: Cloud,
    context: Mapping[str, tuple[str, ...]],
    principal: str = "",
) -> Trial:
    """Decide the denied request under the documents; `context` adds what it is known to have carried.

    `principal` stands in where the message names none. Raises `UsageWrong` where the message does not tell enough.
    """
    if not denial.action:
        raise UsageWrong("the message names no action, so no policy can be tried")
    dialect = Dialect.TENCENT if cloud is Cloud.TENCENT else Dialect.AWS
    caller = _caller(denial.principal or principal, dialect)
    layers = _layers(documents)
    given = {key: values for key, values in context.items() if key.lower() not in _MFA_KEYS}

    def decided(mfa: Mapping[str, str]) -> Decision:
        request = AccessRequest(
            principal=caller,
            action=denial.action,
            resource=_resource(denial.resource),
            context={**_own_keys(caller, dialect, given), **given, **mfa},
            dialect=dialect,
        )
        return decide(request, layers)

    present = "qcs:mfaPresent" if dialect is Dialect.TENCENT else "aws:MultiFactorAuthPresent"
    age = {} if dialect is Dialect.TENCENT else {"aws:MultiFactorAuthAge": "0"}
    return Trial(
        with_mfa=decided({present: "true", **age}),
        session_without_mfa=decided({present: "false"}),
        long_term_keys=decided({}),
        can_carry_mfa=dialect is Dialect.TENCENT or caller.kind not in _WITHOUT_MFA,
    )


def _resource(printed: str) -> str:
    """Return a resource as policies name it; Tencent Cloud's messages show the project that policies leave empty."""
    return printed.replace("qcs:id/0:", "qcs::", 1) or "*"


def _caller(principal: str, dialect: Dialect) -> Principal:
    if not principal:
        raise UsageWrong("the message names no caller", hint="say who it was with --principal ARN")
    try:
        return parse_tencent_principal(principal) if dialect is Dialect.TENCENT else parse_principal(principal)
    except RequestMalformed as wrong:
        raise UsageWrong(wrong.message, hint=wrong.hint) from wrong


def _own_keys(caller: Principal, dialect: Dialect, given: Mapping[str, object]) -> dict[str, str]:
    """Return the keys that follow from the caller's ARN, where the message did not tell them."""
    if dialect is Dialect.TENCENT:
        return {}
    own = {"aws:PrincipalArn": caller.role_arn or caller.arn, "aws:PrincipalAccount": caller.account_id}
    if ":user/" in caller.arn:
        own["aws:username"] = caller.arn.rsplit("/", 1)[-1]
    known = {key.lower() for key in given}
    return {key: value for key, value in own.items() if key.lower() not in known}


def _layers(documents: Sequence[Document]) -> Layers:
    of_resource = [found for found in documents if found.kind in (PolicyKind.RESOURCE, PolicyKind.TRUST)]
    if len(of_resource) > 1:
        raise UsageWrong(
            f"`{of_resource[0].name}` and `{of_resource[1].name}` are both the resource's policy",
            hint="a request is decided under one resource's policy, and any number of the caller's",
        )
    return Layers(
        identity=tuple(found for found in documents if found.kind is PolicyKind.IDENTITY),
        resource=of_resource[0] if of_resource else None,
    )
