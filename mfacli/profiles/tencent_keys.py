"""Which keys sign the first call in Tencent Cloud. Pure: values in, values out.

tccli's order, but for one thing that is AWS' here too: keys in the environment that are a session's open no other.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import KeysFrom, KeySource
from mfacli.domain.qcs import TencentRole
from mfacli.errors import ProfileBroken
from mfacli.profiles import tencent_limits as limits
from mfacli.profiles.route import Route
from mfacli.profiles.signing import SigningKeys, hidden_keys, kept_keys
from mfacli.profiles.tencent_files import CredentialFile, KeyKind, TencentFiles
from mfacli.profiles.tencent_folder import CREDENTIAL
from mfacli.profiles.tencent_profile import TencentProfile
from mfacli.profiles.variables import KEY_VARIABLES, environment_token

ID_VARIABLE, KEY_VARIABLE = KEY_VARIABLES[Cloud.TENCENT]
_UNSET = 'eval "$(mfacli export --unset)"'
_CONSOLE = "the console has them: Access Management > Users > API keys (访问管理 > 用户 > API 密钥)"

TencentRoute = Route[TencentRole, TencentProfile]


def signing_keys(
    route: TencentRoute, files: TencentFiles, environment: Mapping[str, str], *, opened_with: str = ""
) -> SigningKeys:
    """Decide which keys sign the first call.

    Long-term keys in the environment go before the profile's, unless the command line named where the keys are, and
    those in the keyring before tccli's files.
    `opened_with` is the long-term key that the environment's session was opened with, where that is known. A file's
    keys may be a session's: with those a role can be assumed, and no MFA session opened.
    """
    holder = route.chain.holder
    may_use_environment = not route.is_explicit
    if may_use_environment and environment.get(ID_VARIABLE) and not environment_token(environment, Cloud.TENCENT):
        return SigningKeys(source=_environment_source(environment), are_temporary=False)
    if key_id := files.kept.get(holder.name):
        plain = holder.credential
        passed_over = f"`{plain.path}`" if plain is not None and plain.secret_id else ""
        return kept_keys(holder.name, key_id, passed_over=passed_over)
    stored = _stored(holder)
    if stored is not None:
        if stored.token is not None and not route.wanted:
            raise ProfileBroken(
                f"the keys of profile `{holder.name}` are a session's, which cannot open another (`{stored.path}`)",
                hint="name a profile with long-term keys with -p, or as `source_profile`",
            )
        return SigningKeys(source=_file_source(stored), are_temporary=stored.token is not None)
    if may_use_environment and opened_with:
        return hidden_keys(opened_with)
    raise _no_keys(route, files, environment)


def _environment_source(environment: Mapping[str, str]) -> KeySource:
    key_id = environment[ID_VARIABLE]
    if not environment.get(KEY_VARIABLE):
        raise ProfileBroken(f"{ID_VARIABLE} is set, but {KEY_VARIABLE} is not")
    if wrong := limits.wrong_key_id(key_id):
        raise ProfileBroken(f"{ID_VARIABLE} {wrong}")
    return KeySource(kind=KeysFrom.ENVIRONMENT, access_key_id=key_id)


def _file_source(stored: CredentialFile) -> KeySource:
    assert stored.secret_id is not None
    return KeySource(kind=KeysFrom.FILE, access_key_id=stored.secret_id, path=stored.path)


def _stored(profile: TencentProfile) -> CredentialFile | None:
    """Return the profile's own keys, whole and of a kind that can be used; None where its file has none."""
    stored = profile.credential
    if stored is None:
        return None
    check_kind(stored, profile.name)
    if stored.secret_id is None and stored.secret_key is None:
        return None
    if stored.secret_id is None:
        raise ProfileBroken(f"profile `{profile.name}` has a secret key but no `secretId` (`{stored.path}`)")
    if stored.secret_key is None:
        raise ProfileBroken(f"profile `{profile.name}` has a `secretId` but no `secretKey` (`{stored.path}`)")
    if wrong := limits.wrong_key_id(stored.secret_id):
        raise ProfileBroken(f"`secretId` of profile `{profile.name}` {wrong} (`{stored.path}`)")
    return stored


def check_kind(stored: CredentialFile, name: str) -> None:
    """Raise `ProfileBroken` where tccli does not keep a user's own keys in the file, but fetches others."""
    fetched = {
        KeyKind.STATIC: "",
        KeyKind.OAUTH: "of a sign-in in the browser (`tccli auth login`)",
        KeyKind.SSO: "of single sign-on (`tccli sso login`)",
        KeyKind.INSTANCE: "of an instance's role",
    }[stored.kind]
    if fetched:
        raise ProfileBroken(
            f"the keys of profile `{name}` are {fetched}; mfacli opens MFA sessions of long-term keys only "
            f"(`type` in `{stored.path}`)",
            hint=f"`tccli configure --profile NAME` keeps long-term keys under another name; {_CONSOLE}",
        )


def _no_keys(route: TencentRoute, files: TencentFiles, environment: Mapping[str, str]) -> ProfileBroken:
    name = route.chain.holder.name
    path = files.folder / f"{name}{CREDENTIAL}"
    if environment.get(ID_VARIABLE) and not route.is_explicit:
        return ProfileBroken(
            "the keys in the environment are a session's, which cannot open another, "
            f"and profile `{name}` has no long-term keys",
            hint=f"take the session out of this shell ({_UNSET}) and set the long-term keys again; those in "
            f"`{path}` need no setting",
        )
    what = f"profile `{name}` has no keys in `{path}`"
    if environment.get(ID_VARIABLE):
        return ProfileBroken(what, hint="the environment has keys: leave out -p to use those")
    others = sorted({*files.with_credential, *files.kept} - {name})
    if others:
        return ProfileBroken(
            what,
            hint="name a profile that has them with -p, or as `source_profile`: "
            + ", ".join(f"`{other}`" for other in others[:10]),
        )
    quoted = shlex.quote(name)
    return ProfileBroken(
        what,
        hint=f"`mfacli keys add --cloud tencent -p {quoted}` keeps some in the keyring, and "
        f"`tccli configure --profile {quoted}` writes them to that file; {_CONSOLE}",
    )
