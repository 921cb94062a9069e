from __future__ import annotations

from pathlib import Path

import pytest

from mfacli.profiles.tencent_folder import file_names, tencent_folder
from tests.profiles.tccli import write


@pytest.mark.parametrize(
    ("value", "folder"),
    [("", "/home/anna/.tccli"), ("~", "/home/anna"), ("~/x", "/home/anna/x"), ("/srv/tc", "/srv/tc")],
)
def test_the_folder_is_tcclis_or_the_one_that_terraform_is_told(value: str, folder: str) -> None:
    environment = {"TENCENTCLOUD_SHARED_CREDENTIALS_DIR": value}

    assert tencent_folder(environment, home=Path("/home/anna")) == Path(folder)


@pytest.mark.parametrize("folder", ["missing", "file", "nul\0"])
def test_a_folder_that_cannot_be_listed_has_no_files(tmp_path: Path, folder: str) -> None:
    write(tmp_path, {"file": ""})

    assert file_names(tmp_path / folder) == ()
