from __future__ import annotations

from collections.abc import Callable

import pytest

from mfacli.emulator.tencent.given import Given
from mfacli.emulator.tencent.refusals import Rejected


def _given(*, are_texts: bool = False, **values: object) -> Given:
    return Given(values, are_texts=are_texts)


def _refusal(read: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(Rejected) as caught:
        read()
    return caught.value.code, caught.value.message_en


def test_each_kind_of_value_is_read() -> None:
    given = _given(
        Name="web",
        Count=2,
        Force=True,
        Ids=["a", "b"],
        Numbers=[1, 2],
        Place={"Zone": "z"},
        Filters=[{"Name": "n"}],
    )

    place = given.structure("Place")

    assert (given.text("Name"), given.integer("Count"), given.flag("Force")) == ("web", 2, True)
    assert (given.texts("Ids"), given.integers("Numbers")) == (["a", "b"], [1, 2])
    assert place is not None
    assert place.text("Zone") == "z"
    assert [inside.text("Name") for inside in given.structures("Filters")] == ["n"]


def test_what_is_not_there_is_nothing() -> None:
    given = _given(Null=None)

    found = [read("Null") for read in (given.optional_text, given.integer, given.flag, given.structure)]

    assert found == [None] * 4
    assert [list(read("Other")) for read in (given.texts, given.integers, given.structures)] == [[], [], []]
    assert ("Null" in given, given.names()) == (False, [])


def test_where_all_are_texts_numbers_and_truths_are_too() -> None:
    given = _given(are_texts=True, Count="2", Less="-1", Force="true", Not="0", Numbers=["1", "2"], Words="two")

    assert (given.integer("Count"), given.integer("Less", least=-5)) == (2, -1)
    assert (given.flag("Force"), given.flag("Not")) == (True, False)
    assert given.integers("Numbers") == [1, 2]
    assert _refusal(lambda: given.integer("Words"))[0] == "InvalidParameter"
    assert _refusal(lambda: given.flag("Words"))[0] == "InvalidParameter"


@pytest.mark.parametrize(
    "read",
    [
        lambda given: given.text("Number"),
        lambda given: given.integer("Text"),
        lambda given: given.integer("Truth"),
        lambda given: given.flag("Text"),
        lambda given: given.flag("Number"),
        lambda given: given.texts("Text"),
        lambda given: given.texts("Numbers"),
        lambda given: given.integers("Texts"),
        lambda given: given.structure("Text"),
        lambda given: given.structures("Texts"),
    ],
)
def test_another_type_is_refused(read: Callable[[Given], object]) -> None:
    given = _given(Text="1", Number=1, Truth=True, Texts=["a"], Numbers=[1])

    assert _refusal(lambda: read(given))[0] == "InvalidParameter"


@pytest.mark.parametrize(
    "read",
    [
        lambda given: given.text("Empty"),
        lambda given: given.text("Text", pattern="[0-9]+"),
        lambda given: given.text("Text", longest=2),
        lambda given: given.integer("Number", most=4),
        lambda given: given.integer("Number", least=6),
    ],
)
def test_a_value_that_does_not_fit_is_refused(read: Callable[[Given], object]) -> None:
    given = _given(Empty="", Text="abc", Number=5)

    assert _refusal(lambda: read(given))[0] == "InvalidParameterValue"


@pytest.mark.parametrize(
    "read",
    [lambda given: given.texts("L"), lambda given: given.integers("L"), lambda given: given.structures("L")],
)
def test_a_list_has_at_most_a_thousand_elements(read: Callable[[Given], object]) -> None:
    given = _given(L=[1] * 1_001)

    assert _refusal(lambda: read(given))[0] == "InvalidParameterValue"
    assert len(_given(L=[1] * 1_000).integers("L")) == 1_000


def test_the_place_of_a_value_is_named() -> None:
    given = _given(Filters=[{"Name": "n"}, {"Name": 1}])

    inside = given.structures("Filters")[1]

    assert _refusal(lambda: inside.text("Name"))[1] == "The type of parameter `Filters.1.Name` is invalid."
    assert _refusal(lambda: inside.text("Values")) == (
        "MissingParameter",
        "The request is missing a required parameter `Filters.1.Values`.",
    )
