"""Which bucket and key of COS a request is about."""

from __future__ import annotations

import pytest

from mfacli.emulator.tencent.refusals import Rejected, RejectionKind
from mfacli.emulator.tencent.wire.cos import recognise_cos
from tests.emulator.stand_ins import request
from tests.emulator.tencent.signed import BUCKET_HOST
from tests.emulator.tencent.stand_ins import sent_by_sdks

REQUESTS = sent_by_sdks()


def test_the_host_names_bucket_owner_and_region_the_path_the_key() -> None:
    call = recognise_cos(REQUESTS["cos-get_object"])

    assert (call.bucket, call.app_id, call.region) == ("example-1250000000", "1250000000", "ap-guangzhou")
    assert (call.method, call.key, call.query) == (
        "GET",
        "a dir/腾讯 +&.txt",
        {"response-content-type": "text/plain"},
    )
    assert not call.is_bucket_level


def test_a_plus_in_a_query_is_a_space() -> None:
    call = recognise_cos(REQUESTS["cos-list_objects"])

    assert call.query["prefix"] == "a/b c"
    assert call.is_bucket_level


def test_what_signs_an_address_is_no_part_of_its_query() -> None:
    call = recognise_cos(REQUESTS["cos-presigned-token"])

    assert call.query == {"response-content-type": "text/plain"}


@pytest.mark.parametrize("host", ["127.0.0.1:9000", "service.cos.myqcloud.com", "cos.ap-guangzhou.myqcloud.com", ""])
def test_a_host_without_a_bucket_is_the_service(host: str) -> None:
    call = recognise_cos(request("GET", "/?max-keys=5", {"host": host}))

    assert call.is_service_level
    assert not call.is_bucket_level
    assert call.query == {"max-keys": "5"}


@pytest.mark.parametrize(
    "host",
    [
        "http://example-1250000000.cos.ap-guangzhou.myqcloud.com",
        "EXAMPLE-1250000000.COS.ap-guangzhou.myqcloud.com:8080",
        "example-1250000000.cos.ap-guangzhou.tencentcos.cn",
        "example-1250000000.cos-internal.ap-guangzhou.tencentcos.cn",
    ],
)
def test_a_bucket_is_found_in_every_spelling_of_its_host(host: str) -> None:
    assert recognise_cos(request("HEAD", "/", {"host": host})).bucket == "example-1250000000"


def test_an_absolute_request_line_stands_for_the_host() -> None:
    call = recognise_cos(request("GET", f"http://{BUCKET_HOST}/a?x=1", {}))

    assert (call.bucket, call.key, call.query) == ("example-1250000000", "a", {"x": "1"})


@pytest.mark.parametrize(
    ("target", "host", "code"),
    [
        ("/", "example.cos.ap-guangzhou.myqcloud.com", "InvalidBucketName"),
        ("/", "a.b-1250000000.cos.ap-guangzhou.myqcloud.com", "InvalidBucketName"),
        ("/", f"{'x' * 53}-1250000000.cos.ap-guangzhou.myqcloud.com", "InvalidBucketName"),
        ("/%FF", BUCKET_HOST, "InvalidURI"),
        ("/key", "127.0.0.1:9000", "InvalidURI"),
        (f"/{'k' * 851}", BUCKET_HOST, "KeyTooLong"),
    ],
)
def test_what_names_no_bucket_or_key_is_refused(target: str, host: str, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        recognise_cos(request("GET", target, {"host": host}))

    assert (caught.value.code, caught.value.status) == (code, 400)


def test_the_longest_names_are_taken() -> None:
    call = recognise_cos(
        request("GET", f"/{'k' * 850}", {"host": f"{'x' * 52}-1250000000.cos.ap-guangzhou.myqcloud.com"})
    )

    assert (len(call.bucket), len(call.key)) == (63, 850)


def test_a_parameter_given_twice_is_refused() -> None:
    with pytest.raises(Rejected) as caught:
        recognise_cos(request("GET", "/?prefix=a&prefix=b", {"host": BUCKET_HOST}))

    assert caught.value.kind is RejectionKind.MALFORMED
