"""What the keys of an AWS profile mean: one frozen value, inherited along `include_profile`, parsed and checked.

Empty values count as not written. Following `source_profile` is `aws_chain.py`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from mfacli.domain.identity import Role, parse_role
from mfacli.domain.plan import KeysFrom
from mfacli.domain.secret import Secret
from mfacli.errors import ProfileBroken, ProfileUnknown
from mfacli.profiles import aws_limits as limits
from mfacli.profiles import aws_values as values
from mfacli.profiles.asked import closest
from mfacli.profiles.aws_files import AwsFiles
from mfacli.profiles.aws_values import Reader
from mfacli.profiles.ini import Place, Section, Setting
from mfacli.profiles.signing import IN_KEYRING

# What belongs to the section it stands in, and is not passed on by include_profile.
_OF_THE_SECTION = frozenset({"aws_access_key_id", "include_profile"})
USED_KEYS = frozenset(
    {"mfa_serial", "role_arn", "source_profile", "external_id", "duration_seconds", "role_session_name", "region",
     "endpoint_url", "services", "sts_regional_endpoints", "credential_source", "mfa_process", "include_profile",
     "source_identity", "session_tags", "transitive_session_tags", "aws_access_key_id",
     "ignore_configured_endpoint_urls"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKeys:
    """The keys in one section; `session_token` is None for long-term keys."""

    access_key_id: str
    secret_access_key: Secret
    session_token: Secret | None
    path: str
    section: str

    @property
    def is_temporary(self) -> bool:
        """Whether these are a session's keys."""
        return self.session_token is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsProfile:
    """A profile with what it inherits; None or empty means: not written.

    `places` says where each key is written. `mfa_serial` is parsed only when it is the one chosen. `unused` are the
    keys that mfacli does not look at.
    """

    name: str
    places: Mapping[str, Place]
    role: Role | None = None
    source_profile: str | None = None
    credential_source: KeysFrom | None = None
    mfa_serial: str | None = None
    mfa_process: str | None = None
    external_id: str | None = None
    duration: timedelta | None = None
    role_session_name: str | None = None
    source_identity: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    transitive_tags: tuple[str, ...] = ()
    region: str | None = None
    endpoint_url: str | None = None
    services_endpoint_url: str | None = None
    sts_regional_endpoints: str | None = None
    unused: tuple[str, ...] = ()

    def place_of(self, key: str) -> str:
        """Return where one of the keys is written."""
        return str(self.places[key])

    def broken(self, key: str, what: str, *, hint: str = "") -> ProfileBroken:
        """Return the error that says what is wrong with one of the keys."""
        place = f" ({self.places[key]})" if key in self.places else ""
        return ProfileBroken(f"`{key}` of profile `{self.name}` {what}{place}", hint=hint)


def unknown_profile(name: str, files: AwsFiles, named_by: str) -> ProfileUnknown:
    """Return the error for a name that no profile has, with the closest ones, or all where they are few."""
    names = files.profile_names
    if name in files.stray:
        hint = f"in `{files.paths.config}` the section must be `[profile {name}]`, not `[{name}]`"
    elif f"profile {name}" in files.credentials:
        hint = f"in `{files.paths.credentials}` the section must be `[{name}]`, not `[profile {name}]`"
    elif not names:
        hint = f"`{files.paths.config}` and `{files.paths.credentials}` hold no profile at all"
    else:
        hint = closest(name, names)
    return ProfileUnknown(f"no profile `{name}`, which {named_by} names", hint=hint)


def has_profile(name: str, files: AwsFiles) -> bool:
    """Return whether either file has a section for this profile, or the keyring has its keys."""
    return name in files.config or name in files.credentials or name in files.kept


def aws_places(files: AwsFiles) -> Mapping[str, str]:
    """Return where each profile is written: the first of its sections, else the keyring."""
    written = {name: _sections(name, files)[0].place for name in {*files.config, *files.credentials}}
    places = {name: f"section `[{at.section}]` of `{at.path}`" for name, at in written.items()}
    return MappingProxyType(dict.fromkeys(files.kept, IN_KEYRING) | places)


def read_profile(name: str, files: AwsFiles) -> AwsProfile:
    """Return the profile, empty where no section has this name; raises `ProfileBroken` for what does not parse."""
    written = _written(name, files)
    reader = Reader(name=name, settings=written)
    return AwsProfile(
        name=name,
        places=MappingProxyType({key: setting.place for key, setting in written.items()}),
        role=reader.parsed("role_arn", parse_role),
        source_profile=reader.text("source_profile"),
        credential_source=reader.parsed("credential_source", values.credential_source),
        mfa_serial=reader.text("mfa_serial"),
        mfa_process=reader.text("mfa_process"),
        external_id=reader.checked("external_id", limits.wrong_external_id),
        duration=reader.parsed("duration_seconds", values.seconds),
        role_session_name=reader.checked("role_session_name", limits.wrong_session_name),
        source_identity=reader.checked("source_identity", limits.wrong_source_identity),
        tags=reader.parsed("session_tags", values.tags) or (),
        transitive_tags=reader.parsed("transitive_session_tags", values.transitive_tags) or (),
        region=reader.checked("region", limits.wrong_region),
        endpoint_url=_endpoint(reader, files),
        services_endpoint_url=_services_endpoint(reader),
        sts_regional_endpoints=reader.parsed("sts_regional_endpoints", values.regional_endpoints),
        unused=tuple(sorted(key for key in written if key not in USED_KEYS)),
    )


