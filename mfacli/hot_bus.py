"""Reads an item of the Secret Service for the cached read: D-Bus by hand, over C modules alone.

It speaks as much of D-Bus as it takes to ask for one secret, in three round trips. Where the bus or the service says
anything that is not expected here, or takes too long, it gives up: the ordinary way asks through `keyring`, which
unlocks, prompts, and says what is wrong. See the D-Bus Specification, "Message Protocol", and the Secret Service API.
"""

from __future__ import annotations

import os

# For the whole conversation, which takes 2 ms: nobody waits longer before the ordinary way begins.
LIMIT_SECONDS = 0.2

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Order = Literal["little", "big"]

_SECRETS, _API = b"/org/freedesktop/secrets", b"org.freedesktop.Secret."
_LARGEST = 64 * 1024
_RETURN, _ERROR = 2, 3
_REPLY_SERIAL, _SIGNATURE = b"\5", b"\10"
_HELLO, _FIRST, _ALIAS, _OPEN, _SEARCH, _READ = 1, 2, 3, 4, 5, 6


class Unexpected(ValueError):
    """The bus is not as it usually is. The text never quotes it."""


def read_item(address: str, service: bytes, username: bytes) -> bytes | None:
    """Return the secret of the one item that `keyring` wrote to the default collection under this name.

    None where there is none, or more than one. Raises `OSError` where the bus at `address` is not reached, and
    `ValueError` where it is not understood, or refuses, as it does for what is locked.
    """
    wire = _Wire(socket_name(address))
    try:
        wire.send(_introduction())
        wire.authenticate()
        # gnome-keyring (42 here, and the same code in 48) readies itself for a client beside the client's first call,
        # not always before it: where that call opens a session it crashes, once in some thousand times. So the first
        # one needs nothing, and its answer is waited for. Nor is anything called at the alias's own path, which
        # another thread there looks up while it may be changed.
        wire.reply(_FIRST, b"o")
        wire.send(_search(service, username))
        collection, _ = _piece_at(*wire.reply(_ALIAS, b"o"))
        session = _session_in(*wire.reply(_OPEN, b"vo"))
        item = _only_item_in(*wire.reply(_SEARCH, b"aoao"))
        if item is None or not item.startswith(collection + b"/"):
            return None
        wire.send(_call(_READ, item, _API + b"Item", b"GetSecret", b"o", _text(session)))
        return _secret_in(*wire.reply(_READ, b"(oayays)"))
    finally:
        wire.close()


def socket_name(address: str) -> bytes:
    """Return the name of the socket at a bus's `address`; raises `ValueError` for all but one plain socket."""
    transport, _, rest = address.partition(":")
    pairs = dict(pair.split("=", 1) for pair in rest.split(","))
    pairs.pop("guid", None)
    name = pairs.get("path") or pairs.get("abstract")
    # There could be more than one address, and signs that stand for others.
    if transport != "unix" or len(pairs) != 1 or not name or "%" in name or ";" in name:
        raise Unexpected("an unusual address")
    return os.fsencode(name if "path" in pairs else f"\0{name}")


class _Wire:
    """A connection to a bus, with an end to all patience."""

    def __init__(self, name: bytes) -> None:
        from _socket import AF_UNIX, SOCK_STREAM, socket
        from time import monotonic

        self._now = monotonic
        self._end = monotonic() + LIMIT_SECONDS
        self._came = b""
        self._replies: dict[int, tuple[bytes, bytes, Order]] = {}
        self._socket = socket(AF_UNIX, SOCK_STREAM)
        try:
            self._hurry()
            self._socket.connect(name)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._hurry()
        self._socket.sendall(data)

    def authenticate(self) -> None:
        """Take the bus's word that it knows who this is; what follows are messages."""
        while b"\r\n" not in self._came:
            self._receive()
        said, _, self._came = self._came.partition(b"\r\n")
        if not said.startswith(b"OK "):
            raise Unexpected("not let in")

    def reply(self, serial: int, signature: bytes) -> tuple[bytes, Order]:
        """Return the body of the reply to a call, and its byte order."""
        while serial not in self._replies:
            self._take_message()
        has, body, order = self._replies.pop(serial)
        if has != signature:
            raise Unexpected("a reply of another kind")
        return body, order

    def _take_message(self) -> None:
        head = self._take(16)
        order: Order = "big" if head[:1] == b"B" else "little"
        size, fields_size = _number_at(head, 4, order), _number_at(head, 12, order)
        if head[:1] not in b"lB" or size > _LARGEST or fields_size > _LARGEST:
            raise Unexpected("no message")
        fields = self._take(fields_size + -fields_size % 8)[:fields_size]
        body = self._take(size)
        if head[1] == _ERROR:
            raise Unexpected("refused")
        # What is not asked for, as that the bus has given us a name, is passed over.
        if head[1] == _RETURN:
            serial, signature = _reply_fields(fields, order)
            self._replies[serial] = (signature, body, order)

    def _take(self, count: int) -> bytes:
        while len(self._came) < count:
            self._receive()
        taken, self._came = self._came[:count], self._came[count:]
        return taken

    def _receive(self) -> None:
        self._hurry()
        more = self._socket.recv(_LARGEST)
        if not more or len(self._came) > 2 * _LARGEST:
            raise Unexpected("no end, or an early one")
        self._came += more

    def _hurry(self) -> None:
        # What dribbles in would begin a new limit with every byte. A negative one raises `ValueError`.
        self._socket.settimeout(self._end - self._now())


