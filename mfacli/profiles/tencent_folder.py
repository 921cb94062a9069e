"""Where tccli's files are, and which there are. It reads none of them, and costs who has none next to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

CREDENTIAL, CONFIGURE = ".credential", ".configure"
# Terraform's name for it; tccli itself looks nowhere but in the home directory.
FOLDER_VARIABLE = "TENCENTCLOUD_SHARED_CREDENTIALS_DIR"


def tencent_folder(environment: Mapping[str, str], *, home: Path) -> Path:
    """Return where the files are: TENCENTCLOUD_SHARED_CREDENTIALS_DIR, else `home`/.tccli."""
    text = environment.get(FOLDER_VARIABLE, "")
    if text == "~" or text.startswith("~/"):
        return home / text[2:]
    return Path(text) if text else home / ".tccli"


def file_names(folder: Path) -> tuple[str, ...]:
    """List tccli's files in the folder; a folder that is missing, or may not be looked into, has none."""
    try:
        return tuple(path.name for path in folder.iterdir() if path.name.endswith((CREDENTIAL, CONFIGURE)))
    except (OSError, ValueError):
        return ()
