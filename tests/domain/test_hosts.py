from __future__ import annotations

import pytest

from mfacli.domain.hosts import is_this_machine


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_the_loopback_is_this_machine(host: str) -> None:
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host", ["", "0.0.0.0", "10.0.0.1", "localhost.example.com", "127.0.0.1.example.com", "sts.tencentcloudapi.com"]
)
def test_nothing_else_is(host: str) -> None:
    assert not is_this_machine(host)
