"""How long a cached read takes beside a bare Python and beside other tools, all in one run.

    python -m tests.benchmarks.cached_read [--peers] [--rounds 40] [--python VENV/bin/python] [--pip pip==24.0]

Measured is what users install: a wheel is built and installed by pip into a fresh virtual environment, or `--python`
names that of an environment that has mfacli. `--pip` chooses which pip: older ones write slower console scripts.

The sessions rest in this kernel's keyring and in a Secret Service of their own (a gnome-keyring under
`dbus-run-session`, with a hundred other items in it), under homes made for the purpose; no cloud is called. With them
go the AWS CLI's `configure export-credentials` where one is found that has it, aws-vault where it is found or named,
and awsume and aws-mfa where `--peers` installs them, or an option names them.
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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from mfacli.store.kernel_keys import kernel_is_usable
from tests.benchmarks import peers
from tests.benchmarks.measuring import Program, installed, measured, python_with, run
from tests.benchmarks.peers import PROFILE, SESSION
from tests.secret_service import TOOLS, secret_service

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
    cloud=Cloud.AWS, access_key_id={SESSION["AccessKeyId"]!r},
    secret_access_key=Secret({SESSION["SecretAccessKey"]!r}), session_token=Secret({SESSION["SessionToken"]!r}),
    issued_at=now, expires_at=now + timedelta(hours=1), account_id="111122223333",
)
desk.store.keep(plan.fingerprint, session, profile={PROFILE!r}, kind="session")
"""
OTHERS = "import keyring\nfor number in range(100): keyring.set_password('another', f'user {number}', 'x' * 900)"
PROCESS = ("credential-process", "-p", PROFILE)
EXPORT = ("export", "-p", PROFILE, "--format", "sh")
# The console script of uv and of pip since 25.3; older ones import `re` first, which costs half a bare Python.
SCRIPT = "import sys\nfrom mfacli.__main__ import main\nsys.exit(main())\n"
BARE = "python -c pass"
WANTED = {("kernel", PROCESS): 1.2, ("kernel", EXPORT): 1.3, ("keyring", PROCESS): 1.5, ("keyring", EXPORT): 1.5}
STORES = {"kernel": "kernel's keyring", "keyring": "Secret Service"}
# Until files count as settled (`commands/answer_files.py`).
SETTLING_SECONDS = 2.1


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        root = Path(name)
        python = options.python.absolute() if options.python else installed(root / "venv", pip=options.pip)
        environments = dict(_stores(root, python, stack))
        programs = [Program(name=BARE, command=(str(python), "-c", "pass"), environment=peers.home(root / "bare"))]
        for store, environment in environments.items():
            programs += _ours(store, python, root, environment)
        programs += [program for program in _others(options, root) if _works(program)]
        _print(programs, measured(programs, options.rounds), python)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, help="of a virtual environment with mfacli installed")
    parser.add_argument("--pip", default="pip", help="what installs mfacli; default: the newest")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--peers", action="store_true", help="install awsume and aws-mfa, each in its environment")
    parser.add_argument("--awsume", help="its awsumepy")
    parser.add_argument("--aws-mfa")
    parser.add_argument("--aws-vault", default=shutil.which("aws-vault"))
    return parser.parse_args(arguments)


def _stores(root: Path, python: Path, stack: ExitStack) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the stores that this machine has, each with the environment of a home whose session rests there."""
    chosen = {"kernel": dict[str, str]()} if kernel_is_usable() else {}
    if all(shutil.which(tool) for tool in TOOLS):
        chosen["keyring"] = dict(stack.enter_context(secret_service(root / "service")))
    for store, variables in chosen.items():
        folder = root / store
        names = {"MFACLI_STORE": store, "MFACLI_STATE_DIR": str(folder / "state")}
        environment = peers.home(folder, variables | names)
        if store == "keyring":
            run([str(python), "-c", OTHERS], environment)
        forgetting = [str(python.parent / "mfacli"), "forget", "--all", "--yes", "-q"]
        # Without a check, which would hide what went wrong before.
        stack.callback(subprocess.run, forgetting, env=environment, check=False)
        run([str(python), "-c", KEEP], environment)
        yield store, environment
    time.sleep(SETTLING_SECONDS)


def _ours(store: str, python: Path, root: Path, environment: Mapping[str, str]) -> Iterator[Program]:
    """Yield our commands, each of which has answered once and will give its answer again."""
    mfacli = python.parent / "mfacli"
    script = root / "script.py"
    script.write_text(SCRIPT)
    for question in (PROCESS, EXPORT):
        command = (str(mfacli), *question)
        ordinary, again = (run(command, environment) for _ in range(2))
        if ordinary != again or SESSION["SessionToken"].encode() not in again:
            raise SystemExit(f"`mfacli {' '.join(question)}` does not answer twice alike")
        wanted = WANTED[store, question]
        program = Program(
            name=f"mfacli {question[0]}, {STORES[store]}", command=command, environment=environment, wanted=wanted
        )
        yield program
        if "import re\n" in mfacli.read_text():
            command = (str(python), str(script), *question)
            yield replace(program, name=f"{program.name}, newer script", command=command)
    count = len(list(Path(environment["MFACLI_STATE_DIR"], "answers").iterdir()))
    if count != 2:
        raise SystemExit(f"{count} answers of 2 were remembered")
    # A flag before the command is unusual enough.
    command = (str(mfacli), "-q", *PROCESS)
    yield Program(name=f"mfacli the ordinary way, {STORES[store]}", command=command, environment=environment)


def _others(options: argparse.Namespace, root: Path) -> Iterator[Program]:
    for number, path in enumerate(peers.found_aws_clis()):
        yield peers.aws_cli(path, root / f"aws-{number}")
    if options.aws_vault:
        yield peers.aws_vault(options.aws_vault, root / "aws-vault")
    awsume, aws_mfa = options.awsume, options.aws_mfa
    if options.peers:
        awsume = awsume or python_with(root / "venv-awsume", ["awsume"]).with_name("awsumepy")
        aws_mfa = aws_mfa or python_with(root / "venv-aws-mfa", ["aws-mfa"]).with_name("aws-mfa")
    if awsume:
        yield peers.awsume(str(awsume), root / "awsume")
    if aws_mfa:
        yield peers.aws_mfa(str(aws_mfa), root / "aws-mfa")


def _works(program: Program) -> bool:
    finished = subprocess.run(program.command, env=dict(program.environment), capture_output=True, check=False)
    if finished.returncode != 0:
        print(f"not measured, for it fails here: {program.name}")
    return finished.returncode == 0


def _print(programs: Sequence[Program], taken: Mapping[str, Sequence[float]], python: Path) -> None:
    version = run([str(python), "-V"], {}).decode().strip()
    rounds, load = len(taken[BARE]), os.getloadavg()[0]
    print(f"{version}, {platform.machine()}, load {load:.1f}; medians of {rounds} rounds\n")
    bare = statistics.median(taken[BARE])
    for program in programs:
        median = statistics.median(taken[program.name])
        wanted = f"   wanted: at most {program.wanted}" if program.wanted else ""
        print(f"{program.name:52} {median:8.1f} ms {median / bare:7.2f} x{wanted}")


if __name__ == "__main__":
    main(sys.argv[1:])
