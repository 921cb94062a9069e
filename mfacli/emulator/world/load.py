"""Reads a world file, TOML or JSON, into a `World`; refuses what could not exist, naming file and place."""

from __future__ import annotations

import json
import tomllib
from importlib import resources
from pathlib import Path

from mfacli.emulator.world.agree import refuse_contradictions
from mfacli.emulator.world.model import Account, PolicyText, Settings, World
from mfacli.emulator.world.people import NAME, POLICY_NAME, group, loose_device, managed_policy, role, user
from mfacli.emulator.world.places import Place
from mfacli.emulator.world.tencent_agree import refuse_tencent_contradictions
from mfacli.emulator.world.tencent_load import LABEL, tencent_account
from mfacli.emulator.world.things import REGION, buckets, instances, queues, tables, topics
from mfacli.errors import EmulatorProblem
from mfacli.policy.document import PolicyKind

DEFAULT_WORLD = "documents.toml"


def load_world(path: Path) -> World:
    """Return the world that `path` describes: JSON where the name ends in `.json`, TOML otherwise."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise EmulatorProblem(f"the world file `{path}` cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise EmulatorProblem(f"the world file `{path}` is not UTF-8") from error
    return _parse(text, file=str(path), is_json=path.suffix == ".json")


def default_world() -> World:
    """Return the documents' own world."""
    file = resources.files("mfacli.emulator.world") / DEFAULT_WORLD
    return _parse(file.read_text(encoding="utf-8"), file=DEFAULT_WORLD, is_json=False)


def _parse(text: str, *, file: str, is_json: bool) -> World:
    try:
        values: object = _json(text) if is_json else tomllib.loads(text)
    except RecursionError as error:
        raise EmulatorProblem(f"`{file}` is nested too deeply") from error
    except UnicodeEncodeError as error:
        raise EmulatorProblem(f"`{file}` has half a character (a lone surrogate) in it") from error
    except ValueError as error:
        raise EmulatorProblem(f"`{file}` is no {'JSON' if is_json else 'TOML'}: {error}") from error
    if not isinstance(values, dict):
        raise EmulatorProblem(f"`{file}` must be an object with `accounts`")
    return _world(Place(values, file=file), file=file)


def _json(text: str) -> object:
    """Return what a JSON text holds; half a character, which JSON alone can name, is a UnicodeEncodeError."""
    values: object = json.loads(text)
    json.dumps(values, ensure_ascii=False).encode()
    return values


def _world(place: Place, *, file: str) -> World:
    settings = _settings(place.table("settings"))
    accounts = tuple(_account(label, inner, settings) for label, inner in place.tables("accounts", name_pattern=NAME))
    tencent = tuple(tencent_account(label, inner) for label, inner in place.tables("tencent", name_pattern=LABEL))
    if not accounts and not tencent:
        raise place.problem("has no accounts")
    place.finish()
    world = World(origin=file, accounts=accounts, settings=settings, tencent_accounts=tencent)
    refuse_contradictions(world)
    refuse_tencent_contradictions(world)
    return world


def _settings(place: Place) -> Settings:
    standard = Settings()
    settings = Settings(
        region=place.text("region", standard.region, pattern=REGION),
        chained_roles_inherit_mfa=place.flag("chained_roles_inherit_mfa"),
    )
    place.finish()
    return settings


def _account(label: str, place: Place, settings: Settings) -> Account:
    region = settings.region
    account = Account(
        label=label,
        id=place.text("id", pattern=r"\d{12}"),
        has_root_key=place.flag("root_key"),
        users=tuple(user(name, inner) for name, inner in place.tables("users", name_pattern=NAME)),
        groups=tuple(group(name, inner) for name, inner in place.tables("groups", name_pattern=NAME)),
        roles=tuple(role(name, inner) for name, inner in place.tables("roles", name_pattern=NAME)),
        policies=tuple(
            managed_policy(name, inner) for name, inner in place.tables("policies", name_pattern=POLICY_NAME)
        ),
        tables=tables(place, region),
        buckets=buckets(place, region),
        queues=queues(place, region),
        topics=topics(place, region),
        instances=instances(place, region),
        loose_devices=tuple(loose_device(inner) for inner in place.listed("devices")),
        service_control=_levels(place, "service_control", PolicyKind.SCP),
        resource_control=_levels(place, "resource_control", PolicyKind.RCP),
    )
    place.finish()
    return account


def _levels(place: Place, key: str, kind: PolicyKind) -> tuple[tuple[PolicyText, ...], ...]:
    return tuple(level.own_policies(kind) for level in place.listed(key))
