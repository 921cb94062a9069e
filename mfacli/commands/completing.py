"""What a Tab offers: names out of the user's files, found without parsing most of them and without any SDK."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from mfacli.errors import MfacliError
from mfacli.profiles.names import device_serials, profile_names, role_names


def complete_profiles(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the profiles that begin with what was typed: those of the files, and those with keys in the keyring."""
    written = profile_names(os.environ, home=_home(), settings=_settings())
    return _fitting(sorted({*written, *_with_kept_keys()}), incomplete)


def complete_roles(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the profiles with a role that begin with what was typed."""
    return _fitting(role_names(os.environ, home=_home(), settings=_settings()), incomplete)


def complete_devices(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the devices that begin with what was typed: those that profiles name, and those with a seed here."""
    named = device_serials(os.environ, home=_home(), settings=_settings())
    return _fitting(sorted({*named, *_with_seed()}), incomplete)


def complete_files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Leave it to the shell, which knows the files."""
    return [CompletionItem(incomplete, type="file")]


def _fitting(names: Sequence[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete) and name.isprintable()]


def _home() -> str:
    return str(Path.home())


def _settings() -> str:
    from mfacli.profiles.settings import settings_path

    with suppress(MfacliError):
        return str(settings_path(os.environ))
    return ""


def _with_seed() -> Sequence[str]:
    from mfacli.store.choice import SEED_INDEX
    from mfacli.store.index import listed_names
    from mfacli.store.places import places_from

    with suppress(MfacliError):
        # Behind a `#` stands whose device it is, where the serial does not say.
        return [name.partition("#")[0] for name in listed_names(places_from(os.environ).state / SEED_INDEX)]
    return ()


def _with_kept_keys() -> Sequence[str]:
    from mfacli.store.choice import KEY_INDEX
    from mfacli.store.index import listed_names
    from mfacli.store.places import places_from

    with suppress(MfacliError):
        # Before the first colon stands the cloud.
        return [name.partition(":")[2] for name in listed_names(places_from(os.environ).state / KEY_INDEX)]
    return ()
