"""`mfacli policy evaluate`: one request from flags or a file, with its proof, and batches in conversation."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.policy_stage import MFA, SOFIA, Policy, document, policy_runner, statement

MFA_GIVEN = ("--context", "aws:MultiFactorAuthPresent=true")


@pytest.fixture
def policy(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Policy:
    return policy_runner(capsys, monkeypatch)


def write(name: str, text: str) -> str:
    """Write a file into the test's home and return its name."""
    Path(name).write_text(text, encoding="utf-8")
    return name


def asked(*more: str) -> tuple[str, ...]:
    """Return the arguments of Sofia's request to stop instances."""
    return ("evaluate", "--principal", SOFIA, "--action", "ec2:StopInstances", *more)


def test_an_allowed_request_exits_with_0_and_names_the_statement(policy: Policy) -> None:
    path = write("mfa.json", "\n" + document(statement(Sid="Stop", Condition=MFA)))

    said = policy(*asked("--identity-policy", path, *MFA_GIVEN))

    assert (said.code, said.stderr) == (0, "")
    assert said.stdout == "Allowed: an identity-based policy allows it\n  by `mfa.json`, statement `Stop` (2:41)\n"


def test_a_denied_request_exits_with_5(policy: Policy) -> None:
    path = write("mfa.json", document(statement(Condition=MFA)))
    deny = write("deny.json", document(statement(Effect="Deny")))

    implicit = policy(*asked("--identity-policy", path))
    explicit = policy(*asked("--identity-policy", path, "--identity-policy", deny))

    assert (implicit.code, implicit.stdout) == (5, "ImplicitlyDenied: no identity-based policy allows it\n")
    assert explicit.code == 5
    assert "ExplicitlyDenied: explicit deny" in explicit.stdout
    assert "by `deny.json`, statement 1 (1:41)" in explicit.stdout


def test_every_layer_has_its_option(policy: Policy) -> None:
    yes = write("yes.json", document(statement()))
    no = write("no.json", document(statement(Action="s3:*")))
    denying = write("rcp.json", document(statement(Effect="Deny", Principal="*")))
    given = asked("--identity-policy", yes)

    verdicts = {
        "session": policy(*given, "--session-policy", no).stdout,
        "boundary": policy(*given, "--boundary", no).stdout,
        "scp": policy(*given, "--scp", no).stdout,
        "one of a level": policy(*given, "--scp", no, "--scp", yes).stdout,
        "rcp": policy(*given, "--rcp", denying).stdout,
    }

    assert verdicts == {
        "session": "ImplicitlyDenied: no session policy allows it\n",
        "boundary": "ImplicitlyDenied: no permissions boundary allows it\n",
        "scp": "ImplicitlyDenied: no service control policy allows it\n",
        "one of a level": "Allowed: an identity-based policy allows it\n  by `yes.json`, statement 1 (1:41)\n",
        "rcp": "ExplicitlyDenied: explicit deny in a resource control policy\n  by `rcp.json`, statement 1 (1:41)\n",
    }


def test_the_resources_owner_can_be_told(policy: Policy) -> None:
    own = write("own.json", document(statement(Action="s3:GetObject")))
    bucket = write(
        "bucket.json",
        document(statement(Action="s3:GetObject", Resource="arn:aws:s3:::b/*", Principal={"AWS": SOFIA})),
    )
    request = ("evaluate", "--principal", SOFIA, "--action", "s3:GetObject", "--resource", "arn:aws:s3:::b/k")

    across = policy(*request, "--resource-account", "444455556666", "--identity-policy", own)
    both = policy(
        *request, "--resource-account", "444455556666", "--identity-policy", own, "--resource-policy", bucket
    )

    assert across.stdout == "ImplicitlyDenied: no resource-based policy allows it\n"
    assert both.code == 0
    assert both.stdout.count("  by ") == 2


