"""What other programs export, in each of its forms."""

from __future__ import annotations

import json

import pytest

from mfacli.codes.exported import read_seeds
from mfacli.domain.codes import Seed
from mfacli.domain.secret import Secret
from mfacli.errors import SeedMalformed
from tests.codes.test_migration import EXAMPLE, account, link, number

KEY, OTHER = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
AWS = f"otpauth://totp/AWS:richard@111122223333?secret={KEY}&issuer=AWS"
WORK = f"otpauth://totp/Work:me?secret={OTHER}&issuer=Work&digits=8"
COUNTED = f"otpauth://hotp/x?secret={KEY}&counter=1"
AEGIS = {
    "version": 1,
    "header": {"slots": None, "params": None},
    "db": {
        "version": 3,
        "entries": [
            {
                "type": "totp",
                "name": "richard@111122223333",
                "issuer": "AWS",
                "info": {"secret": KEY, "algo": "SHA1", "digits": 6, "period": 30},
            },
            {
                "type": "totp",
                "name": "me",
                "issuer": "Work & co",
                "info": {"secret": OTHER, "algo": "SHA256", "digits": 8, "period": 60},
            },
            {"type": "hotp", "name": "old", "issuer": "", "info": {"secret": KEY, "counter": 1}},
            {"type": "steam", "name": "game", "issuer": "", "info": {"secret": KEY}},
            "no entry",
        ],
    },
}
BITWARDEN = {
    "encrypted": False,
    "folders": [],
    "items": [
        {"type": 1, "name": "AWS", "login": {"username": "richard@111122223333", "totp": AWS}},
        {"type": 1, "name": "Work", "login": {"username": None, "totp": OTHER}},
        {"type": 1, "name": "no code", "login": {"username": "x", "totp": None}},
        {"type": 2, "name": "a note"},
        {"type": 1, "name": "game", "login": {"totp": "steam://ABC"}},
        None,
    ],
}
ONE_PASSWORD = f'Title,Url,Username,Password,OTPAuth\nAWS,https://x,me,pw,{AWS}\n"Work","",me,"p,w","{WORK}"\n'


def labels(text: str) -> list[tuple[str, str, str]]:
    return [(each.issuer, each.account, each.seed.key.reveal()) for each in read_seeds(Secret(text))]


@pytest.mark.parametrize("text", [KEY, KEY.lower(), f"  {AWS}\n", "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"])
def test_one_seed_is_one_seed(text: str) -> None:
    (found,) = read_seeds(Secret(text))

    assert found.seed == Seed(key=Secret(KEY))


@pytest.mark.parametrize("text", [f"{AWS}\n{WORK}\n", f"# mine\n{AWS}\n\n{COUNTED}\n{WORK}", ONE_PASSWORD])
def test_links_are_found_in_any_text(text: str) -> None:
    assert labels(text) == [("AWS", "richard@111122223333", KEY), ("Work", "me", OTHER)]


def test_an_export_of_aegis_gives_its_time_based_accounts() -> None:
    found = read_seeds(Secret(json.dumps(AEGIS)))

    assert [(each.issuer, each.account) for each in found] == [("AWS", "richard@111122223333"), ("Work & co", "me")]
    assert found[1].seed == Seed(key=Secret(OTHER), algorithm="SHA256", digits=8, period=60)


def test_an_export_of_bitwarden_gives_links_and_bare_seeds() -> None:
    assert labels(json.dumps(BITWARDEN)) == [("AWS", "richard@111122223333", KEY), ("Work", "", OTHER)]


def test_a_migration_link_gives_its_accounts_among_others() -> None:
    text = f"{EXAMPLE}\n{AWS}"

    assert labels(text) == [
        ("Example", "alice@google.com", "JBSWY3DPEHPK3PXP"),
        ("AWS", "richard@111122223333", KEY),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no seed was given"),
        ("hello\nworld", "the seed is too short"),
        (COUNTED, "counter-based"),
        (f"{COUNTED}\n{COUNTED}", "counter-based"),
        ("{", "is no JSON document"),
        ("[1]", "no export of Aegis or Bitwarden"),
        (json.dumps({"version": 1, "db": "c2VhbGVk"}), "the export is encrypted"),
        (json.dumps({"encrypted": True, "data": "x"}), "the export is encrypted"),
        (json.dumps({"items": []}), "nothing in it is a seed"),
        (json.dumps({"items": [{"login": {"totp": "steam://ABC"}}]}), "the seed is not base32"),
        (link(account(b"0123456789", "x", "", number(6, 1))).reveal(), "nothing in it is a seed"),
    ],
)
def test_what_has_no_seed_says_what_it_is_instead(text: str, said: str) -> None:
    with pytest.raises(SeedMalformed) as caught:
        read_seeds(Secret(text))

    assert said in caught.value.message
    assert KEY not in f"{caught.value.message}{caught.value.hint}"
