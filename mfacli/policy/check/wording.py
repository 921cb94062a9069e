"""The words that findings share: which actions, which statement, why a condition holds for those without MFA."""

from __future__ import annotations

from collections.abc import Sequence

from mfacli.policy.check.findings import Finding, Mended, Rule
from mfacli.policy.check.subject import View
from mfacli.policy.conditions import Condition
from mfacli.policy.json_source import Position, shown

THIS = "in place of this statement"
_SHOWN = 3


def finding(
    rule: Rule,
    view: View,
    *,
    what: str,
    who: str,
    at: Position | None = None,
    mended: str | Sequence[Mended] | None = None,
) -> Finding:
    """Return a finding about a statement, by default at the statement's first MFA condition."""
    if isinstance(mended, str):
        cures: tuple[Mended, ...] = (Mended(place=THIS, statement=mended),)
    else:
        cures = tuple(mended or ())
    place = at or (view.mfa[0].position if view.mfa else view.statement.reference.position)
    return Finding(
        rule=rule,
        position=place,
        statement=view.index,
        sid=view.statement.reference.sid,
        what=what,
        who=who,
        mended=cures,
    )


def listed(names: Sequence[str]) -> str:
    """Return names for a sentence, not too many of them."""
    quoted = [shown(name) for name in names[:_SHOWN]]
    if len(names) > _SHOWN:
        return ", ".join(quoted) + f" and {len(names) - _SHOWN} more"
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def the_actions(view: View) -> str:
    """Return what a statement is about, as an object of a sentence."""
    element = view.statement.action
    names = [value.text for value in element.values]
    if element.negated:
        return f"everything but {listed(names)}"
    return "everything" if "*" in names or "*:*" in names else listed(names)


def doing(view: View) -> str:
    """Return what a statement is about, as what somebody may or may not do."""
    what = the_actions(view)
    return f"do {what}" if what.startswith("everything") else what


def called(view: View) -> str:
    """Return what to call a statement."""
    sid = view.statement.reference.sid
    return f"statement {shown(sid)}" if sid else f"statement {view.index + 1}"


def conditions_shown(conditions: Sequence[Condition]) -> str:
    """Return conditions as they are written."""
    return " with ".join(
        f"`{condition.operator} {condition.key} = {'|'.join(value.text for value in condition.values)}`"
        for condition in conditions
    )


def why_met_by_nothing(conditions: Sequence[Condition]) -> str:
    """Say why conditions hold for credentials that carry no MFA key at all."""
    for condition in conditions:
        operator = condition.operator
        if operator.endswith(("IfExists", "_if_exist")):
            return f"`{operator}` counts a missing key as met"
        if operator.lower().startswith(("forallvalues:", "for_all_value:")):
            return f"`{operator}` counts a missing key as met"
        if operator in ("Null", "null_equal"):
            return f"`{operator} true` asks for a missing key"
    return f"`{conditions[0].operator}` is negated, and a missing key meets a negated operator"


def why_missed_by_nothing(conditions: Sequence[Condition]) -> str:
    """Say why conditions do not hold for credentials that carry no MFA key at all."""
    for condition in conditions:
        if condition.operator in ("Null", "null_equal"):
            return f"`{condition.operator} false` asks for a key that is there"
    return f"`{conditions[0].operator}` does not hold for a missing key"


def age_in_words(seconds: int) -> str:
    """Return an age as people say it."""
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            count = seconds // size
            return f"{count} {name}{'s' if count > 1 else ''}"
    return f"{seconds} seconds"