def _introduction() -> bytes:
    """Return who this is, and a question that the service answers without looking at anything."""
    user = str(os.geteuid()).encode().hex().encode()
    return b"".join(
        [
            b"\0AUTH EXTERNAL %s\r\nBEGIN\r\n" % user,
            _call(_HELLO, b"/org/freedesktop/DBus", b"org.freedesktop.DBus", b"Hello", to=b"org.freedesktop.DBus"),
            _call(_FIRST, _SECRETS, _API + b"Service", b"ReadAlias", b"s", _text(b"mfacli")),
        ]
    )


def _search(service: bytes, username: bytes) -> bytes:
    """Return what asks for the default collection, opens a session, and looks for the item.

    The session is a plain one: whoever can listen at this user's own socket can ask for the secret as well.
    """
    attributes = _pair(b"service", service)
    attributes = _padded(attributes, 8) + _pair(b"username", username)
    plain = _padded(_text(b"plain") + b"\1s\0", 4) + _text(b"")
    wanted = _padded(_number(len(attributes)), 8) + attributes
    return b"".join(
        [
            _call(_ALIAS, _SECRETS, _API + b"Service", b"ReadAlias", b"s", _text(b"default")),
            _call(_OPEN, _SECRETS, _API + b"Service", b"OpenSession", b"sv", plain),
            _call(_SEARCH, _SECRETS, _API + b"Service", b"SearchItems", b"a{ss}", wanted),
        ]
    )


def _call(
    serial: int,
    path: bytes,
    interface: bytes,
    member: bytes,
    signature: bytes = b"",
    body: bytes = b"",
    to: bytes = b"org.freedesktop.secrets",
) -> bytes:
    """Return a message that calls a method, and starts no service: one that is not running has nothing unlocked."""
    fields = b""
    for code, kind, value in ((1, b"o", path), (2, b"s", interface), (3, b"s", member), (6, b"s", to)):
        fields = _padded(fields, 8) + b"%c\1%s\0" % (code, kind) + _text(value)
    if signature:
        fields = _padded(fields, 8) + _SIGNATURE + b"\1g\0%c%s\0" % (len(signature), signature)
    head = b"l\1\2\1" + _number(len(body)) + _number(serial) + _number(len(fields))
    return head + _padded(fields, 8) + body


def _pair(key: bytes, value: bytes) -> bytes:
    return _padded(_text(key), 4) + _text(value)


def _text(text: bytes) -> bytes:
    return _number(len(text)) + text + b"\0"


def _number(value: int) -> bytes:
    return value.to_bytes(4, "little")


def _padded(data: bytes, to: int) -> bytes:
    return data + bytes(-len(data) % to)


def _reply_fields(fields: bytes, order: Order) -> tuple[int, bytes]:
    """Return which call a reply is to, and the signature of its body."""
    serial, signature, at = 0, b"", 0
    while at < len(fields):
        at += -at % 8
        code, kind = fields[at : at + 1], fields[at + 1 : at + 4]
        at += 4
        if kind == b"\1u\0":
            value = _number_at(fields, at, order)
            at += 4
            serial = value if code == _REPLY_SERIAL else serial
        elif kind == b"\1g\0":
            size = int.from_bytes(fields[at : at + 1])
            signature = fields[at + 1 : at + 1 + size] if code == _SIGNATURE else signature
            at += size + 2
        elif kind in {b"\1s\0", b"\1o\0"}:
            at = _piece_at(fields, order, at)[1] + 1
        else:
            raise Unexpected("a field of another kind")
    return serial, signature


def _session_in(body: bytes, order: Order) -> bytes:
    # A variant, which is an empty string for a plain session, and the session's path.
    output, at = _piece_at(body, order, 3)
    if body[:3] != b"\1s\0" or output:
        raise Unexpected("a session of another kind")
    return _piece_at(body, order, at + 1)[0]


def _only_item_in(body: bytes, order: Order) -> bytes | None:
    # What is unlocked, and what is locked.
    size = _number_at(body, 0, order)
    if size == 0:
        return None
    path, end = _piece_at(body, order, 4)
    is_only = end + 1 == 4 + size and _number_at(body, end + 1 + -(end + 1) % 4, order) == 0
    return path if is_only else None


def _secret_in(body: bytes, order: Order) -> bytes:
    # The session's path, what an encrypted session would have to know besides, and the secret.
    _, at = _piece_at(body, order)
    parameters, at = _piece_at(body, order, at + 1)
    if parameters:
        raise Unexpected("an encrypted secret")
    return _piece_at(body, order, at)[0]


def _piece_at(data: bytes, order: Order, at: int = 0) -> tuple[bytes, int]:
    """Return the text or the bytes that begin at the next multiple of four, and where they end."""
    begin = at + -at % 4
    end = begin + 4 + _number_at(data, begin, order)
    if end > len(data):
        raise Unexpected("cut off")
    return data[begin + 4 : end], end


def _number_at(data: bytes, at: int, order: Order) -> int:
    return int.from_bytes(data[at : at + 4], order)
