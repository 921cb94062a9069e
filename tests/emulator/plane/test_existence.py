from __future__ import annotations

from pathlib import Path

import pytest

from mfacli.emulator.assembly import assemble
from mfacli.emulator.world.load import default_world, load_world
from mfacli.emulator.world.model import World
from mfacli.errors import EmulatorProblem

ACCOUNT = '[accounts.A]\nid = "111122223333"\n'
TRUST = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, '
    '"Action": "sts:AssumeRole"}]}'
)


def _world(tmp_path: Path, text: str) -> World:
    file = tmp_path / "world.toml"
    file.write_text(text)
    return load_world(file)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('users.Sofia.attached = ["arn:aws:iam::aws:policy/ReadOnlyAcces"]', "arn:aws:iam::aws:policy/ReadOnlyAcces"),
        ('groups.Admins.attached = ["arn:aws:iam::aws:policy/Nothing"]', "arn:aws:iam::aws:policy/Nothing"),
        ('users.Sofia.boundary = "arn:aws:iam::aws:policy/Nothing"', "arn:aws:iam::aws:policy/Nothing"),
        (f"roles.R = {{ trust = '{TRUST}', boundary = 'arn:aws:iam::aws:policy/X' }}", "arn:aws:iam::aws:policy/X"),
        ('tables.Books.region = "us-east-9"', "us-east-9"),
        ('instances.web.region = "zz-north-1"', "zz-north-1"),
        ('buckets.a-bucket.region = "cn-north-1"', "cn-north-1"),
    ],
)
def test_what_aws_does_not_have_is_named(tmp_path: Path, text: str, named: str) -> None:
    world = _world(tmp_path, ACCOUNT + text)

    with pytest.raises(EmulatorProblem) as caught:
        assemble(world=world)

    assert f"`{world.origin}` names the" in caught.value.message
    assert f"`{named}`, which is not there" in caught.value.message


def test_the_likely_name_is_told(tmp_path: Path) -> None:
    world = _world(tmp_path, ACCOUNT + 'users.Sofia.attached = ["arn:aws:iam::aws:policy/ReadOnlyAcces"]')

    with pytest.raises(EmulatorProblem) as caught:
        assemble(world=world)

    assert caught.value.hint == "did you mean `arn:aws:iam::aws:policy/ReadOnlyAccess`?"


def test_a_region_for_all_is_looked_at_too(tmp_path: Path) -> None:
    world = _world(tmp_path, '[settings]\nregion = "us-east-9"\n' + ACCOUNT)

    with pytest.raises(EmulatorProblem, match="the region `us-east-9`"):
        assemble(world=world)


def test_what_is_there_is_let_in(tmp_path: Path) -> None:
    text = 'users.Sofia.attached = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]\ntables.Books.region = "eu-west-1"'

    assemble(world=_world(tmp_path, ACCOUNT + text)).warm_up()
    assemble(world=default_world()).warm_up()
