"""What a denial by AWS' policies means for this caller, and whether MFA could have been what was missing."""

from __future__ import annotations

from dataclasses import replace

from mfacli.domain.cloud import Cloud
from mfacli.domain.own_device import NO_DELETING, deletion_command
from mfacli.policy.messages.commands import Commands
from mfacli.policy.messages.decoded import DecodedMessage
from mfacli.policy.messages.error_text import ErrorText
from mfacli.policy.messages.explanation import Advice, Denial, Explanation, Layer

_SESSION = "opens a session with MFA and puts it into this shell; then try again"
_ROLE_MFA = "AssumeRole's credentials carry no MFA, so no policy that asks them for it lets them through"
_DENIED_CODES = ("AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation")


def explain_denial(
    error: ErrorText, denial: Denial, commands: Commands, *, encoded: str, decoded: DecodedMessage | None
) -> Explanation:
    """Return the explanation of a denied request; `decoded` is what EC2's encoded message said."""
    if decoded is not None:
        denial = _joined(denial, decoded.denial)
    meaning = _meaning(denial)
    causes, advice = _causes(denial, commands)
    if decoded is not None:
        causes, advice = _as_carried(decoded, causes, advice, denial, commands)
    elif encoded:
        meaning += "; the encoded message says which condition keys the request had"
        again = commands.other("policy explain --decode", "has STS decode the message", with_profile=True)
        advice = (*advice, again)
    return Explanation(
        cloud=Cloud.AWS,
        code=error.code,
        operation=error.operation or denial.action.rpartition(":")[2],
        meaning=meaning,
        causes=causes,
        advice=advice,
        denial=denial,
        encoded="" if decoded is not None else encoded,
    )


def explain_bare_denial(error: ErrorText, commands: Commands) -> Explanation | None:
    """Return the explanation of a denial that names nothing, as S3 gives it to strangers; None for other errors."""
    if error.code not in _DENIED_CODES and error.text.rstrip(".").lower() not in ("access denied", "forbidden"):
        return None
    return Explanation(
        cloud=Cloud.AWS,
        code=error.code,
        operation=error.operation,
        meaning="access was denied, and the service does not say by what",
        causes=(
            "the resource's policy, or one of the caller's, demands MFA, and the credentials carry none",
            "no policy allows it to this caller at all",
            "it is another account's, which is why no reason is given",
        ),
        advice=(
            commands.session(_SESSION, into_shell=True),
            commands.other("whoami", "shows who the credentials are, and whether MFA stands behind them"),
        ),
    )


def _meaning(denial: Denial) -> str:
    who = _caller(denial.principal)
    what = f"`{denial.action}`" + (f" on `{denial.resource}`" if denial.resource else "")
    if denial.action.lower() == "sts:assumerole" and denial.layer is None:
        return (
            f"{who} may not assume the role{f' `{denial.resource}`' if denial.resource else ''}; STS never says why"
        )
    if denial.layer is None:
        how = ", by an explicit Deny" if denial.explicit else ""
        return f"{who} may not {what}{how}"
    if denial.explicit:
        by = f" `{denial.policy}`" if denial.policy else ""
        return f"a Deny in {_article(denial.layer)}{by} refuses {who} {what}"
    return f"no {denial.layer.value} allows {who} {what}"


def _causes(denial: Denial, commands: Commands) -> tuple[tuple[str, ...], tuple[Advice, ...]]:
    if denial.action.lower() == "sts:assumerole" and denial.layer is None:
        return _assume_role(denial, commands)
    if denial.action.lower() == "iam:deletevirtualmfadevice" and not _is_role(denial.principal):
        return _deleting_device(denial, commands)
    match denial.layer:
        case Layer.SCP | Layer.RCP:
            return _by_organization(denial, commands)
        case Layer.SESSION:
            return (
                (
                    "the session policy that was passed when the session was opened does not allow it",
                    "a federated user without a session policy may do nothing by the user's own policies",
                ),
                (commands.assume("", "assumes the role without a session policy"),),
            )
        case Layer.ENDPOINT:
            return (("the VPC endpoint that the call went through does not let it pass, with MFA or without",), ())
        case Layer.TRUST:
            return _assume_role(denial, commands)
        case _ if _is_role(denial.principal):
            return _of_role(denial, commands)
        case Layer.RESOURCE:
            return (
                (
                    "the resource's policy demands MFA: only credentials from GetSessionToken with a code satisfy it",
                    "the resource's policy does not name this caller or its account",
                ),
                (commands.session(_SESSION, into_shell=True),),
            )
        case _:
            return _of_user(denial, commands)


