"""CVM 2017-03-12, put together."""

from __future__ import annotations

from mfacli.emulator.tencent.cvm.changes import Changes
from mfacli.emulator.tencent.cvm.looking import Looking
from mfacli.emulator.tencent.cvm.named import Named
from mfacli.emulator.tencent.cvm.starting import Starting
from mfacli.emulator.tencent.tables import TabledService
from mfacli.emulator.tencent.town.town import Town


def cvm_service(town: Town) -> TabledService:
    """Return the `Service` of CVM.

    Its denials have the service's own code. CVM has codes for MFA too (UnauthorizedOperation.MFANotFound and
    .MFAExpired); nothing documents when it gives them.
    """
    named = Named(town)
    table = {**Looking(town, named).table(), **Starting(town).table(), **Changes(town, named).table()}
    return TabledService("cvm", version="2017-03-12", denial_code="UnauthorizedOperation", table=table)
