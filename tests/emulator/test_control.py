from __future__ import annotations

import json
from datetime import timedelta

import pytest

from mfacli.domain.secret import Secret
from mfacli.emulator.assembly import Assembled, assemble
from mfacli.emulator.control import TOKEN_HEADER
from mfacli.emulator.requests import Incoming
from mfacli.emulator.running import Control
from mfacli.errors import EmulatorProblem
from tests.emulator.town import ACCOUNT_A, Town, refusal_of


@pytest.fixture(scope="module")
def made() -> Assembled:
    return assemble()


def _asked(
    made: Assembled, method: str, path: str, body: bytes = b"", *, token: str | None = None, peer: str = "127.0.0.1"
) -> tuple[int, dict[str, object]]:
    offered = made.control_token.reveal() if token is None else token
    incoming = Incoming(
        method=method,
        target=f"/_mfacli{path}",
        headers=((TOKEN_HEADER, offered),),
        body=body,
        received_at=made.clock.wire_now(),
        request_id="1",
        source_ip=peer,
    )
    answer = made.emulator.handle(incoming)
    return answer.status, json.loads(answer.body)


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_without_the_token_nothing_is_shown(made: Assembled, token: str) -> None:
    status, document = _asked(made, "GET", "/world", token=token)

    assert (status, list(document)) == (403, ["error"])


@pytest.mark.parametrize(("peer", "status"), [("192.0.2.1", 403), ("::1", 200), ("127.0.0.9", 200)])
def test_only_this_machine_is_answered(made: Assembled, peer: str, status: int) -> None:
    assert _asked(made, "GET", "/world", peer=peer)[0] == status


@pytest.mark.parametrize(("method", "path"), [("GET", "/secrets"), ("POST", "/world"), ("GET", "/code"), ("GET", "")])
def test_other_paths_are_not_there(made: Assembled, method: str, path: str) -> None:
    assert _asked(made, method, path)[0] == 404


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/code", b"{", "no JSON object"),
        ("/code", b"[]", "no JSON object"),
        ("/code", b"[" * 100_000, "no JSON object"),
        ("/code", b"", "needs `user`"),
        ("/code", b'{"user": 5}', "needs `user`"),
        ("/code", b'{"user": "Nobody"}', "no user `Nobody`"),
        ("/code", b'{"user": "Arnav"}', "`Arnav` has no MFA device"),
        ("/code", b'{"user": "A:root"}', "`A:root` has no MFA device"),
        ("/code", b'{"user": "Efua"}', "is a security key"),
        ("/code", b'{"device": "GAHT00000000"}', "no device `GAHT00000000`"),
        ("/environment", b'{"user": "Z:Sofia"}', "no account `Z`"),
        ("/clock", b'{"advance_seconds": "x"}', "must be a number of seconds"),
        ("/clock", b'{"advance_seconds": true}', "must be a number of seconds"),
        ("/clock", b'{"advance_seconds": -1}', "cannot go back"),
        ("/clock", b'{"advance_seconds": 1e300}', "more seconds than"),
        ("/clock", b'{"advance_seconds": NaN}', "more seconds than"),
        ("/clock", b'{"skew_seconds": 1e13}', "cannot be moved that far"),
    ],
)
def test_what_cannot_be_done_is_told(made: Assembled, path: str, body: bytes, said: str) -> None:
    status, document = _asked(made, "POST", path, body)

    assert status == 400
    assert said in str(document["error"])


def test_the_world_is_shown_without_any_secret(town: Town) -> None:
    world = json.dumps(town.control.world())

    keys = town.control.environment_of("Sofia")
    assert f"arn:aws:iam::{ACCOUNT_A}:mfa/Sofia" in world
    assert "CrossAccountRole" in world
    assert keys.secret_access_key.reveal() not in world
    assert keys.access_key_id not in world


def test_a_fresh_code_is_one_that_passes(town: Town) -> None:
    for _ in range(3):
        town.session("Sofia")

    assert town.control.shown("Sofia").is_spent
    assert not town.control.shown("Sofia", fresh=True).is_spent


def test_a_code_is_good_until_it_is_said_to_be(town: Town) -> None:
    shown = town.control.shown("Mateo")

    left = shown.until - town.control.world_time()
    assert timedelta() < left <= timedelta(seconds=30)
    assert shown.serial == "GAHT12345678"


