"""What a check can find: the rules by name, and a finding with its place, its victims and its cure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from mfacli.policy.json_source import Position


class Severity(IntEnum):
    """How bad, in the words that SARIF uses."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """The level as people and SARIF write it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that can be wrong. `name` is stable; `claim` says it in one line, `why` what lies behind it."""

    name: str
    severity: Severity
    claim: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A statement as it should read, as JSON; `place` says where it goes."""

    place: str
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong. `what` says what is written there, `who` what that does to whom."""

    rule: Rule
    position: Position
    statement: int
    sid: str
    what: str
    who: str
    mended: tuple[Mended, ...] = ()


def _rule(name: str, severity: Severity, claim: str, why: str) -> Rule:
    return Rule(name=name, severity=severity, claim=claim, why=why)


_KEYS_CARRY = (
    "Requests signed with long-term keys carry neither aws:MultiFactorAuthPresent nor aws:MultiFactorAuthAge: not "
    "`false`, but nothing."
)
_SESSIONS_CARRY = (
    "Sessions opened without a code, role sessions and federated users carry aws:MultiFactorAuthPresent with the "
    "value `false`."
)
_ROLES_CARRY = (
    "Credentials from AssumeRole carry no MFA, whoever assumed the role and however: MFA can be demanded when the "
    "role is assumed, in its trust policy, and not afterwards."
)

ALLOWS_KEYS = _rule(
    "allow-lets-keys-in", Severity.ERROR, "An Allow with an MFA condition lets long-term keys in.", _KEYS_CARRY
)
ALLOWS_SESSIONS = _rule(
    "allow-lets-sessions-in",
    Severity.ERROR,
    "An Allow with an MFA condition lets sessions without MFA in.",
    _SESSIONS_CARRY,
)
ALLOWS_ALL = _rule(
    "allow-lets-everyone-in",
    Severity.ERROR,
    "An Allow with an MFA condition lets everybody in.",
    f"{_KEYS_CARRY} {_SESSIONS_CARRY}",
)
ALLOWS_ONLY_WITHOUT = _rule(
    "allow-only-without-mfa",
    Severity.WARNING,
    "An Allow holds only for those without MFA.",
    "Its condition is the wrong way round: whoever has given a code is refused, whoever has not is let in.",
)
MISSES_KEYS = _rule(
    "deny-misses-keys", Severity.ERROR, "A Deny without MFA lets long-term keys through.", _KEYS_CARRY
)
MISSES_SESSIONS = _rule(
    "deny-misses-sessions",
    Severity.ERROR,
    "A Deny without MFA lets sessions without MFA through.",
    _SESSIONS_CARRY,
)
MISSES_ALL = _rule(
    "deny-old-misses-none",
    Severity.ERROR,
    "A Deny of old MFA lets those without any MFA through.",
    "aws:MultiFactorAuthAge is missing where there was no MFA, and a missing key meets no plain comparison.",
)
DENIES_MFA = _rule(
    "deny-hits-mfa",
    Severity.WARNING,
    "A Deny with an MFA condition hits those with MFA.",
    "A Deny cannot be outweighed: whom it hits, no Allow can help.",
)
NEVER_HOLDS = _rule(
    "never-holds",
    Severity.ERROR,
    "The MFA condition of a statement can never hold.",
    "Whatever credentials carry of MFA, it does not meet the conditions together.",
)
AGE_REVERSED = _rule(
    "age-reversed",
    Severity.ERROR,
    "A condition on the age of MFA prefers old to fresh.",
    "aws:MultiFactorAuthAge counts the seconds since the code was given.",
)
MISSPELT_KEY = _rule(
    "misspelt-key",
    Severity.ERROR,
    "A condition key is not the MFA key that was meant.",
    "Any key is taken, and one that no request has is always missing.",
)
KEY_CASE = _rule(
    "key-case",
    Severity.NOTE,
    "A condition key is written in another case than documented.",
    "AWS does not mind the case of condition keys, other readers of the policy may.",
)
LEGACY_KEY = _rule(
    "legacy-key",
    Severity.NOTE,
    "A policy asks for MFA by an old key.",
    "Tencent Cloud documents `qcs:mfaPresent`; `mfa` and `qcs:mfa` stem from older policies of its console.",
)
STRING_OPERATOR = _rule(
    "not-bool",
    Severity.NOTE,
    "A yes-or-no key is compared as something else.",
    "The key holds `true` or `false`; Bool is the operator made for it and does not mind the case.",
)
AGE_ALONE = _rule(
    "age-without-presence",
    Severity.NOTE,
    "MFA is demanded by its age alone.",
    "A missing age meets no plain comparison, so this holds, but readers and tools look for the key of presence.",
)
AGE_UNIT = _rule(
    "age-unit",
    Severity.WARNING,
    "The age of MFA is limited by a number that is hardly one of seconds.",
    "aws:MultiFactorAuthAge is in seconds; sessions live 15 minutes (900) to 36 hours (129600).",
)
ROLE_NEVER = _rule(
    "role-never-has-mfa",
    Severity.ERROR,
    "A role's own policy asks for MFA, which a role session never carries.",
    _ROLES_CARRY,
)
TRUST_NEVER = _rule(
    "principal-never-has-mfa",
    Severity.ERROR,
    "MFA is asked of a service or an identity provider, which can never give it.",
    "AssumeRoleWithSAML and AssumeRoleWithWebIdentity take no code, and services have no device.",
)
TRUST_FOREIGN = _rule(
    "trusts-their-devices",
    Severity.NOTE,
    "Another account's MFA is trusted.",
    "Whoever may create virtual devices in the trusted account can satisfy the condition; it is as safe as that "
    "account keeps its device management.",
)
RESOURCE_EXCLUDES_ROLES = _rule(
    "excludes-role-sessions",
    Severity.NOTE,
    "A resource's policy demands MFA, which AssumeRole's credentials can never satisfy.",
    _ROLES_CARRY,
)
DENY_HITS_ROLES = _rule(
    "deny-hits-role-sessions",
    Severity.NOTE,
    "A Deny without MFA hits every role session.",
    _ROLES_CARRY,
)
SCP_HITS_ROLES = _rule(
    "scp-hits-role-sessions",
    Severity.WARNING,
    "A service control policy without MFA refuses every role session in its accounts.",
    _ROLES_CARRY,
)
UNDONE = _rule(
    "undone-elsewhere",
    Severity.ERROR,
    "A statement allows without MFA what another demands MFA for.",
    "Allows add up: the one that asks for less wins.",
)
LOCKED_OUT = _rule(
    "self-management-locked-out",
    Severity.WARNING,
    "Users without MFA cannot enrol a device of their own.",
    "Whoever must have MFA to enrol a device can never have MFA; an administrator must enrol it for them.",
)
REMOVES_WITHOUT_MFA = _rule(
    "removal-without-mfa",
    Severity.WARNING,
    "An MFA device can be taken away without MFA.",
    "Whoever has found the keys then removes the second factor, and enrols their own.",
)
SECURITY_KEYS_ONLY = _rule(
    "security-keys-only",
    Severity.NOTE,
    "Users can enrol only security keys and passkeys, which STS cannot check.",
    "GetSessionToken and AssumeRole take six digits: users need a virtual or hardware device of one-time codes.",
)
NOT_CONTROLLED = _rule(
    "get-session-token-not-controlled",
    Severity.NOTE,
    "A statement about sts:GetSessionToken has no effect.",
    "The operation is there to authenticate with MFA, needs no permission, and policies cannot control it.",
)
NOT_FROM_SESSION = _rule(
    "session-cannot-call",
    Severity.WARNING,
    "MFA is demanded for a call that no session with MFA can make.",
    "Only GetSessionToken's credentials carry MFA, and of STS they may call AssumeRole and GetCallerIdentity alone.",
)
VARIABLES_ARE_TEXT = _rule(
    "variables-are-text",
    Severity.WARNING,
    "Policy variables are plain text in this version.",
    "Only version 2012-10-17 knows variables; without a Version a policy is of 2008-10-17.",
)
TENCENT_NOT_OFFERED = _rule(
    "mfa-key-not-offered",
    Severity.NOTE,
    "The MFA key is probably not offered for this action.",
    "Tencent Cloud offers `qcs:mfaPresent` where it offers IP restriction, which STS does not; MFA goes along as "
    "SerialNumber and TokenCode instead.",
)

RULES = (
    ALLOWS_KEYS,
    ALLOWS_SESSIONS,
    ALLOWS_ALL,
    ALLOWS_ONLY_WITHOUT,
    MISSES_KEYS,
    MISSES_SESSIONS,
    MISSES_ALL,
    DENIES_MFA,
    NEVER_HOLDS,
    AGE_REVERSED,
    MISSPELT_KEY,
    KEY_CASE,
    LEGACY_KEY,
    STRING_OPERATOR,
    AGE_ALONE,
    AGE_UNIT,
    ROLE_NEVER,
    TRUST_NEVER,
    TRUST_FOREIGN,
    RESOURCE_EXCLUDES_ROLES,
    DENY_HITS_ROLES,
    SCP_HITS_ROLES,
    UNDONE,
    LOCKED_OUT,
    REMOVES_WITHOUT_MFA,
    SECURITY_KEYS_ONLY,
    NOT_CONTROLLED,
    NOT_FROM_SESSION,
    VARIABLES_ARE_TEXT,
    TENCENT_NOT_OFFERED,
)
