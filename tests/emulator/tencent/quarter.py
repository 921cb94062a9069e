"""Tencent Cloud's side of the emulator in this process, with a clock that stands still, and calls signed by hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tencentcloud.common.sign import Sign

from mfacli.domain.secret import Secret
from mfacli.emulator.clock import EmulatorClock
from mfacli.emulator.devices import Devices
from mfacli.emulator.key_uses import KeyUses
from mfacli.emulator.log import DecisionLog
from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.tencent.authorise import Authoriser
from mfacli.emulator.tencent.callers import Caller
from mfacli.emulator.tencent.cam.service import cam_service
from mfacli.emulator.tencent.codes import TencentCodes, device_key
from mfacli.emulator.tencent.cos.service import Storage
from mfacli.emulator.tencent.cvm.service import cvm_service
from mfacli.emulator.tencent.directory import TownSecrets
from mfacli.emulator.tencent.operations import CosService, Service
from mfacli.emulator.tencent.side import TencentSide
from mfacli.emulator.tencent.sts.service import StsService
from mfacli.emulator.tencent.tokens import TencentTokens
from mfacli.emulator.tencent.town.founding import tencent_devices
from mfacli.emulator.tencent.town.town import Town
from mfacli.emulator.world.keys import WorldKey
from mfacli.emulator.world.load import default_world
from mfacli.emulator.world.memory import WorldMemory
from mfacli.emulator.world.model import World
from tests.doubles import NOON
from tests.emulator.stand_ins import request
from tests.emulator.tencent.signed import cos_signed

OWNER = "12345678"
PARTNER = "87654321"
SERIAL = f"qcs::cam:uin/{OWNER}::mfa/softToken"
MEI, HAO, LAN = "100000000101", "100000000102", "100000000103"
TEST_ROLE = f"qcs::cam::uin/{PARTNER}:roleName/TestRole"
_VERSIONS = {"sts": "2018-08-13", "cam": "2019-01-16", "cvm": "2017-03-12"}
BUCKET = "example-1250000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a client signs with."""

    secret_id: str
    secret_key: Secret
    token: str | None = None


