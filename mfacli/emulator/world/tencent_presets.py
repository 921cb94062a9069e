"""The preset policies of Tencent Cloud that every account has (page 598/105584), for the services emulated here."""

from __future__ import annotations

import json

from mfacli.emulator.world.elements import PolicyText

_SERVICES = {"CAM": "cam", "STS": "sts", "CVM": "cvm", "COS": "cos"}
_READING = {"numeric_equal": {"qcs:read_only_action": 1}}


def _allowing(name: str, action: str, condition: dict[str, dict[str, int]] | None = None) -> PolicyText:
    statement: dict[str, object] = {"action": action, "effect": "allow", "resource": "*"}
    if condition is not None:
        statement["condition"] = condition
    return PolicyText(name=name, text=json.dumps({"statement": [statement], "version": "2.0"}))


def presets() -> dict[int, PolicyText]:
    """Return the preset policies by their ids, which are smaller than any custom policy's."""
    found = [
        _allowing("AdministratorAccess", "*"),
        _allowing("ReadOnlyAccess", "*", _READING),
        _allowing("QCloudResourceFullAccess", "*", {"numeric_equal": {"qcs:except_cam_finance": 1}}),
    ]
    for written, service in _SERVICES.items():
        found.append(_allowing(f"Qcloud{written}FullAccess", f"{service}:*"))
        found.append(_allowing(f"Qcloud{written}ReadOnlyAccess", f"{service}:*", _READING))
    return dict(enumerate(found, start=1))
