"""How keys, operators and numbers are written: what is misspelt, what is odd, what only happens to work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mfacli.policy.check import findings as rules
from mfacli.policy.check.carried import LONGEST_SESSION
from mfacli.policy.check.findings import Finding
from mfacli.policy.check.keys import LEGACY_KEYS, PRESENT_KEYS, MfaKey, meant_key, proper_spelling
from mfacli.policy.check.mending import age_limit, with_mfa_demanded, with_presence_only
from mfacli.policy.check.subject import View, Views
from mfacli.policy.check.wording import age_in_words, called, conditions_shown, doing, finding, the_actions
from mfacli.policy.conditions import Condition
from mfacli.policy.document import Dialect
from mfacli.policy.elements import Value
from mfacli.policy.facts import ContextKeys

_VARIABLE = re.compile(r"\$\{[A-Za-z][^{}]*\}")
_SHORTEST = 60
_BOOLEAN = ("Bool", "Null", "bool_equal", "null_equal")


def spelling_findings(view: View) -> Iterator[Finding]:
    """Find misspelt and oddly written keys, operators and ages in a statement."""
    for condition in view.statement.conditions:
        meant = meant_key(condition.key, view.dialect)
        if meant is not None:
            yield _misspelt(view, condition, meant)
        elif view.dialect is Dialect.TENCENT and condition.key in LEGACY_KEYS:
            yield finding(
                rules.LEGACY_KEY,
                view,
                at=condition.position,
                what=f"`{condition.key}` is an old key; documented is `{PRESENT_KEYS[view.dialect]}`",
                who="whether requests still carry it is not documented",
                mended=with_mfa_demanded(view),
            )
        proper = proper_spelling(condition.key, view.dialect)
        if proper is not None:
            yield finding(
                rules.KEY_CASE,
                view,
                at=condition.position,
                what=f"`{condition.key}` is documented as `{proper}`",
                who="AWS takes it; whoever searches policies for the key may miss it",
                mended=with_mfa_demanded(view),
            )
    yield from _operators(view)


def age_findings(view: View) -> Iterator[Finding]:
    """Find ages that stand alone, and numbers that are hardly seconds."""
    on_age = view.conditions_on(MfaKey.AGE)
    if on_age and view.is_allow and not view.conditions_on(MfaKey.PRESENT) and _keeps_out(view):
        yield finding(
            rules.AGE_ALONE,
            view,
            what=f"{conditions_shown(on_age)} stands without a condition on `{PRESENT_KEYS[view.dialect]}`",
            who="nobody gets in without MFA, as a missing age meets no plain comparison",
            mended=with_mfa_demanded(view),
        )
    limit = age_limit(view)
    if not on_age or limit is None:
        return
    likely = _likely_seconds(limit.seconds)
    if likely is not None:
        seconds, unit = likely
        yield finding(
            rules.AGE_UNIT,
            view,
            at=on_age[0].position,
            what=f"{limit.seconds} is taken as seconds; {unit} were probably meant: {seconds} seconds "
            f"({age_in_words(seconds)})",
            who=_who_for_age(view, limit.seconds),
            mended=with_mfa_demanded(view, seconds=seconds),
        )
    elif limit.seconds > LONGEST_SESSION:
        yield finding(
            rules.AGE_UNIT,
            view,
            at=on_age[0].position,
            what=f"{limit.seconds} seconds is longer than the longest session ({LONGEST_SESSION} seconds)",
            who=f"no MFA ever gets too old to {doing(view)}",
            mended=with_presence_only(view),
        )


def version_findings(views: Views) -> Iterator[Finding]:
    """Find variables in a version that takes them as text."""
    document = views.subject.document
    if document.dialect is not Dialect.AWS or document.version == "2012-10-17":
        return
    for view in views.all:
        value = _first_variable(view)
        if value is None:
            continue
        yield finding(
            rules.VARIABLES_ARE_TEXT,
            view,
            at=value.position,
            what=f"`{value.text}` is taken literally, as the policy is of version {document.version}",
            who=f"{called(view)} is about nobody's own things, but about one that is called so; "
            'write `"Version": "2012-10-17"` at the top of the policy',
        )


def _misspelt(view: View, condition: Condition, meant: str) -> Finding:
    # As no request carries the key, it is as if it were always missing.
    lacking = condition.holds(ContextKeys({}, fold=view.dialect is Dialect.AWS))
    if view.is_allow:
        who = f"everybody may {doing(view)}" if lacking else f"nobody may {doing(view)}"
    else:
        who = f"everybody is refused {the_actions(view)}" if lacking else f"nobody is refused {the_actions(view)}"
    return finding(
        rules.MISSPELT_KEY,
        view,
        at=condition.position,
        what=f"`{condition.key}` is no key that requests carry; `{meant}` was probably meant",
        who=f"{who} by this statement as far as the condition goes, with MFA or without",
        mended=with_mfa_demanded(view),
    )


def _operators(view: View) -> Iterator[Finding]:
    for condition in view.conditions_on(MfaKey.PRESENT):
        plain = condition.operator.rpartition(":")[2].removesuffix("IfExists").removesuffix("_if_exist")
        if plain in _BOOLEAN or not (_keeps_out(view) or _refuses(view)):
            continue
        proper = "bool_equal" if view.dialect is Dialect.TENCENT else "Bool"
        yield finding(
            rules.STRING_OPERATOR,
            view,
            at=condition.position,
            what=f"`{condition.operator}` compares `{condition.key}`, which is true or false: `{proper}` is for that",
            who="it works as long as the value is written exactly as the cloud writes it",
            mended=with_mfa_demanded(view),
        )


def _keeps_out(view: View) -> bool:
    return view.is_allow and view.truth.fresh and not view.truth.without_mfa


def _refuses(view: View) -> bool:
    return not view.is_allow and view.truth.nothing and view.truth.no_mfa and not view.truth.fresh


def _likely_seconds(written: int) -> tuple[int, str] | None:
    """Return the seconds and the unit that a number was probably meant in, None where it may well be seconds."""
    if written < _SHORTEST:
        return (written * 3_600, "hours") if written in (1, 2, 4, 8, 12, 24) else (written * 60, "minutes")
    thousandth, rest = divmod(written, 1_000)
    if written > LONGEST_SESSION and rest == 0 and 300 <= thousandth <= LONGEST_SESSION:
        return thousandth, "milliseconds"
    return None


def _who_for_age(view: View, seconds: int) -> str:
    if seconds < _SHORTEST:
        return f"{seconds} seconds after the code, {the_actions(view)} is refused again"
    return f"no MFA ever gets too old to {doing(view)}"


def _first_variable(view: View) -> Value | None:
    resource = view.statement.resource
    values = list(resource.values) if resource is not None else []
    for condition in view.statement.conditions:
        if condition.operator.rpartition(":")[2].startswith(("String", "Arn")):
            values += condition.values
    return next((value for value in values if _VARIABLE.search(value.text)), None)
