from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.commands.obtaining import ObtainingOptions
from mfacli.commands.options import Manners
from mfacli.commands.wiring import Desk
from mfacli.commands.writing import chosen_writer, tell_written
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Session
from mfacli.domain.plan import KeysFrom, KeySource, NoDevice, Plan, SessionTokenStep
from mfacli.errors import UsageWrong
from tests.output.sessions import SESSION, TENCENT

SESSIONS = {Cloud.AWS: SESSION, Cloud.TENCENT: TENCENT}


def plan_for(cloud: Cloud, endpoint_url: str | None = None) -> Plan:
    """Return a plan of which only the cloud, the profile and the endpoint matter."""
    return Plan(
        cloud=cloud,
        profile="prod",
        key_source=KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id="AKID"),
        device=NoDevice(),
        steps=(SessionTokenStep(duration=timedelta(hours=1), with_code=False),),
        endpoint_url=endpoint_url,
    )


def _options(*, name: str | None = None, to: str | None = None, overwrite: bool = False) -> ObtainingOptions:
    return ObtainingOptions(
        cloud=None,
        profile=None,
        code=None,
        device=None,
        duration=None,
        wants_new=False,
        max_age=None,
        region=None,
        endpoint_url=None,
        write_profile=name,
        to=to,
        overwrite=overwrite,
    )


@pytest.fixture
def desk() -> Desk:
    return Desk(manners=Manners(), environment={})


def _session(cloud: Cloud) -> Session:
    return SESSIONS[cloud]


@pytest.mark.parametrize(
    ("cloud", "name", "to", "written", "told"),
    [
        (Cloud.AWS, "mfa", None, ".aws/credentials", "wrote profile mfa in "),
        (Cloud.AWS, "mfa", "aws", ".aws/credentials", "wrote profile mfa in "),
        (Cloud.TENCENT, "mfa", None, ".tccli/mfa.credential", "wrote profile mfa in "),
        (Cloud.TENCENT, "mfa", "tccli", ".tccli/mfa.credential", "wrote profile mfa in "),
        (Cloud.TENCENT, None, "coscli", ".cos.yaml", "wrote the session in "),
        (Cloud.TENCENT, None, "coscmd", ".cos.conf", "wrote the session in "),
    ],
)
def test_each_tool_gets_its_own_file(
    desk: Desk,
    isolated_home: Path,
    capsys: pytest.CaptureFixture[str],
    cloud: Cloud,
    name: str | None,
    to: str | None,
    written: str,
    told: str,
) -> None:
    write = chosen_writer(desk, plan_for(cloud), _options(name=name, to=to))
    assert write is not None

    tell_written(desk, write(_session(cloud)))
    tell_written(desk, write(_session(cloud)))

    path = isolated_home / written
    assert _session(cloud).access_key_id in path.read_text()
    assert capsys.readouterr().err.splitlines() == [f"{told}{path}", f"{told.replace('wrote', 'renewed')}{path}"]


def test_nothing_is_written_unasked(desk: Desk) -> None:
    assert chosen_writer(desk, plan_for(Cloud.TENCENT), _options()) is None


@pytest.mark.parametrize(
    ("cloud", "name", "to", "message"),
    [
        (Cloud.AWS, "mfa", "tccli", "`tccli` cannot use the session of profile `prod`, which is of the other cloud"),
        (Cloud.AWS, None, "coscli", "`coscli` cannot use the session of profile `prod`, which is of the other cloud"),
        (Cloud.TENCENT, "mfa", "aws", "`aws` cannot use the session of profile `prod`, which is of the other cloud"),
        (Cloud.TENCENT, None, "tccli", "--to tccli says where, but not which profile is to be written"),
        (Cloud.AWS, None, "aws", "--to aws says where, but not which profile is to be written"),
        (Cloud.TENCENT, "mfa", "coscli", "coscli has one identity and no profiles, so it takes no name"),
        (Cloud.TENCENT, "mfa", "coscmd", "coscmd has one identity and no profiles, so it takes no name"),
        (Cloud.TENCENT, "a/b", None, "`a/b` cannot be the name of a tccli profile"),
        (Cloud.AWS, "a[b", None, "`a[b` cannot be the name of a profile"),
    ],
)
def test_what_cannot_be_written_is_refused_before_a_session_is_asked_for(
    desk: Desk, cloud: Cloud, name: str | None, to: str | None, message: str
) -> None:
    with pytest.raises(UsageWrong) as refusal:
        chosen_writer(desk, plan_for(cloud), _options(name=name, to=to))

    assert refusal.value.message == message
    assert refusal.value.hint


def test_long_term_keys_of_a_cos_tool_are_replaced_with_overwrite_only(desk: Desk, isolated_home: Path) -> None:
    (isolated_home / ".cos.conf").write_text("[common]\nsecret_id = AKIDlong\n")

    write = chosen_writer(desk, plan_for(Cloud.TENCENT), _options(to="coscmd", overwrite=True))
    assert write is not None
    write(TENCENT)

    assert "AKIDlong" not in (isolated_home / ".cos.conf").read_text()


@pytest.mark.parametrize(
    ("endpoint_url", "services"),
    [
        ("http://127.0.0.1:4599", {"sts", "cam", "cvm"}),
        ("http://localhost", {"sts", "cam", "cvm"}),
        ("http://[::1]:4599", {"sts", "cam", "cvm"}),
        ("https://sts.internal.tencentcloudapi.com", set[str]()),
        ("http://localhost.example.com", set[str]()),
        ("http://127.0.0.1.example.com:4599", set[str]()),
    ],
)
def test_only_the_emulators_endpoint_is_one_for_all_services(
    desk: Desk, isolated_home: Path, endpoint_url: str, services: set[str]
) -> None:
    write = chosen_writer(desk, plan_for(Cloud.TENCENT, endpoint_url), _options(name="mfa"))
    assert write is not None

    write(TENCENT)

    configure = json.loads((isolated_home / ".tccli" / "mfa.configure").read_text())
    assert set(configure) == {"_sys_param", *services}
    assert all(configure[service]["endpoint"] == endpoint_url for service in services)