def test_a_trust_policy_is_the_roles_resource_policy(policy: Policy) -> None:
    trust = write(
        "trust.json",
        document({"Effect": "Allow", "Principal": {"AWS": SOFIA}, "Action": "sts:AssumeRole", "Condition": MFA}),
    )
    request = ("evaluate", "--principal", SOFIA, "--action", "sts:AssumeRole", "--resource-policy", trust)
    role = ("--resource", "arn:aws:iam::111122223333:role/Ops")

    assert policy(*request, *role, *MFA_GIVEN).code == 0
    assert policy(*request, *role).stdout == "ImplicitlyDenied: no role trust policy allows it\n"


def test_a_repeated_key_has_several_values(policy: Policy) -> None:
    condition = {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}
    path = write("tags.json", document(statement(Condition=condition)))

    some = policy(*asked("--identity-policy", path, "--context", "aws:TagKeys=a", "--context", "aws:TagKeys=b"))
    more = policy(*asked("--identity-policy", path, "--context", "aws:TagKeys=a", "--context", "aws:TagKeys=c"))

    assert (some.code, more.code) == (0, 5)


def test_nobody_and_tencents_names_are_principals_too(policy: Policy) -> None:
    public = write("public.json", document(statement(Action="s3:GetObject", Principal="*")))
    cam = write(
        "cam.json",
        json.dumps(
            {"version": "2.0", "statement": [{"effect": "allow", "action": "cvm:StopInstances", "resource": "*"}]}
        ),
    )

    nobody = policy(
        "evaluate", "--principal", "anonymous", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::b/k",
        "--resource-policy", public,
    )  # fmt: skip
    user = policy(
        "evaluate", "--principal", "qcs::cam::uin/100:uin/200", "--action", "cvm:StopInstances",
        "--identity-policy", cam,
    )  # fmt: skip

    assert (nobody.code, user.code) == (0, 0)


def test_json_has_the_decision_and_with_explain_the_proof(policy: Policy) -> None:
    path = write("mfa.json", document(statement(Sid="Stop", Condition=MFA)))

    plain = policy(*asked("--identity-policy", path, *MFA_GIVEN, "--json"))
    proven = policy(*asked("--identity-policy", path, "--json", "--explain"))

    assert plain.json() == {
        "version": 1,
        "id": None,
        "decision": "Allowed",
        "reason": "an identity-based policy allows it",
        "statement": {
            "policy": "mfa.json",
            "kind": "identity-based policy",
            "index": 0,
            "sid": "Stop",
            "line": 1,
            "column": 41,
        },
    }
    assert proven.code == 5
    assert "the request has no such key" in proven.stdout
    assert '"mark": "fails"' in proven.stdout


def test_the_proof_is_indented_text_or_a_tree_at_a_terminal(policy: Policy) -> None:
    path = write("mfa.json", document(statement(Sid="Stop", Condition=MFA)))

    text = policy(*asked("--identity-policy", path, *MFA_GIVEN, "--explain"))
    tree = policy(*asked("--identity-policy", path, *MFA_GIVEN, "--explain", "--no-color"), at_terminal=True)
    coloured = policy(*asked("--identity-policy", path, *MFA_GIVEN, "--explain"), at_terminal=True)

    assert text.stdout.startswith("allowed: an identity-based policy allows it\n")
    assert "\n      Allow Stop (line 1, column 41) applies (decides)\n        holds: Action:" in text.stdout
    assert "└── " in tree.stdout
    assert "\x1b" not in tree.stdout
    assert "\x1b[1;32mallowed" in coloured.stdout


