"""One request to be decided, with its policies, from a file or from the options of `mfacli policy evaluate`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from mfacli.commands.policy_files import STDIN, read_text, shown_name
from mfacli.errors import UsageWrong

if TYPE_CHECKING:
    from mfacli.policy.cases import Case
    from mfacli.policy.document import Document, PolicyKind


class RequestOptions(TypedDict):
    """What the options that describe one request put into the command's arguments."""

    principal: str | None
    action: str | None
    resource: str | None
    resource_account: str | None
    dialect: str | None
    context: tuple[tuple[str, str], ...]
    identity_policies: tuple[str, ...]
    resource_policy: str | None
    session_policies: tuple[str, ...]
    boundaries: tuple[str, ...]
    scps: tuple[str, ...]
    rcps: tuple[str, ...]


def case_of_file(path: str, options: RequestOptions) -> Case:
    """Return the case that a file holds, which no option may add to."""
    from mfacli.policy.batch import Batch

    if any(options.values()):
        raise UsageWrong("`--file` holds the whole request; no option can add to it")
    return Batch().case(read_text(path))


def case_of_flags(options: RequestOptions) -> Case:
    """Return the case that the options make; policies are read from their files, with positions in them."""
    from mfacli.policy.access import Layers
    from mfacli.policy.batch import Batch
    from mfacli.policy.case_requests import resource_policy_kind
    from mfacli.policy.cases import Case
    from mfacli.policy.document import PolicyKind

    if not options["principal"] or not options["action"]:
        raise UsageWrong(
            "a request needs `--principal` and `--action`",
            hint="or give the whole request with `--file`, or many with `--batch`",
        )
    request = Batch().case(json.dumps(_request(options))).request
    reader = _Policies(options, request.dialect.value)
    resource = reader.read([options["resource_policy"] or ""], resource_policy_kind(request))
    return Case(
        id=None,
        request=request,
        layers=Layers(
            identity=reader.read(options["identity_policies"], PolicyKind.IDENTITY),
            resource=resource[0] if resource else None,
            session=reader.read(options["session_policies"], PolicyKind.SESSION) or None,
            boundaries=reader.read(options["boundaries"], PolicyKind.BOUNDARY),
            scps=_one_level(reader.read(options["scps"], PolicyKind.SCP)),
            rcps=_one_level(reader.read(options["rcps"], PolicyKind.RCP)),
        ),
    )


class _Policies:
    """Reads the policy files of one request."""

    def __init__(self, options: RequestOptions, dialect: str) -> None:
        lists = (*options["identity_policies"], *options["session_policies"], *options["boundaries"])
        everything = [*lists, *options["scps"], *options["rcps"], options["resource_policy"]]
        if everything.count(STDIN) > 1:
            raise UsageWrong("only one policy can come from standard input")
        self._dialect = dialect

    def read(self, paths: Sequence[str], kind: PolicyKind) -> tuple[Document, ...]:
        """Return the documents in files."""
        from mfacli.policy.document import Dialect, parse_document

        return tuple(
            parse_document(read_text(path), kind=kind, dialect=Dialect(self._dialect), name=shown_name(path))
            for path in paths
            if path
        )


def _one_level(documents: tuple[Document, ...]) -> tuple[tuple[Document, ...], ...]:
    return (documents,) if documents else ()


def _request(options: RequestOptions) -> dict[str, object]:
    """Return the request as a case without policies."""
    principal = options["principal"] or ""
    context: dict[str, list[str]] = {}
    for key, value in options["context"]:
        context.setdefault(key, []).append(value)
    request: dict[str, object] = {
        "dialect": options["dialect"] or ("tencent" if principal.startswith("qcs:") else "aws"),
        "principal": {"type": "Anonymous"} if principal == "anonymous" else principal,
        "action": options["action"],
        "resource": options["resource"] or "*",
        "context": context,
    }
    if options["resource_account"]:
        request["resourceAccount"] = options["resource_account"]
    return request
