from __future__ import annotations

import json

import pytest

from mfacli.output.findings import Line, findings_document, findings_lines, findings_table

GOOD = Line(check="clock", level="good", what="it is right", cure="", is_fixable=False)
BAD = Line(check="files", level="bad", what="`/c` is\topen\x1b[31m", cure="chmod 600 /c", is_fixable=True)


def test_each_finding_is_one_line_of_four_fields() -> None:
    lines = findings_lines([GOOD, BAD]).splitlines()

    assert lines[0] == "good\tclock\tit is right\t-"
    assert [len(line.split("\t")) for line in lines] == [4, 4]
    assert "\x1b" not in lines[1]


def test_a_table_has_the_cure_below_what_it_mends() -> None:
    table = findings_table([GOOD, BAD], width=60, is_coloured=False)

    assert table.splitlines()[0].split() == ["good", "clock", "it", "is", "right"]
    assert table.splitlines()[-1].strip() == "mend: chmod 600 /c"
    assert "\x1b" not in table


def test_colour_says_nothing_that_words_do_not() -> None:
    coloured = findings_table([BAD], width=60, is_coloured=True)

    assert "\x1b[31mbad" in coloured


@pytest.mark.parametrize(("lines", "verdict"), [([GOOD], "good"), ([GOOD, BAD], "bad"), ([], "good")])
def test_the_document_has_a_verdict(lines: list[Line], verdict: str) -> None:
    document = json.loads(findings_document(lines, fixed=["a"]))

    assert (document["version"], document["verdict"], document["fixed"]) == (1, verdict, ["a"])
    assert [each["is_fixable"] for each in document["findings"]] == [line.is_fixable for line in lines]


def test_an_old_console_gets_what_it_can_show() -> None:
    line = Line(check="clock", level="good", what="多因素", cure="", is_fixable=False)

    findings_table([line], width=60, is_coloured=False, encoding="cp1252").encode("cp1252")
