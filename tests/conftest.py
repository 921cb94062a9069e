"""Isolates every test: no test may read the developer's HOME, keyring or environment."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.stage import Cloud, Guests, Person, cloud_process, person_in
from tests.ways import WAYS, Way

# How long an example takes depends on what else this machine does; how many steps it takes is what tests count.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# What is ignored stays ignored in every child: a run started with nohup, or in the background of a script, would have
# no process that Ctrl-C or a lost terminal can end.
for _name, _handler in (
    ("SIGINT", signal.default_int_handler),
    ("SIGHUP", signal.SIG_DFL),
    ("SIGQUIT", signal.SIG_DFL),
):
    if signal.getsignal(getattr(signal, _name)) is signal.SIG_IGN:
        signal.signal(getattr(signal, _name), _handler)

# Where the clients are that judge; see `clients/judges.py`.
_OURS = "MFACLI_TEST_"
_FOREIGN = ("AWS_", "MFACLI_", "TENCENTCLOUD_", "DBUS_", "XDG_", "GNOME_KEYRING")


@pytest.fixture(autouse=True)
def isolated_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test an empty HOME and an environment without any cloud's or keyring's variables."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(_FOREIGN) and not name.startswith(_OURS):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("MFACLI_STORE", "memory")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.chdir(home)
    return home


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Give the emulator that the end-to-end tests of this worker share. Its time is moved on to fresh codes."""
    with cloud_process(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture(scope="session")
def steady_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Give one whose time is this machine's, so that codes made here are good there."""
    with cloud_process(tmp_path_factory.mktemp("steady-cloud")) as running:
        yield running


@pytest.fixture(scope="session")
def instance(cloud: Cloud) -> str:
    """Give the id of an instance that people of account A may stop with MFA."""
    import boto3

    keys = cloud.control.environment_of("Anaya")
    client = boto3.client(
        "ec2",
        region_name=keys.region,
        endpoint_url=cloud.address,
        aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=keys.secret_access_key.reveal(),
    )
    found = client.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["web"]}])
    return found["Reservations"][0]["Instances"][0]["InstanceId"]


@pytest.fixture
def guests(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Guests:
    """Give a maker of persons, each of whom nobody else is."""
    return lambda kind: person_in(cloud, tmp_path_factory.mktemp("person"), kind)


@pytest.fixture
def steady_guests(steady_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Guests:
    """Give a maker of persons in the steady cloud."""
    return lambda kind: person_in(steady_cloud, tmp_path_factory.mktemp("person"), kind)


@pytest.fixture(params=WAYS, ids=lambda way: way.name)
def way(request: pytest.FixtureRequest) -> Way:
    """Give one cloud's way, then the other's."""
    assert isinstance(request.param, Way)
    return request.param


@pytest.fixture
def person(guests: Guests) -> Person:
    """Give somebody of account A, who may stop instances with MFA."""
    return guests("own")
