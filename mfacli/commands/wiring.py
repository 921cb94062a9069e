"""The one place that names concrete classes: what a command works with, put together when it is first needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

import click

from mfacli.clock import SystemClock
from mfacli.commands.options import Manners, manners_of
from mfacli.commands.running import forbid_core_files
from mfacli.domain.cloud import Cloud
from mfacli.errors import CodeMalformed, UsageWrong
from mfacli.terminal import SilentPrompter, TtyPrompter

if TYPE_CHECKING:
    from mfacli.commands.planning import Planning
    from mfacli.domain.plan import ExportedSession, Plan, Request
    from mfacli.interfaces import (
        CodeLedger,
        CodeSource,
        DeviceRegistry,
        KeyStore,
        Locks,
        MessageDecoder,
        Prompter,
        RotationLog,
        SeedStore,
        SessionStore,
        SigninProvider,
    )
    from mfacli.profiles.aws_files import AwsFiles
    from mfacli.profiles.settings import Settings
    from mfacli.providers.aws import AwsProvider
    from mfacli.providers.aws_keys import AwsKeys
    from mfacli.providers.patience import Patience
    from mfacli.providers.probe import Answer
    from mfacli.providers.tencent import TencentProvider
    from mfacli.providers.tencent_keys import TencentKeys
    from mfacli.session import Obtained, Parts
    from mfacli.store.backends import Backend
    from mfacli.store.choice import StoreSetting
    from mfacli.store.crypt_file import CryptFile
    from mfacli.store.places import Places
    from mfacli.store.vaults import VaultKind


def desk_of(ctx: click.Context) -> Desk:
    """Return the desk that a command works at."""
    return Desk(manners=manners_of(ctx), environment=os.environ)


class Desk:
    """What a command works with. Everything is made at its first use, so that a command pays only for its own.

    `core_limit` is the limit on core files from before, for the command that `exec` becomes. `opens_windows` says
    whether a person without a terminal may be asked in a window: not where an SDK waits, with its own time-out.
    """

    opens_windows = True

    def __init__(self, *, manners: Manners, environment: Mapping[str, str]) -> None:
        # A desk is where secrets come by, and every command that handles any works at one.
        self.core_limit = forbid_core_files()
        self.manners = manners
        self.environment = environment
        self.arguments = manners.arguments
        self.clock = SystemClock()
        self.terminal = manners.terminal
        self.never_asks = manners.no_input or bool(environment.get("MFACLI_NO_INPUT"))

    @cached_property
    def prompter(self) -> Prompter:
        """Who asks the person; somebody who never does under `--no-input` and MFACLI_NO_INPUT."""
        from mfacli.windows import NearestPrompter, WindowPrompter, has_display

        if self.never_asks:
            return SilentPrompter()
        if not self.opens_windows or not has_display(self.environment):
            return TtyPrompter()
        return NearestPrompter(TtyPrompter(), WindowPrompter(self.environment))

    @cached_property
    def settings(self) -> Settings:
        """The user's own settings."""
        from mfacli.profiles.settings import read_settings

        return read_settings(self.environment)

    @cached_property
    def files(self) -> AwsFiles:
        """The AWS files, read once."""
        from mfacli.profiles.aws_files import aws_paths, read_aws_files

        files = read_aws_files(aws_paths(self.environment, home=Path.home()))
        return replace(files, kept=self.kept_as(Cloud.AWS))

    @cached_property
    def places(self) -> Places:
        """The directories for mfacli's own files."""
        from mfacli.store.places import places_from

        return places_from(self.environment)

    @cached_property
    def locks(self) -> Locks:
        """Locks between this user's processes."""
        from mfacli.store.locks import FileLocks

        # A program that collects what is said has nothing from it, and may take it for a failure.
        tell = self.terminal.note if self.terminal.is_watched else self.terminal.detail
        return FileLocks(self.places.lock_directories, on_wait=tell)

    @cached_property
    def store(self) -> SessionStore:
        """Where sessions are kept: MFACLI_STORE, else the settings, else what this machine offers."""
        from mfacli.store.choice import choose_vaults
        from mfacli.store.kernel_keys import kernel_is_usable

        return self.sessions_in(choose_vaults(self.store_setting, kernel_is_usable=kernel_is_usable()))

    def sessions_in(self, kinds: Sequence[VaultKind]) -> SessionStore:
        """Return the store of the sessions that are kept in vaults of these kinds."""
        from mfacli.store.choice import open_session_store
        from mfacli.store.vaults import VaultKind

        return open_session_store(
            kinds,
            places=self.places,
            locks=self.locks,
            clock=self.clock,
            talk=self.terminal,
            file=self.crypt_file if VaultKind.FILE in kinds else None,
        )

    @cached_property
    def store_setting(self) -> StoreSetting:
        """What MFACLI_STORE says, else the settings."""
        from mfacli.store.choice import STORE_VARIABLE, parse_store_setting

        return parse_store_setting(self.environment.get(STORE_VARIABLE) or self.settings.store)

    @cached_property
    def crypt_file(self) -> CryptFile:
        """The encrypted file, which is opened only where it is chosen."""
        from mfacli.store.choice import crypt_file_path
        from mfacli.store.crypt_file import CryptFile
        from mfacli.store.passphrases import ProgramPassphrase, TypedPassphrase

        command = self.settings.store_passphrase_command
        typed = TypedPassphrase(lambda: self.prompter)
        source = ProgramPassphrase(command, may_ask=not self.never_asks) if command else typed
        return CryptFile(crypt_file_path(self.places), source=source)

    @cached_property
    def backends(self) -> tuple[Backend, ...]:
        """The places for secrets on this machine, looked at and not opened."""
        from mfacli.store.backends import file_backend, kernel_backend, keyring_backend
        from mfacli.store.choice import crypt_file_path

        return kernel_backend(), keyring_backend(locks=self.locks), file_backend(crypt_file_path(self.places))

    @property
    def _lasting_file(self) -> CryptFile | None:
        from mfacli.store.choice import StoreSetting

        return self.crypt_file if self.store_setting is StoreSetting.FILE else None

    @cached_property
    def seeds(self) -> SeedStore:
        """Where device seeds are kept."""
        return self.seeds_in(self._lasting_file)

    @cached_property
    def keys(self) -> KeyStore:
        """Where long-term keys are kept."""
        return self.keys_in(self._lasting_file)

    def seeds_in(self, file: CryptFile | None) -> SeedStore:
        """Return the store of the seeds in the encrypted file, or (None) in the OS keyring."""
        from mfacli.store.choice import open_seed_store

        return open_seed_store(places=self.places, locks=self.locks, talk=self.terminal, file=file)

    def keys_in(self, file: CryptFile | None) -> KeyStore:
        """Return the store of the keys in the encrypted file, or (None) in the OS keyring."""
        from mfacli.store.choice import open_key_store

        return open_key_store(places=self.places, locks=self.locks, clock=self.clock, talk=self.terminal, file=file)

    @cached_property
    def rotations(self) -> RotationLog:
        """Which rotations of long-term keys have begun and not ended."""
        from mfacli.store.choice import open_rotation_log

        return open_rotation_log(places=self.places, locks=self.locks, talk=self.terminal)

    def kept_as(self, cloud: Cloud) -> dict[str, str]:
        """Return the profiles of a cloud whose keys rest in the keyring, with the keys' ids."""
        return {kept.profile: kept.access_key_id for kept in self.keys.kept_keys() if kept.cloud is cloud}

    @cached_property
    def ledger(self) -> CodeLedger:
        """Which codes are spent."""
        from mfacli.codes.ledger import FileLedger

        return FileLedger(self.places.state / "codes.json", clock=self.clock, talk=self.terminal)

    @cached_property
    def _aws(self) -> AwsProvider:
        from mfacli.providers.aws import AwsProvider

        return AwsProvider(clock=self.clock, talk=self.terminal)

    @cached_property
    def _tencent(self) -> TencentProvider:
        from mfacli.providers.tencent import TencentProvider

        return TencentProvider(clock=self.clock, talk=self.terminal)

    def provider_for(self, plan: Plan) -> AwsProvider | TencentProvider:
        """Return the cloud that `plan` is about, behind its SDK, which is imported at the first call."""
        match plan.cloud:
            case Cloud.AWS:
                return self._aws
            case Cloud.TENCENT:
                return self._tencent
            case _:
                assert_never(plan.cloud)

    def impatient_provider(self, plan: Plan) -> AwsProvider | TencentProvider:
        """Return the cloud that `plan` is about, for one who looks whether it answers at once."""
        from mfacli.providers.aws import AwsProvider
        from mfacli.providers.tencent import TencentProvider

        made = AwsProvider if plan.cloud is Cloud.AWS else TencentProvider
        return made(clock=self.clock, talk=self.terminal, patience=_impatience())

    def probe(self, cloud: Cloud, url: str) -> Answer:
        """Ask the STS at `url` without a signature."""
        from mfacli.providers.probe import probe

        return probe(cloud, url, clock=SystemClock(), talk=self.terminal, patience=_impatience())

    def signin_for(self, plan: Plan) -> SigninProvider:
        """Return who signs browsers in to the console of the cloud that `plan` is about."""
        from mfacli.domain.cloud import Cloud
        from mfacli.providers.aws_signin import AwsSignin
        from mfacli.providers.tencent_signin import TencentSignin

        match plan.cloud:
            case Cloud.AWS:
                return AwsSignin(clock=self.clock, talk=self.terminal)
            case Cloud.TENCENT:
                return TencentSignin(clock=self.clock)
            case _:
                assert_never(plan.cloud)

    @cached_property
    def registry(self) -> DeviceRegistry:
        """Who makes and changes MFA devices; AWS alone lets programs do that."""
        from mfacli.providers.aws_devices import AwsDevices

        return AwsDevices(self._aws.calls)

    def keys_of(self, cloud: Cloud) -> AwsKeys | TencentKeys:
        """Return who lists and makes long-term keys in a cloud."""
        from mfacli.providers.aws_keys import AwsKeys
        from mfacli.providers.tencent_keys import TencentKeys

        match cloud:
            case Cloud.AWS:
                return AwsKeys(self._aws.calls)
            case Cloud.TENCENT:
                return TencentKeys(self._tencent.calls)
            case _:
                assert_never(cloud)

    @property
    def decoder(self) -> MessageDecoder:
        """Who has encoded messages of denials decoded."""
        return self._aws

    @cached_property
    def planning(self) -> Planning:
        """Who decides plans."""
        from mfacli.commands.planning import Planning

        return Planning(self)

    def plan(self, request: Request) -> Plan:
        """Decide what will be done; with -v, say it."""
        plan = self.planning.plan_of(request)
        for note in plan.notes:
            self.terminal.detail(note)
        return plan

    def exported_session(self, cloud: Cloud) -> ExportedSession | None:
        """Look up whose session is in the environment, if any, and which MFA session of the same keys is kept."""
        from mfacli.domain.plan import ExportedSession
        from mfacli.profiles.variables import session_key

        key_id = session_key(self.environment, cloud)
        if not key_id:
            return None
        # By when they expire: the last is the longest.
        entries = [entry for entry in self.store.entries() if entry.opened_with]
        opened_with = next((entry.opened_with for entry in entries if entry.access_key_id == key_id), None)
        if opened_with is None:
            return None
        for entry in reversed(entries):
            if entry.kind == "session" and entry.mfa_at is not None and entry.opened_with == opened_with:
                return ExportedSession(
                    opened_with=opened_with, opening_kept_as=entry.fingerprint, device=entry.device
                )
        return ExportedSession(opened_with=opened_with)

    def obtain(
        self, plan: Plan, *, code: str | None = None, wants_new: bool = False, max_age: timedelta | None = None
    ) -> Obtained:
        """Come by the session that `plan` describes; `code` is what `--code` gave, `-` for standard input."""
        from mfacli.session import obtain

        if max_age is not None and not plan.needs_code:
            raise UsageWrong(
                f"--max-age is about a code, and profile `{plan.profile}` needs none",
                hint="name an MFA device, with --device or with mfa_serial in the profile",
            )
        return obtain(plan, self.parts(plan, code=code), wants_new=wants_new, max_age=max_age)

    def parts(self, plan: Plan, *, code: str | None = None, may_ask: bool = True) -> Parts:
        """Return what the use case works with; with `may_ask` False, nobody is asked for anything."""
        from mfacli.profiles.keys import PlanKeys
        from mfacli.providers.aws_machine_keys import MachineKeys
        from mfacli.session import Parts

        return Parts(
            provider=self.provider_for(plan),
            codes=self._codes(plan, code, may_ask=may_ask),
            ledger=self.ledger,
            keys=PlanKeys(environment=self.environment, kept=self.keys, elsewhere=MachineKeys()),
            store=self.store,
            locks=self.locks,
            clock=self.clock,
            prompter=self.prompter if may_ask else SilentPrompter(),
            talk=self.terminal,
        )

    def _codes(self, plan: Plan, code: str | None, *, may_ask: bool) -> CodeSource:
        from mfacli.codes.chain import FirstOf
        from mfacli.codes.derived import DerivedCode
        from mfacli.codes.given import GivenCode
        from mfacli.codes.program import ProgramCode
        from mfacli.codes.prompt import TypedCode

        if code is not None:
            return GivenCode(_from_stdin() if code == "-" else code, ledger=self.ledger)
        sources: list[CodeSource] = []
        if plan.code_program:
            sources.append(
                ProgramCode(
                    plan.code_program,
                    ledger=self.ledger,
                    clock=self.clock,
                    talk=self.terminal,
                    may_ask=may_ask and not self.never_asks,
                )
            )
        sources.append(DerivedCode(seeds=self.seeds, ledger=self.ledger, clock=self.clock, talk=self.terminal))
        if may_ask:
            sources.append(TypedCode(prompter=self.prompter, ledger=self.ledger, talk=self.terminal))
        return FirstOf(sources)


def _impatience() -> Patience:
    from mfacli.providers.patience import Patience

    return Patience(connect=timedelta(seconds=3), read=timedelta(seconds=4), attempts=1)


def _from_stdin() -> str:
    code = sys.stdin.readline().strip() if sys.stdin is not None else ""
    if not code:
        raise CodeMalformed(
            "standard input gave no code", hint="pipe one in: `echo 123456 | mfacli session --code -`"
        )
    return code
