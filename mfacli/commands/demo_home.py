"""The demo's HOME: an environment without anything of the person's own, and the files that a person would have."""

from __future__ import annotations

import json
import os
from pathlib import Path

from mfacli.emulator.running import RunningEmulator

# What a person's shell has set must not reach the demo, nor the demo what is theirs.
_FOREIGN = ("AWS_", "MFACLI_", "TENCENTCLOUD_", "TCCLI_", "TKE_")
CONFIG_FILE = "config.toml"
_PEOPLE = ("Sofia", "Mateo", "Efua", "Richard", "Nikhil", "Diego", "Saanvi", "Arnav")
_ROLE = "arn:aws:iam::111122223333:role/CrossAccountRole"
_AUDITOR = "arn:aws:iam::111122223333:role/BookAuditor"
_SUB_USERS = ("Mei", "Hao")
_TENCENT_ROLE = "qcs::cam::uin/87654321:roleName/TestRole"


def environment_in(home: Path) -> dict[str, str]:
    """Return the environment of a person who lives in `home` and has never been anywhere else."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return (
        own
        | _keyring(home)
        | {
            "HOME": str(home),
            "USERPROFILE": str(home),
            "MFACLI_STATE_DIR": str(home / "state"),
            "MFACLI_CONFIG_FILE": str(_touched(home / CONFIG_FILE)),
            "AWS_EC2_METADATA_DISABLED": "true",
            # Proxies are for the way out; the emulator is on this machine. Of two spellings the small one wins.
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }
    )


def _keyring(home: Path) -> dict[str, str]:
    """Return what lets sessions be kept on any machine: the emulator's secrets are worthless, so files will do."""
    from mfacli.store.kernel_keys import kernel_is_usable

    if kernel_is_usable():
        return {"MFACLI_STORE": "kernel"}
    return {
        "MFACLI_STORE": "keyring",
        "PYTHON_KEYRING_BACKEND": "mfacli.store.plain_folder.PlainFolderKeyring",
        "KEYRING_PROPERTY_FOLDER": str(home / "keyring"),
    }


def _touched(path: Path) -> Path:
    path.touch()
    return path


def write_profiles(running: RunningEmulator, home: Path) -> None:
    """Write the files that a person would have: of each cloud keys in some, devices and roles in another."""
    _write_aws_profiles(running, home)
    _write_tencent_profiles(running, home)


def _write_aws_profiles(running: RunningEmulator, home: Path) -> None:
    region = "us-east-1"
    config, credentials = [], []
    for user in _PEOPLE:
        found = running.control.environment_of(user)
        name = user.lower()
        serial = found.device or f"arn:aws:iam::{found.account_id}:{'u2f' if user == 'Efua' else 'mfa'}/{user}"
        config.append(
            f"[profile {name}]\nregion = {region}\nendpoint_url = {running.address}\nmfa_serial = {serial}\n"
        )
        credentials.append(
            f"[{name}]\naws_access_key_id = {found.access_key_id}\n"
            f"aws_secret_access_key = {found.secret_access_key.reveal()}\n"
        )
    for name, role, source in (("books", _ROLE, "richard"), ("auditor", _AUDITOR, "books")):
        config.append(f"[profile {name}]\nregion = {region}\nrole_arn = {role}\nsource_profile = {source}\n")
    folder = home / ".aws"
    folder.mkdir(mode=0o700)
    (folder / "config").write_text("\n".join(config))
    _write_private(folder / "credentials", "\n".join(credentials))


def _write_tencent_profiles(running: RunningEmulator, home: Path) -> None:
    folder = home / ".tccli"
    folder.mkdir(mode=0o700)
    place = f'endpoint = "{running.address}"\n'
    # Neither names a device: STS tells whose the keys are, and the account's name makes its serial.
    tables = [f"[tencent.{user.lower()}]\n{place}" for user in _SUB_USERS]
    for user in _SUB_USERS:
        found = running.control.environment_of(user)
        keys = {"secretId": found.access_key_id, "secretKey": found.secret_access_key.reveal()}
        _write_private(folder / f"{user.lower()}.credential", json.dumps(keys))
    serial = running.control.environment_of("Mei").device
    role = f'role_arn = "{_TENCENT_ROLE}"\nsource_profile = "mei"\nmfa_serial = "{serial}"\n'
    tables.append(f"[tencent.testrole]\n{role}{place}")
    (home / CONFIG_FILE).write_text("\n".join(tables))


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)
