"""How long the words of a shell's prompt take beside a bare Python, all in one run.

    python -m tests.benchmarks.prompt [--python VENV/bin/python] [--rounds 40]

What is measured and how is that of `cached_read.py`. The index holds as many sessions as a busy person's.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.benchmarks.measuring import Program, environment_of, installed, measured, run
from tests.benchmarks.peers import PROFILE

SESSIONS = 20
# Lists sessions as the store does when it keeps them.
LIST = f"""
import os
from datetime import UTC, datetime, timedelta
from mfacli.commands.options import Manners
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Session
from mfacli.domain.secret import Secret
from mfacli.store.index import FileIndex
from mfacli.store.lines import line_of
desk = Desk(manners=Manners(), environment=os.environ)
now = datetime.now(UTC)
session = Session(
    cloud=Cloud.AWS, access_key_id="ASIAIOSFODNN7EXAMPLE", secret_access_key=Secret("s"), session_token=Secret("t"),
    issued_at=now, expires_at=now + timedelta(hours=9), mfa_at=now, account_id="111122223333",
    principal="arn:aws:iam::111122223333:user/bench", device="arn:aws:iam::111122223333:mfa/bench",
)
lines = {{
    f"kernel:{{number:032x}}": line_of(
        session, place="kernel keyring", profile=f"profile-{{number}}" if number else {PROFILE!r}, kind="session",
        opened_with="AKIAIOSFODNN7EXAMPLE",
    )
    for number in range({SESSIONS})
}}
FileIndex(desk.places.state / "sessions.json", locks=desk.locks, talk=desk.terminal).change(
    lambda records: records.update(lines)
)
"""
WANTED = 1.2


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, help="of a virtual environment with mfacli installed")
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        python = options.python.absolute() if options.python else installed(root / "venv")
        home = environment_of(root)
        run([str(python), "-c", LIST], home)
        expiration = (datetime.now(UTC) + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M:%SZ")
        exported = {
            "AWS_ACCESS_KEY_ID": "a", "AWS_SESSION_TOKEN": "t" * 720, "AWS_CREDENTIAL_EXPIRATION": expiration,
            "MFACLI_PROFILE": PROFILE,
        }  # fmt: skip
        commands = _commands(python, home, exported)
        programs = [Program(name=name, command=command, environment=home) for name, command in commands.items()]
        _print(measured(programs, options.rounds))


def _commands(python: Path, home: Mapping[str, str], exported: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    asking = (str(python.parent / "mfacli"), "status", "--prompt")
    in_shell = ("/usr/bin/env", *(f"{name}={value}" for name, value in exported.items()), *asking)
    of_profile = (*asking, "-p", PROFILE)
    for command in (in_shell, of_profile):
        if not run(command, home).startswith(f"{PROFILE} 8h ".encode()):
            raise SystemExit(f"`{' '.join(command[-4:])}` does not say how long the session lives")
    return {
        "bare Python": (str(python), "-c", "pass"),
        "bare Python, by env": ("/usr/bin/env", str(python), "-c", "pass"),
        "status --prompt, a session of this shell, by env": in_shell,
        f"status --prompt -p, {SESSIONS} sessions kept": of_profile,
        "the ordinary way": (*of_profile, "-v"),
    }


def _print(taken: Mapping[str, Sequence[float]]) -> None:
    print(f"load {os.getloadavg()[0]:.1f}; medians of {len(taken['bare Python'])} rounds\n")
    for name, times in taken.items():
        bare = statistics.median(taken["bare Python, by env" if name.endswith("by env") else "bare Python"])
        median = statistics.median(times)
        wanted = f"   wanted {WANTED}" if name.startswith("status") else ""
        print(f"{name:50} {median:8.1f} ms {median / bare:7.2f} x{wanted}")


if __name__ == "__main__":
    main(sys.argv[1:])
