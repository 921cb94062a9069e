"""Keys from the instance's metadata and the container's endpoint, both played on loopback."""

from __future__ import annotations

import json
import traceback

import pytest

from mfacli.domain.credentials import Keys
from mfacli.domain.plan import KeysFrom, Plan
from mfacli.domain.secret import Secret
from mfacli.errors import ProfileBroken
from mfacli.interfaces import KeyHolder
from mfacli.providers.aws_machine_keys import MachineKeys
from tests.providers.local_cloud import LocalCloud, Reply
from tests.providers.plans import plan_for

GIVEN = {
    "Code": "Success",
    "AccessKeyId": "ASIAMACHINE",
    "SecretAccessKey": "machine/secret",
    "Token": "machine-token",
    "Expiration": "2099-01-01T00:00:00Z",
}
EXPECTED = Keys(
    access_key_id="ASIAMACHINE", secret_access_key=Secret("machine/secret"), session_token=Secret("machine-token")
)


def plan_from(kind: KeysFrom) -> Plan:
    return plan_for(kind=kind, access_key_id="")


@pytest.fixture
def metadata_on(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    return monkeypatch


def test_the_instances_role_gives_keys(metadata_on: pytest.MonkeyPatch) -> None:
    with LocalCloud(Reply(body="token"), Reply(body="the-role"), Reply(body=json.dumps(GIVEN))) as machine:
        metadata_on.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", machine.url)
        keys = MachineKeys().keys_for(plan_from(KeysFrom.INSTANCE))

    assert keys == EXPECTED
    assert [asked.method for asked in machine.asked] == ["PUT", "GET", "GET"]
    assert machine.asked[2].path.endswith("/latest/meta-data/iam/security-credentials/the-role")


def test_the_containers_endpoint_gives_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    with LocalCloud(Reply(body=json.dumps(GIVEN))) as machine:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{machine.url}/keys")
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "let-me-in")
        keys = MachineKeys().keys_for(plan_from(KeysFrom.CONTAINER))

    assert keys == EXPECTED
    assert machine.asked[0].headers["authorization"] == "let-me-in"


def test_keys_in_files_and_environment_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "missing")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAFOREIGN")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "foreign")
    with LocalCloud(Reply(body=json.dumps(GIVEN))) as machine:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", machine.url)
        keys = MachineKeys().keys_for(plan_from(KeysFrom.CONTAINER))

    assert keys.access_key_id == "ASIAMACHINE"


def test_a_machine_without_metadata_has_no_keys() -> None:
    with pytest.raises(ProfileBroken) as caught:
        MachineKeys().keys_for(plan_from(KeysFrom.INSTANCE))

    assert caught.value.message == "the instance's metadata gave no keys"
    assert "AWS_EC2_METADATA_DISABLED" in caught.value.hint


def test_a_machine_that_is_no_container_has_no_keys() -> None:
    with pytest.raises(ProfileBroken) as caught:
        MachineKeys().keys_for(plan_from(KeysFrom.CONTAINER))

    assert "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" in caught.value.hint


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=403, body=json.dumps(GIVEN)),
        Reply(body="machine/secret"),
        Reply(body=json.dumps({**GIVEN, "Expiration": "when?"})),
        Reply(body=json.dumps({"SecretAccessKey": "machine/secret"})),
    ],
    ids=["refused", "no json", "no date", "no key"],
)
def test_an_endpoint_that_misbehaves_gives_no_keys_and_shows_none(
    monkeypatch: pytest.MonkeyPatch, reply: Reply
) -> None:
    monkeypatch.setattr("botocore.utils.ContainerMetadataFetcher.SLEEP_TIME", 0)
    with LocalCloud(reply) as machine:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", machine.url)
        with pytest.raises(ProfileBroken) as caught:
            MachineKeys().keys_for(plan_from(KeysFrom.CONTAINER))

    assert "machine/secret" not in "".join(traceback.format_exception(caught.value))


def test_an_authorization_token_file_that_is_missing_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/nowhere")

    with pytest.raises(ProfileBroken):
        MachineKeys().keys_for(plan_from(KeysFrom.CONTAINER))


def test_other_places_are_not_the_machines() -> None:
    holder: KeyHolder = MachineKeys()

    with pytest.raises(ValueError, match="no place"):
        holder.keys_for(plan_from(KeysFrom.FILE))
