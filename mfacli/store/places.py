"""The directories that mfacli keeps its own files in; no secret rests in them but an encrypted one.

Nothing is created here: whoever writes makes its directory private first (`private_files.py`).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mfacli.errors import ProfileBroken

STATE_DIR_VARIABLE = "MFACLI_STATE_DIR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where files go.

    `state` outlives a reboot (indexes, locks, the ledger of codes). `runtime` is where locks go when `state`
    cannot be written.
    """

    state: Path
    runtime: Path

    @property
    def namespace(self) -> str:
        """A short name for this state directory, part of every name under which something is kept.

        Keyrings belong to the user, not to a HOME: without it two state directories of one user would serve each
        other's sessions. It is made from the path as it was given, so that it costs no look at the disk.
        """
        return hashlib.sha256(os.fsencode(self.state)).hexdigest()[:8]

    @property
    def lock_directories(self) -> tuple[Path, ...]:
        """Where locks are made, the first choice first."""
        return (self.state / "locks", self.runtime / "locks")


def places_from(environment: Mapping[str, str]) -> Places:
    """Return the directories that `environment` names, else the system's usual ones.

    Raises `ProfileBroken` for an MFACLI_STATE_DIR that is not absolute: it would mean another store in every
    directory.
    """
    named = environment.get(STATE_DIR_VARIABLE)
    if named:
        state = Path(os.path.expanduser(named))  # noqa: PTH111 - Path.expanduser raises for an unknown ~user
        if not state.is_absolute():
            raise ProfileBroken(
                f"{STATE_DIR_VARIABLE} is `{named}`, which is not an absolute path",
                hint=f"give one that begins at the root: export {STATE_DIR_VARIABLE}=$HOME/{named}",
            )
        return Places(state=state, runtime=state / "run")
    return _usual_places()


def _usual_places() -> Places:
    import warnings

    import platformdirs

    with warnings.catch_warnings():
        # It warns where XDG_RUNTIME_DIR is missing, as under cron and sudo, and then finds a place all the same.
        warnings.simplefilter("ignore")
        runtime = platformdirs.user_runtime_path("mfacli", appauthor=False)
    return Places(state=platformdirs.user_state_path("mfacli", appauthor=False), runtime=runtime)
