"""Profiles that hold a session: nothing is opened with it, but where it is of is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import KeysFrom, NoDevice, Plan, Request
from mfacli.profiles.held import held_in_aws, held_in_tencent
from mfacli.profiles.settings import Settings
from mfacli.profiles.tencent_files import read_tencent_files
from mfacli.profiles.tencent_folder import file_names
from tests.profiles.written import KEYS, written

SESSION = "[mfa]\naws_access_key_id = ASIAX\naws_secret_access_key = s\naws_session_token = t\n"
LONG_TERM = f"[long]\n{KEYS.format(name='LONG')}"
NAMED = Request(wants_role=None, profile="mfa")


def aws(
    folder: Path, request: Request = NAMED, *, config: str = "", environment: dict[str, str] | None = None
) -> Plan | None:
    files = written(folder, config=config, credentials=SESSION + LONG_TERM)
    return held_in_aws(request, files, environment or {}, Settings())


def tencent(folder: Path, request: Request = NAMED, *, environment: dict[str, str] | None = None) -> Plan | None:
    session = {"secretId": "AKIDx", "secretKey": "s", "token": "t"}
    (folder / "mfa.credential").write_text(json.dumps(session))
    (folder / "mfa.configure").write_text(json.dumps({"_sys_param": {"region": "ap-shanghai"}}))
    (folder / "long.credential").write_text(json.dumps({**session, "token": ""}))
    (folder / "role.credential").write_text(
        json.dumps(session | {"role-arn": "qcs::cam::uin/1:roleName/R", "role-session-name": "anna"})
    )
    files = read_tencent_files(folder, ("mfa", "long", "role"), listed=file_names(folder))
    return held_in_tencent(request, files, environment or {}, Settings())


def test_a_profile_of_aws_holds_a_session(tmp_path: Path) -> None:
    plan = aws(tmp_path, config="[profile mfa]\nregion = eu-west-1\nendpoint_url = http://127.0.0.1:1\n")

    assert plan is not None
    assert (plan.cloud, plan.profile, plan.steps, plan.device) == (Cloud.AWS, "mfa", (), NoDevice())
    assert (plan.key_source.kind, plan.key_source.access_key_id) == (KeysFrom.FILE, "ASIAX")
    assert (plan.sts_region, plan.endpoint_url) == ("eu-west-1", "http://127.0.0.1:1")


def test_a_profile_of_tencent_cloud_holds_a_session(tmp_path: Path) -> None:
    plan = tencent(tmp_path)

    assert plan is not None
    assert (plan.cloud, plan.profile, plan.steps, plan.device) == (Cloud.TENCENT, "mfa", (), NoDevice())
    assert (plan.key_source.access_key_id, plan.key_source.path) == ("AKIDx", str(tmp_path / "mfa.credential"))
    assert plan.sts_region == "ap-shanghai"


@pytest.mark.parametrize("name", ["long", "missing"])
def test_long_term_keys_are_no_session(tmp_path: Path, name: str) -> None:
    request = Request(wants_role=None, profile=name)

    assert aws(tmp_path, request) is None
    assert tencent(tmp_path, request) is None


def test_a_session_that_is_there_to_assume_a_role_is_not_what_is_meant(tmp_path: Path) -> None:
    role = "[profile mfa]\nrole_arn = arn:aws:iam::111122223333:role/R\nsource_profile = mfa\n"

    assert aws(tmp_path, config=role) is None
    assert tencent(tmp_path, Request(wants_role=None, profile="role")) is None


def test_keys_in_the_environment_go_before_a_profile_that_nobody_named(tmp_path: Path) -> None:
    unnamed = Request(wants_role=None)
    in_aws = {"AWS_PROFILE": "mfa", "AWS_ACCESS_KEY_ID": "AKIALONG"}
    in_tencent = {"TCCLI_PROFILE": "mfa", "TENCENTCLOUD_SECRET_ID": "AKIDlong"}

    assert aws(tmp_path, unnamed, environment=in_aws) is None
    assert tencent(tmp_path, unnamed, environment=in_tencent) is None
    assert aws(tmp_path, unnamed, environment={"AWS_PROFILE": "mfa"}) is not None
    assert tencent(tmp_path, unnamed, environment={"TCCLI_PROFILE": "mfa"}) is not None
