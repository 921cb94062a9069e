from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mfacli.store.kernel_keys import kernel_is_usable
from tests.benchmarks.cached_read import main
from tests.real import require_tool
from tests.secret_service import TOOLS

pytestmark = pytest.mark.real


@pytest.mark.skipif(not kernel_is_usable(), reason="the kernel refuses: a container, or no key retention service")
def test_a_round_measures_both_stores_after_two_like_answers(capsys: pytest.CaptureFixture[str]) -> None:
    for tool in TOOLS:
        require_tool(tool)
    if not Path(sys.executable).with_name("mfacli").exists():
        pytest.skip("this Python has no console script of mfacli's")

    main(["--python", sys.executable, "--rounds", "1"])

    measured = [line.split("  ")[0] for line in capsys.readouterr().out.splitlines() if " ms " in line]
    # An older pip's script brings more rows.
    assert [name for name in measured if not name.endswith("newer script")][:7] == [
        "python -c pass",
        "mfacli credential-process, kernel's keyring",
        "mfacli export, kernel's keyring",
        "mfacli the ordinary way, kernel's keyring",
        "mfacli credential-process, Secret Service",
        "mfacli export, Secret Service",
        "mfacli the ordinary way, Secret Service",
    ]
