from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import keyring
import keyring.backends.fail
import keyring.core
import keyring.errors
import pytest

from mfacli.store.plain_folder import PlainFolderKeyring


@pytest.fixture
def backend(tmp_path: Path) -> PlainFolderKeyring:
    backend = PlainFolderKeyring()  # type: ignore[no-untyped-call]  # keyring publishes half of its types
    backend.folder = str(tmp_path / "kept")
    return backend


def test_what_is_kept_is_found_until_it_is_removed(backend: PlainFolderKeyring) -> None:
    backend.set_password("service", "a/b:c", "old")
    backend.set_password("service", "a/b:c", "new\n")

    found = backend.get_password("service", "a/b:c")
    backend.delete_password("service", "a/b:c")

    assert found == "new\n"
    assert backend.get_password("service", "a/b:c") is None


def test_names_do_not_run_into_each_other(backend: PlainFolderKeyring) -> None:
    backend.set_password("a", "bc", "one")
    backend.set_password("ab", "c", "two")

    assert backend.get_password("a", "bc") == "one"


def test_files_and_folder_are_private(backend: PlainFolderKeyring) -> None:
    backend.set_password("service", "name", "shh")

    folder = Path(backend.folder)
    (file,) = folder.iterdir()

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_removing_what_is_not_there_is_an_error(backend: PlainFolderKeyring) -> None:
    with pytest.raises(keyring.errors.PasswordDeleteError):
        backend.delete_password("service", "name")


def test_a_folder_that_is_a_file_refuses(backend: PlainFolderKeyring) -> None:
    Path(backend.folder).write_text("in the way")

    with pytest.raises(keyring.errors.PasswordSetError):
        backend.set_password("service", "name", "shh")
    with pytest.raises(keyring.errors.InitError):
        backend.get_password("service", "name")


@pytest.mark.parametrize(
    "use",
    [lambda b: b.get_password("s", "n"), lambda b: b.set_password("s", "n", "p")],
)
def test_without_a_folder_nothing_works(
    backend: PlainFolderKeyring, use: Callable[[PlainFolderKeyring], object]
) -> None:
    backend.folder = ""

    with pytest.raises(keyring.errors.InitError):
        use(backend)


def test_the_library_takes_it_only_by_name(backend: PlainFolderKeyring) -> None:
    assert not keyring.core.recommended(backend)
    assert backend.priority < keyring.backends.fail.Keyring.priority
