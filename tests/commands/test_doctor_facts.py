"""The environment, files with secrets and versions become findings; no process, no network."""

from __future__ import annotations

from pathlib import Path

import pytest

from mfacli.checks.finding import Finding
from mfacli.commands.doctor_environment import environment_findings
from mfacli.commands.doctor_files import file_findings
from mfacli.commands.doctor_versions import version_findings, version_of
from mfacli.domain.plan import Request
from tests.commands.at_desk import KEYS, bad_or_warning, desk_at, said, wrote


@pytest.fixture
def home(isolated_home: Path) -> Path:
    wrote(isolated_home, ".aws/credentials", f"[default]\n{KEYS}")
    wrote(isolated_home, ".aws/config", "[default]\nregion = eu-west-1\n[profile dev]\nregion = us-east-1\n")
    return isolated_home


def _environment(profile: str | None = None, **variables: str) -> list[str]:
    request = Request(wants_role=None, profile=profile)
    # The tests' own store is none that anything is kept in, which is told elsewhere.
    return bad_or_warning(environment_findings(desk_at(**variables), request))


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "MFACLI_PROFILE", "TCCLI_PROFILE"])
def test_a_variable_that_names_no_profile_is_told(home: Path, variable: str) -> None:
    wrote(home, ".tccli/prod.credential", "{}")

    assert _environment(**{variable: "defualt"})[0].startswith(
        f"{variable} names the profile `defualt`, and there is"
    )


def test_ours_may_name_a_profile_of_either_cloud_theirs_only_their_own(home: Path) -> None:
    wrote(home, ".tccli/prod.credential", "{}")

    assert _environment(MFACLI_PROFILE="prod") == _environment(TCCLI_PROFILE="prod") == []
    assert len(_environment(AWS_PROFILE="prod")) == 1


def test_files_that_cannot_be_read_are_not_told_once_more(home: Path) -> None:
    wrote(home, ".aws/config", "no section\n")

    assert _environment(AWS_PROFILE="dev") == []


@pytest.mark.parametrize(("profile", "count"), [(None, 0), ("dev", 1), ("nobodys", 0)])
def test_the_region_of_the_profile_in_use_is_compared(home: Path, profile: str | None, count: int) -> None:
    assert len(_environment(profile, AWS_REGION="eu-west-1")) == count


def test_the_device_of_the_profile_in_use_is_compared(home: Path) -> None:
    wrote(home, ".aws/config", "[default]\nmfa_serial = GAHT12345678\n")

    assert len(_environment(AWS_MFA_SERIAL="GAHT87654321")) == 1
    assert _environment(AWS_MFA_SERIAL="GAHT12345678") == []


def test_a_missing_file_is_looked_for_where_tools_do(home: Path) -> None:
    assert _environment(AWS_CONFIG_FILE="~/.aws/config", AWS_CA_BUNDLE="~nobody-at-all/x") == [
        "AWS_CA_BUNDLE names `~nobody-at-all/x`, which is not there"
    ]


def test_what_makes_tccli_drop_a_session_is_told(home: Path) -> None:
    wrote(home, ".tccli/prod.credential", "{}")
    session = {"TENCENTCLOUD_SECRET_ID": "a", "TENCENTCLOUD_SECRET_KEY": "b", "TENCENTCLOUD_TOKEN": "c"}

    assert _environment(**session, TCCLI_PROFILE="prod") == [
        "TCCLI_PROFILE leads tools past the session in this shell"
    ]
    assert _environment(TCCLI_PROFILE="prod") == []


def _files(**variables: str) -> list[Finding]:
    return list(file_findings(desk_at(**variables)))


def test_every_file_with_secrets_is_looked_at(home: Path) -> None:
    wrote(home, ".tccli/prod.credential", "{}")
    wrote(home, ".cos.yaml", "")
    wrote(home, ".cos.conf", "")

    assert said(_files()) == [
        ("good", f"`{home}/{name}` is yours alone")
        for name in (".aws/credentials", ".tccli/prod.credential", ".cos.conf", ".cos.yaml")
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [(f"[profile dev]\n{KEYS}", 1), (f"broken\n{KEYS}", 1), ("[profile dev]\noutput = json\n", 0), ("broken", 0)],
)
def test_a_config_file_counts_where_it_has_secrets_whether_it_parses_or_not(
    home: Path, text: str, count: int
) -> None:
    wrote(home, ".aws/config", text).chmod(0o644)

    assert len(bad_or_warning(_files())) == count


def test_a_config_file_that_is_a_folder_is_no_file_with_secrets(home: Path) -> None:
    (home / "folder").mkdir(mode=0o755)

    assert bad_or_warning(_files(AWS_CONFIG_FILE=str(home / "folder"))) == []


def test_sessions_that_the_aws_cli_keeps_are_told_only_where_others_can_read_them(home: Path) -> None:
    private = wrote(home, ".aws/cli/cache/a.json", "{}")
    open_to_all = wrote(home, ".aws/sso/cache/b.json", "{}")
    open_to_all.chmod(0o644)

    words = [what for _, what in said(_files())]

    assert f"`{open_to_all}` holds secrets and can be read by everybody (mode 0644)" in words
    assert not any(str(private) in what for what in words)


@pytest.mark.parametrize(
    "made",
    [
        "venv/lib/python3.12/site-packages/awscli-1.46.3.dist-info",
        "venv/Lib/site-packages/awscli-1.46.3.dist-info",
        "venv/lib/python3/dist-packages/awscli-1.46.3-py3.11.egg-info",
    ],
)
def test_a_tools_version_is_read_from_its_package(tmp_path: Path, made: str) -> None:
    (tmp_path / made).mkdir(parents=True)
    script = wrote(tmp_path, "venv/bin/aws", "")
    link = tmp_path / "aws"
    link.symlink_to(script)

    assert version_of(link, "awscli") == "1.46.3"


def test_a_tool_that_does_not_tell_has_no_version(tmp_path: Path) -> None:
    assert version_of(wrote(tmp_path, "bin/aws", ""), "awscli") == ""


def _installed(root: Path, version: str) -> str:
    path = wrote(root, f"aws-cli/v2/{version}/dist/aws", "")
    path.chmod(0o755)
    return str(path.parent)


def test_an_aws_cli_that_is_too_old_for_the_profiles_is_told(home: Path, tmp_path: Path) -> None:
    before = desk_at(PATH=_installed(tmp_path, "2.9.19"))
    without = bad_or_warning(version_findings(before))
    wrote(home, ".aws/config", "[profile emulated]\nendpoint_url = http://127.0.0.1:1\n")

    (found,) = bad_or_warning(version_findings(desk_at(PATH=_installed(tmp_path, "2.9.19"))))

    assert without == []
    assert found.endswith("does not know `endpoint_url`")


def test_a_broken_config_stops_no_version(home: Path, tmp_path: Path) -> None:
    wrote(home, ".aws/config", "broken")

    words = [what for _, what in said(version_findings(desk_at(PATH=_installed(tmp_path, "2.15.30"))))]

    assert words[0].startswith("mfacli ")
    assert words[1].startswith("aws 2.15.30 in ")
