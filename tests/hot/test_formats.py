"""Which formats' answers are given again."""

from __future__ import annotations

import pytest

from tests.hot.owner import Owner


@pytest.mark.parametrize("form", ["cmd", "nushell", "tcsh", "ini"])
def test_the_text_for_a_shell_or_a_file_is_given_again(form: str, owner: Owner) -> None:
    owner.keep("dev")

    ordinary = owner.ordinary("export", "-p", "dev", "--format", form)

    assert owner.again("export", "-p", "dev", "--format", form) == ordinary


def test_what_also_goes_to_a_file_is_never_given_again(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ENV", str(owner.home / "github.env"))
    owner.keep("dev")
    question = ("export", "-p", "dev", "--format", "github", "-q")

    ordinary = owner.ordinary(*question)

    assert ordinary.startswith(b"::add-mask::")
    assert owner.again(*question) is None
