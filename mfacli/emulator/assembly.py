"""Puts an emulator together: the one place of this part that names all the others."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from mfacli.domain.secret import Secret
from mfacli.emulator.app import Emulator, report
from mfacli.emulator.authorisation.authoriser import Authoriser
from mfacli.emulator.clock import EmulatorClock
from mfacli.emulator.codes import DeviceCodes
from mfacli.emulator.contracts import WorldClock
from mfacli.emulator.control import ControlSurface
from mfacli.emulator.data_plane import MotoPlane
from mfacli.emulator.devices import Device, Devices
from mfacli.emulator.directory import WorldDirectory
from mfacli.emulator.iam.answers import IamAnswers
from mfacli.emulator.iam.mfa import MfaOperations
from mfacli.emulator.iam.users import UserOperations
from mfacli.emulator.key_uses import KeyUses
from mfacli.emulator.log import DecisionLog
from mfacli.emulator.parameters import ModelCheck
from mfacli.emulator.plane.existence import refuse_inexistent
from mfacli.emulator.plane.identities import user_id
from mfacli.emulator.plane.moto_world import MotoWorld
from mfacli.emulator.plane.people import People
from mfacli.emulator.plane.things import Things
from mfacli.emulator.policy_book import WorldBook
from mfacli.emulator.seals import WorldSeal
from mfacli.emulator.signin.federation import Federation
from mfacli.emulator.signin.role_login import RoleLogin
from mfacli.emulator.signin.visits import Door
from mfacli.emulator.sts.answers import StsAnswers
from mfacli.emulator.sts.sessions import Sessions
from mfacli.emulator.subjects import AwsNeighbours, Subjects
from mfacli.emulator.summary import summary
from mfacli.emulator.tencent.authorise import Authoriser as TencentAuthoriser
from mfacli.emulator.tencent.binding import Binding
from mfacli.emulator.tencent.cam.service import cam_service
from mfacli.emulator.tencent.codes import TencentCodes
from mfacli.emulator.tencent.cos.service import Storage
from mfacli.emulator.tencent.cvm.service import cvm_service
from mfacli.emulator.tencent.directory import TownSecrets
from mfacli.emulator.tencent.neighbours import TencentNeighbours
from mfacli.emulator.tencent.side import TencentSide
from mfacli.emulator.tencent.sts.service import StsService
from mfacli.emulator.tencent.tokens import TencentTokens
from mfacli.emulator.tencent.town.founding import tencent_devices
from mfacli.emulator.tencent.town.town import Town
from mfacli.emulator.tokens import SessionTokens
from mfacli.emulator.wire.models import Models
from mfacli.emulator.world.keys import WorldKey
from mfacli.emulator.world.load import default_world
from mfacli.emulator.world.memory import RememberedClock, WorldMemory
from mfacli.emulator.world.model import Device as DeviceSpec
from mfacli.emulator.world.model import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """An emulator and what opens its control surface.

    `warm_up` loads what the first request would otherwise wait for; it may run in a thread beside the server.
    """

    emulator: Emulator
    control_token: Secret
    clock: WorldClock
    warm_up: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What an emulator's other parts are made of."""

    world: World
    key: WorldKey
    clock: WorldClock
    log: DecisionLog
    moto: MotoWorld
    people: People
    devices: Devices
    town: Town
    uses: KeyUses


def assemble(
    *,
    world: World | None = None,
    key: WorldKey | None = None,
    memory: WorldMemory | None = None,
    clock: WorldClock | None = None,
) -> Assembled:
    """Return an emulator of `world` (the documents' own) that is ready for requests.

    With the same `key` and `memory` as an earlier one it has the same secrets, knows that one's sessions, refuses
    its used codes and goes on in its time; without them it is a world of its own that nobody can come back to.
    Raises `EmulatorProblem` for a world that names what AWS does not have.
    """
    parts = _parts(
        world or default_world(),
        key or WorldKey.ephemeral(),
        memory=memory or WorldMemory(),
        clock=clock or EmulatorClock(),
    )
    _populate(parts)
    control_token = Secret(secrets.token_urlsafe(32))
    return Assembled(
        emulator=_emulator(parts, _control(parts, control_token)),
        control_token=control_token,
        clock=parts.clock,
        warm_up=parts.moto.warm_up,
    )


def _parts(world: World, key: WorldKey, *, memory: WorldMemory, clock: WorldClock) -> _Parts:
    refuse_inexistent(world)
    clock = RememberedClock(clock, memory)
    moto = MotoWorld(world, key)
    return _Parts(
        world=world,
        key=key,
        clock=clock,
        log=DecisionLog(),
        moto=moto,
        people=People(moto),
        devices=Devices(clock, memory),
        town=Town(world, key, now=clock.world_now, dated=clock.wire_now),
        uses=KeyUses(),
    )


