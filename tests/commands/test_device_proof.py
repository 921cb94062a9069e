"""`mfacli device` in Tencent Cloud: a seed is kept when a code of it has opened a session, and not before."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.providers.local_cloud import LocalCloud, Reply, tencent, tencent_caller, tencent_refusal
from tests.stage import COMMAND, Result, clean_environment, run_in

SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
SERIAL = "qcs::cam:uin/100000000001::mfa/softToken"
WHOSE = "100000000002"


def session() -> Reply:
    credentials = {"Token": "t0ken", "TmpSecretId": "AKIDtemporary", "TmpSecretKey": "temporary"}
    return tencent({"Credentials": credentials, "ExpiredTime": int(time.time()) + 7200})


@dataclass(frozen=True, slots=True, kw_only=True)
class SubUser:
    """Somebody with keys in the environment, whose STS gives what a test tells it to."""

    root: Path
    cloud: LocalCloud

    def will_answer(self, *replies: Reply) -> None:
        """Take these as the next answers, the last for ever."""
        self.cloud.replies[:] = [replace(reply, date=datetime.now(UTC)) for reply in replies]

    @property
    def asked(self) -> list[str]:
        """What STS has been asked."""
        return [asked.headers["x-tc-action"] for asked in self.cloud.asked]

    @property
    def keyring(self) -> Path:
        """The file that stands for the keyring."""
        return self.root / "keyring.json"

    def run(self, *arguments: str, stdin: str = "", mood: str = "") -> Result:
        """Run mfacli where it has no terminal; `mood` is what is wrong with the keyring."""
        environment = clean_environment(self.root) | {
            "MFACLI_STATE_DIR": str(self.root / "state"),
            "MFACLI_STORE": "keyring",
            "MFACLI_CLOUD": "tencent",
            "PYTHONPATH": str(Path(__file__).parent.parent / "keyrings"),
            "PYTHON_KEYRING_BACKEND": "file_keyring.FileKeyring",
            "KEYRING_PROPERTY_PATH": str(self.keyring),
            "KEYRING_PROPERTY_MOOD": mood,
            "TENCENTCLOUD_SECRET_ID": "AKIDsubuser",
            "TENCENTCLOUD_SECRET_KEY": "the-sub-users-secret",
        }
        return run_in(self.root, [COMMAND, *arguments], environment=environment, stdin=stdin)


@pytest.fixture
def user(tmp_path: Path) -> Iterator[SubUser]:
    """Give somebody whose profile is `default`."""
    with LocalCloud(Reply()) as cloud:
        settings = tmp_path / ".config" / "mfacli" / "config.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text(f'[tencent.default]\nendpoint = "{cloud.url}"\nregion = "ap-guangzhou"\n')
        yield SubUser(root=tmp_path, cloud=cloud)


def test_a_seed_that_opens_a_session_is_kept_with_it(user: SubUser) -> None:
    user.will_answer(tencent_caller(), session(), tencent_caller())

    imported = user.run("device", "import", "-", stdin=SEED)
    opened = user.run("session", "--no-input")
    listed = user.run("device", "list")
    as_json = user.run("device", "list", "--json")

    # Before them it may say that it waits for the next code.
    lines = imported.stderr.splitlines()[-3:]
    assert (imported.code, imported.stdout) == (0, "")
    assert lines[0].startswith("session for default until ")
    assert lines[1] == f"kept the seed of device softToken of {WHOSE} in test keyring"
    assert "no longer a second factor" in lines[2]
    assert "kept already" in opened.stderr
    assert user.asked == ["GetCallerIdentity", "GetSessionToken"]
    assert listed.stdout == f"{SERIAL} of {WHOSE}\tnot asked\tyes\t-\n"
    assert as_json.json()["devices"] == [
        {
            "serial": SERIAL,
            "name": f"softToken of {WHOSE}",
            "user": WHOSE,
            "has_seed": True,
            "in_cloud": None,
            "enabled_at": None,
            "is_usable": True,
            "profiles": [],
        }
    ]


def test_the_code_that_proved_the_seed_is_not_offered_again(user: SubUser) -> None:
    user.will_answer(tencent_caller(), session(), tencent_caller())
    user.run("device", "import", "-", stdin=SEED)
    sent = json.loads(user.cloud.asked[1].body)["TokenCode"]

    spent = user.run("session", "--new", "--code", sent)

    assert spent.code == 4
    assert "has answered this code before" in spent.stderr
    assert user.asked.count("GetSessionToken") == 1


def test_a_seed_of_another_device_is_tried_twice_and_not_kept(user: SubUser) -> None:
    user.will_answer(tencent_caller(), tencent_refusal("FailedOperation.CheckMFAError"))

    imported = user.run("device", "import", "-", stdin=f"otpauth://totp/x?secret={SEED}&period=1")

    assert imported.code == 4
    assert user.asked == ["GetCallerIdentity", "GetSessionToken", "GetSessionToken"]
    assert f"the seed is not kept: STS refused the codes made from it for device softToken of {WHOSE}" in (
        imported.stderr
    )
    assert "绑定" in imported.stderr
    assert not user.keyring.exists()
    assert SEED not in imported.stderr


@pytest.mark.parametrize("code", ["FailedOperation.MFATypeNotSupported", "InternalError.DbError"])
def test_a_seed_that_cannot_be_proved_is_not_kept(user: SubUser, code: str) -> None:
    user.will_answer(tencent_caller(), tencent_refusal(code))

    imported = user.run("device", "import", "-", stdin=SEED)

    assert imported.code in {4, 6}
    assert "warning: the seed is not kept: it could not be proved" in imported.stderr
    assert not user.keyring.exists()


def test_a_seed_of_eight_digits_is_refused_before_it_is_tried(user: SubUser) -> None:
    user.will_answer(tencent_caller())

    imported = user.run("device", "import", "-", stdin=f"otpauth://totp/x?secret={SEED}&digits=8")

    assert imported.code == 4
    assert "makes codes of 8 digits, and STS takes 6" in imported.stderr
    assert user.asked == ["GetCallerIdentity"]


def test_no_code_is_spent_on_a_seed_that_cannot_be_kept(user: SubUser) -> None:
    user.will_answer(tencent_caller(), session())

    imported = user.run("device", "import", "-", stdin=SEED, mood="locked")

    assert imported.code == 7
    assert user.asked == ["GetCallerIdentity"]


def test_a_seed_that_is_proved_takes_the_place_of_another_without_a_question(user: SubUser) -> None:
    user.will_answer(tencent_caller(), session(), tencent_caller(), session())
    other = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

    first = user.run("device", "import", "-", stdin=f"otpauth://totp/x?secret={other}&period=1")
    second = user.run("device", "import", "-", "--no-input", stdin=f"otpauth://totp/x?secret={SEED}&period=1")

    assert (first.code, second.code) == (0, 0)
    assert SEED in user.keyring.read_text()
    assert other not in user.keyring.read_text()


def test_whoever_is_to_be_asked_is_told_the_way_to_a_seed(user: SubUser) -> None:
    user.will_answer(tencent_caller())

    told = user.run("device", "import")
    quiet = user.run("device", "import", "-q")

    assert (told.code, quiet.code) == (8, 8)
    assert f"1. sign in as {WHOSE}; account name (top right) > Security Settings (安全设置)" in told.stderr
    assert "Virtual MFA Device (虚拟 MFA 设备)" in told.stderr
    assert "安全设置" not in quiet.stderr


def test_a_serial_of_another_account_is_refused_before_a_seed_is_asked_for(user: SubUser) -> None:
    user.will_answer(tencent_caller())

    refused = user.run("device", "import", "--device", "qcs::cam:uin/100000000009::mfa/softToken")

    assert refused.code == 4
    assert f"the serial holds the uin of the account's owner: {SERIAL}" in refused.stderr


def test_a_seed_can_be_used_and_removed_when_nobody_says_whose_it_is(user: SubUser) -> None:
    user.will_answer(tencent_caller(), session(), tencent_refusal("AuthFailure.SecretIdNotFound"))
    user.run("device", "import", "-", stdin=f"otpauth://totp/x?secret={SEED}&period=1")

    shown = user.run("device", "code")
    removed = user.run("device", "remove")
    gone = user.run("device", "remove")

    assert (shown.code, removed.code) == (0, 0)
    assert removed.stderr == f"removed the seed of device softToken of {WHOSE}; codes are asked for again\n"
    assert gone.code == 4
    assert "does not know the secret id" in gone.stderr
