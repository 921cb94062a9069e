"""Reads the keys that a plan starts from, at the moment they are needed.

The keys of an instance or a container come over the network through botocore, which is the provider's business:
those are handed on to `elsewhere`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys, last_four
from mfacli.domain.plan import KeysFrom, KeySource, Plan
from mfacli.domain.secret import Secret
from mfacli.errors import ProfileBroken
from mfacli.interfaces import KeyHolder, KeyStore
from mfacli.profiles.aws_profile import StoredKeys, keys_in, stored_keys
from mfacli.profiles.ini import read_ini
from mfacli.profiles.variables import KEY_VARIABLES, TOKEN_VARIABLES, environment_token

if TYPE_CHECKING:
    from mfacli.profiles.aws_files import AwsFiles
    from mfacli.profiles.tencent_files import TencentFiles

_EXPORTED_TOKENS = {Cloud.AWS: ("AWS_SESSION_TOKEN",), Cloud.TENCENT: TOKEN_VARIABLES[Cloud.TENCENT]}
_HOMES = {Cloud.AWS: "~/.aws/credentials", Cloud.TENCENT: "~/.tccli"}


class PlanKeys:
    """A `KeyHolder` for keys in the clouds' own files, the keyring and the environment."""

    def __init__(self, *, environment: Mapping[str, str], kept: KeyStore, elsewhere: KeyHolder) -> None:
        self._environment = environment
        self._kept = kept
        self._elsewhere = elsewhere

    def keys_for(self, plan: Plan) -> Keys:
        """Return the keys; raises `ProfileBroken` where they have gone or are not those of the plan any more."""
        source = plan.key_source
        match source.kind:
            case KeysFrom.FILE:
                read = {Cloud.AWS: _from_aws_file, Cloud.TENCENT: _from_tencent_file}[plan.cloud]
                return _checked(read(source, plan.profile), plan)
            case KeysFrom.KEYRING:
                return _checked(self._from_keyring(plan), plan)
            case KeysFrom.ENVIRONMENT:
                return _checked(self._from_environment(plan.cloud), plan)
            case KeysFrom.INSTANCE | KeysFrom.CONTAINER:
                return self._elsewhere.keys_for(plan)
            case _:
                assert_never(source.kind)

    def _from_keyring(self, plan: Plan) -> Keys:
        kept = self._kept.find_keys(plan.cloud, plan.key_source.profile)
        if kept is None:
            raise ProfileBroken(f"the keys of {plan.key_source} have gone while they were needed")
        return kept

    def _from_environment(self, cloud: Cloud) -> Keys:
        token = environment_token(self._environment, cloud)
        id_variable, secret_variable = KEY_VARIABLES[cloud]
        return Keys(
            access_key_id=self._environment.get(id_variable, ""),
            secret_access_key=Secret(self._environment.get(secret_variable, "")),
            session_token=Secret(token) if token else None,
        )


def _from_aws_file(source: KeySource, profile: str) -> Keys:
    section = read_ini(Path(source.path)).get(source.section)
    if section is None or "aws_access_key_id" not in section.settings:
        raise ProfileBroken(f"the keys of {source} have gone while they were needed")
    return _keys_of(keys_in(section, profile))


def _from_tencent_file(source: KeySource, profile: str) -> Keys:
    # Nothing of Tencent Cloud's is loaded for AWS.
    from mfacli.profiles.tencent_files import read_credential
    from mfacli.profiles.tencent_keys import check_kind

    stored = read_credential(Path(source.path))
    check_kind(stored, profile)
    if stored.secret_id is None or stored.secret_key is None:
        raise ProfileBroken(f"the keys of {source} have gone while they were needed")
    return Keys(access_key_id=stored.secret_id, secret_access_key=stored.secret_key, session_token=stored.token)


def _checked(keys: Keys, plan: Plan) -> Keys:
    source = plan.key_source
    if source.kind is KeysFrom.ENVIRONMENT and keys.is_temporary and source.access_key_id != keys.access_key_id:
        tokens = " and ".join(_EXPORTED_TOKENS[plan.cloud])
        raise ProfileBroken(
            f"a new session needs the long-term keys ({last_four(source.access_key_id)}) that this shell's session "
            "was opened with, and the session has taken their place in the environment",
            hint=f"set {' and '.join(KEY_VARIABLES[plan.cloud])} again and unset {tokens}; keys in "
            f"`{_HOMES[plan.cloud]}` need no setting",
        )
    # The plan's fingerprint is made with this id: other keys must not be used under it.
    if keys.access_key_id != source.access_key_id or not keys.secret_access_key:
        raise ProfileBroken(f"the keys of {source} have changed while they were needed", hint="run the command again")
    return keys


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainKeys:
    """Keys in a file, and where in it; `keys` may be a session's."""

    source: KeySource
    keys: Keys


def plain_in_aws(name: str, files: AwsFiles) -> PlainKeys | None:
    """Return the keys that the AWS files hold for a profile, or None; raises `ProfileBroken` for half a pair."""
    stored = stored_keys(name, files)
    if stored is None:
        return None
    source = KeySource(
        kind=KeysFrom.FILE, access_key_id=stored.access_key_id, path=stored.path, section=stored.section
    )
    return PlainKeys(source=source, keys=_keys_of(stored))


def plain_in_tencent(name: str, files: TencentFiles) -> PlainKeys | None:
    """Return the keys that tccli's file of a profile holds, or None where it has none, or fetches others."""
    stored = files.credentials.get(name)
    if stored is None or stored.secret_id is None or stored.secret_key is None or stored.kind.value != "default":
        return None
    return PlainKeys(
        source=KeySource(kind=KeysFrom.FILE, access_key_id=stored.secret_id, path=stored.path),
        keys=Keys(access_key_id=stored.secret_id, secret_access_key=stored.secret_key, session_token=stored.token),
    )


def _keys_of(stored: StoredKeys) -> Keys:
    return Keys(
        access_key_id=stored.access_key_id,
        secret_access_key=stored.secret_access_key,
        session_token=stored.session_token,
    )
