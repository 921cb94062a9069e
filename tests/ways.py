"""How the same things look in the two clouds, for the tests that hold for both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One cloud's way.

    `own` is the kind of guest that has a session, `partner` the kind that may assume the role of profile `role`.
    `opening` is what is called to open a session, and `assuming` the role.
    """

    name: str
    own: str
    partner: str
    role: str
    no_such_role: str
    key_variables: tuple[str, str]
    token_variable: str
    opening: Mapping[str, int]
    assuming: Mapping[str, int]


AWS = Way(
    name="aws",
    own="own",
    partner="partner",
    role="books",
    no_such_role="arn:aws:iam::111122223333:role/Nothing",
    key_variables=("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    token_variable="AWS_SESSION_TOKEN",
    opening={"sts:GetSessionToken": 1},
    assuming={"sts:GetSessionToken": 1, "sts:AssumeRole": 1},
)
TENCENT = Way(
    name="tencent",
    own="sub-user",
    partner="sub-user",
    role="testrole",
    no_such_role="qcs::cam::uin/87654321:roleName/Nothing",
    key_variables=("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"),
    token_variable="TENCENTCLOUD_TOKEN",
    opening={"sts:GetCallerIdentity": 1, "sts:GetSessionToken": 1},
    assuming={"sts:GetCallerIdentity": 1, "sts:AssumeRole": 1},
)
WAYS = (AWS, TENCENT)
