"""What other programs export becomes seeds: one or many, of which the person chooses.

Read are otpauth links, one or many in any text (1Password's CSV, lists), Google Authenticator's migration links, what
Aegis and Bitwarden write as JSON where it is not encrypted, and bare base32. Nothing of it is repeated in an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote, urlencode

from mfacli.codes.migration import SCHEME, read_migration
from mfacli.codes.seeds import ImportedSeed, parse_seed
from mfacli.domain.secret import Secret
from mfacli.errors import SeedMalformed

# A link ends where a list or a table goes on.
_LINK = re.compile(r"otpauth(?:-migration)?://[^\s\"'<>|]+", re.IGNORECASE)
_NOT_ENCRYPTED = "export it without a password, import it, and delete the file"

Json = Mapping[str, object]


def read_seeds(content: Secret) -> Sequence[ImportedSeed]:
    """Return the seeds in `content`, at least one; those that no cloud can use are passed over.

    Raises `SeedMalformed`: where there is none, saying what is wrong with the first.
    """
    text = content.reveal().strip()
    if text.startswith(("{", "[")):
        return _usable(_from_json(text))
    links = _LINK.findall(text)
    if len(links) <= 1 and not text.lower().startswith(SCHEME) and "\n" not in text:
        return [parse_seed(content)]
    if not links:
        return [parse_seed(content)]
    # In CSV a comma ends the field, and no link has one that is not escaped.
    return _usable(link.rstrip(",;") for link in links)


def _usable(texts: Iterator[str]) -> Sequence[ImportedSeed]:
    found: list[ImportedSeed] = []
    first: SeedMalformed | None = None
    for text in texts:
        try:
            found += _seeds_of(text)
        except SeedMalformed as problem:
            first = first or problem
    if found:
        return found
    raise first or SeedMalformed("nothing in it is a seed", hint="an otpauth:// link, or an export with some")


def _seeds_of(text: str) -> list[ImportedSeed]:
    if not text.lower().startswith(SCHEME):
        return [parse_seed(Secret(text))]
    accounts = read_migration(Secret(text))
    return [
        ImportedSeed(seed=each.seed, issuer=each.issuer, account=each.account)
        for each in accounts
        if each.seed is not None
    ]


def _from_json(text: str) -> Iterator[str]:
    try:
        document: object = json.loads(text)
    except ValueError:
        raise SeedMalformed(
            "the export is no JSON document", hint="export it again, and give the whole file"
        ) from None
    match document:
        case {"db": str()} | {"encrypted": True}:
            raise SeedMalformed("the export is encrypted", hint=_NOT_ENCRYPTED)
        case {"db": {"entries": [*entries]}}:
            return (link for entry in entries if (link := _aegis(entry)))
        case {"items": [*items]}:
            return (link for item in items if (link := _bitwarden(item)))
        case _:
            raise SeedMalformed(
                "this JSON is no export of Aegis or Bitwarden",
                hint="give the otpauth:// links themselves, one a line",
            )


def _aegis(entry: object) -> str | None:
    if not isinstance(entry, dict):
        return None
    match entry:
        case {"type": "totp", "info": {"secret": str(secret)} as info}:
            parameters = {
                "secret": secret,
                "algorithm": str(info.get("algo") or ""),
                "digits": str(info.get("digits") or ""),
                "period": str(info.get("period") or ""),
            }
            return _link(str(entry.get("issuer") or ""), str(entry.get("name") or ""), parameters)
        case _:
            return None


def _bitwarden(item: object) -> str | None:
    if not isinstance(item, dict):
        return None
    match item:
        case {"login": {"totp": str(totp)} as login} if totp.strip():
            if totp.lower().startswith("otpauth"):
                return totp.strip()
            name = str(item.get("name") or "")
            return _link(name, str(login.get("username") or ""), {"secret": totp})
        case _:
            return None


def _link(issuer: str, account: str, parameters: Mapping[str, str]) -> str:
    """Return an otpauth link, so that everything is read and judged in one place."""
    said = {name: value for name, value in {**parameters, "issuer": issuer}.items() if value}
    return f"otpauth://totp/{quote(account, safe='@')}?{urlencode(said)}"
