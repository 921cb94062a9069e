"""One call that asks for MFA, by Tencent Cloud's SDK as any program would make it; prints `done` or `denied` and why.

    python tencent_calls.py terminate|stop INSTANCE ENDPOINT [PROFILE]

With a profile mfacli's credential class asks for its session; without one the keys are those of the environment.
"""

from __future__ import annotations

import os
import sys

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cvm.v20170312.cvm_client import CvmClient
from tencentcloud.cvm.v20170312.models import StopInstancesRequest, TerminateInstancesRequest

from mfacli.sdk import TencentCredential


def main(story: str, instance: str, endpoint: str, profile: str | None = None) -> None:
    """Make the call of `story`."""
    place = HttpProfile(protocol="http", endpoint=endpoint.removeprefix("http://"))
    client = CvmClient(_credential(profile), "ap-guangzhou", ClientProfile(httpProfile=place))
    try:
        if story == "terminate":
            ending = TerminateInstancesRequest()
            ending.InstanceIds = [instance]
            client.TerminateInstances(ending)
        else:
            stopping = StopInstancesRequest()
            stopping.InstanceIds = [instance]
            client.StopInstances(stopping)
    except TencentCloudSDKException as refusal:
        print("denied", refusal.code)
    else:
        print("done")


def _credential(profile: str | None) -> object:
    if profile:
        return TencentCredential(profile, may_ask=False)
    names = ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN")
    return Credential(*(os.environ.get(name) for name in names))


if __name__ == "__main__":
    main(*sys.argv[1:])
