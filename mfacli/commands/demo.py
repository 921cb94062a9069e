"""`mfacli demo`: the documents' MFA scenarios, played for real, each held against what must happen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

import click

from mfacli.commands.emulator import require_extra
from mfacli.commands.options import common, json_option
from mfacli.commands.values import CLOUD
from mfacli.commands.wiring import Desk, desk_of
from mfacli.domain.cloud import Cloud
from mfacli.errors import ExitCode

if TYPE_CHECKING:
    from mfacli.commands.demo_scenes import Scene
    from mfacli.commands.demo_stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A scene and what happened; `message` is what was said to whoever was refused, empty where nobody was."""

    scene: Scene
    actual: str
    message: str = ""

    @property
    def is_as_expected(self) -> bool:
        """Whether it happened as it must."""
        return self.actual == self.scene.expected


@click.command(name="demo", epilog="README, section Try it without a cloud account, goes on from here.")
@click.option("--cloud", type=CLOUD, help="Play this cloud's scenes only.")
@json_option
@common
@click.pass_context
def command(ctx: click.Context, /, cloud: Cloud | None, as_json: bool) -> int:
    """Play the documents' MFA scenarios on the emulator: who tries what, what must happen, what happened.

    It starts an emulator of its own, runs the real commands and the clouds' SDKs against it in a HOME of its own, and
    leaves nothing behind. The exit code is 0 only if every scene went as it must.
    """
    require_extra()
    from mfacli.commands.demo_stage import stage

    desk = desk_of(ctx)
    began = monotonic()
    with stage() as opened:
        played = [*_shown(desk, opened, scenes_of(cloud), quiet=as_json)]
    seconds = monotonic() - began
    wrong = [one for one in played if not one.is_as_expected]
    if as_json:
        desk.terminal.answer(_document(played, seconds))
    verdict = "all as they must be" if not wrong else f"{len(wrong)} not as they must be"
    desk.terminal.note(f"{len(played)} scenes in {seconds:.1f} s, {verdict}")
    return ExitCode.UNFORESEEN if wrong else ExitCode.DONE


def scenes_of(cloud: Cloud | None) -> tuple[Scene, ...]:
    """Return the scenes of a cloud, or of both."""
    from mfacli.commands.demo_scenes import AWS_SCENES
    from mfacli.commands.demo_tencent_scenes import TENCENT_SCENES

    tables = {Cloud.AWS: AWS_SCENES, Cloud.TENCENT: TENCENT_SCENES}
    return tables[cloud] if cloud else (*AWS_SCENES, *TENCENT_SCENES)


def _shown(desk: Desk, opened: Stage, scenes: tuple[Scene, ...], *, quiet: bool) -> Iterator[Played]:
    """Play scenes; each is shown as soon as it is over, under the title of its story."""
    story = ""
    for scene in scenes:
        if not quiet and scene.story != story:
            desk.terminal.answer(f"\n{scene.story}")
        story = scene.story
        played = _play(scene, opened)
        if not quiet:
            desk.terminal.answer(_line(played))
        yield played


def _play(scene: Scene, opened: Stage) -> Played:
    from botocore.exceptions import ClientError

    from mfacli.commands.demo_refusals import CloudRefused
    from mfacli.commands.demo_scenes import DONE, denied, exits
    from mfacli.commands.demo_stage import CommandRefused

    try:
        scene.act(opened)
    except ClientError as refusal:
        error = refusal.response["Error"]
        return Played(scene=scene, actual=denied(error["Code"]), message=error.get("Message", ""))
    except CloudRefused as refusal:
        return Played(scene=scene, actual=denied(refusal.code), message=str(refusal))
    except CommandRefused as refusal:
        return Played(scene=scene, actual=exits(refusal.code), message=str(refusal))
    except Exception as problem:  # noqa: BLE001 - whatever else happens is not what must happen, and is shown
        return Played(scene=scene, actual="failed", message=f"{type(problem).__name__}: {problem}")
    return Played(scene=scene, actual=DONE)


def _line(played: Played) -> str:
    scene = played.scene
    mark = "ok  " if played.is_as_expected else "FAIL"
    line = f"  {mark}  {scene.who:<15} {scene.what:<40} {scene.by:<40} {played.actual}"
    if played.is_as_expected:
        return line
    wrong = f"{line} (must be {scene.expected})"
    return f"{wrong}\n        {played.message}" if played.message else wrong


def _document(played: list[Played], seconds: float) -> str:
    rows = [
        {
            "story": one.scene.story,
            "who": one.scene.who,
            "tries": one.scene.what,
            "by": one.scene.by,
            "expected": one.scene.expected,
            "actual": one.actual,
            "message": one.message,
            "ok": one.is_as_expected,
        }
        for one in played
    ]
    document = {"version": 1, "ok": all(one.is_as_expected for one in played), "seconds": round(seconds, 1)}
    return json.dumps(document | {"rows": rows}, indent=2)