def _written(name: str, files: AwsFiles) -> dict[str, Setting]:
    """Collect the settings of a profile and of those it includes; the nearest wins."""
    merged: dict[str, Setting] = {}
    seen: list[str] = []
    while True:
        seen.append(name)
        own = _own(name, files)
        for key, setting in own.items():
            if setting.text and (len(seen) == 1 or key not in _OF_THE_SECTION):
                merged.setdefault(key, setting)
        include = own.get("include_profile")
        if include is None or not include.text:
            return merged
        if include.text in seen:
            loop = " → ".join(f"`{link}`" for link in [*seen[seen.index(include.text) :], include.text])
            raise ProfileBroken(f"`include_profile` goes round in a circle: {loop} ({include.place})")
        name = include.text
        if not has_profile(name, files):
            raise unknown_profile(name, files, f"`include_profile` in {include.place}")


def _own(name: str, files: AwsFiles) -> dict[str, Setting]:
    # botocore's order: what the credentials file says of a profile goes before the config file.
    return {key: setting for section in reversed(_sections(name, files)) for key, setting in section.settings.items()}


def _sections(name: str, files: AwsFiles) -> list[Section]:
    found = (files.credentials.get(name), files.config.get(name))
    return [section for section in found if section is not None]


def stored_keys(name: str, files: AwsFiles) -> StoredKeys | None:
    """Return the profile's own keys: the first long-term ones, else the first at all, the credentials file before.

    None where neither file has any; raises `ProfileBroken` for half a pair.
    """
    sections = [section for section in _sections(name, files) if _text(section, "aws_access_key_id")]
    found = [keys_in(section, name) for section in sections]
    if not found and (
        half := next((s for s in _sections(name, files) if "aws_secret_access_key" in s.secrets), None)
    ):
        raise ProfileBroken(f"profile `{name}` has a secret key but no `aws_access_key_id` ({half.place})")
    return next((keys for keys in found if not keys.is_temporary), found[0] if found else None)


def has_keys(name: str, files: AwsFiles) -> bool:
    """Return whether the keyring or either file has an access key for this profile."""
    return name in files.kept or bool(plain_place(name, files))


def plain_place(name: str, files: AwsFiles) -> str:
    """Return where a file has an access key for this profile, for people; empty where none has."""
    having = (section for section in _sections(name, files) if _text(section, "aws_access_key_id"))
    return next((f"[{section.place.section}] of `{section.place.path}`" for section in having), "")


def _text(section: Section, key: str) -> str:
    setting = section.settings.get(key)
    return setting.text if setting else ""


def keys_in(section: Section, name: str) -> StoredKeys:
    """Return the keys of a section that has an access key id; raises `ProfileBroken` for half a pair."""
    key_id = section.settings["aws_access_key_id"]
    secret = section.secrets.get("aws_secret_access_key")
    if secret is None or not secret.text:
        raise ProfileBroken(f"profile `{name}` has an access key but no `aws_secret_access_key` ({section.place})")
    if wrong := limits.wrong_key_id(key_id.text):
        raise ProfileBroken(f"`aws_access_key_id` of profile `{name}` {wrong} ({key_id.place})")
    # botocore reads aws_security_token first.
    tokens = (section.secrets.get("aws_security_token"), section.secrets.get("aws_session_token"))
    token = next((token.text for token in tokens if token is not None and token.text), None)
    if token is None and key_id.text.startswith("ASIA"):
        raise ProfileBroken(
            f"profile `{name}` has a session's access key (ASIA…) without its `aws_session_token` ({key_id.place})"
        )
    return StoredKeys(
        access_key_id=key_id.text,
        secret_access_key=secret.text,
        session_token=token,
        path=section.place.path,
        section=section.place.section,
    )


def _services_endpoint(reader: Reader) -> str | None:
    """Return the profile's endpoint for all services."""
    if (reader.text("ignore_configured_endpoint_urls") or "").lower() == "true":
        return None
    return reader.checked("endpoint_url", limits.wrong_endpoint)


def _endpoint(reader: Reader, files: AwsFiles) -> str | None:
    """Return the profile's endpoint for STS: the one in its `[services …]` goes before its own `endpoint_url`."""
    own = reader.checked("endpoint_url", limits.wrong_endpoint)
    if (reader.text("ignore_configured_endpoint_urls") or "").lower() == "true":
        return None
    services = reader.text("services")
    if services is None:
        return own
    section = files.services.get(services)
    if section is None:
        known = ", ".join(f"`[services {name}]`" for name in files.services) or "none"
        reader.fail("services", f"there is no section `[services {services}]`", f"there is: {known}")
    sts = section.settings.get("sts")
    url = sts.nested.get("endpoint_url", "") if sts else ""
    if sts and url and (wrong := limits.wrong_endpoint(url)):
        raise ProfileBroken(f"`endpoint_url` of sts: `{url}` {wrong} ({sts.place})")
    return url or own
