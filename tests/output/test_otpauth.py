"""A seed as a link is read back as the seed it was, by others and by us."""

from __future__ import annotations

import pyotp
import pytest

from mfacli.codes.seeds import parse_seed
from mfacli.domain.codes import Seed
from mfacli.domain.secret import Secret
from mfacli.output.otpauth import otpauth_link

KEY = Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")


@pytest.mark.parametrize(
    "seed",
    [
        Seed(key=KEY),
        Seed(key=KEY, algorithm="SHA512", digits=8, period=60),
        Seed(key=KEY, algorithm="SHA256"),
    ],
)
def test_a_seed_survives_its_link(seed: Seed) -> None:
    link = otpauth_link(seed, issuer="Amazon Web Services", account="a b:c@111122223333")

    read = parse_seed(link)
    assert (read.seed, read.issuer, read.account) == (seed, "Amazon Web Services", "a b:c@111122223333")


def test_what_goes_without_saying_is_left_out() -> None:
    link = otpauth_link(Seed(key=KEY), issuer="Amazon Web Services", account="richard@111122223333")

    assert link.reveal() == (
        "otpauth://totp/Amazon%20Web%20Services:richard@111122223333"
        f"?secret={KEY.reveal()}&issuer=Amazon%20Web%20Services"
    )


def test_another_program_reads_it_alike() -> None:
    seed = Seed(key=KEY, algorithm="SHA256", digits=8, period=60)

    app = pyotp.parse_uri(otpauth_link(seed, issuer="Work", account="me").reveal())

    assert isinstance(app, pyotp.TOTP)
    assert (app.secret, app.digits, app.interval, app.digest().name) == (KEY.reveal(), 8, 60, "sha256")
    assert (app.issuer, app.name) == ("Work", "me")