def _assume_role(denial: Denial, commands: Commands) -> tuple[tuple[str, ...], tuple[Advice, ...]]:
    return (
        (
            "the role demands MFA, and neither a code came with the call nor a session with MFA made it",
            "the caller's own policies do not allow `sts:AssumeRole` on the role, or deny it",
            "the role's trust policy does not name the caller, or asks for more, such as an external id",
            "there is no such role: STS gives the same answer",
        ),
        (
            commands.assume(denial.resource, "assumes the role with a code"),
            commands.other("policy check TRUST.json", "says whether the role's trust policy demands MFA"),
        ),
    )


def _deleting_device(denial: Denial, commands: Commands) -> tuple[tuple[str, ...], tuple[Advice, ...]]:
    """Return what the IAM guide says of the one permission that people miss when they enrol a device anew."""
    causes = (f"a device is there that was never enabled, under the name that is wanted: {NO_DELETING}",)
    return causes, (
        Advice(command=deletion_command(denial.resource), why="deletes it, typed by an administrator"),
        commands.other("device enroll --name NAME", "enrols one under another name meanwhile", with_profile=True),
        commands.session("opens a session with MFA, for those who may delete with it", into_shell=True),
    )


def _of_user(denial: Denial, commands: Commands) -> tuple[tuple[str, ...], tuple[Advice, ...]]:
    if _is_root(denial.principal):
        return (("MFA-protected API access does not work with the root user's keys",), ())
    if denial.explicit:
        causes = (
            "the Deny holds for whoever has no MFA: only sessions opened with a code carry some",
            "the Deny asks for fresher MFA than the session has",
            "the Deny is for everybody, or depends on something else",
        )
        return causes, (
            commands.session(_SESSION, into_shell=True),
            commands.session("opens a fresh one, should the old be too old", options=" --new", into_shell=True),
        )
    return (
        (
            "a policy allows it with MFA only, and the credentials carry none, or one that is too old",
            "no policy of the caller allows it at all",
        ),
        (
            commands.session(_SESSION, into_shell=True),
            commands.other("policy explain --policy POLICY.json", "says whether a policy would allow it with MFA"),
        ),
    )


def _of_role(denial: Denial, commands: Commands) -> tuple[tuple[str, ...], tuple[Advice, ...]]:
    causes = (
        f"a policy asks for MFA: {_ROLE_MFA}",
        "the role's policies do not allow it" if not denial.explicit else "a Deny refuses it for other reasons",
    )
    advice = [
        commands.other("policy check --attached-to role POLICY.json", "finds demands that a role can never meet"),
    ]
    if denial.layer in (Layer.RESOURCE, None):
        advice.insert(0, commands.session("calls as the user, with MFA, instead of as the role", into_shell=True))
    return causes, tuple(advice)


def _by_organization(denial: Denial, commands: Commands) -> tuple[tuple[str, ...], tuple[Advice, ...]]:
    assert denial.layer is not None
    causes = [f"the organization does not let its accounts do this, by {_article(denial.layer)}"]
    if _is_role(denial.principal):
        causes.append(f"if that policy asks for MFA: {_ROLE_MFA}")
        return tuple(causes), ()
    causes.append("if that policy asks for MFA, a session with MFA passes")
    return tuple(causes), (commands.session(_SESSION, into_shell=True),)


def _as_carried(
    decoded: DecodedMessage,
    causes: tuple[str, ...],
    advice: tuple[Advice, ...],
    denial: Denial,
    commands: Commands,
) -> tuple[tuple[str, ...], tuple[Advice, ...]]:
    """Sharpen causes and advice by what the request is known to have carried."""
    by = [sid for sid in decoded.denied_by if sid]
    named = (f"the denying statement is `{by[0]}`",) if by else ()
    if decoded.mfa == "true":
        age = decoded.mfa_age_seconds
        how_old = f", {age} seconds old" if age is not None else ""
        told = f"the request carried MFA{how_old}: presence was not missing, but it may have been too old"
        fresh = commands.session("opens a session with fresh MFA", options=" --new", into_shell=True)
        return (told, "no policy allows it at all", *named), (fresh,)
    if decoded.mfa == "false":
        told = "the request was made with a session that carries no MFA (`aws:MultiFactorAuthPresent` was `false`)"
    else:
        told = "the request was made with long-term keys, which carry no MFA (no `aws:MultiFactorAuthPresent`)"
    if _is_role(denial.principal):
        return (told, *causes, *named), advice
    return (told, *causes[1:], *named), advice


def _joined(denial: Denial, decoded: Denial) -> Denial:
    return replace(
        denial,
        principal=denial.principal or decoded.principal,
        action=denial.action or decoded.action,
        resource=denial.resource or decoded.resource,
        explicit=decoded.explicit if denial.explicit is None else denial.explicit,
    )


def _caller(principal: str) -> str:
    if not principal:
        return "the caller"
    return f"`{principal}`"


def _article(layer: Layer) -> str:
    return f"{'an' if layer.value[0] in 'aeio' else 'a'} {layer.value}"


def _is_role(principal: str) -> bool:
    return ":assumed-role/" in principal


def _is_root(principal: str) -> bool:
    return principal.endswith(":root")
