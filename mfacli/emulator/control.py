"""The control surface: what a person at this machine may see and move of the world, under one reserved path.

It shows secret keys and codes, so it answers loopback peers who bring the control token, and nobody else.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address

from mfacli.domain.cloud import Cloud
from mfacli.domain.secret import Secret
from mfacli.emulator.contracts import WorldClock
from mfacli.emulator.devices import Device, Devices
from mfacli.emulator.log import DecisionLog
from mfacli.emulator.requests import Answer, Incoming
from mfacli.emulator.subjects import Subject, Subjects
from mfacli.errors import EmulatorProblem, MfacliError

TOKEN_HEADER = "x-mfacli-control"
PREFIX = "/_mfacli"
_LARGEST_BODY = 64 * 1024
_HOW_TO_GET_A_DEVICE = {
    Cloud.AWS: "enable one with iam:EnableMFADevice",
    Cloud.TENCENT: "give one in the world file: `device = {}`",
}
_HOW_TO_GET_A_KEY = {
    Cloud.AWS: "make one with iam:CreateAccessKey",
    Cloud.TENCENT: "make one with cam:CreateAccessKey",
}
_Document = Mapping[str, object]


class ControlSurface:
    """Answers what is under the reserved path.

    `reset` brings the world back to its file, `bind` gives somebody a device where only a console could.
    """

    def __init__(
        self,
        *,
        token: Secret,
        subjects: Subjects,
        summary: Callable[[], _Document],
        devices: Devices,
        clock: WorldClock,
        log: DecisionLog,
        reset: Callable[[], None],
        bind: Callable[[Subject], Device],
    ) -> None:
        self._token = token
        self._subjects = subjects
        self._summary = summary
        self._devices = devices
        self._clock = clock
        self._log = log
        self._reset = reset
        self._bind = bind
        self._routes: dict[tuple[str, str], Callable[[_Document], _Document]] = {
            ("GET", "/world"): lambda _: self._summary(),
            ("GET", "/log"): lambda _: {"records": [record.as_json() for record in log.records()]},
            ("GET", "/counts"): lambda _: {"counts": log.counts()},
            ("GET", "/clock"): self._times,
            ("POST", "/clock"): self._moved_clock,
            ("POST", "/code"): self._code,
            ("POST", "/device"): self._bound,
            ("POST", "/environment"): self._environment,
            ("POST", "/reset"): self._begun_anew,
        }

    def __call__(self, incoming: Incoming) -> Answer:
        """Return the answer, always JSON."""
        if not self._is_allowed(incoming):
            return _answer(403, {"error": "the control surface needs the emulator's control token"})
        path = incoming.path.removeprefix(PREFIX)
        route = self._routes.get((incoming.method, path))
        if route is None:
            return _answer(404, {"error": f"the control surface has no {incoming.method} {path}"})
        try:
            return _answer(200, {"version": 1, **route(_document(incoming))})
        except MfacliError as error:
            return _answer(400, {"error": error.message, "hint": error.hint})

    def _is_allowed(self, incoming: Incoming) -> bool:
        offered = incoming.header(TOKEN_HEADER) or ""
        is_right = hmac.compare_digest(offered.encode(), self._token.reveal().encode())
        return is_right and ip_address(incoming.source_ip).is_loopback

    def _times(self, _asked: _Document) -> _Document:
        wire, world = self._clock.wire_now(), self._clock.world_now()
        return {"wire": _written(wire), "world": _written(world)}

    def _moved_clock(self, asked: _Document) -> _Document:
        skew, advance = _seconds(asked, "skew_seconds"), _seconds(asked, "advance_seconds")
        if skew is not None:
            self._clock.set_skew(skew)
        if advance is not None:
            self._clock.advance(advance)
        return self._times(asked)

    def _code(self, asked: _Document) -> _Document:
        device = self._device(asked)
        if asked.get("fresh"):
            self._devices.wait_for_fresh(device.serial)
        shown = self._devices.shown(device.serial)
        if shown is None:
            raise EmulatorProblem(f"the device `{device.serial}` is a security key, which shows no codes")
        return {
            "serial": shown.serial,
            "code": shown.code.reveal(),
            "next_code": shown.next_code.reveal(),
            "step": shown.step,
            "until": _written(shown.until),
            "is_spent": shown.is_spent,
        }

    def _device(self, asked: _Document) -> Device:
        serial = asked.get("device")
        if isinstance(serial, str):
            device = self._devices.find(serial)
            if device is None:
                raise EmulatorProblem(f"the world has no device `{serial}`")
            return device
        name = _text(asked, "user")
        subject = self._subjects.find(name)
        owned = self._owned(subject)
        if not owned:
            raise EmulatorProblem(f"`{name}` has no MFA device", hint=_HOW_TO_GET_A_DEVICE[subject.cloud])
        return next((device for device in owned if device.gives_codes), owned[0])

    def _owned(self, subject: Subject) -> Sequence[Device]:
        return () if subject.device_owner is None else self._devices.of_user(subject.device_owner)

    def _bound(self, asked: _Document) -> _Document:
        subject = self._subjects.find(_text(asked, "user"))
        return {"serial": subject.serial_of(self._bind(subject).serial)}

    def _environment(self, asked: _Document) -> _Document:
        name = _text(asked, "user")
        subject = self._subjects.find(name)
        if subject.key is None:
            raise EmulatorProblem(f"`{name}` has no active access key", hint=_HOW_TO_GET_A_KEY[subject.cloud])
        usable = [subject.serial_of(device.serial) for device in self._owned(subject) if device.gives_codes]
        return {
            "cloud": subject.cloud.value,
            "user": subject.name,
            "account_id": subject.account_id,
            "region": subject.region,
            "access_key_id": subject.key[0],
            "secret_access_key": subject.key[1].reveal(),
            "device": usable[0] if usable else None,
        }

    def _begun_anew(self, asked: _Document) -> _Document:
        self._reset()
        self._log.clear()
        return self._times(asked)


def _document(incoming: Incoming) -> _Document:
    if not incoming.body:
        return {}
    try:
        document: object = json.loads(incoming.body[: _LARGEST_BODY + 1])
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise EmulatorProblem("the request to the control surface is no JSON object")
    return document


def _text(asked: _Document, name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not value:
        raise EmulatorProblem(f"the control surface needs `{name}`")
    return value


def _seconds(asked: _Document, name: str) -> timedelta | None:
    value = asked.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise EmulatorProblem(f"`{name}` must be a number of seconds")
    try:
        return timedelta(seconds=value)
    except (OverflowError, ValueError) as error:
        raise EmulatorProblem(f"`{name}` is more seconds than a clock can take") from error


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _answer(status: int, document: _Document) -> Answer:
    body = json.dumps(document).encode() + b"\n"
    return Answer(
        status=status, headers=(("content-type", "application/json"), ("cache-control", "no-store")), body=body
    )
