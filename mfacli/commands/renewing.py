"""Whether a newer session can be had without asking anybody, for those who come again before theirs ends."""

from __future__ import annotations

import shlex

from mfacli.commands.wiring import Desk
from mfacli.domain.plan import DeviceToFind, KnownDevice, NoDevice, Plan, RoleStep
from mfacli.errors import InputNotAllowed
from mfacli.session import Obtained, Parts, find_kept, obtain_lasting


def obtain_for_program(desk: Desk, plan: Plan) -> Obtained:
    """Return a session for a program that comes again before it ends; who could be asked for a code may be asked."""
    parts = desk.parts(plan)
    try:
        return obtain_lasting(plan, parts, renewing=lambda: unasked_parts(desk, plan, parts))
    except InputNotAllowed as problem:
        # Whoever calls an SDK sees this text, if any, in the middle of another one.
        raise InputNotAllowed(f"{problem.message}; run `{command_with_code(plan)}` at a terminal first") from problem


def unasked_parts(desk: Desk, plan: Plan, parts: Parts) -> Parts | None:
    """Return parts that ask nobody, where they can come by a new session; looks at no secret."""
    can = not plan.needs_code or _has_beginning(plan, parts) or bool(plan.code_program) or _has_seed(desk, plan)
    return desk.parts(plan, may_ask=False) if can else None


def command_with_code(plan: Plan) -> str:
    """Return the command that asks for a code, and keeps the session that `plan` describes."""
    verb = "assume" if isinstance(plan.steps[-1], RoleStep) else "session"
    return f"mfacli {verb} -p {shlex.quote(plan.profile)}"


def _has_beginning(plan: Plan, parts: Parts) -> bool:
    """Whether a session on the way to the last one is kept, so that no code is needed."""
    return any(find_kept(plan.up_to(count), parts) for count in range(1, len(plan.steps)))


def _has_seed(desk: Desk, plan: Plan) -> bool:
    match plan.device:
        case KnownDevice(device=device):
            # Whose of an account's users it is, a serial of Tencent Cloud does not say, and a kept seed does.
            return any(kept.serial == device.serial for kept in desk.seeds.devices_with_seed())
        case DeviceToFind():
            return bool(desk.seeds.devices_with_seed())
        case NoDevice():
            return False
