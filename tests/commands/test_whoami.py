"""`mfacli whoami` in this process, before an STS that says what a test tells it to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mfacli.commands.options import Manners
from mfacli.commands.whoami import command
from mfacli.errors import KeysRejected
from mfacli.session import Obtained
from tests.commands.at_desk import EXPIRED, KEYS, SESSION, wrote
from tests.providers.local_cloud import LocalCloud, Reply, refusal, success, tencent_caller
from tests.store.standins import session_of

LIVING = "x_security_token_expires = 2999-01-01T00:00:00Z\n"
EXPIRED_TOKEN = Reply(
    status=403, body=refusal("ExpiredToken", "The security token included in the request is expired")
)


def _caller(arn: str) -> Reply:
    told = f"<Arn>{arn}</Arn><UserId>u</UserId><Account>111122223333</Account>"
    return Reply(body=success("GetCallerIdentity", told))


def _lines(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    command.main(arguments, standalone_mode=False, obj=Manners())
    return capsys.readouterr().out.splitlines()


def _shell(monkeypatch: pytest.MonkeyPatch, cloud: LocalCloud, **more: str) -> None:
    session = {"AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "a", "AWS_SESSION_TOKEN": "t"}
    for name, value in (session | {"AWS_ENDPOINT_URL": cloud.url} | more).items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("arn", "key", "mfa"),
    [
        ("arn:aws:sts::1:assumed-role/Auditor/anna", "…MPLE, role", "no, a role's requests carry none"),
        ("arn:aws:sts::1:federated-user/anna", "…MPLE, federated user", "no, a federated user's requests carry none"),
        ("arn:aws:iam::1:user/anna", "…MPLE, session", "not known: this session was opened elsewhere"),
        ("arn:aws:iam::1:root", "…MPLE, session", "not known: this session was opened elsewhere"),
    ],
)
def test_a_session_from_elsewhere_is_what_its_name_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arn: str, key: str, mfa: str
) -> None:
    with LocalCloud(_caller(arn)) as cloud:
        _shell(monkeypatch, cloud, AWS_CREDENTIAL_EXPIRATION="2020-01-01T00:00:00Z")

        lines = _lines(capsys)

    assert lines[0] == f"identity  {arn}"
    assert lines[3:] == [f"key       {key}", f"MFA       {mfa}", "expires   expired"]


@pytest.mark.parametrize("text", ["", "soon", "2026-01-01T00:00:00"])
def test_an_end_that_is_not_sure_is_not_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    with LocalCloud(_caller("arn:aws:iam::1:user/anna")) as cloud:
        _shell(monkeypatch, cloud, AWS_CREDENTIAL_EXPIRATION=text)

        document = json.loads("\n".join(_lines(capsys, "--json")))

    assert (document["expires_at"], document["mfa"], document["kind"]) == (None, None, "session")


def test_the_root_users_keys_are_keys_without_mfa(isolated_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with LocalCloud(_caller("arn:aws:iam::1:root")) as cloud:
        wrote(isolated_home, ".aws/credentials", f"[default]\n{KEYS}endpoint_url = {cloud.url}\n")

        lines = _lines(capsys)

    assert lines[3:] == ["key       …MPLE, long-term key", "MFA       no"]


def test_what_a_file_notes_of_its_session_is_said(isolated_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with LocalCloud(_caller("arn:aws:iam::1:user/anna")) as cloud:
        wrote(isolated_home, ".aws/credentials", f"[mfa]\n{SESSION}{LIVING}endpoint_url = {cloud.url}\n")

        document = json.loads("\n".join(_lines(capsys, "-p", "mfa", "--json")))

    assert document["expires_at"] == "2999-01-01T00:00:00Z"


def test_the_same_of_tcclis_files(isolated_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session = {"secretId": "AKIDa", "secretKey": "b", "token": "c", "expiration": "2999-01-01T00:00:00Z"}
    with LocalCloud(tencent_caller("4611:anna", kind="CAMRole")) as cloud:
        wrote(isolated_home, ".tccli/mfa.credential", json.dumps(session))
        wrote(isolated_home, ".tccli/mfa.configure", json.dumps({"sts": {"endpoint": cloud.url}}))

        document = json.loads("\n".join(_lines(capsys, "-p", "mfa", "--json")))

    assert (document["kind"], document["mfa"], document["expires_at"]) == ("role", None, "2999-01-01T00:00:00Z")


def test_a_session_that_has_ended_is_opened_again_where_it_is_kept(
    isolated_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LocalCloud(EXPIRED_TOKEN) as cloud:
        text = f"[old one]\n{SESSION}{EXPIRED}endpoint_url = {cloud.url}\n"
        wrote(isolated_home, ".aws/credentials", text)
        with pytest.raises(KeysRejected, match="has expired") as in_file:
            command.main(["-p", "old one"], standalone_mode=False, obj=Manners())
        _shell(monkeypatch, cloud)
        with pytest.raises(KeysRejected, match="has expired") as in_shell:
            command.main([], standalone_mode=False, obj=Manners())

    assert in_file.value.hint == "open another: mfacli session -p PROFILE --write-profile 'old one'"
    assert in_shell.value.hint.startswith('open another: eval "$(mfacli session --new --export)"')


def test_a_kept_session_that_has_ended_is_opened_again_in_the_cloud_that_was_said(
    isolated_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LocalCloud(EXPIRED_TOKEN) as cloud:
        wrote(isolated_home, ".aws/credentials", f"[default]\n{KEYS}endpoint_url = {cloud.url}\n")
        kept = Obtained(session=session_of(), is_cached=True)
        monkeypatch.setattr("mfacli.session.find_kept", lambda plan, parts: kept)

        with pytest.raises(KeysRejected) as refused:
            command.main(["--cloud", "aws"], standalone_mode=False, obj=Manners())

    assert refused.value.hint == "open another: mfacli session --cloud aws -p default --new"


def test_keys_that_last_and_are_refused_have_the_clouds_own_advice(isolated_home: Path) -> None:
    unknown = Reply(status=403, body=refusal("InvalidClientTokenId", "The security token is invalid."))
    with LocalCloud(unknown) as cloud:
        wrote(isolated_home, ".aws/credentials", f"[default]\n{KEYS}endpoint_url = {cloud.url}\n")

        with pytest.raises(KeysRejected) as refused:
            command.main([], standalone_mode=False, obj=Manners())

    assert "open another" not in refused.value.hint
