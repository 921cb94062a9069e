"""The map: every part that can be swapped, as a Protocol of one or two methods.

"Nothing here, try the next one" is `None`; "broken" is an exception from `errors`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from mfacli.domain.cloud import Cloud
from mfacli.domain.codes import Code, Seed
from mfacli.domain.credentials import CloudKey, KeptKey, Keys, LastUse, Session
from mfacli.domain.identity import Device
from mfacli.domain.plan import Plan, Step
from mfacli.domain.registered import NewDevice, RegisteredDevice
from mfacli.domain.rotation import Rotation
from mfacli.domain.secret import Secret
from mfacli.errors import CodeRejected


class Clock(Protocol):
    """This machine's time, and the cloud's as far as an answer has told it. All times are aware UTC."""

    def now(self) -> datetime:
        """Return this machine's time."""

    def cloud_now(self) -> datetime:
        """Return this machine's time plus the offset learnt from the cloud."""

    def learn_offset(self, offset: timedelta) -> None:
        """Remember how far the cloud's clock is ahead of this machine's (negative: behind)."""

    def wait(self, duration: timedelta) -> None:
        """Let `duration` pass."""


class Prompter(Protocol):
    """Asks the person at the controlling terminal; never on stdout.

    Each raises `InputNotAllowed` where nobody may be asked, `Cancelled` on Ctrl-C or end of input.
    """

    def ask_code(self, question: str) -> str:
        """Return what was typed for a code, stripped."""

    def ask_secret(self, question: str) -> Secret:
        """Return what was typed without echo."""

    def choose(self, question: str, choices: Sequence[str]) -> int:
        """Return the index of the chosen one."""

    def confirm(self, question: str) -> bool:
        """Return whether the person agreed."""


class Talk(Protocol):
    """Says things to the person, on stderr."""

    def note(self, text: str) -> None:
        """Say one line, unless quiet."""

    def warn(self, text: str) -> None:
        """Say one line, even when quiet."""

    def detail(self, text: str) -> None:
        """Say one line, only when verbose."""

    def countdown(self, text: str, until: datetime) -> None:
        """Say `text` with the seconds left, renewed in place on a terminal, until `until` on the real clock."""


class CodeSource(Protocol):
    """Where six digits come from."""

    def next_code(self, device: Device, *, refused: CodeRejected | None) -> Code | None:
        """Return a code for `device`, or None where this source has none (or no further one) for it.

        `refused` is why the one before was rejected, None at the first.
        """


class CodeLedger(Protocol):
    """Which codes of a device STS has already answered, shared by all processes of this user."""

    def is_spent(self, device: Device, code: Code) -> bool:
        """Return whether this step (or, where it is unknown, these digits lately) was answered before."""

    def mark_spent(self, device: Device, code: Code) -> None:
        """Remember that STS answered this code, whatever the answer was."""


class KeyHolder(Protocol):
    """Reads the keys that a plan starts from."""

    def keys_for(self, plan: Plan) -> Keys:
        """Return them; raises `ProfileBroken` where they have gone."""


class SessionProvider(Protocol):
    """Trades keys, and where the step says so a code, for a session at one cloud."""

    def warm_up(self) -> None:
        """Load what the call will need; called while the person types, from another thread."""

    def session_for(self, step: Step, *, plan: Plan, keys: Keys, device: Device | None, code: Code | None) -> Session:
        """Make the one STS call of `step`.

        The session's `mfa_at` is set only where a code went along. Raises `CodeRejected`, `DeviceRejected`,
        `KeysRejected`, `CloudRefused`, `CloudUnreachable`.
        """

    def own_device(self, device: Device, *, plan: Plan, keys: Keys) -> Device:
        """Return `device` as the caller's own, with its user where the serial does not say whose it is.

        Called before a code is asked for, so it also refuses what the cloud would refuse this kind of caller: raises
        `DeviceRejected`, `DurationOutOfRange`, and as `session_for` does.
        """

    def devices_of_caller(self, *, plan: Plan, keys: Keys) -> Sequence[Device] | None:
        """Return the usable MFA devices of the user the keys belong to; None where IAM does not let us list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who some credentials are, as GetCallerIdentity says; `caller_type` is Tencent Cloud's word, empty with AWS."""

    account_id: str
    arn: str
    user_id: str
    caller_type: str = ""


