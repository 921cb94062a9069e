"""Somebody with profiles, and sessions of them in this kernel's keyring, without any cloud behind them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mfacli import hot
from mfacli.commands.main import run
from mfacli.commands.options import EXPORT_FORMATS, Manners
from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Session
from mfacli.domain.plan import Plan, Request
from mfacli.domain.secret import Secret

CONFIG = """\
[default]
mfa_serial = arn:aws:iam::222222222222:mfa/richard
region = eu-west-1

[profile dev]
mfa_serial = arn:aws:iam::222222222222:mfa/tablet
endpoint_url = http://127.0.0.1:4566

[profile books]
role_arn = arn:aws:iam::111111111111:role/Books
source_profile = default

[profile auditor]
role_arn = arn:aws:iam::333333333333:role/Auditor
source_profile = books

[profile long]
role_arn = arn:aws:iam::111111111111:role/Long
source_profile = default
duration_seconds = 7200

[profile machine]
role_arn = arn:aws:iam::111111111111:role/Machine
credential_source = Ec2InstanceMetadata

[profile included]
include_profile = books

[profile "it's odd"]
role_arn = arn:aws:iam::111111111111:role/Odd
source_profile = default

[profile Bücher]
role_arn = arn:aws:iam::111111111111:role/Umlaut
source_profile = default
"""
# One of each kind; `Bücher` is beyond ASCII, so that lines of it are not given again.
PROFILES = ("default", "dev", "books", "auditor", "long", "machine", "included", "it's odd")
# GitHub's is written to a file besides, and never given again.
FORMATS = tuple(form for form in EXPORT_FORMATS if form != "github")
CREDENTIALS = """\
[default]
aws_access_key_id = AKIAIOSFODNN7DEFAULT
aws_secret_access_key = long-term-secret-of-default

[dev]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = long-term-secret-of-dev
"""
SECRET = "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"
TOKEN = "IQoJb3JpZ2luX2VjEOr//////////wEaCXVzLWVhc3Qt==" * 12


@dataclass(slots=True, kw_only=True)
class Owner:
    """What a test does with the owner's things."""

    home: Path
    capture: pytest.CaptureFixture[str]
    _kept: list[str] = field(default_factory=list)

    @property
    def config(self) -> Path:
        return self.home / ".aws" / "config"

    @property
    def credentials(self) -> Path:
        return self.home / ".aws" / "credentials"

    @property
    def settings(self) -> Path:
        return self.home / ".config" / "mfacli" / "config.toml"

    @property
    def desk(self) -> Desk:
        return Desk(manners=Manners(), environment=os.environ)

    def plan(self, profile: str | None, duration: timedelta | None = None) -> Plan:
        """Return what `export` and `credential-process` would do for a profile."""
        return self.desk.plan(Request(wants_role=None, profile=profile, duration=duration))

    def keep(self, profile: str | None, duration: timedelta | None = None, **changed: object) -> Session:
        """Keep a session for a profile, as if it had been asked for with a duration."""
        plan = self.plan(profile, duration)
        session = replace(_session(), **changed)  # type: ignore[arg-type]  # a test names the fields it means
        self.desk.store.keep(plan.fingerprint, session, profile=plan.profile, kind="session")
        self._kept.append(plan.fingerprint)
        return session

    def forget_all(self) -> None:
        """Take out of the kernel's keyring what is in it."""
        for fingerprint in self._kept:
            self.desk.store.forget(fingerprint)

    def ordinary(self, *arguments: str) -> bytes:
        """Return what the ordinary way answers."""
        self.capture.readouterr()
        code = run(arguments)
        said = self.capture.readouterr()
        assert (code, said.err) == (0, "")
        return said.out.encode()

    def again(self, *arguments: str) -> bytes | None:
        """Return what is given again without the ordinary way; an exception is no answer either."""
        question = hot.recognise(arguments)
        try:
            return question and hot.kept_answer(question, os.environ)
        except Exception:
            return None

    def entry(self, *arguments: str) -> Path:
        """Return where the entry for an answer is."""
        question = hot.recognise(arguments)
        assert question is not None
        path = hot.entry_path(question, os.environ)
        assert path is not None
        return Path(path)


def _session() -> Session:
    now = datetime.now(UTC)
    return Session(
        cloud=Cloud.AWS,
        access_key_id="ASIAIOSFODNN7EXAMPLE",
        secret_access_key=Secret(SECRET),
        session_token=Secret(TOKEN),
        issued_at=now,
        expires_at=now + timedelta(hours=1),
        mfa_at=now,
        account_id="222222222222",
        device="arn:aws:iam::222222222222:mfa/richard",
    )
