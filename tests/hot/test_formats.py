"""Which formats' answers are not given again; `test_hot.py` has the others."""

from __future__ import annotations

import pytest

from tests.hot.owner import Owner


def test_what_also_goes_to_a_file_is_never_given_again(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ENV", str(owner.home / "github.env"))
    owner.keep("dev")
    question = ("export", "-p", "dev", "--format", "github", "-q")

    ordinary = owner.ordinary(*question)

    assert ordinary.startswith(b"::add-mask::")
    assert owner.again(*question) is None
