"""Tencent Cloud's sign-in for roles: a link that is signed with the role's session, without a call.

After "Role-based console login" (598/45529) of the CAM documents. The link holds the session's id and token but not
its key, and is signed for the site that the session is of, whichever machine answers it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from mfacli.domain.credentials import Keys
from mfacli.domain.plan import Plan
from mfacli.domain.secret import Secret
from mfacli.interfaces import Clock
from mfacli.providers.signin_places import console_path, signin_base

_PATH = "/login/roleAccessCallback"
_STS_DOMAINS = ("tencentcloudapi.com", "tencentcloudapi.cn")
_INTERNATIONAL = ".intl.tencentcloudapi.com"
# Of the nonce, as documented.
_SMALLEST, _LARGEST = 10_000, 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """One of the cloud's two sites, whose accounts are apart."""

    signin: str
    console: str
    domain: str


_CHINA = _Site(signin="cloud.tencent.com", console="console.cloud.tencent.com", domain="cloud.tencent.com")
_ABROAD = _Site(signin="www.tencentcloud.com", console="console.tencentcloud.com", domain="tencentcloud.com")


class TencentSignin:
    """The `SigninProvider` for Tencent Cloud."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock

    def console_page(self, wanted: str | None, *, plan: Plan) -> str:
        """Return the address of a page of the site's console."""
        site = _site_of(plan)
        if wanted is None:
            return f"https://{site.console}/"
        path = console_path(wanted, domains=(site.domain,), example=f"https://{site.console}/…")
        return wanted if path is None else f"https://{site.console}/{path}"

    def signin_url(self, page: str, *, plan: Plan, keys: Keys) -> Secret:
        """Sign a link for the page; see `SigninProvider`. Nobody has been asked whether the cloud takes it."""
        site = _site_of(plan)
        base = signin_base(plan, clouds_own=_STS_DOMAINS, base=f"https://{site.signin}")
        nonce = _SMALLEST + secrets.randbelow(_LARGEST - _SMALLEST + 1)
        signed = {
            "action": "roleLogin",
            "nonce": str(nonce),
            "secretId": keys.access_key_id,
            "timestamp": str(int(self._clock.cloud_now().timestamp())),
        }
        # In the order of their names, and not encoded.
        text = "&".join(f"{name}={value}" for name, value in signed.items())
        secret = keys.secret_access_key.reveal().encode()
        digest = hmac.digest(secret, f"GET{site.signin}{_PATH}?{text}".encode(), hashlib.sha256)
        asked = {
            "algorithm": "sha256",
            "secretId": signed["secretId"],
            "token": keys.session_token.reveal() if keys.session_token else "",
            "nonce": signed["nonce"],
            "timestamp": signed["timestamp"],
            "signature": base64.b64encode(digest).decode(),
            "s_url": page,
        }
        return Secret(f"{base}{_PATH}?{urlencode(asked)}")


def _site_of(plan: Plan) -> _Site:
    url = plan.endpoint_url or ""
    try:
        host = urlsplit(url if "://" in url else f"https://{url}").hostname or ""
    except ValueError:
        host = ""
    return _ABROAD if host.endswith(_INTERNATIONAL) else _CHINA
