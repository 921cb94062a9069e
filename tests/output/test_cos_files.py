from __future__ import annotations

import configparser
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from mfacli.domain.secret import Secret
from mfacli.errors import FileUnwritable
from mfacli.output.cos_files import write_coscli, write_coscmd
from mfacli.output.written import Written
from tests.output.sessions import TENCENT

Writer = Callable[..., Written]

COSCMD = """[common]
secret_id = AKIDexample
secret_key = Gu5t9xGARNpq86cd98joQYCN3EXAMPLE
token = 1siMD5r0tPAq9xpR/+=_token
region = ap-shanghai
"""
COSCLI = """cos:
    base:
        secretid: AKIDexample
        secretkey: Gu5t9xGARNpq86cd98joQYCN3EXAMPLE
        sessiontoken: 1siMD5r0tPAq9xpR/+=_token
        mode: SecretKey
        disableencryption: 'true'
"""
EACH = pytest.mark.parametrize("write", [write_coscmd, write_coscli])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.mark.parametrize(("write", "text"), [(write_coscmd, COSCMD), (write_coscli, COSCLI)])
def test_a_new_file_holds_the_session_alone(path: Path, write: Writer, text: str) -> None:
    written = write(path, TENCENT)

    assert written == Written(path=path, profile="", is_new=True)
    assert path.read_text() == text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@EACH
def test_a_session_replaces_the_one_before(path: Path, write: Writer) -> None:
    write(path, replace(TENCENT, access_key_id="AKIDold", session_token=Secret("old")))
    before = path.read_text()

    written = write(path, TENCENT)

    assert not written.is_new
    assert path.read_text() == before.replace("AKIDold", "AKIDexample").replace("old", "1siMD5r0tPAq9xpR/+=_token")


def test_coscmd_keeps_what_is_not_the_sessions(path: Path) -> None:
    path.write_text(
        "# mine\n[common]\nbucket = b-125\nregion = ap-beijing\nanonymous = True\naccess_id =\n[x]\ny = 1\n"
    )

    write_coscmd(path, TENCENT)

    text = path.read_text()
    assert text.startswith("# mine\n[common]\nbucket = b-125\nregion = ap-beijing\n")
    assert text.endswith("[x]\ny = 1\n")
    assert "anonymous" not in text
    assert "access_id" not in text


def test_coscmd_gets_no_region_beside_an_endpoint(path: Path) -> None:
    path.write_text("[common]\nendpoint = cos.example\n")

    write_coscmd(path, TENCENT)

    assert "region" not in path.read_text()


def test_coscmd_reads_a_token_with_a_percent_sign_as_it_is(path: Path) -> None:
    write_coscmd(path, replace(TENCENT, session_token=Secret("a%b%%c%(d)s")))

    parser = configparser.ConfigParser()
    parser.read(path)
    assert parser.get("common", "token") == "a%b%%c%(d)s"


def test_coscli_keeps_comments_quotes_and_buckets(path: Path) -> None:
    buckets = '    # of mine\n    buckets:\n        - name: "b-125"   # first\n          ofs: false\nother: 1\n'
    path.write_text(f"# head\ncos:\n    base:\n        protocol: http   # local\n{buckets}")

    write_coscli(path, TENCENT)

    text = path.read_text()
    assert text.startswith(f"# head\n{COSCLI}        protocol: http   # local\n")
    assert text.endswith(buckets)


@pytest.mark.parametrize(
    "text",
    [
        "cos:\n  base:\n    protocol: https\n  buckets:\n  - name: b\n    alias: b\n  - name: c\n",
        "cos:\n  base: {protocol: https}\n  buckets:\n    - name: b\n",
        "cos:\r\n    base:\r\n        protocol: https # x\r\n    buckets: []\r\n",
        "cos:\n    buckets:\n        - name: b\n    base:\n",
        "# nothing yet\n",
    ],
)
def test_coscli_finds_all_that_was_there_and_the_session(path: Path, text: str) -> None:
    path.write_bytes(text.encode())
    before = YAML(typ="safe").load(text) or {"cos": {}}

    write_coscli(path, TENCENT)

    after = YAML(typ="safe").load(path.read_bytes())
    session = YAML(typ="safe").load(COSCLI)["cos"]["base"]
    assert after == {"cos": {**before["cos"], "base": {**(before["cos"].get("base") or {}), **session}}}
    assert (b"\r\n" in path.read_bytes()) == ("\r\n" in text)
    assert b"\r\r" not in path.read_bytes()


