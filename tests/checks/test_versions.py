from __future__ import annotations

from dataclasses import replace

import pytest

from mfacli.checks.finding import Level
from mfacli.checks.versions import VersionFacts, check_versions, required_name

WELL = VersionFacts(
    python="3.11.7",
    mfacli="0.1.0",
    requirements=["boto3>=1.43.30", "keyring>=25.5", 'moto>=5; extra == "emulator"'],
    installed={"boto3": "1.44.0", "keyring": "25.5"},
)


def test_what_is_new_enough_is_told_in_one_line() -> None:
    (found,) = check_versions(WELL)

    assert (found.level, found.what) == (Level.GOOD, "mfacli 0.1.0, Python 3.11.7, boto3 1.44.0, keyring 25.5")


@pytest.mark.parametrize(
    ("installed", "words"),
    [
        ({"boto3": "1.43.4", "keyring": "25.5"}, "boto3 1.43.4 is older than 1.43.30"),
        ({"keyring": "25.5"}, "boto3 is not installed"),
    ],
)
def test_what_is_missing_or_too_old_is_bad(installed: dict[str, str], words: str) -> None:
    (found,) = check_versions(replace(WELL, installed=installed))

    assert (found.level, found.what, found.cure) == (Level.BAD, words, "pip install 'boto3>=1.43.30'")


@pytest.mark.parametrize("text", ["moto[ec2,s3]>=5.2.5", "moto >= 5", "moto"])
def test_a_requirement_has_a_name(text: str) -> None:
    assert required_name(text) == "moto"
