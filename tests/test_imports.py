"""Holds the package to the import rules of its house: imports point one way."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mfacli"

OURS = {
    "errors": set[str](),
    "version": set[str](),
    "hot": {"version", "hot_bus", "hot_kernel"},
    "hot_bus": set[str](),
    "hot_kernel": set[str](),
    "prompt": {"hot"},
    "private_files": {"errors"},
    "domain": {"errors"},
    "interfaces": {"domain", "errors"},
    "policy": {"domain", "errors"},
    "profiles": {"domain", "errors", "interfaces"},
    "programs": {"errors"},
    "codes": {"domain", "errors", "interfaces", "private_files", "programs"},
    "providers": {"domain", "errors", "interfaces", "version"},
    "store": {"domain", "errors", "interfaces", "private_files", "programs"},
    "checks": {"domain", "errors", "interfaces", "profiles"},
    "output": {"domain", "errors", "interfaces", "private_files"},
    "session": {"domain", "errors", "interfaces"},
    "rotation": {"domain", "errors", "interfaces"},
    "serving": {"domain", "errors", "interfaces", "session"},
    "sdk": {"commands", "domain", "errors", "interfaces", "session"},
    "emulator": {"domain", "policy", "errors", "private_files"},
    "clock": {"domain", "errors", "interfaces"},
    "asking": {"errors", "interfaces", "domain"},
    "terminal": {"errors", "interfaces", "domain", "asking"},
    "windows": {"errors", "interfaces", "domain", "programs"},
}
THIRD_PARTY_ONLY_IN = {
    "click": {"commands", "terminal"},
    "keyring": {"store"},
    "boto3": {"providers/aws", "emulator", "commands/demo"},
    "botocore": {"providers/aws", "emulator", "commands/demo"},
    "tencentcloud": {"providers/tencent", "emulator", "commands/demo"},
    "moto": {"emulator"},
    "ruamel": {"output"},
}
MAY_IMPORT_EMULATOR = {"commands/emulator", "commands/demo"}


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _imports(path: Path) -> set[str]:
    names = set[str]()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _part(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def _allowed_place(path: Path, places: set[str]) -> bool:
    place = path.relative_to(PACKAGE).with_suffix("").as_posix()
    return any(place == allowed or place.startswith((f"{allowed}/", f"{allowed}_")) for allowed in places)


@pytest.mark.parametrize("path", _modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_module_imports_only_what_its_part_may(path: Path) -> None:
    part = _part(path)
    ours = {name.split(".")[1] for name in _imports(path) if name.startswith("mfacli.")}

    forbidden = ours - {part} - OURS[part] if part in OURS else set()

    assert not forbidden, f"{path.name} in {part} imports {sorted(forbidden)}"


@pytest.mark.parametrize("path", _modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_module_uses_third_parties_only_where_they_belong(path: Path) -> None:
    used = {name.split(".")[0] for name in _imports(path)}

    misplaced = {
        name for name, places in THIRD_PARTY_ONLY_IN.items() if name in used and not _allowed_place(path, places)
    }

    assert not misplaced


@pytest.mark.parametrize("path", sorted((PACKAGE / "providers").glob("*.py")), ids=lambda path: path.name)
def test_a_clouds_provider_is_known_to_its_own_modules_only(path: Path) -> None:
    cloud = path.stem.partition("_")[0]
    imported = {name.removeprefix("mfacli.providers.").partition(".")[0] for name in _imports(path)}

    clouds = {name.partition("_")[0] for name in imported} & {"aws", "tencent"}

    assert clouds <= {cloud}


def test_only_the_emulators_and_the_demos_commands_import_the_emulator() -> None:
    importers = {
        path.relative_to(PACKAGE).as_posix()
        for path in _modules()
        if _part(path) != "emulator" and any(name.startswith("mfacli.emulator") for name in _imports(path))
    }

    misplaced = {name for name in importers if not _allowed_place(PACKAGE / name, MAY_IMPORT_EMULATOR)}

    assert not misplaced
