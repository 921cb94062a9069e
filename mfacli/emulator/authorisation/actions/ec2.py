"""EC2: every resource that a call names or makes is asked for by itself; only listing is about the account."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mfacli.emulator.authorisation.actions import ec2_types as tables
from mfacli.emulator.authorisation.actions.iam import passing
from mfacli.emulator.authorisation.actions.needs import ANY, Call, Need, as_mapping, as_mappings, as_text

_PASSES_A_ROLE = ("RunInstances", "AssociateIamInstanceProfile", "ReplaceIamInstanceProfileAssociation")
_ID_PARAMETER = re.compile(r"(?P<stem>.+?)Ids?")
_BEFORE_A_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_GROUP_BY_NAME = "GroupName"


def needs(call: Call) -> tuple[Need, ...]:
    """Return what an EC2 call takes: one need per resource, then tagging, then the role handed to an instance."""
    action = f"ec2:{call.name}"
    found = [Need(action=action, resource=_arn(call, kind, name)) for kind, name in _resources(call)]
    found = found or [Need(action=action)]
    return (*found, *_tagging(call), *_passing(call))


def _resources(call: Call) -> tuple[tuple[str, str], ...]:
    """Return type and name of everything that the call is about; nothing where it is about the account."""
    if call.name in tables.ACCOUNT_WIDE:
        return ()
    if call.name.startswith("Describe") and call.name not in tables.DESCRIBES_ONE:
        return ()
    found = dict.fromkeys(_named(call))
    types = {kind for kind, _ in found}
    unnamed = tables.UNNAMED.get(call.name, _made(call.name))
    found.update(dict.fromkeys((kind, ANY) for kind in unnamed if kind not in types))
    return tuple(found)


def _made(operation: str) -> tuple[str, ...]:
    kind = kebab(operation.removeprefix("Create"))
    return (kind,) if operation.startswith("Create") and kind in tables.TYPES else ()


def _named(call: Call) -> Iterator[tuple[str, str]]:
    for parameter in call.operation.parameters:
        if parameter not in tables.ONLY.get(call.name, (parameter,)):
            continue
        for name in call.texts(parameter):
            kind = type_of(call.name, parameter, name)
            if kind is not None:
                yield kind, name
    yield from _nested(call)
    if call.name == "RunInstances":
        yield from _launched(call)


def type_of(operation: str, parameter: str, name: str) -> str | None:
    """Return the type of resource that `parameter` names with `name`; None where it names none."""
    if parameter in tables.OF_ANY_TYPE:
        return tables.ID_PREFIXES.get(name.rpartition("-")[0], tables.UNKNOWN_TYPE)
    if parameter == _GROUP_BY_NAME and "PlacementGroup" in operation:
        return "placement-group"
    if parameter in tables.PARAMETERS:
        return tables.PARAMETERS[parameter]
    match = _ID_PARAMETER.fullmatch(parameter)
    kind = kebab(match["stem"]) if match else ""
    return kind if kind in tables.TYPES else None


def kebab(name: str) -> str:
    """Return `NetworkInterface` as ARNs write it: `network-interface`."""
    return _BEFORE_A_CAPITAL.sub("-", name).lower()


def _nested(call: Call) -> Iterator[tuple[str, str]]:
    if call.name not in tables.NESTED:
        return
    parameter, key, kind = tables.NESTED[call.name]
    for entry in (*call.mappings(parameter), call.mapping(parameter)):
        name = as_text(entry.get(key))
        if name is not None:
            yield kind, name


def _launched(call: Call) -> Iterator[tuple[str, str]]:
    """Yield what RunInstances names inside its structures."""
    for interface in call.mappings("NetworkInterfaces"):
        yield from _at(interface, "SubnetId", "subnet")
        yield from _at(interface, "NetworkInterfaceId", "network-interface")
        groups = interface.get("Groups")
        if isinstance(groups, list | tuple):
            yield from (("security-group", group) for group in groups if isinstance(group, str))
    for device in call.mappings("BlockDeviceMappings"):
        yield from _at(as_mapping(device.get("Ebs")), "SnapshotId", "snapshot")
    yield from _at(call.mapping("LaunchTemplate"), "LaunchTemplateId", "launch-template")
    if as_text(call.mapping("LaunchTemplate").get("LaunchTemplateName")) is not None:
        yield "launch-template", ANY
    yield from _at(call.mapping("Placement"), _GROUP_BY_NAME, "placement-group")


def _at(structure: Mapping[str, object], key: str, kind: str) -> Iterator[tuple[str, str]]:
    name = as_text(structure.get(key))
    if name is not None:
        yield kind, name


def _arn(call: Call, kind: str, name: str) -> str:
    if name.startswith("arn:"):
        return name
    account_id = "" if kind in tables.WITHOUT_ACCOUNT else None
    return call.arn("ec2", f"{kind}/{name}", account_id=account_id)


def _tagging(call: Call) -> Iterator[Need]:
    """Yield what tagging the new things takes: CreateTags, told which call makes them."""
    for specification in call.mappings("TagSpecifications"):
        kind = as_text(specification.get("ResourceType"))
        if kind is not None and as_mappings(specification.get("Tags")):
            facts = {"ec2:CreateAction": call.name}
            yield Need(action="ec2:CreateTags", resource=_arn(call, kind, ANY), facts=facts)


def _passing(call: Call) -> Iterator[Need]:
    """Yield the need to hand the role of an instance profile to EC2."""
    profile = call.mapping("IamInstanceProfile")
    name = as_text(profile.get("Name")) or (as_text(profile.get("Arn")) or "").rpartition("/")[2]
    if call.name in _PASSES_A_ROLE and name:
        yield passing(call.book.role_in_profile(call.account_id, name) or ANY, "ec2.amazonaws.com")
