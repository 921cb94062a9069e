"""Follows a profile along `source_profile` down to the keys that sign the first call. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mfacli.domain.plan import KeysFrom, KeySource
from mfacli.errors import ProfileBroken
from mfacli.profiles.aws_files import AwsFiles
from mfacli.profiles.aws_profile import AwsProfile, has_keys, has_profile, read_profile, stored_keys, unknown_profile

_UNSET = 'eval "$(mfacli export --unset)"'
# What other ways to credentials a profile can name, which hold no long-term keys.
_OTHER_WAYS = ("sso_session", "sso_start_url", "credential_process", "web_identity_token_file", "login_session")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A profile and its sources.

    `profiles` go from the one asked for to the one where the keys are. `roles` are those of them that name the
    roles to assume, in the order of the calls. `source` is the last one's `credential_source`, where it has one.
    """

    profiles: tuple[AwsProfile, ...]
    roles: tuple[AwsProfile, ...]
    source: KeysFrom | None

    @property
    def holder(self) -> AwsProfile:
        """The profile where the keys are."""
        return self.profiles[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeys:
    """Where the first call's keys are; `are_temporary` tells a session's, which get no code and no session."""

    source: KeySource
    are_temporary: bool


def follow(name: str, files: AwsFiles, *, then: str | None = None) -> Chain:
    """Return the chain that starts at profile `name`; raises `ProfileBroken` for loops and missing sources.

    `then` is the profile to go on with where the chain comes to an end without any keys.
    """
    profiles = [read_profile(name, files)]
    roles = [profiles[0]] if profiles[0].role else []
    while (source := _source_of(profiles[-1], files, then, is_first=len(profiles) == 1)) is not None:
        if source in [profile.name for profile in profiles]:
            loop = " → ".join(f"`{link.name}`" for link in profiles) + f" → `{source}`"
            raise profiles[-1].broken("source_profile", f"goes round in a circle: {loop}")
        profiles.append(read_profile(source, files))
        # As in botocore, a source that has keys of its own is its keys; its role is not assumed.
        if profiles[-1].role and not has_keys(source, files):
            roles.append(profiles[-1])
    return Chain(profiles=tuple(profiles), roles=tuple(reversed(roles)), source=profiles[-1].credential_source)


def _source_of(profile: AwsProfile, files: AwsFiles, then: str | None, *, is_first: bool) -> str | None:
    """Return the profile that `profile` gets its keys from, or None where the chain ends with it."""
    own = has_keys(profile.name, files)
    if profile.source_profile and profile.credential_source:
        raise profile.broken("credential_source", "stands beside `source_profile`; only one of them can be")
    if profile.credential_source or (own and not (is_first and profile.role)):
        return None
    if profile.source_profile is None:
        return None if own or then in {None, profile.name} else then
    if profile.source_profile == profile.name:
        if own:
            return None
        raise profile.broken("source_profile", "names the profile itself, which has no keys of its own")
    if not has_profile(profile.source_profile, files):
        place = profile.places["source_profile"]
        raise unknown_profile(profile.source_profile, files, f"`source_profile` in {place}")
    return profile.source_profile


def signing_keys(
    chain: Chain,
    files: AwsFiles,
    environment: Mapping[str, str],
    *,
    may_use_environment: bool,
    opened_with: str = "",
) -> SigningKeys:
    """Decide which keys sign the first call.

    A `credential_source` decides by itself. Otherwise long-term keys in the environment go before the files, unless
    the profile was named explicitly (`may_use_environment` False). A session's keys never open another session:
    where the environment or the file has only such, that is said, with the way out. `opened_with` is the long-term
    key that the environment's session was opened with, where that is known: no profile's stands in its way.
    """
    if chain.source is not None:
        return _named_source(chain.source, environment)
    has_environment = bool(environment.get("AWS_ACCESS_KEY_ID"))
    if may_use_environment and has_environment and not _environment_token(environment):
        return SigningKeys(source=_environment_source(environment), are_temporary=False)
    stored = stored_keys(chain.holder.name, files)
    if stored is None and may_use_environment and opened_with:
        source = KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id=opened_with)
        return SigningKeys(source=source, are_temporary=False)
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
        token = _environment_token(environment)
        return SigningKeys(source=_environment_source(environment), are_temporary=bool(token))
    return SigningKeys(source=KeySource(kind=kind), are_temporary=True)


def _environment_token(environment: Mapping[str, str]) -> str:
    return environment.get("AWS_SECURITY_TOKEN") or environment.get("AWS_SESSION_TOKEN") or ""


def _environment_source(environment: Mapping[str, str]) -> KeySource:
    from mfacli.profiles.aws_limits import wrong_key_id

    key_id = environment["AWS_ACCESS_KEY_ID"]
    if not environment.get("AWS_SECRET_ACCESS_KEY"):
        raise ProfileBroken("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
    if wrong := wrong_key_id(key_id):
        raise ProfileBroken(f"AWS_ACCESS_KEY_ID {wrong}")
    if key_id.startswith("ASIA") and not _environment_token(environment):
        raise ProfileBroken(
            "AWS_ACCESS_KEY_ID is a session's (ASIA…), but AWS_SESSION_TOKEN is not set",
            hint=f"to unset it: {_UNSET}",
        )
    return KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id=key_id)


def _no_keys(
    chain: Chain, files: AwsFiles, environment: Mapping[str, str], *, may_use_environment: bool
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
        what, hint=f"add aws_access_key_id and aws_secret_access_key to `[{name}]`, or set AWS_ACCESS_KEY_ID"
    )


def _some(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:10]) + (", …" if len(names) > 10 else "")
