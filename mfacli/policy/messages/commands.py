"""The commands that get what was missing, written for the profile in use."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from mfacli.policy.messages.explanation import Advice


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """Writes commands. `profile` is empty where the default profile is meant."""

    profile: str = ""

    def session(self, why: str, *, options: str = "", into_shell: bool = False) -> Advice:
        """Open an MFA session."""
        command = f"mfacli session{self._profile}{options}"
        return Advice(command=f'eval "$({command} --export)"' if into_shell else command, why=why)

    def assume(self, role: str, why: str, *, options: str = "") -> Advice:
        """Assume a role with a code."""
        return Advice(
            command=f"mfacli assume {shlex.quote(role) if role else 'ROLE'}{self._profile}{options}", why=why
        )

    def unset(self, why: str) -> Advice:
        """Take a session out of the shell."""
        return Advice(command='eval "$(mfacli export --unset)"', why=why)

    def other(self, rest: str, why: str, *, with_profile: bool = False) -> Advice:
        """Run any other command of ours."""
        return Advice(command=f"mfacli {rest}{self._profile if with_profile else ''}", why=why)

    @property
    def _profile(self) -> str:
        return f" -p {shlex.quote(self.profile)}" if self.profile else ""
