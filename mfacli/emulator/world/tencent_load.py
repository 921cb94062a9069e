"""Reads the Tencent Cloud accounts of a world file."""

from __future__ import annotations

from datetime import timedelta

from mfacli.emulator.world.elements import PolicyText
from mfacli.emulator.world.people import key_states
from mfacli.emulator.world.places import Place
from mfacli.emulator.world.tencent_model import (
    INSTANCE_TYPE,
    LONGEST_ROLE_SESSION,
    TencentAccount,
    TencentBucket,
    TencentDevice,
    TencentGroup,
    TencentInstance,
    TencentRole,
    TencentUser,
)
from mfacli.policy.document import Dialect, PolicyKind

LABEL = r"[A-Za-z0-9_+=,.@-]{1,64}"
REGION = r"[a-z]{2,3}(-[a-z0-9]+)+"
_UIN = r"[1-9][0-9]{4,19}"
_NAME = r"[\w+=,.@-]{1,64}"
_POLICY_NAME = r"[\w+=,.@-]{1,128}"
_BUCKET = r"[a-z0-9][a-z0-9-]{0,48}-[0-9]{5,12}"
_INSTANCE = r"[^\x00-\x1f]{1,128}"
_STANDARD_REGION = "ap-guangzhou"
_LONGEST_DRIFT = 24 * 3600


def tencent_account(label: str, place: Place) -> TencentAccount:
    """Return the account that a table describes."""
    region = place.text("region", _STANDARD_REGION, pattern=REGION)
    account = TencentAccount(
        label=label,
        uin=place.text("uin", pattern=_UIN),
        appid=place.text("appid", pattern=r"[1-9][0-9]{4,11}"),
        region=region,
        has_root_key=place.flag("root_key"),
        root_device=_device(place, "root_device"),
        users=tuple(_user(name, inner) for name, inner in place.tables("users", name_pattern=_NAME)),
        groups=tuple(_group(name, inner) for name, inner in place.tables("groups", name_pattern=_NAME)),
        roles=tuple(_role(name, inner) for name, inner in place.tables("roles", name_pattern=_NAME)),
        policies=_policies(place),
        instances=tuple(
            _instance(name, inner, region) for name, inner in place.tables("instances", name_pattern=_INSTANCE)
        ),
        buckets=tuple(_bucket(name, inner, region) for name, inner in place.tables("buckets", name_pattern=_BUCKET)),
    )
    place.finish()
    return account


def _user(name: str, place: Place) -> TencentUser:
    found = TencentUser(
        name=name,
        uin=place.optional_text("uin", pattern=_UIN) or "",
        policies=_policies(place),
        attached=place.texts("attached", pattern=_POLICY_NAME),
        boundary=place.optional_text("boundary", pattern=_POLICY_NAME),
        groups=place.texts("groups"),
        keys=key_states(place),
        device=_device(place, "device"),
    )
    place.finish()
    return found


def _group(name: str, place: Place) -> TencentGroup:
    found = TencentGroup(name=name, policies=_policies(place), attached=place.texts("attached", pattern=_POLICY_NAME))
    place.finish()
    return found


def _role(name: str, place: Place) -> TencentRole:
    trust = place.policy("trust", PolicyKind.TRUST, Dialect.TENCENT)
    if trust is None:
        raise place.problem("is missing", key="trust", hint="a role says in a trust policy who may assume it")
    longest = int(LONGEST_ROLE_SESSION.total_seconds())
    asked = place.seconds("session_duration", timedelta(), least=0, most=longest)
    found = TencentRole(
        name=name,
        role_id=place.optional_text("role_id", pattern=r"[0-9]{5,20}") or "",
        trust=trust,
        policies=_policies(place),
        attached=place.texts("attached", pattern=_POLICY_NAME),
        boundary=place.optional_text("boundary", pattern=_POLICY_NAME),
        longest_session=asked or LONGEST_ROLE_SESSION,
        has_console=place.flag("console", default=True),
    )
    place.finish()
    return found


def _device(place: Place, key: str) -> TencentDevice | None:
    if not place.has(key):
        return None
    inner = place.table(key)
    off = inner.seconds("clock_off_seconds", timedelta(), least=-_LONGEST_DRIFT, most=_LONGEST_DRIFT)
    inner.finish()
    return TencentDevice(clock_off=off)


def _instance(name: str, place: Place, region: str) -> TencentInstance:
    found = TencentInstance(
        name=name,
        instance_id=place.optional_text("id", pattern=r"ins-[a-z0-9]{8}") or "",
        zone=place.text("zone", f"{region}-3", pattern=REGION + r"-[0-9]{1,2}"),
        type=place.text("type", "S5.MEDIUM2", pattern=INSTANCE_TYPE),
    )
    place.finish()
    return found


def _bucket(name: str, place: Place, region: str) -> TencentBucket:
    found = TencentBucket(
        name=name,
        region=place.text("region", region, pattern=REGION),
        policy=place.policy("policy", PolicyKind.RESOURCE, Dialect.TENCENT),
        objects=place.tags("objects"),
    )
    place.finish()
    return found


def _policies(place: Place) -> tuple[PolicyText, ...]:
    return place.policies("policies", PolicyKind.IDENTITY, Dialect.TENCENT)
