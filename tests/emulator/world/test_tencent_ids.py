from __future__ import annotations

import re

import pytest

from mfacli.emulator.world import tencent_ids
from mfacli.emulator.world.keys import WorldKey
from mfacli.emulator.world.tencent_presets import presets


@pytest.mark.parametrize(
    ("made", "shape"),
    [
        (lambda *names: tencent_ids.sub_uin("12345678", *names), r"1000[0-9]{8}"),
        (lambda *names: tencent_ids.role_id("12345678", *names), r"4611686[0-9]{12}"),
        (lambda *names: str(tencent_ids.policy_id("12345678", *names)), r"2[0-9]{8}"),
        (lambda *names: str(tencent_ids.group_id("12345678", *names)), r"1[0-9]{6}"),
        (lambda *names: tencent_ids.instance_id("12345678", *names), r"ins-[a-z0-9]{8}"),
        (lambda *names: tencent_ids.secret_id("12345678", *names), r"AKID[A-Za-z0-9]{32}"),
    ],
)
def test_ids_have_the_clouds_shapes_and_follow_from_names(made: object, shape: str) -> None:
    assert callable(made)
    named, again, other = made("Mei"), made("Mei"), made("Hao")
    drawn = {made() for _ in range(20)}

    assert re.fullmatch(shape, named)
    assert (named == again, named == other) == (True, False)
    assert all(re.fullmatch(shape, one) for one in drawn)
    assert len(drawn) > 15


def test_a_sessions_id_is_told_by_its_length() -> None:
    temporary, long_term = tencent_ids.temporary_secret_id(), tencent_ids.secret_id("12345678")

    assert tencent_ids.is_temporary(temporary)
    assert not tencent_ids.is_temporary(long_term)
    assert not tencent_ids.is_temporary("X" * len(temporary))


def test_a_secret_belongs_to_one_id_in_one_world() -> None:
    key, other = WorldKey.ephemeral(), WorldKey.ephemeral()

    secrets = [tencent_ids.secret_key(*pair).reveal() for pair in ((key, "a"), (key, "a"), (key, "b"), (other, "a"))]

    assert secrets[0] == secrets[1]
    assert len(set(secrets)) == 3
    assert all(re.fullmatch("[A-Za-z0-9]{32}", secret) for secret in secrets)


def test_preset_policies_have_small_ids_and_names_of_their_own() -> None:
    found = presets()

    assert max(found) < tencent_ids.policy_id("12345678", "a")
    assert len({policy.name for policy in found.values()}) == len(found)
    assert found[1].name == "AdministratorAccess"
