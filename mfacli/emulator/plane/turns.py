"""Lets several worlds share moto, whose state is one for the whole process and knows no threads.

Each world's state is put in place when its turn comes and taken away when another's does, so two emulators in one
process do not see each other's buckets. moto is imported only when the first turn is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend

    Backends = BackendDict[BaseBackend]
    Contents = dict[Backends, dict[str, AccountSpecificBackend[BaseBackend]]]


@dataclass(eq=False)
class Stage:
    """One world's moto state while another has its turn."""

    contents: Contents = field(default_factory=dict)
    bucket_accounts: dict[str, tuple[str, str]] = field(default_factory=dict)


class _Turn:
    """Whose turn it is. There is one, because there is one moto."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.stage: Stage | None = None


_TURN = _Turn()


@contextmanager
def on_stage(stage: Stage) -> Iterator[None]:
    """Have moto's state be this stage's, and nobody else in moto, for the length of a `with`."""
    with _TURN.lock:
        if _TURN.stage is not stage:
            _put_away(_TURN.stage)
            _bring_back(stage)
            _TURN.stage = stage
        yield


def _put_away(stage: Stage | None) -> None:
    in_use, buckets = _in_use(), _bucket_accounts()
    if stage is not None:
        stage.contents = {backends: dict(backends) for backends in in_use}
        stage.bucket_accounts = dict(buckets)
    for backends in in_use:
        backends.clear()
    in_use.clear()
    buckets.clear()


def _bring_back(stage: Stage) -> None:
    in_use = _in_use()
    for backends, contents in stage.contents.items():
        backends.update(contents)
        in_use.append(backends)
    _bucket_accounts().update(stage.bucket_accounts)


def _in_use() -> list[Backends]:
    """Return moto's own list of the services that hold anything; it has no public name."""
    from moto.core.base_backend import BackendDict

    found: list[Backends] = BackendDict._instances  # type: ignore[misc]  # noqa: SLF001
    return found


def _bucket_accounts() -> dict[str, tuple[str, str]]:
    """Return moto's map of buckets to their owners, which lies beside its backends; empty before S3 is first used."""
    import sys

    models = sys.modules.get("moto.s3.models")
    if models is None:
        return {}
    found: dict[str, tuple[str, str]] = models.s3_backends.bucket_accounts
    return found
