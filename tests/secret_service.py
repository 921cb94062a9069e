"""A D-Bus session of its own with an unlocked gnome-keyring: what most desktops have, without a desktop."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from secretstorage import Collection

TOOLS = ("dbus-run-session", "gnome-keyring-daemon")
# Lives until its stdin is closed; the keyring ends with its bus.
_SCRIPT = """
printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
echo "$DBUS_SESSION_BUS_ADDRESS"
exec cat >/dev/null
"""


@contextmanager
def secret_service(folder: Path) -> Iterator[Mapping[str, str]]:
    """Run one that keeps its files in `folder`; gives the variables by which it is reached and chosen."""
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700, parents=True)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_RUNTIME_DIR": str(runtime)}
    with subprocess.Popen(
        ["dbus-run-session", "--", "sh", "-c", _SCRIPT],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield {
                "DBUS_SESSION_BUS_ADDRESS": process.stdout.readline().strip(),
                "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring",
            }
        finally:
            process.stdin.close()
            process.wait(timeout=20)


@contextmanager
def default_collection() -> Iterator[Collection]:
    """Give the collection that `keyring` keeps things in, on the bus of the environment."""
    import secretstorage

    with closing(secretstorage.dbus_init()) as connection:
        yield secretstorage.get_default_collection(connection)