def test_a_request_in_a_file_is_whole(policy: Policy) -> None:
    request = {
        "id": "r1",
        "principal": SOFIA,
        "action": "ec2:StopInstances",
        "resource": "*",
        "context": {},
        "identityPolicies": [json.loads(document(statement()))],
    }
    path = write("request.json", json.dumps(request))

    said = policy("evaluate", "--file", path, "--json")
    mixed = policy("evaluate", "--file", path, "--action", "s3:GetObject")

    assert said.json()["id"] == "r1"
    assert mixed.code == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("evaluate",), "needs `--principal` and `--action`"),
        (("evaluate", "--principal", "sofia", "--action", "s3:GetObject"), "`sofia` is no caller"),
        (("evaluate", "--principal", SOFIA, "--action", "s3"), "`action` is"),
        (("evaluate", "--batch", "--explain"), "takes everything from standard input"),
        (("evaluate", "--batch", "--principal", SOFIA), "takes everything from standard input"),
        (("evaluate", "--context", "x"), "is not KEY=VALUE"),
        ((*asked(), "--identity-policy", "-", "--scp", "-"), "only one policy can come from standard input"),
        ((*asked(), "--identity-policy", "absent.json"), "could not be read"),
        (("evaluate", "--file", "absent.json"), "could not be read"),
    ],
)
def test_what_is_no_request_is_refused(policy: Policy, arguments: tuple[str, ...], message: str) -> None:
    said = policy(*arguments)

    assert (said.code, said.stdout) == (2, "")
    assert message in said.stderr


def test_a_malformed_policy_is_refused_with_its_place(policy: Policy) -> None:
    path = write("broken.json", '{"Version": "2012-10-17",\n "Statement": 3}')

    said = policy(*asked("--identity-policy", path))

    assert said.code == 3
    assert "policy `broken.json`, line 2, column 15" in said.stderr


CASE = {"principal": SOFIA, "action": "ec2:StopInstances", "resource": "*", "context": {}}


def test_a_batch_answers_each_line_and_survives_bad_ones(policy: Policy) -> None:
    good = json.dumps({"id": 1, **CASE, "identityPolicies": [json.loads(document(statement()))]}).encode()
    lines = [good, b"", b"nonsense", b"\xff\xfe", json.dumps({"id": "x", **CASE, "dialect": "gcp"}).encode(), good]

    said = policy("evaluate", "--batch", stdin=b"\n".join(lines))

    answers = [json.loads(line) for line in said.stdout.splitlines()]
    assert said.code == 0
    assert [answer.get("decision") for answer in answers] == ["Allowed", None, None, None, "Allowed"]
    assert [answer["id"] for answer in answers] == [1, None, None, "x", 1]
    assert "not UTF-8" in answers[2]["error"]


def test_a_batch_takes_the_line_ends_and_marks_of_every_system(policy: Policy) -> None:
    lines = [json.dumps({"id": number, **CASE}).encode() for number in range(3)]

    said = policy("evaluate", "--batch", stdin=b"\xef\xbb\xbf" + b"\r\n".join(lines))

    answers = [json.loads(line) for line in said.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [0, 1, 2]
    assert [answer["decision"] for answer in answers] == ["ImplicitlyDenied"] * 3


def test_a_line_without_end_is_refused_before_it_fills_the_memory(
    policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mfacli.commands.policy_evaluate._LONGEST_LINE", 1_000)
    good = json.dumps({"id": "good", **CASE}).encode()

    said = policy("evaluate", "--batch", stdin=b'"' + b"x" * 3_500 + b"\n" + good + b"\n" + b"y" * 2_000)

    answers = [json.loads(line) for line in said.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [None, "good", None]
    assert answers[0]["error"] == answers[2]["error"] == "a line of more than 1,000 bytes"


def test_a_batch_without_standard_input_is_refused(policy: Policy) -> None:
    said = policy("evaluate", "--batch", stdin=None)

    assert said.code == 2


def test_a_batch_is_a_conversation() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "mfacli", "policy", "evaluate", "--batch"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    answers = []
    for number in range(3):
        process.stdin.write(json.dumps({"id": number, **CASE}) + "\n")
        process.stdin.flush()
        answers.append(json.loads(process.stdout.readline())["id"])
    rest, _ = process.communicate(timeout=60)

    assert answers == [0, 1, 2]
    assert (process.returncode, rest) == (0, "")
