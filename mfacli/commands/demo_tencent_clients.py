"""What the demo's people of Tencent Cloud do with their keys: calls of its SDK, which knows nothing of mfacli."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from mfacli.commands.demo_cos import call_bucket
from mfacli.commands.demo_refusals import CloudRefused
from mfacli.domain.credentials import Keys
from mfacli.domain.secret import Secret

REGION = "ap-guangzhou"
WORKER, REPORTS = "ins-mfawrk02", "ins-mfarep03"
_BUCKET_HOST = f"example-1250000000.cos.{REGION}.myqcloud.com"
_VERSIONS = {"sts": "2018-08-13", "cvm": "2017-03-12"}
_CHINESE, _ENGLISH = "zh-CN", "en-US"


class TencentClients:
    """Makes calls to the emulator at `address` and to nobody else; all raise `CloudRefused`."""

    def __init__(self, address: str) -> None:
        self._address = address

    def session_token(self, keys: Keys, **parameters: object) -> Keys:
        """Return what GetSessionToken gives for parameters as they are."""
        return _keys(self._call(keys, "sts", "GetSessionToken", parameters))

    def assume(self, keys: Keys, role: str, **parameters: object) -> Keys:
        """Return what AssumeRole gives for a role, and more parameters as they are."""
        return _keys(
            self._call(keys, "sts", "AssumeRole", {"RoleArn": role, "RoleSessionName": "test", **parameters})
        )

    def look(self, keys: Keys) -> None:
        """Describe the account's instances, of which there must be one."""
        if not self._call(keys, "cvm", "DescribeInstances", {})["TotalCount"]:
            raise LookupError("no instance is there")

    def terminate(self, keys: Keys, instance: str) -> None:
        """Terminate an instance."""
        self._call(keys, "cvm", "TerminateInstances", {"InstanceIds": [instance]})

    def stop(self, keys: Keys, instance: str) -> None:
        """Stop an instance."""
        self._call(keys, "cvm", "StopInstances", {"InstanceIds": [instance]})

    def delete_bucket(self, keys: Keys) -> None:
        """Delete the documents' bucket."""
        call_bucket(self._address, "DELETE", _BUCKET_HOST, keys)

    def refused_in_words(self, keys: Keys, *, is_chinese: bool) -> None:
        """Be refused the end of an instance, in the language that is asked for."""
        language = _CHINESE if is_chinese else _ENGLISH
        try:
            self._call(keys, "cvm", "TerminateInstances", {"InstanceIds": [WORKER]}, language=language)
        except CloudRefused as refusal:
            if bool(re.search("[\u4e00-\u9fff]", str(refusal))) is not is_chinese:
                raise LookupError(f"this is not {language}: {refusal}") from refusal
            raise

    def _call(
        self, keys: Keys, service: str, action: str, parameters: Mapping[str, object], *, language: str = _ENGLISH
    ) -> Mapping[str, object]:
        from tencentcloud.common.common_client import CommonClient
        from tencentcloud.common.credential import Credential
        from tencentcloud.common.exception import TencentCloudSDKException
        from tencentcloud.common.profile.client_profile import ClientProfile
        from tencentcloud.common.profile.http_profile import HttpProfile

        token = keys.session_token.reveal() if keys.session_token else None
        credential = Credential(keys.access_key_id, keys.secret_access_key.reveal(), token)
        place = HttpProfile(protocol="http", endpoint=urlsplit(self._address).netloc)
        profile = ClientProfile(httpProfile=place, language=language)
        client = CommonClient(service, _VERSIONS[service], credential, REGION, profile)
        try:
            answer: Mapping[str, Mapping[str, object]] = client.call_json(action, dict(parameters))
        except TencentCloudSDKException as error:
            raise CloudRefused(str(error.code), str(error.message)) from error
        return answer["Response"]


def _keys(response: Mapping[str, object]) -> Keys:
    match response:
        case {"Credentials": {"TmpSecretId": str(key_id), "TmpSecretKey": str(key), "Token": str(token)}}:
            return Keys(access_key_id=key_id, secret_access_key=Secret(key), session_token=Secret(token))
    raise LookupError("the answer holds no credentials")
