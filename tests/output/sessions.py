"""Sessions for tests of what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Session
from mfacli.domain.secret import Secret
from tests.doubles import NOON

SESSION = Session(
    cloud=Cloud.AWS,
    access_key_id="ASIAEXAMPLE",
    secret_access_key=Secret("wJalr/K7+bPx="),
    session_token=Secret("FwoGZXIvYXdz//+token=="),
    issued_at=NOON,
    expires_at=NOON + timedelta(hours=12),
    mfa_at=NOON,
    account_id="111111111111",
    principal="arn:aws:iam::111111111111:user/anaya",
    device="arn:aws:iam::111111111111:mfa/anaya",
    region="eu-west-1",
)
BARE = replace(SESSION, account_id=None, region=None, principal=None, device=None, mfa_at=None)
TENCENT = Session(
    cloud=Cloud.TENCENT,
    access_key_id="AKIDexample",
    secret_access_key=Secret("Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"),
    session_token=Secret("1siMD5r0tPAq9xpR/+=_token"),
    issued_at=NOON,
    expires_at=NOON + timedelta(hours=12),
    mfa_at=NOON,
    account_id="100000000001",
    principal="qcs::cam:100000000001:uin/100000000002",
    device="qcs::cam:uin/100000000001::mfa/softToken",
    region="ap-shanghai",
)
