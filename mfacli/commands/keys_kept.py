"""Which of the keys in the keyring a command line means."""

from __future__ import annotations

from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import KeptKey
from mfacli.domain.plan import Request
from mfacli.errors import ProfileAmbiguous, ProfileUnknown


def kept_key(desk: Desk, profile: str | None, cloud: Cloud | None) -> KeptKey:
    """Return the keys that are meant, as the list has them; raises `ProfileUnknown` with those that there are."""
    kept = desk.keys.kept_keys()
    request = Request(wants_role=False, profile=profile, cloud=cloud)
    meant = [
        each
        for each in kept
        if each.cloud is (cloud or each.cloud) and each.profile == desk.planning.asked_for(request, each.cloud)
    ]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise ProfileAmbiguous(
            f"the keyring has keys of a profile `{meant[0].profile}` of both clouds",
            hint="say which are meant with --cloud aws or --cloud tencent",
        )
    name = desk.planning.asked_for(request, cloud or Cloud.AWS)
    there_are = ", ".join(f"`{each.profile}`" for each in kept)
    raise ProfileUnknown(
        f"the keyring has no keys of profile `{name}`",
        hint=f"it has those of {there_are}" if there_are else "`mfacli keys add` keeps some",
    )
