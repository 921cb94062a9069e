"""Reads a call's parameters one by one, each as what it must be; numbers and truths may be texts where all are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mfacli.emulator.tencent.refusals import Rejected, missing, own_error
from mfacli.emulator.tencent.wire.recognise import Call

_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_MOST_IN_LIST = 1_000
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


class Given:
    """The parameters of a call, or one of its structures, whose place `where` names in messages."""

    def __init__(self, values: Mapping[str, object], *, are_texts: bool, where: str = "") -> None:
        self._values = values
        self._are_texts = are_texts
        self._where = where

    @classmethod
    def of(cls, call: Call) -> Given:
        """Return the parameters of a call."""
        return cls(call.parameters, are_texts=call.are_texts)

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def names(self) -> Sequence[str]:
        """Return the names of what is there."""
        return [name for name in self._values if name in self]

    def text(self, name: str, *, pattern: str = r"(?s).+", longest: int = 65_536) -> str:
        """Return a text; raises `Rejected` where it is missing or does not fit."""
        value = self.optional_text(name, pattern=pattern, longest=longest)
        if value is None:
            raise missing(self._named(name))
        return value

    def optional_text(self, name: str, *, pattern: str = r"(?s).*", longest: int = 65_536) -> str | None:
        """Return a text, or None where there is none; raises `Rejected` where it does not fit."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.wrong_type(name)
        if len(value) > longest or not re.fullmatch(pattern, value):
            raise self.wrong(name)
        return value

    def integer(self, name: str, *, least: int = 0, most: int = 2**63 - 1) -> int | None:
        """Return a number, or None where there is none; raises `Rejected` where it does not fit."""
        value = self._values.get(name)
        if self._are_texts and isinstance(value, str):
            value = int(value) if _INTEGER.fullmatch(value) else value
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong_type(name)
        if not least <= value <= most:
            raise self.wrong(name)
        return value

    def flag(self, name: str) -> bool | None:
        """Return a truth, or None where there is none; raises `Rejected` where it is none."""
        value = self._values.get(name)
        if self._are_texts and isinstance(value, str):
            value = _TRUTHS.get(value.lower(), value)
        if value is None or isinstance(value, bool):
            return value
        raise self.wrong_type(name)

    def texts(self, name: str) -> Sequence[str]:
        """Return a list of texts, empty where there is none."""
        values = self._list(name)
        found = [value for value in values if isinstance(value, str)]
        if len(found) != len(values):
            raise self.wrong_type(name)
        return found

    def integers(self, name: str) -> Sequence[int]:
        """Return a list of numbers, empty where there is none."""
        items = {str(index): value for index, value in enumerate(self._list(name))}
        inside = Given(items, are_texts=self._are_texts, where=self._named(name))
        found = [inside.integer(index) for index in items]
        return [value for value in found if value is not None]

    def structure(self, name: str) -> Given | None:
        """Return a structure, or None where there is none."""
        value = self._values.get(name)
        return None if value is None else self._inside(name, self._named(name), value)

    def structures(self, name: str) -> Sequence[Given]:
        """Return a list of structures, empty where there is none."""
        return [
            self._inside(name, f"{self._named(name)}.{index}", value) for index, value in enumerate(self._list(name))
        ]

    def wrong(self, name: str) -> Rejected:
        """Return the refusal of a value."""
        shown = self._named(name)
        return own_error(
            "InvalidParameterValue", f"The value of parameter `{shown}` is invalid.", f"参数 `{shown}` 取值错误。"
        )

    def wrong_type(self, name: str) -> Rejected:
        """Return the refusal of a value of another type."""
        shown = self._named(name)
        return own_error(
            "InvalidParameter", f"The type of parameter `{shown}` is invalid.", f"参数 `{shown}` 类型错误。"
        )

    def _list(self, name: str) -> Sequence[object]:
        value = self._values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.wrong_type(name)
        # The API's longest lists have hundreds of elements, and each may be a permission to be decided.
        if len(value) > _MOST_IN_LIST:
            raise self.wrong(name)
        return value

    def _inside(self, name: str, where: str, value: object) -> Given:
        if not isinstance(value, Mapping):
            raise self.wrong_type(name)
        return Given(value, are_texts=self._are_texts, where=where)

    def _named(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name
