from __future__ import annotations

from datetime import UTC, datetime

from mfacli.domain.codes import Seed
from mfacli.domain.secret import Secret


def test_time_steps_are_those_of_rfc_6238_appendix_b() -> None:
    seed = Seed(key=Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), digits=8)

    steps = [seed.step_at(datetime.fromtimestamp(t, tz=UTC)) for t in (59, 1111111109, 20000000000)]

    assert steps == [0x1, 0x23523EC, 0x27BC86AA]


def test_a_step_begins_a_period_after_the_one_before() -> None:
    seed = Seed(key=Secret("GEZDGNBV"), period=60)

    assert seed.starts_at(2) == datetime(1970, 1, 1, 0, 2, tzinfo=UTC)
    assert seed.step_at(seed.starts_at(7)) == 7
