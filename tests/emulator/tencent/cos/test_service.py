"""COS as callers see it: what is allowed, kept, listed and given back, and what is refused with which code."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from xml.etree import ElementTree as ET

import pytest

from mfacli.emulator.requests import Answer
from mfacli.emulator.tencent.cos import objects, routes
from mfacli.emulator.tencent.cos.crc64 import crc64
from mfacli.emulator.tencent.cos.service import Storage
from tests.emulator.stand_ins import request
from tests.emulator.tencent.quarter import BUCKET, HAO, MEI, OWNER, PARTNER, Quarter, quarter

LAN = "100000000103"
NEW = "new-1250000000"


@pytest.fixture
def q() -> Quarter:
    return quarter(is_whole=True)


def _code(answer: Answer) -> str:
    """Return an error's code, `OK` where there is none."""
    return "OK" if answer.status < 400 else str(ET.fromstring(answer.body).findtext("Code"))


def _headers(answer: Answer) -> Mapping[str, str]:
    return dict(answer.headers)


def _put(q: Quarter, *keys: str, body: bytes = b"text", **headers: str) -> Answer:
    answers = [q.cos(LAN, "PUT", key, body=body, headers=headers) for key in keys]
    assert {answer.status for answer in answers} == {200}
    return answers[-1]


def _texts(answer: Answer, path: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(answer.body).iterfind(path)]


def _policy(*actions: str, who: str, resource: str = f"{BUCKET}/*") -> bytes:
    statement = {
        "Effect": "Allow",
        "Principal": {"qcs": [who]},
        "Action": [f"name/cos:{action}" for action in actions],
        "Resource": [f"qcs::cos:ap-guangzhou:uid/1250000000:{resource}"],
    }
    return json.dumps({"version": "2.0", "Statement": [statement]}).encode()


def test_deleting_the_bucket_takes_a_session_with_a_code(q: Quarter) -> None:
    denied = q.cos(MEI, "DELETE")

    done = q.cos(q.mfa_session(), "DELETE")

    assert (denied.status, _code(denied)) == (403, "AccessDenied")
    assert (done.status, done.body) == (204, b"")
    assert _code(q.cos(LAN, "GET")) == "NoSuchBucket"


def test_a_bucket_that_holds_something_stays(q: Quarter) -> None:
    _put(q, "a")

    answer = q.cos(LAN, "DELETE")

    assert (answer.status, _code(answer)) == (409, "BucketNotEmpty")


def test_buckets_are_made_and_listed(q: Quarter) -> None:
    made = q.cos(LAN, "PUT", bucket=NEW, region="ap-shanghai")

    listed = q.cos(LAN, "GET", bucket="")
    paged = q.cos(LAN, "GET", bucket="", query={"max-keys": "1"})
    of_region = q.cos(LAN, "GET", bucket="", query={"region": "ap-shanghai"})

    assert (made.status, made.body) == (200, b"")
    assert _texts(listed, "Buckets/Bucket/Name") == [BUCKET, NEW]
    assert _texts(listed, "Buckets/Bucket/Location") == ["ap-guangzhou", "ap-shanghai"]
    assert _texts(listed, "Owner/ID") == [f"qcs::cam::uin/{OWNER}:uin/{OWNER}"]
    assert (_texts(paged, "IsTruncated"), _texts(paged, "NextMarker")) == (["true"], [BUCKET])
    assert _texts(of_region, "Buckets/Bucket/Name") == [NEW]


@pytest.mark.parametrize(
    ("bucket", "code", "status"),
    [
        (BUCKET, "BucketAlreadyOwnedByYou", 409),
        ("new-1260000000", "AccessDenied", 403),
        ("new-9999999999", "AccessDenied", 403),
        ("a" * 20 + "-1250000000", "InvalidBucketName", 400),
    ],
)
def test_what_cannot_be_a_new_bucket_is_refused(q: Quarter, bucket: str, code: str, status: int) -> None:
    answer = q.cos(LAN, "PUT", bucket=bucket)

    assert (_code(answer), answer.status) == (code, status)


