"""Writes a session as a profile of tccli, which Terraform's provider reads as well.

A profile is two JSON files in `~/.tccli`. `NAME.credential` gets the keys. `NAME.configure` gets a region and an
output format where it has none: without them tccli refuses the profile, or fails on it when TCCLI_PROFILE names it.
tccli itself adds to that file at every start, and everything that is in either file stays.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from mfacli.domain.credentials import Session
from mfacli.errors import FileUnwritable, UsageWrong
from mfacli.output.replacing import replace_file
from mfacli.output.times import iso_utc
from mfacli.output.written import Written, broken, long_term_keys

# What tccli itself writes into a new profile; Terraform's provider has the same default.
_FIRST_REGION = "ap-guangzhou"
_SETTINGS = "_sys_param"
# An entry of ours, which tccli keeps. It has to be a text: Terraform's provider passes over everything else.
EXPIRY_KEY = "expiration"
# With one of these, tccli would get other credentials and never look at the session's, or drop its token.
_OTHER_CREDENTIALS = ("role-arn", "role-session-name", "use-cvm-role", "oauth", "sso")
_PLAIN_TYPES = (None, "", "default")
_GONE = (*_OTHER_CREDENTIALS, "type", "expiresAt")
# Services of which tccli's entries need a version beside the endpoint, for a plan that names one endpoint for all.
_VERSIONS = {"sts": "2018-08-13", "cam": "2019-01-16", "cvm": "2017-03-12"}
_NAME_BYTES = 200

_Table = dict[str, object]


def check_tccli_name(profile: str) -> None:
    """Raise `UsageWrong` for a name that cannot begin the name of a file on every system."""
    is_plain = bool(profile) and profile == profile.strip() and profile.isprintable()
    if not is_plain or profile[0] in ".-" or set(profile) & set('/\\:*?"<>|') or len(profile.encode()) > _NAME_BYTES:
        raise UsageWrong(
            f"`{profile}` cannot be the name of a tccli profile", hint="give letters, digits and -_.@, a letter first"
        )


def write_tccli_profile(
    folder: Path,
    profile: str,
    session: Session,
    *,
    source: str = "",
    endpoint_url: str | None = None,
    overwrite: bool = False,
) -> Written:
    """Write `session` as the profile `profile` into tccli's `folder`.

    What `source`, the profile that the session is for, says of endpoints, output and language is carried over where
    the new one says nothing, and `endpoint_url` in any case. Long-term keys, logins and roles are replaced only when
    `overwrite`. Raises `UsageWrong` for a name that no profile can have, `FileUnwritable` for everything else.
    """
    check_tccli_name(profile)
    credential, configure = folder / f"{profile}.credential", folder / f"{profile}.configure"
    pattern = _table(_content(folder / f"{source}.configure"), folder / f"{source}.configure") if source else {}
    seen: list[bool] = []

    def with_keys(table: _Table) -> _Table:
        if not overwrite:
            _check_credential(table, credential)
        seen.append(not table)
        return _with_session(table, session)

    # What is refused is refused before anything is written.
    with_keys(_table(_content(credential), credential))
    # The keys go last: whatever happens in between, the profile has either its old keys, or none and says so.
    change_table(configure, lambda table: _with_settings(table, pattern, session, endpoint_url))
    target = change_table(credential, with_keys)
    return Written(path=target, profile=profile, is_new=seen[-1])


def change_table(path: Path, change: Callable[[_Table], _Table]) -> Path:
    """Replace one of tccli's files by what `change` makes of its object; returns the file written."""

    def changed(content: bytes) -> bytes:
        before = _table(content, path)
        after = change(before)
        # A file that says the same already stays as it is, byte for byte.
        return content if content and after == before else _encoded(after)

    return replace_file(path, changed)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as problem:
        raise FileUnwritable(f"`{path}` could not be read: {(problem.strerror or str(problem)).lower()}") from problem


def _table(content: bytes, path: Path) -> _Table:
    if not content.strip():
        return {}
    try:
        table: object = json.loads(content)
    except (ValueError, RecursionError):
        table = None
    if not isinstance(table, dict):
        # Outside the handler: the parser's exception holds the whole text.
        raise broken(path, readers="tccli")
    return table


def _encoded(table: _Table) -> bytes:
    try:
        return _text(table, is_ascii=False).encode()
    except UnicodeEncodeError:
        # Half of a character, which JSON can name and UTF-8 cannot hold.
        return _text(table, is_ascii=True).encode()


def _text(table: _Table, *, is_ascii: bool) -> str:
    # As tccli writes it, so that its own next change is a small one.
    return json.dumps(table, indent=2, separators=(",", ": "), ensure_ascii=is_ascii, sort_keys=True)


def _check_credential(table: _Table, path: Path) -> None:
    other = next((key for key in _OTHER_CREDENTIALS if table.get(key)), None)
    if other is None and table.get("type") not in _PLAIN_TYPES:
        other = "type"
    if other is not None:
        raise FileUnwritable(
            f"`{path}` has `{other}`, which tccli would go by instead of the session",
            hint="write the session to a profile of its own, or add --overwrite to lose that",
        )
    if (table.get("secretId") or table.get("secretKey")) and not table.get("token"):
        raise long_term_keys(f"`{path}`")


def _with_session(table: _Table, session: Session) -> _Table:
    return {key: value for key, value in table.items() if key not in _GONE} | {
        "secretId": session.access_key_id,
        "secretKey": session.secret_access_key.reveal(),
        "token": session.session_token.reveal(),
        EXPIRY_KEY: iso_utc(session.expires_at),
    }


def _with_settings(table: _Table, pattern: _Table, session: Session, endpoint_url: str | None) -> _Table:
    """Return what tccli needs besides keys; a region that is there stays, it may be the person's own."""
    first: _Table = {"region": session.region or _FIRST_REGION, "output": "json"}
    # The region of `pattern` is no default for a session that has another.
    carried = {
        key: value for key, value in _inner(pattern, _SETTINGS).items() if key != "region" or not session.region
    }
    changed = {**pattern, **table, _SETTINGS: first | carried | _inner(table, _SETTINGS)}
    if endpoint_url:
        for service, version in _VERSIONS.items():
            changed[service] = {"version": version} | _inner(changed, service) | {"endpoint": endpoint_url}
    return changed


def _inner(table: _Table, key: str) -> _Table:
    value = table.get(key)
    return value if isinstance(value, dict) else {}