class IdentityProvider(Protocol):
    """Asks the cloud who some credentials are."""

    def identity_of(self, *, plan: Plan, keys: Keys) -> Identity:
        """Return the answer; raises as `SessionProvider.session_for` does."""


class SigninProvider(Protocol):
    """Makes links that sign a browser in to a cloud's web console with a role's session."""

    def console_page(self, wanted: str | None, *, plan: Plan) -> str:
        """Return the address of the page that `wanted` means: a service, a whole address, None for the first page.

        Raises `UsageWrong` for what is no page of this console. Needs no session, so it goes before a code is spent.
        """

    def signin_url(self, page: str, *, plan: Plan, keys: Keys) -> Secret:
        """Return a link to `page`; whoever opens it is signed in, so it is a secret for as long as it works.

        Raises `ProfileBroken` where the plan's STS belongs to no console, `CloudRefused`, `CloudUnreachable`.
        """


class DeviceRegistry(Protocol):
    """A cloud's own book of MFA devices, for the user whose keys make the call.

    Each raises `AccessDenied`, and otherwise as `SessionProvider.session_for` does.
    """

    def create(self, device: Device, *, plan: Plan, keys: Keys) -> NewDevice:
        """Make the virtual device; raises `EntityExists` where its name is taken."""

    def enable(self, device: Device, codes: tuple[Code, Code], *, user: str, plan: Plan, keys: Keys) -> None:
        """Give the device to the user; raises `CodeRejected`, and `EntityMissing` where it is too new."""

    def resync(self, device: Device, codes: tuple[Code, Code], *, user: str, plan: Plan, keys: Keys) -> None:
        """Set the device's clock by two codes; raises `CodeRejected`."""

    def deactivate(self, device: Device, *, user: str, plan: Plan, keys: Keys) -> None:
        """Take the device from the user; raises `EntityMissing` where it is not theirs."""

    def delete(self, device: Device, *, plan: Plan, keys: Keys) -> None:
        """Remove a virtual device that is enabled for nobody; raises `EntityExists` where it is for somebody."""

    def of_user(self, *, plan: Plan, keys: Keys) -> Sequence[RegisteredDevice]:
        """Return the caller's devices of all kinds."""

    def unassigned(self, *, plan: Plan, keys: Keys) -> Sequence[str]:
        """Return the serials of the account's virtual devices that are enabled for nobody."""


class MessageDecoder(Protocol):
    """Has the cloud decode the encoded message of a denial."""

    def decode_message(self, encoded: str, *, plan: Plan, keys: Keys) -> str:
        """Return the JSON inside; raises as `SessionProvider.session_for` does.

        The keys must not be those of a session from GetSessionToken, which may not make this call.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the store's index: what is kept, without any secret.

    `place` says where it rests, for people (`kernel keyring`, `Secret Service`, …), and `opened_with` which long-term
    key the chain began with (empty: not known).
    """

    fingerprint: str
    cloud: str
    profile: str
    kind: str
    place: str
    issued_at: datetime
    expires_at: datetime
    mfa_at: datetime | None
    account_id: str | None
    principal: str | None
    device: str | None
    access_key_id: str
    opened_with: str = ""


