"""Keeps moto from the AWS files and settings of the user, which are none of its business and may break it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from mfacli.errors import EmulatorProblem

# moto's own variables that would take decisions out of the gate's hands.
_MEDDLING = {
    "MOTO_ACCOUNT_ID": "it puts everybody into one account",
    "INITIAL_NO_AUTH_ACTION_COUNT": "it makes moto judge requests by itself",
}
_FILES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
_HIDDEN = (*_FILES, "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_DATA_PATH")


def refuse_meddling() -> None:
    """Raise `EmulatorProblem` where the environment tells moto what only the gate may decide."""
    for name, reason in _MEDDLING.items():
        if name in os.environ:
            raise EmulatorProblem(f"the emulator cannot work with `{name}` set: {reason}", hint=f"unset {name}")


@contextmanager
def secluded() -> Iterator[None]:
    """Hide the user's AWS settings for the length of a `with`.

    moto makes SDK sessions while it is imported, only to look up region names; a missing profile would end it. The
    one session that it keeps reads its settings here once, and never again.
    """
    before = {name: os.environ.pop(name) for name in _HIDDEN if name in os.environ}
    os.environ.update(dict.fromkeys(_FILES, os.devnull))
    try:
        from moto.core.base_backend import AccountSpecificBackend

        AccountSpecificBackend.get_session().get_available_regions("sts")
        yield
    finally:
        for name in _FILES:
            os.environ.pop(name, None)
        os.environ.update(before)
