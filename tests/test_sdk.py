from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mfacli.domain.credentials import Session
from mfacli.errors import CloudUnreachable, ExitCode, MfacliError
from mfacli.sdk import TencentCredential, _Holder, _Obtained
from tests.doubles import HandClock
from tests.output.sessions import TENCENT
from tests.providers.local_cloud import LocalCloud, tencent, tencent_caller

SECOND = replace(TENCENT, access_key_id="AKIDsecond", expires_at=TENCENT.expires_at + timedelta(hours=12))


class _Source:
    """Gives sessions one after the other, the last one again and again; an error in the place of one is raised."""

    def __init__(self, *sessions: Session | MfacliError) -> None:
        self.clock = HandClock()
        self.calls = 0
        self._sessions = sessions

    def __call__(self) -> _Obtained:
        given = self._sessions[min(self.calls, len(self._sessions) - 1)]
        self.calls += 1
        if isinstance(given, MfacliError):
            raise given
        return _Obtained(session=given, clock=self.clock)


def test_a_session_is_obtained_once_for_many_requests() -> None:
    source = _Source(TENCENT)
    holder = _Holder(source)

    sessions = [holder.session() for _ in range(5)]

    assert sessions == [TENCENT] * 5
    assert source.calls == 1


def test_a_session_is_renewed_before_it_ends() -> None:
    source = _Source(TENCENT, SECOND)
    holder = _Holder(source)
    holder.session()

    source.clock.wait(timedelta(hours=11, minutes=44))
    before = holder.session()
    source.clock.wait(timedelta(minutes=2))
    after = holder.session()

    assert (before, after) == (TENCENT, SECOND)


def test_what_cannot_be_renewed_is_given_out_to_its_end_and_looked_for_twice_a_minute() -> None:
    source = _Source(TENCENT)
    holder = _Holder(source)
    source.clock.wait(timedelta(hours=11, minutes=50))

    sessions = []
    for _ in range(59):
        sessions.append(holder.session())
        source.clock.wait(timedelta(seconds=10))

    assert sessions == [TENCENT] * 59
    assert source.calls == 20


def test_a_failure_to_renew_stops_nobody_whose_session_still_works() -> None:
    source = _Source(TENCENT, CloudUnreachable("no answer"))
    holder = _Holder(source)
    holder.session()

    source.clock.wait(timedelta(hours=11, minutes=50))
    session = holder.session()
    source.clock.wait(timedelta(minutes=10))

    assert session == TENCENT
    with pytest.raises(CloudUnreachable, match="no answer"):
        holder.session()


def test_a_first_failure_is_told_and_the_next_request_tries_again() -> None:
    holder = _Holder(_Source(CloudUnreachable("no answer"), TENCENT))

    with pytest.raises(CloudUnreachable):
        holder.session()

    assert holder.session() == TENCENT


