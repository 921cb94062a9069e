"""Files that are given as the console's and are none: what is said of them, and that nothing of them is."""

from __future__ import annotations

from pathlib import Path

import pytest

from mfacli.commands.main import run

KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
GOOD = f"Access key ID,Secret access key\r\n{KEY_ID},{SECRET}\r\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD.encode("utf-16"), "it is no text in UTF-8"),
        (b"PK\x03\x04" + bytes(range(256)), "it is no text in UTF-8"),
        (b"", "is empty, or no CSV file"),
        (GOOD.replace(",", "|").encode(), "has no columns"),
        ((GOOD + f"{KEY_ID},{SECRET}\r\n").encode(), "has 2 keys, and one is needed"),
    ],
    ids=["utf-16", "spreadsheet", "empty", "odd divider", "two keys"],
)
def test_what_is_no_file_of_the_consoles_is_said_without_quoting_it(
    isolated_home: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    path = isolated_home / "accessKeys.csv"
    path.write_bytes(content)

    code = run(["keys", "add", "--no-check", "--no-input", "--csv", str(path)])

    told = capsys.readouterr()
    assert code == 4
    assert said in told.err
    assert told.out == ""
    assert not any(secret in told.err for secret in (KEY_ID, SECRET))


@pytest.mark.parametrize(
    ("name", "said"), [("folder", "is a directory"), ("missing", "no such file or directory"), ("\0", "null")]
)
def test_what_cannot_be_read_is_said(
    isolated_home: Path, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    (isolated_home / "folder").mkdir()

    code = run(["keys", "add", "--no-check", "--no-input", "--csv", str(isolated_home / name)])

    assert code == 4
    assert said in capsys.readouterr().err
