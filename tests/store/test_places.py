from __future__ import annotations

from pathlib import Path

import pytest

from mfacli.errors import ProfileBroken
from mfacli.store.places import Places, places_from


def test_the_variable_names_the_state_directory(tmp_path: Path) -> None:
    places = places_from({"MFACLI_STATE_DIR": str(tmp_path)})

    assert places.state == tmp_path
    assert places.lock_directories == (tmp_path / "locks", tmp_path / "run" / "locks")


def test_a_tilde_stands_for_home(isolated_home: Path) -> None:
    places = places_from({"MFACLI_STATE_DIR": "~/kept"})

    assert places.state == isolated_home / "kept"


@pytest.mark.parametrize("named", ["state", "./state", "~nobody-of-this-name/state"])
def test_a_directory_that_depends_on_where_one_stands_is_refused(named: str) -> None:
    with pytest.raises(ProfileBroken, match="not an absolute path"):
        places_from({"MFACLI_STATE_DIR": named})


@pytest.mark.parametrize("environment", [{}, {"MFACLI_STATE_DIR": ""}])
def test_without_the_variable_the_systems_own_place_is_used(environment: dict[str, str], isolated_home: Path) -> None:
    places = places_from(environment)

    assert isolated_home in places.state.parents
    assert places.state.name == "mfacli"
    assert places.runtime != places.state


def test_nothing_is_created_by_looking(tmp_path: Path) -> None:
    places_from({"MFACLI_STATE_DIR": str(tmp_path / "new")})

    assert list(tmp_path.iterdir()) == []


def test_each_state_directory_has_a_namespace_of_its_own() -> None:
    one, other = (Places(state=Path(path), runtime=Path("/run")) for path in ("/home/a", "/home/b"))

    assert one.namespace != other.namespace
    assert one.namespace == Places(state=Path("/home/a"), runtime=Path("/elsewhere")).namespace
    assert len(one.namespace) == 8
