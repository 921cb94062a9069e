"""Google Authenticator's migration links, built here field by field as the message is published."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfacli.codes.migration import MigratedAccount, read_migration
from mfacli.domain.codes import Seed
from mfacli.domain.secret import Secret
from mfacli.errors import SeedMalformed

# A link that circulates as the example of its form: one account, `otpauth://totp/Example:alice@google.com`, whose
# secret is JBSWY3DPEHPK3PXP.
EXAMPLE = "otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC"


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
    found = read_migration(Secret(EXAMPLE))

    seed = Seed(key=Secret("JBSWY3DPEHPK3PXP"))
    assert found == [MigratedAccount(issuer="Example", account="alice@google.com", seed=seed)]


def test_several_accounts_come_in_one_link_with_their_parameters() -> None:
    first = account(b"0123456789", "richard@111122223333", "Amazon Web Services", number(4, 1), number(6, 2))
    second = account(b"abcdefghij", "me", "Work", number(4, 3), number(5, 2), number(6, 2))
    found = read_migration(link(first, second, number(2, 1), number(3, 1), number(5, 4711)))

    assert [(each.issuer, each.account) for each in found] == [
        ("Amazon Web Services", "richard@111122223333"),
        ("Work", "me"),
    ]
    assert found[0].seed == Seed(key=Secret(base64.b32encode(b"0123456789").decode()))
    assert found[1].seed == Seed(key=Secret(base64.b32encode(b"abcdefghij").decode()), algorithm="SHA512", digits=8)


@pytest.mark.parametrize(
    "field",
    [number(6, 1), number(4, 4), number(5, 3)],
    ids=["counter-based", "MD5", "unknown digits"],
)
def test_what_the_clouds_cannot_use_has_no_seed(field: bytes) -> None:
    (found,) = read_migration(link(account(b"0123456789", "x", "", field)))

    assert found.seed is None


def test_fields_of_later_versions_are_passed_over() -> None:
    odd = varint(9 << 3 | 1) + bytes(8) + varint(10 << 3 | 5) + bytes(4)

    (found,) = read_migration(link(odd, account(b"0123456789", "x", "", odd)))

    assert found.seed is not None


def test_a_plus_sign_that_was_not_escaped_is_one() -> None:
    content = account(b"ab" + b"\xfb\xef\xbe" * 4, "x")
    data = base64.b64encode(content).decode()

    (found,) = read_migration(Secret(f"otpauth-migration://offline?data={data}"))

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
        found = []

    assert all(isinstance(each, MigratedAccount) for each in found)