def test_coscli_compares_keys_without_regard_to_case(path: Path) -> None:
    path.write_text('Cos:\n    Base:\n        SecretId: ""\n')

    write_coscli(path, TENCENT)

    text = path.read_text()
    assert 'SecretId: "AKIDexample"\n' in text
    assert "secretid" not in text
    assert "cos:" not in text


def test_a_long_token_stays_on_one_line(path: Path) -> None:
    write_coscli(path, replace(TENCENT, session_token=Secret("a b " * 1000 + "c")))

    assert len(path.read_text().splitlines()) == len(COSCLI.splitlines())


@pytest.mark.parametrize(
    ("write", "text"),
    [
        (write_coscmd, "[common]\nsecret_id = AKIDlong\nsecret_key = k\n"),
        (write_coscmd, "[common]\naccess_id = AKIDlong\n"),
        (write_coscmd, "[common]\nsecret_key = k\ntoken =\n"),
        (write_coscli, "cos:\n  base:\n    secretid: AKIDlong\n    secretkey: k\n"),
        (write_coscli, "cos:\n  base:\n    SecretKey: k\n    disableencryption: 'true'\n"),
        (write_coscli, "cos:\n  base:\n    secretid: YWJj\n    secretkey: YWJj\n    sessiontoken: YWJj\n"),
    ],
)
def test_long_term_keys_are_replaced_only_when_told_so(path: Path, write: Writer, text: str) -> None:
    path.write_text(text)
    before = path.stat()

    with pytest.raises(FileUnwritable, match="holds long-term keys, which the session would replace") as refusal:
        write(path, TENCENT)

    assert refusal.value.hint == "add --overwrite to lose those keys"
    assert path.stat() == before
    write(path, TENCENT, overwrite=True)
    assert "1siMD5r0tPAq9xpR/+=_token" in path.read_text()


def test_coscli_is_not_turned_away_from_its_machines_role_unasked(path: Path) -> None:
    path.write_text("cos:\n  base:\n    mode: CvmRole\n    cvmrolename: r\n")

    with pytest.raises(FileUnwritable, match="has `mode: CvmRole`, which coscli would go by"):
        write_coscli(path, TENCENT)

    write_coscli(path, TENCENT, overwrite=True)
    assert "mode: SecretKey\n" in path.read_text()


@pytest.mark.parametrize(
    ("write", "content", "where"),
    [
        (write_coscmd, b"x = 1\n", " (line 1)"),
        (write_coscmd, b"[common]\nhidden\n", " (line 2)"),
        (write_coscmd, b"[common]\nx = \xff\n", ""),
        (write_coscli, b"a: 1\nb: [hidden\n", " (line 3)"),
        (write_coscli, b"a: 1\na: hidden\n", " (line 2)"),
        (write_coscli, b"- hidden\n", " (line 1)"),
        (write_coscli, b"cos: hidden\n", " (line 1)"),
        (write_coscli, b"cos:\n  base: [hidden]\n", " (line 1)"),
        (write_coscli, b"cos: \x01\n", " (line 1)"),
        (write_coscli, b"cos: \xff\n", ""),
        (write_coscli, b"a: 2001-99-99\n", ""),
        (write_coscli, b"a: !!int hidden\n", ""),
        pytest.param(write_coscli, b"a: " + b"[" * 400 + b"]" * 400, "", id="deep"),
    ],
)
def test_a_broken_file_is_left_alone_and_not_quoted(path: Path, write: Writer, content: bytes, where: str) -> None:
    path.write_bytes(content)

    with pytest.raises(FileUnwritable) as refusal:
        write(path, TENCENT)

    assert refusal.value.message == f"`{path}` is broken{where}, and is left as it is"
    assert refusal.value.__context__ is None
    assert path.read_bytes() == content


def test_a_value_that_an_ini_file_cannot_hold_is_refused(path: Path) -> None:
    with pytest.raises(FileUnwritable, match="the session cannot be written"):
        write_coscmd(path, replace(TENCENT, session_token=Secret("a\nb")))

    assert not path.exists()
