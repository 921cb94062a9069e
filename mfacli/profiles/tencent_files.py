"""Reads tccli's files: `NAME.credential` and `NAME.configure` in `~/.tccli`, each one JSON object.

What tccli reads is read here, and what it refuses is refused, with the file and the key. It does not say what a key
means for a plan; `tencent_profile.py` does. No message quotes a value of a `.credential`, which might be a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import MappingProxyType

from mfacli.domain.moments import parse_moment
from mfacli.domain.secret import Secret
from mfacli.errors import ProfileBroken
from mfacli.profiles.parameters import json_object
from mfacli.profiles.reading import BYTE_ORDER_MARK, bytes_of, first_undecodable
from mfacli.profiles.tencent_folder import CONFIGURE, CREDENTIAL

# Written beside a session's keys by `--write-profile`; no tool of this cloud's reads it.
_EXPIRY = "expiration"
_WRITTEN = frozenset({"secretId", "secretKey", "token", _EXPIRY})


class KeyKind(Enum):
    """How tccli comes by the keys in a `.credential`: its `type`, where none is written `default`."""

    STATIC = "default"
    INSTANCE = "cvm-role"
    OAUTH = "oauth"
    SSO = "sso"


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialFile:
    """A `NAME.credential`; what is empty or not written is None. A `token` makes the keys a session's.

    `expires_at` is what mfacli noted of that session; `keys` are the names of all that is in the file.
    """

    path: str
    kind: KeyKind = KeyKind.STATIC
    secret_id: str | None = None
    secret_key: Secret | None = None
    token: Secret | None = None
    role_arn: str | None = None
    role_session_name: str | None = None
    expires_at: datetime | None = None
    keys: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def is_a_written_session(self) -> bool:
        """Whether nothing but what mfacli writes is in the file."""
        return self.keys == _WRITTEN


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureFile:
    """A `NAME.configure`; of it only the region and the endpoint of STS are of use here."""

    path: str
    region: str | None = None
    sts_endpoint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentFiles:
    """tccli's folder: the names that have a file of either kind, and those files that have been read, by name.

    `kept` are the profiles whose keys rest in the keyring, with the keys' ids.
    """

    folder: Path
    with_credential: frozenset[str] = frozenset()
    with_configure: frozenset[str] = frozenset()
    credentials: Mapping[str, CredentialFile]
    configures: Mapping[str, ConfigureFile]
    kept: Mapping[str, str] = field(default_factory=dict)


def read_tencent_files(folder: Path, names: Iterable[str], *, listed: Iterable[str]) -> TencentFiles:
    """Read the files of the profiles `names`, as far as they are `listed` in the folder; raises `ProfileBroken`."""
    files = tuple(listed)
    with_credential = _stems(files, CREDENTIAL)
    with_configure = _stems(files, CONFIGURE)
    wanted = tuple(dict.fromkeys(names))
    return TencentFiles(
        folder=folder,
        with_credential=with_credential,
        with_configure=with_configure,
        credentials=MappingProxyType(
            {name: read_credential(folder / f"{name}{CREDENTIAL}") for name in wanted if name in with_credential}
        ),
        configures=MappingProxyType(
            {name: _read_configure(folder / f"{name}{CONFIGURE}") for name in wanted if name in with_configure}
        ),
    )


def _stems(files: Iterable[str], ending: str) -> frozenset[str]:
    return frozenset(name.removesuffix(ending) for name in files if name.endswith(ending) and name != ending)


def read_credential(path: Path) -> CredentialFile:
    """Read a `.credential`; where it has gone, what is returned is empty."""
    table = _Table(content=_object_in(path), path=str(path))
    secret_key, token = table.text("secretKey"), table.text("token")
    return CredentialFile(
        path=str(path),
        kind=_kind(table),
        secret_id=table.text("secretId"),
        secret_key=Secret(secret_key) if secret_key else None,
        token=Secret(token) if token else None,
        role_arn=table.text("role-arn"),
        role_session_name=table.text("role-session-name"),
        expires_at=parse_moment(str(table.content.get(_EXPIRY, ""))),
        keys=frozenset(table.content),
    )


def _kind(table: _Table) -> KeyKind:
    # Older versions of tccli wrote the flag itself.
    if table.is_true("use-cvm-role"):
        return KeyKind.INSTANCE
    written = table.text("type")
    if written is None:
        return KeyKind.STATIC
    known = {kind.value: kind for kind in KeyKind}
    if written not in known:
        raise ProfileBroken(
            f"`type` in `{table.path}` is none that tccli knows", hint="there are: " + ", ".join(known)
        )
    return known[written]


def _read_configure(path: Path) -> ConfigureFile:
    table = _Table(content=_object_in(path), path=str(path))
    return ConfigureFile(
        path=str(path),
        region=table.inner("_sys_param").text("region"),
        sts_endpoint=table.inner("sts").text("endpoint"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """A JSON object of a file; `within` is the key it stands under."""

    # It may hold secrets.
    content: Mapping[str, object] = field(repr=False)
    path: str
    within: str = ""

    def text(self, key: str) -> str | None:
        """Return a text; None where it is not written, null or empty."""
        value = self.content.get(key)
        if value is not None and not isinstance(value, str):
            raise self._wrong(key, "a text in quotes")
        if value and not value.isprintable():
            raise ProfileBroken(f"`{self._shown(key)}` in `{self.path}` holds a character that cannot be printed")
        return value.strip() or None if value else None

    def is_true(self, key: str) -> bool:
        """Return a truth, which older files have as a text."""
        value = self.content.get(key)
        if isinstance(value, str):
            return value.lower() == "true"
        if value is not None and not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return bool(value)

    def inner(self, key: str) -> _Table:
        """Return the object under a key, empty where there is none."""
        value = self.content.get(key, {})
        if not isinstance(value, dict):
            raise self._wrong(key, "an object")
        return _Table(content=value, path=self.path, within=key)

    def _wrong(self, key: str, kind: str) -> ProfileBroken:
        return ProfileBroken(f"`{self._shown(key)}` in `{self.path}` must be {kind}")

    def _shown(self, key: str) -> str:
        return f"{self.within}.{key}" if self.within else key


def _object_in(path: Path) -> Mapping[str, object]:
    data = bytes_of(path)
    if data is None:
        return {}
    if data.startswith(BYTE_ORDER_MARK):
        raise ProfileBroken(
            f"`{path}` begins with a byte-order mark",
            hint="tccli does not read it either: save the file as UTF-8 without BOM",
        )
    if (bad := first_undecodable(data)) is not None:
        raise ProfileBroken(f"`{path}` is not UTF-8 (byte {bad})", hint="save the file as UTF-8")
    document = json_object(data.decode("utf-8"))
    if isinstance(document, str):
        raise ProfileBroken(f"`{path}` {document}", hint="`tccli configure` writes it anew")
    return document
