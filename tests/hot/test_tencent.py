"""The cached read of Tencent Cloud's sessions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.secret import Secret
from tests.hot import owner as owners
from tests.hot.owner import Owner
from tests.profiles import tccli

# INI is for AWS' tools.
FORMATS = tuple(form for form in owners.FORMATS if form != "ini")
SETTINGS = f"""\
[tencent.cn]
mfa_serial = "{tccli.SERIAL}"

[tencent.far]
role_arn = "{tccli.FAR_ROLE}"
source_profile = "cn"
"""
TOKEN = "u2BsRfC0vTq-_1WbW9" * 20
EXPORT = ("export", "-p", "cn", "--format", "sh")

Change = Callable[[Owner, pytest.MonkeyPatch], None]


def settled(owner: Owner) -> Owner:
    """Give the owner profiles of Tencent Cloud, and one of AWS whose name is in both clouds."""
    owner.settings.parent.mkdir(parents=True)
    owner.settings.write_text(SETTINGS)
    files = {"cn.credential": tccli.keys("Cn"), "cn.configure": tccli.region("ap-guangzhou")}
    tccli.write(owner.home / ".tccli", {**files, "dev.credential": tccli.keys("Dev")})
    return owner


@pytest.fixture
def kernel_owner(owner: Owner) -> Owner:
    return settled(owner)


@pytest.fixture
def service_owner(keyring_owner: Owner) -> Owner:
    return settled(keyring_owner)


def keep(owner: Owner, profile: str) -> None:
    owner.keep(
        profile,
        cloud=Cloud.TENCENT,
        access_key_id="AKIDexample",
        session_token=Secret(TOKEN),
        account_id=tccli.OWNER,
        device=tccli.SERIAL,
    )


@pytest.mark.parametrize("profile", ["cn", "far"])
@pytest.mark.parametrize(
    "whose", ["kernel_owner", pytest.param("service_owner", marks=pytest.mark.real)], ids=["kernel", "service"]
)
def test_exports_are_given_again_byte_for_byte(request: pytest.FixtureRequest, whose: str, profile: str) -> None:
    owner: Owner = request.getfixturevalue(whose)
    questions = [
        *(("export", "-p", profile, "--format", form) for form in FORMATS),
        ("export", "-p", profile, "--cloud", "tencent", "--format", "sh"),
    ]
    keep(owner, profile)

    before = [owner.again(*question) for question in questions]
    answered = [owner.ordinary(*question) for question in questions]

    assert before == [None] * len(questions)
    assert all(TOKEN.encode() in answer for answer in answered)
    assert [owner.again(*question) for question in questions] == answered


def _in_folder(name: str) -> Change:
    return lambda owner, _: tccli.write(owner.home / ".tccli", {name: tccli.keys("Other")})


def _credential_gone(owner: Owner, _: pytest.MonkeyPatch) -> None:
    (owner.home / ".tccli" / "cn.credential").unlink()


def _aws_has_one_too(owner: Owner, _: pytest.MonkeyPatch) -> None:
    owner.config.write_text(f"{owner.config.read_text()}\n[profile cn]\nregion = eu-west-1\n")


def _set(variable: str, value: str) -> Change:
    return lambda _, patch: patch.setenv(variable, value)


CHANGES: dict[str, Change] = {
    "other keys": _in_folder("cn.credential"),
    "no keys": _credential_gone,
    "another configuration": _in_folder("cn.configure"),
    "another profile": _in_folder("new.credential"),
    "the settings are touched": lambda owner, _: owner.settings.touch(),
    "AWS has one of the name": _aws_has_one_too,
    "another folder": _set("TENCENTCLOUD_SHARED_CREDENTIALS_DIR", "/elsewhere"),
    "another default": _set("TCCLI_PROFILE", "far"),
    "another cloud": _set("MFACLI_CLOUD", "aws"),
    "keys in the environment": _set("TENCENTCLOUD_SECRET_ID", "AKIDother"),
    "a session in the environment": _set("TENCENTCLOUD_TOKEN", "token"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_after_a_change_the_ordinary_way_is_gone(
    kernel_owner: Owner, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    keep(kernel_owner, "cn")
    answered = kernel_owner.ordinary(*EXPORT)
    again = kernel_owner.again(*EXPORT)

    change(kernel_owner, monkeypatch)

    assert again == answered
    assert kernel_owner.again(*EXPORT) is None


def test_a_profile_that_becomes_tencents_too_is_asked_for_anew(kernel_owner: Owner) -> None:
    (kernel_owner.home / ".tccli" / "dev.credential").unlink()
    kernel_owner.keep("dev")
    question = ("export", "-p", "dev", "--format", "sh")
    answered = kernel_owner.ordinary(*question)
    again = kernel_owner.again(*question)

    _in_folder("dev.credential")(kernel_owner, pytest.MonkeyPatch())

    assert again == answered
    assert kernel_owner.again(*question) is None


@pytest.mark.parametrize("cloud", ["aws", "tencent"])
def test_the_cloud_that_was_named_is_part_of_the_question(kernel_owner: Owner, cloud: str) -> None:
    keep(kernel_owner, "cn")
    kernel_owner.ordinary(*EXPORT)

    assert kernel_owner.again(*EXPORT) is not None
    assert kernel_owner.again(*EXPORT, "--cloud", cloud) is None


def test_in_a_shell_with_a_session_nothing_is_remembered(
    kernel_owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKIDexported")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "secret")
    monkeypatch.setenv("TENCENTCLOUD_TOKEN", "token")
    keep(kernel_owner, "cn")

    kernel_owner.ordinary(*EXPORT)

    assert not kernel_owner.entry(*EXPORT).exists()
