"""Where a request goes, in whichever form its line has it."""

from __future__ import annotations

import pytest

from mfacli.emulator.tencent.addresses import CosPlace, address_of, cos_place
from tests.emulator.stand_ins import request


@pytest.mark.parametrize(
    ("target", "host", "expected"),
    [
        ("/a?b=c?d", "h:1", ("h:1", "/a", "b=c?d", False)),
        ("", "h", ("h", "/", "", False)),
        ("?a=1", "h", ("h", "/", "a=1", False)),
        ("http://h:1", "h:1", ("h:1", "/", "", False)),
        ("HTTP://H/a?b", "h", ("h", "/a", "b", False)),
        ("http://h?b", None, ("h", "/", "b", False)),
        ("http://h/a", "g", ("g", "/a", "", True)),
        ("http:///a", "g", ("g", "/a", "", False)),
        ("http://127.0.0.1:9/", "http://127.0.0.1:9", ("http://127.0.0.1:9", "/", "", False)),
        ("/http://h/a", "g", ("g", "/http://h/a", "", False)),
    ],
)
def test_host_path_and_query_are_told(target: str, host: str | None, expected: tuple[str, str, str, bool]) -> None:
    address = address_of(request("GET", target, {} if host is None else {"host": host}))

    assert (address.host, address.path, address.query, address.disagrees) == expected


@pytest.mark.parametrize("host", ["H", "h:80", "http://h", "https://h:443", "http://h:1/", " h "])
def test_a_hosts_name_has_no_scheme_no_port_and_no_capitals(host: str) -> None:
    assert address_of(request("GET", "/", {"host": host})).host_name == "h"


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("service.cos.myqcloud.com", CosPlace(bucket="", region="")),
        ("cos.ap-guangzhou.myqcloud.com", CosPlace(bucket="", region="ap-guangzhou")),
        ("b-1.cos.ap-guangzhou.myqcloud.com", CosPlace(bucket="b-1", region="ap-guangzhou")),
        ("b-1.cos.accelerate.tencentcos.cn", CosPlace(bucket="b-1", region="accelerate")),
        ("b-1.cos.ap-guangzhou.myqcloud.com.evil.org", None),
        ("b-1.cosx.ap-guangzhou.myqcloud.com", None),
        ("myqcloud.com", None),
        ("127.0.0.1", None),
        ("", None),
    ],
)
def test_coss_hosts_name_bucket_and_region(name: str, place: CosPlace | None) -> None:
    assert cos_place(name) == place
