from __future__ import annotations

import configparser
import json
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.errors import UsageWrong
from mfacli.output.environment import changes_back, changes_for
from mfacli.output.exports import Format, export_text
from tests.output.hostile import VALUES, changes, without
from tests.output.sessions import BARE, SESSION
from tests.real import require_tool


@pytest.mark.real
def test_a_dotenv_file_reads_the_same_in_node(tmp_path: Path) -> None:
    # Node's reader knows no escaped quotes and backslashes, so those it cannot be told at all.
    values = without("'\\\r")
    (tmp_path / ".env").write_text(export_text(changes(values), Format.DOTENV))

    ran = subprocess.run(
        [require_tool("node"), "--env-file=.env", "-e", "console.log(JSON.stringify(process.env))"],
        cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=True,
    )  # fmt: skip

    found = json.loads(ran.stdout)
    assert {name: found.get(name) for name in values} == values


@pytest.mark.real
def test_a_dotenv_file_can_be_sourced(tmp_path: Path) -> None:
    values = without("'\\\n")
    (tmp_path / ".env").write_bytes(export_text(changes(values), Format.DOTENV).encode())

    ran = subprocess.run(
        ["/bin/sh", "-c", "set -a; . ./.env; exec env -0"],
        cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, capture_output=True, check=True,
    )  # fmt: skip

    found = dict(line.split("=", 1) for line in ran.stdout.decode().split("\0") if line)
    assert {name: found.get(name) for name in values} == values


def test_a_dotenv_file_reads_the_same_in_python(tmp_path: Path) -> None:
    from dotenv import dotenv_values

    # A plain newline of the file's would be read for a lone carriage return, which sessions never hold.
    values = without("\r")
    (tmp_path / ".env").write_bytes(export_text(changes(values), Format.DOTENV).encode())

    # By default it looks into every value, even between single quotes, which nothing but a profile's name could need.
    found = dotenv_values(tmp_path / ".env", interpolate=False)

    assert found == values


def test_a_dotenv_file_quotes_nothing_that_needs_no_quotes() -> None:
    text = export_text(changes_for(SESSION, profile="dev"), Format.DOTENV)

    assert "AWS_SESSION_TOKEN=FwoGZXIvYXdz//+token==\n" in text
    assert "'" not in text
    assert '"' not in text


def test_a_dotenv_file_escapes_what_single_quotes_cannot_hold() -> None:
    text = export_text(changes({"V": "a'b\n\"c\\"}), Format.DOTENV)

    assert text == 'V="a\'b\\n\\"c\\\\"\n'


@pytest.mark.parametrize(("form", "name"), [(Format.DOTENV, "a dotenv"), (Format.INI, "an ini")])
def test_a_file_cannot_take_back(form: Format, name: str) -> None:
    with pytest.raises(UsageWrong, match=f"{name} file can set variables, but not unset them"):
        export_text(changes_back(), form)


def test_an_ini_file_gives_botocore_the_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.session import Session

    path = tmp_path / "session.ini"
    path.write_text(export_text(changes_for(SESSION, profile="it's 100% ours"), Format.INI))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))

    session = Session(profile="it's 100% ours")
    found = session.get_credentials()

    assert found is not None
    assert (found.access_key, found.secret_key, found.token) == (
        SESSION.access_key_id,
        SESSION.secret_access_key.reveal(),
        SESSION.session_token.reveal(),
    )
    assert session.get_config_variable("region") == "eu-west-1"


def test_an_ini_file_leads_to_the_profiles_endpoint_and_says_when_it_ends() -> None:
    text = export_text(changes_for(SESSION, profile="dev", endpoint_url="http://127.0.0.1:4566"), Format.INI)

    parser = configparser.RawConfigParser()
    parser.read_string(text)
    assert parser["dev"]["endpoint_url"] == "http://127.0.0.1:4566"
    assert (
        parser["dev"]["x_security_token_expires"] == f"{SESSION.issued_at + timedelta(hours=12):%Y-%m-%dT%H:%M:%SZ}"
    )


def test_an_ini_file_without_a_profile_is_everybodys() -> None:
    text = export_text(changes_for(BARE, profile=""), Format.INI)

    assert text.startswith("[default]\naws_access_key_id = ASIAEXAMPLE\n")


@pytest.mark.parametrize("profile", ["a]b", "a\nb", " a", "DEFAULT", "profile x"])
def test_an_ini_file_has_no_section_of_such_a_name(profile: str) -> None:
    with pytest.raises(UsageWrong):
        export_text(changes_for(SESSION, profile=profile), Format.INI)


@pytest.mark.parametrize("value", ["a\nb", " a", "a\n[other]\nx = y"])
def test_an_ini_file_is_given_no_value_that_would_be_another(value: str) -> None:
    with pytest.raises(UsageWrong, match="the session of `default` holds a value that an ini file cannot"):
        export_text(changes({"AWS_ACCESS_KEY_ID": "x", "AWS_SESSION_TOKEN": value}), Format.INI)


def test_an_ini_file_needs_keys_of_aws() -> None:
    tencent = replace(SESSION, cloud=Cloud.TENCENT)

    with pytest.raises(UsageWrong, match="there is no ini file for this"):
        export_text(changes_for(tencent, profile="dev"), Format.INI)


def test_json_says_what_to_set_and_what_to_unset() -> None:
    document = json.loads(export_text(changes(VALUES, unset=("VOLD",)), Format.JSON))

    assert document == {"version": 1, "set": VALUES, "unset": ["VOLD"]}
