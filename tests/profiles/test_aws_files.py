from __future__ import annotations

from pathlib import Path

import pytest
from botocore.configloader import load_config

from mfacli.profiles.aws_files import AwsPaths, aws_paths, read_aws_files

HOME = Path("/home/anaya")


@pytest.mark.parametrize(
    ("environment", "config"),
    [
        ({}, "/home/anaya/.aws/config"),
        ({"AWS_CONFIG_FILE": ""}, "/home/anaya/.aws/config"),
        ({"AWS_CONFIG_FILE": "/etc/aws"}, "/etc/aws"),
        ({"AWS_CONFIG_FILE": "~/aws.ini"}, "/home/anaya/aws.ini"),
        ({"AWS_CONFIG_FILE": "~"}, "/home/anaya"),
        ({"AWS_CONFIG_FILE": "$D/aws", "D": "/data"}, "/data/aws"),
        ({"AWS_CONFIG_FILE": "${D}/$NONE", "D": "/data"}, "/data/$NONE"),
        ({"AWS_CONFIG_FILE": "~nobody-of-that-name/aws"}, "~nobody-of-that-name/aws"),
    ],
)
def test_the_config_file_is_where_botocore_looks(environment: dict[str, str], config: str) -> None:
    assert aws_paths(environment, home=HOME).config == Path(config)


def test_the_credentials_file_has_its_own_variable() -> None:
    paths = aws_paths({"AWS_SHARED_CREDENTIALS_FILE": "/k"}, home=HOME)

    assert paths == AwsPaths(config=HOME / ".aws/config", credentials=Path("/k"))


def _write(folder: Path, config: str = "", credentials: str = "") -> AwsPaths:
    paths = AwsPaths(config=folder / "config", credentials=folder / "credentials")
    paths.config.write_text(config)
    paths.credentials.write_text(credentials)
    return paths


def test_profiles_are_the_sections_that_botocore_takes_for_profiles(tmp_path: Path) -> None:
    config = (
        "[default]\n[profile dev]\nr=1\n[profile \"two words\"]\n[profile 'q']\n[stray]\n[profile]\n[profile a b]\n"
        '[profile "open]\n[services x]\nsts=\n  endpoint_url = http://a\n[sso-session s]\n[preview]\n[plugins]\n'
    )
    paths = _write(tmp_path, config=config)

    files = read_aws_files(paths)

    assert set(files.config) == set(load_config(str(paths.config))["profiles"])
    assert set(files.config) == {"default", "dev", "two words", "q"}
    assert set(files.services) == {"x"}
    assert "stray" in files.stray
    assert not any("sso" in header for header in files.stray)


def test_sections_of_the_credentials_file_are_profiles_as_they_stand(tmp_path: Path) -> None:
    files = read_aws_files(_write(tmp_path, config="[profile b]\n", credentials="[a]\n[profile c]\n"))

    assert files.profile_names == ("a", "b", "profile c")


def test_no_files_are_no_profiles(tmp_path: Path) -> None:
    files = read_aws_files(AwsPaths(config=tmp_path / "x", credentials=tmp_path / "y"))

    assert files.profile_names == ()
