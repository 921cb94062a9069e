"""What STS's calls have in common: whose long-term key, which code, which tags."""

from __future__ import annotations

from mfacli.emulator.tencent.callers import Caller, RootPrincipal, UserPrincipal
from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.refusals import own_error

_MOST_TAGS = 50


def permanent_holder(caller: Caller) -> UserPrincipal | RootPrincipal:
    """Return who has the long-term key; raises `Rejected` for temporary keys."""
    principal = caller.principal
    if caller.is_temporary or not isinstance(principal, UserPrincipal | RootPrincipal):
        raise own_error(
            "FailedOperation.TempKeyNotAllowed",
            "This action does not support temporary keys.",
            "该接口不支持临时密钥调用。",
        )
    return principal


def code_of(given: Given) -> str:
    """Return the code, by whichever of its names; raises `Rejected` where it is missing or there are two."""
    if "TokenCode" in given and "MfaCode" in given:
        raise own_error(
            "InvalidParameter.ParamError",
            "TokenCode and MfaCode are two names of the same parameter.",
            "参数 TokenCode 与 MfaCode 不能同时指定。",
        )
    return given.text("MfaCode" if "MfaCode" in given else "TokenCode", longest=64)


def tags_of(given: Given) -> tuple[tuple[str, str], ...]:
    """Return the session tags of a call; raises `Rejected` where there are too many, or a key is there twice."""
    found = tuple(
        (tag.text("Key", longest=128), tag.optional_text("Value", longest=256) or "")
        for tag in given.structures("Tags")
    )
    if len(found) > _MOST_TAGS or len({key for key, _ in found}) < len(found):
        raise given.wrong("Tags")
    return found
