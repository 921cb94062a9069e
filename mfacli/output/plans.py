"""A plan, for people and as JSON: what would be done, with what, before anything is."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import assert_never

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import last_four
from mfacli.domain.durations import show_duration
from mfacli.domain.plan import DeviceToFind, KnownDevice, NoDevice, Plan, RoleStep, SessionTokenStep, Step
from mfacli.output.documents import Json, document_text
from mfacli.output.words import printable

# In Tencent Cloud a device is named after the account, and STS tells whose the keys are.
_WHO_KNOWS_DEVICES = {Cloud.AWS: "IAM", Cloud.TENCENT: "STS"}


def plan_text(plan: Plan) -> str:
    """Return the plan, one fact a line."""
    rows = [("cloud", "Tencent Cloud")] if plan.cloud is Cloud.TENCENT else []
    rows += [
        ("profile", plan.profile),
        ("keys", _keys(plan)),
        ("device", _device(plan)),
    ]
    if plan.code_program:
        program = plan.code_program
        rows.append(("code from", program if isinstance(program, str) else shlex.join(program)))
    for number, step in enumerate(plan.steps, start=1):
        rows += [(f"step {number}" if first else "", text) for first, text in _step_lines(step)]
    rows += [("STS", _sts(plan)), ("region", plan.region or "not named"), ("kept as", plan.fingerprint)]
    return "".join(f"{label:<10}{printable(text)}\n" for label, text in rows)


def _keys(plan: Plan) -> str:
    key_id = plan.key_source.access_key_id
    return f"{plan.key_source} ({last_four(key_id)})" if key_id else str(plan.key_source)


def _device(plan: Plan) -> str:
    match plan.device:
        case KnownDevice(device=device, origin=origin):
            return f"{device.serial} ({origin})"
        case DeviceToFind(is_required=True):
            return f"the user's own, asked of {_WHO_KNOWS_DEVICES[plan.cloud]}"
        case DeviceToFind():
            return f"none; the user's own is asked of {_WHO_KNOWS_DEVICES[plan.cloud]} where the role demands MFA"
        case NoDevice():
            return "none"
        case _:
            assert_never(plan.device)


def _step_lines(step: Step) -> Iterator[tuple[bool, str]]:
    code = ", with a code" if step.with_code else ""
    match step:
        case SessionTokenStep():
            yield True, f"GetSessionToken for {show_duration(step.duration)}{code}"
        case RoleStep():
            yield True, f"AssumeRole {step.role_arn} for {show_duration(step.duration)}{code}"
            yield False, f"named {step.role_session_name}"
            for label, value in _role_details(step):
                if value:
                    yield False, f"{label} {value}"
        case _:
            assert_never(step)


def _role_details(step: RoleStep) -> tuple[tuple[str, str], ...]:
    return (
        ("external id", step.external_id or ""),
        ("source identity", step.source_identity or ""),
        ("tags", ", ".join(f"{key}={value}" for key, value in step.tags)),
        ("transitive tags", ", ".join(step.transitive_tags)),
        ("session policy of", f"{len(step.policy)} characters" if step.policy else ""),
        ("session policies", ", ".join(step.policy_arns)),
    )


def _sts(plan: Plan) -> str:
    place = plan.sts_region or "global" if plan.partition == "aws" else plan.sts_region or "home region"
    of_partition = f", {plan.partition}" if plan.partition else ""
    return f"{place}{of_partition}" + (f", at {plan.endpoint_url}" if plan.endpoint_url else "")


def plan_document(plan: Plan) -> str:
    """Return the plan as one JSON document."""
    return document_text(
        {
            "cloud": plan.cloud.value,
            "profile": plan.profile,
            "keys": {
                "from": plan.key_source.kind.value,
                "access_key_ends": plan.key_source.access_key_id[-4:] or None,
                "path": plan.key_source.path or None,
                "section": plan.key_source.section or None,
            },
            "device": _device_facts(plan),
            "code_program": _program(plan),
            "steps": [_step_facts(step) for step in plan.steps],
            "partition": plan.partition,
            "region": plan.region,
            "sts_region": plan.sts_region,
            "endpoint_url": plan.endpoint_url,
            "fingerprint": plan.fingerprint,
            "notes": list(plan.notes),
        }
    )


def _program(plan: Plan) -> Json:
    return list(plan.code_program) if isinstance(plan.code_program, tuple) else plan.code_program


def _device_facts(plan: Plan) -> Mapping[str, Json] | None:
    match plan.device:
        case KnownDevice(device=device, origin=origin):
            return {"serial": device.serial, "origin": origin}
        case DeviceToFind(is_required=is_required):
            return {"serial": None, "is_required": is_required}
        case NoDevice():
            return None
        case _:
            assert_never(plan.device)


def _step_facts(step: Step) -> Mapping[str, Json]:
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
