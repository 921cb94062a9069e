from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from mfacli.errors import FileUnwritable, UsageWrong
from mfacli.output.tencent_files import write_tccli_profile
from mfacli.output.written import Written
from tests.output.sessions import TENCENT

KEYS = {
    "expiration": "2026-11-22T00:00:00Z",
    "secretId": "AKIDexample",
    "secretKey": "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
    "token": "1siMD5r0tPAq9xpR/+=_token",
}
SETTINGS = {"_sys_param": {"output": "json", "region": "ap-shanghai"}}
LONG_TERM = {"secretId": "AKIDlong", "secretKey": "k"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".tccli"


def _put(folder: Path, name: str, table: object) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(table if isinstance(table, str) else json.dumps(table))
    return path


def _read(folder: Path, name: str) -> object:
    document: object = json.loads((folder / name).read_text())
    return document


def test_a_new_profile_is_two_private_files(folder: Path) -> None:
    written = write_tccli_profile(folder, "mfa", TENCENT)

    assert written == Written(path=folder / "mfa.credential", profile="mfa", is_new=True)
    assert _read(folder, "mfa.credential") == KEYS
    assert _read(folder, "mfa.configure") == SETTINGS
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.glob("mfa.c*[!k]"))}
    assert modes == {".tccli": 0o700, "mfa.credential": 0o600, "mfa.configure": 0o600}


def test_the_files_look_as_tccli_writes_them(folder: Path) -> None:
    write_tccli_profile(folder, "mfa", TENCENT)

    text = json.dumps(SETTINGS, indent=2, separators=(",", ": "), ensure_ascii=False, sort_keys=True)
    assert (folder / "mfa.configure").read_text() == text


def test_a_session_without_a_region_gets_the_one_that_tccli_itself_begins_with(folder: Path) -> None:
    write_tccli_profile(folder, "mfa", replace(TENCENT, region=None))

    assert _read(folder, "mfa.configure") == {"_sys_param": {"output": "json", "region": "ap-guangzhou"}}


def test_a_session_replaces_the_one_before_and_leaves_what_is_the_persons_own(folder: Path) -> None:
    _put(folder, "mfa.credential", {"secretId": "AKIDold", "secretKey": "k", "token": "t", "note": "mine"})
    grown = {"_sys_param": {"region": "ap-beijing", "output": "table", "language": "en-US"}, "cvm": {"version": "x"}}
    _put(folder, "mfa.configure", grown)

    written = write_tccli_profile(folder, "mfa", TENCENT)

    assert not written.is_new
    assert _read(folder, "mfa.credential") == {**KEYS, "note": "mine"}
    assert _read(folder, "mfa.configure") == grown


def test_settings_that_are_there_already_stay_byte_for_byte(folder: Path) -> None:
    text = '{"_sys_param":  {"region": "ap-beijing", "output": "text"} }\n'
    path = _put(folder, "mfa.configure", text)

    write_tccli_profile(folder, "mfa", TENCENT)

    assert path.read_text() == text


@pytest.mark.parametrize(
    "stale",
    [
        {"type": "default", "expiresAt": 1},
        {"role-arn": "", "role-session-name": None, "use-cvm-role": False, "oauth": {}, "sso": None},
    ],
)
def test_what_says_nothing_any_more_goes(folder: Path, stale: dict[str, object]) -> None:
    _put(folder, "mfa.credential", {**stale, "secretId": "AKIDold", "secretKey": "k", "token": "t"})

    write_tccli_profile(folder, "mfa", TENCENT)

    assert _read(folder, "mfa.credential") == KEYS


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (LONG_TERM, "`{path}` holds long-term keys, which the session would replace"),
        ({"secretKey": "k"}, "`{path}` holds long-term keys, which the session would replace"),
        ({**LONG_TERM, "token": ""}, "`{path}` holds long-term keys, which the session would replace"),
        ({**LONG_TERM, "role-arn": "r"}, "`{path}` has `role-arn`, which tccli would go by instead of the session"),
        ({"token": "t", "oauth": {"a": 1}}, "`{path}` has `oauth`, which tccli would go by instead of the session"),
        ({"token": "t", "type": "sso"}, "`{path}` has `type`, which tccli would go by instead of the session"),
        ({"use-cvm-role": True}, "`{path}` has `use-cvm-role`, which tccli would go by instead of the session"),
    ],
)
def test_a_profile_made_by_hand_is_replaced_only_when_told_so(
    folder: Path, table: dict[str, object], message: str
) -> None:
    path = _put(folder, "mfa.credential", table)
    before = path.stat()

    with pytest.raises(FileUnwritable) as refusal:
        write_tccli_profile(folder, "mfa", TENCENT)

    assert refusal.value.message == message.format(path=path)
    assert "--overwrite" in refusal.value.hint
    assert path.stat() == before
    assert not (folder / "mfa.configure").exists()
    write_tccli_profile(folder, "mfa", TENCENT, overwrite=True)
    assert _read(folder, "mfa.credential") == KEYS


