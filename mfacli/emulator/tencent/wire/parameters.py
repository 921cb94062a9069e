"""The parameters of the API's calls: a JSON body as it is, or names like `Filters.0.Values.1` put back together."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import NoReturn

from mfacli.emulator.tencent.refusals import Rejected, own_error

_DEEPEST = 32
_HIGHEST_INDEX = 9_999
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


def json_parameters(body: bytes) -> dict[str, object]:
    """Return the object that a body holds, an empty one where it holds nothing; raises `Rejected`."""
    if not body.strip():
        return {}
    try:
        document: object = json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
        if _HALF.search(body):
            # Half a character is no text: nothing could write it, hash it or hand it on.
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        # Numbers of thousands of digits are a ValueError too.
        raise _unreadable("the body is not JSON", "请求正文不是合法的 JSON") from None
    if not isinstance(document, dict):
        raise _unreadable("the body is not a JSON object", "请求正文不是 JSON 对象")
    return {str(name): value for name, value in document.items()}


def nested(flat: Mapping[str, str]) -> dict[str, object]:
    """Return flattened parameters as the lists and objects they stand for; all values stay texts. Raises `Rejected`.

    A list's elements are numbered from 0 without gaps: anything else could be read in two ways.
    """
    root: dict[str, object] = {}
    for name, value in flat.items():
        parts = name.split(".")
        if len(parts) > _DEEPEST or not all(parts):
            raise _unreadable(f"`{name[:80]}` is no parameter", f"`{name[:80]}` 不是合法的参数名")
        place = root
        for part in parts[:-1]:
            deeper = place.setdefault(part, {})
            if not isinstance(deeper, dict):
                raise _conflict(name)
            place = deeper
        if parts[-1] in place:
            raise _conflict(name)
        place[parts[-1]] = value
    return {name: _with_lists(value) for name, value in root.items()}


def _with_lists(value: object) -> object:
    if not isinstance(value, dict):
        return value
    inside = {name: _with_lists(part) for name, part in value.items()}
    if not any(name.isascii() and name.isdigit() for name in inside):
        return inside
    names = [str(index) for index in range(min(len(inside), _HIGHEST_INDEX + 1))]
    if set(names) != set(inside):
        raise _unreadable("a list's elements are not numbered from 0 on", "列表参数的下标应从 0 开始且连续")
    return [inside[name] for name in names]


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _conflict(name: str) -> Rejected:
    return _unreadable(f"`{name[:80]}` is given in two ways", f"参数 `{name[:80]}` 冲突")


def _unreadable(what_en: str, what_zh: str) -> Rejected:
    return own_error("InvalidParameter", f"The request cannot be read: {what_en}.", f"无法解析请求：{what_zh}。")