def test_a_buckets_domain_has_sixty_characters_at_most(q: Quarter) -> None:
    name = "a" * 19 + "-1250000000"

    answer = q.cos(LAN, "PUT", bucket=name)

    assert len(f"{name}.cos.ap-guangzhou.myqcloud.com") == 60
    assert answer.status == 200


def test_an_account_has_two_hundred_buckets(q: Quarter) -> None:
    made = {q.cos(LAN, "PUT", bucket=f"b{number}-1250000000").status for number in range(199)}

    assert (made, _code(q.cos(LAN, "PUT", bucket=NEW))) == ({200}, "TooManyBuckets")


@pytest.mark.parametrize(
    ("bucket", "region", "who", "status"),
    [
        (BUCKET, "ap-guangzhou", MEI, 200),
        (BUCKET, "ap-shanghai", LAN, 404),
        (NEW, "ap-guangzhou", LAN, 404),
        (NEW, "ap-guangzhou", MEI, 403),
    ],
)
def test_a_look_at_a_bucket_has_no_body(q: Quarter, bucket: str, region: str, who: str, status: int) -> None:
    answer = q.cos(who, "HEAD", bucket=bucket, region=region)

    assert (answer.status, answer.body) == (status, b"")
    assert _headers(answer).get("x-cos-bucket-region") == ("ap-guangzhou" if status == 200 else None)


def test_an_object_comes_back_as_it_was(q: Quarter) -> None:
    body = bytes(range(256)) * 3
    digest = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    sent = {"content-md5": digest, "content-type": "text/x", "x-cos-meta-a_b": "c", "cache-control": "no-store"}

    put = q.cos(MEI, "PUT", "a dir/腾讯 +&.txt", headers=sent, body=body)
    got = q.cos(MEI, "GET", "a dir/腾讯 +&.txt")
    head = q.cos(MEI, "HEAD", "a dir/腾讯 +&.txt")

    told = {
        "etag": f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"',
        "x-cos-hash-crc64ecma": str(crc64(body)),
    }
    kept = {**told, "content-type": "text/x", "x-cos-meta-a_b": "c", "cache-control": "no-store"}
    assert told.items() <= _headers(put).items()
    assert (got.status, got.body) == (200, body)
    assert kept.items() <= _headers(got).items()
    assert (head.body, _headers(head)["content-length"]) == (b"", "768")
    assert kept.items() <= _headers(head).items()


@pytest.mark.parametrize(
    ("asked", "body", "told"),
    [
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=8-", b"89", "bytes 8-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
        ("bytes=4-2", b"0123456789", None),
        ("bytes=-", b"0123456789", None),
        ("bytes=0-1,4-5", b"0123456789", None),
        ("lines=1-2", b"0123456789", None),
    ],
)
def test_a_part_of_an_object_is_given(q: Quarter, asked: str, body: bytes, told: str | None) -> None:
    _put(q, "a", body=b"0123456789")

    answer = q.cos(LAN, "GET", "a", headers={"range": asked})

    assert (answer.body, _headers(answer).get("content-range")) == (body, told)
    assert answer.status == (206 if told else 200)


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(q: Quarter, asked: str) -> None:
    _put(q, "a", body=b"0123456789")

    answer = q.cos(LAN, "GET", "a", headers={"range": asked})

    assert (answer.status, _code(answer)) == (416, "InvalidRange")


@pytest.mark.parametrize(
    ("method", "name", "is_own", "status"),
    [
        ("GET", "if-none-match", True, 304),
        ("HEAD", "if-none-match", True, 304),
        ("GET", "if-none-match", False, 200),
        ("GET", "if-match", True, 200),
        ("GET", "if-match", False, 412),
    ],
)
def test_a_known_object_is_not_sent_again(q: Quarter, method: str, name: str, is_own: bool, status: int) -> None:
    etag = _headers(_put(q, "a"))["etag"]

    assert q.cos(LAN, method, "a", headers={name: etag if is_own else '"x"'}).status == status


