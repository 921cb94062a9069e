from __future__ import annotations

import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mfacli import hot
from mfacli.commands.main import run
from mfacli.domain.secret import Secret
from mfacli.hot_kernel import read_key
from mfacli.store.kernel_calls import SystemCalls, keyctl_number
from mfacli.store.kernel_keys import KernelKeys, description_of
from tests.hot.owner import FORMATS, PROFILES, SECRET, TOKEN, Owner

EXPORT = ("export", "-p", "dev", "--format", "sh")
PROCESS = ("credential-process", "-p", "dev")

Change = Callable[[Owner, pytest.MonkeyPatch], None]


@pytest.fixture
def warm(owner: Owner) -> Owner:
    """Give an owner to whom `EXPORT` and `PROCESS` have been answered."""
    owner.keep("dev")
    owner.ordinary(*EXPORT)
    owner.ordinary(*PROCESS)
    return owner


@pytest.mark.parametrize("profile", PROFILES)
def test_exports_are_given_again_byte_for_byte(owner: Owner, profile: str) -> None:
    questions = [("export", "-p", profile, "--format", form) for form in FORMATS]
    owner.keep(profile)

    before = [owner.again(*question) for question in questions]
    answered = [owner.ordinary(*question) for question in questions]

    assert before == [None] * len(questions)
    assert all(SECRET.encode() in answer and TOKEN.encode() in answer for answer in answered)
    assert [owner.again(*question) for question in questions] == answered


@pytest.mark.parametrize("profile", [*PROFILES, "Bücher"])
def test_a_credential_process_is_answered_again_byte_for_byte(owner: Owner, profile: str) -> None:
    owner.keep(profile)

    answered = owner.ordinary("credential-process", "-p", profile)

    assert owner.again("credential-process", "-p", profile) == answered
    assert owner.again("credential-process", f"--profile={profile}", "--no-input", "-q") == answered


