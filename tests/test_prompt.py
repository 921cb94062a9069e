from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mfacli
from mfacli import prompt
from mfacli.commands.main import run
from mfacli.commands.options import Manners
from mfacli.commands.wiring import Desk
from mfacli.output.words import rough
from mfacli.store.index import FileIndex
from mfacli.store.lines import line_of
from mfacli.store.payload import write_time
from tests.output.sessions import SESSION

# Long enough for a slow machine to say the same.
NINE_MINUTES = timedelta(minutes=9, seconds=55)
NAMES = ["dev", "it's odd", 'a "b" \\c', "Bücher 🔑", "a,b", "x\x1b[31m", "%F{red}", "$(a)`b`"]
LAUNCH = "import sys; sys.path.insert(0, {!r}); from mfacli.__main__ import main; main()"


@pytest.fixture(autouse=True)
def _lasting_store(monkeypatch: pytest.MonkeyPatch) -> None:
    # The kernel's keyring would miss what the index lists here; what cannot be asked counts as there.
    monkeypatch.setenv("MFACLI_STORE", "keyring")


def in_shell(left: timedelta = timedelta(minutes=42, seconds=55)) -> dict[str, str]:
    """Return what a session in the shell is."""
    return {
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_SESSION_TOKEN": "token",
        "MFACLI_PROFILE": "dev",
        "AWS_CREDENTIAL_EXPIRATION": write_time(datetime.now(UTC) + left),
    }


def keep(profile: str, left: timedelta, *, vault: str = "keyring", issued: datetime | None = None) -> None:
    """List a session as the store does when it keeps one."""
    desk = Desk(manners=Manners(), environment=os.environ)
    session = replace(SESSION, issued_at=issued or datetime.now(UTC), expires_at=datetime.now(UTC) + left)
    line = line_of(session, place="a place", profile=profile, kind="session", opened_with="")
    index = FileIndex(desk.places.state / "sessions.json", locks=desk.locks, talk=desk.terminal)
    index.change(lambda records: records.update({f"{vault}:{len(records):032x}": line}))


def quickly(*arguments: str) -> str | None:
    """Return the words of the quick way; None where it leaves them to the ordinary one."""
    try:
        return prompt.words(prompt.recognise(["status", "--prompt", *arguments]), os.environ)
    except prompt.Unusual:
        return None


