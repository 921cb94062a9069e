"""Reads the identities of a world file: users, groups, roles, managed policies, devices."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import TypeVar

from mfacli.emulator.world.model import Device, DeviceKind, Group, KeyState, ManagedPolicy, Role, User
from mfacli.emulator.world.places import Place
from mfacli.policy.document import PolicyKind

NAME = r"[A-Za-z0-9_+=,.@-]{1,64}"
POLICY_NAME = r"[A-Za-z0-9_+=,.@-]{1,128}"
_PATH = r"/|/[!-~]+/"
_ARN = r"arn:aws:iam::(\d{12}|aws):policy/[!-~]+"
_HARDWARE_SERIAL = r"[A-Za-z0-9]{9,64}"
_LONGEST_DRIFT = 24 * 3600

Choice = TypeVar("Choice", bound=Enum)


def user(name: str, place: Place) -> User:
    """Return the user that a table describes."""
    found = User(
        name=name,
        path=place.text("path", "/", pattern=_PATH),
        policies=place.policies("policies"),
        attached=_arns(place, "attached"),
        boundary=place.optional_text("boundary", pattern=_ARN),
        tags=place.tags(),
        groups=place.texts("groups"),
        keys=key_states(place),
        devices=tuple(_device(inner, user_name=name) for inner in place.listed("devices")),
    )
    place.finish()
    return found


def key_states(place: Place) -> tuple[KeyState, ...]:
    """Return the states of a user's access keys, one for each key."""
    return tuple(_choice(place, KeyState, "keys", text) for text in place.texts("keys"))


def group(name: str, place: Place) -> Group:
    """Return the group that a table describes."""
    found = Group(
        name=name,
        path=place.text("path", "/", pattern=_PATH),
        policies=place.policies("policies"),
        attached=_arns(place, "attached"),
    )
    place.finish()
    return found


def role(name: str, place: Place) -> Role:
    """Return the role that a table describes."""
    trust = place.policy("trust", PolicyKind.TRUST)
    if trust is None:
        raise place.problem("is missing", key="trust", hint="a role says in a trust policy who may assume it")
    found = Role(
        name=name,
        path=place.text("path", "/", pattern=_PATH),
        trust=trust,
        policies=place.policies("policies"),
        attached=_arns(place, "attached"),
        boundary=place.optional_text("boundary", pattern=_ARN),
        tags=place.tags(),
        longest_session=place.seconds("max_session_duration", timedelta(hours=1), least=3600, most=43200),
    )
    place.finish()
    return found


def managed_policy(name: str, place: Place) -> ManagedPolicy:
    """Return the customer managed policy that a table describes."""
    document = place.policy("document", PolicyKind.IDENTITY)
    if document is None:
        raise place.problem("is missing", key="document")
    found = ManagedPolicy(name=name, path=place.text("path", "/", pattern=_PATH), document=document)
    place.finish()
    return found


def loose_device(place: Place) -> Device:
    """Return a hardware device that lies in the drawer, enabled for nobody."""
    device = _device(place, user_name="")
    if device.kind is not DeviceKind.HARDWARE:
        raise place.problem(
            "must be `hardware`", key="kind", hint="virtual devices come into being when somebody makes them"
        )
    return device


def _device(place: Place, *, user_name: str) -> Device:
    kind = _choice(place, DeviceKind, "kind", place.text("kind", DeviceKind.VIRTUAL.value))
    if kind is DeviceKind.HARDWARE:
        name, path = place.text("serial", pattern=_HARDWARE_SERIAL), "/"
    else:
        name, path = place.text("name", user_name or None, pattern=NAME), place.text("path", "/", pattern=_PATH)
    clock_off = place.seconds("clock_off_seconds", timedelta(), least=-_LONGEST_DRIFT, most=_LONGEST_DRIFT)
    place.finish()
    return Device(kind=kind, name=name, path=path, clock_off=clock_off)


def _arns(place: Place, key: str) -> tuple[str, ...]:
    return place.texts(key, pattern=_ARN)


def _choice(place: Place, choices: type[Choice], key: str, text: str) -> Choice:
    for choice in choices:
        if choice.value == text:
            return choice
    raise place.problem(f"cannot be `{text}`", key=key, hint="known: " + ", ".join(c.value for c in choices))
