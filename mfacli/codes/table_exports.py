"""What password managers write as CSV, with a column of seeds, becomes otpauth links, one for each account.

Such a column has links, or bare base32 where that is all the site gave. Nothing of the text is repeated in an error.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

from mfacli.codes.json_exports import link_to

# Of Bitwarden, KeePassXC, 1Password, Dashlane and NordPass, as each calls them.
_SEEDS = ("login_totp", "totp", "otpauth", "otpsecret", "otpurl", "one-time password")
_ISSUERS = ("name", "title")
_ACCOUNTS = ("login_username", "username")


def links_in_table(text: str) -> Sequence[str]:
    """Return the accounts in a table as links; empty where it is no table with a column of seeds."""
    try:
        heads, *rows = csv.reader(StringIO(text), strict=True)
    except (csv.Error, ValueError):
        return []
    heads = [head.strip().lower() for head in heads]
    if not set(heads) & set(_SEEDS):
        return []
    return [link for row in rows if (link := _link(dict(zip(heads, row, strict=False))))]


def _link(row: Mapping[str, str]) -> str | None:
    seed = _first(row, _SEEDS)
    if not seed or "://" in seed:
        return seed or None
    return link_to("totp", _first(row, _ISSUERS), _first(row, _ACCOUNTS), seed, {})


def _first(row: Mapping[str, str], heads: Sequence[str]) -> str:
    return next((row[head].strip() for head in heads if row.get(head, "").strip()), "")
