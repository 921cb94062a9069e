"""What the README shows, done for real: its transcripts at a terminal, its JSON, its example of a test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mfacli.commands.demo import Played, _document
from mfacli.commands.demo_scenes import AWS_SCENES
from mfacli.emulator.running import read_state
from mfacli.store.kernel_keys import kernel_is_usable
from tests import readme
from tests.console import console
from tests.real import require
from tests.stage import COMMAND, Cloud, clean_environment, cloud_process

_KEYRINGS = Path(__file__).parent / "keyrings"
_SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_DEVICE = "arn:aws:iam::123456789012:mfa/you"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Somebody's home and environment."""

    home: Path
    environment: dict[str, str]

    def run(self, *arguments: str, stdin: str = "") -> str:
        """Run mfacli without a terminal and return its stdout."""
        finished = subprocess.run(
            [COMMAND, *arguments],
            env=self.environment,
            cwd=self.home,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert finished.returncode in (0, 5), finished.stderr
        return finished.stdout

    def write(self, name: str, text: str) -> None:
        """Write a file below the home."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(text)

    def write_keys(self, cloud: Cloud, user: str, section: str) -> None:
        """Write a user's long-term key to the credentials file."""
        found = cloud.control.environment_of(user)
        lines = (
            f"[{section}]",
            f"aws_access_key_id = {found.access_key_id}",
            f"aws_secret_access_key = {found.secret_access_key.reveal()}",
        )
        self.write(".aws/credentials", "\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with cloud_process(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(
        home=tmp_path, environment=clean_environment(tmp_path) | _keyring(tmp_path) | {"PATH": _path(tmp_path)}
    )
    yield made
    # The kernel's keyring belongs to whoever runs the tests, not to the test's home.
    made.run("forget", "--all", "--yes")


def _keyring(home: Path) -> dict[str, str]:
    seeds = {
        "MFACLI_STATE_DIR": str(home / "state"),
        "PYTHONPATH": str(_KEYRINGS),
        "PYTHON_KEYRING_BACKEND": "file_keyring.FileKeyring",
        "KEYRING_PROPERTY_PATH": str(home / "keyring.json"),
    }
    return seeds | {"MFACLI_STORE": "kernel" if kernel_is_usable() else "keyring"}


def _path(home: Path) -> str:
    """Return a PATH on which `aws` and `tccli` are those that the tests are to be judged by."""
    shims = home / "shims"
    shims.mkdir()
    (shims / "aws").symlink_to(os.environ.get("MFACLI_TEST_AWS_CLI", "nowhere"))
    (shims / "tccli").symlink_to(os.environ.get("MFACLI_TEST_TCCLI", "nowhere"))
    return os.pathsep.join((str(shims), str(Path(sys.executable).parent), os.environ["PATH"]))


def _require_aws_cli() -> None:
    require("MFACLI_TEST_AWS_CLI" in os.environ, "MFACLI_TEST_AWS_CLI does not say where the AWS CLI of PyPI is")


def _require_tccli() -> None:
    require("MFACLI_TEST_TCCLI" in os.environ, "MFACLI_TEST_TCCLI does not name a tccli")


def _next_code(cloud: Cloud, user: str) -> str:
    return cloud.control.code(user, fresh=True)


@pytest.mark.real
def test_the_first_transcript_is_what_happens(cloud: Cloud, desk: Desk) -> None:
    _require_aws_cli()
    device = cloud.control.environment_of("Nikhil").device
    desk.write(
        ".aws/config",
        f"[default]\nregion = us-east-1\nmfa_serial = {device}\nendpoint_url = {cloud.address}\n",
    )
    desk.write_keys(cloud, "Nikhil", "default")
    desk.write("report.csv", "title,copies\n")

    with console(desk.environment, code_of=lambda user: _next_code(cloud, user), home=desk.home) as shell:
        shell.play(readme.block("transcript", "first"))


@pytest.mark.real
def test_the_emulator_can_be_tried_as_it_is_shown(desk: Desk) -> None:
    _require_aws_cli()
    _require_tccli()

    def unasked(user: str) -> str:
        raise AssertionError(f"a code of {user} was asked for")

    with (
        console(desk.environment, code_of=unasked, home=desk.home) as first,
        console(desk.environment, code_of=unasked, home=desk.home) as second,
    ):
        first.start(readme.block("transcript", "emulator"))
        second.play(readme.block("transcript", "sofia"))
        second.play(readme.block("transcript", "mei"))
        first.interrupt()

    assert not (desk.home / "state" / "emulator" / "emulator.json").exists()


@pytest.mark.real
@pytest.mark.parametrize("transcripts", [("open", "use"), ("day",), ("sdk",), ("job",)], ids=" and ".join)
def test_the_profiles_of_the_quick_start_work_as_it_is_shown(
    cloud: Cloud, desk: Desk, transcripts: tuple[str, ...]
) -> None:
    _require_aws_cli()
    desk.write(".aws/config", f"{readme.block('file', '.aws/config')}\n{readme.block('file', 'sdk')}")
    desk.write_keys(cloud, "Richard", "dev")
    environment = desk.environment | {"AWS_ENDPOINT_URL": cloud.address}

    with console(environment, code_of=lambda user: _next_code(cloud, user), home=desk.home) as shell:
        for name in transcripts:
            shell.play(readme.block("transcript", name))


@pytest.mark.real
def test_the_quick_start_in_tencent_cloud_is_what_happens(cloud: Cloud, desk: Desk) -> None:
    _require_tccli()
    found = cloud.control.environment_of("Mei")
    desk.write(".config/mfacli/config.toml", readme.block("file", "config.toml"))
    keys = {"secretId": found.access_key_id, "secretKey": found.secret_access_key.reveal()}
    desk.write(".tccli/prod.credential", json.dumps(keys))
    # tccli finds the emulator here and nowhere else; mfacli by its variable.
    settings = {"_sys_param": {"region": found.region, "output": "json"}}
    cvm = {"endpoint": cloud.address, "version": "2017-03-12"}
    desk.write(".tccli/default.configure", json.dumps({**settings, "cvm": cvm}))
    environment = desk.environment | {"MFACLI_TENCENT_ENDPOINT": cloud.address}

    with console(environment, code_of=lambda _: _next_code(cloud, "Mei"), home=desk.home) as shell:
        for name in ("tencent open", "tencent use"):
            shell.play(readme.block("transcript", name))


def test_policies_are_read_as_it_is_shown(desk: Desk) -> None:
    desk.write("backups.json", readme.block("file", "backups.json"))

    with console(desk.environment, code_of=lambda user: "", home=desk.home) as shell:
        shell.play(readme.block("transcript", "check"))


def _pytest(desk: Desk, world: str) -> str:
    desk.write("world.toml", world)
    desk.write("test_backups.py", readme.block("file", "test_backups.py"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_backups.py"]
    finished = subprocess.run(
        command, env=desk.environment, cwd=desk.home, capture_output=True, text=True, timeout=120, check=False
    )
    return finished.stdout


def test_the_example_of_a_test_passes_in_its_world(desk: Desk) -> None:
    output = _pytest(desk, readme.block("file", "world.toml"))

    assert "2 passed" in output, output


def test_the_example_fails_once_the_policy_is_wrong(desk: Desk) -> None:
    output = _pytest(desk, readme.block("file", "world.toml").replace("BoolIfExists", "Bool"))

    assert "1 failed, 1 passed" in output, output
    assert "FAILED test_backups.py::test_a_long_term_key_does_not" in output


def _keys_in_readme() -> dict[str, set[str]]:
    """Return the keys that the README gives for each command."""
    found: dict[str, set[str]] = {}
    for commands, keys in readme.table(readme.section(readme.read(), "JSON")):
        names = set(readme.code_in(keys))
        for command in readme.code_in(commands):
            found[command] = names
    return found


def _keys_of(document: object) -> set[str]:
    """Return the names of an object and of the objects in its lists."""
    assert isinstance(document, dict)
    inner = [entry for value in document.values() if isinstance(value, list) for entry in value]
    return set(document) | {name for entry in inner if isinstance(entry, dict) for name in entry}


def test_json_documents_of_sessions_have_the_keys_that_are_listed(cloud: Cloud, desk: Desk) -> None:
    desk.write(".aws/config", readme.block("file", ".aws/config"))
    desk.write_keys(cloud, "Richard", "dev")
    desk.environment["AWS_ENDPOINT_URL"] = cloud.address
    desk.environment["MFACLI_PROFILE"] = "dev"
    listed = _keys_in_readme()
    code = _next_code(cloud, "Richard")

    found = {
        "session --json": desk.run("session", "--json", "--code", code),
        "assume --json": desk.run("assume", "books", "--json"),
        "status --json": desk.run("status", "--json"),
        "whoami --json": desk.run("whoami", "--json"),
        "export --format json": desk.run("export", "--format", "json"),
    }

    for command, text in found.items():
        document = json.loads(text)
        assert document["version"] == 1
        assert _keys_of(document) == listed[command] | {"version"}, command
    for_sdks = set(json.loads(desk.run("credential-process", "-p", "dev")))
    assert for_sdks <= set(readme.code_in(readme.section(readme.read(), "JSON")))


def test_json_plans_have_the_keys_that_are_listed(cloud: Cloud, desk: Desk) -> None:
    desk.write(".aws/config", readme.block("file", ".aws/config"))
    desk.write_keys(cloud, "Richard", "dev")
    listed = _keys_in_readme()

    found = {
        "session --dry-run --json": desk.run("session", "-p", "dev", "--dry-run", "--json"),
        "assume --dry-run --json": desk.run("assume", "books", "--dry-run", "--json"),
    }

    for command, text in found.items():
        assert set(json.loads(text)) == listed[command] | {"version"}, command


def test_json_documents_of_devices_and_the_emulator_have_the_keys_that_are_listed(cloud: Cloud, desk: Desk) -> None:
    listed = _keys_in_readme()
    desk.run("device", "import", "--device", _DEVICE, "-", stdin=_SEED)
    at_the_emulator = Desk(home=desk.home, environment=desk.environment | {"MFACLI_STATE_DIR": str(cloud.state)})

    found = {
        "device list --json": desk.run("device", "list", "--json"),
        "emulator env --shell json": at_the_emulator.run("emulator", "env", "--user", "Anaya", "--shell", "json"),
        "emulator code --json": at_the_emulator.run("emulator", "code", "--user", "Anaya", "--json"),
        "demo --json": _document([Played(scene=AWS_SCENES[0], actual="done")], 1.0),
    }

    assert read_state(cloud.state / "emulator").address == cloud.address
    for command, text in found.items():
        document = json.loads(text)
        assert document["version"] == 1
        assert _keys_of(document) == listed[command] | {"version"}, command


def test_json_documents_of_policies_have_the_keys_that_are_listed(desk: Desk) -> None:
    desk.write("backups.json", readme.block("file", "backups.json").replace('"Bool"', '"BoolIfExists"'))
    desk.write("hole.json", readme.block("file", "backups.json"))
    listed = _keys_in_readme()
    request = ("--principal", "arn:aws:iam::123456789012:user/Ana", "--action", "s3:DeleteObject")
    message = "An error occurred (AccessDenied) when calling the ListUsers operation: Access Denied"

    checked = json.loads(desk.run("policy", "check", "--json", "backups.json", "hole.json"))
    policies = [policy for file in checked["files"] for policy in file["policies"]]
    evaluated = json.loads(
        desk.run("policy", "evaluate", *request, "--identity-policy", "backups.json", "--json", "--explain")
    )
    explained = json.loads(desk.run("policy", "explain", "--json", message))

    assert set(checked) | set(checked["files"][0]) | set(policies[0]) == listed["policy check --json"] | {"version"}
    assert set(policies[0]["demands"][0]) == listed["demands"]
    assert set(policies[1]["findings"][0]) == listed["findings"]
    assert set(evaluated) | {"Allowed", "ExplicitlyDenied", "ImplicitlyDenied", "--explain"} == (
        listed["policy evaluate --json"] | {"version"}
    )
    assert set(explained) == listed["policy explain --json"] | {"version"}
    assert {checked["version"], evaluated["version"], explained["version"]} == {1}