@pytest.mark.parametrize(
    "text", ["{", "[]", '"s"', "\xff", "[" * 100_000], ids=["cut", "list", "text", "byte", "deep"]
)
@pytest.mark.parametrize("name", ["mfa.credential", "mfa.configure", "prod.configure"])
def test_a_broken_file_is_left_alone_and_so_is_the_other(folder: Path, name: str, text: str) -> None:
    path = _put(folder, name, "")
    path.write_bytes(text.encode("latin-1"))

    with pytest.raises(FileUnwritable, match=f"`{path}` is broken, and is left as it is"):
        write_tccli_profile(folder, "mfa", TENCENT, source="prod")

    assert path.read_bytes() == text.encode("latin-1")
    assert [entry.name for entry in folder.iterdir() if not entry.name.endswith(".lock")] == [name]


def test_half_a_character_that_json_can_name_stays(folder: Path) -> None:
    text = '{"note": "\\ud800", "secretId": "AKIDold", "token": "t"}'
    _put(folder, "mfa.credential", text)

    write_tccli_profile(folder, "mfa", TENCENT)

    assert _read(folder, "mfa.credential") == {**KEYS, "note": "\ud800"}


def test_a_refusal_carries_nothing_of_a_broken_file(folder: Path) -> None:
    _put(folder, "mfa.credential", '{"secretKey": "hidden"')

    with pytest.raises(FileUnwritable) as refusal:
        write_tccli_profile(folder, "mfa", TENCENT)

    assert refusal.value.__cause__ is None
    assert refusal.value.__context__ is None


def test_the_keys_are_written_last(folder: Path) -> None:
    old = {"secretId": "AKIDold", "secretKey": "k", "token": "t"}
    _put(folder, "mfa.credential", old)
    # Stands for a crash: a folder cannot be replaced by a file.
    (folder / ".mfa.credential.mfacli-new").mkdir()

    with pytest.raises(FileUnwritable):
        write_tccli_profile(folder, "mfa", TENCENT)

    assert _read(folder, "mfa.configure") == SETTINGS
    assert _read(folder, "mfa.credential") == old


def test_symbolic_links_stay(folder: Path, tmp_path: Path) -> None:
    folder.mkdir()
    (folder / "mfa.credential").symlink_to(tmp_path / "elsewhere.json")

    written = write_tccli_profile(folder, "mfa", TENCENT)

    assert (folder / "mfa.credential").is_symlink()
    assert written.path == tmp_path / "elsewhere.json"
    assert json.loads(written.path.read_text()) == KEYS


def test_what_the_source_says_of_endpoints_and_language_goes_along(folder: Path) -> None:
    cvm = {"endpoint": "cvm.internal.tencentcloudapi.com", "version": "2017-03-12"}
    _put(folder, "prod.configure", {"_sys_param": {"region": "ap-tokyo", "language": "en-US"}, "cvm": cvm})

    write_tccli_profile(folder, "mfa", TENCENT, source="prod")
    write_tccli_profile(folder, "bare", replace(TENCENT, region=None), source="prod")

    settings = {"output": "json", "language": "en-US"}
    assert _read(folder, "mfa.configure") == {"_sys_param": {**settings, "region": "ap-shanghai"}, "cvm": cvm}
    assert _read(folder, "bare.configure") == {"_sys_param": {**settings, "region": "ap-tokyo"}, "cvm": cvm}


def test_a_source_without_files_says_nothing(folder: Path) -> None:
    write_tccli_profile(folder, "mfa", TENCENT, source="prod")

    assert _read(folder, "mfa.configure") == SETTINGS


def test_an_endpoint_for_all_services_replaces_theirs(folder: Path) -> None:
    _put(folder, "mfa.configure", {**SETTINGS, "cvm": {"endpoint": "http://127.0.0.1:1", "version": "2017-03-12"}})

    write_tccli_profile(folder, "mfa", TENCENT, endpoint_url="http://127.0.0.1:4599")

    assert _read(folder, "mfa.configure") == {
        **SETTINGS,
        "sts": {"endpoint": "http://127.0.0.1:4599", "version": "2018-08-13"},
        "cam": {"endpoint": "http://127.0.0.1:4599", "version": "2019-01-16"},
        "cvm": {"endpoint": "http://127.0.0.1:4599", "version": "2017-03-12"},
    }


@pytest.mark.parametrize("name", ["", " a", "a ", ".a", "-a", "a/b", "..\\b", "a:b", "a\n", "*", "a\0", "n" * 201])
def test_a_name_that_is_no_file_name_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(UsageWrong, match="cannot be the name of a tccli profile"):
        write_tccli_profile(folder, name, TENCENT)

    assert not folder.exists()


@pytest.mark.parametrize("name", ["prod-mfa", "a.b@c_1", "生产", "with space"])
def test_other_names_are_fine(folder: Path, name: str) -> None:
    assert write_tccli_profile(folder, name, TENCENT).path == folder / f"{name}.credential"


def test_a_credential_that_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "mfa.credential").mkdir(parents=True)

    with pytest.raises(FileUnwritable, match=f"`{folder}/mfa.credential` could not be read: is a directory"):
        write_tccli_profile(folder, "mfa", TENCENT)

    assert [entry.name for entry in folder.iterdir()] == ["mfa.credential"]
