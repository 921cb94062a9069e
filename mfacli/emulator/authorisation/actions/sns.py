"""SNS: everything is about a topic, named outright or inside a subscription's ARN."""

from __future__ import annotations

from mfacli.emulator.authorisation.actions.needs import ANY, Call, Need

ACTIONS = {"PublishBatch": "sns:Publish"}


def needs(call: Call) -> tuple[Need, ...]:
    """Return what an SNS call takes."""
    if call.name == "Publish":
        return tuple(Need(action="sns:Publish", resource=target) for target in _targets(call))
    topic = _topic(call)
    found = [Need(action=ACTIONS.get(call.name, f"sns:{call.name}"), resource=topic)]
    if call.name == "CreateTopic" and call.has("Tags"):
        found.append(Need(action="sns:TagResource", resource=topic))
    return tuple(found)


def _targets(call: Call) -> tuple[str, ...]:
    """Return what a message is addressed to: one thing, by the rules, but whatever is named is asked for."""
    named = tuple(target for target in (call.text("TopicArn"), call.text("TargetArn")) if target is not None)
    return named if named and not call.has("PhoneNumber") else (*named, ANY)


def _topic(call: Call) -> str:
    if call.name == "CreateTopic":
        return call.arn("sns", call.text("Name") or ANY)
    if call.name == "CreatePlatformApplication":
        return ANY
    subscription = call.text("SubscriptionArn")
    if subscription is not None:
        # arn:aws:sns:REGION:ACCOUNT:TOPIC:ID
        return ":".join(subscription.split(":")[:6])
    return call.text("TopicArn", "ResourceArn") or ANY
