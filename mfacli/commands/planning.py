"""From a request to its plan: which cloud it is for, and what is read for that.

Whoever has nothing of Tencent Cloud's pays for it with one look at a folder that is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from mfacli.domain.cloud import Cloud
from mfacli.domain.plan import Plan, Request
from mfacli.errors import ProfileBroken

if TYPE_CHECKING:
    from mfacli.commands.wiring import Desk
    from mfacli.profiles.aws_files import AwsFiles
    from mfacli.profiles.clouds import Places
    from mfacli.profiles.keys import PlainKeys
    from mfacli.profiles.tencent_files import TencentFiles
    from mfacli.profiles.tencent_where import TencentWhere


class Planning:
    """Decides plans at a desk; what it has read it keeps.

    `coming` are the ids of keys that are about to be put into the keyring, by cloud and profile.
    """

    def __init__(self, desk: Desk, *, coming: Mapping[Cloud, Mapping[str, str]] = MappingProxyType({})) -> None:
        self._desk = desk
        self._coming = coming

    def plan_of(self, request: Request) -> Plan:
        """Return the plan for `request`."""
        cloud = self.cloud_of(request)
        return self._plan_of_tencent(request) if cloud is Cloud.TENCENT else self._plan_of_aws(request)

    def cloud_of(self, request: Request) -> Cloud:
        """Return the cloud that `request` is for."""
        from mfacli.profiles.clouds import (
            CLOUD_VARIABLE,
            check_profiles,
            choose_cloud,
            profiles_named_by,
            said_by_request,
        )

        said = said_by_request(request)
        if said is not None:
            if self._names_a_stranger(request, said.cloud):
                check_profiles(request, said, self._known)
            return said.cloud
        if not self._tencent_is_there:
            return Cloud.AWS
        environment = self._desk.environment
        is_said = environment.get(CLOUD_VARIABLE) == Cloud.TENCENT.value
        if is_said and self._are_surely_tencents(profiles_named_by(request)):
            return Cloud.TENCENT
        return choose_cloud(request, environment, self._desk.settings, self._known)

    def held_session(self, request: Request) -> Plan | None:
        """Return whose session the profile that is meant holds in the place of long-term keys; None: none."""
        from mfacli.profiles.held import held_in_aws, held_in_tencent

        desk = self._desk
        if self.cloud_of(request) is Cloud.AWS:
            elsewhere = self._only(Cloud.TENCENT) if self._tencent_is_there else frozenset()
            return held_in_aws(request, self._aws_files, desk.environment, desk.settings, elsewhere=elsewhere)
        from mfacli.profiles.tencent_decide import names_needed

        only_aws = self._only_aws(request)
        names = names_needed(request, desk.environment, desk.settings, elsewhere=only_aws)
        files = self._tencent_files(names)
        return held_in_tencent(request, files, desk.environment, desk.settings, elsewhere=only_aws)

    def plain_keys(self, cloud: Cloud, name: str) -> PlainKeys | None:
        """Return the keys that a cloud's own files hold for a profile, or None."""
        from mfacli.profiles.keys import plain_in_aws, plain_in_tencent

        if cloud is Cloud.AWS:
            return plain_in_aws(name, self._aws_files)
        return plain_in_tencent(name, self._tencent_files([name]))

    def profiles_of(self, cloud: Cloud) -> Sequence[str]:
        """Return the names of a cloud's profiles, sorted."""
        if cloud is Cloud.AWS:
            return self._aws_files.profile_names
        from mfacli.profiles.tencent_profile import tencent_names

        return tencent_names(self._tencent_files(()), self._desk.settings) if self._tencent_is_there else ()

    def asked_for(self, request: Request, cloud: Cloud) -> str:
        """Return the name of the profile that `request` is about in a cloud, whether there is one or not."""
        from mfacli.profiles.asked import asked_profile
        from mfacli.profiles.decide import PROFILE_VARIABLES as OF_AWS
        from mfacli.profiles.tencent_decide import PROFILE_VARIABLES as OF_TENCENT

        variables = OF_AWS if cloud is Cloud.AWS else OF_TENCENT
        desk = self._desk
        return asked_profile(request, desk.environment, desk.settings, variables=variables).name

    def names_of(self, cloud: Cloud) -> tuple[str, ...]:
        """Return the names of all profiles of a cloud; raises `ProfileBroken` where its files do not parse."""
        try:
            return tuple(sorted(self._known[cloud]))
        except ProfileBroken:
            if cloud is Cloud.AWS:
                raise
            # Without AWS' files those that have keys or settings are known, and only the others are in doubt.
            return tuple(sorted(self._sure_names))

    def tencent_credentials(self, names: Iterable[str]) -> TencentFiles:
        """Return tccli's files of these profiles."""
        return self._tencent_files(names)

    @property
    def tencent_folder(self) -> Path:
        """Where tccli's files are."""
        return self._folder

    def only_tencent_has(self, name: str) -> bool:
        """Whether `name` is a profile of Tencent Cloud and none of AWS."""
        return self._tencent_is_there and name in self._only(Cloud.TENCENT)

    def _names_a_stranger(self, request: Request, cloud: Cloud) -> bool:
        """Whether a profile on the command line could be only the other cloud's."""
        if cloud is Cloud.AWS:
            return self._tencent_is_there
        from mfacli.profiles.clouds import profiles_named_by

        return not self._are_surely_tencents(profiles_named_by(request))

    def _plan_of_aws(self, request: Request) -> Plan:
        from mfacli.profiles.decide import decide

        desk = self._desk
        elsewhere = self._only(Cloud.TENCENT) if self._tencent_is_there else ()
        return decide(
            request,
            self._aws_files,
            desk.environment,
            settings=desk.settings,
            user=user_name(),
            exported=desk.exported_session(Cloud.AWS),
            elsewhere=elsewhere,
        )

    def _plan_of_tencent(self, request: Request) -> Plan:
        from mfacli.profiles.tencent_decide import decide_tencent, names_needed

        desk = self._desk
        elsewhere = self._only_aws(request)
        names = names_needed(request, desk.environment, desk.settings, elsewhere=elsewhere)
        return decide_tencent(
            request,
            self._tencent_files(names),
            desk.environment,
            settings=desk.settings,
            user=user_name(),
            exported=desk.exported_session(Cloud.TENCENT),
            elsewhere=elsewhere,
        )

    def _only_aws(self, request: Request) -> frozenset[str]:
        """Return the names that only AWS has, as far as one could be taken for a profile of Tencent Cloud."""
        from mfacli.profiles.asked import PROFILE_VARIABLE

        named = (self._desk.environment.get(PROFILE_VARIABLE), self._desk.settings.profile)
        is_not_asked = request.profile is not None or self._are_surely_tencents(named)
        return frozenset() if is_not_asked else self._only(Cloud.AWS)

    def _are_surely_tencents(self, names: Iterable[str | None]) -> bool:
        """Whether Tencent Cloud has all of `names`, whatever AWS has.

        AWS' files are not read in vain: they may be broken, which is no concern of Tencent Cloud's.
        """
        return self._sure_names.issuperset(name for name in names if name)

    def _only(self, cloud: Cloud) -> frozenset[str]:
        other = Cloud.TENCENT if cloud is Cloud.AWS else Cloud.AWS
        return frozenset(self._known[cloud]).difference(self._known[other])

    def sts_in_shell(self, profile: str | None) -> TencentWhere:
        """Return which STS of Tencent Cloud a session in this shell is of, exported for `profile` as far as known."""
        from mfacli.profiles.tencent_decide import names_needed, where_of

        desk = self._desk
        request = Request(wants_role=None, profile=profile if profile in self._sure_names else "default")
        names = names_needed(request, desk.environment, desk.settings)
        return where_of(request, self._tencent_files(names), desk.environment, desk.settings)

    def _tencent_files(self, names: Iterable[str]) -> TencentFiles:
        from mfacli.profiles.tencent_files import read_tencent_files

        files = read_tencent_files(self._folder, names, listed=self._listed)
        return replace(files, kept=self._kept)

    @cached_property
    def _folder(self) -> Path:
        from mfacli.profiles.tencent_folder import tencent_folder

        return tencent_folder(self._desk.environment, home=Path.home())

    @cached_property
    def _listed(self) -> tuple[str, ...]:
        from mfacli.profiles.tencent_folder import file_names

        return file_names(self._folder)

    @cached_property
    def _kept(self) -> dict[str, str]:
        return self._desk.kept_as(Cloud.TENCENT) | dict(self._coming.get(Cloud.TENCENT, {}))

    @cached_property
    def _aws_files(self) -> AwsFiles:
        files = self._desk.files
        return replace(files, kept={**files.kept, **self._coming.get(Cloud.AWS, {})})

    @cached_property
    def _tencent_is_there(self) -> bool:
        """Whether anything at all speaks of Tencent Cloud; where nothing does, there is nothing to choose."""
        from mfacli.profiles.clouds import speaks_of_tencent

        return bool(self._listed or self._kept) or speaks_of_tencent(self._desk.environment, self._desk.settings)

    @cached_property
    def _sure_names(self) -> frozenset[str]:
        """The profiles of Tencent Cloud, but for those of which there is only a `.configure`."""
        tables = self._desk.settings.of_profiles.get(Cloud.TENCENT, {})
        return self._tencent_files(()).with_credential.union(tables, self._kept)

    @cached_property
    def _known(self) -> dict[Cloud, Places]:
        from mfacli.profiles.aws_profile import aws_places
        from mfacli.profiles.tencent_profile import tencent_places

        try:
            of_aws = aws_places(self._aws_files)
        except ProfileBroken as problem:
            ways = [problem.hint] if problem.hint else []
            hint = "; ".join([*ways, "until it is mended, profiles of Tencent Cloud go with --cloud tencent"])
            raise ProfileBroken(problem.message, hint=hint) from problem
        of_tencent = tencent_places(self._tencent_files(()), self._desk.settings, taken=of_aws)
        return {Cloud.AWS: of_aws, Cloud.TENCENT: of_tencent}


def user_name() -> str:
    """Return the operating system's name for whoever asks; empty where it has none."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
