from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys
from mfacli.domain.plan import KeysFrom, KeySource, NoDevice, Plan
from mfacli.domain.secret import Secret
from mfacli.errors import ProfileBroken
from mfacli.profiles.keys import PlanKeys
from mfacli.store.keys import KeptKeys
from mfacli.store.memory import MemoryIndex, MemoryVault
from tests.doubles import HandClock
from tests.profiles.tccli import keys, write
from tests.profiles.written import keys_of, written

ELSEWHERE = Keys(access_key_id="ASIAELSE", secret_access_key=Secret("s"), session_token=Secret("t"))
KEPT = KeptKeys(MemoryVault(), index=MemoryIndex(), clock=HandClock())


class _Elsewhere:
    def keys_for(self, plan: Plan) -> Keys:
        return ELSEWHERE


def _plan(source: KeySource) -> Plan:
    return Plan(cloud=Cloud.AWS, profile="dev", key_source=source, device=NoDevice(), steps=())


def _in_file(path: Path, key_id: str = "AKIADEV") -> Plan:
    return _plan(KeySource(kind=KeysFrom.FILE, access_key_id=key_id, path=str(path), section="dev"))


def test_keys_are_read_from_the_file_when_they_are_needed(tmp_path: Path) -> None:
    path = written(tmp_path, credentials=keys_of("dev")).paths.credentials

    keys = PlanKeys(environment={}, kept=KEPT, elsewhere=_Elsewhere()).keys_for(_in_file(path))

    assert keys == Keys(access_key_id="AKIADEV", secret_access_key=Secret("secret of DEV"))


@pytest.mark.parametrize("credentials", ["", "[dev]\n", keys_of("other")])
def test_keys_that_have_gone_are_said(tmp_path: Path, credentials: str) -> None:
    path = written(tmp_path, credentials=credentials).paths.credentials

    with pytest.raises(ProfileBroken, match="have gone"):
        PlanKeys(environment={}, kept=KEPT, elsewhere=_Elsewhere()).keys_for(_in_file(path))


def test_other_keys_are_never_used_in_the_place_of_the_plans(tmp_path: Path) -> None:
    path = written(tmp_path, credentials=keys_of("dev")).paths.credentials

    with pytest.raises(ProfileBroken, match="have changed") as refusal:
        PlanKeys(environment={}, kept=KEPT, elsewhere=_Elsewhere()).keys_for(_in_file(path, key_id="AKIABEFORE"))

    assert refusal.value.hint == "run the command again"


@pytest.mark.parametrize(
    ("token", "expected"), [({}, None), ({"AWS_SESSION_TOKEN": "t"}, "t"), ({"AWS_SECURITY_TOKEN": "old"}, "old")]
)
def test_keys_are_read_from_the_environment(token: dict[str, str], expected: str | None) -> None:
    environment = {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "s", **token}
    plan = _plan(KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id="AKIAENV"))

    keys = PlanKeys(environment=environment, kept=KEPT, elsewhere=_Elsewhere()).keys_for(plan)

    assert keys.session_token == (Secret(expected) if expected else None)
    assert keys.secret_access_key == Secret("s")


@pytest.mark.parametrize("kind", [KeysFrom.INSTANCE, KeysFrom.CONTAINER])
def test_keys_over_the_network_are_somebody_elses(kind: KeysFrom) -> None:
    holder = PlanKeys(environment={}, kept=KEPT, elsewhere=_Elsewhere())

    assert holder.keys_for(_plan(KeySource(kind=kind))) is ELSEWHERE


def test_keys_that_a_session_hides_are_said_to_be_needed() -> None:
    environment = {"AWS_ACCESS_KEY_ID": "ASIANOW", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}
    plan = _plan(KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id="AKIAHIDDEN"))

    with pytest.raises(ProfileBroken, match=r"needs the long-term keys \(…DDEN\)") as refusal:
        PlanKeys(environment=environment, kept=KEPT, elsewhere=_Elsewhere()).keys_for(plan)

    assert refusal.value.hint.startswith("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY again")


def _tencent(source: KeySource) -> Plan:
    return replace(_plan(source), cloud=Cloud.TENCENT, partition="")


def _in_credential(folder: Path, key_id: str = "AKIDPROD") -> Plan:
    return _tencent(KeySource(kind=KeysFrom.FILE, access_key_id=key_id, path=str(folder / "prod.credential")))