@pytest.mark.parametrize("variable", ["MFACLI_PROFILE", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_a_profile_of_the_environment_is_answered_again(
    owner: Owner, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "books")
    owner.keep(None)

    answered = owner.ordinary("export", "--format=fish")

    assert b"MFACLI_PROFILE 'books'" in answered
    assert owner.again("export", "--format=fish") == answered


def test_a_profile_of_the_settings_is_answered_again(owner: Owner) -> None:
    owner.settings.parent.mkdir(parents=True)
    owner.settings.write_text('profile = "books"\nstore = "auto"\n')
    owner.keep(None)

    answered = owner.ordinary("export", "--format", "sh")

    assert b"MFACLI_PROFILE='books'" in answered
    assert owner.again("export", "--format", "sh") == answered


def test_keys_of_the_environment_are_answered_again(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7ENVIRON")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "long-term-secret-of-the-environment")
    monkeypatch.setenv("AWS_MFA_SERIAL", "arn:aws:iam::222222222222:mfa/other")
    owner.keep(None)

    answered = owner.ordinary("export", "--format", "sh")

    assert owner.again("export", "--format", "sh") == answered
    assert b"long-term-secret" not in owner.entry("export", "--format", "sh").read_bytes()


def test_an_endpoint_that_an_export_left_is_taken_away_again(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("MFACLI_ENDPOINT_URL", "http://127.0.0.1:1")
    owner.keep("books")

    answered = owner.ordinary("export", "-p", "books", "--format", "sh")
    again = owner.again("export", "-p", "books", "--format", "sh")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:2")

    assert b"unset AWS_ENDPOINT_URL;" in answered
    assert again == answered
    assert owner.again("export", "-p", "books", "--format", "sh") is None


def test_the_shell_that_reads_is_part_of_the_question(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("mfacli.hot", "mfacli.commands.handing_over"):
        monkeypatch.setattr(f"{place}._parent_name", lambda: "make")
    owner.keep("dev")
    monkeypatch.setenv("SHELL", "/usr/bin/fish")
    fish = owner.ordinary("export", "-p", "dev")

    assert b"set -gx" in fish
    assert owner.again("export", "-p", "dev") == fish
    monkeypatch.setenv("SHELL", "/bin/bash")
    assert owner.again("export", "-p", "dev") is None


def test_the_parents_name_is_part_of_the_question(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    here = owner.entry("export", "-p", "dev")
    named = owner.entry(*EXPORT)

    monkeypatch.setattr("mfacli.hot._parent_name", lambda: "another")

    assert owner.entry("export", "-p", "dev") != here
    assert owner.entry(*EXPORT) == named


def test_no_secret_is_in_any_file(warm: Owner) -> None:
    files = [path for path in (warm.home / "state").rglob("*") if path.is_file()]
    contents = b"".join(path.read_bytes() for path in files)

    assert len([path for path in files if path.parent.name == "answers"]) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    for secret in (SECRET, TOKEN[:40], "long-term-secret"):
        assert secret.encode() not in contents


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("status",), ("-q", "export"), ("--no-input", "credential-process", "-p", "dev"),
        ("export", "--unset"), ("export", "--new"), ("export", "--code", "123456"), ("export", "-v"),
        ("export", "-p"), ("export", "-p", ""), ("export", "--profile="), ("export", "-p", "-q"), ("export", "-pdev"),
        ("export", "-p", "a", "--profile", "b"), ("export", "--format", "sh", "--format=sh"), ("export", "dev"),
        ("export", "--device", "x"), ("export", "--region", "eu-west-1"), ("export", "--endpoint-url", "x"),
        ("export", "--duration", "1h"), ("export", "-h"), ("export", "--help"), ("export", "--no-color"),
        ("export", "--"), ("export", "--no-input=1"),
        ("export", "--cloud"), ("export", "--cloud", "aws", "--cloud=aws"),
        ("credential-process", "-p", "dev", "--cloud", "aws"), ("credential-process",), ("credential-process", "-q"),
        ("credential-process", "-p", "dev", "--format", "sh"), ("credential-process", "dev"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_other_command_lines_are_not_recognised(arguments: tuple[str, ...]) -> None:
    assert hot.recognise(arguments) is None


def test_the_spellings_of_one_question_are_one() -> None:
    spellings = [
        ("export", "-p", "dev", "--format", "sh"),
        ("export", "--format=sh", "--profile=dev"),
        ("export", "-q", "--profile", "dev", "--no-input", "--format", "sh", "--quiet"),
    ]

    assert {hot.recognise(spelling) for spelling in spellings} == {("export", "dev", "sh", None)}


def _set(variable: str, value: str) -> Change:
    return lambda _, patch: patch.setenv(variable, value)


def _unset(variable: str) -> Change:
    return lambda _, patch: patch.delenv(variable)


def _replaced_by_its_twin(owner: Owner, _: pytest.MonkeyPatch) -> None:
    twin = owner.config.with_name("twin")
    twin.write_bytes(owner.config.read_bytes())
    times = owner.config.stat()
    os.utime(twin, ns=(times.st_atime_ns, times.st_mtime_ns))
    twin.replace(owner.config)


def _rewritten_with_its_old_time(owner: Owner, _: pytest.MonkeyPatch) -> None:
    times = owner.config.stat()
    owner.config.write_text(owner.config.read_text().replace("mfa/tablet", "mfa/tablat"))
    os.utime(owner.config, ns=(times.st_atime_ns, times.st_mtime_ns))


def _settings_appear(owner: Owner, _: pytest.MonkeyPatch) -> None:
    owner.settings.parent.mkdir(parents=True)
    owner.settings.write_text('duration = "1h"\n')


def _renewed(owner: Owner, _: pytest.MonkeyPatch) -> None:
    owner.keep("dev", access_key_id="ASIAIOSFODNN7RENEWED", secret_access_key=Secret("another"))


def _with_another_token(owner: Owner, _: pytest.MonkeyPatch) -> None:
    owner.keep("dev", expires_at=datetime.now(UTC) + timedelta(minutes=59))


def _forgotten(owner: Owner, _: pytest.MonkeyPatch) -> None:
    owner.desk.store.forget(owner.plan("dev").fingerprint)


def _key_damaged(owner: Owner, _: pytest.MonkeyPatch) -> None:
    keys = KernelKeys(SystemCalls())
    description = description_of(owner.desk.places.namespace, owner.plan("dev").fingerprint)
    text = keys.read(description)
    assert text is not None
    keys.write(description, text.replace(SECRET, SECRET.lower()), lifetime=None)


def _key_of_another_kind(owner: Owner, _: pytest.MonkeyPatch) -> None:
    description = description_of(owner.desk.places.namespace, owner.plan("dev").fingerprint)
    KernelKeys(SystemCalls()).write(description, "something else", lifetime=None)


def _entries_readable_by_all(owner: Owner, _: pytest.MonkeyPatch) -> None:
    for entry in owner.entry(*EXPORT).parent.iterdir():
        entry.chmod(0o644)


def _folder_writable_by_all(owner: Owner, _: pytest.MonkeyPatch) -> None:
    owner.entry(*EXPORT).parent.chmod(0o777)


def _entries_grown(owner: Owner, _: pytest.MonkeyPatch) -> None:
    for entry in owner.entry(*EXPORT).parent.iterdir():
        entry.write_bytes(entry.read_bytes() + b"x" * 70000)


def _after(duration: timedelta) -> Change:
    def change(_: Owner, patch: pytest.MonkeyPatch) -> None:
        moment = (datetime.now(UTC) + duration).timestamp()
        patch.setattr("time.time", lambda: moment)

    return change


CHANGES: dict[str, Change] = {
    "the config file is touched": lambda owner, _: owner.config.touch(),
    "the config file is replaced by its twin": _replaced_by_its_twin,
    "the config file is rewritten with its old time": _rewritten_with_its_old_time,
    "the config file is gone": lambda owner, _: owner.config.unlink(),
    "the config file has another mode": lambda owner, _: owner.config.chmod(0o600),
    "the credentials file is touched": lambda owner, _: owner.credentials.touch(),
    "settings appear": _settings_appear,
    "another config file": _set("AWS_CONFIG_FILE", "/elsewhere"),
    "another credentials file": _set("AWS_SHARED_CREDENTIALS_FILE", "/elsewhere"),
    "other settings": _set("MFACLI_CONFIG_FILE", "/elsewhere"),
    "another device": _set("AWS_MFA_SERIAL", "arn:aws:iam::222222222222:mfa/other"),
    "another region": _set("AWS_REGION", "us-west-2"),
    "another default region": _set("AWS_DEFAULT_REGION", "us-west-2"),
    "another STS": _set("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1"),
    "another duration": _set("MFACLI_DURATION", "1h"),
    "another profile": _set("AWS_PROFILE", "books"),
    "keys in the environment": _set("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7ENVIRON"),
    "a session in the environment": _set("AWS_SESSION_TOKEN", "token"),
    "the OS keyring": _set("MFACLI_STORE", "keyring"),
    "memory": _set("MFACLI_STORE", "memory"),
    "the automatic store": _unset("MFACLI_STORE"),
    "another HOME": _set("HOME", "/elsewhere"),
    "no HOME": _unset("HOME"),
    "another state directory": _set("MFACLI_STATE_DIR", "/elsewhere"),
    "a relative state directory": _set("MFACLI_STATE_DIR", "elsewhere"),
    "the usual state directory": _unset("MFACLI_STATE_DIR"),
    "another user's name": _set("LOGNAME", "somebody"),
    "another encoding": _set("PYTHONIOENCODING", "utf-16"),
    "another version": lambda _, patch: patch.setattr("mfacli.hot.VERSION", "0.0.0"),
    "another user": lambda _, patch: patch.setattr("os.geteuid", lambda: 54321),
    "a session in its place": _renewed,
    "another session with the same key": _with_another_token,
    "no session any more": _forgotten,
    "a damaged session": _key_damaged,
    "a foreign key": _key_of_another_kind,
    "an entry for all to read": _entries_readable_by_all,
    "a folder for all to write to": _folder_writable_by_all,
    "entries that are no entries": _entries_grown,
    "an hour later": _after(timedelta(hours=1)),
    "less than five minutes from the end": _after(timedelta(minutes=55)),
    "before the session": _after(timedelta(minutes=-2)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("arguments", [EXPORT, PROCESS], ids=["export", "process"])
def test_after_a_change_the_ordinary_way_is_gone(
    warm: Owner, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], change: Change
) -> None:
    assert warm.again(*arguments) is not None

    change(warm, monkeypatch)

    assert warm.again(*arguments) is None


def test_an_export_and_a_process_end_at_different_times(warm: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    _after(timedelta(minutes=46))(warm, monkeypatch)

    assert warm.again(*EXPORT) is not None
    assert warm.again(*PROCESS) is None


def test_what_is_given_again_is_fresh_to_the_second(warm: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    session = warm.desk.store.find(warm.plan("dev").fingerprint)
    assert session is not None
    end = int(session.fresh_until().timestamp())

    monkeypatch.setattr("time.time", lambda: end - 0.001)
    last = warm.again(*EXPORT)
    monkeypatch.setattr("time.time", lambda: end + 0.0)
    over = warm.again(*EXPORT)

    assert last is not None
    assert over is None


def test_a_flipped_bit_is_never_answered_with(warm: Owner) -> None:
    entry = warm.entry(*EXPORT)
    whole = entry.read_bytes()

    for place in range(0, len(whole), 5):
        entry.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert warm.again(*EXPORT) is None


def test_half_an_entry_is_never_answered_with(warm: Owner) -> None:
    entry = warm.entry(*EXPORT)
    whole = entry.read_bytes()

    for length in range(0, len(whole), 7):
        entry.write_bytes(whole[:length])
        assert warm.again(*EXPORT) is None


def test_a_link_in_the_entrys_place_is_not_followed(warm: Owner) -> None:
    entry = warm.entry(*EXPORT)
    entry.rename(entry.with_name("elsewhere"))
    entry.symlink_to(entry.with_name("elsewhere"))

    assert warm.again(*EXPORT) is None


def test_an_answer_of_escaped_texts_is_not_given_again(owner: Owner) -> None:
    owner.keep("dev", principal="arn:aws:iam::222222222222:user/two words")

    owner.ordinary(*EXPORT)

    assert owner.again(*EXPORT) is None


def test_an_answer_beyond_ascii_is_not_given_again(owner: Owner) -> None:
    owner.keep("Bücher")

    answered = owner.ordinary("export", "-p", "Bücher", "--format", "sh")

    assert "Bücher".encode() in answered
    assert owner.again("export", "-p", "Bücher", "--format", "sh") is None


def test_a_renewed_session_is_given_again_after_the_ordinary_way(warm: Owner) -> None:
    _renewed(warm, pytest.MonkeyPatch())

    answered = warm.ordinary(*EXPORT)

    assert b"ASIAIOSFODNN7RENEWED" in answered
    assert warm.again(*EXPORT) == answered


def test_a_session_of_another_duration_serves_until_there_is_one_of_the_plans_own(owner: Owner) -> None:
    owner.keep("dev", timedelta(minutes=30))
    answered = owner.ordinary(*EXPORT)
    again = owner.again(*EXPORT)

    _renewed(owner, pytest.MonkeyPatch())

    assert again == answered
    assert owner.again(*EXPORT) is None
    assert b"ASIAIOSFODNN7RENEWED" in owner.ordinary(*EXPORT)


def test_a_session_of_another_duration_is_not_trusted_while_the_index_is_new(
    fresh_owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh_owner.keep("dev", timedelta(minutes=30))
    index = (fresh_owner.home / "state" / "sessions.json").stat()
    monkeypatch.setattr("mfacli.commands.answer_files._is_settled", lambda status: status.st_ino != index.st_ino)

    fresh_owner.ordinary(*EXPORT)

    assert fresh_owner.again(*EXPORT) is None


@pytest.mark.parametrize("variable", ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"])
def test_in_a_shell_with_a_session_nothing_is_remembered(
    owner: Owner, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXPORTED")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv(variable, "token")
    owner.keep("dev")

    owner.ordinary(*EXPORT)

    assert not owner.entry(*EXPORT).exists()


def test_files_that_have_just_been_written_are_not_trusted(fresh_owner: Owner) -> None:
    fresh_owner.keep("dev")

    fresh_owner.ordinary(*EXPORT)

    assert fresh_owner.again(*EXPORT) is None


@pytest.mark.parametrize("text", ["$PLACE/config", "config"])
def test_paths_that_hang_on_something_else_are_not_trusted(
    owner: Owner, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (owner.home / "config").write_text(owner.config.read_text())
    monkeypatch.setenv("PLACE", str(owner.home))
    monkeypatch.setenv("AWS_CONFIG_FILE", text)
    owner.keep("dev")

    owner.ordinary(*EXPORT)

    assert owner.again(*EXPORT) is None


def test_a_folder_in_the_place_of_a_file_is_not_trusted(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_MFA_SERIAL", "arn:aws:iam::222222222222:mfa/other")
    owner.keep("dev")

    owner.ordinary(*EXPORT)

    assert owner.again(*EXPORT) is None


def test_a_store_other_than_the_kernels_leaves_nothing(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    owner.keep("dev")
    owner.settings.parent.mkdir(parents=True)
    owner.settings.write_text('store = "memory"\n')
    monkeypatch.delenv("MFACLI_STORE")

    code = run(("export", "-p", "dev", "--format", "sh", "--no-input"))

    assert code == 8
    assert not owner.entry(*EXPORT).parent.exists()


def test_an_answer_is_worth_more_than_its_entry(owner: Owner) -> None:
    owner.keep("dev")
    (owner.home / "state" / "answers").write_text("in the way")

    answered = owner.ordinary(*EXPORT)

    assert SECRET.encode() in answered
    assert owner.entry(*EXPORT).parent.is_file()


@pytest.mark.parametrize("part", ["hot.entry_path", "hot_kernel.read_key"])
def test_a_python_without_the_means_answers_all_the_same(
    owner: Owner, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def fail(*_: object) -> None:
        raise ImportError("not in this Python")

    owner.keep("dev")
    monkeypatch.setattr(f"mfacli.{part}", fail)

    assert SECRET.encode() in owner.ordinary(*EXPORT)


def test_forgetting_forgets_the_answers(warm: Owner) -> None:
    code = run(("forget", "-p", "dev"))

    assert code == 0
    assert list(warm.entry(*EXPORT).parent.iterdir()) == []
    assert warm.again(*PROCESS) is None


def test_old_entries_go(warm: Owner) -> None:
    old = warm.entry(*EXPORT)
    os.utime(old, (0, 0))

    warm.ordinary("export", "-p", "dev", "--format", "fish")

    assert not old.exists()
    assert warm.again(*PROCESS) is not None


def test_too_many_entries_go(warm: Owner) -> None:
    folder = warm.entry(*EXPORT).parent
    for number in range(200):
        Path(folder / str(number)).touch()

    answered = warm.ordinary("export", "-p", "dev", "--format", "fish")

    assert [path.name for path in folder.iterdir()] == [warm.entry("export", "-p", "dev", "--format", "fish").name]
    assert warm.again("export", "-p", "dev", "--format", "fish") == answered


def test_a_key_that_is_not_there_is_no_session() -> None:
    number = keyctl_number()
    assert number is not None

    assert read_key(number, b"mfacli:no:such") is None
    assert hot.session_lines(None) is None
    assert hot.session_lines(b"") is None
