"""AWS' access denied texts (IAM guide, troubleshooting access denied messages), as the services print them."""

from __future__ import annotations

import re

from mfacli.policy.messages.explanation import Denial, Layer

_DENIED = re.compile(
    r"(?:User|Principal): (?P<principal>\S+) is not authorized to perform: (?P<action>[A-Za-z0-9-]+:[A-Za-z0-9]+)"
    r"(?: on resource: \"?(?P<resource>(?:user|group|role|policy) [^\s\"]+|[^\s\"]+)\"?)?(?P<rest>.*)"
)
# Bounded, as the search begins anew wherever a long text repeats the words before it.
_LAYER = r"(?P<layer>[A-Za-z -]{1,30}? ?(?:policy|boundary))"
_EXPLICIT = re.compile(rf"with an explicit deny in an? {_LAYER}(?:: (?P<policy>arn:\S+))?")
_IMPLICIT = re.compile(rf"because no {_LAYER} allows")
_ENCODED = re.compile(r"Encoded authorization failure message: ?(?P<encoded>[A-Za-z0-9_-]{20,})")
_LAYERS = {layer.value.lower(): layer for layer in Layer}
# SQS prints its actions in lower case, SNS its prefix in capitals.
_SERVICE_CASE = {"sns": "sns", "sqs": "sqs"}
_SQS_ACTIONS = (
    "AddPermission",
    "ChangeMessageVisibility",
    "CreateQueue",
    "DeleteMessage",
    "DeleteQueue",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ListQueues",
    "PurgeQueue",
    "ReceiveMessage",
    "RemovePermission",
    "SendMessage",
    "SetQueueAttributes",
)


def read_denial(text: str) -> Denial | None:
    """Return what a text says of a denied request, None where it does not speak of one."""
    found = _DENIED.search(text)
    if found is None:
        return None
    rest = found["rest"]
    explicit = _EXPLICIT.search(rest)
    implicit = _IMPLICIT.search(rest)
    named = explicit or implicit
    return Denial(
        principal=found["principal"].rstrip(".,"),
        action=_action(found["action"]),
        resource=(found["resource"] or "").rstrip(".,"),
        layer=_LAYERS.get(named["layer"].strip().lower()) if named else None,
        policy=(explicit["policy"] or "").rstrip(".,") if explicit else "",
        explicit=None if named is None else explicit is not None,
    )


def encoded_message(text: str) -> str:
    """Return EC2's encoded message in a text, empty where there is none."""
    found = _ENCODED.search(text)
    return found["encoded"] if found else ""


def _action(printed: str) -> str:
    service, _, name = printed.partition(":")
    service = _SERVICE_CASE.get(service.lower(), service)
    if service == "sqs":
        name = next((action for action in _SQS_ACTIONS if action.lower() == name.lower()), name)
    return f"{service}:{name}"
