"""Handing a link to a browser: whether there is one, whether it takes the link, and where its words go."""

from __future__ import annotations

import os
import webbrowser

import pytest

from mfacli.commands.browsing import look_for_browser, open_in_browser
from mfacli.domain.secret import Secret
from mfacli.errors import BrowserUnusable, ExitCode

LINK = Secret("https://signin.aws.amazon.com/federation?SigninToken=secret")


class Browser(webbrowser.BaseBrowser):
    """Takes links, or does not; and talks."""

    def __init__(self, *, takes: bool) -> None:
        super().__init__("test")
        self.takes = takes
        self.opened: list[str] = []

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        os.write(1, b"Opening in existing browser session.\n")
        self.opened.append(url)
        return self.takes


@pytest.fixture(autouse=True)
def no_browsers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave Python's list of this machine's browsers empty."""
    monkeypatch.setattr(webbrowser, "_tryorder", [])
    monkeypatch.setattr(webbrowser, "_browsers", {})


def installed(*, takes: bool = True) -> Browser:
    browser = Browser(takes=takes)
    webbrowser.register("test", None, browser)
    return browser


def test_a_browser_is_given_the_link() -> None:
    browser = installed()

    look_for_browser()
    open_in_browser(LINK)

    assert browser.opened == [LINK.reveal()]


def test_what_a_browser_prints_is_no_answer(capfd: pytest.CaptureFixture[str]) -> None:
    installed()

    open_in_browser(LINK)
    os.write(1, b"the answer\n")

    said = capfd.readouterr()
    assert said.out == "the answer\n"
    assert said.err == "Opening in existing browser session.\n"


def test_no_browser_is_told_with_the_way_round_it() -> None:
    with pytest.raises(BrowserUnusable, match="no browser on this machine") as caught:
        look_for_browser()

    assert "--print" in caught.value.hint
    assert caught.value.exit_code is ExitCode.PROFILE


@pytest.mark.parametrize("count", [0, 2])
def test_a_link_that_no_browser_takes_is_not_in_the_error(count: int) -> None:
    for _ in range(count):
        installed(takes=False)

    with pytest.raises(BrowserUnusable, match="no browser could be opened") as caught:
        open_in_browser(LINK)

    assert "secret" not in f"{caught.value.message} {caught.value.hint}"
