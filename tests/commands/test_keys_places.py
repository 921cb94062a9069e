"""Where this machine has a cloud's long-term keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from mfacli.commands.keys_places import key_places, put_keys, put_where_named
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys
from mfacli.domain.secret import Secret
from mfacli.store.keys import KeptKeys
from mfacli.store.memory import MemoryIndex, MemoryVault
from tests.commands.at_desk import KEYS, SESSION, desk_at, wrote
from tests.doubles import HandClock
from tests.profiles.tccli import keys, write

OLD = Keys(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=Secret("hunter2"))
NEW = Keys(access_key_id="AKIANEW", secret_access_key=Secret("new"))


@pytest.fixture
def desk() -> Desk:
    desk = desk_at()
    desk.__dict__["keys"] = KeptKeys(MemoryVault(), index=MemoryIndex(), clock=HandClock())
    return desk


def test_keyring_and_files_are_looked_through_and_sessions_and_broken_ones_passed_over(
    desk: Desk, isolated_home: Path
) -> None:
    desk.keys.keep_keys(Cloud.AWS, "dev", OLD)
    desk.keys.keep_keys(Cloud.TENCENT, "prod", OLD)
    text = f"[dev]\n{KEYS}[ci]\n{KEYS}[gone]\n{SESSION}[half]\naws_access_key_id = AKIAHALF\n"
    path = wrote(isolated_home, ".aws/credentials", text)

    found = key_places(desk, Cloud.AWS)

    assert [(each.profile, str(each.source)) for each in found] == [
        ("dev", "the keyring, as profile dev's"),
        ("ci", f"[ci] in {path}"),
        ("dev", f"[dev] in {path}"),
    ]


def test_tencent_clouds_are_those_of_tccli(desk: Desk, isolated_home: Path) -> None:
    write(isolated_home / ".tccli", {"prod.credential": keys("PROD")})

    (found,) = key_places(desk, Cloud.TENCENT)

    assert (found.profile, found.source.access_key_id) == ("prod", "AKIDPROD")


def test_new_keys_go_where_the_old_ones_are(desk: Desk, isolated_home: Path) -> None:
    desk.keys.keep_keys(Cloud.AWS, "dev", OLD)
    path = wrote(isolated_home, ".aws/credentials", f"[ci]\n{KEYS}")
    kept, plain = key_places(desk, Cloud.AWS)

    told = [
        put_keys(desk, Cloud.AWS, plain.source, NEW),
        put_where_named(desk, Cloud.AWS, kept, NEW),
    ]

    assert told[0] == str(path)
    assert told[1].endswith(", as profile dev's")
    assert desk.keys.find_keys(Cloud.AWS, "dev") == NEW
    assert "aws_access_key_id = AKIANEW" in path.read_text()