def test_the_query_may_replace_headers_of_the_answer(q: Quarter) -> None:
    _put(q, "a")

    answer = q.cos(LAN, "GET", "a", query={"response-content-type": "text/csv"})

    assert [value for name, value in answer.headers if name == "content-type"] == ["text/csv"]


def test_deleting_what_is_not_there_is_no_error(q: Quarter) -> None:
    _put(q, "a")

    answers = [q.cos(LAN, "DELETE", "a") for _ in range(2)]

    assert [answer.status for answer in answers] == [204, 204]
    assert _code(q.cos(LAN, "GET", "a")) == "NoSuchKey"


@pytest.mark.parametrize(
    ("headers", "code", "status"),
    [
        ({"content-md5": "zzz"}, "InvalidDigest", 400),
        ({"content-md5": base64.b64encode(bytes(16)).decode()}, "BadDigest", 400),
        ({"x-cos-acl": "public-read"}, "NotImplemented", 501),
        ({"x-cos-acl": "private"}, "OK", 200),
        ({"x-cos-storage-class": "ARCHIVE"}, "NotImplemented", 501),
        ({"x-cos-copy-source": f"{BUCKET}.cos.ap-guangzhou.myqcloud.com/b"}, "NotImplemented", 501),
        ({"x-cos-server-side-encryption": "AES256"}, "NotImplemented", 501),
        ({"x-cos-meta-long": "x" * 2048}, "MetadataTooLarge", 400),
        ({"x-cos-forbid-overwrite": "true"}, "FileAlreadyExists", 409),
    ],
)
def test_what_cannot_be_put_is_refused(q: Quarter, headers: dict[str, str], code: str, status: int) -> None:
    _put(q, "a", body=b"before")

    answer = q.cos(LAN, "PUT", "a", headers=headers, body=b"after")

    assert (_code(answer), answer.status) == (code, status)
    assert q.cos(LAN, "GET", "a").body == (b"after" if code == "OK" else b"before")


def test_objects_have_a_largest_size_and_all_of_them_too(q: Quarter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "LARGEST", 10)
    monkeypatch.setattr(objects, "LARGEST_WORLD", 15)
    _put(q, "a", body=b"x" * 10)

    too_large, too_many = (_code(q.cos(LAN, "PUT", key, body=b"x" * size)) for key, size in (("a", 11), ("b", 6)))

    assert (too_large, too_many) == ("EntityTooLarge", "EntityTooLarge")
    assert _code(q.cos(LAN, "PUT", "a", body=b"y" * 10)) == "OK"


def test_objects_are_listed_in_pages(q: Quarter) -> None:
    _put(q, "b/1", "a", "b/2", "ä", "c&d")

    first = q.cos(MEI, "GET", query={"max-keys": "2"})
    rest = q.cos(MEI, "GET", query={"marker": _texts(first, "NextMarker")[0]})
    encoded = q.cos(MEI, "GET", query={"prefix": "ä", "encoding-type": "url"})

    assert (_texts(first, "Contents/Key"), _texts(first, "IsTruncated")) == (["a", "b/1"], ["true"])
    assert (_texts(rest, "Contents/Key"), _texts(rest, "IsTruncated")) == (["b/2", "c&d", "ä"], ["false"])
    assert (_texts(encoded, "Contents/Key"), _texts(encoded, "Prefix")) == (["%C3%A4"], ["%C3%A4"])
    assert _texts(encoded, "Contents/Size") == ["4"]


def test_what_is_behind_a_delimiter_is_one_entry(q: Quarter) -> None:
    _put(q, "a", "b/1", "b/2", "b/c/3", "d/4")

    top = q.cos(MEI, "GET", query={"delimiter": "/"})
    inside = q.cos(MEI, "GET", query={"delimiter": "/", "prefix": "b/"})
    first = q.cos(MEI, "GET", query={"delimiter": "/", "max-keys": "2"})
    rest = q.cos(MEI, "GET", query={"delimiter": "/", "marker": _texts(first, "NextMarker")[0]})

    assert (_texts(top, "Contents/Key"), _texts(top, "CommonPrefixes/Prefix")) == (["a"], ["b/", "d/"])
    assert (_texts(inside, "Contents/Key"), _texts(inside, "CommonPrefixes/Prefix")) == (["b/1", "b/2"], ["b/c/"])
    assert _texts(first, "CommonPrefixes/Prefix") == ["b/"]
    assert (_texts(rest, "Contents/Key"), _texts(rest, "CommonPrefixes/Prefix")) == ([], ["d/"])


