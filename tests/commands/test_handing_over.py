from __future__ import annotations

import json
from pathlib import Path

import pytest

from mfacli.commands.handing_over import session_changes
from mfacli.commands.options import Manners
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.session import Obtained
from tests.commands.test_writing import SESSIONS, plan_for


@pytest.mark.parametrize(
    ("cloud", "credential", "lines"),
    [
        (Cloud.TENCENT, {"role-arn": "r", "role-session-name": "s"}, 1),
        (Cloud.TENCENT, {"role-arn": "r"}, 0),
        (Cloud.TENCENT, {"secretId": "AKIDlong", "secretKey": "k"}, 0),
        (Cloud.TENCENT, ["broken"], 0),
        (Cloud.AWS, {"role-arn": "r", "role-session-name": "s"}, 0),
    ],
)
def test_a_default_role_that_makes_tccli_drop_the_token_is_told_of(
    isolated_home: Path, capsys: pytest.CaptureFixture[str], cloud: Cloud, credential: object, lines: int
) -> None:
    path = isolated_home / ".tccli" / "default.credential"
    path.parent.mkdir()
    path.write_text(json.dumps(credential))
    desk = Desk(manners=Manners(), environment={})

    changes = session_changes(desk, plan_for(cloud), Obtained(session=SESSIONS[cloud], is_cached=True))

    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == lines
    assert said.err.count(f"assume the role in {path}") == lines
    assert changes.to_set["MFACLI_PROFILE"].reveal() == "prod"
