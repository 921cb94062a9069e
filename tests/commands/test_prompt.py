"""The README's lines for a prompt, each in its shell at a terminal."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests import readme
from tests.real import require_tool
from tests.stage import Person

pytestmark = pytest.mark.real

# The profile's name would be more than a name to a shell that looked into it again.
NAME = "50%~$(touch owned)`touch owned`\\\\w"
SHELLS = {
    "bash": ["--norc", "--noprofile", "-i"],
    "zsh": ["-f", "-i"],
    "fish": ["--no-config", "-i"],
}


@pytest.mark.parametrize("name", SHELLS)
def test_the_prompt_says_whose_session_it_is_and_for_how_long(name: str, person: Person) -> None:
    expiration = datetime.now(UTC) + timedelta(minutes=42, seconds=55)
    session = {
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_SESSION_TOKEN": "token",
        "AWS_CREDENTIAL_EXPIRATION": expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "MFACLI_PROFILE": NAME,
    }
    shell = person.at_terminal(require_tool(name), *SHELLS[name], environment=session)
    setting = person.home / "setting"
    setting.write_text(readme.block("prompt", name))

    shell.sendline(f"source {setting}")
    shell.expect(re.escape(NAME) + " 42m")
    shell.sendline("set -e AWS_SESSION_TOKEN" if name == "fish" else "unset AWS_SESSION_TOKEN")
    shell.sendline('echo "do"ne')
    shell.expect_exact("done")
    shell.sendline("exit")
    shell.expect_exact("exit")

    assert "42m" not in shell.before
    assert not (person.home / "owned").exists()
    shell.close(force=True)
