"""How long a cached read takes beside a bare Python, all in one run.

    python -m tests.benchmarks.cached_read [--python VENV/bin/python] [--rounds 40]

Measure what users install: `--python` is that of a virtual environment with mfacli from its wheel; without it, one is
made for the purpose, by the newest pip. Everything is measured in rounds, each program once a round and another one
first each time, since a machine's speed drifts more within minutes than these programs differ. The session rests in
this kernel's keyring, under a home made for the purpose; no cloud is called. The AWS CLI's own `configure
export-credentials`, which reads static keys here, is measured where one is found that has it.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent
PROFILE = "bench"
CONFIG = f"[profile {PROFILE}]\nmfa_serial = arn:aws:iam::111122223333:mfa/bench\nregion = us-east-1\n"
CREDENTIALS = f"[{PROFILE}]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {'k' * 40}\n"
# Keeps a session as large as AWS's are, as if STS had given it.
KEEP = f"""
import os
from datetime import UTC, datetime, timedelta
from mfacli.commands.options import Manners
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Session
from mfacli.domain.plan import Request
from mfacli.domain.secret import Secret
desk = Desk(manners=Manners(), environment=os.environ)
plan = desk.plan(Request(wants_role=None, profile={PROFILE!r}))
now = datetime.now(UTC)
session = Session(
    cloud=Cloud.AWS, access_key_id="ASIAIOSFODNN7EXAMPLE", secret_access_key=Secret("s" * 40),
    session_token=Secret("t" * 720), issued_at=now, expires_at=now + timedelta(hours=1), account_id="111122223333",
)
desk.store.keep(plan.fingerprint, session, profile={PROFILE!r}, kind="session")
"""
PROCESS = ("credential-process", "-p", PROFILE)
EXPORT = ("export", "-p", PROFILE, "--format", "sh")
# The console script of uv and of pip since 25.3; older ones import `re` first, which costs half a bare Python.
SCRIPT = "import sys\nfrom mfacli.__main__ import main\nsys.exit(main())\n"
WANTED = {"credential-process": 1.2, "export": 1.3}
# Until files count as settled (`commands/answers.py`).
SETTLING_SECONDS = 2.1


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, help="of a virtual environment with mfacli installed")
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        python = options.python.absolute() if options.python else _installed(root / "venv")
        environment = _home(root)
        try:
            _warm_up(python, environment)
            programs = _programs(python, root, environment)
            _print(_measured(programs, environment, options.rounds), python)
        finally:
            _run([str(python.parent / "mfacli"), "forget", "--all", "--yes", "-q"], environment)


def _installed(venv: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    source = venv.parent / "source"
    ignored = shutil.ignore_patterns(".*", "build", "tests", "*.egg-info", "__pycache__")
    shutil.copytree(REPOSITORY, source, ignore=ignored)
    python = venv / "bin" / "python"
    for wanted in (["-U", "pip"], [source]):
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *wanted], check=True)
    return python


def _home(root: Path) -> dict[str, str]:
    folder = root / "home" / ".aws"
    folder.mkdir(parents=True)
    (folder / "config").write_text(CONFIG)
    (folder / "credentials").write_text(CREDENTIALS)
    return {
        "HOME": str(root / "home"),
        "MFACLI_STATE_DIR": str(root / "state"),
        "MFACLI_STORE": "kernel",
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "USER": "bench",
    }


def _warm_up(python: Path, environment: Mapping[str, str]) -> None:
    """Keep a session, ask for it the ordinary way, and make sure that it will be given again."""
    _run([str(python), "-c", KEEP], environment)
    time.sleep(SETTLING_SECONDS)
    command = str(python.parent / "mfacli")
    for question in (PROCESS, EXPORT):
        ordinary, again = (_run([command, *question], environment) for _ in range(2))
        if ordinary != again or b"t" * 720 not in again:
            raise SystemExit(f"`mfacli {' '.join(question)}` does not answer twice alike")
    count = len(list(Path(environment["MFACLI_STATE_DIR"], "answers").iterdir()))
    if count != 2:
        raise SystemExit(f"{count} answers of 2 were remembered")


def _programs(python: Path, root: Path, environment: Mapping[str, str]) -> dict[str, list[str]]:
    command = str(python.parent / "mfacli")
    script = root / "script.py"
    script.write_text(SCRIPT)
    programs = {"bare Python": [str(python), "-c", "pass"]}
    for question in (PROCESS, EXPORT):
        programs[f"mfacli {question[0]}"] = [command, *question]
        if "import re\n" in Path(command).read_text():
            programs[f"the same, by a newer pip's script ({question[0]})"] = [str(python), str(script), *question]
    # A flag before the command is unusual enough for the ordinary way.
    programs["the ordinary way"] = [command, "-q", *PROCESS]
    found = ("/usr/bin/aws", shutil.which("aws"), os.environ.get("MFACLI_TEST_AWS_CLI"))
    for path in dict.fromkeys(path for path in found if path):
        exporting = [path, "configure", "export-credentials", "--profile", PROFILE]
        if _works(exporting, environment):
            programs[f"{path} configure export-credentials"] = exporting
    return programs


def _works(command: Sequence[str], environment: Mapping[str, str]) -> bool:
    if not Path(command[0]).exists():
        return False
    return subprocess.run(command, env=dict(environment), capture_output=True, check=False).returncode == 0


def _measured(
    programs: Mapping[str, Sequence[str]], environment: Mapping[str, str], rounds: int
) -> dict[str, list[float]]:
    names = list(programs)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            taken[name].append(_milliseconds(programs[name], environment))
    return taken


def _milliseconds(command: Sequence[str], environment: Mapping[str, str]) -> float:
    nowhere = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    started = time.perf_counter()
    child = os.posix_spawn(command[0], list(command), dict(environment), file_actions=nowhere)
    _, status = os.waitpid(child, 0)
    taken = (time.perf_counter() - started) * 1000
    if status != 0:
        raise SystemExit(f"`{' '.join(command)}` failed")
    return taken


def _print(taken: Mapping[str, Sequence[float]], python: Path) -> None:
    version = subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout.strip()
    rounds = len(taken["bare Python"])
    print(f"{version}, {platform.machine()}, load {os.getloadavg()[0]:.1f}; medians of {rounds} rounds\n")
    bare = statistics.median(taken["bare Python"])
    for name, times in taken.items():
        median = statistics.median(times)
        wanted = next((f"   wanted {ratio}" for command, ratio in WANTED.items() if name == f"mfacli {command}"), "")
        print(f"{name:58} {median:8.1f} ms {median / bare:7.2f} x{wanted}")


def _run(command: Sequence[str], environment: Mapping[str, str]) -> bytes:
    finished = subprocess.run(command, env=dict(environment), stdout=subprocess.PIPE, check=False)
    if finished.returncode != 0:
        raise SystemExit(f"`{' '.join(command[:3])}` failed")
    return finished.stdout


if __name__ == "__main__":
    main(sys.argv[1:])
