"""Every case is decided as the clouds' documentation says, by the statement that it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mfacli.policy.batch import Batch, answer_of
from mfacli.policy.decision import decide
from tests.policy.case_files import CASES, case_files, read_case_file

FILES = sorted(CASES.rglob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(CASES).as_posix())
def test_cases_are_decided_as_documented(path: Path) -> None:
    cases = read_case_file(path).cases
    batch = Batch()

    wrong = []
    for case in cases:
        answer = batch.answer(case.line)
        statement = answer.get("statement")
        found = (statement["policy"], statement["index"]) if isinstance(statement, dict) else None
        if (answer.get("decision"), found) != (case.verdict, case.statement):
            wrong.append((case.name, case.source, answer))

    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(CASES).as_posix())
def test_a_proof_tells_the_same_verdict_and_marks_what_applies(path: Path) -> None:
    batch = Batch()
    cases = [batch.case(written.line) for written in read_case_file(path).cases]

    for case in cases:
        plain = decide(case.request, case.layers)
        proved = decide(case.request, case.layers, proof=True)
        applying = {
            statement.reference for proof in proved.proof for statement in proof.statements if statement.applies
        }

        assert answer_of(case, proved) == answer_of(case, plain)
        assert set(proved.statements) <= applying


def test_there_are_hundreds_of_cases_each_with_its_own_name_and_a_source() -> None:
    cases = [case for file in case_files() for case in file.cases]

    assert len(cases) >= 400
    assert all(case.source for case in cases)
    assert all(len({case.name for case in file.cases}) == len(file.cases) for file in case_files())


def test_cases_survive_a_round_trip_through_json() -> None:
    cases = [case for file in case_files() for case in file.cases]
    batch, again = Batch(), Batch()

    answers = [batch.answer(case.line) for case in cases]
    second = [again.answer(json.dumps(json.loads(case.line), indent=2)) for case in cases]

    assert [answer["decision"] for answer in answers] == [answer["decision"] for answer in second]
