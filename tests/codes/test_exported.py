"""What other programs export, in each of its forms."""

from __future__ import annotations

import json

import pytest

from mfacli.codes.exported import PassedOver, read_export
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
TWO_FAS = {
    "schemaVersion": 4,
    "services": [
        {
            "name": "AWS",
            "secret": KEY,
            "otp": {
                "account": "richard@111122223333",
                "digits": 6,
                "period": 30,
                "algorithm": "SHA1",
                "tokenType": "TOTP",
            },
        },
        {"name": "Work", "secret": OTHER, "otp": {"label": "me", "issuer": "Work", "digits": 8, "tokenType": None}},
        {"name": "old", "secret": KEY, "otp": {"tokenType": "HOTP"}},
        {"name": "game", "secret": KEY, "otp": {"tokenType": "STEAM"}},
        {"name": "none"},
    ],
}
AND_OTP = [
    {
        "secret": KEY,
        "issuer": "AWS",
        "label": "richard@111122223333",
        "digits": 6,
        "type": "TOTP",
        "algorithm": "SHA1",
        "period": 30,
        "tags": [],
    },
    {"secret": OTHER, "issuer": "Work", "label": "me", "digits": 8, "type": "TOTP"},
    {"secret": KEY, "label": "old", "type": "HOTP", "counter": 3},
    7,
]
# What Proton's authenticator and others write: the links, somewhere in a document.
OF_LINKS = {"version": 1, "entries": [{"content": {"uri": AWS}}, [{"note": "see otpauth"}], {"content": [WORK]}]}
ONE_PASSWORD = f'Title,Url,Username,Password,OTPAuth\nAWS,https://x,me,pw,{AWS}\n"Work","",me,"p,w","{WORK}"\n'


def labels(text: str) -> list[tuple[str, str, str]]:
    return [(each.issuer, each.account, each.seed.key.reveal()) for each in read_export(Secret(text)).seeds]


@pytest.mark.parametrize("text", [KEY, KEY.lower(), f"  {AWS}\n", "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"])
def test_one_seed_is_one_seed(text: str) -> None:
    (found,) = read_export(Secret(text)).seeds

    assert found.seed == Seed(key=Secret(KEY))


BITWARDEN_TABLE = (
    "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp\r\n"
    f",,login,AWS,,,0,https://x,richard@111122223333,pw,{KEY.lower()}\r\n"
    f',,login,Work,"a note\r\nwith, lines",,0,,me,"p""w",{WORK}\r\n'
    ",,login,no code,,,0,,me,pw,\r\n"
    f",,login,game,,,0,,me,pw,steam://{KEY}\r\n"
    ",,note\r\n"
)


@pytest.mark.parametrize(
    "text",
    [
        BITWARDEN_TABLE,
        f"{AWS}\n{WORK}\n",
        f"# mine\n{AWS}\n\n{COUNTED}\n{WORK}",
        f"{AWS} # mine\r\n{WORK}\r\n",
        f"AWS: {AWS}\nWork: {WORK}",
        f"'{AWS}',\n'{WORK}',",
        f"see [AWS]({AWS}) and <{WORK}>",
        f"aws,{AWS},a tag,another\nwork,{WORK},,",
        f"{AWS}\n{AWS}\n{WORK}",
        ONE_PASSWORD,
        json.dumps(AND_OTP),
        json.dumps(TWO_FAS),
        json.dumps(OF_LINKS),
    ],
    ids=[
        "Bitwarden's table",
        "lines",
        "comments",
        "remarks",
        "named",
        "quoted",
        "prose",
        "CSV",
        "twice",
        "1Password",
        "andOTP",
        "2FAS",
        "links",
    ],
)
def test_links_are_found_in_any_text(text: str) -> None:
    assert labels(text) == [("AWS", "richard@111122223333", KEY), ("Work", "me", OTHER)]


def test_a_link_in_a_list_may_have_spaces_that_are_not_escaped() -> None:
    spaced = f"otpauth://totp/Amazon Web Services:me?secret={KEY}"

    assert labels(f"{spaced}\n{WORK}") == [("Amazon Web Services", "me", KEY), ("Work", "me", OTHER)]


