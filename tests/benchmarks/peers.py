"""Other tools that hand over a session they have kept, each made ready to do so once more without any cloud.

Each gets a home of its own, with the same profile and a session as large, in the form that it would have written.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from tests.benchmarks.measuring import Program, environment_of

PROFILE = "bench"
KEY_ID, KEY = "AKIAIOSFODNN7EXAMPLE", "k" * 40
SESSION = {"AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "s" * 40, "SessionToken": "t" * 720}
DEVICE = "arn:aws:iam::111122223333:mfa/bench"


def home(folder: Path, variables: Mapping[str, str] | None = None, credentials: str = "") -> dict[str, str]:
    """Make a home with the profile, and return an environment for it without anything else."""
    aws = folder / ".aws"
    aws.mkdir(parents=True)
    (aws / "config").write_text(f"[profile {PROFILE}]\nmfa_serial = {DEVICE}\nregion = us-east-1\n")
    (aws / "credentials").write_text(
        credentials or f"[{PROFILE}]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {KEY}\n"
    )
    return environment_of(folder) | dict(variables or {})


def aws_cli(path: str, folder: Path) -> Program:
    """Return the AWS CLI's own export, of static keys: it keeps the sessions of roles alone."""
    command = (path, "configure", "export-credentials", "--profile", PROFILE)
    return Program(name=f"{path} configure export-credentials", command=command, environment=home(folder))


def awsume(path: str, folder: Path) -> Program:
    """Return awsume, printing the session of its cache."""
    environment = home(folder)
    cache = folder / ".awsume" / "cache"
    cache.mkdir(parents=True, mode=0o700)
    session = {**SESSION, "Region": "us-east-1", "Expiration": _tomorrow()}
    (cache / f"aws-credentials-{KEY_ID}").write_text(json.dumps(session))
    return Program(name="awsume -s", command=(path, "-s", PROFILE), environment=environment)


def aws_mfa(path: str, folder: Path) -> Program:
    """Return aws-mfa, finding that the session in the credentials file has not ended: it prints none."""
    sections = (
        f"[{PROFILE}-long-term]\naws_mfa_device = {DEVICE}\n"
        f"aws_access_key_id = {KEY_ID}\naws_secret_access_key = {KEY}\n"
        f"[{PROFILE}]\nassumed_role = False\naws_access_key_id = {SESSION['AccessKeyId']}\n"
        f"aws_secret_access_key = {SESSION['SecretAccessKey']}\naws_session_token = {SESSION['SessionToken']}\n"
        f"aws_security_token = {SESSION['SessionToken']}\nexpiration = {_tomorrow()}\n"
    )
    environment = home(folder, credentials=sections)
    return Program(name="aws-mfa (a check only)", command=(path, "--profile", PROFILE), environment=environment)


def aws_vault(path: str, folder: Path) -> Program:
    """Return aws-vault, printing the key of its encrypted file: a session it would ask STS for."""
    environment = home(folder, {"AWS_VAULT_BACKEND": "file", "AWS_VAULT_FILE_PASSPHRASE": "passphrase"})
    keys = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": KEY}
    subprocess.run([path, "add", "--env", PROFILE], env=environment | keys, check=True, stdout=subprocess.DEVNULL)
    command = (path, "export", "--no-session", "--format=json", PROFILE)
    return Program(name="aws-vault export --no-session", command=command, environment=environment)


def found_aws_clis() -> list[str]:
    """Return the AWS CLIs of this machine, the system's first."""
    found = ("/usr/bin/aws", shutil.which("aws"), os.environ.get("MFACLI_TEST_AWS_CLI"))
    return [path for path in dict.fromkeys(found) if path and Path(path).exists()]


def _tomorrow() -> str:
    # Both write the local time, or take UTC for it: a day more is enough for either.
    return f"{datetime.now() + timedelta(days=1):%Y-%m-%d %H:%M:%S}"  # noqa: DTZ005 - as they do
