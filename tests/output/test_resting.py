from __future__ import annotations

import json

from mfacli.output.resting import Kept, PlaceFacts, resting_document, resting_lines, resting_text

KEPT = [
    Kept(
        what="sessions",
        places=("kernel keyring", "Secret Service"),
        counts={"kernel keyring": 2, "encrypted file": 0},
    ),
    Kept(what="seeds", places=("Secret Service",), counts={"Secret Service": 0}),
]
ROOM = {"keys": 3, "most_keys": 200, "bytes": 61, "most_bytes": 20000}
PLACES = [
    PlaceFacts(name="kernel", place="kernel keyring", used=ROOM),
    PlaceFacts(name="keyring", place="Secret Service", is_locked=True, chosen_by="PYTHON_KEYRING_BACKEND"),
    PlaceFacts(name="file", place="encrypted file", problem="no package", hint="pip install it"),
    PlaceFacts(name="file", place="encrypted file", is_locked=True, path="/s/keyring.cfg"),
]


def test_people_read_what_rests_where_and_what_the_places_are_like() -> None:
    text = resting_text("auto", "what this machine offers", KEPT, PLACES)

    assert text.startswith("the store is `auto`, by what this machine offers\n")
    assert "sessions  kernel keyring then Secret Service  2 in kernel keyring\n" in text
    assert "3 of 200 keys and 61 of 20000 bytes used\n" in text
    assert "locked, chosen by PYTHON_KEYRING_BACKEND\n" in text
    assert "cannot be used: no package\n  hint: pip install it\n" in text
    assert "under its passphrase, /s/keyring.cfg\n" in text


def test_each_fact_is_one_line() -> None:
    lines = resting_lines(KEPT, PLACES).splitlines()

    assert lines[:3] == ["sessions\tkernel keyring\t2", "sessions\tSecret Service\t0", "sessions\tencrypted file\t0"]
    assert "place\tencrypted file\tcannot be used: no package" in lines


def test_the_document_tells_what_is_not_known_as_null() -> None:
    document = json.loads(resting_document("auto", "it", KEPT, PLACES))

    assert document["places"][0]["room"] == ROOM
    assert document["places"][0]["is_locked"] is None
    assert [place["is_usable"] for place in document["places"]] == [True, True, False, True]
