"""The plain answer: which actions a policy demands MFA for, how fresh, and which call of STS satisfies it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mfacli.policy.check.subject import View, Views
from mfacli.policy.document import Dialect
from mfacli.policy.elements import PrincipalElement
from mfacli.policy.statement import Effect, PolicyKind, StatementReference


class Satisfier(Enum):
    """The calls that give credentials, or are made, with MFA."""

    GET_SESSION_TOKEN = "GetSessionToken"
    ASSUME_ROLE = "AssumeRole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One statement that demands MFA.

    `actions` are as written; with `all_but` it is every action but these. `only_where` says that the statement has
    other conditions too. `younger_than_seconds` is None where MFA of any age will do. `satisfied_by` is empty where
    nobody under this policy can satisfy it.
    """

    statement: StatementReference
    effect: Effect
    actions: tuple[str, ...]
    all_but: bool
    only_where: bool
    younger_than_seconds: int | None
    satisfied_by: tuple[Satisfier, ...]


def demands_of(views: Views) -> tuple[Demand, ...]:
    """Return the statements that let nobody in without MFA and let those with fresh MFA through."""
    return tuple(_demand(view, views) for view in views.all if view.mfa and is_demand(view, views))


def is_demand(view: View, views: Views) -> bool:
    """Whether a statement demands MFA, if need be together with the document's denials."""
    denied = views.denied_within(view)
    if view.is_allow:
        lets_in = view.truth
        return (
            lets_in.fresh
            and not denied.fresh
            and not (lets_in.nothing and not denied.nothing)
            and not (lets_in.no_mfa and not denied.no_mfa)
        )
    return denied.nothing and denied.no_mfa and not denied.fresh


def _demand(view: View, views: Views) -> Demand:
    truth = view.truth if view.is_allow else views.denied_within(view)
    return Demand(
        statement=view.statement.reference,
        effect=view.statement.effect,
        actions=tuple(value.text for value in view.statement.action.values),
        all_but=view.statement.action.negated,
        only_where=bool(view.others),
        younger_than_seconds=truth.turning_age,
        satisfied_by=_satisfiers(view, views),
    )


def _satisfiers(view: View, views: Views) -> tuple[Satisfier, ...]:
    subject = views.subject
    if subject.is_of_sessions_without_mfa:
        return ()
    if subject.document.dialect is Dialect.TENCENT:
        # 598/117845: the credentials of both calls carry it.
        return (Satisfier.GET_SESSION_TOKEN, Satisfier.ASSUME_ROLE)
    if subject.document.kind is PolicyKind.TRUST:
        if view.principal is not None and view.is_allow and not has_people(view.principal):
            return ()
        return (Satisfier.GET_SESSION_TOKEN, Satisfier.ASSUME_ROLE)
    return (Satisfier.GET_SESSION_TOKEN,)


def has_people(element: PrincipalElement) -> bool:
    """Whether anybody with an MFA device may be among the principals: users, or all of an account.

    A role's sessions are not: they carry no MFA, and have no device to give a code from.
    """
    if element.negated or element.listed.everyone:
        return True
    return any(not is_without_device(element, value.text) for value in element.values)


def is_without_device(element: PrincipalElement, principal: str) -> bool:
    """Whether one of the principals can never give a code."""
    kinds = (":role/", ":assumed-role/", ":federated-user/")
    is_of_a_role = principal.startswith("AROA") or any(kind in principal for kind in kinds)
    return is_of_a_role or principal in element.listed.services | element.listed.providers
