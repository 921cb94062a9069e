"""`mfacli store`: what rests where, and how it is moved, end to end."""

from __future__ import annotations

import pytest

from mfacli.store.kernel_keys import kernel_is_usable
from tests.stage import Person, ended

FILE = {"MFACLI_STORE": "file"}
NO_KERNEL = pytest.mark.skipif(not kernel_is_usable(), reason="the kernel refuses: a container")


@pytest.fixture
def keeper(person: Person) -> Person:
    """Give somebody who keeps a seed and a session in the system's keyring."""
    person.run("device", "import", "-", stdin=person.seed)
    opened = person.run("session", "--code", person.code())
    assert opened.code == 0, opened
    return person


def test_what_rests_where_is_told_without_opening_it(keeper: Person) -> None:
    locked = {"KEYRING_PROPERTY_MOOD": "locked"}

    listed = keeper.run("store", environment=locked)
    told = keeper.run("store", "--json", environment=locked)

    lines = listed.stdout.splitlines()
    assert (listed.code, listed.stderr, told.code) == (0, "", 0)
    assert "sessions\ttest keyring\t1" in lines
    assert "seeds\ttest keyring\t1" in lines
    assert "keys\ttest keyring\t0" in lines
    assert "place\ttest keyring\tusable, chosen by PYTHON_KEYRING_BACKEND" in lines
    document = told.json()
    assert (document["version"], document["store"], document["named_by"]) == (1, "keyring", "MFACLI_STORE")


@NO_KERNEL
def test_sessions_go_to_the_kernel_and_back(keeper: Person) -> None:
    there = keeper.run("store", "move", "--to", "kernel")
    still = keeper.run("store", "move", "--to", "kernel")
    found = keeper.run("session", "--no-input", environment={"MFACLI_STORE": "kernel"})
    back = keeper.run("store", "move", "--to", "keyring")
    again = keeper.run("session", "--no-input")

    assert (there.code, still.code, found.code, back.code, again.code) == (0, 0, 0, 0, 0)
    assert there.stderr.splitlines() == [
        "moved 1 to kernel keyring, which a restart empties",
        "seeds and keys stay where they are: they must outlive a restart",
        "warning: mfacli looks there from now on only with MFACLI_STORE=kernel, which is `keyring` now",
    ]
    assert still.stderr.startswith("nothing was moved: no session rests anywhere else\n")
    assert (back.stderr, again.stderr.endswith("kept already\n")) == ("moved 1 to test keyring\n", True)


def test_a_move_that_is_broken_off_tells_what_it_has_done(keeper: Person) -> None:
    settings = keeper.home / ".config" / "mfacli" / "config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('store = "keyring"\nstore_passphrase_command = ["echo", "correct horse"]\n')
    by_file = {"MFACLI_STORE": ""}
    keeper.run("store", "move", "--to", "file", environment=by_file)
    settings.write_text('store = "keyring"\n')
    opened = keeper.run("session", "--code", keeper.code(), environment=FILE | {"MFACLI_STORE": "kernel"})

    broken = keeper.run("store", "move", "--to", "keyring", "--no-input", environment=by_file)

    assert opened.code == 0
    assert broken.code == 8
    assert broken.stderr.startswith("moved 1 to test keyring\n")
    assert "the passphrase of `" in broken.stderr


def test_what_one_keyring_has_goes_into_another_by_way_of_the_file(keeper: Person) -> None:
    settings = keeper.home / ".config" / "mfacli" / "config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('store_passphrase_command = ["echo", "correct horse"]\n')
    another = {
        "PYTHON_KEYRING_BACKEND": "mfacli.store.plain_folder.PlainFolderKeyring",
        "KEYRING_PROPERTY_FOLDER": str(keeper.root / "another"),
    }

    shown = keeper.run("store", environment=another)
    out = keeper.run("store", "move", "--to", "file")
    into = keeper.run("store", "move", "--to", "keyring", environment=another)
    seed = keeper.run("device", "export", "--yes", environment=another)

    assert "seeds\ttest keyring\t1\n" in shown.stdout
    assert "place\tplain folder PlainFolderKeyring\tusable" in shown.stdout
    assert (out.code, into.stderr, seed.code) == (0, "moved 2 to plain folder PlainFolderKeyring\n", 0)
    assert (keeper.keyring.read_text(), len(list((keeper.root / "another").iterdir()))) == ("{}", 2)


def test_a_locked_keyring_keeps_what_it_has(keeper: Person) -> None:
    moved = keeper.run("store", "move", "--to", "file", environment={"KEYRING_PROPERTY_MOOD": "locked"})
    found = keeper.run("session", "--no-input")

    assert moved.code == 7
    assert "the seed of arn:aws:iam::111122223333:mfa/" in moved.stderr
    assert "2 of 2 stay where they were" in moved.stderr
    assert found.code == 0


def test_the_passphrase_is_changed_at_the_terminal(keeper: Person) -> None:
    settings = keeper.home / ".config" / "mfacli" / "config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('store_passphrase_command = "echo correct horse"\n')
    keeper.run("store", "move", "--to", "file", environment=FILE)

    unasked = keeper.run("store", "passphrase", "--no-input", environment=FILE)
    child = keeper.at_terminal("mfacli", "store", "passphrase", environment=FILE)
    child.expect("new passphrase of .*keyring.cfg: ")
    child.sendline("another")
    child.expect_exact("the same again: ")
    child.sendline("another")
    child.expect_exact("keyring.cfg has another passphrase now, and 2 entries under it")
    child.expect_exact("see that `store_passphrase_command` prints the new one")
    code = ended(child)
    settings.write_text('store_passphrase_command = "echo another"\n')
    after = keeper.run("device", "export", "--yes", environment=FILE)

    assert (unasked.code, code, after.code) == (8, 0, 0)
    assert f"secret={keeper.seed}&" in after.stdout
    assert unasked.stderr.startswith("mfacli: the new passphrase is typed, and nobody can be asked\n")