@dataclass(slots=True, kw_only=True)
class Quarter:
    """The side and its parts. `who` is a user's uin, an account's, or the keys of a session."""

    town: Town
    devices: Devices
    clock: EmulatorClock
    log: DecisionLog
    tokens: TencentTokens
    secrets: TownSecrets
    authoriser: Authoriser
    side: TencentSide
    failures: list[Exception] = field(default_factory=list)

    def keys(self, uin: str) -> Keys:
        """Return somebody's first long-term key."""
        key = self.town.users.keys_of(uin)[0]
        return Keys(secret_id=key.secret_id, secret_key=key.secret_key)

    def code(self, uin: str, owner: str = OWNER) -> str:
        """Return a code that has not been used; time moves on to it."""
        serial = device_key(f"qcs::cam:uin/{owner}::mfa/softToken", uin)
        self.devices.wait_for_fresh(serial)
        shown = self.devices.shown(serial)
        assert shown is not None
        return shown.code.reveal()

    def sent(self, who: str | Keys, action: str, parameters: Mapping[str, object], service: str = "sts") -> Incoming:
        """Return a signed request."""
        keys = self.keys(who) if isinstance(who, str) else who
        return signed(keys, action, parameters, service=service, at=self.clock.wire_now())

    def ask(self, who: str | Keys, action: str, service: object = "sts", **parameters: object) -> dict[str, object]:
        """Return what a call's `Response` holds, be it an error."""
        return opened(self.side.handle(self.sent(who, action, parameters, str(service))))

    def refused(self, who: str | Keys, action: str, service: object = "sts", **parameters: object) -> str:
        """Return the code of a call that must be refused."""
        error = self.ask(who, action, service, **parameters)["Error"]
        assert isinstance(error, dict)
        return str(error["Code"])

    def cos(
        self,
        who: str | Keys,
        method: str,
        key: str = "",
        *,
        bucket: str = BUCKET,
        region: str = "ap-guangzhou",
        query: dict[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """Return COS's answer; without a bucket, that of the service."""
        keys, at = self.keys(who) if isinstance(who, str) else who, self.clock.wire_now()
        host = f"{bucket}.cos.{region}.myqcloud.com" if bucket else "service.cos.myqcloud.com"
        token = {"x-cos-security-token": keys.token} if keys.token else {}
        start = int(at.timestamp())
        sent = cos_signed(
            method=method,
            path=f"/{key}",
            query=query,
            headers=(("host", host), *{**(headers or {}), **token}.items()),
            signed_headers=token,
            sign_time=f"{start - 60};{start + 600}",
            key_id=keys.secret_id,
            secret=keys.secret_key.reveal(),
            body=body,
            at=at,
        )
        return self.side.handle(sent)

    def opened(self, who: str | Keys, action: object = "GetSessionToken", **parameters: object) -> Keys:
        """Return the keys of the session that a call gives."""
        return session_keys(self.ask(who, str(action), **parameters))

    def mfa_session(self, uin: str = MEI, **parameters: object) -> Keys:
        """Return a GetSessionToken session."""
        return self.opened(uin, SerialNumber=SERIAL, TokenCode=self.code(uin), **parameters)

    def caller(self, keys: Keys) -> Caller:
        """Return who has these keys."""
        return self.secrets.credential_for(keys.secret_id, keys.token).caller


def quarter(
    world: World | None = None,
    *,
    key: WorldKey | None = None,
    services: tuple[Service, ...] = (),
    cos: CosService | None = None,
    is_whole: bool = False,
) -> Quarter:
    """Build one of the default world, or another; `is_whole` has all services there are."""
    world, key = world or default_world(), key or WorldKey.ephemeral()
    clock, log = EmulatorClock(lambda: NOON), DecisionLog()
    devices = Devices(clock, WorldMemory())
    devices.stock(tencent_devices(world, key))
    town = Town(world, key, now=clock.world_now)
    tokens = TencentTokens(key)
    secrets = TownSecrets(town, tokens=tokens, clock=clock)
    authoriser = Authoriser(town, clock)
    sts = StsService(
        town,
        tokens=tokens,
        codes=TencentCodes(devices, clock),
        clock=clock,
        chained_roles_inherit_mfa=world.settings.chained_roles_inherit_mfa,
    )
    failures: list[Exception] = []
    uses = KeyUses()
    if is_whole:
        services, cos = (cvm_service(town), cam_service(town, uses)), Storage(town)
    side = TencentSide(
        secrets=secrets,
        authoriser=authoriser,
        sts=sts,
        services=services,
        cos=cos,
        clock=clock,
        log=log,
        uses=uses,
        report=lambda error, _incoming: failures.append(error),
    )
    return Quarter(
        town=town,
        devices=devices,
        clock=clock,
        log=log,
        tokens=tokens,
        secrets=secrets,
        authoriser=authoriser,
        side=side,
        failures=failures,
    )


def signed(
    keys: Keys,
    action: str,
    parameters: Mapping[str, object],
    *,
    service: str = "sts",
    at: datetime = NOON,
    version: str | None = None,
    language: str = "en-US",
    region: str = "ap-guangzhou",
) -> Incoming:
    """Return a request signed with TC3 by the SDK's own arithmetic."""
    body, stamp = json.dumps(parameters).encode(), str(int(at.timestamp()))
    date, host = at.astimezone(UTC).strftime("%Y-%m-%d"), "127.0.0.1:4599"
    canonical = (
        f"POST\n/\n\ncontent-type:application/json\nhost:{host}\n\ncontent-type;host\n"
        f"{hashlib.sha256(body).hexdigest()}"
    )
    scope = f"{date}/{service}/tc3_request"
    to_sign = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = Sign.sign_tc3(keys.secret_key.reveal(), date, service, to_sign)
    headers = {
        "host": host,
        "content-type": "application/json",
        "x-tc-action": action,
        "x-tc-version": version or _VERSIONS.get(service, "2017-03-12"),
        "x-tc-timestamp": stamp,
        "x-tc-language": language,
        **({"x-tc-region": region} if region else {}),
        "authorization": f"TC3-HMAC-SHA256 Credential={keys.secret_id}/{scope}, SignedHeaders=content-type;host, "
        f"Signature={signature}",
    }
    if keys.token is not None:
        headers["x-tc-token"] = keys.token
    return request("POST", "/", headers, body, at=at)


def opened(answer: Answer) -> dict[str, object]:
    """Return what an answer's `Response` holds."""
    found: dict[str, object] = json.loads(answer.body)["Response"]
    return found


def session_keys(response: Mapping[str, object]) -> Keys:
    """Return the keys in STS's answer."""
    found = response["Credentials"]
    assert isinstance(found, dict)
    return Keys(
        secret_id=str(found["TmpSecretId"]), secret_key=Secret(str(found["TmpSecretKey"])), token=str(found["Token"])
    )


def seconds(count: int) -> timedelta:
    """Return so many seconds."""
    return timedelta(seconds=count)
