"""STS: two calls that no policy controls, and roles, whose tags and source identity take permissions of their own."""

from __future__ import annotations

from mfacli.emulator.authorisation.actions.needs import ANY, Call, Need

# GetSessionToken proves who somebody is; no policy can allow or forbid it, and so with GetCallerIdentity.
FREE = frozenset({"GetSessionToken", "GetCallerIdentity"})
_TAKES_A_ROLE = ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")


def needs(call: Call) -> tuple[Need, ...]:
    """Return what an STS call takes; nothing for those that are free."""
    if call.name in FREE:
        return ()
    resource = _resource(call)
    found = [Need(action=f"sts:{call.name}", resource=resource)]
    if call.has("Tags", "TransitiveTagKeys"):
        found.append(Need(action="sts:TagSession", resource=resource))
    if call.has("SourceIdentity") or (call.name == "AssumeRole" and call.caller.source_identity):
        found.append(Need(action="sts:SetSourceIdentity", resource=resource))
    return tuple(found)


def _resource(call: Call) -> str:
    if call.name in _TAKES_A_ROLE:
        return call.text("RoleArn") or ANY
    if call.name == "GetFederationToken":
        return call.arn("sts", f"federated-user/{call.text('Name') or ANY}", region="")
    if call.name == "AssumeRoot":
        target = call.text("TargetPrincipal") or ANY
        return target if target.startswith("arn:") else call.arn("iam", "root", region="", account_id=target)
    return ANY
