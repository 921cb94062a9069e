from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mfacli.domain.credentials import CloudKey, LastUse
from mfacli.errors import AccessDenied, CloudRefused, CloudUnreachable, KeysRejected, MfacliError
from mfacli.interfaces import KeyMaker
from mfacli.providers.aws_keys import AwsKeys
from tests.providers.local_cloud import IAM, LocalCloud, Reply, refusal, success
from tests.providers.plans import KEYS, SESSION_KEYS, Ear, plan_for, provider_with

MADE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NEW_KEY = success(
    "CreateAccessKey",
    "<AccessKey><UserName>me</UserName><AccessKeyId>AKIANEW</AccessKeyId><Status>Active</Status>"
    "<SecretAccessKey>very/secret+new</SecretAccessKey></AccessKey>",
    namespace=IAM,
)


def _keys(talk: Ear | None = None, *, read_seconds: float = 10) -> AwsKeys:
    return AwsKeys(provider_with(talk=talk, read_seconds=read_seconds).calls)


def _page(*keys: tuple[str, str], marker: str = "") -> Reply:
    members = "".join(
        f"<member><UserName>me</UserName><AccessKeyId>{key_id}</AccessKeyId><Status>{status}</Status>"
        "<CreateDate>2026-01-02T03:04:05Z</CreateDate></member>"
        for key_id, status in keys
    )
    more = f"<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>" if marker else ""
    text = f"<AccessKeyMetadata>{members}</AccessKeyMetadata>{more}"
    return Reply(body=success("ListAccessKeys", text, namespace=IAM))


def _used(inner: str) -> Reply:
    text = f"<UserName>me</UserName><AccessKeyLastUsed>{inner}</AccessKeyLastUsed>"
    return Reply(body=success("GetAccessKeyLastUsed", text, namespace=IAM))


def test_it_is_a_maker_of_keys() -> None:
    maker: KeyMaker = _keys()

    assert maker is not None


def test_keys_are_listed_page_by_page_without_naming_a_user() -> None:
    with LocalCloud(
        _page(("AKIAEXAMPLE000001", "Active"), marker="next"), _page(("AKIAEXAMPLE000002", "Inactive"))
    ) as cloud:
        found = _keys().list_keys(plan=plan_for(cloud.url), keys=SESSION_KEYS)

    assert found == [
        CloudKey(access_key_id="AKIAEXAMPLE000001", is_active=True, created_at=MADE),
        CloudKey(access_key_id="AKIAEXAMPLE000002", is_active=False, created_at=MADE),
    ]
    assert [asked.parameters.get("Marker") for asked in cloud.asked] == [None, "next"]
    assert "UserName" not in cloud.asked[0].parameters


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (
            "<LastUsedDate>2026-01-02T03:04:05Z</LastUsedDate><ServiceName>s3</ServiceName><Region>eu</Region>",
            LastUse(at=MADE, service="s3"),
        ),
        ("<ServiceName>N/A</ServiceName><Region>N/A</Region>", LastUse(at=None)),
    ],
)
def test_when_a_key_was_last_used_is_told(inner: str, expected: LastUse) -> None:
    with LocalCloud(_used(inner)) as cloud:
        found = _keys().last_use("AKIAEXAMPLE000001", plan=plan_for(cloud.url), keys=KEYS)

    assert found == expected
    assert cloud.asked[0].parameters["AccessKeyId"] == "AKIAEXAMPLE000001"


@pytest.mark.parametrize(("status", "code"), [(403, "AccessDenied"), (404, "NoSuchEntity")])
def test_when_a_key_was_used_that_we_may_not_ask_about_is_not_known(status: int, code: str) -> None:
    with LocalCloud(Reply(status=status, body=refusal(code, "no", namespace=IAM))) as cloud:
        assert _keys().last_use("AKIAEXAMPLE000001", plan=plan_for(cloud.url), keys=KEYS) is None


