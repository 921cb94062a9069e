"""Which profiles name a device, and how one comes to."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from mfacli.commands.wiring import Desk
from mfacli.domain.cloud import Cloud
from mfacli.domain.identity import Device
from mfacli.domain.plan import KeysFrom, Plan
from mfacli.errors import InputNotAllowed, MfacliError, ProfileBroken
from mfacli.profiles.aws_files import AwsFiles, read_aws_files
from mfacli.profiles.aws_profile import stored_keys


def profiles_by_serial(desk: Desk) -> Mapping[str, Sequence[str]]:
    """Return the profiles of both clouds by the serial that they name, sorted."""
    found: dict[str, set[str]] = {}
    for name, table in desk.settings.of_profiles.get(Cloud.TENCENT, {}).items():
        found.setdefault(table.mfa_serial or "", set()).add(name)
    # Read anew: the file may just have been written.
    files = read_aws_files(desk.files.paths)
    for name in files.profile_names:
        found.setdefault(_serial_in(files, name) or "", set()).add(name)
    return {serial: sorted(names) for serial, names in found.items() if serial}


def tell_of_profiles(desk: Desk, device: Device) -> None:
    """Say which profiles still name a device that has gone."""
    for name in profiles_by_serial(desk).get(device.serial, ()):
        desk.terminal.note(
            f"profile {name} still names it: `mfacli device enroll -p {shlex.quote(name)}` writes another"
        )


def name_in_profile(desk: Desk, plan: Plan, device: Device, *, is_agreed: bool) -> None:
    """Write the device into the plan's profile; another device there is replaced only where the person agrees."""
    from mfacli.output.aws_config import apply, check_config_name, naming_device

    name, path = plan.profile, desk.files.paths.config
    before = _serial_in(desk.files, name)
    if before == device.serial:
        desk.terminal.note(f"profile {name} names it already")
        return
    if plan.key_source.kind is KeysFrom.ENVIRONMENT and _has_other_keys(desk, name, plan.key_source.access_key_id):
        desk.terminal.note(
            f"profile {name} has other keys than the environment, and is left as it is; what names the device beside "
            f"those: export AWS_MFA_SERIAL={device.serial}"
        )
        return
    try:
        check_config_name(name)
        if before is not None and not is_agreed and not _agrees(desk, name, before):
            desk.terminal.note(f"profile {name} still names {before}; for the new one: mfa_serial = {device.serial}")
            return
        apply(path, naming_device(path, name, device.serial))
    except MfacliError:
        desk.terminal.warn(
            f"profile {name} does not name the device; what is missing there: mfa_serial = {device.serial}"
        )
        raise
    desk.terminal.note(f"wrote mfa_serial of profile {name} to {path}")
    variable = desk.environment.get("AWS_MFA_SERIAL", "")
    if variable not in ("", device.serial):
        desk.terminal.warn(f"AWS_MFA_SERIAL, which goes before the profile, still names {variable}")


def _agrees(desk: Desk, name: str, before: str) -> bool:
    try:
        return desk.prompter.confirm(f"profile {name} names device {before}: name the new one instead?")
    except InputNotAllowed:
        return False


def _has_other_keys(desk: Desk, profile: str, access_key_id: str) -> bool:
    """Return whether the profile has keys of its own, in the keyring or a file, that are not these."""
    try:
        stored = stored_keys(profile, desk.files)
    except ProfileBroken:
        return True
    own = {desk.files.kept.get(profile), stored.access_key_id if stored else None} - {None}
    return bool(own) and access_key_id not in own


def _serial_in(files: AwsFiles, profile: str) -> str | None:
    for sections in (files.config, files.credentials):
        section = sections.get(profile)
        found = section.settings.get("mfa_serial") if section is not None else None
        if found is not None:
            return found.text.strip()
    return None
