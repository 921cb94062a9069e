"""Denials read from the texts in which AWS' services print them."""

from __future__ import annotations

import time

import pytest

from mfacli.policy.messages.denials import encoded_message, read_denial
from mfacli.policy.messages.explanation import Denial, Layer

USER = "arn:aws:iam::111122223333:user/Sofia"


@pytest.mark.parametrize(
    ("text", "denial"),
    [
        (
            f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::1:role/R",
            Denial(principal=USER, action="sts:AssumeRole", resource="arn:aws:iam::1:role/R"),
        ),
        (
            (
                f"User: {USER} is not authorized to perform: iam:ListUsers because no identity-based policy allows "
                "the iam:ListUsers action"
            ),
            Denial(principal=USER, action="iam:ListUsers", layer=Layer.IDENTITY, explicit=False),
        ),
        (
            (
                f'User: {USER} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b/k" with an '
                "explicit deny in a resource-based policy"
            ),
            Denial(
                principal=USER,
                action="s3:GetObject",
                resource="arn:aws:s3:::b/k",
                layer=Layer.RESOURCE,
                explicit=True,
            ),
        ),
        (
            (
                f"User: {USER} is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:e:1:q because "
                "no resource-based policy allows the sqs:sendmessage action"
            ),
            Denial(
                principal=USER,
                action="sqs:SendMessage",
                resource="arn:aws:sqs:e:1:q",
                layer=Layer.RESOURCE,
                explicit=False,
            ),
        ),
        (
            f"User: {USER} is not authorized to perform: sqs:somethingnew on resource: arn:aws:sqs:e:1:q",
            Denial(principal=USER, action="sqs:somethingnew", resource="arn:aws:sqs:e:1:q"),
        ),
        (
            (
                f"User: {USER} is not authorized to perform: SNS:Publish on resource: arn:aws:sns:e:1:t with an "
                "explicit deny in an identity-based policy: arn:aws:iam::1:policy/Force."
            ),
            Denial(
                principal=USER,
                action="sns:Publish",
                resource="arn:aws:sns:e:1:t",
                layer=Layer.IDENTITY,
                policy="arn:aws:iam::1:policy/Force",
                explicit=True,
            ),
        ),
    ],
)
def test_a_denial_is_read(text: str, denial: Denial) -> None:
    assert read_denial(text) == denial


def test_iams_old_names_of_resources_are_read_whole() -> None:
    found = read_denial(f"User: {USER} is not authorized to perform: iam:GetUser on resource: user Bob")

    assert found is not None
    assert found.resource == "user Bob"


@pytest.mark.parametrize("layer", list(Layer))
def test_every_layer_is_told_apart(layer: Layer) -> None:
    base = f"User: {USER} is not authorized to perform: s3:GetObject on resource: x"

    explicit = read_denial(f"{base} with an explicit deny in a {layer.value}")
    implicit = read_denial(f"{base} because no {layer.value} allows the s3:GetObject action")

    assert explicit is not None
    assert implicit is not None
    assert (explicit.layer, explicit.explicit) == (layer, True)
    assert (implicit.layer, implicit.explicit) == (layer, False)


def test_other_texts_are_no_denials() -> None:
    assert read_denial("Access Denied") is None


def test_the_encoded_message_is_cut_out() -> None:
    text = "You are not. Encoded authorization failure message: abc_DEF-0123456789abc more"

    assert encoded_message(text) == "abc_DEF-0123456789abc"
    assert encoded_message("You are not.") == ""


@pytest.mark.parametrize("words", ["with an explicit deny in a ", "because no ", "because no a ", "User: "])
def test_a_long_text_is_read_in_one_pass(words: str) -> None:
    start = time.process_time()

    found = read_denial("User: a is not authorized to perform: s3:GetObject " + words * 8_000)

    # Each repetition read to the end of the text would take some ten seconds.
    assert time.process_time() - start < 1
    assert found is not None
    assert found.layer is None
