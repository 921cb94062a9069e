from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.emulator.assembly import assemble
from mfacli.emulator.codes import WRONG_CODE
from mfacli.emulator.world.keys import WorldKey
from mfacli.emulator.world.memory import WorldMemory
from mfacli.errors import EmulatorProblem
from tests.emulator import town as towns
from tests.emulator.town import CROSS_ACCOUNT_ROLE, refusal_of


def test_sessions_outlive_a_restart_with_the_same_key(tmp_path: Path) -> None:
    key, memory = tmp_path / "world.key", tmp_path / "memory.json"
    with towns.town(key=WorldKey.load_or_create(key), memory=WorldMemory(memory)) as before:
        user, role = before.session("Richard"), before.cross_account_role()
        long_term = before.control.environment_of("Sofia")

    with towns.town(key=WorldKey.load_or_create(key), memory=WorldMemory(memory)) as after:
        chained = after.sts(user).assume_role(RoleArn=CROSS_ACCOUNT_ROLE, RoleSessionName="again")
        role_arn = after.sts(role).get_caller_identity()["Arn"]

        assert chained["Credentials"]["AccessKeyId"].startswith("ASIA")
        assert role_arn.endswith("assumed-role/CrossAccountRole/richard")
        assert after.control.environment_of("Sofia") == long_term


def test_a_code_is_not_good_again_after_a_restart(tmp_path: Path) -> None:
    key, memory = tmp_path / "world.key", tmp_path / "memory.json"
    with towns.town(key=WorldKey.load_or_create(key), memory=WorldMemory(memory)) as before:
        code, serial = before.code("Sofia"), before.device("Sofia")
        before.sts("Sofia").get_session_token(SerialNumber=serial, TokenCode=code)

    with towns.town(key=WorldKey.load_or_create(key), memory=WorldMemory(memory)) as after:
        told = refusal_of(lambda: after.sts("Sofia").get_session_token(SerialNumber=serial, TokenCode=code))

    assert told.message == WRONG_CODE


def test_time_goes_on_where_it_was(tmp_path: Path) -> None:
    key, memory = WorldKey.ephemeral(), tmp_path / "memory.json"
    with towns.town(key=key, memory=WorldMemory(memory)) as before:
        before.control.advance(timedelta(hours=5))

    made = assemble(key=key, memory=WorldMemory(memory))

    assert made.clock.world_now() - made.clock.wire_now() > timedelta(hours=4, minutes=59)


def test_another_worlds_sessions_are_unknown() -> None:
    with towns.town() as one, towns.town() as other:
        session = one.session("Sofia")

        told = refusal_of(lambda: other.sts(session).get_caller_identity())

    assert (told.code, told.status) == ("InvalidClientTokenId", 403)


def test_two_emulators_in_one_process_do_not_see_each_other() -> None:
    with towns.town() as one, towns.town() as other:
        one.s3("Anaya").create_bucket(Bucket="only-here")
        one.iam("Anaya").create_user(UserName="OnlyHere")

        in_other = [bucket["Name"] for bucket in other.s3("Anaya").list_buckets()["Buckets"]]
        in_one = [bucket["Name"] for bucket in one.s3("Anaya").list_buckets()["Buckets"]]
        told = refusal_of(lambda: other.iam("Anaya").get_user(UserName="OnlyHere"))
        other.s3("Anaya").create_bucket(Bucket="only-here")

    assert in_other == ["account-a-bucket"]
    assert in_one == ["account-a-bucket", "only-here"]
    assert told.code == "NoSuchEntity"


@pytest.mark.parametrize("name", ["MOTO_ACCOUNT_ID", "INITIAL_NO_AUTH_ACTION_COUNT"])
def test_variables_that_would_overrule_the_gate_are_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "0")

    with pytest.raises(EmulatorProblem, match=name) as caught:
        assemble()

    assert caught.value.hint == f"unset {name}"


def test_a_profile_that_is_not_there_does_not_disturb_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    with towns.town() as town:
        sqs = town.sqs("Nikhil")
        monkeypatch.setenv("AWS_PROFILE", "missing")

        told = refusal_of(lambda: sqs.send_message(QueueUrl=f"{town.url}/111122223333/orders", MessageBody="x"))

    assert "AccessDenied" in told.code


def test_an_emulator_can_be_warmed_up_before_its_first_request() -> None:
    made = assemble()

    made.warm_up()

    assert "moto.iam.models" in sys.modules


def test_no_secret_shows_in_what_is_assembled() -> None:
    made = assemble()

    assert made.control_token.reveal() not in repr(made)
