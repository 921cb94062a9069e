"""How a service of the API, or COS, joins in: what it is asked, which permissions that takes, and what it answers.

A service is an object with the members of `Service`. It gets what it works on (`Town`, devices, the clock) when it is
made, in `assembly`, and is handed to `TencentSide`, which does the rest in this order:

1. the signature and the token are checked, and the call is recognised (`wire.recognise`);
2. `actions` says whether the service knows the action, which parameters it must have and which it may: an unknown
   action is InvalidAction, a parameter that is not there MissingParameter, one too many UnknownParameter;
3. `needs` says which actions on which resources the caller must be allowed, from parameters that it reads with
   `Given`. It may look into the town, and raise `Rejected` for values that are refused whatever the policies say.
   Nothing is changed yet. Things that are not there: ask for the permission on their name all the same and refuse in
   `answer`, so that nobody learns by asking what there is;
4. every need is decided by the policies (`Authoriser`); the first that is not allowed ends the call. In the
   service's words: `denial_code`. No need at all means that everybody may;
5. `answer` does it and returns what the answer's `Response` holds, without the RequestId. It raises `Rejected`, made
   with `own_error(code, english, chinese)`, for what goes wrong.

What looks first and acts then does so under `with town.guard:`, as calls come from several threads at once.
COS is the same with `CosService`, which writes its answers itself (`wire.answers.cos_answer_of`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.tencent.callers import Caller
from mfacli.emulator.tencent.refusals import missing, own_error
from mfacli.emulator.tencent.wire.cos import CosCall
from mfacli.emulator.tencent.wire.recognise import Call

ANY = "*"
Result = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The names of an action's parameters."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An authenticated call.

    `mfa_at` is when the code sent with this very call was found good (AssumeRole only), as world time.
    """

    call: Call
    caller: Caller
    incoming: Incoming
    mfa_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CosAsked:
    """An authenticated call of COS."""

    call: CosCall
    caller: Caller
    incoming: Incoming


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A permission that a call takes.

    `action` is `cvm:TerminateInstances`, without `name/`. `resource` is the whole name
    `qcs::cvm:ap-guangzhou:uin/OWNER:instance/ins-…`, or `ANY` for operations that know no resources. `owner_uin` is
    whose the resource is (COS names tell the APPID only); the caller's own where it is left empty. `aliases` are
    further names that policies may write the same resource by (a role's id for its name). `context` holds the
    service's own condition keys (`cvm:zone`), and `qcs:resource_tag` or `qcs:request_tag` where there are any.
    """

    action: str
    resource: str = ANY
    owner_uin: str = ""
    aliases: tuple[str, ...] = ()
    context: Mapping[str, str | Sequence[str]] = field(default_factory=dict)


class Service(Protocol):
    """A service of the API. `name` is its signing name, `version` the only version there is of it."""

    name: str
    version: str
    actions: Mapping[str, Shape]
    denial_code: str

    def needs(self, asked: Asked) -> Sequence[Need]:
        """Return the permissions that a call takes; raises `Rejected`. Changes nothing."""

    def answer(self, asked: Asked) -> Result:
        """Do what an authorised call asks and return what its answer holds; raises `Rejected`."""


class CosService(Protocol):
    """COS. `operations` are the names of all that it answers."""

    operations: Collection[str]

    def operation(self, asked: CosAsked) -> str:
        """Return the call's operation (`PutObject`); raises `Rejected` UNKNOWN_ACTION."""

    def needs(self, asked: CosAsked) -> Sequence[Need]:
        """Return the permissions that a call takes (`cos:PutObject`); raises `Rejected`. Changes nothing."""

    def answer(self, asked: CosAsked) -> Answer:
        """Do what an authorised call asks and return the whole answer; raises `Rejected`."""


def refuse_misshapen(call: Call, shape: Shape) -> None:
    """Raise `Rejected` where a parameter is missing or unknown; a null is as good as nothing."""
    for name in shape.required:
        if call.parameters.get(name) is None:
            raise missing(name)
    for name in call.parameters:
        if name not in shape.required and name not in shape.optional:
            raise own_error(
                "UnknownParameter",
                f"The parameter `{name[:80]}` is not recognized.",
                f"未定义的参数 `{name[:80]}`。",
            )
