"""How many decisions the policy engine makes in a second, and how that changes with the size of policies.

Run it from the repository: `python -m tests.benchmarks.policy [--seconds 1]`. Where Node and the package
@cloud-copilot/iam-simulate are found (in IAM_SIMULATE, in node_modules here or in npm's global directory), the same
cases go through it as well, in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from mfacli.policy.access import AccessRequest, Layers
from mfacli.policy.batch import Batch
from mfacli.policy.cases import Case
from mfacli.policy.decision import decide
from mfacli.policy.document import Document, PolicyKind, parse_document
from mfacli.policy.principals import parse_principal
from tests.policy.case_files import CASES, case_files, read_case_file

DOCUMENTS = (
    "aws/mfa_protected_access.json",
    "aws/own_mfa_device.json",
    "tencent/mfa_protected_access.json",
)
WANTED_PER_SECOND = 30_000
WANTED_RATIO = 10
_PACKAGE = Path("@cloud-copilot", "iam-simulate")
_ANAYA = parse_principal("arn:aws:iam::111111111111:user/anaya")


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each measurement takes")
    seconds = parser.parse_args(arguments).seconds
    print(f"Python {platform.python_version()}, one core; decisions per second, warm\n")
    _documents(seconds)
    _many_policies(seconds)
    _growth(seconds)
    _reading(seconds)
    _beside_iam_simulate(seconds)


def _documents(seconds: float) -> None:
    print(f"the documents' policies (wanted: {WANTED_PER_SECOND:,} without proof)")
    for name in DOCUMENTS:
        print(_row(name, _decisions(_cases(CASES / name), seconds)))
    cases = [case for name in DOCUMENTS for case in _cases(CASES / name)]
    print(_row("all of them", _decisions(cases, seconds)))
    print(_row("all of them, with proof", _decisions(cases, seconds, proof=True)))


def _many_policies(seconds: float) -> None:
    print("\na principal with 50 policies of 20 statements")
    layers = Layers(identity=_policies(50, 20))
    for title, request in _requests(50, 20):
        print(_row(title, _rate(partial(decide, request, layers), 1, seconds)))


def _growth(seconds: float) -> None:
    print("\ngrowth: policies x statements, the last statement of the last policy allows")
    for policies, statements in ((1, 1), (1, 20), (1, 200), (1, 2_000), (10, 20), (50, 20), (200, 20)):
        layers = Layers(identity=_policies(policies, statements))
        (_, request), *_ = _requests(policies, statements)
        rate = _rate(partial(decide, request, layers), 1, seconds / 2)
        print(_row(f"{policies} x {statements}", rate))


def _reading(seconds: float) -> None:
    print("\ndocuments compiled per second, by their statements")
    for statements in (1, 10, 100, 1_000):
        text = _policy_text(0, statements)
        rate = _rate(partial(parse_document, text, kind=PolicyKind.IDENTITY), 1, seconds / 2)
        print(_row(f"{statements} statements, {len(text):,} characters", rate))


def _beside_iam_simulate(seconds: float) -> None:
    print(f"\nbeside iam-simulate, on the AWS cases that it takes (wanted: {WANTED_RATIO} times)")
    package, node = _find_package(), shutil.which("node")
    if package is None or node is None:
        print("  skipped: no Node, or no @cloud-copilot/iam-simulate (set IAM_SIMULATE to its directory)")
        return
    written = [case for file in case_files() if file.path.parent.name == "aws" for case in file.cases]
    ran = subprocess.run(
        [node, str(Path(__file__).with_name("iam_simulate.mjs")), str(package), str(seconds)],
        input="\n".join(case.line for case in written),
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(ran.stdout)
    taken = [(case, verdict) for case, verdict in zip(written, answer["verdicts"], strict=True) if verdict]
    same = sum(case.verdict == verdict for case, verdict in taken)
    lines = [case.line for case, _ in taken]
    batch = Batch()
    cases = [batch.case(line) for line in lines]
    theirs = answer["perSecond"]
    print(_row("iam-simulate, from objects", theirs))
    for title, ours in (
        ("mfacli, decisions alone", _decisions(cases, seconds)),
        (
            "mfacli, from lines of JSON to lines of JSON",
            _rate(lambda: _drain(batch.answers(lines)), len(lines), seconds),
        ),
    ):
        print(_row(title, ours) + f"   {ours / theirs:5.1f} times")
    print(f"  {len(taken)} of {len(written)} cases taken, {same} with the documented verdict")


def _drain(answers: Iterable[str]) -> None:
    for _ in answers:
        pass


def _find_package() -> Path | None:
    places = [Path(os.environ["IAM_SIMULATE"])] if "IAM_SIMULATE" in os.environ else []
    places.append(Path.cwd() / "node_modules" / _PACKAGE)
    npm = shutil.which("npm")
    if npm:
        ran = subprocess.run([npm, "root", "-g"], capture_output=True, text=True, check=False)
        places.append(Path(ran.stdout.strip()) / _PACKAGE)
    return next((place for place in places if (place / "package.json").is_file()), None)


def _cases(path: Path) -> list[Case]:
    batch = Batch()
    return [batch.case(case.line) for case in read_case_file(path).cases]


def _decisions(cases: Sequence[Case], seconds: float, *, proof: bool = False) -> float:
    def once() -> None:
        for case in cases:
            decide(case.request, case.layers, proof=proof)

    return _rate(once, len(cases), seconds)


def _rate(once: Callable[[], object], size: int, seconds: float) -> float:
    """Return how often per second of processor time, after one round to warm up."""
    once()
    count = 0
    start = time.process_time()
    while (elapsed := time.process_time() - start) < seconds:
        for _ in range(10):
            once()
        count += 10 * size
    return count / elapsed


def _policies(count: int, statements: int) -> tuple[Document, ...]:
    return tuple(
        parse_document(_policy_text(number, statements), kind=PolicyKind.IDENTITY, name=f"policy {number}")
        for number in range(count)
    )


def _policy_text(number: int, statements: int) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [_statement(number, each) for each in range(statements)]}
    )


def _statement(policy: int, number: int) -> dict[str, object]:
    """Make one of the shapes that real policies have: reading a service, writing, denying without MFA."""
    service = f"svc{(policy * 7 + number) % 40}"
    shapes: list[dict[str, object]] = [
        {"Effect": "Allow", "Action": [f"{service}:Get*", f"{service}:List*"], "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": f"{service}:Put{number}",
            "Resource": f"arn:aws:{service}:*:*:thing/${{aws:username}}/*",
        },
        {
            "Effect": "Deny",
            "Action": f"{service}:Delete*",
            "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        },
        {
            "Effect": "Allow",
            "Action": f"only{policy}:Use{number}",
            "Resource": [f"arn:aws:only{policy}:::thing/{number}", f"arn:aws:only{policy}:::other/*"],
        },
    ]
    return shapes[number % len(shapes) if number else 3]


def _requests(policies: int, statements: int) -> Iterator[tuple[str, AccessRequest]]:
    context = {"aws:username": "anaya", "aws:MultiFactorAuthPresent": "true"}
    last = max(number for number in range(statements) if number % 4 == 3 or number == 0)
    for title, action, resource in (
        ("allowed by the last policy", f"only{policies - 1}:Use{last}", f"arn:aws:only{policies - 1}:::thing/{last}"),
        ("asked of many statements", "svc7:GetThing", "arn:aws:svc7:::thing/1"),
        ("guarded by MFA in many", "svc9:DeleteThing", "arn:aws:svc9:::thing/1"),
        ("mentioned by none", "ec2:RunInstances", "*"),
    ):
        yield title, AccessRequest(principal=_ANAYA, action=action, resource=resource, context=context)


def _row(title: str, per_second: float) -> str:
    return f"  {title:<46}{per_second:>10,.0f}"


if __name__ == "__main__":
    main(sys.argv[1:])
