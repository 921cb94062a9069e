"""Encoded messages of denials, decoded by STS."""

from __future__ import annotations

from html import escape

import pytest

from mfacli.errors import CloudRefused
from mfacli.interfaces import MessageDecoder
from tests.providers.local_cloud import LocalCloud, Reply, refusal, success
from tests.providers.plans import KEYS, plan_for, provider_with

MESSAGE = '{"allowed":false}'


def test_a_message_is_sent_and_its_json_comes_back() -> None:
    answer = Reply(body=success("DecodeAuthorizationMessage", f"<DecodedMessage>{escape(MESSAGE)}</DecodedMessage>"))
    decoder: MessageDecoder = provider_with()

    with LocalCloud(answer) as cloud:
        decoded = decoder.decode_message("abc-_", plan=plan_for(cloud.url), keys=KEYS)

    assert decoded == MESSAGE
    assert cloud.asked[0].parameters["Action"] == "DecodeAuthorizationMessage"
    assert cloud.asked[0].parameters["EncodedMessage"] == "abc-_"


def test_a_message_that_sts_cannot_read_is_a_refusal() -> None:
    answer = Reply(status=400, body=refusal("InvalidAuthorizationMessageException", "Invalid encoded message"))

    with LocalCloud(answer) as cloud, pytest.raises(CloudRefused):
        provider_with().decode_message("abc", plan=plan_for(cloud.url), keys=KEYS)
