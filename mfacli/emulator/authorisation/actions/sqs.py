"""SQS: batches take the single action, and queues are named by their address."""

from __future__ import annotations

from mfacli.emulator.authorisation.actions.needs import ANY, Call, Need

ACTIONS = {
    "ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "DeleteMessageBatch": "sqs:DeleteMessage",
    "SendMessageBatch": "sqs:SendMessage",
}
# Moving messages back from a dead-letter queue also takes what the move itself does.
_OF_SOURCE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


def needs(call: Call) -> tuple[Need, ...]:
    """Return what an SQS call takes."""
    queue = _queue(call)
    found = [Need(action=ACTIONS.get(call.name, f"sqs:{call.name}"), resource=queue)]
    if call.name == "CreateQueue" and call.has("tags"):
        found.append(Need(action="sqs:TagQueue", resource=queue))
    if call.name == "StartMessageMoveTask":
        found += [Need(action=action, resource=queue) for action in _OF_SOURCE]
        destination = call.text("DestinationArn")
        if destination is not None:
            found.append(Need(action="sqs:SendMessage", resource=destination))
    return tuple(found)


def _queue(call: Call) -> str:
    url, name, source = call.text("QueueUrl"), call.text("QueueName"), call.text("SourceArn")
    if url is not None:
        return _of_address(call, url)
    if name is not None:
        return call.arn("sqs", name, account_id=call.text("QueueOwnerAWSAccountId"))
    return source or ANY


def _of_address(call: Call, url: str) -> str:
    """Return the ARN behind a queue's address, which ends in `/ACCOUNT/NAME`; a bare name is the caller's own.

    The end is the text's end, whatever is in between: that is what the data plane goes by.
    """
    if not url.startswith(("http://", "https://", "/")):
        return call.arn("sqs", url)
    *_, account_id, name = url.split("/")
    owner = account_id if account_id.isdecimal() else None
    return call.arn("sqs", name, account_id=owner)
