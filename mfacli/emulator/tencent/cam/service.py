"""CAM 2019-01-16, put together."""

from __future__ import annotations

from mfacli.emulator.key_uses import KeyUses
from mfacli.emulator.tencent.cam.attachments import Attachments
from mfacli.emulator.tencent.cam.flags import Flags
from mfacli.emulator.tencent.cam.found import Found
from mfacli.emulator.tencent.cam.groups import Groups
from mfacli.emulator.tencent.cam.keys import Keys
from mfacli.emulator.tencent.cam.policies import Policies
from mfacli.emulator.tencent.cam.roles import Roles
from mfacli.emulator.tencent.cam.users import Users
from mfacli.emulator.tencent.tables import TabledService
from mfacli.emulator.tencent.town.town import Town


def cam_service(town: Town, uses: KeyUses) -> TabledService:
    """Return the `Service` of CAM; `uses` knows when keys were last used."""
    found = Found(town)
    parts = [
        Keys(town, found, uses),
        *(part(town, found) for part in (Users, Groups, Policies, Attachments, Roles, Flags)),
    ]
    table = {name: action for part in parts for name, action in part.table().items()}
    return TabledService("cam", version="2019-01-16", denial_code="AuthFailure.UnauthorizedOperation", table=table)
