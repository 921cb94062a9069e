"""What a denial of IAM's operations on devices means."""

from __future__ import annotations

import json
import tomllib
from importlib import resources

import pytest

from mfacli.domain.own_device import GATE, GRANTS, NO_DELETING, deletion_command, why_denied

SERIAL = "arn:aws:iam::111122223333:mfa/richard"


def test_what_is_said_of_the_documents_policy_is_in_it() -> None:
    world = tomllib.loads(
        resources.files("mfacli.emulator.world").joinpath("documents.toml").read_text(encoding="utf-8")
    )
    policy = json.loads(world["accounts"]["A"]["groups"]["SelfManaged"]["policies"]["ManageOwnDevice"])
    statements = {statement["Sid"]: statement for statement in policy["Statement"]}

    for operation, (sid, resource) in GRANTS.items():
        actions = statements[sid]["Action"]
        assert f"iam:{operation}" in ([actions] if isinstance(actions, str) else actions)
        assert statements[sid]["Resource"] == resource
    assert "iam:DeleteVirtualMFADevice" not in statements[GATE]["NotAction"]


def test_deleting_is_an_administrators_and_stays_so() -> None:
    why = why_denied("DeleteVirtualMFADevice", serial=SERIAL, is_explicit=True, has_session=False)

    assert why is not None
    assert deletion_command(SERIAL) in why
    assert NO_DELETING in why


def test_a_deny_is_put_down_to_missing_mfa_only_where_there_is_none() -> None:
    without = why_denied("DeactivateMFADevice", serial=SERIAL, is_explicit=True, has_session=False)
    with_one = why_denied("DeactivateMFADevice", serial=SERIAL, is_explicit=True, has_session=True)

    assert without is not None
    assert GATE in without
    assert with_one is not None
    assert GATE not in with_one


@pytest.mark.parametrize("operation", ["GetSessionToken", "AssumeRole", "DecodeAuthorizationMessage"])
def test_of_other_operations_nothing_is_said(operation: str) -> None:
    assert why_denied(operation, serial="", is_explicit=False, has_session=False) is None
