"""What AWS' policy for users who manage their own MFA device grants, by operation, and what a denial then means.

The statements are those of the IAM guide's page "Allows MFA-authenticated IAM users to manage their own MFA device",
with what it warns of.
"""

from __future__ import annotations

_USER = "arn:aws:iam::*:user/${aws:username}"
_OWN_USER = ("AllowManageOwnUserMFA", _USER)
# By operation: the statement that allows it, and the resource that the statement names.
GRANTS = {
    "CreateVirtualMFADevice": ("AllowManageOwnVirtualMFADevice", "arn:aws:iam::*:mfa/*"),
    "DeactivateMFADevice": _OWN_USER,
    "EnableMFADevice": _OWN_USER,
    "ListMFADevices": _OWN_USER,
    "ResyncMFADevice": _OWN_USER,
    "ListVirtualMFADevices": ("AllowViewAccountInfo", "*"),
}
GATE = "DenyAllExceptListedIfNoMFA"
NO_DELETING = (
    f"do not add `iam:DeleteVirtualMFADevice` to `{GATE}`: whoever has given no MFA must never delete a device; it "
    "is denied to those who began to enrol one and broke off, and then an administrator deletes what is left"
)
"""The document's warning about the one permission that people miss and must not have."""


def deletion_command(serial: str) -> str:
    """Return what an administrator types to delete a device that is enabled for nobody."""
    return f"aws iam delete-virtual-mfa-device --serial-number {serial or 'SERIAL'}"


def why_denied(operation: str, *, serial: str, is_explicit: bool, has_session: bool) -> str | None:
    """Return what the denial of one of IAM's operations on devices means and what mends it; None for any other.

    `is_explicit` says that a Deny refused it, `has_session` that the call was made with a session's keys.
    """
    if operation == "DeleteVirtualMFADevice":
        return f"an administrator deletes it: {deletion_command(serial)}; {NO_DELETING}"
    if operation not in GRANTS:
        return None
    statement, resource = GRANTS[operation]
    if is_explicit and not has_session:
        return (
            f"a Deny such as `{GATE}` refuses it to whoever has given no MFA: open a session with a device that is "
            "enabled already; whoever has none yet asks an administrator to take the action out of the Deny"
        )
    named = ""
    if operation == "CreateVirtualMFADevice":
        named = (
            ", some policies only on mfa/${aws:username}: the device is then named like the user (leave out --name)"
        )
    return f"`{statement}` in AWS' policy for one's own device allows `iam:{operation}` on `{resource}`{named}"
