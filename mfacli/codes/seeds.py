"""A person's text becomes a seed: an otpauth link (the key-uri format of authenticator apps) or bare base32.

Nothing of the text is repeated in an error: every part of it may be secret.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from mfacli.domain.codes import Seed
from mfacli.domain.secret import Secret
from mfacli.errors import SeedMalformed

_BASE32 = frozenset(string.ascii_uppercase + "234567")
# 80 bits, which is what many sites hand out although RFC 4226 (R6) asks for 128; AWS gives 320.
_FEWEST_CHARACTERS = 16
# Decades; whatever is longer is a slip, and beyond what dates can say.
_LONGEST_PERIOD = 10**9
# Base32 groups of eight characters end after 2, 4, 5 or 7 of them, never after 1, 3 or 6 (RFC 4648 section 6).
_IMPOSSIBLE_ENDS = (1, 3, 6)
_HOW_TO_GET_ONE = (
    "the seed is the text shown beside the QR code when the device is set up, or the otpauth:// link in it"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedSeed:
    """A seed with what its otpauth link said about where it belongs.

    `issuer` and `account` are empty for bare base32, and where the link does not name them.
    """

    seed: Seed
    issuer: str = ""
    account: str = ""

    @property
    def label(self) -> str:
        """What people know it by."""
        return label_of(self.issuer, self.account)


def label_of(issuer: str, account: str) -> str:
    """Return what people know an account by."""
    return ": ".join(part for part in (issuer, account) if part) or "without a name"


def parse_seed(text: Secret) -> ImportedSeed:
    """Return the seed that `text` is; raises `SeedMalformed`, saying what is wrong with it."""
    stripped = text.reveal().strip()
    if not stripped:
        raise SeedMalformed("no seed was given", hint=_HOW_TO_GET_ONE)
    scheme, separator, _ = stripped.partition("://")
    if not separator:
        return ImportedSeed(seed=Seed(key=parse_key(stripped)))
    match scheme.lower():
        case "otpauth":
            return _from_link(_split(stripped))
        case "otpauth-migration":
            raise SeedMalformed(
                "this is an authenticator app's export (otpauth-migration), which bundles several accounts",
                hint="import the one account: the otpauth:// link or base32 text from when the device was set up",
            )
        case _:
            raise SeedMalformed("this link is not an otpauth:// link", hint=_HOW_TO_GET_ONE)


def label_in(text: Secret) -> tuple[str, str] | None:
    """Return issuer and account as a link names them, None where that is not to be told from its seed."""
    try:
        link = urlsplit(text.reveal().strip())
    except ValueError:
        return None
    parameters = parse_qs(link.query)
    # Where the seed is not in its place, it may stand in the label's.
    if link.scheme != "otpauth" or "secret" not in parameters:
        return None
    issuer, account = _label(link.path)
    return parameters.get("issuer", [issuer])[0].strip(), account


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError:
        # The original message quotes the host part, and whoever mistypes a link may have the seed there.
        raise SeedMalformed("the otpauth link does not parse", hint=_HOW_TO_GET_ONE) from None


def _from_link(link: SplitResult) -> ImportedSeed:
    kind = link.netloc.lower()
    if kind == "hotp":
        raise SeedMalformed(
            "the otpauth link is for a counter-based device (hotp)",
            hint="the clouds take time-based devices only (totp): set the device up as a virtual MFA device",
        )
    parameters = parse_qs(link.query, keep_blank_values=True)
    if "steam" in (kind, _parameter(parameters, "encoder").lower()):
        raise SeedMalformed(
            "the otpauth link is for Steam, whose codes have letters", hint="no cloud takes them: give another one"
        )
    if kind != "totp":
        raise SeedMalformed("the otpauth link is not for a time-based device", hint="it must begin otpauth://totp/")
    secret = _parameter(parameters, "secret")
    if not secret:
        raise SeedMalformed("the otpauth link has no `secret`", hint="copy the whole link, up to its end")
    issuer, account = _label(link.path)
    return ImportedSeed(
        seed=Seed(
            key=parse_key(secret),
            algorithm=_algorithm(_parameter(parameters, "algorithm")),
            digits=_digits(_parameter(parameters, "digits")),
            period=_period(_parameter(parameters, "period")),
        ),
        issuer=_parameter(parameters, "issuer") or issuer,
        account=account,
    )


def _parameter(parameters: dict[str, list[str]], name: str) -> str:
    values = parameters.get(name, [""])
    if len(values) > 1:
        raise SeedMalformed(f"the otpauth link has `{name}` more than once")
    return values[0].strip()


def _label(path: str) -> tuple[str, str]:
    """Return issuer and account of `/ISSUER:ACCOUNT`; the colon may be written %3A, the issuer may be missing."""
    issuer, colon, account = unquote(path.removeprefix("/")).partition(":")
    return (issuer.strip(), account.strip()) if colon else ("", issuer.strip())


def _algorithm(text: str) -> str:
    name = (text or "SHA1").upper().replace("-", "")
    if name not in ("SHA1", "SHA256", "SHA512"):
        raise SeedMalformed(
            "the otpauth link names an unknown `algorithm`", hint="known: SHA1 (the usual one), SHA256, SHA512"
        )
    return name


def _digits(text: str) -> int:
    if text not in ("", "6", "8"):
        raise SeedMalformed("the otpauth link asks for codes of neither 6 nor 8 digits")
    return int(text or "6")


def _period(text: str) -> int:
    if not text:
        return 30
    # By its length first: Python reads no numbers of thousands of digits.
    if not (text.isascii() and text.isdigit()) or len(text) > 20 or not 0 < int(text) <= _LONGEST_PERIOD:
        raise SeedMalformed("the otpauth link's `period` is not a positive whole number of seconds, or far too long")
    return int(text)


def parse_key(text: str) -> Secret:
    """Return `text` as base32 without spaces, dashes and padding, in capitals; raises `SeedMalformed`."""
    key = "".join(text.split()).replace("-", "").upper().rstrip("=")
    for position, character in enumerate(key, start=1):
        if character not in _BASE32:
            raise SeedMalformed(
                f"the seed is not base32: character {position} is none of A-Z and 2-7",
                hint="base32 has no 0, 1, 8 and 9: O, I and B look alike",
            )
    if len(key) < _FEWEST_CHARACTERS:
        raise SeedMalformed(
            f"the seed is too short: {len(key)} characters, at least {_FEWEST_CHARACTERS} are needed",
            hint="a six-digit code is not the seed; " + _HOW_TO_GET_ONE,
        )
    if len(key) % 8 in _IMPOSSIBLE_ENDS:
        raise SeedMalformed(
            f"the seed is not whole: base32 never has {len(key)} characters", hint="copy it again, up to its end"
        )
    return Secret(key)
