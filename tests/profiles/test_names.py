from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfacli.profiles.names import device_serials, profile_names, role_names
from tests.profiles.written import written

CONFIG = """[default]
region = eu-west-1
[profile dev]
role_arn = arn:aws:iam::111111111111:role/Dev
[profile "two words"]
Role_Arn= x
[profile a b]
[stray]
[services s]
[sso-session t]
  [profile 'deep']
"""
HEADERS = [
    "default",
    "profile a",
    'profile "b c"',
    "profile 'd'",
    "x",
    "services a",
    "profile",
    "profile  e",
    "profile f g",
]


def _environment(folder: Path) -> dict[str, str]:
    return {"AWS_CONFIG_FILE": str(folder / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials")}


def test_profiles_of_both_files_are_named(tmp_path: Path) -> None:
    files = written(tmp_path, config=CONFIG, credentials="[dev]\n[base]\n")

    names = profile_names(_environment(tmp_path), home="/nowhere")

    assert names == list(files.profile_names) == ["base", "deep", "default", "dev", "two words"]


def test_roles_are_the_profiles_that_name_one(tmp_path: Path) -> None:
    written(tmp_path, config=CONFIG, credentials="[base]\nrole_arn = x\n")

    assert role_names(_environment(tmp_path), home="/nowhere") == ["base", "dev", "two words"]


def test_the_files_are_looked_for_at_home(tmp_path: Path) -> None:
    folder = tmp_path / ".aws"
    folder.mkdir()
    written(folder, config="[default]\n")

    assert profile_names({}, home=str(tmp_path)) == ["default"]
    assert profile_names({"AWS_CONFIG_FILE": "~/.aws/config"}, home=str(tmp_path)) == ["default"]


def test_what_cannot_be_read_has_no_names(tmp_path: Path) -> None:
    environment = {"AWS_CONFIG_FILE": str(tmp_path), "AWS_SHARED_CREDENTIALS_FILE": "a\0b"}

    assert profile_names(environment, home="/nowhere") == []


@settings(max_examples=60, deadline=None)
@given(headers=st.lists(st.sampled_from(HEADERS), unique=True))
def test_quick_names_are_those_of_the_real_reader(
    tmp_path_factory: pytest.TempPathFactory, headers: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("aws")
    files = written(folder, config="".join(f"[{header}]\n" for header in headers))

    assert profile_names(_environment(folder), home="/nowhere") == list(files.profile_names)


def test_nothing_heavy_is_imported_for_names() -> None:
    program = (
        "import sys; before = set(sys.modules); import mfacli.profiles.names;"
        "print(*sorted(set(sys.modules) - before))"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert set(ran.stdout.split()) <= {"__future__", "mfacli", "mfacli.profiles", "mfacli.profiles.names"}


SETTINGS = """\
profile = "dev"
mfa_serial = "outside of any table"
[tencent.prod]
mfa_serial = "qcs::cam:uin/100000000001::mfa/softToken" # mine
role_arn = "x"
[aws . "two words"]
mfa_serial='GAHT12345678'
[other.thing]
mfa_serial = "nobody's"
"""


def test_tccli_and_our_own_file_name_profiles_too(tmp_path: Path) -> None:
    folder = tmp_path / ".tccli"
    folder.mkdir()
    for name in ("default.credential", "default.configure", "a.b.configure", ".credential", "notes.txt"):
        # What is in them is of no concern, and may be a secret.
        (folder / name).mkdir()
    (tmp_path / "config.toml").write_text(SETTINGS)

    names = profile_names({}, home=str(tmp_path), settings=str(tmp_path / "config.toml"))

    assert names == ["a.b", "default", "prod", "two words"]
    assert role_names({}, home=str(tmp_path), settings=str(tmp_path / "config.toml")) == ["prod"]


def test_tcclis_files_can_be_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "x.credential").touch()
    elsewhere = {"TENCENTCLOUD_SHARED_CREDENTIALS_DIR": "~/there"}

    assert profile_names(elsewhere, home=str(tmp_path)) == ["x"]


def test_devices_are_those_that_profiles_name(tmp_path: Path) -> None:
    arn = "arn:aws:iam::111111111111:mfa/a b=c"
    written(
        tmp_path,
        config=f"[default]\nMFA_Serial = {arn}\n[profile x]\nmfa_serial=\n[services s]\nmfa_serial = y\n",
        credentials="[dev]\nmfa_serial = GAHT\n",
    )
    (tmp_path / "config.toml").write_text(SETTINGS)

    serials = device_serials(_environment(tmp_path), home="/nowhere", settings=str(tmp_path / "config.toml"))

    assert serials == ["GAHT", "GAHT12345678", arn, "qcs::cam:uin/100000000001::mfa/softToken"]
