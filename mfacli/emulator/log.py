"""The decision log: what was asked by whom, what was decided and why. In memory, bounded, without any secret."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from threading import Lock

from mfacli.domain.credentials import last_four
from mfacli.emulator.contracts import Check

LONGEST = 1000


class Outcome(Enum):
    """How a request ended."""

    ALLOWED = "allowed"
    DENIED = "denied"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """One request.

    `at` is in world time. `caller` is an ARN, empty where the request was refused before it was known. `operation`
    is empty where it was not recognised. `checks` are the permissions that were asked for. `mfa` is the value of
    aws:MultiFactorAuthPresent, None where the key is absent. `outcome` is REFUSED by the gate, DENIED by a policy,
    FAILED where the call was allowed and then went wrong by itself, as with a wrong code.
    """

    at: datetime
    request_id: str
    caller: str
    access_key_id: str
    service: str
    operation: str
    checks: tuple[Check, ...]
    mfa: bool | None
    source_ip: str
    outcome: Outcome
    reason: str
    status: int

    def as_json(self) -> dict[str, object]:
        """Return the record as the control surface shows it; the key by its last four characters."""
        return {
            "at": self.at.isoformat(timespec="seconds"),
            "request_id": self.request_id,
            "caller": self.caller,
            "access_key": last_four(self.access_key_id) if self.access_key_id else "",
            "service": self.service,
            "operation": self.operation,
            "checks": [
                {
                    "action": check.action,
                    "resource": check.resource,
                    "allowed": check.allowed,
                    "reason": check.reason,
                }
                for check in self.checks
            ],
            "mfa": self.mfa,
            "source_ip": self.source_ip,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "status": self.status,
        }


def answered(status: int) -> tuple[Outcome, str]:
    """Return how a request ended that was allowed and answered with this status, and the reason for the log."""
    return (Outcome.FAILED, f"answered {status}") if status >= 400 else (Outcome.ALLOWED, "")


def truth(value: str | None) -> bool | None:
    """Return what a condition key of yes or no says; None where it is absent."""
    return None if value is None else value == "true"


class DecisionLog:
    """Keeps the latest records, and counts every operation that was asked for. Safe among threads."""

    def __init__(self, longest: int = LONGEST) -> None:
        self._lock = Lock()
        self._records: deque[DecisionRecord] = deque(maxlen=longest)
        self._counts: Counter[str] = Counter()

    def add(self, record: DecisionRecord) -> None:
        """Keep a record; the oldest gives way."""
        with self._lock:
            self._records.append(record)
            if record.operation:
                self._counts[f"{record.service}:{record.operation}"] += 1

    def records(self) -> tuple[DecisionRecord, ...]:
        """Return the records that are kept, oldest first."""
        with self._lock:
            return tuple(self._records)

    def counts(self) -> Mapping[str, int]:
        """Return how often each operation (`sts:GetSessionToken`) was asked for, whatever came of it."""
        with self._lock:
            return dict(self._counts)

    def clear(self) -> None:
        """Forget the records and begin counting anew."""
        with self._lock:
            self._records.clear()
            self._counts.clear()
