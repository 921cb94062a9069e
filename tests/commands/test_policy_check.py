"""`mfacli policy check`: its answers in all forms, its exit codes, its manners with files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mfacli.policy.check.findings import RULES
from tests.commands.policy_stage import LEAKING, MFA, Policy, Said, document, policy_runner, statement


@pytest.fixture
def policy(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Policy:
    return policy_runner(capsys, monkeypatch)


def write(name: str, text: str) -> str:
    """Write a file into the test's home and return its name."""
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_a_sound_policy_is_told_in_one_line(policy: Policy) -> None:
    said = policy("check", write("sound.json", document(statement(Condition=MFA))))

    assert said.code == 0
    assert said.stdout == (
        "sound.json:1:41: demands MFA for `ec2:StopInstances`: satisfied by GetSessionToken with a code "
        "(mfacli session), not by a role's credentials\n"
    )
    assert said.stderr == "1 policy checked: nothing found\n"


def test_a_policy_without_a_demand_is_told_so(policy: Policy) -> None:
    said = policy("check", write("plain.json", document(statement())))

    assert (said.code, said.stdout) == (0, "plain.json: demands no MFA\n")


def test_findings_are_a_line_each_with_their_place_and_their_cure(policy: Policy) -> None:
    said = policy("check", write("leaking.json", document(statement(Condition=LEAKING))))

    first, finding, mended = said.stdout.splitlines()
    assert said.code == 5
    assert first == "leaking.json: demands no MFA"
    assert finding.startswith("leaking.json:1:140: error: `BoolIfExists aws:MultiFactorAuthPresent = true` holds for")
    assert finding.endswith("[allow-lets-keys-in]")
    assert json.loads(mended.removeprefix("  mended, in place of this statement: ")) == statement(Condition=MFA)
    assert said.stderr == "1 policy checked: 1 error\n"


def test_the_place_is_where_the_key_stands(policy: Policy) -> None:
    text = document(statement(Condition=LEAKING))

    said = policy("check", write("leaking.json", text), "--json")

    column = said.at("files", 0, "policies", 0, "findings", 0, "column")
    assert isinstance(column, int)
    assert text[column - 1 :].startswith('"aws:MultiFactorAuthPresent"')


def test_a_terminal_gets_paragraphs_in_colour(policy: Policy) -> None:
    files = [
        write("leaking.json", document(statement(Condition=LEAKING))),
        write("sound.json", document(statement(Condition=MFA))),
    ]

    said = policy("check", *files, "--attached-to", "user", at_terminal=True)

    assert "\x1b[1mleaking.json\x1b[0m: identity-based policy of AWS, attached to a user" in said.stdout
    assert "\x1b[1;31merror\x1b[0m leaking.json:1:140" in said.stdout
    assert '"aws:MultiFactorAuthPresent": "true"' in said.stdout
    assert "\x1b[1;32mdemands MFA\x1b[0m for `ec2:StopInstances`" in said.stdout


def test_without_colour_the_paragraphs_stay(policy: Policy) -> None:
    path = write("leaking.json", document(statement(Condition=LEAKING)))

    said = policy("check", path, "--no-color", at_terminal=True)

    assert "\x1b" not in said.stdout
    assert "\n  error leaking.json:1:140 allow-lets-keys-in\n" in said.stdout


def test_json_has_everything(policy: Policy) -> None:
    text = document(statement(Condition=MFA), statement(Action="s3:*", Condition=LEAKING))

    said = policy("check", write("both.json", text), "--json")

    assert said.code == 5
    assert said.json() == {
        "version": 1,
        "files": [
            {
                "file": "both.json",
                "error": None,
                "policies": [
                    {
                        "policy": None,
                        "dialect": "aws",
                        "kind": "identity",
                        "attached_to": "unknown",
                        "demands_mfa": True,
                        "demands": [
                            {
                                "statement": 0,
                                "sid": "",
                                "line": 1,
                                "column": 41,
                                "effect": "Allow",
                                "actions": ["ec2:StopInstances"],
                                "all_but_actions": False,
                                "only_where_other_conditions_hold": False,
                                "mfa_younger_than_seconds": None,
                                "satisfied_by": ["GetSessionToken"],
                            }
                        ],
                        "findings": [
                            {
                                "rule": "allow-lets-keys-in",
                                "severity": "error",
                                "line": 1,
                                "column": text.rindex('"aws:MultiFactorAuthPresent"') + 1,
                                "statement": 1,
                                "sid": "",
                                "what": (
                                    "`BoolIfExists aws:MultiFactorAuthPresent = true` holds for long-term keys: they "
                                    "carry no MFA key, and `BoolIfExists` counts a missing key as met"
                                ),
                                "who": "whoever has an access key may `s3:*` without a code",
                                "mended": [
                                    {
                                        "place": "in place of this statement",
                                        "statement": statement(Action="s3:*", Condition=MFA),
                                    }
                                ],
                            }
                        ],
                    }
                ],
            }
        ],
    }


