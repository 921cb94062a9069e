"""Follows a profile along `source_profile` down to the keys that sign the first call. Pure: values in, values out."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Role, parse_role
from mfacli.domain.plan import KeysFrom, KeySource
from mfacli.errors import ProfileBroken, ProfileUnknown
from mfacli.profiles import route
from mfacli.profiles.aws_files import AwsFiles
from mfacli.profiles.aws_profile import (
    AwsProfile,
    has_keys,
    has_profile,
    plain_place,
    read_profile,
    stored_keys,
    unknown_profile,
)
from mfacli.profiles.route import Chain
from mfacli.profiles.signing import SigningKeys, hidden_keys, kept_keys
from mfacli.profiles.variables import environment_token

_UNSET = 'eval "$(mfacli export --unset)"'
# What other ways to credentials a profile can name, which hold no long-term keys.
_OTHER_WAYS = ("sso_session", "sso_start_url", "credential_process", "web_identity_token_file", "login_session")


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsBook:
    """The profiles of the AWS files."""

    files: AwsFiles

    def has(self, name: str) -> bool:
        """Whether there is such a profile."""
        return has_profile(name, self.files)

    def has_keys(self, name: str) -> bool:
        """Whether either file has keys for the profile."""
        return has_keys(name, self.files)

    def read(self, name: str) -> AwsProfile:
        """Return the profile, empty where no section has this name."""
        return read_profile(name, self.files)

    def is_end(self, profile: AwsProfile) -> bool:
        """Whether a `credential_source` gives the keys."""
        if profile.source_profile and profile.credential_source:
            raise profile.broken("credential_source", "stands beside `source_profile`; only one of them can be")
        return profile.credential_source is not None

    def role_of(self, profile: AwsProfile) -> Role | None:
        """Return the role that a profile names."""
        return profile.role

    def parse_role(self, text: str) -> Role:
        """Return the role that an ARN names."""
        return parse_role(text)

    def unknown(self, name: str, named_by: str) -> ProfileUnknown:
        """Return the error for a name that no profile has."""
        return unknown_profile(name, self.files, named_by)

    def without_role(self, name: str) -> ProfileBroken:
        """Return the error for a profile that names no role, with those that do."""
        sections = [*self.files.config.items(), *self.files.credentials.items()]
        having = sorted({other for other, section in sections if "role_arn" in section.settings})
        return ProfileBroken(
            f"profile `{name}` names no role",
            hint="name a role by its ARN, or one of: " + ", ".join(f"`{other}`" for other in having[:20])
            if having
            else f"name a role by its ARN, or write role_arn to `[profile {name}]` in `{self.files.paths.config}`",
        )


def follow(name: str, files: AwsFiles, *, then: str | None = None) -> Chain[AwsProfile]:
    """Return the chain that starts at profile `name`; see `route.follow`."""
    return route.follow(name, AwsBook(files=files), then=then)


def signing_keys(
    chain: Chain[AwsProfile],
    files: AwsFiles,
    environment: Mapping[str, str],
    *,
    may_use_environment: bool,
    opened_with: str = "",
) -> SigningKeys:
    """Decide which keys sign the first call.

    A `credential_source` decides by itself. Otherwise long-term keys in the environment go before the profile's,
    unless that was named explicitly (`may_use_environment` False), and those in the keyring before the files. A
    session's keys never open another session: where the environment or the file has only such, that is said, with the
    way out. `opened_with` is the long-term key that the environment's session was opened with, where that is known:
    no profile's stands in its way.
    """
    if chain.holder.credential_source is not None:
        return _named_source(chain.holder.credential_source, environment)
    has_environment = bool(environment.get("AWS_ACCESS_KEY_ID"))
    if may_use_environment and has_environment and not environment_token(environment, Cloud.AWS):
        return SigningKeys(source=_environment_source(environment), are_temporary=False)
    if key_id := files.kept.get(chain.holder.name):
        return kept_keys(chain.holder.name, key_id, passed_over=plain_place(chain.holder.name, files))
    stored = stored_keys(chain.holder.name, files)
    if stored is None and may_use_environment and opened_with:
        return hidden_keys(opened_with)
    if stored is None:
        raise _no_keys(chain, files, environment, may_use_environment=may_use_environment)
    if stored.is_temporary:
        raise ProfileBroken(
            f"the keys of profile `{chain.holder.name}` are a session's, which cannot open another "
            f"([{stored.section}] in `{stored.path}`)",
            hint="name a profile with long-term keys with -p, or as `source_profile`",
        )
    source = KeySource(
        kind=KeysFrom.FILE, access_key_id=stored.access_key_id, path=stored.path, section=stored.section
    )
    return SigningKeys(source=source, are_temporary=False)


def _named_source(kind: KeysFrom, environment: Mapping[str, str]) -> SigningKeys:
    if kind is KeysFrom.ENVIRONMENT:
        if not environment.get("AWS_ACCESS_KEY_ID"):
            raise ProfileBroken("`credential_source` is Environment, but AWS_ACCESS_KEY_ID is not set")
        token = environment_token(environment, Cloud.AWS)
        return SigningKeys(source=_environment_source(environment), are_temporary=bool(token))
    return SigningKeys(source=KeySource(kind=kind), are_temporary=True)


def _environment_source(environment: Mapping[str, str]) -> KeySource:
    from mfacli.profiles.aws_limits import wrong_key_id

    key_id = environment["AWS_ACCESS_KEY_ID"]
    if not environment.get("AWS_SECRET_ACCESS_KEY"):
        raise ProfileBroken("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
    if wrong := wrong_key_id(key_id):
        raise ProfileBroken(f"AWS_ACCESS_KEY_ID {wrong}")
    if key_id.startswith("ASIA") and not environment_token(environment, Cloud.AWS):
        raise ProfileBroken(
            "AWS_ACCESS_KEY_ID is a session's (ASIA…), but AWS_SESSION_TOKEN is not set",
            hint=f"to unset it: {_UNSET}",
        )
    return KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id=key_id)


def _no_keys(
    chain: Chain[AwsProfile], files: AwsFiles, environment: Mapping[str, str], *, may_use_environment: bool
) -> ProfileBroken:
    name = chain.holder.name
    if may_use_environment and environment.get("AWS_ACCESS_KEY_ID"):
        return ProfileBroken(
            f"the keys in the environment are a session's, which cannot open another, "
            f"and profile `{name}` has no long-term keys",
            hint=f"take the session out of this shell ({_UNSET}) and set the long-term keys again; those in "
            f"`{files.paths.credentials}` need no setting",
        )
    for way in _OTHER_WAYS:
        if way in chain.holder.places:
            return chain.holder.broken(
                way, "is another way to credentials; mfacli opens MFA sessions of long-term access keys only"
            )
    what = f"profile `{name}` has no access keys in `{files.paths.credentials}` or `{files.paths.config}`"
    if not may_use_environment and environment.get("AWS_ACCESS_KEY_ID"):
        return ProfileBroken(what, hint="the environment has keys: leave out -p to use those")
    others = [other for other in files.profile_names if has_keys(other, files)]
    if not has_profile(name, files) and others:
        return ProfileBroken(what, hint="name a profile that has them with -p: " + _some(others))
    if chain.holder.role:
        return ProfileBroken(what, hint="name the profile that has them with `source_profile`")
    return ProfileBroken(
        what,
        hint=f"`mfacli keys add -p {shlex.quote(name)}` keeps some in the keyring; or add aws_access_key_id and "
        f"aws_secret_access_key to `[{name}]`, or set AWS_ACCESS_KEY_ID",
    )


def _some(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:10]) + (", …" if len(names) > 10 else "")
