"""A text that must not be seen: keys, tokens, seeds and codes from the moment they are read.

It is no dataclass, has no hash and cannot be pickled, so it cannot slip out through `asdict`, a cache key or a
worker. `reveal()` is called only where the text is sent, stored or rendered.
"""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """A secret text.

    Equality compares in constant time. `str`, `repr` and `format` show stars only.
    """

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self.__text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self.__text)

    def __eq__(self, other: object) -> bool:
        import hmac

        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.__text.encode(), other.reveal().encode())

    __hash__ = None  # type: ignore[assignment]  # mypy types `object.__hash__` as a method; None forbids hashing

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled")
