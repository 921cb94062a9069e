"""The cached read of sessions that rest in the Secret Service, which is a real one here."""

from __future__ import annotations

import site
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keyring
import pytest
from keyring.core import load_keyring

from mfacli import hot
from mfacli.domain.secret import Secret
from tests.hot.owner import FORMATS, PROFILES, SECRET, TOKEN, Owner
from tests.hot.processes import LAUNCH, OF_C, OURS, imported_by, run
from tests.secret_service import default_collection, secret_service

EXPORT = ("export", "-p", "dev", "--format", "sh")
PROCESS = ("credential-process", "-p", "dev")

Change = Callable[[Owner, pytest.MonkeyPatch], None]

pytestmark = pytest.mark.real


@pytest.fixture
def warm(keyring_owner: Owner) -> Owner:
    """Give an owner to whom `EXPORT` and `PROCESS` have been answered."""
    keyring_owner.keep("dev")
    keyring_owner.ordinary(*EXPORT)
    keyring_owner.ordinary(*PROCESS)
    return keyring_owner


@pytest.mark.parametrize("profile", PROFILES)
def test_answers_are_given_again_byte_for_byte(keyring_owner: Owner, profile: str) -> None:
    questions = [
        ("credential-process", "-p", profile),
        *(("export", "-p", profile, "--format", form) for form in FORMATS),
    ]
    keyring_owner.keep(profile)

    before = [keyring_owner.again(*question) for question in questions]
    answered = [keyring_owner.ordinary(*question) for question in questions]

    assert before == [None] * len(questions)
    assert all(TOKEN.encode() in answer for answer in answered)
    assert [keyring_owner.again(*question) for question in questions] == answered


@pytest.mark.parametrize("arguments", [EXPORT, PROCESS], ids=["export", "process"])
def test_nothing_heavy_is_imported(warm: Owner, arguments: tuple[str, ...]) -> None:
    patience = LAUNCH.replace("from", "from mfacli import hot_bus; hot_bus.LIMIT_SECONDS = 60; from", 1)
    bare = imported_by("import os, sys")

    imported = imported_by(patience, *arguments) - bare

    assert {"mfacli.hot_bus", "_socket"} <= imported
    assert imported <= (OURS | OF_C | {"mfacli.hot_bus", "_socket"}) - {"mfacli.hot_kernel", "_ctypes"}


@pytest.mark.parametrize("arguments", [EXPORT, PROCESS], ids=["export", "process"])
def test_both_ways_print_the_same_bytes(warm: Owner, arguments: tuple[str, ...]) -> None:
    again = run(*arguments)
    ordinary = run(*arguments, "-v")

    assert (again.returncode, again.stderr) == (0, b"")
    assert b"profile `dev` (-p)" in ordinary.stderr
    assert again.stdout == ordinary.stdout


def test_no_secret_is_in_any_file(warm: Owner) -> None:
    files = [path for path in (warm.home / "state").rglob("*") if path.is_file()]
    contents = b"".join(path.read_bytes() for path in files)

    assert len([path for path in files if path.parent.name == "answers"]) == 2
    for secret in (SECRET, TOKEN[:40], "long-term-secret"):
        assert secret.encode() not in contents


def _set(variable: str, value: str) -> Change:
    return lambda _, patch: patch.setenv(variable, value)


def _renewed(owner: Owner, _: pytest.MonkeyPatch) -> None:
    owner.keep("dev", access_key_id="ASIAIOSFODNN7RENEWED", secret_access_key=Secret("another"))


def _forgotten(owner: Owner, _: pytest.MonkeyPatch) -> None:
    owner.desk.store.forget(owner.plan("dev").fingerprint)


def _name(owner: Owner) -> tuple[str, str]:
    return "mfacli-session", f"{owner.desk.places.namespace}:{owner.plan('dev').fingerprint}"


def _damaged(owner: Owner, _: pytest.MonkeyPatch) -> None:
    text = keyring.get_password(*_name(owner))
    assert text is not None
    keyring.set_password(*_name(owner), text.replace(SECRET, SECRET.lower()))


def _in_pieces(owner: Owner, _: pytest.MonkeyPatch) -> None:
    keyring.set_password(*_name(owner), "mfacli-pieces 1 a 2 00000000")


def _doubled(owner: Owner, _: pytest.MonkeyPatch) -> None:
    service, username = _name(owner)
    text = keyring.get_password(service, username)
    assert text is not None
    with default_collection() as collection:
        attributes = {"service": service, "username": username, "application": "another"}
        collection.create_item("another", attributes, text.encode())


def _keyring_configured(owner: Owner, _: pytest.MonkeyPatch) -> None:
    folder = owner.home / ".config" / "python_keyring"
    folder.mkdir(parents=True)
    (folder / "keyringrc.cfg").write_text("[backend]\ndefault-keyring = keyring.backends.null.Keyring\n")


