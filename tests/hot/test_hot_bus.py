from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfacli import hot_bus
from mfacli.hot_bus import read_item, socket_name
from tests.hot.bus import (
    COLLECTION,
    ITEM,
    SECRET,
    SESSION,
    USUAL,
    Bus,
    Reply,
    free_name,
    hanging_up,
    member_of,
    path_of,
    refusing,
    returning,
    running,
    signal,
    starts_services,
)


@pytest.fixture(autouse=True)
def patience(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait as long as a busy machine takes, except where the waiting itself is looked at."""
    if "not_waited_for" not in request.node.name:
        monkeypatch.setattr(hot_bus, "LIMIT_SECONDS", 60.0)


def read_from(bus: Bus) -> bytes | None:
    with running(bus, free_name()) as address:
        return read_item(address, b"service", b"a user name")


def test_the_secret_of_the_one_item_is_read() -> None:
    bus = Bus()

    secret = read_from(bus)

    assert secret == SECRET
    assert bus.greeting == b"\0AUTH EXTERNAL %s\r\n" % str(os.geteuid()).encode().hex().encode()
    assert [(member_of(message), path_of(message), message.body) for message in bus.said] == [
        ("Hello", "/org/freedesktop/DBus", ()),
        ("ReadAlias", "/org/freedesktop/secrets", ("mfacli",)),
        ("ReadAlias", "/org/freedesktop/secrets", ("default",)),
        ("OpenSession", "/org/freedesktop/secrets", ("plain", ("s", ""))),
        ("SearchItems", "/org/freedesktop/secrets", ({"service": "service", "username": "a user name"},)),
        ("GetSecret", ITEM, (SESSION,)),
    ]


def test_no_session_is_opened_before_the_service_has_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hot_bus, "LIMIT_SECONDS", 2.0)
    bus = Bus(replies={"ReadAlias": lambda _: b""})

    with pytest.raises(TimeoutError):
        read_from(bus)

    assert [member_of(message) for message in bus.said] == ["Hello", "ReadAlias"]


def test_no_service_is_started() -> None:
    bus = Bus()

    read_from(bus)

    assert len(bus.said) == 6
    assert not any(starts_services(message) for message in bus.said)


@pytest.mark.parametrize("length", range(9))
def test_names_of_any_length_are_understood(length: int) -> None:
    bus = Bus()
    name = "n" * length

    with running(bus, free_name()) as address:
        read_item(address, name.encode(), name.encode() + b"x")

    assert bus.said[4].body == ({"service": name, "username": f"{name}x"},)


def test_a_socket_with_a_path_is_a_bus_too(tmp_path: Path) -> None:
    with running(Bus(), str(tmp_path / "bus")) as address:
        secret = read_item(address, b"service", b"username")

    assert secret == SECRET


def test_a_service_may_speak_in_the_other_byte_order() -> None:
    replies = {
        "OpenSession": returning("vo", ("s", ""), SESSION, is_big_endian=True),
        "ReadAlias": returning("o", COLLECTION, is_big_endian=True),
        "SearchItems": returning("aoao", [ITEM], [], is_big_endian=True),
        "GetSecret": returning("(oayays)", (SESSION, b"", SECRET, "text/plain"), is_big_endian=True),
    }

    assert read_from(Bus(replies=replies)) == SECRET


def test_what_nobody_asked_for_is_passed_over() -> None:
    replies: dict[str, Reply] = {
        "SearchItems": lambda message: signal() + USUAL["SearchItems"](message),
        "GetSecret": lambda message: signal() + USUAL["GetSecret"](message),
    }

    assert read_from(Bus(replies=replies)) == SECRET


@pytest.mark.parametrize(
    ("unlocked", "locked"),
    [([], []), ([], [ITEM]), ([ITEM, f"{ITEM}3"], []), ([ITEM], [f"{ITEM}3"]), ([f"{COLLECTION}s/12"], [])],
    ids=["none", "locked", "two", "one of two is locked", "in another collection"],
)
def test_what_is_not_just_one_item_is_no_answer(unlocked: list[str], locked: list[str]) -> None:
    bus = Bus(replies={"SearchItems": returning("aoao", unlocked, locked)})

    assert read_from(bus) is None
    assert "GetSecret" not in [member_of(message) for message in bus.said]


def _changed(member: str, place: int, byte: int) -> Reply:
    def reply(message: object) -> bytes:
        usual = bytearray(USUAL[member](message))
        usual[place] = byte
        return bytes(usual)

    return reply


UNEXPECTED: dict[str, Bus] = {
    "not let in": Bus(welcome=b"REJECTED EXTERNAL\r\n"),
    "no bus at all": Bus(welcome=b"HTTP/1.1 400 Bad Request\r\nServer: another\r\n\r\n"),
    "an endless line": Bus(welcome=b"OK" + b"x" * 300_000),
    "garbage after the welcome": Bus(welcome=b"OK 1\r\n" + b"\r\n" * 40),
    "no Secret Service": Bus(replies={"OpenSession": refusing("org.freedesktop.DBus.Error.NameHasNoOwner")}),
    "no plain sessions": Bus(replies={"OpenSession": refusing("org.freedesktop.DBus.Error.NotSupported")}),
    "another kind of session": Bus(replies={"OpenSession": returning("vo", ("s", "key"), SESSION)}),
    "a session with a key": Bus(replies={"OpenSession": returning("vo", ("ay", b"key"), SESSION)}),
    "no aliases": Bus(replies={"ReadAlias": refusing("org.freedesktop.DBus.Error.UnknownMethod")}),
    "no search": Bus(replies={"SearchItems": refusing("org.freedesktop.DBus.Error.NoReply")}),
    "a reply of another kind": Bus(replies={"SearchItems": returning("asas", [ITEM], [])}),
    "an empty reply": Bus(replies={"SearchItems": returning("")}),
    "a locked item": Bus(replies={"GetSecret": refusing("org.freedesktop.Secret.Error.IsLocked")}),
    "an encrypted secret": Bus(
        replies={"GetSecret": returning("(oayays)", (SESSION, b"iv", SECRET, "text/plain"))},
    ),
    "no byte order": Bus(replies={"GetSecret": _changed("GetSecret", 0, ord("x"))}),
    "a huge reply": Bus(replies={"GetSecret": _changed("GetSecret", 6, 255)}),
    "huge fields": Bus(replies={"GetSecret": _changed("GetSecret", 14, 255)}),
    "a field of another kind": Bus(replies={"GetSecret": _changed("GetSecret", 18, ord("t"))}),
    "an early end": Bus(replies={"GetSecret": hanging_up}),
}


@pytest.mark.parametrize("bus", UNEXPECTED.values(), ids=UNEXPECTED)
def test_what_is_not_expected_is_given_up(bus: Bus) -> None:
    with pytest.raises(ValueError):
        read_from(bus)


@pytest.mark.parametrize("silent", ["OpenSession", "ReadAlias", "SearchItems", "GetSecret"])
def test_a_bus_that_says_nothing_is_not_waited_for(silent: str) -> None:
    with pytest.raises(TimeoutError):
        read_from(Bus(replies={silent: lambda _: b""}))


def test_a_bus_that_lets_nobody_in_is_not_waited_for() -> None:
    with pytest.raises(TimeoutError):
        read_from(Bus(welcome=b""))


def test_half_a_secret_is_not_waited_for_and_not_taken() -> None:
    with pytest.raises(TimeoutError):
        read_from(Bus(replies={"GetSecret": lambda message: USUAL["GetSecret"](message)[:-30]}))


def test_the_bus_has_nothing_to_say_of_its_own() -> None:
    assert read_from(Bus(replies={"Hello": lambda _: b""})) == SECRET


def test_a_bus_that_dribbles_is_not_waited_for_byte_by_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic
    # Every look at the clock finds it a third of the patience later: with each byte a new limit, it would never end.
    steps = iter(range(1000))
    monkeypatch.setattr(time, "monotonic", lambda: now() + next(steps) * hot_bus.LIMIT_SECONDS / 3)

    with pytest.raises((OSError, ValueError)):
        read_from(Bus(replies={"OpenSession": lambda _: signal() * 100}))


def test_where_nobody_listens_there_is_no_bus(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        read_item(f"unix:path={tmp_path / 'bus'}", b"service", b"username")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("unix:path=/run/user/1000/bus", b"/run/user/1000/bus"),
        ("unix:path=/tmp/dbus-abc,guid=0123", b"/tmp/dbus-abc"),
        ("unix:guid=0123,path=/tmp/dbus-abc", b"/tmp/dbus-abc"),
        ("unix:abstract=/tmp/dbus-abc,guid=0123", b"\0/tmp/dbus-abc"),
    ],
)
def test_an_address_names_a_socket(address: str, name: bytes) -> None:
    assert socket_name(address) == name


@pytest.mark.parametrize(
    "address",
    [
        "", "unix:", "unix:path", "unix:path=", "unix:guid=1", "unix:path=/a;unix:path=/b", "unix:path=/with%20space",
        "unix:path=/a,abstract=/b", "unix:runtime=yes", "unix:tmpdir=/tmp", "tcp:host=localhost,port=1",
        "autolaunch:", "unix:path=/a,argv0=b", "/run/user/1000/bus", "path=/a",
    ],
)  # fmt: skip
def test_an_unusual_address_is_left_to_the_ordinary_way(address: str) -> None:
    with pytest.raises(ValueError):
        socket_name(address)


ORDERS = st.sampled_from(["little", "big"])


@given(data=st.binary(max_size=80), order=ORDERS)
def test_no_reply_is_misread_into_another_failure(data: bytes, order: hot_bus.Order) -> None:
    readers = (hot_bus._reply_fields, hot_bus._session_in, hot_bus._only_item_in, hot_bus._secret_in)

    for reader in readers:
        try:
            reader(data, order)
        except ValueError:
            continue
