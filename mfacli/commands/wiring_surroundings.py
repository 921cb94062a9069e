"""What every part of the wiring stands on: how to behave, the environment, the terminal, mfacli's own folders."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from mfacli.clock import SystemClock
from mfacli.commands.options import Manners
from mfacli.commands.running import forbid_core_files
from mfacli.terminal import SilentPrompter, TtyPrompter

if TYPE_CHECKING:
    from mfacli.interfaces import Locks, Prompter
    from mfacli.profiles.settings import Settings
    from mfacli.store.places import Places


class Surroundings:
    """Where a command works. Everything is made at its first use, so that a command pays only for its own.

    `core_limit` is the limit on core files from before, for the command that `exec` becomes. `opens_windows` says
    whether a person without a terminal may be asked in a window: not where an SDK waits, with its own time-out.
    """

    opens_windows = True

    def __init__(self, *, manners: Manners, environment: Mapping[str, str]) -> None:
        # A desk is where secrets come by, and every command that handles any works at one.
        self.core_limit = forbid_core_files()
        self.manners = manners
        self.environment = environment
        self.arguments = manners.arguments
        self.clock = SystemClock()
        self.terminal = manners.terminal
        self.never_asks = manners.no_input or bool(environment.get("MFACLI_NO_INPUT"))

    @cached_property
    def prompter(self) -> Prompter:
        """Who asks the person; somebody who never does under `--no-input` and MFACLI_NO_INPUT."""
        from mfacli.windows import NearestPrompter, WindowPrompter, has_display

        if self.never_asks:
            return SilentPrompter()
        if not self.opens_windows or not has_display(self.environment):
            return TtyPrompter()
        return NearestPrompter(TtyPrompter(), WindowPrompter(self.environment))

    @cached_property
    def settings(self) -> Settings:
        """The user's own settings."""
        from mfacli.profiles.settings import read_settings

        return read_settings(self.environment)

    @cached_property
    def places(self) -> Places:
        """The directories for mfacli's own files."""
        from mfacli.store.places import places_from

        return places_from(self.environment)

    @cached_property
    def locks(self) -> Locks:
        """Locks between this user's processes."""
        from mfacli.store.locks import FileLocks

        # A program that collects what is said has nothing from it, and may take it for a failure.
        tell = self.terminal.note if self.terminal.is_watched else self.terminal.detail
        return FileLocks(self.places.lock_directories, on_wait=tell)