@pytest.mark.parametrize("name", ["Sofia", "A:Sofia", f"{ACCOUNT_A}:Sofia", f"arn:aws:iam::{ACCOUNT_A}:user/Sofia"])
def test_a_user_goes_by_several_names(town: Town, name: str) -> None:
    found = town.control.environment_of(name)

    assert found.user == f"arn:aws:iam::{ACCOUNT_A}:user/Sofia"
    assert (found.account_id, found.region, found.device) == (
        ACCOUNT_A,
        "us-east-1",
        f"arn:aws:iam::{ACCOUNT_A}:mfa/Sofia",
    )


@pytest.mark.parametrize(
    ("name", "device"), [("A:root", None), ("Arnav", None), ("Efua", None), ("Mateo", "GAHT12345678")]
)
def test_a_device_is_named_only_where_it_gives_codes(town: Town, name: str, device: str | None) -> None:
    assert town.control.environment_of(name).device == device


def test_of_two_keys_the_active_one_is_given(town: Town) -> None:
    identity = town.sts("Carlos").get_caller_identity()

    assert identity["Arn"].endswith("user/Carlos")


def test_a_user_without_a_key_is_told_so(town: Town) -> None:
    town.iam("Anaya").create_user(UserName="Keyless")

    with pytest.raises(EmulatorProblem, match="`Keyless` has no active access key") as caught:
        town.control.environment_of("Keyless")

    assert "CreateAccessKey" in caught.value.hint


def test_a_misspelt_user_is_told_the_nearest(town: Town) -> None:
    with pytest.raises(EmulatorProblem, match="no user `Sofa`") as caught:
        town.control.environment_of("Sofa")

    assert caught.value.hint == "did you mean `Sofia`?"


def test_a_strange_user_is_told_all(town: Town) -> None:
    with pytest.raises(EmulatorProblem) as caught:
        town.control.environment_of("C:zzzzzz")

    assert caught.value.hint == "its users are Nikhil"


def test_a_name_in_two_accounts_must_be_told_apart(town: Town) -> None:
    town.iam("Anaya").create_user(UserName="Nikhil")

    with pytest.raises(EmulatorProblem, match="more than one account") as caught:
        town.control.environment_of("Nikhil")

    assert caught.value.hint == f"say which: `{ACCOUNT_A}:Nikhil`, `777788889999:Nikhil`"


def test_skew_shows_in_the_date_and_not_in_advanced_time(town: Town) -> None:
    wire = town.control.set_skew(timedelta(minutes=20))
    told = refusal_of(lambda: town.sts("Sofia").get_caller_identity())
    back = town.control.set_skew(timedelta())

    assert timedelta(minutes=19) < wire - back < timedelta(minutes=21)
    assert told.code == "SignatureDoesNotMatch"


def test_decisions_are_counted_and_logged(town: Town) -> None:
    before = town.control.counts().get("sts:GetCallerIdentity", 0)

    town.sts("Sofia").get_caller_identity()

    last = town.control.log()[-1]
    assert town.control.counts()["sts:GetCallerIdentity"] == before + 1
    assert (last["operation"], last["caller"]) == ("GetCallerIdentity", f"arn:aws:iam::{ACCOUNT_A}:user/Sofia")


def test_a_reset_brings_the_file_back_and_no_used_code(town: Town) -> None:
    town.iam("Anaya").create_user(UserName="Passing")
    town.iam("Anaya").put_user_permissions_boundary(
        UserName="Sofia", PermissionsBoundary=f"arn:aws:iam::{ACCOUNT_A}:policy/OnlyDynamoDB"
    )
    town.iam("Anaya").deactivate_mfa_device(UserName="Sofia", SerialNumber=f"arn:aws:iam::{ACCOUNT_A}:mfa/Sofia")
    town.session("Anaya")

    town.control.reset()

    assert town.control.counts() == {}
    assert town.control.shown("Anaya").is_spent
    assert town.device("Sofia") == f"arn:aws:iam::{ACCOUNT_A}:mfa/Sofia"
    assert refusal_of(lambda: town.iam("Anaya").get_user(UserName="Passing")).code == "NoSuchEntity"
    assert "PermissionsBoundary" not in town.iam("Anaya").get_user(UserName="Sofia")["User"]


def test_a_wrong_token_is_told_by_the_client_too(town: Town) -> None:
    with pytest.raises(EmulatorProblem, match="control token"):
        Control(town.url, Secret("wrong")).world()
