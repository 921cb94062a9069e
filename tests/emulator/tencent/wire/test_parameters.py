"""How parameters are read, and what could be read in two ways and is therefore refused."""

from __future__ import annotations

import pytest

from mfacli.emulator.tencent.refusals import Rejected
from mfacli.emulator.tencent.wire.parameters import json_parameters, nested


@pytest.mark.parametrize(
    ("flat", "whole"),
    [
        ({}, {}),
        ({"A": "1", "B": ""}, {"A": "1", "B": ""}),
        ({"L.0": "a", "L.1": "b"}, {"L": ["a", "b"]}),
        ({"L.1": "b", "L.0": "a"}, {"L": ["a", "b"]}),
        ({"P.Zone": "z", "P.Ids.0": "1"}, {"P": {"Zone": "z", "Ids": ["1"]}}),
        (
            {"F.0.Name": "n", "F.0.Values.0": "v", "F.1.Name": "m"},
            {"F": [{"Name": "n", "Values": ["v"]}, {"Name": "m"}]},
        ),
        ({f"L.{index}": str(index) for index in range(12)}, {"L": [str(index) for index in range(12)]}),
        ({"L.0.0": "x"}, {"L": [["x"]]}),
    ],
)
def test_flattened_names_are_put_back_together(flat: dict[str, str], whole: dict[str, object]) -> None:
    assert nested(flat) == whole


@pytest.mark.parametrize(
    "flat",
    [
        {"L.1": "a"},
        {"L.0": "a", "L.2": "b"},
        {"L.00": "a"},
        {"L.0": "a", "L.x": "b"},
        {"L.99999999999999999999": "a"},
        {"A": "1", "A.B": "2"},
        {"A.B": "2", "A": "1"},
        {"A.B.C": "1", "A.B": "2"},
        {".A": "1"},
        {"A..B": "1"},
        {"": "1"},
        {".".join("A" * 33): "1"},
    ],
)
def test_what_has_two_readings_is_refused(flat: dict[str, str]) -> None:
    with pytest.raises(Rejected) as caught:
        nested(flat)

    assert caught.value.code == "InvalidParameter"
    assert caught.value.message_zh != caught.value.message_en


def test_a_name_may_be_thirty_two_deep() -> None:
    assert set(nested({".".join("A" * 32): "1"})) == {"A"}


def test_a_character_may_be_escaped_in_two_halves() -> None:
    assert json_parameters(rb'{"A": "\ud83d\ude00"}') == {"A": "\U0001f600"}


def test_a_body_is_an_object_and_may_be_empty() -> None:
    assert json_parameters(b' {"A": {"B": [1, true, null, "\xe4\xb8\xad"]}} ') == {"A": {"B": [1, True, None, "中"]}}
    assert json_parameters(b" \n") == {}


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"1",
        b"null",
        b"{",
        b'{"A": 1, "A": 2}',
        b'{"A": {"B": 1, "B": 1}}',
        b'{"A": NaN}',
        b"\xff\xfe",
        b"A=1",
        rb'{"A": ["\ud83d"]}',
        rb'{"\uDE00": 1}',
    ],
)
def test_other_bodies_are_refused(body: bytes) -> None:
    with pytest.raises(Rejected) as caught:
        json_parameters(body)

    assert caught.value.code == "InvalidParameter"
