"""What tccli's files and `config.toml` say of a profile: one frozen value, parsed and checked.

A profile is there where it has a `.credential`, a `.configure` or a `[tencent.NAME]` table. What `config.toml` says
goes before tccli's files.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TypeVar

from mfacli.domain.cloud import Cloud
from mfacli.domain.qcs import TencentRole, parse_tencent_role
from mfacli.errors import MfacliError, ProfileBroken, ProfileUnknown
from mfacli.profiles import tencent_limits as limits
from mfacli.profiles.asked import closest
from mfacli.profiles.profile_settings import ProfileSettings
from mfacli.profiles.settings import Settings
from mfacli.profiles.signing import IN_KEYRING
from mfacli.profiles.tencent_files import CredentialFile, TencentFiles
from mfacli.profiles.tencent_folder import CONFIGURE, CREDENTIAL

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentProfile:
    """A profile; None: not written. `places` says where each key is written, `credential` is tccli's file of keys."""

    name: str
    places: Mapping[str, str]
    credential: CredentialFile | None = None
    role: TencentRole | None = None
    source_profile: str | None = None
    mfa_serial: str | None = None
    external_id: str | None = None
    duration: timedelta | None = None
    role_session_name: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    code_command: str | tuple[str, ...] | None = None

    def place_of(self, key: str) -> str:
        """Return where one of the keys is written."""
        return self.places[key]

    def broken(self, key: str, what: str, *, hint: str = "") -> ProfileBroken:
        """Return the error that says what is wrong with one of the keys."""
        place = f" ({self.places[key]})" if key in self.places else ""
        return ProfileBroken(f"`{key}` of profile `{self.name}` {what}{place}", hint=hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A key's text, and where it is written under what name."""

    text: str
    key: str
    place: str


def tencent_names(files: TencentFiles, settings: Settings) -> tuple[str, ...]:
    """Return the names of all profiles, sorted."""
    return tuple(sorted({*files.with_credential, *files.with_configure, *files.kept, *_tables(settings)}))


def tencent_places(files: TencentFiles, settings: Settings, *, taken: Collection[str]) -> Mapping[str, str]:
    """Return where each profile is written.

    tccli writes `default.configure` whenever it starts, so a `.configure` alone puts none of the names in doubt that
    are `taken`.
    """
    tables = {name: f"[tencent.{name}] in `{settings.path}`" for name in _tables(settings)}
    credentials = {name: f"`{files.folder / name}{CREDENTIAL}`" for name in files.with_credential}
    configures = {name: f"`{files.folder / name}{CONFIGURE}`" for name in files.with_configure.difference(taken)}
    kept = dict.fromkeys(files.kept, IN_KEYRING)
    return MappingProxyType(configures | kept | tables | credentials)


def _tables(settings: Settings) -> Mapping[str, ProfileSettings]:
    return settings.of_profiles.get(Cloud.TENCENT, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentBook:
    """The profiles of tccli's files and the settings."""

    files: TencentFiles
    settings: Settings

    def has(self, name: str) -> bool:
        """Whether there is such a profile."""
        return name in tencent_names(self.files, self.settings)

    def has_keys(self, name: str) -> bool:
        """Whether there are keys of its own, or tccli's file names another way to some."""
        if name in self.files.kept:
            return True
        credential = self.files.credentials.get(name)
        return credential is not None and (bool(credential.secret_id) or credential.kind.value != "default")

    def read(self, name: str) -> TencentProfile:
        """Return the profile, empty where nothing is written; raises `ProfileBroken` for what does not parse."""
        written = self._written(name)
        table = self.settings.of_profile(Cloud.TENCENT, name)
        return TencentProfile(
            name=name,
            places=MappingProxyType({key: value.place for key, value in written.items()} | self._place_of_rest(name)),
            credential=self.files.credentials.get(name),
            role=_parsed(written.get("role_arn"), name, parse_tencent_role),
            source_profile=table.source_profile,
            mfa_serial=table.mfa_serial,
            external_id=_checked(written.get("external_id"), name, limits.wrong_external_id),
            duration=table.duration,
            role_session_name=_checked(written.get("role_session_name"), name, limits.wrong_session_name),
            region=_checked(written.get("region"), name, limits.wrong_region),
            endpoint_url=_endpoint(written.get("endpoint"), name),
            code_command=table.code_command,
        )

    def _written(self, name: str) -> dict[str, _Written]:
        table = self.settings.of_profile(Cloud.TENCENT, name)
        credential, configure = self.files.credentials.get(name), self.files.configures.get(name)
        own = f"[tencent.{name}] in `{self.settings.path}`"
        keys_place = f"`{credential.path}`" if credential else ""
        sets_place = f"`{configure.path}`" if configure else ""
        candidates = (
            ("role_arn", table.role_arn, "role_arn", own),
            ("role_arn", credential and credential.role_arn, "role-arn", keys_place),
            ("role_session_name", table.role_session_name, "role_session_name", own),
            ("role_session_name", credential and credential.role_session_name, "role-session-name", keys_place),
            ("external_id", table.external_id, "external_id", own),
            ("region", table.region, "region", own),
            ("region", configure and configure.region, "_sys_param.region", sets_place),
            ("endpoint", table.endpoint, "endpoint", own),
            ("endpoint", configure and configure.sts_endpoint, "sts.endpoint", sets_place),
        )
        found: dict[str, _Written] = {}
        for name_here, text, key, place in candidates:
            if text:
                found.setdefault(name_here, _Written(text=text, key=key, place=place))
        return found

    def _place_of_rest(self, name: str) -> dict[str, str]:
        return dict.fromkeys(
            ("source_profile", "mfa_serial", "duration_seconds"), f"[tencent.{name}] in `{self.settings.path}`"
        )

    def is_end(self, profile: TencentProfile) -> bool:
        """Whether a profile names another way to keys than a profile; none can."""
        return False

    def role_of(self, profile: TencentProfile) -> TencentRole | None:
        """Return the role that a profile names."""
        return profile.role

    def parse_role(self, text: str) -> TencentRole:
        """Return the role that a qcs name means."""
        return parse_tencent_role(text)

    def unknown(self, name: str, named_by: str) -> ProfileUnknown:
        """Return the error for a name that no profile has, with the closest ones."""
        names = tencent_names(self.files, self.settings)
        hint = closest(name, names) if names else f"`{self.files.folder}` holds no profile at all: `tccli configure`"
        return ProfileUnknown(f"no profile `{name}` of Tencent Cloud, which {named_by} names", hint=hint)

    def without_role(self, name: str) -> ProfileBroken:
        """Return the error for a profile that names no role, with those that do as far as they have been read."""
        having = {other for other, table in _tables(self.settings).items() if table.role_arn}
        having |= {other for other, credential in self.files.credentials.items() if credential.role_arn}
        return ProfileBroken(
            f"profile `{name}` names no role",
            hint="name a role like qcs::cam::uin/OWNER:roleName/NAME, or one of: "
            + ", ".join(f"`{other}`" for other in sorted(having)[:20])
            if having
            else "name a role like qcs::cam::uin/OWNER:roleName/NAME, or write role_arn to "
            f"[tencent.{name}] in `{self.settings.path}`",
        )


def _parsed(written: _Written | None, name: str, parse: Callable[[str], T]) -> T | None:
    if written is None:
        return None
    try:
        return parse(written.text)
    except MfacliError as problem:
        raise _broken(written, name, problem.message, problem.hint) from problem


def _checked(written: _Written | None, name: str, wrong: Callable[[str], str | None]) -> str | None:
    if written is None:
        return None
    if why := wrong(written.text):
        raise _broken(written, name, f"`{written.text}` {why}")
    return written.text


def _endpoint(written: _Written | None, name: str) -> str | None:
    if written is None:
        return None
    if why := limits.wrong_endpoint(written.text):
        # Whoever wrote a password into it does not want to see it here.
        raise _broken(written, name, why)
    return written.text


def _broken(written: _Written, name: str, what: str, hint: str = "") -> ProfileBroken:
    return ProfileBroken(f"`{written.key}` of profile `{name}`: {what} ({written.place})", hint=hint)
