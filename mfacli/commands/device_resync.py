"""`mfacli device resync`: a device whose clock has drifted is set by two of its codes."""

from __future__ import annotations

import click

from mfacli.commands.device_cloud import is_known_to_be_enabled, own_device, own_devices
from mfacli.commands.device_codes import derived_pair, given_pair, mark_spent, typed_pair
from mfacli.commands.device_meant import device_option, request_for
from mfacli.commands.options import cloud_option, common, profile_option
from mfacli.commands.wiring import desk_of
from mfacli.domain.cloud import Cloud
from mfacli.errors import CodeRejected


@click.command(name="resync")
@profile_option
@cloud_option
@device_option
@click.option("--code", "codes", multiple=True, help="One of two codes that follow each other; give it twice.")
@common
@click.pass_context
def command(
    ctx: click.Context,
    /,
    profile: str | None,
    cloud: Cloud | None,
    device: str | None,
    codes: tuple[str, ...],
) -> None:
    """Set a device's clock in IAM, for a device whose codes are refused because it runs slow or fast.

    Takes two codes that follow each other directly: typed, given with --code, or made from the seed that is kept
    here. Hardware devices drift; phones and this machine mostly do not.

    \b
      mfacli device resync -p dev                               type two codes
      mfacli device resync -p dev --code 123456 --code 654321
    """
    desk = desk_of(ctx)
    pair = given_pair(codes)
    own = own_devices(desk, request_for(profile, cloud, device), what="resynchronise")
    target = own_device(desk, own)
    # Before anybody types two codes for nothing.
    is_known_to_be_enabled(own, target)
    if pair is None:
        seed = desk.seeds.find_seed(target)
        pair = typed_pair(desk, target, None) if seed is None else derived_pair(desk, target, seed)
    try:
        own.resync(target, pair)
    except CodeRejected:
        mark_spent(desk, target, pair)
        raise
    mark_spent(desk, target, pair)
    desk.terminal.note(f"device {target.name} is in step again; the code after these two opens a session")