@pytest.mark.parametrize("query", [{"max-keys": "-1"}, {"max-keys": "²"}, {"encoding-type": "base64"}])
def test_a_list_that_cannot_be_is_refused(q: Quarter, query: dict[str, str]) -> None:
    assert _code(q.cos(LAN, "GET", query=query)) == "InvalidArgument"


def test_many_objects_are_deleted_at_once(q: Quarter) -> None:
    _put(q, "a", "b&c", "d")
    named = b"<Delete><Object><Key>a</Key></Object><Object><Key>b&amp;c</Key></Object></Delete>"
    quiet = b'<Delete xmlns="urn:x"><Quiet>true</Quiet><Object><Key>d</Key></Object></Delete>'

    told = q.cos(LAN, "POST", query={"delete": ""}, body=named)
    left = q.cos(LAN, "GET")
    silent = q.cos(LAN, "POST", query={"delete": ""}, body=quiet)

    assert _texts(told, "Deleted/Key") == ["a", "b&c"]
    assert _texts(left, "Contents/Key") == ["d"]
    assert (silent.status, _texts(silent, "Deleted/Key")) == (200, [])


def test_each_object_that_shall_go_is_decided_by_its_own_name(q: Quarter) -> None:
    who = f"qcs::cam::uin/{OWNER}:uin/{HAO}"
    _put(q, "a", "b")
    q.cos(LAN, "PUT", query={"policy": ""}, body=_policy("DeleteMultipleObjects", who=who, resource=f"{BUCKET}/a"))
    both = b"<Delete><Object><Key>a</Key></Object><Object><Key>b</Key></Object></Delete>"
    one = b"<Delete><Object><Key>a</Key></Object></Delete>"

    codes = [_code(q.cos(HAO, "POST", query={"delete": ""}, body=body)) for body in (both, one)]

    assert codes == ["AccessDenied", "OK"]
    assert _texts(q.cos(LAN, "GET"), "Contents/Key") == ["b"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<Delete></Delete>",
        b"<Delete><Object></Object></Delete>",
        b"<Delete><Object><Key></Key></Object></Delete>",
        b"<Remove><Object><Key>a</Key></Object></Remove>",
        b'<!DOCTYPE d [<!ENTITY a "aaaa">]><Delete><Object><Key>&a;</Key></Object></Delete>',
        '<?xml version="1.0" encoding="utf-16"?><Delete/>'.encode("utf-16"),
        b"<Delete>" + b"<Object><Key>a</Key></Object>" * 1001 + b"</Delete>",
    ],
)
def test_a_list_of_objects_that_cannot_be_read_is_refused(q: Quarter, body: bytes) -> None:
    answer = q.cos(LAN, "POST", query={"delete": ""}, body=body)

    assert (answer.status, _code(answer)) == (400, "MalformedXML")


def test_a_buckets_policy_lets_others_in(q: Quarter) -> None:
    who = f"qcs::cam::uin/{OWNER}:uin/{HAO}"
    before = q.cos(HAO, "DELETE", "a")

    put = q.cos(LAN, "PUT", query={"policy": ""}, body=_policy("DeleteObject", who=who))
    done = q.cos(HAO, "DELETE", "a")
    shown = q.cos(LAN, "GET", query={"policy": ""})
    gone = q.cos(LAN, "DELETE", query={"policy": ""})

    assert [answer.status for answer in (before, put, done, gone)] == [403, 204, 204, 204]
    assert json.loads(shown.body) == json.loads(_policy("DeleteObject", who=who))
    assert q.cos(HAO, "DELETE", "a").status == 403
    assert _code(q.cos(LAN, "GET", query={"policy": ""})) == "NoSuchBucketPolicy"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{}", "MalformedPolicy"),
        (b"\xff", "MalformedPolicy"),
        (b" " * 20_481, "PolicyTooLarge"),
    ],
)
def test_a_policy_that_could_not_be_judged_is_refused(q: Quarter, body: bytes, code: str) -> None:
    assert _code(q.cos(LAN, "PUT", query={"policy": ""}, body=body)) == code