@pytest.mark.parametrize("token", ["", "t"])
def test_keys_are_read_from_tcclis_file_when_they_are_needed(tmp_path: Path, token: str) -> None:
    write(tmp_path, {"prod.credential": keys("PROD", token=token)})

    found = PlanKeys(environment={}, kept=KEPT, elsewhere=_Elsewhere()).keys_for(_in_credential(tmp_path))

    assert found == Keys(
        access_key_id="AKIDPROD",
        secret_access_key=Secret("secret of PROD"),
        session_token=Secret(token) if token else None,
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "have gone"),
        ({"secretId": "AKIDPROD"}, "have gone"),
        (keys("OTHER"), "have changed"),
        (keys("PROD", type="oauth"), "of a sign-in in the browser"),
    ],
)
def test_what_has_become_of_tcclis_file_is_said(
    tmp_path: Path, content: dict[str, object] | None, message: str
) -> None:
    write(tmp_path, {"prod.credential": content} if content else {})

    with pytest.raises(ProfileBroken, match=message):
        PlanKeys(environment={}, kept=KEPT, elsewhere=_Elsewhere()).keys_for(_in_credential(tmp_path))


@pytest.mark.parametrize(
    ("token", "expected"),
    [({}, None), ({"TENCENTCLOUD_TOKEN": "t"}, "t"), ({"TENCENTCLOUD_SECURITY_TOKEN": "x"}, "x")],
)
def test_tencents_keys_are_read_from_the_environment(token: dict[str, str], expected: str | None) -> None:
    environment = {
        "TENCENTCLOUD_SECRET_ID": "AKIDENV",
        "TENCENTCLOUD_SECRET_KEY": "s",
        "AWS_SESSION_TOKEN": "a",
        **token,
    }
    plan = _tencent(KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id="AKIDENV"))

    found = PlanKeys(environment=environment, kept=KEPT, elsewhere=_Elsewhere()).keys_for(plan)

    assert found.session_token == (Secret(expected) if expected else None)


def test_the_keys_behind_tencents_session_are_said_to_be_needed() -> None:
    environment = {"TENCENTCLOUD_SECRET_ID": "now", "TENCENTCLOUD_SECRET_KEY": "s", "TENCENTCLOUD_TOKEN": "t"}
    plan = _tencent(KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id="AKIDHIDDEN"))

    with pytest.raises(ProfileBroken, match=r"needs the long-term keys \(…DDEN\)") as refusal:
        PlanKeys(environment=environment, kept=KEPT, elsewhere=_Elsewhere()).keys_for(plan)

    assert refusal.value.hint == (
        "set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY again and unset TENCENTCLOUD_TOKEN and "
        "TENCENTCLOUD_SECURITY_TOKEN; keys in `~/.tccli` need no setting"
    )


def _in_keyring(cloud: Cloud, key_id: str = "AKIAKEPT") -> Plan:
    source = KeySource(kind=KeysFrom.KEYRING, access_key_id=key_id, profile="base")
    return replace(_plan(source), cloud=cloud)


def _holder(*clouds: Cloud) -> PlanKeys:
    store = KeptKeys(MemoryVault(), index=MemoryIndex(), clock=HandClock())
    for cloud in clouds:
        store.keep_keys(
            cloud, "base", Keys(access_key_id="AKIAKEPT", secret_access_key=Secret(f"secret of {cloud.value}"))
        )
    return PlanKeys(environment={}, kept=store, elsewhere=_Elsewhere())


@pytest.mark.parametrize("cloud", Cloud)
def test_keys_are_read_from_the_keyring_under_their_own_profile_and_cloud(cloud: Cloud) -> None:
    keys = _holder(*Cloud).keys_for(_in_keyring(cloud))

    assert keys.secret_access_key.reveal() == f"secret of {cloud.value}"


def test_keys_that_have_left_the_keyring_are_said() -> None:
    with pytest.raises(ProfileBroken, match="have gone"):
        _holder(Cloud.AWS).keys_for(_in_keyring(Cloud.TENCENT))


def test_other_keys_in_the_keyring_are_never_used_in_the_place_of_the_plans() -> None:
    with pytest.raises(ProfileBroken, match="have changed"):
        _holder(Cloud.AWS).keys_for(_in_keyring(Cloud.AWS, key_id="AKIABEFORE"))
