"""`mfacli policy explain`: from a message to what was missing, with policies tried and messages decoded."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mfacli.commands.main import run
from mfacli.commands.wiring import Desk
from mfacli.domain.credentials import Keys
from mfacli.domain.plan import Plan
from mfacli.errors import CloudRefused
from tests.commands.policy_stage import MFA, SOFIA, Policy, document, policy_runner, statement
from tests.profiles.tccli import keys
from tests.profiles.tccli import write as write_tccli
from tests.stage import Cloud, Person

DENIED = (
    f"An error occurred (UnauthorizedOperation) when calling the StopInstances operation: You are not authorized to "
    f"perform this operation. User: {SOFIA} is not authorized to perform: ec2:StopInstances on resource: "
    "arn:aws:ec2:us-east-1:111122223333:instance/i-1 because no identity-based policy allows the ec2:StopInstances "
    "action. Encoded authorization failure message: abcdefghijklmnopqrstuvwxyz"
)
ASSUME = (
    f"An error occurred (AccessDenied) when calling the AssumeRole operation: User: {SOFIA} is not authorized to "
    "perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/Ops"
)
PAGE_OF_TENCENT = "[TencentCloudSDKException] code:FailedOperation.CheckMFAError message:no requestId:1"


@pytest.fixture
def policy(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Policy:
    return policy_runner(capsys, monkeypatch)


def write(name: str, text: str) -> str:
    """Write a file into the test's home and return its name."""
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_a_message_from_a_pipe_is_explained_in_words(policy: Policy) -> None:
    said = policy("explain", "-p", "prod", stdin=f"\n{ASSUME}\n")

    assert (said.code, said.stderr) == (0, "")
    assert said.stdout == (
        f"`{SOFIA}` may not assume the role `arn:aws:iam::111122223333:role/Ops`; STS never says why\n"
        "\n"
        "what may have been missing, the likeliest first:\n"
        "  1. the role demands MFA, and neither a code came with the call nor a session with MFA made it\n"
        "  2. the caller's own policies do not allow `sts:AssumeRole` on the role, or deny it\n"
        "  3. the role's trust policy does not name the caller, or asks for more, such as an external id\n"
        "  4. there is no such role: STS gives the same answer\n"
        "\n"
        "what to do:\n"
        "  mfacli assume arn:aws:iam::111122223333:role/Ops -p prod\n"
        "      assumes the role with a code\n"
        "  mfacli policy check TRUST.json\n"
        "      says whether the role's trust policy demands MFA\n"
    )


def test_a_message_as_an_argument_is_explained_alike(policy: Policy) -> None:
    assert policy("explain", PAGE_OF_TENCENT).stdout == policy("explain", "-", stdin=PAGE_OF_TENCENT).stdout


def test_a_terminal_gets_colour(policy: Policy) -> None:
    said = policy("explain", PAGE_OF_TENCENT, at_terminal=True)

    assert "\x1b[1mSTS did not accept the one-time code\x1b[0m" in said.stdout
    assert "\x1b[1;36mmfacli session\x1b[0m" in said.stdout


def test_json_has_everything(policy: Policy) -> None:
    said = policy("explain", DENIED, "--json")

    document_ = said.json()
    assert document_ == {
        "version": 1,
        "cloud": "aws",
        "code": "UnauthorizedOperation",
        "operation": "StopInstances",
        "meaning": document_["meaning"],
        "causes": document_["causes"],
        "commands": document_["commands"],
        "denial": {
            "principal": SOFIA,
            "action": "ec2:StopInstances",
            "resource": "arn:aws:ec2:us-east-1:111122223333:instance/i-1",
            "denied_by": "identity-based policy",
            "policy": "",
            "explicit": False,
        },
        "is_encoded": True,
        "policies": None,
    }
    assert policy("explain", PAGE_OF_TENCENT, "--json").json()["denial"] is None


def test_policies_are_tried_with_and_without_mfa(policy: Policy) -> None:
    path = write("mfa.json", document(statement(Condition=MFA)))

    words = policy("explain", DENIED, "--policy", path)
    tried = policy("explain", DENIED, "--policy", path, "--json")

    assert "  with MFA: Allowed (an identity-based policy allows it)\n" in words.stdout
    assert "  with long-term keys: ImplicitlyDenied" in words.stdout
    assert "  MFA is all that was missing\n" in words.stdout
    assert tried.at("policies", "depends_on_mfa") is True
    assert tried.at("policies", "session_without_mfa", "decision") == "ImplicitlyDenied"