def test_a_bucket_may_be_open_to_everybody(q: Quarter) -> None:
    _put(q, "a")
    host = {"host": f"{BUCKET}.cos.ap-guangzhou.myqcloud.com"}
    closed = q.side.handle(request("GET", "/a", host))

    q.cos(LAN, "PUT", query={"policy": ""}, body=_policy("GetObject", who="qcs::cam::anonymous:anonymous"))
    opened = q.side.handle(request("GET", "/a", host))

    assert (closed.status, _code(closed)) == (403, "AccessDenied")
    assert (opened.status, opened.body) == (200, b"text")
    assert q.side.handle(request("DELETE", "/a", host)).status == 403


def test_another_account_needs_a_right_on_either_side(q: Quarter) -> None:
    role = q.opened(
        MEI,
        "AssumeRole",
        RoleArn=f"qcs::cam::uin/{PARTNER}:roleName/TestRole",
        RoleSessionName="test",
        SerialNumber=f"qcs::cam:uin/{OWNER}::mfa/softToken",
        TokenCode=q.code(MEI),
    )
    body = _policy("GetBucket", "GetService", who=f"qcs::cam::uin/{PARTNER}:roleName/TestRole")
    q.cos(LAN, "PUT", query={"policy": ""}, body=body)

    assert _code(q.cos(role, "GET")) == "AccessDenied"
    assert _texts(q.cos(role, "GET", bucket=""), "Buckets/Bucket/Name") == []


@pytest.mark.parametrize(
    ("method", "key", "query", "code"),
    [
        ("GET", "", {"acl": ""}, "NotImplemented"),
        ("PUT", "", {"lifecycle": ""}, "NotImplemented"),
        ("POST", "a", {"uploads": ""}, "NotImplemented"),
        ("PUT", "a", {"partNumber": "1", "uploadId": "x"}, "NotImplemented"),
        ("GET", "a", {"versionId": "x"}, "NotImplemented"),
        ("GET", "", {"policy": "", "acl": ""}, "NotImplemented"),
        ("POST", "", {}, "MethodNotAllowed"),
        ("PATCH", "a", {}, "MethodNotAllowed"),
        ("POST", "a", {"delete": ""}, "NotImplemented"),
    ],
)
def test_what_is_not_emulated_says_so(q: Quarter, method: str, key: str, query: dict[str, str], code: str) -> None:
    assert _code(q.cos(LAN, method, key, query=query)) == code


def test_a_buckets_place_is_told(q: Quarter) -> None:
    assert ET.fromstring(q.cos(LAN, "GET", query={"location": ""}).body).text == "ap-guangzhou"


def test_conditions_see_what_a_request_asks_for(q: Quarter) -> None:
    text = (
        '{"version": "2.0", "statement": [{"effect": "deny", "action": "cos:GetBucket", "resource": "*", '
        '"condition": {"string_not_equal_if_exist": {"cos:prefix": "open/"}}}]}'
    )
    made = q.ask(LAN, "CreatePolicy", "cam", PolicyName="Prefix", PolicyDocument=text)
    q.ask(LAN, "AttachUserPolicy", "cam", PolicyId=made["PolicyId"], AttachUin=int(MEI))

    codes = [_code(q.cos(MEI, "GET", query={"prefix": prefix})) for prefix in ("open/", "closed/")]

    assert codes == ["OK", "AccessDenied"]


def test_every_operation_is_answered(q: Quarter) -> None:
    q.cos(LAN, "GET", bucket="")
    for routes_of, key in ((routes.BUCKET, ""), (routes.OBJECT, "a")):
        for route in routes_of:
            q.cos(LAN, route.method, key, query={route.part: ""} if route.part else None)

    assert {record.operation for record in q.log.records()} == set(Storage(q.town).operations)
    assert not q.failures
