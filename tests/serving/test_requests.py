from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfacli.domain.secret import Secret
from mfacli.serving.requests import Asked, Refusal, judge, path_of

TOKEN = Secret("the-token")
PORT = 9911
HOST = f"127.0.0.1:{PORT}"
PROFILES = ("dev", "prod admin", "a/b", "ünï")


def asked(
    target: str = "/session/dev", hosts: tuple[str, ...] = (HOST,), authorizations: tuple[str, ...] = ("the-token",)
) -> Asked:
    return Asked(target=target, hosts=hosts, authorizations=authorizations)


def judged(request: Asked) -> str | Refusal:
    return judge(request, port=PORT, token=TOKEN, profiles=PROFILES)


def status(request: Asked) -> int:
    found = judged(request)
    assert isinstance(found, Refusal)
    return found.status


@pytest.mark.parametrize("host", [HOST, f"localhost:{PORT}", f"LocalHost:{PORT}", f"[::1]:{PORT}"])
def test_every_name_of_this_machine_is_good(host: str) -> None:
    assert judged(asked(hosts=(host,))) == "dev"


@pytest.mark.parametrize(
    "hosts",
    [(), ("",), ("127.0.0.1",), ("127.0.0.1:9912",), ("evil.example:9911",), ("localhost.evil.example:9911",),
     (f"{HOST}.evil.example",), (f"user@{HOST}",), (HOST, HOST), (HOST, "evil.example")],
)  # fmt: skip
def test_any_other_host_is_refused_even_with_the_token(hosts: tuple[str, ...]) -> None:
    assert status(asked(hosts=hosts)) == 403


@pytest.mark.parametrize(
    "authorizations",
    [(), ("",), ("the-toke",), ("the-token ",), ("The-Token",), ("Bearer the-token",), ("the-token\udcff",),
     ("the-token", "the-token")],
)  # fmt: skip
def test_any_other_token_is_refused_whatever_is_asked_for(authorizations: tuple[str, ...]) -> None:
    assert status(asked(authorizations=authorizations)) == 401
    assert status(asked(target="/session/none", authorizations=authorizations)) == 401


@pytest.mark.parametrize(
    "target",
    ["/", "", "*", "/session", "/session/", "/session/none", "/session/dev/", "/Session/dev", "/other/dev",
     "http://127.0.0.1:9911/session/dev", "//session/dev", "/session/a/b/c", "/session/%64ev%00"],
)  # fmt: skip
def test_an_unknown_path_names_no_profile(target: str) -> None:
    found = judged(asked(target=target))

    assert isinstance(found, Refusal)
    assert (found.status, found.code) == (404, "ProfileUnknown")
    assert not any(profile in found.message for profile in PROFILES)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profiles_own_path_leads_to_it(profile: str) -> None:
    assert judged(asked(target=path_of(profile))) == profile


def test_a_query_changes_nothing() -> None:
    assert judged(asked(target="/session/dev?x=/session/prod")) == "dev"


@given(st.text(min_size=1))
def test_any_name_makes_a_path_that_leads_back(name: str) -> None:
    try:
        target = path_of(name)
    except UnicodeEncodeError:
        return

    assert target.isascii()
    assert judge(asked(target=target), port=PORT, token=TOKEN, profiles=[name]) == name


@given(st.text(), st.lists(st.text(), max_size=2), st.lists(st.text(), max_size=2))
def test_no_words_without_the_token_are_answered(target: str, hosts: list[str], authorizations: list[str]) -> None:
    request = Asked(target=target, hosts=hosts, authorizations=authorizations)

    assert isinstance(judged(request), Refusal)
