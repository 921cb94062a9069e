"""The parts of the endpoint that need no process: whose sessions, which files, and the token's own."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mfacli.commands.endpoints import check_servable, new_token, token_file, what_goes_before
from mfacli.commands.options import Manners
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import KeysFrom, KeySource, NoDevice, Plan
from mfacli.domain.secret import Secret
from mfacli.errors import FileUnwritable, ProfileBroken

Write = Callable[[str, str], None]
KEYS = "aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = example\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(manners=Manners(), environment={"MFACLI_STATE_DIR": str(tmp_path / "state")})


@pytest.fixture
def write(isolated_home: Path) -> Write:
    """Give what writes a file below ~/.aws."""
    folder = isolated_home / ".aws"
    folder.mkdir()

    def written(name: str, text: str) -> None:
        (folder / name).write_text(text)

    return written


def test_the_token_rests_in_a_private_file_without_a_newline(desk: Desk) -> None:
    with token_file(desk, Secret("a-token"), port=1) as path:
        text, mode, folder = path.read_bytes(), path.stat().st_mode, path.parent.stat().st_mode

    assert (text, path.name) == (b"a-token", "1.token")
    assert (stat.S_IMODE(mode), stat.S_IMODE(folder)) == (0o600, 0o700)
    assert not path.exists()


def test_the_token_file_goes_even_where_the_end_is_a_failure(desk: Desk) -> None:
    with pytest.raises(RuntimeError), token_file(desk, Secret("a-token"), port=1) as path:
        raise RuntimeError

    assert not path.exists()


def test_files_of_endpoints_that_are_gone_are_swept_and_others_left(desk: Desk) -> None:
    folder = desk.places.state / "endpoints"
    with socket.create_server(("127.0.0.1", 0)) as living, socket.create_server(("127.0.0.1", 0)) as dying:
        alive, gone = living.getsockname()[1], dying.getsockname()[1]
        dying.close()
        with token_file(desk, Secret("a-token"), port=1):
            for name in (f"{alive}.token", f"{gone}.token", "notes.token", "notes.txt"):
                (folder / name).touch()
        with token_file(desk, Secret("a-token"), port=2):
            names = sorted(path.name for path in folder.iterdir())

    assert names == sorted(["2.token", f"{alive}.token", "notes.token", "notes.txt"])


def test_a_folder_that_cannot_be_made_is_named(desk: Desk) -> None:
    desk.places.state.mkdir(parents=True)
    (desk.places.state / "endpoints").touch()

    with pytest.raises(FileUnwritable) as failure, token_file(desk, Secret("a-token"), port=1):
        pass

    assert "a-token" not in failure.value.message
    assert str(desk.places.state) in failure.value.message


def test_no_two_tokens_are_alike_and_each_fits_in_a_header() -> None:
    tokens = {new_token().reveal() for _ in range(100)}

    assert len(tokens) == 100
    assert all(len(token) == 43 and token.isascii() and token.replace("-", "").replace("_", "").isalnum()
               for token in tokens)  # fmt: skip


@pytest.mark.parametrize(
    ("config", "credentials", "found"),
    [
        ("[default]\nregion = us-east-1\n", "[dev]\n" + KEYS, set()),
        ("[profile dev]\nrole_arn = arn:aws:iam::111111111111:role/R\n", "", set()),
        ("", "[default]\n" + KEYS, {"AWS_SHARED_CREDENTIALS_FILE"}),
        ("[default]\n" + KEYS, "", {"AWS_CONFIG_FILE"}),
        ("[default]\ncredential_process = mfacli credential-process -p dev\n", "", {"AWS_CONFIG_FILE"}),
        ("[default]\nrole_arn = r\n", "[default]\n" + KEYS, {"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"}),
    ],
)
def test_files_that_sdks_take_credentials_from_first_are_found(
    desk: Desk, write: Write, config: str, credentials: str, found: set[str]
) -> None:
    write("config", config)
    write("credentials", credentials)

    files = what_goes_before(desk)

    assert files.keys() == found
    assert all(Path(path).parent.name == ".aws" for path in files.values())


def test_a_profile_of_tencent_cloud_is_not_served() -> None:
    plan = Plan(
        cloud=Cloud.TENCENT,
        profile="cvm admin",
        key_source=KeySource(kind=KeysFrom.ENVIRONMENT),
        device=NoDevice(),
        steps=(),
    )

    with pytest.raises(ProfileBroken) as failure:
        check_servable(plan)

    assert "profile `cvm admin` is of Tencent Cloud" in failure.value.message
    assert failure.value.hint == "`mfacli exec -p 'cvm admin' -- COMMAND` gives COMMAND the session"
    check_servable(replace(plan, cloud=Cloud.AWS))


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_token_file_that_was_left_behind_is_written_anew(desk: Desk) -> None:
    folder = desk.places.state / "endpoints"
    with token_file(desk, Secret("first"), port=7) as path:
        folder.joinpath("7.token").chmod(0o644)
        with token_file(desk, Secret("second"), port=7):
            text, mode = path.read_text(), stat.S_IMODE(path.stat().st_mode)

    assert (text, mode) == ("second", 0o600)
