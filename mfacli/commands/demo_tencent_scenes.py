"""The scenarios of Tencent Cloud's page on protecting API requests with MFA, as a table like that of AWS's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfacli.commands.demo_scenes import DONE, denied, exits, scene_of
from mfacli.commands.demo_tencent_clients import REPORTS, WORKER

if TYPE_CHECKING:
    from mfacli.commands.demo_stage import Stage
    from mfacli.domain.credentials import Keys

SERIAL = "qcs::cam:uin/12345678::mfa/softToken"
ROLE = "qcs::cam::uin/87654321:roleName/TestRole"
WRONG_CODE = denied("FailedOperation.CheckMFAError")
# What the page's request has besides, in the body: a name and a policy.
_NARROWER = '{"version":"2.0","statement":[{"effect":"allow","action":"cvm:*","resource":"*"}]}'


def _as_on_the_page(stage: Stage) -> Keys:
    """Open a session with the parameters of the page's own request."""
    return stage.tencent.session_token(
        stage.keys("Mei"), Name="temp_token", Policy=_NARROWER, SerialNumber=SERIAL, MfaCode=stage.code("Mei")
    )


def _role_as_on_the_page(stage: Stage) -> Keys:
    """Assume the role with the parameters of the page's own request, which names it in the form of an id."""
    role = ROLE.replace(":roleName/", ":role/")
    return stage.tencent.assume(
        stage.keys("Mei"), role, DurationSeconds=7200, SerialNumber=SERIAL, MfaCode=stage.code("Mei")
    )


def _code_twice(stage: Stage) -> None:
    code = stage.code("Mei")
    for _ in range(2):
        stage.tencent.session_token(stage.keys("Mei"), SerialNumber=SERIAL, TokenCode=code)


_own = scene_of("Tencent Cloud: API requests in one's own account")
OWN_ACCOUNT = (
    _own("Mei", "cvm:DescribeInstances", "long-term key", DONE,
         lambda s: s.tencent.look(s.keys("Mei"))),
    _own("Mei", "cvm:TerminateInstances", "long-term key", denied("UnauthorizedOperation"),
         lambda s: s.tencent.terminate(s.keys("Mei"), WORKER)),
    _own("Mei", "cos:DeleteBucket", "long-term key", denied(),
         lambda s: s.tencent.delete_bucket(s.keys("Mei"))),
    _own("Mei", "sts:GetSessionToken", "mfacli session, with a code", DONE,
         lambda s: s.opened("mei", "Mei")),
    _own("Mei", "cvm:TerminateInstances", "the kept session", DONE,
         lambda s: s.tencent.terminate(s.kept("mei"), WORKER)),
    _own("Mei", "cos:DeleteBucket", "the page's request, Policy for cvm only", denied(),
         lambda s: s.tencent.delete_bucket(_as_on_the_page(s))),
    _own("Mei", "cos:DeleteBucket", "the kept session", DONE,
         lambda s: s.tencent.delete_bucket(s.kept("mei"))),
)  # fmt: skip

_without = scene_of("Tencent Cloud: a sub-user without a device")
WITHOUT_DEVICE = (
    _without("Hao", "cvm:DescribeInstances", "long-term key", DONE,
             lambda s: s.tencent.look(s.keys("Hao"))),
    _without("Hao", "cvm:TerminateInstances", "long-term key", denied("UnauthorizedOperation"),
             lambda s: s.tencent.terminate(s.keys("Hao"), WORKER)),
    _without("Hao", "sts:GetSessionToken", "mfacli session, Mei's code", exits(4),
             lambda s: s.mfacli("session", "-p", "hao", "--code", s.code("Mei"))),
)  # fmt: skip

_delegated = scene_of("Tencent Cloud: delegation to another account")
DELEGATION = (
    _delegated("Mei", "sts:AssumeRole TestRole", "long-term key, no code",
               denied("AuthFailure.UnauthorizedOperation"),
               lambda s: s.tencent.assume(s.keys("Mei"), ROLE)),
    _delegated("Mei", "sts:AssumeRole TestRole", "mfacli assume, with a code", DONE,
               lambda s: s.mfacli("assume", "testrole", "--code", s.code("Mei"))),
    _delegated("Mei", "cvm:StopInstances", "the role", DONE,
               lambda s: s.tencent.stop(s.kept_role("testrole"), REPORTS)),
    _delegated("Mei", "cvm:TerminateInstances", "the role", denied("UnauthorizedOperation"),
               lambda s: s.tencent.terminate(s.kept_role("testrole"), REPORTS)),
    _delegated("Mei", "sts:AssumeRole TestRole", "the page's request, with MfaCode", DONE,
               _role_as_on_the_page),
)  # fmt: skip

_codes = scene_of("Tencent Cloud: codes, and what is said")
CODES = (
    _codes("Mei", "sts:GetSessionToken", "mfacli session, a wrong code", exits(4),
           lambda s: s.mfacli("session", "-p", "mei", "--new", "--code", s.wrong_code("Mei"))),
    _codes("Mei", "sts:GetSessionToken", "the same code twice", WRONG_CODE,
           _code_twice),
    _codes("Mei", "sts:GetSessionToken", "Lan's code, who has the same serial", WRONG_CODE,
           lambda s: s.tencent.session_token(s.keys("Mei"), SerialNumber=SERIAL, TokenCode=s.code("Lan"))),
    _codes("Mei", "sts:GetSessionToken", "a session, with a code", denied("FailedOperation.TempKeyNotAllowed"),
           lambda s: s.tencent.session_token(s.kept("mei"), SerialNumber=SERIAL, TokenCode=s.code("Mei"))),
    _codes("Hao", "cvm:TerminateInstances", "long-term key, told in Chinese", denied("UnauthorizedOperation"),
           lambda s: s.tencent.refused_in_words(s.keys("Hao"), is_chinese=True)),
    _codes("Hao", "cvm:TerminateInstances", "long-term key, told in English", denied("UnauthorizedOperation"),
           lambda s: s.tencent.refused_in_words(s.keys("Hao"), is_chinese=False)),
)  # fmt: skip

TENCENT_SCENES = (*OWN_ACCOUNT, *WITHOUT_DEVICE, *DELEGATION, *CODES)
