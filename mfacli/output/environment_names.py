"""Which environment variables carry a session for the tools of each cloud, and which would lead those past it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from mfacli.domain.cloud import Cloud


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The variables of one cloud.

    `session_token` has more than one name where tools differ. `stale` is taken away when a session is put in, and
    `left_over` when one is taken out: other names that it may have been put in under.
    """

    access_key_id: str
    secret_access_key: str
    session_token: tuple[str, ...]
    expires_at: str
    account_id: str | None
    region: tuple[str, ...]
    stale: tuple[str, ...]
    left_over: tuple[str, ...] = ()


def names_of(cloud: Cloud) -> Names:
    """Return the variables of `cloud`."""
    match cloud:
        case Cloud.AWS:
            return _AWS
        case Cloud.TENCENT:
            return _TENCENT
        case _:
            assert_never(cloud)


_AWS = Names(
    access_key_id="AWS_ACCESS_KEY_ID",
    secret_access_key="AWS_SECRET_ACCESS_KEY",
    session_token=("AWS_SESSION_TOKEN",),
    expires_at="AWS_CREDENTIAL_EXPIRATION",
    account_id="AWS_ACCOUNT_ID",
    region=("AWS_REGION", "AWS_DEFAULT_REGION"),
    stale=(
        # What would go before the new session, or lead past it. This one above all: botocore reads it first.
        "AWS_SECURITY_TOKEN",
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_CREDENTIAL_FILE",
        "AWS_SDK_LOAD_CONFIG",
        "AWS_SESSION_EXPIRATION",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    ),
    left_over=("AWS_SECURITY_TOKEN", "AWS_SESSION_EXPIRATION"),
)

_TENCENT = Names(
    access_key_id="TENCENTCLOUD_SECRET_ID",
    secret_access_key="TENCENTCLOUD_SECRET_KEY",
    # tccli reads the first, Terraform's provider the second, and either ignores the other's.
    session_token=("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"),
    # No tool of this cloud has a name for it; prompts and scripts can use ours.
    expires_at="MFACLI_EXPIRATION",
    account_id=None,
    region=("TENCENTCLOUD_REGION",),
    stale=(
        # tccli takes role and session name from that profile's file, or from these two, and then assumes the role
        # with id and key alone: the token is dropped. A profile without `.configure` ends in a KeyError besides.
        "TCCLI_PROFILE",
        "TENCENTCLOUD_ROLE_ARN",
        "TENCENTCLOUD_ROLE_SESSION_NAME",
        # In a TKE pod, tccli asks for the pod's role before it looks at keys.
        "TKE_REGION",
        "TKE_PROVIDER_ID",
        "TKE_WEB_IDENTITY_TOKEN_FILE",
        "TKE_ROLE_ARN",
        # Terraform's provider replaces the keys by those of the machine's role,
        "TENCENTCLOUD_CAM_ROLE_NAME",
        # goes on from them to another role,
        "TENCENTCLOUD_ASSUME_ROLE_ARN",
        "TENCENTCLOUD_ASSUME_ROLE_ARNN_FILE",
        "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME",
        "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION",
        "TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID",
        "TENCENTCLOUD_ASSUME_ROLE_SOURCE_IDENTITY",
        "TENCENTCLOUD_ASSUME_ROLE_SERIAL_NUMBER",
        "TENCENTCLOUD_ASSUME_ROLE_TOKEN_CODE",
        "TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION",
        "TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN",
        "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN",
        "TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE",
        "TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID",
        # or asks for a second MFA session, which STS gives to long-term keys only.
        "TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER",
        "TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE",
        "TENCENTCLOUD_MFA_CERTIFICATION_DURATION_SECONDS",
    ),
)