def _after(duration: timedelta) -> Change:
    def change(_: Owner, patch: pytest.MonkeyPatch) -> None:
        moment = (datetime.now(UTC) + duration).timestamp()
        patch.setattr("time.time", lambda: moment)

    return change


def _another_backend_installed(owner: Owner, patch: pytest.MonkeyPatch) -> None:
    real = hot.stamp
    stamped = {line.partition(" ")[2] for line in owner.entry(*EXPORT).read_text().splitlines() if " /" in line}
    folders = stamped & set(site.getsitepackages())
    assert folders
    patch.setattr("mfacli.hot.stamp", lambda path: "another" if path in folders else real(path))


CHANGES: dict[str, Change] = {
    "the config file is touched": lambda owner, _: owner.config.touch(),
    "the config file is gone": lambda owner, _: owner.config.unlink(),
    "settings elsewhere": _set("MFACLI_CONFIG_FILE", "/elsewhere"),
    "another region": _set("AWS_REGION", "us-west-2"),
    "keyring is configured": _keyring_configured,
    "another backend is installed": _another_backend_installed,
    "another backend is named": _set("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring"),
    "another collection": _set(
        "KEYRING_PROPERTY_PREFERRED_COLLECTION", "/org/freedesktop/secrets/collection/session"
    ),
    "another desktop": _set("XDG_CURRENT_DESKTOP", "KDE"),
    "another bus": _set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/elsewhere"),
    "no bus": lambda _, patch: patch.delenv("DBUS_SESSION_BUS_ADDRESS"),
    "the kernel's keyring": _set("MFACLI_STORE", "kernel"),
    "the automatic store": lambda _, patch: patch.delenv("MFACLI_STORE"),
    "a session in its place": _renewed,
    "no session any more": _forgotten,
    "a damaged session": _damaged,
    "pieces": _in_pieces,
    "two of the name": _doubled,
    "less than five minutes from the end": _after(timedelta(minutes=55)),
    "before the session": _after(timedelta(minutes=-2)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_after_a_change_the_ordinary_way_is_gone(
    warm: Owner, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    assert warm.again(*EXPORT) is not None

    change(warm, monkeypatch)

    assert (warm.again(*EXPORT), warm.again(*PROCESS)) == (None, None)


def test_a_locked_collection_or_none_is_left_to_the_ordinary_way(
    keyring_owner: Owner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with secret_service(tmp_path) as own:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", own["DBUS_SESSION_BUS_ADDRESS"])
        keyring_owner.keep("dev")
        answered = keyring_owner.ordinary(*EXPORT)
        open_again = keyring_owner.again(*EXPORT)
        with default_collection() as collection:
            collection.lock()

        locked = keyring_owner.again(*EXPORT), run(*EXPORT, "--no-input")
    gone = keyring_owner.again(*EXPORT)

    assert open_again == answered
    assert locked[0] is None
    assert (locked[1].returncode, locked[1].stdout) == (8, b"")
    assert gone is None


def test_what_keyring_reads_elsewhere_is_not_remembered(
    keyring_owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYRING_PROPERTY_PREFERRED_COLLECTION", "/org/freedesktop/secrets/collection/session")
    keyring_owner.keep("dev")

    answered = keyring_owner.ordinary(*EXPORT)

    assert SECRET.encode() in answered
    assert not keyring_owner.entry(*EXPORT).exists()


def test_in_the_automatic_store_the_kernel_goes_first(keyring_owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring_owner.keep("dev")
    monkeypatch.setenv("MFACLI_STORE", "auto")

    answered = keyring_owner.ordinary(*EXPORT)
    again = keyring_owner.again(*EXPORT)
    _renewed(keyring_owner, monkeypatch)
    renewed = keyring_owner.again(*EXPORT), keyring_owner.ordinary(*EXPORT)
    keyring_owner.forget_all()

    assert again == answered
    assert renewed[0] is None
    assert b"ASIAIOSFODNN7RENEWED" in renewed[1]


@pytest.mark.parametrize("backend", ["keyring.backends.chainer.ChainerBackend", ""])
def test_the_secret_service_may_have_been_found_by_keyring_itself(
    keyring_owner: Owner, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    # Other tests have made keyrings of their own, which are found too.
    found = [load_keyring("keyring.backends.SecretService.Keyring")]
    monkeypatch.setattr("keyring.backend.get_all_keyring", lambda: found)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    if not backend:
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    keyring_owner.keep("dev")

    answered = keyring_owner.ordinary(*PROCESS)

    assert keyring_owner.again(*PROCESS) == answered
