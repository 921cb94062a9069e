"""Tencent Cloud's own tools against the emulator's services: a world is built, codes are refused, objects go about.

What mfacli hands over to the same tools is `test_tencent_stories`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.emulator.tencent.quarter import SERIAL, TEST_ROLE
from tests.emulator.town import Town
from tests.emulator.town import town as towns
from tests.real import require

pytestmark = pytest.mark.real

_HERE = Path(__file__).parent
_CODE = re.compile(r"\[TencentCloudSDKException\] code:(\S+)")


@pytest.fixture
def town() -> Iterator[Town]:
    with towns() as made:
        yield made


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A home where the tools run, with somebody's long-term key in the environment."""

    town: Town
    home: Path

    def run(self, who: str, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Return how a tool ended."""
        found = self.town.control.environment_of(who)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TENCENTCLOUD_SECRET_ID": found.access_key_id,
            "TENCENTCLOUD_SECRET_KEY": found.secret_access_key.reveal(),
            "TENCENTCLOUD_REGION": "ap-guangzhou",
            "http_proxy": self.town.url if tool == "coscmd" else "",
        }
        tccli = os.environ.get("MFACLI_TEST_TCCLI", "")
        require(bool(tccli), "MFACLI_TEST_TCCLI does not name a tccli")
        return subprocess.run(
            [str(Path(tccli).with_name(tool)), *arguments],
            env=environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def tccli(self, who: str, service: str, action: str, **parameters: str) -> dict[str, object]:
        """Return tccli's answer, `{"refused": CODE}` where it is an error."""
        given = [part for name, value in parameters.items() for part in (f"--{name}", value)]
        finished = self.run(who, "tccli", service, action, *given, "--endpoint", self.town.url)
        if found := _CODE.search(finished.stdout + finished.stderr):
            return {"refused": found[1]}
        assert finished.returncode == 0, finished
        answer: dict[str, object] = json.loads(finished.stdout)
        return answer


@pytest.fixture
def desk(town: Town, isolated_home: Path) -> Desk:
    return Desk(town=town, home=isolated_home)


def test_tccli_is_told_why_a_code_does_not_open_a_session(desk: Desk, town: Town) -> None:
    code = town.control.code("Mei", fresh=True)
    wrong = f"{(int(code) + 1) % 10**6:06d}"

    told = [
        desk.tccli(who, "sts", "GetSessionToken", SerialNumber=serial, TokenCode=sent)
        for who, serial, sent in (
            ("Hao", SERIAL, code),
            ("Mei", SERIAL, wrong),
            ("Mei", SERIAL, code),
            ("Mei", SERIAL, code),
            ("Mei", SERIAL.replace("softToken", "wechat"), code),
        )
    ]

    assert "Credentials" in told.pop(2)
    assert [one["refused"] for one in told] == [
        *["FailedOperation.CheckMFAError"] * 3,
        "FailedOperation.MFATypeNotSupported",
    ]


def test_tccli_takes_another_accounts_role_with_a_code_only(desk: Desk, town: Town) -> None:
    role = {"RoleArn": TEST_ROLE, "RoleSessionName": "test"}

    without = desk.tccli("Mei", "sts", "AssumeRole", **role)
    code = town.control.code("Mei", fresh=True)
    taken = desk.tccli("Mei", "sts", "AssumeRole", **role, SerialNumber=SERIAL, TokenCode=code)

    assert without == {"refused": "AuthFailure.UnauthorizedOperation"}
    assert "Credentials" in taken


def test_tccli_builds_a_user_who_may_look(desk: Desk) -> None:
    policy = '{"version": "2.0", "statement": [{"effect": "allow", "action": "cvm:Describe*", "resource": "*"}]}'

    user = desk.tccli("Lan", "cam", "AddUser", Name="Bo", UseApi="1")
    made = desk.tccli("Lan", "cam", "CreatePolicy", PolicyName="Look", PolicyDocument=policy)
    before = desk.tccli("Owner:Bo", "cvm", "DescribeInstances")
    desk.tccli("Lan", "cam", "AttachUserPolicy", PolicyId=str(made["PolicyId"]), AttachUin=str(user["Uin"]))
    seen = desk.tccli("Owner:Bo", "cvm", "DescribeInstances")

    assert before == {"refused": "UnauthorizedOperation"}
    assert seen["TotalCount"] == 2


def test_the_sdk_for_object_storage_finds_what_it_is_used_to(desk: Desk, town: Town) -> None:
    finished = desk.run("Lan", "python", str(_HERE / "cos_tour.py"), town.url.rpartition(":")[2])

    assert finished.returncode == 0, finished
    assert json.loads(finished.stdout) == {
        "checksum": "11051210869376104954",
        "part": ["bytes 2-4/9", "345"],
        "head": ["9", True, "b", "tencent-cos"],
        "downloaded": True,
        "listed": ["a dir/腾讯 +&.txt", "up"],
        "folders": ["a dir/"],
        "not empty": [409, "BucketNotEmpty"],
        "missing": [404, "NoSuchKey"],
        "missing head": [404, "NoSuchResource"],
        "multipart": [501, "NotImplemented"],
        "exists": [True, False, True],
        "buckets": ["example-1250000000", "tour-1250000000"],
        "policy": [404, "NoSuchBucketPolicy"],
        "gone": [404, "NoSuchBucket"],
    }


def test_coscmd_sends_and_fetches_a_file(desk: Desk, town: Town) -> None:
    keys = town.control.environment_of("Mei")
    (desk.home / ".cos.conf").write_text(
        "[common]\nbucket = example-1250000000\nregion = ap-guangzhou\nschema = http\nretry = 1\n"
        f"secret_id = {keys.access_key_id}\nsecret_key = {keys.secret_access_key.reveal()}\n"
    )
    (desk.home / "report.txt").write_text("a report")

    sent = desk.run("Mei", "coscmd", "upload", "report.txt", "reports/report.txt")
    listed = desk.run("Mei", "coscmd", "list", "-r")
    fetched = desk.run("Mei", "coscmd", "download", "reports/report.txt", "again.txt")
    denied = desk.run("Mei", "coscmd", "delete", "-f", "reports/report.txt")

    assert [one.returncode for one in (sent, listed, fetched)] == [0, 0, 0]
    assert "reports/report.txt" in listed.stdout
    assert (desk.home / "again.txt").read_text() == "a report"
    assert "AccessDenied" in denied.stdout + denied.stderr
