"""Profiles that hold a session in the place of long-term keys, as `--write-profile` writes them.

Nothing can be opened with those, but they can be asked who they are. Pure: values in, values out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import KeysFrom, KeySource, NoDevice, Plan, Request
from mfacli.profiles.asked import Asked, asked_profile
from mfacli.profiles.aws_files import AwsFiles
from mfacli.profiles.aws_where import Where, where
from mfacli.profiles.settings import Settings
from mfacli.profiles.tencent_files import TencentFiles
from mfacli.profiles.tencent_where import TencentWhere, tencent_where
from mfacli.profiles.variables import KEY_VARIABLES


def held_in_aws(
    request: Request,
    files: AwsFiles,
    environment: Mapping[str, str],
    settings: Settings,
    *,
    elsewhere: Collection[str] = (),
) -> Plan | None:
    """Return whose session the profile that is meant holds, as a plan without a step; None where it holds none."""
    from mfacli.profiles.aws_chain import AwsBook
    from mfacli.profiles.aws_profile import stored_keys
    from mfacli.profiles.decide import PROFILE_VARIABLES
    from mfacli.profiles.route import follow

    asked = asked_profile(request, environment, settings, variables=PROFILE_VARIABLES, elsewhere=elsewhere)
    # What the keyring has goes before the files.
    stored = stored_keys(asked.name, files) if asked.name not in files.kept else None
    if stored is None or not stored.is_temporary or _are_keys_before(asked, environment, Cloud.AWS):
        return None
    chain = follow(asked.name, AwsBook(files=files))
    if chain.roles:
        return None
    source = KeySource(
        kind=KeysFrom.FILE, access_key_id=stored.access_key_id, path=stored.path, section=stored.section
    )
    return _plan(Cloud.AWS, asked, source, where(request, chain, [], None, environment))


def held_in_tencent(
    request: Request,
    files: TencentFiles,
    environment: Mapping[str, str],
    settings: Settings,
    *,
    elsewhere: Collection[str] = (),
) -> Plan | None:
    """Return the same for a profile of Tencent Cloud."""
    from mfacli.profiles.route import follow
    from mfacli.profiles.tencent_decide import PROFILE_VARIABLES
    from mfacli.profiles.tencent_profile import TencentBook

    asked = asked_profile(request, environment, settings, variables=PROFILE_VARIABLES, elsewhere=elsewhere)
    book = TencentBook(files=files, settings=settings)
    if not book.has(asked.name) or asked.name in files.kept or _are_keys_before(asked, environment, Cloud.TENCENT):
        return None
    stored = book.read(asked.name).credential
    if stored is None or stored.token is None or stored.secret_id is None:
        return None
    chain = follow(asked.name, book)
    if chain.roles:
        return None
    source = KeySource(kind=KeysFrom.FILE, access_key_id=stored.secret_id, path=stored.path)
    return _plan(Cloud.TENCENT, asked, source, tencent_where(request, chain, environment))


def _plan(cloud: Cloud, asked: Asked, source: KeySource, place: Where | TencentWhere) -> Plan:
    return Plan(
        cloud=cloud,
        profile=asked.name,
        key_source=source,
        device=NoDevice(),
        steps=(),
        region=place.region,
        sts_region=place.sts_region,
        endpoint_url=place.endpoint_url,
        partition="" if isinstance(place, TencentWhere) else place.partition,
    )


def _are_keys_before(asked: Asked, environment: Mapping[str, str], cloud: Cloud) -> bool:
    """Whether keys in the environment go before the profile's, which nobody has named on the command line."""
    return not asked.is_flag and bool(environment.get(KEY_VARIABLES[cloud][0]))
