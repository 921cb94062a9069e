"""What stands in the clouds' files becomes findings; no process, no network."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from mfacli.checks.finding import DropCredential, DropKey, DropSection, Finding
from mfacli.commands.doctor_profiles import profile_findings
from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Request
from mfacli.errors import ProfileUnknown
from tests.commands.at_desk import EXPIRED, KEYS, SESSION, bad_or_warning, desk_at, said, wrote

ROLE = "role_arn = arn:aws:iam::111122223333:role/Books\n"
TENCENT_SESSION = {"secretId": "AKIDa", "secretKey": "hunter2", "token": "t", "expiration": "2020-01-01T00:00:00Z"}


@pytest.fixture
def home(isolated_home: Path) -> Path:
    wrote(isolated_home, ".aws/credentials", f"[default]\n{KEYS}")
    return isolated_home


def _found(profile: str | None = None, cloud: Cloud | None = None, **environment: str) -> list[Finding]:
    return list(profile_findings(desk_at(**environment), Request(wants_role=None, profile=profile, cloud=cloud)))


def _config(home: Path, text: str) -> None:
    wrote(home, ".aws/config", text)


def _credentials(home: Path, text: str) -> None:
    wrote(home, ".aws/credentials", text)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (f"[profile p]\nsource_profile = default\n{ROLE}", "assumes Books with the keys of [default] in "),
        ("[profile p]\nregion = eu-west-1\n", "holds settings only, no keys and no role"),
        ("[profile p]\nsso_session = s\n", "gets its keys by `sso_session`, without mfacli's files"),
        (f"[profile p]\n{ROLE}web_identity_token_file = /t\n", "gets its keys by `web_identity_token_file`"),
        (f"[profile p]\n{KEYS}", "opens a session with the keys of [profile p] in "),
        (f"[profile p]\n{SESSION}", "holds a session"),
    ],
)
def test_where_a_profile_leads_is_told(home: Path, config: str, words: str) -> None:
    _config(home, config)

    found = _found("p")

    assert bad_or_warning(found) == []
    assert f"`p` (AWS) {words}" in found[0].what


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (f"[profile p]\nsource_profile = q\n{ROLE}[profile q]\nsource_profile = p\n{ROLE}", "goes round in a circle"),
        ("[profile p]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n", "but no `aws_secret_access_key`"),
        ("[profile p]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = a\n", "without its `aws_"),
        ("[profile p]\naws_secret_access_key = a\n", "has a secret key but no"),
        (f"[profile p]\naws_session_token = t\n{ROLE}", "has no access keys"),
        ("[profile p]\nmfa_serial = arn:aws:iam::111122223333:u2f/user/a/b\nsource_profile = default\n", "passkey"),
        (f"[profile p]\nsource_profile = nobodys\n{ROLE}", "no profile `nobodys`"),
    ],
)
def test_what_leads_nowhere_is_bad_and_has_a_cure(home: Path, config: str, words: str) -> None:
    _config(home, config)

    found = _found("p")

    assert found[0].level.value == "bad"
    assert words in found[0].what
    assert found[0].cure != ""


def test_a_token_beside_long_term_keys_is_all_there_is_to_say(home: Path) -> None:
    _credentials(home, f"[p]\n{KEYS}aws_security_token = old\naws_session_token = old\n")

    found = _found("p")

    path = str(home / ".aws" / "credentials")
    assert [each.mend for each in found] == [
        DropKey(path=path, section="p", key=key) for key in ("aws_security_token", "aws_session_token")
    ]


@pytest.mark.parametrize(("text", "is_bad"), [("other", True), ("", True), ("t", False)])
def test_a_token_that_aws_tools_read_first_is_told_even_when_it_is_empty(home: Path, text: str, is_bad: bool) -> None:
    _credentials(home, f"[p]\n{SESSION}aws_security_token = {text}\n")

    assert any("AWS tools read the former" in what for what in bad_or_warning(_found("p"))) == is_bad


@pytest.mark.parametrize(("more", "is_ours"), [("region = eu-west-1\n", True), ("output = json\n", False)])
def test_an_expired_session_is_taken_out_only_where_it_is_ours(home: Path, more: str, is_ours: bool) -> None:
    _credentials(home, f"[p]\n{SESSION}{EXPIRED}{more}")

    holds, expired = _found("p")

    assert (holds.what, "has expired" in expired.what) == ("`p` (AWS) holds a session", True)
    mend = DropSection(path=str(home / ".aws" / "credentials"), section="p")
    assert expired.mend == (mend if is_ours else None)


def test_sections_that_name_no_profile_are_told(home: Path) -> None:
    _config(home, "[dev]\nregion = eu-west-1\n")
    _credentials(home, f"[profile prod]\n{KEYS}")

    words = bad_or_warning(_found())

    assert any("[dev] in " in what and "names nothing" in what for what in words)
    assert any("[profile prod] in " in what and "is no profile `prod`" in what for what in words)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (f"{sys.executable} -m mfacli credential-process -p dev", ""),
        ("/no/such/mfacli credential-process -p dev", "runs `/no/such/mfacli`, and there is no such program"),
        ("~/bin/vault", "runs `~/bin/vault`, and there is no such program"),
        ('vault "open', "has a quote that is never closed"),
    ],
)
def test_the_program_of_a_process_is_looked_for(home: Path, command: str, words: str) -> None:
    _config(home, f"[profile p]\ncredential_process = {command}\n")

    found = _found("p")

    assert "gets its keys by `credential_process`" in found[0].what
    assert [words in what for what in bad_or_warning(found)] == ([True] if words else [])


def test_where_mfacli_was_moved_the_command_that_mends_it_names_its_profile(home: Path) -> None:
    _config(home, "[profile p]\ncredential_process = /no/such/mfacli credential-process --profile dev\n")

    assert _found("p")[-1].cure == "mfacli integrate dev --as p"


def test_a_process_behind_keys_of_its_profile_is_told(home: Path) -> None:
    _config(home, f"[default]\ncredential_process = {sys.executable}\n")

    assert any("is never run: AWS tools take `aws_access_key_id`" in what for what in bad_or_warning(_found()))


def test_one_file_that_does_not_parse_leaves_the_other_profiles_alone(home: Path) -> None:
    wrote(home, ".tccli/broken.credential", '{"secretId":')
    wrote(home, ".tccli/prod.credential", json.dumps({"secretId": "AKIDa", "secretKey": "hunter2"}))

    found = said(_found())

    (broken,) = (what for level, what in found if level == "bad")
    assert broken.startswith(f"`{home}/.tccli/broken.credential` ")
    assert any(what.startswith("`prod` (Tencent Cloud) opens a session") for _, what in found)


@pytest.mark.parametrize("cloud", [None, Cloud.TENCENT])
def test_aws_files_that_do_not_parse_leave_the_other_cloud_alone(home: Path, cloud: Cloud | None) -> None:
    _config(home, "no section\n")
    wrote(home, ".tccli/prod.credential", json.dumps({"secretId": "AKIDa", "secretKey": "hunter2"}))
    wrote(home, ".tccli/default.configure", "{}")

    found = said(_found(cloud=cloud))

    assert [level for level, _ in found if level == "bad"] == (["bad"] if cloud is None else [])
    assert any(what.startswith("`prod` (Tencent Cloud) opens a session") for _, what in found)


@pytest.mark.parametrize(("cloud", "count"), [(None, 1), (Cloud.AWS, 1), (Cloud.TENCENT, 0)])
def test_a_stray_section_is_told_of_its_own_cloud_only(home: Path, cloud: Cloud | None, count: int) -> None:
    _config(home, "[dev]\nregion = eu-west-1\n")

    assert sum("names nothing" in each.what for each in _found(cloud=cloud)) == count


@pytest.mark.parametrize(("more", "is_ours"), [({}, True), ({"type": "default"}, False)])
def test_an_expired_session_in_tcclis_files_is_told(home: Path, more: dict[str, str], is_ours: bool) -> None:
    path = wrote(home, ".tccli/mfa.credential", json.dumps(TENCENT_SESSION | more))

    holds, expired = _found("mfa")

    assert holds.what == "`mfa` (Tencent Cloud) holds a session"
    assert (expired.what, expired.mend) == (
        f"the session in `{path}` has expired",
        DropCredential(path=str(path)) if is_ours else None,
    )


def test_a_session_in_tcclis_files_without_a_note_is_no_fault(home: Path) -> None:
    wrote(home, ".tccli/mfa.credential", json.dumps(TENCENT_SESSION | {"expiration": 5}))

    assert bad_or_warning(_found("mfa")) == []


def test_what_tccli_leaves_behind_is_no_broken_profile(home: Path) -> None:
    wrote(home, ".tccli/left.configure", '{"_sys_param": {"region": "ap-guangzhou"}}')

    assert said(_found("left")) == [("good", "`left` (Tencent Cloud) holds settings only, no keys and no role")]


def test_where_there_is_no_profile_what_makes_one_is_told(isolated_home: Path) -> None:
    (none,) = _found()

    assert none.what.startswith("there is no profile of either cloud")
    assert _found(AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE") == []


def test_a_profile_that_is_asked_for_and_not_there_is_an_error(home: Path) -> None:
    with pytest.raises(ProfileUnknown, match="no profile `nobodys`"):
        _found("nobodys")


def test_no_secret_is_said(home: Path) -> None:
    wrote(home, ".tccli/mfa.credential", json.dumps(TENCENT_SESSION))
    _credentials(home, f"[default]\n{KEYS}\n[stale]\n{KEYS}aws_security_token = hunter2\n[p]\n{SESSION}{EXPIRED}")

    assert "hunter2" not in "".join(each.what + each.cure for each in _found())
