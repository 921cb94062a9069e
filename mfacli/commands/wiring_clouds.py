"""The part of the wiring that names who speaks to the clouds. Each SDK is imported at the first call of its cloud."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, assert_never

from mfacli.clock import SystemClock
from mfacli.commands.wiring_surroundings import Surroundings
from mfacli.domain.cloud import Cloud

if TYPE_CHECKING:
    from mfacli.domain.plan import Plan
    from mfacli.interfaces import DeviceRegistry, MessageDecoder, SigninProvider
    from mfacli.providers.aws import AwsProvider
    from mfacli.providers.aws_keys import AwsKeys
    from mfacli.providers.patience import Patience
    from mfacli.providers.probe import Answer
    from mfacli.providers.tencent import TencentProvider
    from mfacli.providers.tencent_keys import TencentKeys


class Clouds(Surroundings):
    """Who is asked in the clouds."""

    @cached_property
    def _aws(self) -> AwsProvider:
        from mfacli.providers.aws import AwsProvider

        return AwsProvider(clock=self.clock, talk=self.terminal)

    @cached_property
    def _tencent(self) -> TencentProvider:
        from mfacli.providers.tencent import TencentProvider

        return TencentProvider(clock=self.clock, talk=self.terminal)

    def provider_for(self, plan: Plan) -> AwsProvider | TencentProvider:
        """Return the cloud that `plan` is about, behind its SDK, which is imported at the first call."""
        match plan.cloud:
            case Cloud.AWS:
                return self._aws
            case Cloud.TENCENT:
                return self._tencent
            case _:
                assert_never(plan.cloud)

    def impatient_provider(self, plan: Plan) -> AwsProvider | TencentProvider:
        """Return the cloud that `plan` is about, for one who looks whether it answers at once."""
        from mfacli.providers.aws import AwsProvider
        from mfacli.providers.tencent import TencentProvider

        made = AwsProvider if plan.cloud is Cloud.AWS else TencentProvider
        return made(clock=self.clock, talk=self.terminal, patience=_impatience())

    def registry_beside(self, provider: AwsProvider | TencentProvider) -> DeviceRegistry | None:
        """Return who lists MFA devices of all kinds through the calls of `provider`; None where nobody does."""
        from mfacli.providers.aws import AwsProvider
        from mfacli.providers.aws_devices import AwsDevices

        return AwsDevices(provider.calls) if isinstance(provider, AwsProvider) else None

    def probe(self, cloud: Cloud, url: str) -> Answer:
        """Ask the STS at `url` without a signature."""
        from mfacli.providers.probe import probe

        return probe(cloud, url, clock=SystemClock(), talk=self.terminal, patience=_impatience())

    def signin_for(self, plan: Plan) -> SigninProvider:
        """Return who signs browsers in to the console of the cloud that `plan` is about."""
        from mfacli.providers.aws_signin import AwsSignin
        from mfacli.providers.tencent_signin import TencentSignin

        match plan.cloud:
            case Cloud.AWS:
                return AwsSignin(clock=self.clock, talk=self.terminal)
            case Cloud.TENCENT:
                return TencentSignin(clock=self.clock)
            case _:
                assert_never(plan.cloud)

    @cached_property
    def registry(self) -> DeviceRegistry:
        """Who makes and changes MFA devices; AWS alone lets programs do that."""
        from mfacli.providers.aws_devices import AwsDevices

        return AwsDevices(self._aws.calls)

    def keys_of(self, cloud: Cloud) -> AwsKeys | TencentKeys:
        """Return who lists and makes long-term keys in a cloud."""
        from mfacli.providers.aws_keys import AwsKeys
        from mfacli.providers.tencent_keys import TencentKeys

        match cloud:
            case Cloud.AWS:
                return AwsKeys(self._aws.calls)
            case Cloud.TENCENT:
                return TencentKeys(self._tencent.calls)
            case _:
                assert_never(cloud)

    @property
    def decoder(self) -> MessageDecoder:
        """Who has encoded messages of denials decoded."""
        return self._aws


def _impatience() -> Patience:
    from mfacli.providers.patience import Patience

    return Patience(connect=timedelta(seconds=3), read=timedelta(seconds=4), attempts=1)
