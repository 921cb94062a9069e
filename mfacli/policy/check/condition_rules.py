"""Whom the MFA conditions of a statement really let in or refuse, whatever was meant by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mfacli.policy.check import findings as rules
from mfacli.policy.check.attachment_rules import demanding_of_people
from mfacli.policy.check.carried import Truth
from mfacli.policy.check.findings import Finding, Mended
from mfacli.policy.check.mending import with_mfa_demanded
from mfacli.policy.check.subject import View, Views
from mfacli.policy.check.wording import (
    THIS,
    conditions_shown,
    doing,
    finding,
    the_actions,
    why_met_by_nothing,
    why_missed_by_nothing,
)
from mfacli.policy.document import Dialect
from mfacli.policy.statement import PolicyKind


def condition_findings(view: View, views: Views) -> Iterator[Finding]:
    """Find what is wrong with who meets a statement's MFA conditions."""
    if not view.mfa:
        return
    found = _of_allow(view, views) if view.is_allow else _of_deny(view, views)
    if found is not None:
        yield found


def _of_allow(view: View, views: Views) -> Finding | None:
    truth = _let_in(view.truth, views.denied_within(view))
    written = conditions_shown(view.mfa)
    mended = _mended_allow(view, views)
    if not view.truth.without_mfa and not view.truth.some_mfa:
        return finding(
            rules.NEVER_HOLDS,
            view,
            what=f"{written} holds for no credentials at all",
            who=f"nobody may {doing(view)} by this statement, with MFA or without",
            mended=mended,
        )
    if view.truth.without_mfa and not view.truth.some_mfa:
        return finding(
            rules.ALLOWS_ONLY_WITHOUT,
            view,
            what=f"{written} holds only where there was no MFA",
            who=f"whoever has given a code may not {doing(view)} by this statement; {_those(truth)} may",
            mended=mended,
        )
    if truth.without_mfa:
        return _leak(view, truth, mended)
    if not view.truth.fresh:
        return finding(
            rules.AGE_REVERSED,
            view,
            what=f"{written} holds only for MFA that is {view.truth.turning_age} seconds old or older",
            who=f"whoever has just given a code may not {doing(view)}; once it is old enough, they may",
            mended=mended,
        )
    return None


def _mended_allow(view: View, views: Views) -> tuple[Mended, ...]:
    is_trust = views.subject.document.kind is PolicyKind.TRUST and view.dialect is Dialect.AWS
    if is_trust and view.principal is not None and not view.principal.negated:
        return demanding_of_people(view, view.principal)
    return (Mended(place=THIS, statement=with_mfa_demanded(view)),)


def _let_in(truth: Truth, denied: Truth) -> Truth:
    return replace(
        truth,
        nothing=truth.nothing and not denied.nothing,
        no_mfa=truth.no_mfa and not denied.no_mfa,
    )


def _leak(view: View, truth: Truth, mended: Sequence[Mended]) -> Finding:
    written = conditions_shown(view.mfa)
    if truth.nothing and truth.no_mfa:
        return finding(
            rules.ALLOWS_ALL,
            view,
            what=f"{written} also holds without MFA",
            who=f"anybody under this policy may {doing(view)} without a code, with keys or a session",
            mended=mended,
        )
    if truth.nothing:
        return finding(
            rules.ALLOWS_KEYS,
            view,
            what=f"{written} holds for long-term keys: they carry no MFA key, and {why_met_by_nothing(view.mfa)}",
            who=f"whoever has an access key may {doing(view)} without a code",
            mended=mended,
        )
    return finding(
        rules.ALLOWS_SESSIONS,
        view,
        what=f"{written} holds for temporary credentials that were got without MFA",
        who=f"GetSessionToken without a code, or any role's session, is enough to {doing(view)}",
        mended=mended,
    )


def _of_deny(view: View, views: Views) -> Finding | None:
    truth = view.truth
    denied = views.denied_within(view)
    written = conditions_shown(view.mfa)
    mended = with_mfa_demanded(view)
    if not truth.without_mfa and not truth.some_mfa:
        return finding(
            rules.NEVER_HOLDS,
            view,
            what=f"{written} holds for no credentials at all",
            who=f"nobody is refused {the_actions(view)}, with MFA or without",
            mended=mended,
        )
    if truth.fresh and truth.some_mfa and not truth.stale:
        return finding(
            rules.AGE_REVERSED,
            view,
            what=f"{written} holds for MFA that is younger than {truth.turning_age} seconds",
            who=f"whoever has just given a code is refused {the_actions(view)}; once it is old enough, they are not",
            mended=mended,
        )
    if truth.fresh:
        return finding(
            rules.DENIES_MFA,
            view,
            what=f"{written} holds for sessions opened with a code",
            who=_whom_it_refuses(view),
            mended=mended,
        )
    return _gap(view, denied, mended)


def _gap(view: View, denied: Truth, mended: str) -> Finding | None:
    written = conditions_shown(view.mfa)
    if denied.nothing and denied.no_mfa:
        return None
    if not denied.nothing and not denied.no_mfa:
        return finding(
            rules.MISSES_ALL,
            view,
            what=f"{written} holds only where there was MFA: without it there is no age to compare",
            who=f"old MFA is refused {the_actions(view)}, but long-term keys and sessions without MFA are not",
            mended=mended,
        )
    if not denied.nothing:
        unsure = _TENCENT_UNSURE if view.dialect is Dialect.TENCENT else "they carry no MFA key, and "
        return finding(
            rules.MISSES_KEYS,
            view,
            what=f"{written} does not hold for long-term keys: {unsure}{why_missed_by_nothing(view.mfa)}",
            who=f"whoever has an access key is not refused {the_actions(view)}",
            mended=mended,
        )
    return finding(
        rules.MISSES_SESSIONS,
        view,
        what=f"{written} holds for long-term keys alone: sessions without MFA carry the key, with `false`",
        who=f"GetSessionToken without a code, which anybody with keys may call, is not refused {the_actions(view)}",
        mended=mended,
    )


_TENCENT_UNSURE = (
    "whether they carry `qcs:mfaPresent` with `false` or not at all is not documented, and if not at all, "
)


def _whom_it_refuses(view: View) -> str:
    if view.truth.nothing and view.truth.no_mfa:
        return f"everybody is refused {the_actions(view)}, with MFA or without"
    if view.truth.without_mfa:
        return f"{_those(view.truth)} are refused {the_actions(view)}, and so is whoever has given a code"
    return f"only whoever has given a code is refused {the_actions(view)}"


def _those(truth: Truth) -> str:
    if truth.nothing and truth.no_mfa:
        return "everybody else"
    return "long-term keys" if truth.nothing else "sessions without MFA"
