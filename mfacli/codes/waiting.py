"""Waits for a moment on the cloud's clock, telling the person how long."""

from __future__ import annotations

from datetime import datetime, timedelta

from mfacli.interfaces import Clock, Talk


def wait_for(moment: datetime, *, text: str, clock: Clock, talk: Talk) -> None:
    """Return once the cloud's clock shows `moment`; `text` says meanwhile what is waited for."""
    until = clock.now() + (moment - clock.cloud_now())
    talk.countdown(text, until)
    # A countdown may be silent or cut short, and sleeping may end early: the clock has the last word.
    while (left := until - clock.now()) > timedelta():
        clock.wait(left)
