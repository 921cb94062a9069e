"""The names of the variables that hold keys, with each cloud."""

from __future__ import annotations

from collections.abc import Mapping

from mfacli.domain.cloud import Cloud

# Id and secret.
KEY_VARIABLES = {
    Cloud.AWS: ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    Cloud.TENCENT: ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"),
}
# In the order in which they are read: botocore reads AWS_SECURITY_TOKEN first; tccli and Terraform read one each.
TOKEN_VARIABLES = {
    Cloud.AWS: ("AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN"),
    Cloud.TENCENT: ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"),
}


def environment_token(environment: Mapping[str, str], cloud: Cloud) -> str:
    """Return the token of the cloud's session in the environment, empty where there is none."""
    return next((token for name in TOKEN_VARIABLES[cloud] if (token := environment.get(name, ""))), "")


def session_key(environment: Mapping[str, str], cloud: Cloud) -> str:
    """Return the key id of the cloud's session in the environment, empty where there is none."""
    return environment.get(KEY_VARIABLES[cloud][0], "") if environment_token(environment, cloud) else ""
