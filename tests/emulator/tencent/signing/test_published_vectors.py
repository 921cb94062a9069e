"""The signatures that Tencent Cloud's documents print, made by nobody here."""

from __future__ import annotations

from datetime import UTC, datetime

from mfacli.emulator.requests import Incoming
from mfacli.emulator.tencent.signing.authenticate import authenticate
from mfacli.emulator.tencent.signing.claims import SigningForm
from tests.emulator.stand_ins import request
from tests.emulator.tencent.stand_ins import SmallSecrets

# 215/36792, 436/7778. The stars stand in the documents, and the printed signatures are made with them as they are.
TC3_SECRET = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"
TC3_KEY_ID = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE"
V1_SECRET = "Gu5t9xGARNpq86cd98joQYCN3*******"
V1_KEY_ID = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******"
COS_SECRET = "BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz"
COS_KEY_ID = "AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q"
COS_HOST = "examplebucket-1250000000.cos.ap-beijing.myqcloud.com"
OBJECT = "/exampleobject(%E8%85%BE%E8%AE%AF%E4%BA%91)"


def _form(incoming: Incoming, seconds: int, *, secret: str, key_id: str) -> SigningForm:
    now = datetime.fromtimestamp(seconds, tz=UTC)
    return authenticate(incoming, SmallSecrets(secret, key_id=key_id), now=now).form


def test_tc3_example() -> None:
    signature = "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    incoming = request(
        "POST",
        "/",
        {
            "host": "cvm.tencentcloudapi.com",
            "content-type": "application/json; charset=utf-8",
            "x-tc-timestamp": "1551113065",
            "authorization": f"TC3-HMAC-SHA256 Credential={TC3_KEY_ID}/2019-02-25/cvm/tc3_request, "
            f"SignedHeaders=content-type;host, Signature={signature}",
        },
        rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}',
    )

    form = _form(incoming, 1551113065, secret=TC3_SECRET, key_id=TC3_KEY_ID)

    assert form is SigningForm.TC3


def test_tc3_of_an_sts_call() -> None:
    signature = "bc3c9ead5dd687505de6904abac6370cbbc9dff4a392a2bad31fc62f125a9398"
    incoming = request(
        "POST",
        "/",
        {
            "host": "sts.tencentcloudapi.com",
            "content-type": "application/json",
            "x-tc-timestamp": "1744264241",
            "authorization": "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2025-04-10/sts/tc3_request, "
            f"SignedHeaders=content-type;host, Signature={signature}",
        },
        b'{"SerialNumber": "qcs::cam:uin/10001::mfa/softToken", "TokenCode": "102342"}',
    )

    assert _form(incoming, 1744264241, secret="SKEXAMPLE", key_id="AKIDEXAMPLE") is SigningForm.TC3


def test_v1_example_in_which_no_method_is_given() -> None:
    query = (
        "Action=DescribeInstances&InstanceIds.0=ins-09dx96dg&Limit=20&Nonce=11886&Offset=0&Region=ap-guangzhou"
        f"&SecretId={V1_KEY_ID}&Signature=zmmjn35mikh6pM3V7sUEuX4wyYM%3D&Timestamp=1465185768&Version=2017-03-12"
    )
    incoming = request("GET", f"/?{query}", {"host": "cvm.tencentcloudapi.com"})

    assert _form(incoming, 1465185768, secret=V1_SECRET, key_id=V1_KEY_ID) is SigningForm.V1


def test_cos_upload_example() -> None:
    names = "content-length;content-md5;content-type;date;host;x-cos-acl;x-cos-grant-read"
    incoming = request(
        "PUT",
        OBJECT,
        {
            "date": "Thu, 16 May 2019 06:45:51 GMT",
            "host": COS_HOST,
            "content-type": "text/plain",
            "content-length": "13",
            "content-md5": "mQ/fVh815F3k6TAUm8m0eg==",
            "x-cos-acl": "private",
            "x-cos-grant-read": 'uin="100000000011"',
            "authorization": f"q-sign-algorithm=sha1&q-ak={COS_KEY_ID}&q-sign-time=1557989151;1557996351"
            f"&q-key-time=1557989151;1557996351&q-header-list={names}&q-url-param-list="
            "&q-signature=3b8851a11a569213c17ba8fa7dcf2abec6935172",
        },
        b"ObjectContent",
    )

    assert _form(incoming, 1557989151, secret=COS_SECRET, key_id=COS_KEY_ID) is SigningForm.COS


def test_cos_download_example() -> None:
    incoming = request(
        "GET",
        f"{OBJECT}?response-content-type=application%2Foctet-stream&response-cache-control=max-age%3D600",
        {
            "date": "Thu, 16 May 2019 06:55:53 GMT",
            "host": COS_HOST,
            "authorization": f"q-sign-algorithm=sha1&q-ak={COS_KEY_ID}&q-sign-time=1557989753;1557996953"
            "&q-key-time=1557989753;1557996953&q-header-list=date;host"
            "&q-url-param-list=response-cache-control;response-content-type"
            "&q-signature=01681b8c9d798a678e43b685a9f1bba0f6c0e012",
        },
    )

    assert _form(incoming, 1557996953, secret=COS_SECRET, key_id=COS_KEY_ID) is SigningForm.COS


def test_cos_deletion_with_a_token() -> None:
    incoming = request(
        "DELETE",
        "/",
        {
            "host": "example-1250000000.cos.ap-guangzhou.myqcloud.com",
            "x-cos-security-token": "TOKENEXAMPLE",
            "authorization": "q-sign-algorithm=sha1&q-ak=AKIDSESSION&q-sign-time=1744264181;1744267841"
            "&q-key-time=1744264181;1744267841&q-header-list=host;x-cos-security-token&q-url-param-list="
            "&q-signature=db9d5b8e717504838aba985c7d665ecd77ba84ed",
        },
    )

    assert _form(incoming, 1744264241, secret="SKEXAMPLE", key_id="AKIDEXAMPLE") is SigningForm.COS
