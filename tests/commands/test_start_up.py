"""What a command needs only later is not loaded before its help is shown, or a Tab is answered."""

from __future__ import annotations

import subprocess
import sys

from tests import readme

HEAVY = (
    "boto3", "botocore", "tencentcloud", "keyring", "moto", "cryptography", "rich", "requests", "urllib3",
    "http.client", "http.server", "asyncio",
)  # fmt: skip


def test_help_loads_no_sdk_no_keyring_and_no_server() -> None:
    lines = [[*path, "--help"] for path in readme.commands()]
    show_all = (
        "import sys; from mfacli.commands.main import run; "
        f"codes = [run(line) for line in {lines!r}]; "
        f"print(*(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr); sys.exit(any(codes))"
    )

    shown = subprocess.run([sys.executable, "-c", show_all], capture_output=True, text=True, check=False)

    assert (shown.stderr.split(), shown.returncode) == ([], 0)
    assert shown.stdout.count("Usage: mfacli") == len(lines) > 40