class SessionStore(Protocol):
    """Keeps sessions under their plan's fingerprint."""

    def find(self, fingerprint: str) -> Session | None:
        """Return the session kept under `fingerprint`, or None.

        An entry that is damaged, foreign or expired is set aside and counts as None; a keyring that cannot be
        asked raises `KeyringUnusable`.
        """

    def keep(self, fingerprint: str, session: Session, *, profile: str, kind: str, opened_with: str = "") -> str:
        """Keep `session` and return where it rests; raises `KeyringUnusable` where it could not be kept.

        `kind` is `session` or `role`; `opened_with` is for the entry, as there.
        """

    def forget(self, fingerprint: str) -> bool:
        """Remove it; returns whether there was one."""

    def entries(self) -> Sequence[Entry]:
        """Return what is kept, from the index; no secret is read."""


class SeedSource(Protocol):
    """Has seeds of devices."""

    def find_seed(self, device: Device) -> Seed | None:
        """Return the seed of `device`, or None; raises `KeyringUnusable`, `SeedMalformed`."""


class SeedStore(SeedSource, Protocol):
    """Keeps device seeds in the OS keyring (never in the kernel's, which a reboot clears)."""

    def make_ready(self, device: Device) -> None:
        """See that a seed of `device` could be kept, unlocking what is locked; raises `KeyringUnusable`."""

    def keep_seed(self, device: Device, seed: Seed) -> str:
        """Keep it and return where it rests."""

    def forget_seed(self, device: Device) -> bool:
        """Remove it; returns whether there was one."""

    def devices_with_seed(self) -> Sequence[Device]:
        """Return the devices a seed is kept for, from the index; no seed is read."""


class KeyStore(Protocol):
    """Keeps long-term keys of profiles in the OS keyring (never in the kernel's, which a reboot clears)."""

    def find_keys(self, cloud: Cloud, profile: str) -> Keys | None:
        """Return the keys kept as a profile's, or None; raises `KeyringUnusable`, `KeysMalformed`."""

    def keep_keys(self, cloud: Cloud, profile: str, keys: Keys) -> str:
        """Keep them in the place of those before, whole or not at all, and return where they rest."""

    def forget_keys(self, cloud: Cloud, profile: str) -> bool:
        """Remove them, and take them off the list; returns whether the keyring had any."""

    def kept_keys(self) -> Sequence[KeptKey]:
        """Return what is kept, from the index; no secret is read."""

    def unlisted_keys(self, cloud: Cloud, profile: str) -> Sequence[Keys]:
        """Return keys of a profile that are there although the index does not name it, as after its loss."""


class RotationLog(Protocol):
    """Knows the rotations of long-term keys that have begun and not ended."""

    def find(self, cloud: Cloud, holder: str) -> Rotation | None:
        """Return the one of a holder of keys, or None."""

    def write(self, rotation: Rotation) -> None:
        """Write down what is known of one, before anything is done that hangs on it."""

    def end(self, cloud: Cloud, holder: str) -> None:
        """Take it off."""


class KeyLister(Protocol):
    """Asks the cloud for the long-term keys of the user that some keys belong to."""

    def list_keys(self, *, plan: Plan, keys: Keys) -> Sequence[CloudKey]:
        """Return all of them; raises as `SessionProvider.session_for` does."""

    def last_use(self, access_key_id: str, *, plan: Plan, keys: Keys) -> LastUse | None:
        """Return when one of them was last used; None where the cloud does not tell us."""


class KeyMaker(KeyLister, Protocol):
    """Makes, switches and deletes long-term keys of the user that some keys belong to."""

    def create_key(self, *, plan: Plan, keys: Keys) -> Keys:
        """Make new ones. The request is never sent twice: it may have been heard without an answer."""

    def switch_key(self, access_key_id: str, *, is_active: bool, plan: Plan, keys: Keys) -> None:
        """Activate or deactivate one."""

    def delete_key(self, access_key_id: str, *, plan: Plan, keys: Keys) -> None:
        """Delete one; it may have gone already."""


class Locks(Protocol):
    """Locks between processes of this user, held by the operating system and gone with the process."""

    def hold(self, name: str) -> AbstractContextManager[None]:
        """Hold the lock called `name` for the length of a `with`; waits for whoever has it."""
