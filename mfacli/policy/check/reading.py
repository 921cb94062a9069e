"""Finds the policies in a file: one document, or an answer of a cloud's command line that holds some.

Positions always count in the file, also for a policy that stands in an answer as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from mfacli.errors import PolicyMalformed
from mfacli.policy.aws_document import compile_aws
from mfacli.policy.check.answers import embedded
from mfacli.policy.check.subject import Attachment, Subject
from mfacli.policy.document import Dialect, Document
from mfacli.policy.json_source import Json, JsonBoolean, JsonList, JsonObject, JsonText, described, read_json, shown
from mfacli.policy.statement import PolicyKind
from mfacli.policy.tencent_document import compile_tencent

_HOLDERS = ("PolicyDocument", "AssumeRolePolicyDocument", "Document", "Policy")
_OWNERS = {"UserName": Attachment.USER, "GroupName": Attachment.GROUP, "RoleName": Attachment.ROLE}
# A role's instance profiles repeat the role.
_REPEATED = ("InstanceProfileList",)
_ROLE_ACTIONS = ("sts:assumerole", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the policies in a file are, where the caller knows better than their content tells."""

    kind: PolicyKind | None = None
    dialect: Dialect | None = None
    attached_to: Attachment | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Whose policy something in an answer is."""

    owner: Attachment = Attachment.UNKNOWN
    name: str = ""


def read_subjects(text: str, *, name: str, reading: Reading) -> tuple[Subject, ...]:
    """Return the policies in a file called `name`; raises `PolicyMalformed`."""
    root = read_json(text, name=name)
    members = _members(root)
    if any(key in members for key in ("Statement", "statement", "Version", "version")):
        return (_subject(root, name=name, place=_Place(), reading=reading),)
    found = tuple(_Answer(text, root, name, reading).subjects(root, _Place()))
    if not found:
        place = root.position
        raise PolicyMalformed(
            name,
            line=place.line,
            column=place.column,
            found=described(root),
            expected="a policy document, or an answer of a command line that holds some",
        )
    return found


class _Answer:
    """The policies in one answer of a command line."""

    def __init__(self, text: str, root: Json, name: str, reading: Reading) -> None:
        self._lines = text.split("\n")
        self._name = name
        self._reading = reading
        self._attached: dict[str, set[Attachment]] = {}
        self._note_attachments(root, Attachment.UNKNOWN)

    def subjects(self, node: Json, place: _Place) -> Iterator[Subject]:
        """Yield the policies in a part of the answer, in its order."""
        if isinstance(node, JsonList):
            for item in node.items:
                yield from self.subjects(item, place)
        members = _members(node)
        if _is_old_version(members):
            return
        place = self._placed(members, place)
        for key, value in members.items():
            document = self._document(value) if key in _HOLDERS else None
            if document is not None:
                own = _Place(Attachment.UNKNOWN, f"{place.name}, trust") if key.startswith("Assume") else place
                reading = replace(self._reading, kind=PolicyKind.TRUST) if key.startswith("Assume") else self._reading
                yield _subject(document, name=self._name, place=own, reading=reading)
            elif key not in _REPEATED:
                yield from self.subjects(value, place)

    def _document(self, node: Json) -> Json | None:
        if isinstance(node, JsonText) and node.text.lstrip().startswith("{"):
            node = embedded(node, self._lines[node.position.line - 1], name=self._name)
        return node if {"Statement", "statement"} & _members(node).keys() else None

    def _placed(self, members: Mapping[str, Json], place: _Place) -> _Place:
        for key, owner in _OWNERS.items():
            named = members.get(key)
            if isinstance(named, JsonText):
                place = _Place(owner, f"{owner.value} {shown(named.text)}")
        policy = members.get("PolicyName")
        if isinstance(policy, JsonText):
            arn = members.get("Arn")
            owners = self._attached.get(arn.text, set()) if isinstance(arn, JsonText) else set()
            owner = next(iter(owners)) if len(owners) == 1 else place.owner
            place = _Place(owner, f"{place.name}, policy {shown(policy.text)}".removeprefix(", "))
        return place

    def _note_attachments(self, node: Json, owner: Attachment) -> None:
        """Learn to what managed policies are attached, from an answer about all of an account."""
        for item in node.items if isinstance(node, JsonList) else ():
            self._note_attachments(item, owner)
        members = _members(node)
        owner = next((kind for key, kind in _OWNERS.items() if key in members), owner)
        for key, value in members.items():
            if key == "PolicyArn" and isinstance(value, JsonText):
                self._attached.setdefault(value.text, set()).add(owner)
            else:
                self._note_attachments(value, owner)


def _members(node: Json) -> Mapping[str, Json]:
    return {key.text: value for key, value in node.members} if isinstance(node, JsonObject) else {}


def _is_old_version(members: Mapping[str, Json]) -> bool:
    default = members.get("IsDefaultVersion")
    return isinstance(default, JsonBoolean) and not default.value and "Document" in members


def _subject(root: Json, *, name: str, place: _Place, reading: Reading) -> Subject:
    dialect = reading.dialect or _dialect_of(root)
    kind = reading.kind or _kind_of(root, dialect)
    compiled = compile_tencent(root, kind, name) if dialect is Dialect.TENCENT else compile_aws(root, kind, name)
    version, statements = compiled
    is_of_somebody = kind in (PolicyKind.IDENTITY, PolicyKind.BOUNDARY)
    return Subject(
        document=Document(name=name, kind=kind, dialect=dialect, version=version, statements=statements),
        nodes=_statements(root),
        label=place.name,
        attached_to=(reading.attached_to or place.owner) if is_of_somebody else Attachment.UNKNOWN,
    )


def _dialect_of(root: Json) -> Dialect:
    members = _members(root)
    version = members.get("version", members.get("Version"))
    is_tencent = "statement" in members or (isinstance(version, JsonText) and version.text == "2.0")
    return Dialect.TENCENT if is_tencent else Dialect.AWS


def _kind_of(root: Json, dialect: Dialect) -> PolicyKind:
    statements = [{name.lower(): value for name, value in _members(node).items()} for node in _statements(root)]
    shared = {name.lower() for name in _members(root)} & {"principal"}
    if not shared and not any({"principal", "notprincipal"} & statement.keys() for statement in statements):
        return PolicyKind.IDENTITY
    about_roles = all(
        "resource" not in statement and "notresource" not in statement and _is_about_roles(statement, dialect)
        for statement in statements
    )
    return PolicyKind.TRUST if about_roles else PolicyKind.RESOURCE


def _is_about_roles(statement: Mapping[str, Json], dialect: Dialect) -> bool:
    action = statement.get("action")
    items = action.items if isinstance(action, JsonList) else (action,)
    texts = [item.text.lower() for item in items if isinstance(item, JsonText)]
    if dialect is Dialect.TENCENT:
        texts = [text.removeprefix("name/") for text in texts]
    return bool(texts) and all(text.startswith(_ROLE_ACTIONS) for text in texts)


def _statements(root: Json) -> tuple[JsonObject, ...]:
    members = {name.lower(): value for name, value in _members(root).items()}
    listed = members.get("statement")
    items = listed.items if isinstance(listed, JsonList) else (listed,)
    return tuple(item for item in items if isinstance(item, JsonObject))
