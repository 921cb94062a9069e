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
SHOWN = re.sub(r"[$`\\]", "\N{REPLACEMENT CHARACTER}", NAME)
SHELLS = {
    "bash": ["--norc", "--noprofile", "-i"],
    "zsh": ["-f", "-i"],
    "fish": ["--no-config", "-i"],
}
# Other people's ways, in which the shell does look into it again.
LOOKING_AGAIN = {
    "bash": """PROMPT_COMMAND='PS1="$(mfacli status --prompt) "'""",
    "zsh": """setopt prompt_subst; precmd() { PROMPT="$(mfacli status --prompt) " }""",
}


def in_shell() -> dict[str, str]:
    """Return what a session in the shell is."""
    expiration = datetime.now(UTC) + timedelta(minutes=42, seconds=55)
    return {
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_SESSION_TOKEN": "token",
        "AWS_CREDENTIAL_EXPIRATION": expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "MFACLI_PROFILE": NAME,
    }


@pytest.mark.parametrize("name", SHELLS)
def test_the_prompt_says_whose_session_it_is_and_for_how_long(name: str, person: Person) -> None:
    shell = person.at_terminal(require_tool(name), *SHELLS[name], environment=in_shell())
    setting = person.home / "setting"
    setting.write_text(readme.block("prompt", name))

    shell.sendline(f"source {setting}")
    shell.expect(re.escape(SHOWN) + " 42m")
    shell.sendline("set -e AWS_SESSION_TOKEN" if name == "fish" else "unset AWS_SESSION_TOKEN")
    shell.sendline('echo "do"ne')
    shell.expect_exact("done")
    shell.sendline("exit")
    shell.expect_exact("exit")

    assert "42m" not in shell.before
    assert not (person.home / "owned").exists()
    shell.close(force=True)


@pytest.mark.parametrize("name", LOOKING_AGAIN)
def test_no_profiles_name_is_run_by_a_shell_that_looks_into_its_prompt_again(name: str, person: Person) -> None:
    shell = person.at_terminal(require_tool(name), *SHELLS[name], environment=in_shell())
    setting = person.home / "setting"
    setting.write_text(LOOKING_AGAIN[name] + "\n")

    shell.sendline(f"source {setting}")
    shell.expect_exact(" 42m")
    shell.close(force=True)

    assert not (person.home / "owned").exists()
