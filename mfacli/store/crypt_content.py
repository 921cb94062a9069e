"""What stands in an encrypted file: entries by service and name, read and written whole, and never opened here."""

from __future__ import annotations

import configparser
import io
from collections.abc import Sequence
from pathlib import Path

from mfacli.errors import FileUnwritable, KeyringUnusable
from mfacli.private_files import make_private_directory, replace_privately

# Where keyrings.cryptfile has what tells a right passphrase from a wrong one.
HEAD, REFERENCE = "keyring-setting", "password reference"


class _Parser(configparser.RawConfigParser):
    def optionxform(self, optionstr: str) -> str:
        """Leave names as they are: profiles may differ in nothing but case."""
        return optionstr


class CryptContent:
    """The entries, still encrypted. Services and names are escaped as the library does."""

    def __init__(self) -> None:
        self.parsed: configparser.RawConfigParser = _Parser()

    @property
    def is_begun(self) -> bool:
        """Whether a passphrase has been settled."""
        return self.get(HEAD, REFERENCE) is not None

    @property
    def names(self) -> Sequence[tuple[str, str]]:
        """Services and names of all entries but the head's."""
        from keyrings.cryptfile.escape import unescape

        return [
            (unescape(section), unescape(option))
            for section in self.parsed.sections()
            if section != _escape(HEAD)
            for option in self.parsed.options(section)
        ]

    def get(self, service: str, name: str) -> str | None:
        """Return an entry, or None."""
        return self.parsed.get(_escape(service), _escape(name), fallback=None)

    def set(self, service: str, name: str, value: str) -> None:
        """Put an entry in the place of what was there."""
        section = _escape(service)
        if not self.parsed.has_section(section):
            self.parsed.add_section(section)
        self.parsed.set(section, _escape(name), value)

    def remove(self, service: str, name: str) -> bool:
        """Take an entry out; returns whether there was one."""
        section = _escape(service)
        return self.parsed.has_section(section) and self.parsed.remove_option(section, _escape(name))


def read_content(path: Path) -> CryptContent:
    """Return what stands in the file, nothing where there is none; raises `KeyringUnusable` for what is no such file.

    A file that cannot be read must not count as empty: it would be written over.
    """
    content = CryptContent()
    try:
        content.parsed.read_string(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return content
    except OSError as problem:
        raise KeyringUnusable(
            f"`{path}` cannot be read: {problem.strerror}", hint="make it readable for you, or move it away"
        ) from problem
    except (configparser.Error, UnicodeDecodeError):
        # Without a cause: its text could quote a part of the file.
        raise _damaged(path) from None
    if content.parsed.sections() and not content.is_begun:
        # Under the next passphrase it would be begun anew, and what is in it would be lost.
        raise _damaged(path)
    return content


def write_content(path: Path, content: CryptContent) -> None:
    """Write the file anew, whole or not at all; raises `KeyringUnusable`."""
    text = io.StringIO()
    content.parsed.write(text)
    try:
        # A link in its place means that somebody keeps the file elsewhere.
        place = path.resolve()
        make_private_directory(place.parent)
        replace_privately(place, text.getvalue().encode())
    except OSError as problem:
        raise KeyringUnusable(
            f"`{path}` could not be written: {problem.strerror}", hint="what was in it is untouched"
        ) from problem
    except FileUnwritable as problem:
        raise KeyringUnusable(problem.message, hint=problem.hint) from problem


def _escape(text: str) -> str:
    from keyrings.cryptfile.escape import escape

    escaped: str = escape(text)
    return escaped


def _damaged(path: Path) -> KeyringUnusable:
    return KeyringUnusable(
        f"`{path}` is damaged", hint="put a good copy in its place; without one, move it away, and begin a new one"
    )
