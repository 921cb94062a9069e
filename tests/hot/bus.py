"""A bus that says what a test wants, by another implementation of D-Bus than the one under test."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from jeepney import (  # type: ignore[import-untyped]  # the library has no types
    DBusAddress,
    Endianness,
    HeaderFields,
    Message,
    MessageFlag,
    Parser,
    new_error,
    new_method_return,
    new_signal,
)

SECRET = b"a secret\nof two lines"
SESSION = "/org/freedesktop/secrets/session/s7"
COLLECTION = "/org/freedesktop/secrets/collection/login"
ITEM = f"{COLLECTION}/12"

Reply = Callable[[Message], bytes]


@dataclass(slots=True, kw_only=True)
class Bus:
    """What is said on connecting and to each method; `said` is what came, in order."""

    welcome: bytes = b"OK 0123456789abcdef\r\n"
    replies: dict[str, Reply] = field(default_factory=dict)
    said: list[Message] = field(default_factory=list)
    greeting: bytes = b""

    def serve(self, connection: socket.socket) -> None:
        """Go through one conversation; ends when the other side, or a reply, does."""
        with connection, suppress(OSError):
            came = b""
            while b"BEGIN\r\n" not in came:
                more = connection.recv(4096)
                if not more:
                    return
                came += more
            self.greeting, _, rest = came.partition(b"BEGIN\r\n")
            connection.sendall(self.welcome)
            parser = Parser()
            while True:
                for message in parser.feed(rest):
                    self.said.append(message)
                    connection.sendall(self._reply_to(message))
                rest = connection.recv(4096)
                if not rest:
                    return

    def _reply_to(self, message: Message) -> bytes:
        member = member_of(message)
        return (self.replies.get(member) or USUAL[member])(message)


def member_of(message: Message) -> str:
    """Return the name of the method that is called."""
    return str(message.header.fields[HeaderFields.member])


def path_of(message: Message) -> str:
    """Return the path of the object that is called."""
    return str(message.header.fields[HeaderFields.path])


def starts_services(message: Message) -> bool:
    """Whether the bus may start whoever is called."""
    return not message.header.flags & MessageFlag.no_auto_start


def hanging_up(message: Message) -> bytes:
    """Reply by closing the connection."""
    raise ConnectionError


def returning(signature: str, *body: object, is_big_endian: bool = False) -> Reply:
    """Return what replies with a body."""

    def reply(message: Message) -> bytes:
        answer = new_method_return(message, signature, body)
        # As a bus adds it.
        answer.header.fields[HeaderFields.sender] = ":1.0"
        answer.header.endianness = Endianness.big if is_big_endian else Endianness.little
        return bytes(answer.serialise(serial=99))

    return reply


def refusing(name: str) -> Reply:
    """Return what replies with an error."""
    return lambda message: bytes(new_error(message, name, "s", ("no",)).serialise(serial=99))


def signal() -> bytes:
    """Return what nobody has asked for."""
    emitter = DBusAddress("/org/freedesktop/DBus", interface="org.freedesktop.DBus")
    return bytes(new_signal(emitter, "NameAcquired", "s", (":1.7",)).serialise(serial=3))


USUAL: Mapping[str, Reply] = {
    "Hello": lambda message: returning("s", ":1.7")(message) + signal(),
    "OpenSession": returning("vo", ("s", ""), SESSION),
    "ReadAlias": returning("o", COLLECTION),
    "SearchItems": returning("aoao", [ITEM], []),
    "GetSecret": returning("(oayays)", (SESSION, b"", SECRET, "text/plain")),
}


@contextmanager
def running(bus: Bus, name: str) -> Iterator[str]:
    """Let `bus` answer one caller at the socket `name`, of which a first `@` stands for a zero; gives its address."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with listener:
        listener.bind(name.replace("@", "\0", 1))
        listener.listen(1)
        thread = threading.Thread(target=lambda: bus.serve(listener.accept()[0]))
        thread.start()
        try:
            yield f"unix:abstract={name[1:]},guid=0123" if name.startswith("@") else f"unix:path={name}"
        finally:
            thread.join(timeout=10)
            assert not thread.is_alive()


def free_name() -> str:
    """Return the name of an abstract socket that nobody has."""
    return f"@mfacli-{os.getpid()}-{os.urandom(8).hex()}"
