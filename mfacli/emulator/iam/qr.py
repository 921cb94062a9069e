"""The picture that an authenticator app scans to take a virtual device's seed."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import quote

from mfacli.domain.secret import Secret


def otpauth_link(device_name: str, account_id: str, seed: Secret) -> Secret:
    """Return what the picture says, in the form that IAM documents: the rest is left to the key-uri defaults."""
    return Secret(f"otpauth://totp/{quote(device_name, safe='@')}@{account_id}?secret={seed.reveal()}")


def qr_png(link: Secret) -> bytes:
    """Return the link as a QR code, in PNG."""
    import segno

    picture = BytesIO()
    segno.make(link.reveal(), error="m", micro=False).save(picture, kind="png", scale=4)
    return picture.getvalue()