def test_a_new_key_is_made_and_nothing_of_it_is_said() -> None:
    ear = Ear()
    with LocalCloud(Reply(body=NEW_KEY)) as cloud:
        made = _keys(ear).create_key(plan=plan_for(cloud.url), keys=SESSION_KEYS)

    assert (made.access_key_id, made.secret_access_key.reveal()) == ("AKIANEW", "very/secret+new")
    assert not made.is_temporary
    assert "very/secret" not in "".join(ear.lines)
    assert "with a code" not in "".join(ear.lines)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=500, body="oops"),
        Reply(hangs_up=True),
        Reply(hangs=timedelta(seconds=1)),
        Reply(status=503, body=refusal("ServiceUnavailable", "busy", namespace=IAM)),
    ],
    ids=["500", "closed", "slow", "503"],
)
def test_a_request_for_a_new_key_is_never_sent_twice(reply: Reply) -> None:
    with LocalCloud(reply) as cloud, pytest.raises(CloudUnreachable):
        _keys(read_seconds=0.2).create_key(plan=plan_for(cloud.url), keys=KEYS)

    assert len(cloud.asked) == 1


@pytest.mark.parametrize(("is_active", "status"), [(True, "Active"), (False, "Inactive")])
def test_a_key_is_switched(is_active: bool, status: str) -> None:
    with LocalCloud(Reply(body=success("UpdateAccessKey", "", namespace=IAM))) as cloud:
        _keys().switch_key("AKIAEXAMPLE000001", is_active=is_active, plan=plan_for(cloud.url), keys=KEYS)

    assert {**cloud.asked[0].parameters}.items() >= {"AccessKeyId": "AKIAEXAMPLE000001", "Status": status}.items()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=success("DeleteAccessKey", "", namespace=IAM)),
        Reply(status=404, body=refusal("NoSuchEntity", "The Access Key with id AKIAEXAMPLE000001 cannot be found.")),
    ],
)
def test_a_key_that_is_to_be_deleted_may_have_gone(reply: Reply) -> None:
    with LocalCloud(reply) as cloud:
        _keys().delete_key("AKIAEXAMPLE000001", plan=plan_for(cloud.url), keys=KEYS)

    assert [asked.parameters["AccessKeyId"] for asked in cloud.asked] == ["AKIAEXAMPLE000001"]


@pytest.mark.parametrize(
    ("status", "code", "expected", "hint"),
    [
        (403, "AccessDenied", AccessDenied, "allow `iam:CreateAccessKey` on `arn:aws:iam::*:user/${aws:username}`"),
        (409, "LimitExceeded", CloudRefused, "`mfacli keys rotate --delete-other`"),
        (403, "InvalidClientTokenId", KeysRejected, "it may be deleted"),
    ],
)
def test_what_iam_refuses_is_ours(status: int, code: str, expected: type[MfacliError], hint: str) -> None:
    reply = Reply(status=status, body=refusal(code, f"no, {KEYS.secret_access_key.reveal()}", namespace=IAM))

    with LocalCloud(reply) as cloud, pytest.raises(expected) as problem:
        _keys().create_key(plan=plan_for(cloud.url), keys=KEYS)

    assert KEYS.secret_access_key.reveal() not in str(problem.value)
    assert hint in problem.value.hint


def test_a_deny_of_whoever_has_given_no_mfa_asks_for_the_device() -> None:
    said = "User: me is not authorized to perform: iam:DeleteAccessKey with an explicit deny"

    with LocalCloud(Reply(status=403, body=refusal("AccessDenied", said, namespace=IAM))) as cloud:
        with pytest.raises(AccessDenied) as without:
            _keys().delete_key("AKIAEXAMPLE000001", plan=plan_for(cloud.url), keys=KEYS)
        with pytest.raises(AccessDenied) as with_session:
            _keys().delete_key("AKIAEXAMPLE000001", plan=plan_for(cloud.url), keys=SESSION_KEYS)

    assert "--device" in without.value.hint
    assert "allow `iam:DeleteAccessKey`" in with_session.value.hint
