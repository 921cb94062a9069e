"""What `--fix` changes, and what it leaves as it is; no process, no network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mfacli.checks.finding import DropCredential, DropFile, DropKey, DropSection, Family, Finding, MakePrivate, bad
from mfacli.commands.doctor_files import file_findings
from mfacli.commands.doctor_mending import mend_all
from mfacli.commands.doctor_profiles import profile_findings
from mfacli.domain.plan import Request
from tests.commands.at_desk import EXPIRED, KEYS, SESSION, bad_or_warning, desk_at, wrote

LIVING = "x_security_token_expires = 2999-01-01T00:00:00Z\n"
EVERYTHING = f"""# mine
[default]
{KEYS}

; stale, from a script
[stale]
{KEYS}aws_security_token = old
output = json

[old]
{SESSION}{EXPIRED}
# and this is below
[two]
{SESSION}aws_security_token = other
"""


def _findings() -> list[Finding]:
    desk = desk_at()
    return [*file_findings(desk), *profile_findings(desk, Request(wants_role=None))]


def _mended(mend: MakePrivate | DropKey | DropSection | DropCredential | DropFile) -> list[str]:
    return mend_all(desk_at(), [bad(Family.FILES, "it is bad", mend=mend)])


def test_all_that_is_safe_is_mended_and_every_other_line_stays(isolated_home: Path) -> None:
    path = wrote(isolated_home, ".aws/credentials", EVERYTHING)
    path.chmod(0o664)
    wrote(isolated_home, ".tccli/mfa.credential", json.dumps(_tencent("2020-01-01T00:00:00Z")))

    done = mend_all(desk_at(), _findings())

    assert done == [
        f"`{path}` is now yours alone (mode 0600)",
        f"took the expired session [old] out of `{path}`",
        f"took `aws_security_token` out of [stale] in `{path}`",
        f"took `aws_security_token` out of [two] in `{path}`",
        f"removed `{isolated_home}/.tccli/mfa.credential`, whose session had expired",
    ]
    expected = EVERYTHING
    for gone in (f"[old]\n{SESSION}{EXPIRED}", "aws_security_token = old\n", "aws_security_token = other\n"):
        expected = expected.replace(gone, "")
    assert path.read_text().split() == expected.split()
    assert not any("--fix" in finding.cure for finding in _findings())


def test_what_has_been_mended_is_not_mended_again(isolated_home: Path) -> None:
    path = wrote(isolated_home, ".aws/credentials", EVERYTHING)
    path.chmod(0o664)
    mend_all(desk_at(), _findings())
    before = (path.read_bytes(), path.stat().st_mtime_ns)

    done = mend_all(desk_at(), _findings())

    assert done == []
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


@pytest.mark.parametrize(("before", "after"), [(0o644, 0o600), (0o444, 0o400), (0o750, 0o700)])
def test_what_the_owner_may_stays(isolated_home: Path, before: int, after: int) -> None:
    path = wrote(isolated_home, "keys", "")
    path.chmod(before)

    (words,) = _mended(MakePrivate(path=str(path)))

    assert path.stat().st_mode & 0o777 == after
    assert words == f"`{path}` is now yours alone (mode {after:04o})"


def test_a_link_stays_a_link(isolated_home: Path) -> None:
    real = wrote(isolated_home, "dotfiles/credentials", f"[old]\n{SESSION}{EXPIRED}")
    link = isolated_home / ".aws" / "credentials"
    link.parent.mkdir()
    link.symlink_to(real)

    _mended(DropSection(path=str(link), section="old"))

    assert (link.is_symlink(), real.read_text()) == (True, "")


def test_a_session_that_was_written_meanwhile_stays(isolated_home: Path) -> None:
    path = wrote(isolated_home, ".aws/credentials", f"[old]\n{SESSION}{LIVING}")
    stored = wrote(isolated_home, ".tccli/mfa.credential", json.dumps(_tencent("2999-01-01T00:00:00Z")))

    done = [
        *_mended(DropSection(path=str(path), section="old")),
        *_mended(DropCredential(path=str(stored))),
    ]

    assert done == []
    assert "[old]" in path.read_text()
    assert stored.exists()


def test_what_cannot_be_mended_is_said_and_stops_nothing(
    isolated_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone, there = isolated_home / "gone", wrote(isolated_home, "there", "")
    mends = (MakePrivate(path=str(gone)), DropFile(path=str(there)), DropFile(path=str(gone)))

    done = mend_all(desk_at(), [bad(Family.FILES, "it is bad", mend=mend) for mend in mends])

    assert done == [f"removed `{there}`", f"removed `{gone}`"]
    assert capsys.readouterr().err.splitlines()[0] == f"warning: not mended: `{gone}`: no such file or directory"


def test_findings_without_a_mend_are_left_alone(isolated_home: Path) -> None:
    path = wrote(
        isolated_home, ".aws/credentials", f"[default]\n{KEYS}[profile x]\n{KEYS}[p]\n{SESSION}{EXPIRED}o = 1\n"
    )
    before = path.read_bytes()

    done = mend_all(desk_at(), _findings())

    assert (done, path.read_bytes()) == ([], before)
    assert bad_or_warning(_findings()) != []


def _tencent(expiration: str) -> dict[str, str]:
    return {"secretId": "AKIDa", "secretKey": "hunter2", "token": "t", "expiration": expiration}
