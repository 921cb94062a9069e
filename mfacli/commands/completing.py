"""What a Tab offers: names out of the user's files, found without parsing them and without any SDK."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mfacli.profiles.names import profile_names, role_names


def complete_profiles(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the profiles that begin with what was typed."""
    return [name for name in profile_names(os.environ, home=str(Path.home())) if name.startswith(incomplete)]


def complete_roles(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the profiles with a role that begin with what was typed."""
    return [name for name in role_names(os.environ, home=str(Path.home())) if name.startswith(incomplete)]
