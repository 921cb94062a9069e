"""SNS: everything is about a topic, named outright or inside a subscription's ARN."""

from __future__ import annotations

from mfacli.emulator.authorisation.actions.needs import ANY, Call, Need

ACTIONS = {"PublishBatch": "sns:Publish"}


def needs(call: Call) -> tuple[Need, ...]:
    """Return what an SNS call takes."""
    topic = _topic(call)
    found = [Need(action=ACTIONS.get(call.name, f"sns:{call.name}"), resource=topic)]
    if call.name == "CreateTopic" and call.has("Tags"):
        found.append(Need(action="sns:TagResource", resource=topic))
    return tuple(found)


def _topic(call: Call) -> str:
    if call.name == "CreateTopic":
        return call.arn("sns", call.text("Name") or ANY)
    if call.name == "CreatePlatformApplication":
        return ANY
    subscription = call.text("SubscriptionArn")
    if subscription is not None:
        # arn:aws:sns:REGION:ACCOUNT:TOPIC:ID
        return ":".join(subscription.split(":")[:6])
    return call.text("TopicArn", "TargetArn", "ResourceArn") or ANY
