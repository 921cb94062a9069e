from __future__ import annotations

import pytest

from mfacli.emulator.tencent.callers import Caller, CredentialKind, RolePrincipal
from mfacli.emulator.tencent.codes import TencentCodes
from mfacli.emulator.tencent.refusals import Rejected
from tests.emulator.tencent.quarter import MEI, OWNER, SERIAL, Quarter, quarter


@pytest.fixture
def q() -> Quarter:
    return quarter()


def test_a_good_code_is_good_now_and_never_again(q: Quarter) -> None:
    codes, mei, code = TencentCodes(q.devices, q.clock), q.caller(q.keys(MEI)), q.code(MEI)

    assert codes.check(mei, SERIAL, code) == q.clock.world_now()
    with pytest.raises(Rejected, match="MFA verification failed"):
        codes.check(mei, SERIAL, code)


def test_a_role_has_no_device(q: Quarter) -> None:
    role = RolePrincipal(owner_uin=OWNER, role_id="46", role_name="Any", session_name="test", caller_uin=MEI)

    with pytest.raises(Rejected) as caught:
        TencentCodes(q.devices, q.clock).check(Caller(principal=role, kind=CredentialKind.ROLE), SERIAL, q.code(MEI))

    assert caught.value.code == "FailedOperation.CheckMFAError"


@pytest.mark.parametrize("serial", ["", "mei", SERIAL + "x ", SERIAL + "\n", f"qcs::cam:uin/{OWNER}::mfa/"])
def test_what_is_no_serial_is_refused(q: Quarter, serial: str) -> None:
    with pytest.raises(Rejected) as caught:
        TencentCodes(q.devices, q.clock).refuse_serial(serial)

    assert caught.value.code == "InvalidParameter.ParamError"