def test_a_caller_can_be_told_for_a_message_that_names_none(policy: Policy) -> None:
    cam = {
        "version": "2.0",
        "statement": [
            {
                "effect": "allow",
                "action": "sms:SendSms",
                "resource": "*",
                "condition": {"bool_equal": {"qcs:mfaPresent": "true"}},
            }
        ],
    }
    path = write("cam.json", json.dumps(cam))
    message = (
        "[TencentCloudSDKException] code:AuthFailure.UnauthorizedOperation message:you are not authorized to perform "
        "operation (sms:SendSms)\\nresource (*) has no permission requestId:1"
    )

    untold = policy("explain", message, "--policy", path)
    told = policy("explain", message, "--policy", path, "--principal", "qcs::cam::uin/100:uin/200", "--json")

    assert untold.code == 2
    assert "--principal" in untold.stderr
    assert told.at("policies", "depends_on_mfa") is True


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("explain", "hello"), "no refusal that is known here"),
        (("explain",), "no error message to explain"),
        (("explain", "--policy", "-"), "cannot both come from standard input"),
        (("explain", ASSUME, "--decode"), "no encoded part"),
        (("explain", DENIED, "--policy", "absent.json"), "could not be read"),
    ],
)
def test_what_cannot_be_explained_is_refused(policy: Policy, arguments: tuple[str, ...], message: str) -> None:
    said = policy(*arguments)

    assert (said.code, said.stdout) == (2, "")
    assert message in said.stderr


def test_nobody_is_left_waiting_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Keyboard:
        buffer = None

        @staticmethod
        def isatty() -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Keyboard())

    assert run(["policy", "explain"]) == 2


class Opener:
    """A `MessageDecoder` that needs no cloud."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def decode_message(self, encoded: str, *, plan: Plan, keys: Keys) -> str:
        """Return a decoded message of a session without MFA."""
        self.asked.append((encoded, keys.access_key_id))
        carried = {"key": "aws:MultiFactorAuthPresent", "values": {"items": [{"value": "false"}]}}
        context = {"action": "ec2:StopInstances", "resource": "*", "conditions": {"items": [carried]}}
        return json.dumps({"allowed": False, "explicitDeny": False, "context": context})


@pytest.fixture
def opener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opener]:
    stand_in = Opener()
    monkeypatch.setattr(Desk, "decoder", stand_in)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    return iter([stand_in])


def test_an_encoded_message_is_decoded_with_the_profiles_keys(policy: Policy, opener: Iterator[Opener]) -> None:
    path = write("mfa.json", document(statement(Condition=MFA)))

    said = policy("explain", DENIED, "--decode", "--policy", path)

    assert said.code == 0, said.stderr
    assert next(opener).asked == [("abcdefghijklmnopqrstuvwxyz", "AKIAIOSFODNN7EXAMPLE")]
    assert "a session that carries no MFA" in said.stdout
    assert "  with MFA: Allowed" in said.stdout


def test_a_roles_message_is_decoded_by_the_role_in_the_shell(
    policy: Policy, opener: Iterator[Opener], monkeypatch: pytest.MonkeyPatch
) -> None:
    role = "arn:aws:sts::444455556666:assumed-role/Ops/me"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")

    said = policy("explain", DENIED.replace(SOFIA, role), "--decode")

    assert said.code == 0, said.stderr
    assert next(opener).asked == [("abcdefghijklmnopqrstuvwxyz", "ASIAIOSFODNN7EXAMPLE")]


def test_a_profile_of_tencent_cloud_can_decode_nothing(policy: Policy, isolated_home: Path) -> None:
    write_tccli(isolated_home / ".tccli", {"prod.credential": keys("PROD")})

    said = policy("explain", DENIED, "--decode", "-p", "prod")

    assert said.code == 2
    assert "profile `prod` is of Tencent Cloud, which encodes no messages" in said.stderr
    assert "--cloud" not in said.stderr


def test_a_message_that_could_not_be_decoded_is_explained_all_the_same(
    policy: Policy, opener: Iterator[Opener], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise CloudRefused("DecodeAuthorizationMessage was denied")

    monkeypatch.setattr(next(opener), "decode_message", refuse)

    said = policy("explain", DENIED, "--decode")

    assert said.code == 5
    assert "the encoded message says which condition keys the request had" in said.stdout
    assert "DecodeAuthorizationMessage was denied" in said.stderr


def test_the_installed_command_explains() -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "mfacli", "policy", "explain", "--json"],
        input=ASSUME,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (finished.returncode, finished.stderr) == (0, "")
    assert json.loads(finished.stdout)["operation"] == "AssumeRole"


STOP = """
import sys, boto3
try:
    boto3.client("ec2").stop_instances(InstanceIds=["i-0123456789abcdef0"])
except Exception as refusal:
    print(refusal)
"""


def test_a_real_refusal_of_ec2_is_decoded_through_sts(cloud: Cloud, person: Person) -> None:
    administrator = cloud.control.environment_of("Anaya")
    own = {
        "AWS_ACCESS_KEY_ID": administrator.access_key_id,
        "AWS_SECRET_ACCESS_KEY": administrator.secret_access_key.reveal(),
    }
    refusal = person.run_program([sys.executable, "-c", STOP]).stdout

    plain = person.run("policy", "explain", stdin=refusal)
    decoded = person.run("policy", "explain", "--decode", stdin=refusal, environment=own)

    assert "policy explain --decode" in plain.stdout
    assert decoded.code == 0, decoded.stderr
    assert "the request was made with long-term keys, which carry no MFA" in decoded.stdout
    assert 'eval "$(mfacli session --export)"' in decoded.stdout
