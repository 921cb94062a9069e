"""The command itself, in this process: what it prints, how it ends, and a session at the end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mfacli.checks.finding import Family
from mfacli.commands import doctor_mending
from mfacli.commands.doctor import command
from mfacli.commands.doctor_cloud import session_findings
from mfacli.commands.options import Manners
from mfacli.domain.plan import Request
from mfacli.errors import ExitCode, FileUnwritable
from tests import readme
from tests.commands.at_desk import EXPIRED, KEYS, SESSION, desk_at, said, wrote
from tests.providers.local_cloud import SESSION as SESSION_REPLY
from tests.providers.local_cloud import LocalCloud, Reply, refusal

NOWHERE = "http://127.0.0.1:1"
DEVICE = "mfa_serial = arn:aws:iam::111122223333:mfa/anna\n"
REFUSED = Reply(status=403, body=refusal("InvalidClientTokenId", "The security token is invalid."))


@pytest.fixture
def home(isolated_home: Path) -> Path:
    wrote(isolated_home, ".aws/credentials", f"[default]\n{KEYS}")
    wrote(isolated_home, ".aws/config", f"[default]\nendpoint_url = {NOWHERE}\n")
    return isolated_home


def _run(*arguments: str) -> object:
    return command.main(arguments, standalone_mode=False, obj=Manners())


def test_lines_and_document_say_the_same(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    codes = [_run()]
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    codes.append(_run("--json"))
    document = json.loads(capsys.readouterr().out)

    assert codes == [ExitCode.CLOUD_UNREACHABLE, ExitCode.CLOUD_UNREACHABLE]
    assert (document["version"], document["verdict"], document["fixed"]) == (1, "bad", [])
    # How long something takes differs from time to time.
    assert [
        [each["level"], each["check"], each["what"], each["cure"] or "-"]
        for each in document["findings"]
        if each["check"] != "keyring"
    ] == [line for line in lines if line[1] != "keyring"]


def test_what_is_bad_or_a_warning_says_what_mends_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrote(home, ".aws/credentials", f"[default]\n{KEYS}aws_session_token = t\n[old]\n{SESSION}{EXPIRED}")

    _run("--json")

    told = json.loads(capsys.readouterr().out)["findings"]
    assert {each["check"] for each in told if not each["cure"] and each["level"] != "good"} == set()


def test_what_is_fixed_is_said_and_looked_at_again(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = wrote(home, ".aws/credentials", f"[default]\n{KEYS}[old]\n{SESSION}{EXPIRED}")

    _run("--fix", "--json")

    told = capsys.readouterr()
    document = json.loads(told.out)
    words = f"took the expired session [old] out of `{path}`"
    assert (document["fixed"], told.err) == ([words], words + "\n")
    assert not any("[old]" in each["what"] for each in document["findings"])


def test_a_profile_that_goes_with_its_session_is_not_missed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrote(home, ".aws/credentials", f"[default]\n{KEYS}[old]\n{SESSION}{EXPIRED}")

    _run("--fix", "--json", "-p", "old")

    document = json.loads(capsys.readouterr().out)
    assert len(document["fixed"]) == 1
    assert "profiles" not in {each["check"] for each in document["findings"]}


def test_what_could_not_be_mended_is_still_bad_where_a_profile_goes(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrote(home, ".aws/credentials", f"[default]\n{KEYS}[old]\n{SESSION}{EXPIRED}")
    wrote(home, ".cos.conf", "").chmod(0o644)

    def denied(path: Path) -> str:
        raise FileUnwritable(f"`{path}`: operation not permitted")

    monkeypatch.setattr(doctor_mending, "_make_private", denied)

    _run("--fix", "--json", "-p", "old")

    told = json.loads(capsys.readouterr().out)["findings"]
    assert [each["level"] for each in told if ".cos.conf" in each["what"]] == ["bad"]


def test_what_cannot_be_read_is_found_once_more(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrote(home, ".aws/config", "no section\n")
    (home / ".aws" / "credentials").chmod(0o644)

    code = _run("--fix", "--json", "-p", "default")

    document = json.loads(capsys.readouterr().out)
    assert (code, len(document["fixed"])) == (ExitCode.PROFILE, 1)
    assert [each["level"] for each in document["findings"] if each["check"] == "profiles"] == ["bad"]


def test_what_was_never_there_stays_missing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / ".aws" / "credentials").chmod(0o644)

    code = _run("--fix", "--json", "-p", "nobodys")

    assert code == ExitCode.PROFILE
    assert len(json.loads(capsys.readouterr().out)["fixed"]) == 1


def test_the_names_of_the_checks_are_those_in_the_readme() -> None:
    (row,) = (line for line in readme.read().splitlines() if line.startswith("| `doctor --json` |"))

    assert row.split("`check` (")[1].split(")")[0].split(", ") == [family.value for family in Family]


def test_people_get_a_table(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("mfacli.terminal._is_terminal", lambda _: True)
    monkeypatch.setenv("NO_COLOR", "1")

    _run()

    shown = capsys.readouterr().out
    assert "bad      network      `127.0.0.1:1` cannot be reached" in shown
    assert "mend: check the network" in shown


def _opened(home: Path, reply: Reply, *, more: str = f"{DEVICE}mfa_process = echo 123456\n") -> list[tuple[str, str]]:
    with LocalCloud(reply) as cloud:
        wrote(home, ".aws/config", f"[default]\nendpoint_url = {cloud.url}\n{more}")
        return said(session_findings(desk_at(), Request(wants_role=None)))


@pytest.mark.parametrize(
    ("store", "level", "words"),
    [("memory", "good", "is kept in this process's memory"), ("keyring", "warning", "could not be kept")],
)
def test_a_session_that_is_opened_is_told_with_its_place(
    home: Path, monkeypatch: pytest.MonkeyPatch, store: str, level: str, words: str
) -> None:
    monkeypatch.setenv("MFACLI_STORE", store)

    (found,) = _opened(home, SESSION_REPLY)

    assert found == (level, f"a session for default was opened, and {words}")


@pytest.mark.parametrize(
    ("reply", "more", "words"),
    [
        (REFUSED, f"{DEVICE}mfa_process = echo no\n", "giving the code failed: "),
        (REFUSED, f"{DEVICE}region = nowhere at all\n", "deciding the profile failed: "),
        (REFUSED, DEVICE, "asking for the code failed: "),
        (REFUSED, f"{DEVICE}mfa_process = echo 123456\n", "signing with the keys failed: "),
        (Reply(hangs_up=True), f"{DEVICE}mfa_process = echo 123456\n", "reaching the cloud failed: "),
    ],
)
def test_the_step_that_fails_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, reply: Reply, more: str, words: str
) -> None:
    monkeypatch.setenv("MFACLI_NO_INPUT", "1")

    (found,) = _opened(home, reply, more=more)

    assert found[0] == "bad"
    assert found[1].startswith(words)