def ordinarily(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    code = run(["status", "--prompt", *arguments])
    said = capsys.readouterr()
    assert (code, said.err) == (0, "")
    return said.out.removesuffix("\n")


@pytest.mark.parametrize("name", NAMES)
def test_both_ways_say_the_same_of_what_is_kept(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    keep(name, timedelta(hours=1, minutes=2, seconds=55))
    keep(name, timedelta(minutes=3))
    keep("other", timedelta(hours=5))

    words = quickly("-p", name)

    assert words == re.sub(r"[\x1b$`\\]", "\N{REPLACEMENT CHARACTER}", name) + " 1h 02m"
    assert ordinarily(capsys, "-p", name) == words


@pytest.mark.parametrize("variable", ["MFACLI_PROFILE", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "TCCLI_PROFILE"])
def test_both_ways_go_by_the_variables(
    variable: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep("dev", NINE_MINUTES)
    monkeypatch.setenv(variable, "dev")

    assert quickly() == "dev 9m"
    assert ordinarily(capsys) == "dev 9m"


@pytest.mark.parametrize(
    ("settings", "words", "is_quick"),
    [
        ("", "default 9m", True),
        ('profile = "dev"\n', "dev 9m", True),
        ('# mine\n\nduration = "8h"\nprofile = "dev" # daily\n[tencent.prod]\nregion = "x"\n', "dev 9m", True),
        ('store = "keyring"\n', "default 9m", True),
        ("\"profile\" = 'dev'\n", "dev 9m", False),
        ('profile = """dev"""\n', "dev 9m", False),
        ('profile = "d\\u0065v"\n', "dev 9m", False),
    ],
)
def test_both_ways_go_by_the_settings(
    settings: str, words: str, is_quick: bool, isolated_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = isolated_home / ".config" / "mfacli" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(settings)
    keep("dev", NINE_MINUTES)
    keep("default", NINE_MINUTES)

    assert quickly() == (words if is_quick else None)
    assert ordinarily(capsys) == words


@pytest.mark.parametrize(
    ("changed", "arguments", "words"),
    [
        ({}, (), "dev 42m"),
        ({}, ("-p", "dev"), "dev 42m"),
        ({}, ("-p", "other"), ""),
        ({"MFACLI_PROFILE": ""}, (), "environment 42m"),
        ({"AWS_SESSION_TOKEN": "", "AWS_SECURITY_TOKEN": "t"}, (), "dev 42m"),
        ({"AWS_SESSION_TOKEN": ""}, (), ""),
        ({"AWS_ACCESS_KEY_ID": ""}, (), ""),
        ({"AWS_CREDENTIAL_EXPIRATION": ""}, (), ""),
        ({"AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"}, (), "dev expired"),
        (
            {"TENCENTCLOUD_TOKEN": "t", "TENCENTCLOUD_SECRET_ID": "a", "MFACLI_EXPIRATION": "9999-01-01T00:00:00Z"},
            (),
            "dev 42m",
        ),
        (
            {
                "TENCENTCLOUD_TOKEN": "t",
                "TENCENTCLOUD_SECRET_ID": "a",
                "MFACLI_EXPIRATION": "2020-01-01T00:00:00Z",
                "AWS_SESSION_TOKEN": "",
            },
            (),
            "dev expired",
        ),
    ],
)
def test_both_ways_say_the_same_of_the_session_in_the_shell(
    changed: dict[str, str],
    arguments: Sequence[str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in (in_shell() | changed).items():
        monkeypatch.setenv(name, value)

    assert quickly(*arguments) == words
    assert ordinarily(capsys, *arguments) == words


def test_the_session_of_the_shell_goes_before_a_kept_one(monkeypatch: pytest.MonkeyPatch) -> None:
    keep("dev", timedelta(hours=5))
    for name, value in in_shell().items():
        monkeypatch.setenv(name, value)

    assert quickly() == "dev 42m"


def test_a_time_with_an_offset_is_left_to_the_ordinary_way(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = datetime.now(timezone(timedelta(hours=8))) + NINE_MINUTES
    for name, value in (in_shell() | {"AWS_CREDENTIAL_EXPIRATION": ends.isoformat()}).items():
        monkeypatch.setenv(name, value)

    assert quickly() is None
    assert ordinarily(capsys) == "dev 9m"


@pytest.mark.parametrize("expiration", ["soon", "2030-01-01T00:00:00"])
def test_what_is_no_time_is_left_to_the_ordinary_way(
    expiration: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (in_shell() | {"AWS_CREDENTIAL_EXPIRATION": expiration}).items():
        monkeypatch.setenv(name, value)

    assert quickly() is None
    assert ordinarily(capsys) == ""


def test_nothing_is_said_where_nothing_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert quickly("-p", "dev") == ""
    assert ordinarily(capsys, "-p", "dev") == ""


def test_nothing_is_said_of_a_kept_session_that_has_expired(capsys: pytest.CaptureFixture[str]) -> None:
    keep("dev", -timedelta(seconds=1))

    assert quickly("-p", "dev") == ""
    assert ordinarily(capsys, "-p", "dev") == ""


def test_what_the_kernel_kept_before_it_started_anew_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFACLI_STORE", "auto")
    started = datetime.now(UTC) - timedelta(seconds=time.clock_gettime(time.CLOCK_BOOTTIME))
    keep("before", NINE_MINUTES, vault="kernel", issued=started - timedelta(hours=1))
    keep("since", NINE_MINUTES, vault="kernel")
    keep("lasting", NINE_MINUTES, issued=started - timedelta(hours=1))

    assert [quickly("-p", name) for name in ("before", "since", "lasting")] == ["", "since 9m", "lasting 9m"]


def test_only_the_store_that_is_chosen_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    keep("dev", NINE_MINUTES, vault="kernel")

    found = {}
    for store in ("kernel", "keyring", "auto", "memory"):
        monkeypatch.setenv("MFACLI_STORE", store)
        found[store] = quickly("-p", "dev")

    assert found == {"kernel": "dev 9m", "keyring": "", "auto": "dev 9m", "memory": None}


@pytest.mark.parametrize("content", ["{}", '{"records": {}, "version": 1}', "\n", '{\n "records": {'])
def test_an_index_of_another_form_is_left_to_the_ordinary_way(content: str) -> None:
    keep("dev", timedelta(minutes=9))
    (Desk(manners=Manners(), environment=os.environ).places.state / "sessions.json").write_text(content)

    assert quickly("-p", "dev") is None


def test_an_index_too_large_to_be_one_is_left_to_the_ordinary_way() -> None:
    keep("dev", timedelta(minutes=9))
    path = Desk(manners=Manners(), environment=os.environ).places.state / "sessions.json"
    path.write_text(path.read_text() + " " * 1024 * 1024)

    assert quickly("-p", "dev") is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["export", "--prompt"], ["status"], ["status", "--prompt", "-v"], ["status", "--prompt", "--json"],
        ["status", "--prompt", "-p"], ["status", "--prompt", "-p", "a", "-p", "b"], ["-q", "status", "--prompt"],
        ["status", "--prompt", "--profile="], ["status", "--prompt", "-p", "--json"], [],
    ],
)  # fmt: skip
def test_other_command_lines_are_left_to_the_ordinary_way(arguments: list[str]) -> None:
    with pytest.raises(prompt.Unusual):
        prompt.recognise(arguments)


@pytest.mark.parametrize(
    ("variable", "value"), [("MFACLI_STATE_DIR", "~/x"), ("XDG_STATE_HOME", "x"), ("MFACLI_CONFIG_FILE", "/x")]
)
def test_unusual_places_are_left_to_the_ordinary_way(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)

    assert quickly("-p", "dev") is None


def test_two_demands_on_stdout_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["status", "--prompt", "--json"])

    assert code == 2
    assert "--prompt and --json both want stdout" in capsys.readouterr().err


def test_broken_settings_are_no_concern_of_a_prompt(isolated_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = isolated_home / ".config" / "mfacli" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("= nothing")

    assert ordinarily(capsys) == ""


@given(st.integers(min_value=0, max_value=200_000))
def test_the_time_left_is_said_in_the_same_words_as_everywhere(seconds: int) -> None:
    assert prompt.said("dev", seconds + 0.5) == f"dev {rough(timedelta(seconds=seconds + 0.5))}"


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_time_is_read_as_datetime_reads_it(moment: datetime) -> None:
    assert prompt.epoch(write_time(moment)) == pytest.approx(moment.timestamp(), abs=1e-3)


def _process(*arguments: str, flags: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    launch = LAUNCH.format(str(Path(mfacli.__file__).parent.parent))
    command = [sys.executable, *flags, "-c", launch, *arguments]
    return subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=False)


def test_nothing_heavy_is_imported() -> None:
    keep("dev", NINE_MINUTES)

    finished = _process("status", "--prompt", "-p", "dev", flags=("-S", "-X", "importtime"))
    imported = set(re.findall(r"^import time: .*\| +(\S+)$", finished.stderr, re.MULTILINE))

    assert finished.stdout == "dev 9m\n"
    assert "mfacli.prompt" in imported
    assert not {name.split(".")[0] for name in imported} & {
        "click", "json", "re", "keyring", "datetime", "pathlib", "enum", "boto3", "importlib.metadata", "typing",
    }  # fmt: skip


def test_the_process_says_nothing_where_nothing_is_kept() -> None:
    finished = _process("status", "--prompt")

    assert (finished.stdout, finished.stderr, finished.returncode) == ("", "", 0)


def test_a_prompt_that_cannot_be_written_is_left_to_the_ordinary_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, data: bytes) -> int:
        raise OSError

    keep("dev", timedelta(minutes=9))
    monkeypatch.setattr("os.write", refuse)

    prompt.answer(["status", "--prompt", "-p", "dev"])


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_go_the_ordinary_way(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", platform)

    prompt.answer(["status", "--prompt"])


def test_status_shows_only_the_profile_that_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    keep("dev", timedelta(minutes=9))
    keep("other", timedelta(minutes=9))

    run(["status", "-p", "dev"])

    assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()] == ["dev"]
