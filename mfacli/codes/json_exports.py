"""What authenticator apps and password managers write as JSON becomes otpauth links, one for each account.

Known are Aegis, Bitwarden, 2FAS and andOTP; of any other document, the links that stand in it. Links, so that
everything is read and judged in one place. Nothing of the text is repeated in an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote, urlencode

from mfacli.errors import SeedMalformed

_NOT_ENCRYPTED = "export it without a password, import it, and delete the file"
_PARAMETERS = ("algorithm", "digits", "period")


def links_in_json(text: str) -> Sequence[str]:
    """Return the accounts in an export as links; raises `SeedMalformed` for what is none, or is encrypted."""
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError):
        raise SeedMalformed(
            "the export is no JSON document", hint="export it again, and give the whole file"
        ) from None
    match document:
        case (
            {"db": str()}
            | {"encrypted": True}
            | {"servicesEncrypted": str()}
            | {"encryptedData": str()}
            | {"encrypted_content": str()}
        ):
            raise SeedMalformed("the export is encrypted", hint=_NOT_ENCRYPTED)
        case {"db": {"entries": [*entries]}}:
            return [link for entry in entries if (link := _aegis(entry))]
        case {"items": [*items]}:
            return [link for item in items if (link := _bitwarden(item))]
        case {"services": [*services]}:
            return [link for service in services if (link := _two_fas(service))]
    if isinstance(document, list) and (links := [link for entry in document if (link := _and_otp(entry))]):
        return links
    links = [each for each in _strings(document) if each.lower().startswith(("otpauth://", "otpauth-migration://"))]
    if not links:
        raise SeedMalformed(
            "no seed is found in this JSON: it is no export of Aegis, Bitwarden, 2FAS or andOTP",
            hint="give the otpauth:// links themselves, one a line",
        )
    return links


def _aegis(entry: object) -> str | None:
    match entry:
        case {"type": str(kind), "info": {"secret": str(secret), **said}, **entry}:
            return link_to(
                kind, entry.get("issuer"), entry.get("name"), secret, {**said, "algorithm": said.get("algo")}
            )
        case _:
            return None


def _bitwarden(item: object) -> str | None:
    match item:
        case {"login": {"totp": str(totp), **login}, **item} if totp.strip():
            scheme, separator, rest = totp.strip().partition("://")
            if separator and scheme.lower() != "steam":
                return totp.strip()
            kind, secret = ("steam", rest) if separator else ("totp", totp)
            return link_to(kind, item.get("name"), login.get("username"), secret, {})
        case _:
            return None


def _two_fas(service: object) -> str | None:
    match service:
        case {"secret": str(secret), "otp": {**said}, **service}:
            issuer = said.get("issuer") or service.get("name")
            return link_to(said.get("tokenType"), issuer, said.get("account") or said.get("label"), secret, said)
        case _:
            return None


def _and_otp(entry: object) -> str | None:
    match entry:
        case {"secret": str(secret), "type": str(kind), **said}:
            return link_to(kind, said.get("issuer"), said.get("label"), secret, said)
        case _:
            return None


def link_to(kind: object, issuer: object, account: object, secret: str, said: Mapping[object, object]) -> str:
    """Return the otpauth link to an account; of what else is `said` of it, those parameters that a link has."""
    parameters = {"secret": secret, "issuer": issuer, **{name: said.get(name) for name in _PARAMETERS}}
    query = urlencode({name: str(value) for name, value in parameters.items() if value})
    # The colon ends the issuer, which stands among the parameters: the account may have colons of its own.
    label = f":{quote(str(account or ''), safe='@')}"
    return f"otpauth://{quote(str(kind or 'totp'), safe='').lower()}/{label}?{query}"


def _strings(document: object) -> Iterator[str]:
    # Not by recursion: a document may be as deep as its reader can go.
    values = [document]
    while values:
        value = values.pop()
        if isinstance(value, str):
            yield value.strip()
        elif isinstance(value, dict):
            values += reversed(value.values())
        elif isinstance(value, list):
            values += reversed(value)
