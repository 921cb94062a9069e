"""Writes a session as a profile into `~/.aws/credentials`, for tools that read nothing else.

Only the keys of the session are written. A region is written where the section has none, so that the profile works
alone, and never changed: it may be the person's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from mfacli.domain.credentials import Session
from mfacli.errors import FileUnwritable, UsageWrong
from mfacli.output.ini_edit import DEFAULT, NotReadable, NotWritable, read_sections, with_section
from mfacli.output.replacing import replace_file
from mfacli.output.times import iso_utc
from mfacli.output.written import Written, broken, long_term_keys

# SDKs ignore keys they do not know; this one, first written by saml2aws, is what prompts look for.
EXPIRY_KEY = "x_security_token_expires"
# aws_security_token would be read before the new token. `expiration` is another tool's note of another session.
_GONE = ("aws_security_token", "expiration", "aws_account_id")
# With one of these beside them, SDKs would pass over the keys, or the keys would hide what the person has set up.
_HAND_WRITTEN = (
    "role_arn",
    "source_profile",
    "credential_source",
    "credential_process",
    "web_identity_token_file",
    "login_session",
)


def write_profile(path: Path, profile: str, session: Session, *, overwrite: bool = False) -> Written:
    """Write `session` as `[profile]` into the credentials file at `path`.

    Every other byte of the file stays. Long-term keys are replaced only when `overwrite`. Raises `UsageWrong`
    for a name that no section can have, `FileUnwritable` for everything else; the file is then untouched.
    """
    check_profile_name(profile)
    seen: list[bool] = []

    def change(content: bytes) -> bytes:
        changed, is_new = _changed(content, path, profile, session, overwrite=overwrite)
        seen.append(is_new)
        return changed

    target = replace_file(path, change)
    return Written(path=target, profile=profile, is_new=seen[-1])


def check_profile_name(profile: str) -> None:
    """Raise `UsageWrong` for a name that no section can have."""
    is_header = (
        bool(profile) and profile == profile.strip() and profile.isprintable() and not set(profile) & set("[]")
    )
    # Python's parser, which botocore reads with, gives [DEFAULT] to every section.
    if not is_header or profile == DEFAULT:
        raise UsageWrong(f"`{profile}` cannot be the name of a profile", hint="give letters, digits and -_.@")
    if profile.split()[0] == "profile":
        raise UsageWrong(
            f"`{profile}` begins with the word `profile`, which belongs to the config file only",
            hint=f"name it {profile.partition(' ')[2] or 'otherwise'}",
        )


def _changed(content: bytes, path: Path, profile: str, session: Session, *, overwrite: bool) -> tuple[bytes, bool]:
    """Return the new content, and whether the section is new."""
    seen: list[bool] = []

    def with_session(text: str) -> str:
        sections = read_sections(text)
        section = sections.get(profile, sections[DEFAULT])
        _check_section(section, path, profile, overwrite=overwrite)
        values = _values(session, has_region="region" in section)
        seen.append(profile not in sections)
        return with_section(text, profile, values, gone=_GONE)

    return changed_content(content, path, profile, with_session, what="the session"), seen[-1]


def changed_content(content: bytes, path: Path, section: str, change: Callable[[str], str], *, what: str) -> bytes:
    """Return the content of an AWS file after `change`; raises `FileUnwritable` where it cannot be made.

    `what` is written to `section`, for people.
    """
    try:
        return change(content.decode("utf-8")).encode("utf-8")
    except UnicodeDecodeError:
        where = ""
    except NotReadable as problem:
        where = f" (line {problem.line})"
    except NotWritable:
        raise FileUnwritable(f"{what} cannot be written to `[{section}]` in `{path}` as it is") from None
    raise broken(path, readers="AWS tools", where=where)


def _values(session: Session, *, has_region: bool) -> dict[str, str]:
    values = {
        "aws_access_key_id": session.access_key_id,
        "aws_secret_access_key": session.secret_access_key.reveal(),
        "aws_session_token": session.session_token.reveal(),
        EXPIRY_KEY: iso_utc(session.expires_at),
    }
    if session.account_id:
        values["aws_account_id"] = session.account_id
    if session.region and not has_region:
        values["region"] = session.region
    return values


def _check_section(section: Mapping[str, str], path: Path, profile: str, *, overwrite: bool) -> None:
    for key in section:
        if key in _HAND_WRITTEN or key.startswith("sso_"):
            raise FileUnwritable(
                f"`[{profile}]` in `{path}` has `{key}`, which does not go together with a session's keys",
                hint="write the session to a profile of its own",
            )
    if _has_long_term_keys(section) and not overwrite:
        raise long_term_keys(f"`[{profile}]` in `{path}`")


def _has_long_term_keys(section: Mapping[str, str]) -> bool:
    has_keys = bool(section.get("aws_access_key_id") or section.get("aws_secret_access_key"))
    has_token = bool(section.get("aws_session_token") or section.get("aws_security_token"))
    return has_keys and not has_token and not section.get("aws_access_key_id", "").startswith("ASIA")
