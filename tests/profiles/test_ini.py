from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.configloader import raw_config_parse
from botocore.exceptions import ConfigParseError
from hypothesis import given, settings
from hypothesis import strategies as st

from mfacli.domain.secret import Secret
from mfacli.errors import ExitCode, ProfileBroken
from mfacli.profiles.ini import SECRET_KEYS, Section, read_ini

LINES = st.sampled_from(
    [
        "[default]", "[profile dev]", "  [indented]", "[DEFAULT]", "[a]b]", "[]", "[open", "region = eu-west-1",
        "region: x", "Region=1", "  output = json", "s3 =", "  max = 1", "    deeper = 2", "  no equals", "\tk = v",
        "# comment", "  ; comment", "", "   ", "bare", "= no key", "key =", "aws_secret_access_key = s3cr3t",
        "aws_session_token = t", "a = b # c", "k = \x0b", "x = \u2028y", "sts =\r", "\r",
    ]
)  # fmt: skip


def _file(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "config"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def _plain(sections: dict[str, Section]) -> dict[str, dict[str, object]]:
    """What botocore would make of the same sections."""
    return {
        name: {
            **{key: dict(value.nested) or value.text for key, value in section.settings.items()},
            **{key: value.text.reveal() for key, value in section.secrets.items()},
        }
        for name, section in sections.items()
    }


def test_a_missing_file_is_an_empty_one(tmp_path: Path) -> None:
    assert read_ini(tmp_path / "none") == {}


def test_every_value_knows_its_line_and_section(tmp_path: Path) -> None:
    path = _file(
        tmp_path, "# head\n\n[default]\nregion = eu-west-1\n[profile dev]\ns3 =\n  region = x\n\nregion = y\n"
    )

    sections = read_ini(path)

    assert sections["default"].settings["region"].place.line == 4
    assert sections["profile dev"].place.line == 5
    assert sections["profile dev"].settings["region"].place.line == 9
    assert sections["profile dev"].settings["s3"].nested == {"region": "x"}
    assert str(sections["default"].settings["region"].place) == f"line 4 of `{path}`, section `[default]`"


def test_secrets_are_secret_at_once(tmp_path: Path) -> None:
    path = _file(tmp_path, "[dev]\naws_secret_access_key = abc\naws_session_token = def\naws_security_token = ghi\n")

    section = read_ini(path)["dev"]

    assert set(section.secrets) == SECRET_KEYS
    assert section.secrets["aws_session_token"].text == Secret("def")
    assert "abc" not in repr(section)
    assert "def" not in repr(section)


def test_values_of_the_default_section_of_the_parser_reach_every_section(tmp_path: Path) -> None:
    path = _file(tmp_path, "[DEFAULT]\nregion = eu-west-1\n[dev]\nx = 1\n")

    sections = read_ini(path)

    assert list(sections) == ["dev"]
    assert str(sections["dev"].settings["region"].place) == f"line 2 of `{path}`, section `[DEFAULT]`"


@pytest.mark.parametrize(
    ("content", "what", "where"),
    [
        ("[a]\nx=1\n[a]\n", "section `[a]` is there twice", "line 3"),
        ("[a]\nx=1\nx=2\n", "`x` is there twice", "line 3"),
        ("x=1\n", "before the first", "line 1"),
        ("[a]\nx=1\njunk\nmore\n", "neither `[section]` nor `key = value`", "line 3"),
        ("[a]\nx=1\n[b]\ns3 =\n  k = v\n  junk\n", "the block beneath `s3`", "line 4"),
        ("[a]\r\nx=1\r\n[a]\r\n", "there twice", "line 3"),
        (b"\xef\xbb\xbf[a]\n", "byte-order mark", "line 1"),
        (b"[a]\nx=1\n[b]\ny=\xff\n", "not UTF-8", "line 4"),
        (b"[a]\r\nx=\xc3", "not UTF-8", "line 2"),
    ],
)
def test_what_botocore_refuses_is_refused_with_its_line(
    tmp_path: Path, content: str | bytes, what: str, where: str
) -> None:
    path = _file(tmp_path, content)

    with pytest.raises(ProfileBroken) as refusal:
        read_ini(path)

    assert what in refusal.value.message
    assert where in refusal.value.message
    assert str(path) in refusal.value.message
    assert refusal.value.exit_code == ExitCode.PROFILE


@pytest.mark.parametrize(
    ("content", "section"),
    [("[a]\nx=1\n[b]\njunk\n", "[b]"), (b"[a]\n[b]\ny=\xff\n", "[b]"), ("[a]\nx=1\nx=2\n", "[a]")],
)
def test_a_refusal_names_the_section(tmp_path: Path, content: str | bytes, section: str) -> None:
    with pytest.raises(ProfileBroken) as refusal:
        read_ini(_file(tmp_path, content))

    assert f"section `{section}`" in refusal.value.message


@pytest.mark.parametrize(
    "content",
    [
        b"[a]\naws_secret_access_key wJalrSECRET\n",
        b"wJalrSECRET\n[a]\n",
        b"[a]\naws_secret_access_key = wJalrSECRET\xff\n",
        b"[a]\naws_secret_access_key = wJalrSECRET\naws_secret_access_key = wJalrSECRET\n",
    ],
)
def test_a_refusal_carries_no_secret_even_in_what_caused_it(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ProfileBroken) as refusal:
        read_ini(_file(tmp_path, content))

    shown = repr([refusal.value, refusal.value.hint, refusal.value.__cause__, refusal.value.__context__])
    assert "wJalrSECRET" not in shown


def test_a_directory_in_place_of_a_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileBroken, match="is a directory"):
        read_ini(tmp_path)


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """Root may read everything, so where the tests run as root this one does not."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    yield
    os.seteuid(before)


def test_an_unreadable_file_is_named(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    path = _file(tmp_path, "[a]\n")
    path.chmod(0)
    request.getfixturevalue("ordinary_user")

    with pytest.raises(ProfileBroken, match="cannot be read: permission denied"):
        read_ini(path)


def test_a_path_through_a_file_is_named(tmp_path: Path) -> None:
    path = _file(tmp_path, "[a]\n") / "config"

    with pytest.raises(ProfileBroken, match="cannot be read: not a directory"):
        read_ini(path)


def test_a_path_that_no_system_takes_is_named() -> None:
    with pytest.raises(ProfileBroken, match="cannot be read"):
        read_ini(Path("a\0b"))


def test_an_endless_file_is_refused() -> None:
    with pytest.raises(ProfileBroken, match="larger than"):
        read_ini(Path("/dev/zero"))


def test_the_null_device_is_an_empty_file() -> None:
    assert read_ini(Path(os.devnull)) == {}


@settings(max_examples=200, deadline=None)
@given(lines=st.lists(LINES, max_size=12))
def test_any_file_is_read_or_refused_as_botocore_does(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = _file(tmp_path_factory.mktemp("ini"), "\n".join(lines))
    try:
        expected = raw_config_parse(str(path))
    except ConfigParseError:
        expected = None

    try:
        found = _plain(read_ini(path))
    except ProfileBroken:
        found = None

    assert found == expected


@settings(max_examples=200, deadline=None)
@given(lines=st.lists(LINES, max_size=12))
def test_the_line_of_a_value_begins_with_its_key(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    path = _file(tmp_path_factory.mktemp("ini"), "\n".join(lines))
    written = "\n".join(lines).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    try:
        sections = read_ini(path)
    except ProfileBroken:
        sections = {}

    places = [(key, setting.place) for section in sections.values() for key, setting in section.settings.items()]
    places += [(key, secret.place) for section in sections.values() for key, secret in section.secrets.items()]

    assert all(written[place.line - 1].strip().lower().startswith(key) for key, place in places)
