"""A compiled document answers quickly and keeps little."""

from __future__ import annotations

import dataclasses

import pytest

from mfacli.policy.access import Layers
from mfacli.policy.aws_decision import aws_facts
from mfacli.policy.document import Document
from mfacli.policy.principals import Grant
from tests.policy.asking import policy, request


def test_the_statements_about_an_action_are_found_by_effect() -> None:
    document = policy({"Action": "s3:*"}, {"Action": "s3:Get*", "Effect": "Deny"}, {"Action": "ec2:*"})

    found = document.candidates("s3:getobject")

    assert [statement.reference.index for statement in found.allows] == [0]
    assert [statement.reference.index for statement in found.denies] == [1]
    assert document.candidates("s3:getobject") is found


def test_what_is_remembered_of_actions_is_bounded() -> None:
    document = policy({"Action": "s3:*"})

    for number in range(5_000):
        document.candidates(f"s3:action{number}")

    assert len(document._by_action) <= 2_000
    assert document.candidates("s3:action1").allows


def test_a_statement_without_a_principal_is_about_its_own_caller() -> None:
    (statement,) = policy({}).statements
    asked = request()

    assert statement.grant(aws_facts(asked, Layers())) is Grant.DIRECT


def test_a_document_cannot_be_changed() -> None:
    document: Document = policy({})

    with pytest.raises(dataclasses.FrozenInstanceError):
        document.statements = ()  # type: ignore[misc]  # that is what must not work