def _control(parts: _Parts, token: Secret) -> ControlSurface:
    return ControlSurface(
        token=token,
        subjects=Subjects(AwsNeighbours(parts.world, parts.people, parts.key), TencentNeighbours(parts.town)),
        summary=partial(summary, parts.world, parts.people, parts.town, parts.devices),
        devices=parts.devices,
        clock=parts.clock,
        log=parts.log,
        reset=partial(_reset, parts),
        bind=Binding(parts.devices, key=parts.key, clock=parts.clock),
    )


def _emulator(parts: _Parts, control: ControlSurface) -> Emulator:
    world, people, devices, clock = parts.world, parts.people, parts.devices, parts.clock
    tokens, sealer = SessionTokens(parts.key), WorldSeal(parts.key, "authorization message")
    codes = DeviceCodes(devices, clock)
    book = WorldBook(world, people, Things(parts.moto), devices)
    plane = MotoPlane(parts.moto)
    sessions = Sessions(tokens=tokens, people=people, codes=codes, clock=clock, settings=world.settings)
    users, mfa = UserOperations(people, devices, parts.uses), MfaOperations(devices, people)
    models = Models()
    calls = ModelCheck(models)
    return Emulator(
        directory=_aws_keys(parts),
        authorisation=Authoriser(book=book, clock=clock, codes=codes, sealer=sealer, calls=calls, controls=book),
        answers=(StsAnswers(sessions, sealer), IamAnswers(mfa=mfa, users=users, people=people, plane=plane)),
        plane=plane,
        control=control,
        clock=clock,
        log=parts.log,
        uses=parts.uses,
        models=models,
        tencent=_tencent(parts),
        doors=_doors(parts),
    )


def _doors(parts: _Parts) -> Sequence[Door]:
    clock, log = parts.clock, parts.log
    return (
        Federation(_aws_keys(parts), clock=clock, log=log),
        RoleLogin(_tencent_keys(parts), parts.town.roles, clock=clock, log=log),
    )


def _aws_keys(parts: _Parts) -> WorldDirectory:
    tokens = SessionTokens(parts.key)
    return WorldDirectory(parts.world, key=parts.key, people=parts.people, tokens=tokens, clock=parts.clock)


def _tencent_keys(parts: _Parts) -> TownSecrets:
    return TownSecrets(parts.town, tokens=TencentTokens(parts.key), clock=parts.clock)


def _tencent(parts: _Parts) -> TencentSide:
    town, clock = parts.town, parts.clock
    sts = StsService(
        town,
        tokens=TencentTokens(parts.key),
        codes=TencentCodes(parts.devices, clock),
        clock=clock,
        chained_roles_inherit_mfa=parts.world.settings.chained_roles_inherit_mfa,
    )
    return TencentSide(
        secrets=_tencent_keys(parts),
        authoriser=TencentAuthoriser(town, clock),
        sts=sts,
        services=(cvm_service(town), cam_service(town, parts.uses)),
        cos=Storage(town),
        clock=clock,
        log=parts.log,
        uses=parts.uses,
        report=report,
    )


def _reset(parts: _Parts) -> None:
    """Bring the world back to its file. Used codes and the time stay: no reset makes a code good twice."""
    parts.moto.reset()
    parts.town.reset()
    parts.uses.clear()
    _populate(parts)


def _populate(parts: _Parts) -> None:
    """Put in place what moto has no room for: devices, and users' permissions boundaries."""
    key = parts.key
    boundaries: dict[str, str] = {}
    found: list[tuple[Device, Secret]] = []
    for account in parts.world.accounts:
        found.extend(_device(spec, key, account.id, owner_id=None) for spec in account.loose_devices)
        for user in account.users:
            owner_id = user_id(account.id, user.name)
            found.extend(_device(spec, key, account.id, owner_id=owner_id) for spec in user.devices)
            if user.boundary is not None:
                boundaries[owner_id] = user.boundary
    parts.people.replace_boundaries(boundaries)
    parts.devices.stock((*found, *tencent_devices(parts.world, key)))


def _device(spec: DeviceSpec, key: WorldKey, account_id: str, *, owner_id: str | None) -> tuple[Device, Secret]:
    serial = spec.serial(account_id)
    device = Device(
        serial=serial,
        kind=spec.kind,
        account_id=account_id,
        name=spec.name,
        owner_id=owner_id,
        clock_off=spec.clock_off,
    )
    return device, key.device_seed(serial)
