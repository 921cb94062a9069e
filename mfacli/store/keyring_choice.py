"""Whether the keyring is the Secret Service as it usually is, and what decides that."""

from __future__ import annotations

import site
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from mfacli.errors import KeyringLocked
from mfacli.store.deadline import TookTooLong, call_within
from mfacli.store.keyring_backends import chosen_backend, first_of, module_of, translated

# Looking over the backends asks the bus; nobody is asked for anything.
_PATIENCE = timedelta(seconds=1)


def deciding_places(environment: Mapping[str, str], *, home: Path) -> tuple[Path, ...]:
    """Return the file and the folders that decide, beside the environment, which keyring is chosen.

    They are keyring's own configuration and where backends are installed. The library is not imported for it.
    """
    configuration = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    folders = dict.fromkeys([*site.getsitepackages(), site.getusersitepackages()])
    return (configuration / "python_keyring" / "keyringrc.cfg", *map(Path, folders))


def is_secret_service() -> bool:
    """Whether sessions are kept in the default collection of the Secret Service, under keyring's usual attributes.

    Raises `KeyringUnusable` where that cannot be told.
    """

    def look() -> bool:
        backend = first_of(chosen_backend())
        return (
            backend is not None
            and module_of(backend) == "keyring.backends.SecretService"
            and not hasattr(backend, "preferred_collection")
            and getattr(backend, "scheme", None) == "default"
        )

    try:
        return call_within(_PATIENCE, lambda: translated(look))
    except TookTooLong:
        raise KeyringLocked("the keyring has not said in time which it is") from None
