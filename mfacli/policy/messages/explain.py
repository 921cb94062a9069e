"""Explains an error message: the one way in."""

from __future__ import annotations

from mfacli.domain.cloud import Cloud
from mfacli.errors import UsageWrong
from mfacli.policy.messages.aws_cases import explain_aws
from mfacli.policy.messages.aws_denials import explain_bare_denial, explain_denial
from mfacli.policy.messages.commands import Commands
from mfacli.policy.messages.decoded import DecodedMessage, read_decoded
from mfacli.policy.messages.denials import encoded_message, read_denial
from mfacli.policy.messages.error_text import ErrorText, read_error
from mfacli.policy.messages.explanation import Denial, Explanation
from mfacli.policy.messages.tencent_cases import explain_tencent


def explain_message(raw: str, *, profile: str = "", decoded: str = "") -> Explanation:
    """Return what an error message means; raises `UsageWrong` for a text that is none, or none that is known.

    `profile` is written into the commands. `decoded` is what STS made of EC2's encoded message, where it was asked.
    """
    commands = Commands(profile=profile)
    own = read_decoded(raw)
    if own is not None:
        error = ErrorText(cloud=Cloud.AWS, code="", operation="", text="")
        return explain_denial(error, Denial(), commands, encoded="", decoded=own)
    error = read_error(raw)
    explanation = (
        explain_tencent(error, commands)
        if error.cloud is Cloud.TENCENT
        else _explain_aws(error, commands, read_decoded(decoded) if decoded else None)
    )
    if explanation is None:
        said = f"`{error.code}`" if error.code else "this message"
        raise UsageWrong(
            f"{said} is no refusal that is known here",
            hint="paste the whole line, from `An error occurred (…)` or `[TencentCloudSDKException]` on",
        )
    return explanation


def _explain_aws(error: ErrorText, commands: Commands, decoded: DecodedMessage | None) -> Explanation | None:
    encoded = encoded_message(error.text)
    denial = read_denial(error.text)
    if denial is None and (encoded or decoded is not None):
        denial = Denial()
    if denial is not None:
        return explain_denial(error, denial, commands, encoded=encoded, decoded=decoded)
    return explain_aws(error, commands) or explain_bare_denial(error, commands)
