"""Google Authenticator's migration links, built here field by field as the message is published."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfacli.codes.migration import MigratedAccount, Migration, read_migration
from mfacli.domain.codes import Seed
from mfacli.domain.secret import Secret
from mfacli.errors import SeedMalformed

# A link that circulates as the example of its form: one account, `otpauth://totp/Example:alice@google.com`, whose
# secret is JBSWY3DPEHPK3PXP.
EXAMPLE = "otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC"

# Two pictures of one export, written by Python's protobuf.
FIRST = (
    "CnMKKDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTASKEFtYXpvbiBXZWIgU2VydmljZXM6cm"
    "ljaGFyZEAxMTExMjIyMjMzMzMaE0FtYXpvbiBXZWIgU2VydmljZXMgASgBMAJCAmExCioKFDEyMzQ1Njc4OTAxMjM0"
    "NTY3ODkwEgZzaGEyNTYaBFdvcmsgAigCMAIQAhgCKPnStP%2F%2F%2F%2F%2F%2F%2FwE%3D"
)
SECOND = (
    "CioKFDEyMzQ1Njc4OTAxMjM0NTY3ODkwEgZzaGE1MTIaBFdvcmsgAygBMAIKJwoUMTIzNDU2Nzg5MDEyMzQ1Njc4OT"
    "ASB2NvdW50ZWQgASgBMAE4BxACGAIgASj50rT%2F%2F%2F%2F%2F%2F%2F8B"
)


def varint(number: int) -> bytes:
    more = b""
    while number > 0x7F:
        more += bytes([number & 0x7F | 0x80])
        number >>= 7
    return more + bytes([number])


def text(field: int, content: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(content)) + content


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def account(secret: bytes, name: str, issuer: str = "", *more: bytes) -> bytes:
    fields = text(1, secret) + text(2, name.encode()) + (text(3, issuer.encode()) if issuer else b"")
    return text(1, fields + b"".join(more))


def link(*parts: bytes) -> Secret:
    data = base64.b64encode(b"".join(parts)).decode()
    return Secret(f"otpauth-migration://offline?data={quote(data, safe='')}")


def test_the_example_is_read() -> None:
    found = read_migration(Secret(EXAMPLE)).accounts

    seed = Seed(key=Secret("JBSWY3DPEHPK3PXP"))
    assert found == (MigratedAccount(issuer="Example", account="alice@google.com", seed=seed),)


def test_several_accounts_come_in_one_link_with_their_parameters() -> None:
    first = account(b"0123456789", "richard@111122223333", "Amazon Web Services", number(4, 1), number(6, 2))
    second = account(b"abcdefghij", "me", "Work", number(4, 3), number(5, 2), number(6, 2))
    found = read_migration(link(first, second, number(2, 1), number(3, 1), number(5, 4711))).accounts

    assert [(each.issuer, each.account) for each in found] == [
        ("Amazon Web Services", "richard@111122223333"),
        ("Work", "me"),
    ]
    assert found[0].seed == Seed(key=Secret(base64.b32encode(b"0123456789").decode()))
    assert found[1].seed == Seed(key=Secret(base64.b32encode(b"abcdefghij").decode()), algorithm="SHA512", digits=8)


@pytest.mark.parametrize(
    ("field", "why"),
    [
        (number(6, 1), "it is counter-based (hotp)"),
        (number(6, 9), "it is of an unknown kind"),
        (number(4, 4), "it uses an algorithm other than SHA1, SHA256 and SHA512"),
        (number(5, 3), "its codes have neither 6 nor 8 digits"),
        (text(1, b"012345678"), "the seed is too short: 15 characters, at least 16 are needed"),
        (text(1, b""), "the seed is too short: 0 characters, at least 16 are needed"),
    ],
    ids=["counter-based", "unknown kind", "MD5", "unknown digits", "short", "empty"],
)
def test_what_the_clouds_cannot_use_has_a_reason_in_place_of_a_seed(field: bytes, why: str) -> None:
    (found,) = read_migration(link(account(b"0123456789", "x", "", field))).accounts

    assert found.seed == why


def test_a_link_says_which_of_several_pictures_it_is() -> None:
    one = account(b"0123456789", "x")
    # The number of an export may be negative, and then takes ten bytes.
    negative = number(5, (1 << 64) - 42)

    found = read_migration(link(one, number(2, 1), number(3, 3), number(4, 1), negative))

    assert (found.part, found.parts, found.export) == (2, 3, (1 << 64) - 42)


@pytest.mark.parametrize("fields", [b"", number(3, 0), number(3, 1) + number(4, 1), number(3, 1 << 40)])
def test_a_link_that_does_not_count_is_all_there_is(fields: bytes) -> None:
    found = read_migration(link(account(b"0123456789", "x"), fields))

    assert (found.part, found.parts) == (1, 1)


def test_each_of_the_links_of_another_implementation_is_read() -> None:
    first = "otpauth-migration://offline?data=" + FIRST
    second = "otpauth-migration://offline?data=" + SECOND

    accounts = [*read_migration(Secret(first)).accounts, *read_migration(Secret(second)).accounts]

    assert [each.account for each in accounts] == ["richard@111122223333", "sha256", "sha512", "counted"]
    assert [
        each.seed if isinstance(each.seed, str) else (each.seed.algorithm, each.seed.digits) for each in accounts
    ] == [
        ("SHA1", 6),
        ("SHA256", 8),
        ("SHA512", 6),
        "it is counter-based (hotp)",
    ]
    assert read_migration(Secret(second)).part == read_migration(Secret(second)).parts == 2


def test_fields_of_later_versions_are_passed_over() -> None:
    odd = varint(9 << 3 | 1) + bytes(8) + varint(10 << 3 | 5) + bytes(4)

    (found,) = read_migration(link(odd, account(b"0123456789", "x", "", odd))).accounts

    assert isinstance(found.seed, Seed)


def test_a_plus_sign_that_was_not_escaped_is_one() -> None:
    content = account(b"ab" + b"\xfb\xef\xbe" * 4, "x")
    data = base64.b64encode(content).decode()

    (found,) = read_migration(Secret(f"otpauth-migration://offline?data={data}")).accounts

    assert "+" in data
    assert found.seed == Seed(key=Secret(base64.b32encode(b"ab" + b"\xfb\xef\xbe" * 4).decode().rstrip("=")))


@pytest.mark.parametrize(
    "bad",
    [
        Secret("otpauth-migration://offline"),
        Secret("otpauth-migration://offline?data="),
        Secret("otpauth-migration://offline?data=*"),
        Secret("otpauth-migration://offline?data=" + base64.b64encode(b"\x0a\x7f\x00").decode()),
        Secret("otpauth-migration://offline?data=" + base64.b64encode(b"\x0b").decode()),
        link(b"\xff" * 12),
        link(account(b"0123456789", "x"), b"\x0a"),
        link(account(b"0123456789", "x"), b"\x08\x80"),
        link(account(b"0123456789", "x"), varint(9 << 3 | 1) + bytes(7)),
        link(account(b"0123456789", "x"), varint(9 << 3 | 5) + bytes(3)),
        link(account(b"0123456789", "x"), varint(9 << 3 | 4)),
        link(b"\x02\x01a"),
        link(b"\x0a" + b"\xff" * 9 + b"\x01"),
        link(text(1, text(2, b"\xff\xfe"))),
    ],
)
def test_what_is_damaged_is_refused_without_a_word_of_it(bad: Secret) -> None:
    with pytest.raises(SeedMalformed) as caught:
        read_migration(bad)

    assert caught.value.message == "the otpauth-migration link does not parse"
    assert caught.value.__cause__ is None


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        found = read_migration(link(content))
    except SeedMalformed:
        found = Migration(accounts=())

    assert found.part <= found.parts
