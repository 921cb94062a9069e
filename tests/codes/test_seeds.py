"""Seeds as people give them: links, text with spaces, and everything that goes wrong with either."""

from __future__ import annotations

import traceback
from dataclasses import FrozenInstanceError

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfacli.codes.seeds import ImportedSeed, label_in, parse_seed
from mfacli.domain.codes import Seed
from mfacli.domain.secret import Secret
from mfacli.errors import SeedMalformed

KEY = "JBSWY3DPEHPK3PXP"


def parse(text: str) -> ImportedSeed:
    return parse_seed(Secret(text))


@pytest.mark.parametrize(
    "text",
    [
        "JBSWY3DPEHPK3PXP",
        "jbsw y3dp ehpk 3pxp",
        "JBSW-Y3DP-EHPK-3PXP",
        "  JBSWY3DPEHPK3PXP\n",
        "JBSWY3DP\tEHPK3PXP",
    ],
)
def test_bare_base32_is_read_however_it_is_written(text: str) -> None:
    imported = parse(text)

    assert imported == ImportedSeed(seed=Seed(key=Secret(KEY)))


@pytest.mark.parametrize("text", ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOI=", "gezdgnbvgy3tqojqgezdgnbvgy3tqoi"])
def test_padding_may_be_there_or_missing(text: str) -> None:
    imported = parse(text)

    assert imported.seed.key == Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOI")


def test_a_link_gives_all_its_parameters() -> None:
    link = "otpauth://totp/Amazon%20Web%20Services:richard@111122223333?secret=JBSWY3DPEHPK3PXP&issuer=AWS&algorithm=SHA512&digits=8&period=60"

    imported = parse(link)

    assert imported.seed == Seed(key=Secret(KEY), algorithm="SHA512", digits=8, period=60)
    assert (imported.issuer, imported.account) == ("AWS", "richard@111122223333")


def test_a_link_without_parameters_means_the_usual_ones() -> None:
    imported = parse("otpauth://totp/richard?secret=jbswy3dpehpk3pxp&image=https%3A%2F%2Fexample.com%2Fa.png")

    assert imported == ImportedSeed(seed=Seed(key=Secret(KEY)), account="richard")


@pytest.mark.parametrize(
    ("label", "issuer", "account"),
    [
        ("Example:alice", "Example", "alice"),
        ("Example%3A%20alice", "Example", "alice"),
        ("alice", "", "alice"),
        ("", "", ""),
    ],
)
def test_the_label_names_issuer_and_account(label: str, issuer: str, account: str) -> None:
    imported = parse(f"otpauth://totp/{label}?secret={KEY}")

    assert (imported.issuer, imported.account) == (issuer, account)


@pytest.mark.parametrize(("algorithm", "name"), [("sha1", "SHA1"), ("SHA-256", "SHA256"), ("Sha512", "SHA512")])
def test_the_algorithm_may_be_written_in_any_way(algorithm: str, name: str) -> None:
    imported = parse(f"OTPAUTH://TOTP/a?secret={KEY}&algorithm={algorithm}")

    assert imported.seed.algorithm == name


@given(
    digits=st.sampled_from([6, 8]),
    period=st.integers(min_value=1, max_value=120),
    issuer=st.text(alphabet="abc é&?=+/", min_size=1),
    account=st.text(alphabet="abc é@.&?=+/", min_size=1),
)
def test_links_made_by_another_implementation_are_read(digits: int, period: int, issuer: str, account: str) -> None:
    maker = pyotp.TOTP(KEY * 2, digits=digits, interval=period)

    imported = parse(maker.provisioning_uri(name=account, issuer_name=issuer))

    assert imported.seed == Seed(key=Secret(KEY * 2), digits=digits, period=period)
    assert (imported.issuer, imported.account) == (issuer.strip(), account.strip())


MALFORMED = [
    ("", "no seed was given"),
    ("   \n", "no seed was given"),
    ("123456", "is none of A-Z and 2-7"),
    ("ABCDEFG", "too short: 7 characters"),
    ("JBSWY3DPEHPK3PX0", "character 16 is none of A-Z and 2-7"),
    ("JBSWY3DPEHPK3PXPA", "not whole: base32 never has 17 characters"),
    ("JBSW=Y3DPEHPK3PXP", "character 5"),
    ("ＪBSWY3DPEHPK3PXP", "character 1"),
    (f"https://example.com/?secret={KEY}", "not an otpauth:// link"),
    (f"otpauth-migration://offline?data={KEY}", "bundles several accounts"),
    (f"otpauth://hotp/a?secret={KEY}&counter=1", "counter-based"),
    (f"otpauth://steam/a?secret={KEY}", "for Steam, whose codes have letters"),
    (f"otpauth://totp/a?secret={KEY}&encoder=Steam", "for Steam, whose codes have letters"),
    (f"otpauth://motp/a?secret={KEY}", "not for a time-based device"),
    ("otpauth://totp/a", "has no `secret`"),
    ("otpauth://totp/a?secret=", "has no `secret`"),
    (f"otpauth://totp/a?secret={KEY}&secret={KEY}", "`secret` more than once"),
    (f"otpauth://totp/a?secret={KEY}&digits=7", "neither 6 nor 8"),
    (f"otpauth://totp/a?secret={KEY}&digits=six", "neither 6 nor 8"),
    (f"otpauth://totp/a?secret={KEY}&period=0", "positive whole number"),
    (f"otpauth://totp/a?secret={KEY}&period=-30", "positive whole number"),
    (f"otpauth://totp/a?secret={KEY}&period=²", "positive whole number"),
    (f"otpauth://totp/a?secret={KEY}&period=1000000001", "far too long"),
    (f"otpauth://totp/a?secret={KEY}&period={'9' * 5000}", "far too long"),
    (f"otpauth://totp/a?secret={KEY}&algorithm=MD5", "unknown `algorithm`"),
    (f"otpauth://[{KEY}/a?secret={KEY}", "does not parse"),
]


@pytest.mark.parametrize(("text", "message"), MALFORMED)
def test_a_malformed_seed_is_told_apart(text: str, message: str) -> None:
    with pytest.raises(SeedMalformed) as caught:
        parse(text)

    assert message in caught.value.message


@pytest.mark.parametrize("text", [text for text, _ in MALFORMED if KEY in text])
def test_no_part_of_a_seed_reaches_an_error_or_its_traceback(text: str) -> None:
    with pytest.raises(SeedMalformed) as caught:
        parse(text)

    printed = "".join(traceback.format_exception(caught.value))
    assert KEY not in printed
    assert KEY not in caught.value.hint


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (f"otpauth://hotp/AWS:me?secret={KEY}", ("AWS", "me")),
        ("otpauth://totp/me?secret=x&issuer=AWS", ("AWS", "me")),
        (f"otpauth://totp/{KEY}?digits=7", None),
        (f"otpauth://totp/{KEY}", None),
        (f"otpauth://[{KEY}/a?secret={KEY}", None),
        (KEY, None),
    ],
)
def test_a_label_is_told_only_where_it_cannot_be_the_seed(text: str, label: tuple[str, str] | None) -> None:
    assert label_in(Secret(text)) == label


def test_an_imported_seed_shows_no_key() -> None:
    imported = parse(KEY)

    assert KEY not in repr(imported)
    with pytest.raises(FrozenInstanceError):
        imported.issuer = "other"  # type: ignore[misc]  # that is the claim
