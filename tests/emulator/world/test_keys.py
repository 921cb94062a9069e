from __future__ import annotations

import base64
import os
import pickle
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mfacli.emulator.world.keys import WorldKey
from mfacli.errors import EmulatorProblem


def test_the_same_key_derives_the_same_and_another_purpose_something_else() -> None:
    secret = os.urandom(32)

    one, again = WorldKey(secret), WorldKey(secret)

    assert one.derive("seal", "a") == again.derive("seal", "a")
    assert len({one.derive("seal", "a"), one.derive("seal", "b"), one.derive("seed", "a")}) == 3
    assert one.derive("x", size=100)[:32] == one.derive("x")


def test_derivation_is_the_expand_step_of_rfc_5869() -> None:
    # Test case 1 of appendix A gives the pseudo-random key; the info is ours.
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

    secret = bytes.fromhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")

    made = WorldKey(secret).derive("seal", "session", size=80)

    assert made == HKDFExpand(algorithm=SHA256(), length=80, info=b"seal\0session").derive(secret)


def test_secrets_have_the_shapes_that_aws_gives() -> None:
    key = WorldKey.ephemeral()

    access = key.secret_access_key("AKIAIOSFODNN7EXAMPLE").reveal()
    seed = key.device_seed("arn:aws:iam::111122223333:mfa/Sofia").reveal()

    assert (len(access), len(base64.b64decode(access))) == (40, 30)
    assert (len(seed), len(base64.b32decode(seed))) == (64, 40)


def test_a_key_is_made_once_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "state" / "world.key"

    made = WorldKey.load_or_create(path)
    found = WorldKey.load_or_create(path)

    assert made.derive("x") == found.derive("x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["world.key"]


def test_all_who_begin_at_once_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: WorldKey.load_or_create(tmp_path / "world.key").derive("x"), range(16)))

    assert len(set(keys)) == 1


def test_ephemeral_keys_differ() -> None:
    assert WorldKey.ephemeral().derive("x") != WorldKey.ephemeral().derive("x")


@pytest.mark.parametrize(
    "content", [b"", b"hello\n", b"mfacli world key 1:AAAA\n", b"mfacli world key 1:?\n", b"\xff"]
)
def test_a_damaged_key_is_not_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "world.key"
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(EmulatorProblem, match="is no world key"):
        WorldKey.load_or_create(path)

    assert path.read_bytes() == content


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "world.key"
    WorldKey.load_or_create(path)
    path.chmod(0o640)

    with pytest.raises(EmulatorProblem, match="can be read by others") as caught:
        WorldKey.load_or_create(path)

    assert caught.value.hint == f"chmod 600 {path}"


def test_a_place_that_cannot_hold_a_key_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")

    with pytest.raises(EmulatorProblem, match="cannot be"):
        WorldKey.load_or_create(file / "world.key")
    with pytest.raises(EmulatorProblem, match="cannot be read"):
        WorldKey.load_or_create(tmp_path)


def test_a_key_shows_and_pickles_nothing() -> None:
    secret = os.urandom(32)

    assert repr(WorldKey(secret)) == "WorldKey(***)"
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(WorldKey(secret))


def test_a_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        WorldKey(b"short")
