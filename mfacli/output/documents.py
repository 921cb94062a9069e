"""The JSON documents of the reading commands; each says `"version": 1` and holds no secret."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import assert_never

from mfacli.domain.credentials import Session
from mfacli.domain.plan import DeviceToFind, KnownDevice, NoDevice, Plan, RoleStep, SessionTokenStep, Step
from mfacli.interfaces import Entry, Identity
from mfacli.output.credential_process import Json
from mfacli.output.times import iso_utc

VERSION = 1


def status_document(entries: Sequence[Entry], *, now: datetime) -> str:
    """Return the sessions that are kept, soonest expiry first."""
    ordered = sorted(entries, key=lambda entry: (entry.expires_at, entry.profile))
    return _text({"now": iso_utc(now), "sessions": [_entry(entry, now) for entry in ordered]})


def plan_document(plan: Plan) -> str:
    """Return the plan."""
    return _text(
        {
            "cloud": plan.cloud.value,
            "profile": plan.profile,
            "keys": {
                "from": plan.key_source.kind.value,
                "access_key_ends": plan.key_source.access_key_id[-4:] or None,
                "path": plan.key_source.path or None,
                "section": plan.key_source.section or None,
            },
            "device": _device(plan),
            "code_program": plan.code_program,
            "steps": [_step(step) for step in plan.steps],
            "partition": plan.partition,
            "region": plan.region,
            "sts_region": plan.sts_region,
            "endpoint_url": plan.endpoint_url,
            "fingerprint": plan.fingerprint,
            "notes": list(plan.notes),
        }
    )


def identity_document(identity: Identity, *, session: Session | None, now: datetime) -> str:
    """Return who some credentials are; `session` is what mfacli knows of them (None: nothing, nor of MFA)."""
    return _text(
        {
            "account_id": identity.account_id,
            "arn": identity.arn,
            "user_id": identity.user_id,
            "has_mfa": None if session is None else session.mfa_at is not None,
            "mfa_at": iso_utc(session.mfa_at) if session and session.mfa_at else None,
            "mfa_age_seconds": _age(session.mfa_at, now) if session else None,
            "device": session.device if session else None,
            "expires_at": iso_utc(session.expires_at) if session else None,
        }
    )


def _text(document: Mapping[str, Json]) -> str:
    return json.dumps({"version": VERSION, **document}, indent=2, ensure_ascii=False) + "\n"


def _entry(entry: Entry, now: datetime) -> Mapping[str, Json]:
    return {
        "cloud": entry.cloud,
        "profile": entry.profile,
        "kind": entry.kind,
        "issued_at": iso_utc(entry.issued_at),
        "expires_at": iso_utc(entry.expires_at),
        "seconds_left": max(0, int((entry.expires_at - now).total_seconds())),
        "mfa_at": iso_utc(entry.mfa_at) if entry.mfa_at else None,
        "mfa_age_seconds": _age(entry.mfa_at, now),
        "account_id": entry.account_id,
        "principal": entry.principal,
        "device": entry.device,
        "access_key_ends": entry.access_key_id[-4:],
        "place": entry.place,
        "fingerprint": entry.fingerprint,
    }


def _age(mfa_at: datetime | None, now: datetime) -> int | None:
    return max(0, int((now - mfa_at).total_seconds())) if mfa_at else None


def _device(plan: Plan) -> Mapping[str, Json] | None:
    match plan.device:
        case KnownDevice(device=device, origin=origin):
            return {"serial": device.serial, "origin": origin}
        case DeviceToFind(is_required=is_required):
            return {"serial": None, "is_required": is_required}
        case NoDevice():
            return None
        case _:
            assert_never(plan.device)


def _step(step: Step) -> Mapping[str, Json]:
    common: Mapping[str, Json] = {
        "duration_seconds": int(step.duration.total_seconds()),
        "with_code": step.with_code,
    }
    match step:
        case SessionTokenStep():
            return {"call": "GetSessionToken", **common}
        case RoleStep():
            tags: list[Json] = [{"key": key, "value": value} for key, value in step.tags]
            return {
                "call": "AssumeRole",
                **common,
                "role_arn": step.role_arn,
                "role_session_name": step.role_session_name,
                "external_id": step.external_id,
                "source_identity": step.source_identity,
                "tags": tags,
                "transitive_tags": list(step.transitive_tags),
                "policy": step.policy,
                "policy_arns": list(step.policy_arns),
            }
        case _:
            assert_never(step)
