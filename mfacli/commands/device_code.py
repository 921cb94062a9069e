"""`mfacli device code`: the code that a device shows, made from the seed that is kept of it."""

from __future__ import annotations

from datetime import timedelta

import click

from mfacli.commands.device_meant import device_option, kept_device_for, no_seed_of, request_for
from mfacli.commands.options import cloud_option, common, profile_option
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Code, Seed
from mfacli.domain.identity import Device


@click.command(name="code")
@profile_option
@cloud_option
@device_option
@common
@click.pass_context
def command(ctx: click.Context, /, profile: str | None, cloud: Cloud | None, device: str | None) -> None:
    """Print the code that a device shows, for a sign-in form.

    A code that STS has already taken is passed over: the next one is waited for.
    """
    desk = desk_of(ctx)
    target = kept_device_for(desk, request_for(profile, cloud, device))
    seed = desk.seeds.find_seed(target)
    if seed is None:
        raise no_seed_of(target, "`mfacli device import` keeps one")
    code = _unspent_code(desk, target, seed)
    assert code.step is not None
    left = seed.starts_at(code.step + 1) - desk.clock.cloud_now()
    desk.terminal.answer(code.digits.reveal())
    desk.terminal.note(f"good for {max(0, round(left.total_seconds()))} s")


def _unspent_code(desk: Desk, device: Device, seed: Seed) -> Code:
    from mfacli.codes.derived import derive_code

    step = seed.step_at(desk.clock.cloud_now())
    while desk.ledger.is_spent(device, code := derive_code(seed, step)):
        step += 1
        offset = desk.clock.cloud_now() - desk.clock.now()
        desk.terminal.countdown("this code is spent; the next one comes", seed.starts_at(step) - offset)
    if seed.starts_at(step + 1) - desk.clock.cloud_now() <= timedelta():
        return _unspent_code(desk, device, seed)
    return code
