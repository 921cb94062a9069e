"""`mfacli device test`: whether a kept seed is the device's, and whether the clocks agree."""

from __future__ import annotations

from datetime import timedelta

import click

from mfacli.commands.device_codes import step_of
from mfacli.commands.device_meant import device_option, kept_device_for, no_seed_of, request_for
from mfacli.commands.handing_over import summary
from mfacli.commands.options import cloud_option, common, profile_option
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Code, CodeOrigin, Seed
from mfacli.domain.identity import Device
from mfacli.domain.offsets import describe_offset
from mfacli.domain.plan import Plan
from mfacli.errors import CodeRejected, InputNotAllowed
from mfacli.output.words import rough

# Every cloud looks this many steps to either side.
_TOLERATED_STEPS = 1


@click.command(name="test")
@profile_option
@cloud_option
@device_option
@click.option("--code", help="What the device shows now; `-` reads it from standard input.")
@click.option(
    "--online", is_flag=True, help="Open one session with a code, which is kept, and learn the cloud's time."
)
@common
@click.pass_context
def command(
    ctx: click.Context,
    /,
    profile: str | None,
    cloud: Cloud | None,
    device: str | None,
    code: str | None,
    online: bool,
) -> None:
    """Find out whether a seed is the device's, and whether the clocks are right.

    Compares what the device shows with the codes of the seed that is kept here, half an hour around now; no cloud is
    asked. With --online, one GetSessionToken with a code (made from the seed, else typed) shows that the cloud takes
    it, and by how much this machine's clock is off.

    \b
      mfacli device test -p dev                 type what the phone shows
      mfacli device test -p dev --online        ask the cloud
    """
    desk = desk_of(ctx)
    request = request_for(profile, cloud, device)
    if online:
        _ask_the_cloud(desk, desk.plan(request), code)
        return
    target = kept_device_for(desk, request)
    seed = desk.seeds.find_seed(target)
    if seed is None:
        raise no_seed_of(target, "`mfacli device import` keeps one, --online needs none")
    _compare(desk, target, seed, _shown_code(desk, target, seed, code))


def _shown_code(desk: Desk, device: Device, seed: Seed, code: str | None) -> Code:
    import sys

    from mfacli.codes.digits import parse_code

    if code is None:
        try:
            code = desk.prompter.ask_code(f"what {device.name} shows now: ")
        except InputNotAllowed as problem:
            raise InputNotAllowed(
                problem.message, hint="give it with --code, or ask the cloud with --online, which needs none"
            ) from problem
    elif code == "-":
        code = sys.stdin.readline() if sys.stdin is not None else ""
    return Code(digits=parse_code(code, length=seed.digits), origin=CodeOrigin.GIVEN)


def _compare(desk: Desk, device: Device, seed: Seed, code: Code) -> None:
    """Say what the comparison tells; raises `CodeRejected` for a code that is none of the seed's."""
    step = step_of(desk, seed, code)
    if step is None:
        raise CodeRejected(
            f"this is no code of the seed that is kept for device {device.name}, within half an hour of now",
            hint="either a code was mistyped, or the seed is another device's: `mfacli device import` replaces it",
        )
    behind = seed.step_at(desk.clock.cloud_now()) - step
    if abs(behind) <= _TOLERATED_STEPS:
        desk.terminal.answer(f"the seed of device {device.name} is right, and its clock and this machine's agree")
        return
    off = timedelta(seconds=behind * seed.period)
    which = "behind" if off > timedelta() else "ahead of"
    desk.terminal.answer(
        f"the seed of device {device.name} is right; the device is {rough(abs(off))} {which} this machine"
    )
    desk.terminal.note("which of the two is wrong, --online tells; a device that drifts: `mfacli device resync`")


def _ask_the_cloud(desk: Desk, plan: Plan, code: str | None) -> None:
    obtained = desk.obtain(plan, code=code, wants_new=True)
    offset = desk.clock.cloud_now() - desk.clock.now()
    # Within a second nobody can say: the answer's date has no finer ones.
    clock = describe_offset(offset) if abs(offset) >= timedelta(seconds=1) else "this machine's clock is right"
    desk.terminal.answer(f"the cloud took a code of {obtained.session.device or 'the device'}; {clock}")
    desk.terminal.note(summary(desk, plan, obtained))
