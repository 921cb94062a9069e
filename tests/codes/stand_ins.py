"""The small real things that code sources are tested with: a person, an ear, a drawer of seeds, a ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from mfacli.domain.codes import Code, CodeOrigin, Seed
from mfacli.domain.identity import Device
from mfacli.domain.secret import Secret
from mfacli.errors import Cancelled, CodeRejected, KeyringUnusable

RICHARDS = Device(serial="arn:aws:iam::111122223333:mfa/richard")
SOFIAS = Device(serial="GAHT12345678")
REFUSED = CodeRejected("refused")


class Ear:
    """A `Talk` that keeps what is said, and never waits."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.warnings: list[str] = []
        self.details: list[str] = []
        self.countdowns: list[tuple[str, datetime]] = []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def detail(self, text: str) -> None:
        self.details.append(text)

    def countdown(self, text: str, until: datetime) -> None:
        self.countdowns.append((text, until))

    @property
    def heard(self) -> str:
        return "\n".join([*self.notes, *self.warnings, *self.details])


class Person:
    """A `Prompter` who types the given answers, then gives up."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.questions: list[str] = []

    def ask_code(self, question: str) -> str:
        self.questions.append(question)
        if not self.answers:
            raise Cancelled("cancelled")
        return self.answers.pop(0)

    def ask_secret(self, question: str) -> Secret:
        return Secret(self.ask_code(question))

    def choose(self, question: str, choices: Sequence[str]) -> int:
        return choices.index(self.ask_code(question))

    def confirm(self, question: str) -> bool:
        return self.ask_code(question) == "yes"


class Drawer:
    """A `SeedStore` in memory, which may be stuck."""

    def __init__(self, *, stuck: KeyringUnusable | None = None) -> None:
        self.seeds: dict[str, Seed] = {}
        self.stuck = stuck
        self.times_opened = 0

    def find_seed(self, device: Device) -> Seed | None:
        self.times_opened += 1
        if self.stuck:
            raise self.stuck
        return self.seeds.get(device.serial)

    def make_ready(self, device: Device) -> None:
        if self.stuck:
            raise self.stuck

    def keep_seed(self, device: Device, seed: Seed) -> str:
        self.seeds[device.serial] = seed
        return "drawer"

    def forget_seed(self, device: Device) -> bool:
        return self.seeds.pop(device.serial, None) is not None

    def devices_with_seed(self) -> Sequence[Device]:
        return [Device(serial=serial) for serial in self.seeds]


class Slate:
    """A `CodeLedger` in memory."""

    def __init__(self) -> None:
        self.uses: list[tuple[str, str, int | None]] = []

    def is_spent(self, device: Device, code: Code) -> bool:
        return any(
            serial == device.serial and (digits == code.digits.reveal() or (step is not None and step == code.step))
            for serial, digits, step in self.uses
        )

    def mark_spent(self, device: Device, code: Code) -> None:
        self.uses.append((device.serial, code.digits.reveal(), code.step))


def typed(digits: str) -> Code:
    return Code(digits=Secret(digits), origin=CodeOrigin.TYPED)


def at(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, tz=UTC)