def test_threads_share_one_session() -> None:
    source = _Source(TENCENT)
    slow, go = threading.Event(), threading.Event()

    def obtain() -> _Obtained:
        slow.set()
        assert go.wait(10)
        return source()

    holder = _Holder(obtain)
    found: list[Session] = []
    threads = [threading.Thread(target=lambda: found.append(holder.session())) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert slow.wait(10)
    go.set()
    for thread in threads:
        thread.join(10)

    assert found == [TENCENT] * 8
    assert source.calls == 1


def test_nobody_waits_for_a_renewal_whose_session_still_works() -> None:
    source = _Source(TENCENT, SECOND)
    renewing, go = threading.Event(), threading.Event()

    def obtain() -> _Obtained:
        if source.calls:
            renewing.set()
            assert go.wait(10)
        return source()

    holder = _Holder(obtain)
    holder.session()
    source.clock.wait(timedelta(hours=11, minutes=50))
    renewer = threading.Thread(target=holder.session)
    renewer.start()
    assert renewing.wait(10)

    meanwhile = holder.session()
    go.set()
    renewer.join(10)

    assert meanwhile == TENCENT
    assert holder.session() == SECOND


def test_a_credential_shows_and_carries_no_secret() -> None:
    credential = TencentCredential("prod", may_ask=False)
    credential._holder = _Holder(_Source(TENCENT))
    credential.get_credential_info()

    carried = pickle.loads(pickle.dumps(credential))

    assert repr(credential) == str(credential) == repr(carried) == "TencentCredential('prod')"
    assert repr(TencentCredential()) == "TencentCredential()"
    assert carried._may_ask is False
    assert b"Gu5t9xG" not in pickle.dumps(credential)
    assert copy.deepcopy(credential)._holder._held is None


def test_a_credential_has_the_attributes_of_the_sdks_own() -> None:
    credential = TencentCredential("prod")
    credential._holder = _Holder(_Source(TENCENT))

    info = credential.get_credential_info()

    assert info == ("AKIDexample", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", "1siMD5r0tPAq9xpR/+=_token")
    assert (credential.secret_id, credential.secret_key, credential.token) == info
    assert (credential.secretId, credential.secretKey) == info[:2]


def test_the_module_costs_no_sdk_and_no_command_line() -> None:
    program = (
        "import sys, mfacli.sdk; mfacli.sdk.TencentCredential('prod');"
        "print([name for name in ('tencentcloud', 'requests', 'click', 'boto3', 'keyring') if name in sys.modules])"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout == "[]\n"


def test_a_missing_profile_is_an_error_with_a_hint(isolated_home: Path) -> None:
    with pytest.raises(MfacliError, match="nobody") as problem:
        TencentCredential("nobody", may_ask=False).get_credential_info()

    assert problem.value.hint


def test_the_programs_own_limit_on_core_files_stays() -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_CORE)

    with pytest.raises(MfacliError):
        TencentCredential("nobody").get_credential_info()

    assert resource.getrlimit(resource.RLIMIT_CORE) == before


def test_a_session_comes_through_the_use_case_of_the_command_line(
    isolated_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expires_at = int(time.time()) + 3600
    keys = {"TmpSecretId": "AKIDtmp", "TmpSecretKey": "tmp-key", "Token": "tmp-token"}
    session = {"Credentials": keys, "ExpiredTime": expires_at, "Expiration": "2026-11-21T14:00:00Z"}
    monkeypatch.setenv("MFACLI_STATE_DIR", str(isolated_home / "state"))
    monkeypatch.setenv("MFACLI_CONFIG_FILE", str(isolated_home / "config.toml"))
    (isolated_home / "config.toml").write_text('[tencent.prod]\ncode_command = ["echo", "123456"]\n')
    (isolated_home / ".tccli").mkdir()
    (isolated_home / ".tccli" / "prod.credential").write_text('{"secretId": "AKIDlong", "secretKey": "k"}')

    with LocalCloud(tencent_caller(), tencent(session)) as cloud:
        monkeypatch.setenv("MFACLI_TENCENT_ENDPOINT", cloud.url)
        credential = TencentCredential("prod", may_ask=False)
        info = [credential.get_credential_info() for _ in range(3)]

    assert info == [("AKIDtmp", "tmp-key", "tmp-token")] * 3
    assert [asked.headers["x-tc-action"] for asked in cloud.asked] == ["GetCallerIdentity", "GetSessionToken"]
    assert cloud.asked[1].document == {
        "DurationSeconds": 7200,
        "SerialNumber": "qcs::cam:uin/100000000001::mfa/softToken",
        "TokenCode": "123456",
    }


def test_a_worker_thread_asks_nobody_for_a_code(isolated_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFACLI_STATE_DIR", str(isolated_home / "state"))
    (isolated_home / ".tccli").mkdir()
    (isolated_home / ".tccli" / "prod.credential").write_text('{"secretId": "AKIDlong", "secretKey": "k"}')
    failures: list[MfacliError] = []

    def request() -> None:
        try:
            TencentCredential("prod").get_credential_info()
        except MfacliError as problem:
            failures.append(problem)

    with LocalCloud(tencent_caller()) as cloud:
        monkeypatch.setenv("MFACLI_TENCENT_ENDPOINT", cloud.url)
        worker = threading.Thread(target=request)
        worker.start()
        worker.join(30)

    assert [failure.exit_code for failure in failures] == [ExitCode.INPUT_NOT_ALLOWED]
    assert "asking is not allowed; run `mfacli session -p prod` at a terminal first" in failures[0].message
