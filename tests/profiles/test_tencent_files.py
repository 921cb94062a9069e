"""tccli's files are read as tccli reads them, and what is wrong is said with file and key, never with a value."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfacli.domain.secret import Secret
from mfacli.errors import ProfileBroken
from mfacli.profiles.tencent_files import (
    ConfigureFile,
    CredentialFile,
    KeyKind,
    read_credential,
    read_tencent_files,
)
from tests.profiles.tccli import keys, read, region, write

PRIVATE = "verysecretvalue"


def test_only_tcclis_files_are_listed(tmp_path: Path) -> None:
    write(
        tmp_path, {"a.credential": {}, "a.configure": {}, "plugins.txt": "", ".credential": {}, "b.c.credential": {}}
    )

    files = read(tmp_path)

    assert files.with_credential == {"a", "b.c"}
    assert files.with_configure == {"a"}


def test_only_the_files_that_are_needed_are_read(tmp_path: Path) -> None:
    write(tmp_path, {"a.credential": keys("A"), "broken.credential": "{", "broken.configure": "{"})

    files = read(tmp_path, "a", "not there")

    assert set(files.credentials) == {"a"}
    assert files.configures == {}


def test_a_name_that_is_not_listed_opens_no_file(tmp_path: Path) -> None:
    write(tmp_path, {"out.credential": keys("OUT")})

    files = read_tencent_files(tmp_path / "in", ["../out"], listed=())

    assert files.credentials == {}


def test_everything_in_a_credential_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.credential"
    write(tmp_path, {path.name: keys("A", token="t", role_arn="r", role_session_name="n", type="default", other="x")})

    assert read_credential(path) == CredentialFile(
        path=str(path),
        secret_id="AKIDA",
        secret_key=Secret("secret of A"),
        token=Secret("t"),
        role_arn="r",
        role_session_name="n",
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({}, KeyKind.STATIC),
        ({"type": None}, KeyKind.STATIC),
        ({"type": ""}, KeyKind.STATIC),
        ({"type": "default"}, KeyKind.STATIC),
        ({"type": "oauth"}, KeyKind.OAUTH),
        ({"type": "sso"}, KeyKind.SSO),
        ({"type": "cvm-role"}, KeyKind.INSTANCE),
        ({"use-cvm-role": True}, KeyKind.INSTANCE),
        ({"use-cvm-role": "True"}, KeyKind.INSTANCE),
        ({"use-cvm-role": False, "type": "sso"}, KeyKind.SSO),
        ({"use-cvm-role": None}, KeyKind.STATIC),
    ],
)
def test_the_kind_of_keys_is_told(tmp_path: Path, content: dict[str, object], kind: KeyKind) -> None:
    write(tmp_path, {"a.credential": content})

    assert read_credential(tmp_path / "a.credential").kind is kind


@pytest.mark.parametrize("empty", [{}, {"secretId": None, "secretKey": "", "token": "  "}])
def test_what_is_empty_is_not_written(tmp_path: Path, empty: dict[str, object]) -> None:
    write(tmp_path, {"a.credential": empty})
    path = tmp_path / "a.credential"

    assert read_credential(path) == CredentialFile(path=str(path))


def test_a_credential_that_has_gone_is_empty(tmp_path: Path) -> None:
    assert read_credential(tmp_path / "gone.credential").secret_id is None


def test_region_and_endpoint_are_read_of_a_configure(tmp_path: Path) -> None:
    write(tmp_path, {"a.configure": region("ap-tokyo"), "b.configure": {}})

    files = read(tmp_path, "a", "b")

    assert files.configures["a"] == ConfigureFile(
        path=str(tmp_path / "a.configure"), region="ap-tokyo", sts_endpoint="sts.tencentcloudapi.com"
    )
    assert files.configures["b"].region is None


def test_a_linked_file_is_read_where_it_leads(tmp_path: Path) -> None:
    write(tmp_path / "real", {"x": keys("A")})
    (tmp_path / "a.credential").symlink_to(tmp_path / "real" / "x")

    assert read(tmp_path, "a").credentials["a"].secret_id == "AKIDA"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is no JSON at line 1"),
        ('{\n"secretKey": "verysecretvalue" "x"}', "is no JSON at line 2"),
        ("[]", "is no JSON object"),
        ('"verysecretvalue"', "is no JSON object"),
        ("[" * 100_000, "is no JSON"),
        ('{"secretId": 4}', "`secretId` in"),
        ('{"secretKey": ["verysecretvalue"]}', "`secretKey` in"),
        ('{"token": {"verysecretvalue": 1}}', "`token` in"),
        ('{"secretKey": "verysecretvalue\\n"}', "`secretKey` in"),
        ('{"secretKey": "verysecretvalue\\ud800"}', "holds a character that cannot be printed"),
        ('{"role-arn": true}', "must be a text in quotes"),
        ('{"use-cvm-role": 1}', "must be true or false"),
        ('{"type": "verysecretvalue"}', "is none that tccli knows"),
    ],
)
def test_what_is_wrong_with_a_credential_is_said_without_its_values(
    tmp_path: Path, content: str, message: str
) -> None:
    write(tmp_path, {"a.credential": content})

    with pytest.raises(ProfileBroken) as refusal:
        read(tmp_path, "a")

    said = refusal.value.message + refusal.value.hint
    assert message in said
    assert str(tmp_path / "a.credential") in said
    assert PRIVATE not in said
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"_sys_param": []}', "`_sys_param` in"),
        ('{"sts": "x"}', "must be an object"),
        ('{"_sys_param": {"region": 1}}', "`_sys_param.region` in"),
        ('{"sts": {"endpoint": []}}', "`sts.endpoint` in"),
    ],
)
def test_what_is_wrong_with_a_configure_is_said(tmp_path: Path, content: str, message: str) -> None:
    write(tmp_path, {"a.configure": content})

    with pytest.raises(ProfileBroken) as refusal:
        read(tmp_path, "a")

    assert message in refusal.value.message


@pytest.mark.parametrize(
    ("data", "message"), [(b"\xef\xbb\xbf{}", "begins with a byte-order mark"), (b'{"a": "\xff"}', "(byte 7)")]
)
def test_bytes_that_tccli_does_not_read_are_told(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "a.credential").write_bytes(data)

    with pytest.raises(ProfileBroken) as refusal:
        read(tmp_path, "a")

    assert message in refusal.value.message


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.credential").mkdir()

    with pytest.raises(ProfileBroken, match="is a directory"):
        read(tmp_path, "a")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KNOWN = st.sampled_from(["secretId", "secretKey", "token", "role-arn", "type", "use-cvm-role", "_sys_param", "sts"])


@given(content=st.dictionaries(KNOWN, JSON) | JSON)
def test_any_json_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: object) -> None:
    folder = tmp_path_factory.mktemp("tccli")
    write(folder, {"a.credential": json.dumps(content), "a.configure": json.dumps(content)})

    # Anything but this one refusal would end the test.
    with contextlib.suppress(ProfileBroken):
        assert read(folder, "a").credentials["a"].path == str(folder / "a.credential")


@given(data=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("tccli") / "a.credential"
    path.write_bytes(data)

    with contextlib.suppress(ProfileBroken):
        assert read_credential(path).secret_id is None