def test_sarif_has_what_its_schema_requires(policy: Policy) -> None:
    path = write("leaking.json", document(statement(Condition=LEAKING)))
    Path("with space").mkdir()
    spaced = write("with space/p.json", document(statement(Condition=LEAKING)))

    said = policy("check", path, spaced, str(Path("leaking.json").absolute()), "absent.json", "--sarif")

    assert said.at("version") == "2.1.0"
    assert str(said.at("$schema")).endswith("sarif-schema-2.1.0.json")
    assert said.at("runs", 0, "tool", "driver", "name") == "mfacli"
    assert said.at("runs", 0, "columnKind") == "unicodeCodePoints"
    rules = listed(said.at("runs", 0, "tool", "driver", "rules"))
    results = listed(said.at("runs", 0, "results"))
    assert {rule.name for rule in RULES} < {str(rule["id"]) for rule in rules}
    assert all(rule["shortDescription"] and rule["fullDescription"] for rule in rules)
    assert [rules[int(str(result["ruleIndex"]))]["id"] for result in results] == [
        result["ruleId"] for result in results
    ]
    assert {result["level"] for result in results} == {"error"}
    assert all(result["message"] for result in results)
    assert [place_of(said, number, "artifactLocation", "uri") for number in range(4)] == [
        "leaking.json",
        "with%20space/p.json",
        Path("leaking.json").absolute().as_uri(),
        "absent.json",
    ]
    assert place_of(said, 0, "region") == {"startLine": 1, "startColumn": 140}
    unplaced = place_of(said, 3)
    assert isinstance(unplaced, dict)
    assert "region" not in unplaced


def listed(found: object) -> list[dict[str, object]]:
    """Return a list of objects that stands in a document."""
    assert isinstance(found, list)
    return found


def place_of(said: Said, number: int, *path: str) -> object:
    """Return what stands in a SARIF result's location."""
    return said.at("runs", 0, "results", number, "locations", 0, "physicalLocation", *path)


def test_sarif_shows_a_malformed_policy_at_its_place(policy: Policy) -> None:
    path = write("broken.json", '{"Version": "2012-10-17",\n "Statement": [{"Effect": "Maybe"}]}')

    said = policy("check", path, "--sarif")

    assert said.code == 3
    assert said.at("runs", 0, "results", 0, "ruleId") == "malformed-policy"
    assert place_of(said, 0, "region", "startLine") == 2


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [("note", 5), ("warning", 0), ("error", 0)],
)
def test_the_severity_that_counts_can_be_chosen(policy: Policy, fail_on: str, code: int) -> None:
    noted = statement(Condition={"Bool": {"aws:multifactorauthpresent": "true"}})

    said = policy("check", write("noted.json", document(noted)), "--fail-on", fail_on)

    assert said.code == code
    assert said.stderr == "1 policy checked: 1 note\n"


def test_a_malformed_policy_is_said_with_its_place_and_the_others_are_checked(policy: Policy) -> None:
    broken = write("broken.json", '{"Version": "2012-10-17",\n "Statement": [{"Effect": "Allow"}]}')
    sound = write("sound.json", document(statement(Condition=MFA)))

    said = policy("check", broken, sound)

    assert said.code == 3
    assert said.stdout.startswith("sound.json:1:41: demands MFA")
    assert "policy `broken.json`, line 2, column 16: found a statement without `Action` or `NotAction`" in said.stderr


def test_json_holds_what_could_not_be_checked(policy: Policy) -> None:
    broken = write("broken.json", "{\n")

    said = policy("check", broken, "absent.json", "--json")

    assert said.code == 2
    assert said.at("files", 0, "error", "line") == 2
    assert said.at("files", 0, "error", "column") == 1
    assert said.at("files", 1, "error") == {
        "message": "`absent.json` could not be read: no such file or directory",
        "line": None,
        "column": None,
    }