@pytest.mark.parametrize(
    "text",
    [
        f"otpauth://totp/Amazon Web Services:me?issuer=Amazon Web Services&secret={KEY}",
        f"# mine\n\n  otpauth://totp/Amazon%20Web%20Services:me?secret={KEY[:16]} {KEY[16:]}\n",
        f"\ufeffotpauth://totp/Amazon%20Web%20Services:me?secret={KEY.lower()}%3D&period=30",
    ],
)
def test_a_link_that_stands_alone_may_have_spaces_anywhere(text: str) -> None:
    assert labels(text) == [("Amazon Web Services", "me", KEY)]


@pytest.mark.parametrize("text", [f"# my seed\n{KEY}\n", f"{KEY[:8]}\n{KEY[8:16]}\n{KEY[16:]}"])
def test_a_bare_seed_may_have_comments_or_be_broken_into_lines(text: str) -> None:
    assert labels(text) == [("", "", KEY)]


def test_several_bare_seeds_are_not_joined_into_a_wrong_one() -> None:
    with pytest.raises(SeedMalformed, match="2 lines, each of which can be a seed"):
        read_export(Secret(f"{KEY}\n{OTHER}\n"))


def test_what_is_passed_over_is_told_with_its_reason_and_no_seed() -> None:
    steam, broken = f"otpauth://totp/Game:me?secret={KEY}&encoder=steam", f"otpauth://totp/{KEY}?sekret={KEY}"

    found = read_export(Secret(f"{AWS}\n{COUNTED}\n{steam}\n{broken}"))

    assert found.passed_over == [
        PassedOver(label="x", why="the otpauth link is for a counter-based device (hotp)"),
        PassedOver(label="Game: me", why="the otpauth link is for Steam, whose codes have letters"),
        PassedOver(label="", why="the otpauth link has no `secret`"),
    ]


def test_the_missing_pictures_of_a_migration_are_told() -> None:
    def part(index: int, export: int, count: int = 3) -> str:
        one = account(b"0123456789", f"{index} of {export}")
        return link(one, number(3, count), number(4, index), number(5, export)).reveal()

    some = read_export(Secret("\n".join([part(2, 7), part(0, 7), part(0, 8, 1), part(1, 9, 2)])))
    whole = read_export(Secret("\n".join([part(2, 7), part(0, 7), part(1, 7)])))

    assert len(some.seeds) == 4
    assert some.missing == [([2], 3), ([1], 2)]
    assert whole.missing == []


def test_what_a_migration_says_of_itself_may_be_nonsense() -> None:
    odd = link(account(b"0123456789", "x"), number(3, 1 << 60), number(4, 5), number(5, (1 << 64) - 7)).reveal()

    assert read_export(Secret(odd)).missing == []


def test_an_account_may_have_colons_of_its_own() -> None:
    entry = {**AND_OTP[0], "issuer": "a:b", "label": "c:d"}  # type: ignore[dict-item]  # the first is an object

    assert labels(json.dumps([entry])) == [("a:b", "c:d", KEY)]


def test_an_export_of_aegis_gives_its_time_based_accounts() -> None:
    found = read_export(Secret(json.dumps(AEGIS))).seeds

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
        ("[1]", "no export of Aegis, Bitwarden, 2FAS or andOTP"),
        ("[" * 200_000, "is no JSON document"),
        ('[{"a":' * 300 + "1" + "}]" * 300, "no seed is found in this JSON"),
        (json.dumps({"services": [], "servicesEncrypted": "a:b:c"}), "the export is encrypted"),
        (json.dumps({"version": 1, "kdfParams": {}, "encryptedData": "x"}), "the export is encrypted"),
        ("otpauth-migration://offline", "the otpauth-migration link does not parse"),
        (json.dumps({"version": 1, "db": "c2VhbGVk"}), "the export is encrypted"),
        (json.dumps({"encrypted": True, "data": "x"}), "the export is encrypted"),
        (json.dumps({"items": []}), "nothing in it is a seed"),
        (json.dumps({"items": [{"login": {"totp": "steam://ABC"}}]}), "is for Steam"),
        (link(account(b"0123456789", "x", "", number(6, 1))).reveal(), "can be used: it is counter-based"),
        (link(account(b"0", "x")).reveal(), "can be used: the seed is too short: 2 characters"),
    ],
)
def test_what_has_no_seed_says_what_it_is_instead(text: str, said: str) -> None:
    with pytest.raises(SeedMalformed) as caught:
        read_export(Secret(text))

    assert said in caught.value.message
    assert KEY not in f"{caught.value.message}{caught.value.hint}"
