"""A seed as the otpauth link that authenticator apps read (the key-uri format)."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from mfacli.domain.codes import Seed
from mfacli.domain.secret import Secret

_USUAL = Seed(key=Secret(""))


def otpauth_link(seed: Seed, *, issuer: str, account: str) -> Secret:
    """Return the link; what the format takes for granted (SHA1, 6 digits, 30 s) is left out, as AWS leaves it out."""
    parameters = {"secret": seed.key.reveal(), "issuer": issuer}
    if seed.algorithm != _USUAL.algorithm:
        parameters["algorithm"] = seed.algorithm
    if seed.digits != _USUAL.digits:
        parameters["digits"] = str(seed.digits)
    if seed.period != _USUAL.period:
        parameters["period"] = str(seed.period)
    label = quote(f"{issuer}:{account}", safe=":@")
    return Secret(f"otpauth://totp/{label}?{urlencode(parameters, quote_via=quote)}")
