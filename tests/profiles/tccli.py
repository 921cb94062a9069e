"""tccli's files for tests: real files in a temporary folder, read by the real reader."""

from __future__ import annotations

import json
from pathlib import Path

from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import ExportedSession, Plan, Request
from mfacli.profiles.profile_settings import ProfileSettings
from mfacli.profiles.settings import Settings
from mfacli.profiles.tencent_decide import decide_tencent, names_needed
from mfacli.profiles.tencent_files import TencentFiles, read_tencent_files
from mfacli.profiles.tencent_folder import file_names

OWNER = "100000000001"
SERIAL = f"qcs::cam:uin/{OWNER}::mfa/softToken"
ROLE = f"qcs::cam::uin/{OWNER}:roleName/TestRole"
FAR_ROLE = "qcs::cam::uin/100000000002:role/4611686018427397919"


def keys(name: str, **more: str) -> dict[str, str]:
    """Return a `.credential` with long-term keys; more keys of tccli's have underscores for hyphens."""
    rest = {key.replace("_", "-"): value for key, value in more.items()}
    return {"secretId": f"AKID{name}", "secretKey": f"secret of {name}", **rest}


def region(name: str) -> dict[str, object]:
    """Return a `.configure` as tccli leaves it."""
    return {
        "_sys_param": {"region": name, "output": "json"},
        "sts": {"endpoint": "sts.tencentcloudapi.com", "version": "2018-08-13"},
    }


def write(folder: Path, files: dict[str, object]) -> None:
    """Write files by their names; what is no text as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))


def tables(**profiles: ProfileSettings) -> Settings:
    """Return settings with a `[tencent.NAME]` for each."""
    return Settings(path="/config.toml", of_profiles={Cloud.TENCENT: profiles})


def read(folder: Path, *names: str) -> TencentFiles:
    """Read the files of some profiles."""
    return read_tencent_files(folder, names, listed=file_names(folder))


def decided(
    folder: Path,
    request: Request,
    environment: dict[str, str] | None = None,
    settings: Settings | None = None,
    *,
    exported: ExportedSession | None = None,
    elsewhere: frozenset[str] = frozenset(),
) -> Plan:
    """Decide as a command does: name the files, read those, decide."""
    environment, settings = environment or {}, settings or Settings()
    files = read(folder, *names_needed(request, environment, settings, elsewhere=elsewhere))
    return decide_tencent(
        request, files, environment, settings=settings, user="anna", exported=exported, elsewhere=elsewhere
    )
