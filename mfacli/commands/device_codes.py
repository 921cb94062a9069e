"""Two codes that follow each other directly, as IAM wants them for a device: made from its seed, typed, or given."""

from __future__ import annotations

from collections.abc import Sequence

from mfacli.commands.wiring import Desk
from mfacli.domain.codes import Code, CodeOrigin, Seed
from mfacli.domain.identity import Device
from mfacli.errors import CodeMalformed, UsageWrong

Pair = tuple[Code, Code]
# How far a phone's clock may be off for its codes to be known as the seed's: half an hour either way.
_SEARCHED_STEPS = 60


def derived_pair(desk: Desk, device: Device, seed: Seed) -> Pair:
    """Return the first two codes in a row that are not spent, waiting for the second where it lies ahead.

    Mostly those of the step that has just ended and of this one: the very two that a person has typed when they
    arrive. Raises `DeviceUnusable` for a seed whose codes the clouds do not take.
    """
    from mfacli.codes.derived import check_length, derive_code

    check_length(device, seed)
    step = seed.step_at(desk.clock.cloud_now())
    while any(desk.ledger.is_spent(device, derive_code(seed, each)) for each in (step - 1, step)):
        step += 1
    _wait_for_step(desk, device, seed, step)
    return derive_code(seed, step - 1), derive_code(seed, step)


def typed_pair(desk: Desk, device: Device, seed: Seed | None) -> Pair:
    """Return two codes that a person types; where the seed is known, slips are seen before anything is sent."""
    if seed is None:
        first = _ask(desk, f"first code of {device.name}: ")
        second = _ask(desk, "second code, as soon as it is shown: ")
        while second.digits == first.digits:
            desk.terminal.warn("that is the first code still")
            second = _ask(desk, "second code, as soon as it is shown: ")
        return first, second
    code, step = _recognised(desk, device, seed, f"first code of {device.name}: ")
    while True:
        if abs(step - seed.step_at(desk.clock.cloud_now())) <= 1:
            _wait_for_step(desk, device, seed, step + 1)
        following, its_step = _recognised(desk, device, seed, "second code, the one that follows: ")
        if its_step == step + 1:
            return code, following
        if its_step <= step:
            desk.terminal.warn("that is the first code still, or an earlier one")
        else:
            desk.terminal.warn("a code was missed between the two: give the one that follows this one")
            code, step = following, its_step


def given_pair(texts: Sequence[str]) -> Pair | None:
    """Return the two codes of the command line, None where it has none; raises `UsageWrong` for any other number."""
    from mfacli.codes.digits import parse_code

    if not texts:
        return None
    if len(texts) != 2:
        raise UsageWrong(f"{len(texts)} code was given, and IAM wants two that follow each other", hint=_TWICE)
    first, second = (Code(digits=parse_code(text), origin=CodeOrigin.GIVEN) for text in texts)
    if first.digits == second.digits:
        raise UsageWrong("the same code was given twice, and IAM wants two that follow each other", hint=_TWICE)
    return first, second


_TWICE = "--code 123456 --code 654321"


def mark_spent(desk: Desk, device: Device, codes: Pair) -> None:
    """Remember that the cloud has looked at both codes."""
    for code in codes:
        desk.ledger.mark_spent(device, code)


def step_of(desk: Desk, seed: Seed, code: Code) -> int | None:
    """Return the step that `code` belongs to, the nearest one to now; None where it is none of the seed's."""
    from mfacli.codes.derived import derive_code

    now = seed.step_at(desk.clock.cloud_now())
    # No step lies before the first: a period of years has few of them.
    near = sorted(range(max(0, now - _SEARCHED_STEPS), now + _SEARCHED_STEPS + 1), key=lambda step: abs(step - now))
    return next((step for step in near if derive_code(seed, step).digits == code.digits), None)


def _recognised(desk: Desk, device: Device, seed: Seed, question: str) -> tuple[Code, int]:
    while True:
        code = _ask(desk, question)
        step = step_of(desk, seed, code)
        if step is not None:
            return code, step
        desk.terminal.warn(f"this is no code of {device.name}: its seed makes others")


def _ask(desk: Desk, question: str) -> Code:
    from mfacli.codes.digits import parse_code

    while True:
        try:
            return Code(digits=parse_code(desk.prompter.ask_code(question)), origin=CodeOrigin.TYPED)
        except CodeMalformed as slip:
            desk.terminal.warn(slip.message)


def _wait_for_step(desk: Desk, device: Device, seed: Seed, step: int) -> None:
    from mfacli.codes.waiting import wait_for

    if seed.starts_at(step) > desk.clock.cloud_now():
        wait_for(
            seed.starts_at(step),
            text=f"waiting for the next code of {device.name}",
            clock=desk.clock,
            talk=desk.terminal,
        )