@pytest.mark.parametrize(
    ("path", "message"),
    [(".", "is a directory"), ("nul\0byte", "is no file name"), ("latin.json", "is not UTF-8 text: byte 2")],
)
def test_files_that_cannot_be_read_are_named(policy: Policy, path: str, message: str) -> None:
    Path("latin.json").write_bytes(b'"\xe9"')

    said = policy("check", path)

    assert (said.code, said.stdout) == (2, "")
    assert message in said.stderr


def test_a_file_without_end_is_not_read_for_ever(policy: Policy) -> None:
    said = policy("check", "/dev/zero")

    assert said.code == 2
    assert "too long for a policy" in said.stderr


def test_a_byte_order_mark_is_no_mistake(policy: Policy) -> None:
    Path("marked.json").write_text(document(statement(Condition=MFA)), encoding="utf-8-sig")

    said = policy("check", "marked.json")

    assert said.code == 0
    assert said.stdout.startswith("marked.json:1:41:")


def test_standard_input_is_a_file_too(policy: Policy) -> None:
    said = policy("check", "-", stdin=document(statement(Condition=MFA)))
    closed = policy("check", "-", stdin=None)

    assert said.stdout.startswith("<stdin>:1:41: demands MFA")
    assert closed.code == 2
    assert "standard input is closed" in closed.stderr


def test_options_overrule_the_content(policy: Policy) -> None:
    path = write("role.json", document(statement(Condition=MFA)))

    attached = policy("check", path, "--attached-to", "role")
    session = policy("check", path, "--kind", "session")
    other = policy("check", path, "--dialect", "tencent")

    assert "[role-never-has-mfa]" in attached.stdout
    assert "[role-never-has-mfa]" in session.stdout
    assert other.code == 3


def test_an_account_is_checked_whole(policy: Policy) -> None:
    account = {
        "UserDetailList": [
            {
                "UserName": "sofia",
                "UserPolicyList": [
                    {"PolicyName": "own", "PolicyDocument": json.loads(document(statement(Condition=LEAKING)))}
                ],
            }
        ],
        "RoleDetailList": [
            {
                "RoleName": "Ops",
                "AssumeRolePolicyDocument": json.loads(
                    document(
                        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
                    )
                ),
            }
        ],
    }
    path = write("account.json", json.dumps(account))

    plain = policy("check", path)
    paragraphs = policy("check", path, "--no-color", at_terminal=True)

    assert "(user `sofia`, policy `own`): error:" in plain.stdout
    assert "account.json (role `Ops`, trust): demands no MFA" in plain.stdout
    assert "account.json: user `sofia`, policy `own`, identity-based policy of AWS" in paragraphs.stdout


def test_what_demands_what_is_said_in_words(policy: Policy) -> None:
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": MFA,
    }
    gate = {
        "Effect": "Deny",
        "NotAction": ["iam:*", "sts:GetSessionToken"],
        "Resource": "*",
        "Condition": {"NumericGreaterThanIfExists": {"aws:MultiFactorAuthAge": "3600"}},
    }
    everything = statement(Action="*", Condition=MFA)
    without_mfa = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    abroad = statement(Effect="Deny", Condition={**without_mfa, "NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}})

    trusted = policy("check", write("trust.json", document(trust)))
    gated = policy("check", write("gate.json", document(gate)))
    all_of_it = policy("check", write("all.json", document(everything)))
    sometimes = policy("check", write("abroad.json", document(abroad)))

    assert "nobody whom it names can satisfy it" in trusted.stdout
    assert "everything but `iam:*`, `sts:GetSessionToken`, younger than 3601 seconds" in gated.stdout
    assert "an Allow is needed besides" in gated.stdout
    assert "demands MFA for everything:" in all_of_it.stdout
    assert "demands MFA for `ec2:StopInstances` where its other conditions hold: satisfied by" in sometimes.stdout


def test_what_others_have_written_cannot_rewrite_the_screen(policy: Policy) -> None:
    evil = statement(Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": ["true", "\x1b[2J\n"]}})

    said = policy("check", write("evil.json", document(evil)))

    assert "\x1b" not in said.stdout
    assert "\\x1b[2J\\n" in said.stdout


def test_two_machine_forms_are_refused(policy: Policy) -> None:
    said = policy("check", "x.json", "--json", "--sarif")

    assert (said.code, said.stdout) == (2, "")


def test_the_installed_command_checks() -> None:
    path = write("leaking.json", document(statement(Condition=LEAKING)))

    finished = subprocess.run(
        [sys.executable, "-m", "mfacli", "policy", "check", path, "-q"], capture_output=True, text=True, check=False
    )

    assert (finished.returncode, finished.stderr) == (5, "")
    assert "[allow-lets-keys-in]" in finished.stdout
