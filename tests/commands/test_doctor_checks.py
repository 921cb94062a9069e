"""All checks together, in this process: what stops one stops no other, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.checks.finding import Family, Finding
from mfacli.commands import doctor_checks
from mfacli.commands.doctor_checks import all_findings
from mfacli.commands.doctor_cloud import places_to_ask
from mfacli.commands.options import Manners
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Request
from tests.commands.at_desk import KEYS, SESSION, desk_at, wrote

NOWHERE = "http://127.0.0.1:1"
ROLE = "role_arn = arn:aws:iam::111122223333:role/Books\n"


@pytest.fixture
def home(isolated_home: Path) -> Path:
    wrote(isolated_home, ".aws/credentials", f"[default]\n{KEYS}")
    wrote(isolated_home, ".aws/config", f"[default]\nendpoint_url = {NOWHERE}\n")
    return isolated_home


def _request(profile: str | None = None, cloud: Cloud | None = None) -> Request:
    return Request(wants_role=None, profile=profile, cloud=cloud)


def _by(family: Family, findings: Iterable[Finding]) -> list[tuple[str, str]]:
    return [(each.level.value, each.what) for each in findings if each.family is family]


def test_a_cloud_that_is_not_reached_is_told_once(home: Path) -> None:
    found = all_findings(desk_at(), _request())

    assert _by(Family.NETWORK, found) == [("bad", "`127.0.0.1:1` cannot be reached")]
    assert _by(Family.CLOCK, found) == _by(Family.DEVICES, found) == []
    assert _by(Family.PROFILES, found)[0][0] == "good"


def test_settings_that_do_not_parse_are_said_once(home: Path) -> None:
    settings = wrote(home, "config.toml", "stoer = 1\n")

    found = all_findings(desk_at(MFACLI_CONFIG_FILE=str(settings)), _request())

    assert [each.what for each in found if each.level.value == "bad"] == [f"`stoer` in `{settings}` is no setting"]


def test_a_state_directory_that_means_nothing_is_said_once(home: Path) -> None:
    found = all_findings(desk_at(MFACLI_STATE_DIR="here"), _request())

    assert [each.family for each in found if each.level.value == "bad"] == [Family.SETTINGS]
    assert _by(Family.FILES, found) != []


def test_settings_that_name_no_profile_are_told(home: Path) -> None:
    settings = wrote(home, "config.toml", 'profile = "nobodys"\n')

    found = all_findings(desk_at(MFACLI_CONFIG_FILE=str(settings)), _request())

    words = f"`profile` in `{settings}` names `nobodys`, and there is no such profile"
    assert ("warning", words) in _by(Family.SETTINGS, found)


def test_a_file_that_does_not_parse_leaves_all_other_checks_alone(home: Path) -> None:
    wrote(home, ".aws/config", "no section\n")

    found = all_findings(desk_at(HTTPS_PROXY=NOWHERE), _request())

    assert [level for level, _ in _by(Family.PROFILES, found)] == ["bad"]
    assert {each.family for each in found} >= {Family.SETTINGS, Family.KEYRING, Family.FILES, Family.VERSIONS}


def test_findings_come_by_family(home: Path) -> None:
    families = [each.family for each in all_findings(desk_at(), _request())]

    assert families == sorted(families, key=list(Family).index)


@pytest.mark.parametrize("is_verbose", [False, True])
def test_a_bug_stops_no_other_check_and_its_traceback_is_for_verbose(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], is_verbose: bool
) -> None:
    secret = "hunter2"

    def broken(_: Desk) -> Iterable[Finding]:
        raise IndexError(secret)

    monkeypatch.setattr(doctor_checks, "version_findings", broken)

    found = all_findings(Desk(manners=Manners(verbose=is_verbose), environment=desk_at().environment), _request())

    told = capsys.readouterr().err
    assert _by(Family.VERSIONS, found) == [("bad", "unforeseen error: IndexError, a bug in mfacli")]
    assert _by(Family.PROFILES, found) != []
    assert ("Traceback" in told) == is_verbose
    assert secret not in told


def test_what_takes_too_long_is_named_and_left(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    over = threading.Event()

    def slow(_: Desk) -> Iterator[Finding]:
        over.wait(60)
        yield from ()

    monkeypatch.setattr(doctor_checks, "version_findings", slow)
    monkeypatch.setattr(doctor_checks, "_LONGEST", timedelta(seconds=1))
    monkeypatch.setattr(doctor_checks, "_UNREMARKABLE", timedelta())
    monkeypatch.setattr("mfacli.terminal._is_terminal", lambda _: True)

    found = all_findings(desk_at(), _request())
    over.set()

    assert _by(Family.VERSIONS, found) == [("bad", "no answer of versions within 1 s")]
    assert "waiting for versions" in capsys.readouterr().err


def test_nobody_is_told_of_waiting_where_nobody_watches(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor_checks, "_UNREMARKABLE", timedelta())

    all_findings(desk_at(), _request())

    assert capsys.readouterr().err == ""


def _places(profile: str | None = None, cloud: Cloud | None = None, **environment: str) -> list[tuple[str, str]]:
    return [
        (place.host, place.needed_by) for place in places_to_ask(desk_at(**environment), _request(profile, cloud))
    ]


def test_each_sts_is_asked_once_that_of_the_profile_in_use_first(home: Path) -> None:
    regional = "sts_regional_endpoints = regional\n"
    wrote(
        home,
        ".aws/config",
        f"[default]\nregion = eu-west-1\n{regional}[profile a]\nsource_profile = default\nregion = us-west-2\n{ROLE}"
        f"[profile b]\nregion = eu-central-1\n{regional}{KEYS}[profile c]\nregion = eu-west-1\n{regional}{KEYS}",
    )
    wrote(home, ".tccli/prod.credential", '{"secretId": "AKIDa", "secretKey": "b"}')

    assert _places() == [
        ("sts.eu-west-1.amazonaws.com", ""),
        ("sts.eu-central-1.amazonaws.com", "b"),
        ("sts.tencentcloudapi.com", "prod"),
    ]
    assert _places("b") == [("sts.eu-central-1.amazonaws.com", "")]
    assert _places(cloud=Cloud.TENCENT, profile="prod") == [("sts.tencentcloudapi.com", "")]


def test_keys_in_this_shell_alone_say_which_cloud_to_ask(isolated_home: Path) -> None:
    keys = {"TENCENTCLOUD_SECRET_ID": "AKIDa", "TENCENTCLOUD_SECRET_KEY": "b"}

    (place,) = places_to_ask(desk_at(**keys), _request())

    assert (place.host, place.plan is not None) == ("sts.tencentcloudapi.com", True)


def test_both_clouds_at_one_address_are_both_asked(home: Path) -> None:
    wrote(home, ".tccli/default.credential", '{"secretId": "AKIDa", "secretKey": "b"}')

    places = places_to_ask(desk_at(MFACLI_TENCENT_ENDPOINT=NOWHERE), _request())

    assert [(place.cloud, place.url) for place in places] == [(Cloud.AWS, NOWHERE), (Cloud.TENCENT, NOWHERE)]


@pytest.mark.parametrize("environment", [{"AWS_PROFILE": "mfa"}, {}])
def test_the_sts_of_a_profile_that_holds_a_session_is_asked(home: Path, environment: dict[str, str]) -> None:
    wrote(home, ".aws/credentials", f"[mfa]\n{SESSION}region = cn-north-1\n")

    (place,) = places_to_ask(desk_at(**environment), _request(None if environment else "mfa"))

    assert (place.host, place.needed_by, place.plan) == ("sts.cn-north-1.amazonaws.com.cn", "", None)


def test_those_in_use_are_asked_however_many_others_there_are(home: Path) -> None:
    many = "".join(f"[profile p{number}]\nendpoint_url = {NOWHERE}{number}\n{KEYS}" for number in range(9))
    wrote(home, ".aws/config", f"[default]\nendpoint_url = {NOWHERE}\n{many}")
    wrote(home, ".tccli/default.credential", '{"secretId": "AKIDa", "secretKey": "b"}')

    places = _places()

    assert len(places) == 8
    assert places[:2] == [("127.0.0.1:1", ""), ("sts.tencentcloudapi.com", "")]


def test_where_no_profile_can_be_decided_the_cloud_itself_is_looked_for(home: Path) -> None:
    assert _places("nobodys") == [("sts.amazonaws.com", "")]
    assert _places("nobodys", Cloud.TENCENT) == [("sts.tencentcloudapi.com", "")]


def test_an_unknown_profile_in_the_environment_leaves_the_others_to_be_asked(home: Path) -> None:
    assert _places(AWS_PROFILE="nobodys") == [("127.0.0.1:1", "default")]
