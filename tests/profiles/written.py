"""AWS files for tests: real files in a temporary folder, read by the real reader."""

from __future__ import annotations

from pathlib import Path

from mfacli.profiles.aws_files import AwsFiles, AwsPaths, read_aws_files

KEYS = "aws_access_key_id = AKIA{name}\naws_secret_access_key = secret of {name}\n"


def written(folder: Path, *, config: str = "", credentials: str = "") -> AwsFiles:
    """Write the two files and read them."""
    paths = AwsPaths(config=folder / "config", credentials=folder / "credentials")
    paths.config.write_text(config)
    paths.credentials.write_text(credentials)
    return read_aws_files(paths)


def keys_of(*names: str) -> str:
    """Return sections with long-term keys for a credentials file."""
    return "".join(f"[{name}]\n{KEYS.format(name=name.upper())}" for name in names)
