"""Callers are told from their names."""

from __future__ import annotations

import pytest

from mfacli.errors import ExitCode, RequestMalformed
from mfacli.policy.principals import Grant, PrincipalKind, PrincipalSet, parse_principal
from mfacli.policy.tencent_names import owner_of, parse_tencent_principal, split_resource


@pytest.mark.parametrize(
    ("name", "kind", "account"),
    [
        ("arn:aws:iam::111111111111:user/anaya", PrincipalKind.USER, "111111111111"),
        ("arn:aws-cn:iam::111111111111:user/team/anaya", PrincipalKind.USER, "111111111111"),
        ("arn:aws:iam::111111111111:root", PrincipalKind.ROOT, "111111111111"),
        ("arn:aws:sts::111111111111:assumed-role/app/one", PrincipalKind.ROLE_SESSION, "111111111111"),
        ("arn:aws:sts::111111111111:federated-user/bob", PrincipalKind.FEDERATED_USER, "111111111111"),
        ("arn:aws:iam::111111111111:saml-provider/idp", PrincipalKind.IDENTITY_PROVIDER, "111111111111"),
        ("arn:aws:iam::111111111111:oidc-provider/example.com/id", PrincipalKind.IDENTITY_PROVIDER, "111111111111"),
        ("cognito-identity.amazonaws.com", PrincipalKind.IDENTITY_PROVIDER, ""),
        ("ec2.amazonaws.com", PrincipalKind.SERVICE, ""),
        ("s3.ap-east-1.amazonaws.com", PrincipalKind.SERVICE, ""),
    ],
)
def test_an_aws_caller_is_told_from_its_name(name: str, kind: PrincipalKind, account: str) -> None:
    principal = parse_principal(name)

    assert (principal.kind, principal.account_id, principal.arn) == (kind, account, name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "*",
        "anaya",
        "111111111111",
        "arn:aws:iam::111111111111:user/",
        "arn:aws:iam::111111111111:user",
        "arn:aws:iam::111111111111:role/app",
        "arn:aws:iam::111111111111:group/admins",
        "arn:aws:iam:eu-west-1:111111111111:user/anaya",
        "arn:aws:iam::1111:user/anaya",
        "arn:aws:sts::111111111111:assumed-role/app",
        "arn:aws:sts::111111111111:assumed-role/app/",
        "arn:aws:sts::111111111111:assumed-role/team/app/one",
        "arn:aws:sts::111111111111:federated-user/",
        "arn:aws:s3:::bucket",
    ],
)
def test_what_cannot_call_is_refused(name: str) -> None:
    with pytest.raises(RequestMalformed) as caught:
        parse_principal(name)

    assert caught.value.message == f"`{name}` is no caller"
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    "role_arn",
    [
        "",
        "x",
        "arn:aws:iam::222222222222:role/app",
        "arn:aws:iam::111111111111:role/x",
        "arn:aws:iam::111111111111:user/app",
    ],
)
def test_a_role_arn_that_is_not_the_sessions_is_ignored(role_arn: str) -> None:
    principal = parse_principal("arn:aws:sts::111111111111:assumed-role/app/one", role_arn=role_arn)

    assert (principal.role_name, principal.role_arn) == ("app", "")


def test_a_user_has_no_role() -> None:
    principal = parse_principal("arn:aws:iam::111111111111:user/app", role_arn="arn:aws:iam::111111111111:role/app")

    assert principal.role_arn == ""


def test_everyone_is_spared_where_everyone_is_listed() -> None:
    assert PrincipalSet(everyone=True).spares(parse_principal("arn:aws:iam::111111111111:user/a"))


def test_an_identity_provider_of_an_account_is_not_the_account() -> None:
    provider = parse_principal("arn:aws:iam::111111111111:saml-provider/idp")

    assert PrincipalSet(accounts=frozenset({"111111111111"})).grant_to(provider) is Grant.NONE


@pytest.mark.parametrize(
    ("name", "kind", "goes_by"),
    [
        ("qcs::cam::uin/100:uin/200", PrincipalKind.USER, "qcs::cam::uin/100:uin/200"),
        ("qcs::cam:100:uin/200", PrincipalKind.USER, "qcs::cam::uin/100:uin/200"),
        ("qcs::cam::uin/100:uin/100", PrincipalKind.ROOT, "qcs::cam::uin/100:root"),
        ("qcs::cam:100:uin/100", PrincipalKind.ROOT, "qcs::cam::uin/100:root"),
        ("qcs::cam::uin/100:root", PrincipalKind.ROOT, "qcs::cam::uin/100:root"),
        ("qcs::cam::uin/100:roleName/app", PrincipalKind.ROLE_SESSION, "roleName/app"),
        ("qcs::cam::uin/100:role/4611", PrincipalKind.ROLE_SESSION, "role/4611"),
        (
            "qcs::cam::uin/100:role/tencentcloudServiceRoleName/x",
            PrincipalKind.ROLE_SESSION,
            "role/tencentcloudServiceRoleName/x",
        ),
        ("qcs::sts:100:assumed-role/4611", PrincipalKind.ROLE_SESSION, "role/4611"),
        ("qcs::sts:100:assumed-role/4611/one", PrincipalKind.ROLE_SESSION, "role/4611"),
        ("qcs::sts:100:federated-user/200", PrincipalKind.FEDERATED_USER, "qcs::sts:100:federated-user/200"),
        (
            "qcs::cam::uin/100:saml-provider/idp",
            PrincipalKind.IDENTITY_PROVIDER,
            "qcs::cam::uin/100:saml-provider/idp",
        ),
        ("cvm.qcloud.com", PrincipalKind.SERVICE, "cvm.qcloud.com"),
        ("qcs::cam::anonymous:anonymous", PrincipalKind.ANONYMOUS, "qcs::cam::anonymous:anonymous"),
    ],
)
def test_a_tencent_caller_is_told_from_its_name(name: str, kind: PrincipalKind, goes_by: str) -> None:
    principal = parse_tencent_principal(name)

    assert principal.kind is kind
    assert goes_by in (principal.arn, principal.role_name)


@pytest.mark.parametrize(
    "name", ["", "*", "100", "qcs::cam::uin/100:*", "qcs::cam::uin/100:groupid/1", "qcs::cvm::uin/1:x/y"]
)
def test_what_cannot_call_tencent_is_refused(name: str) -> None:
    with pytest.raises(RequestMalformed, match="is no caller"):
        parse_tencent_principal(name)


@pytest.mark.parametrize(
    "text", ["*", "qcs::cvm:::", "qcs:1:cvm:::x", "arn:aws:s3:::b", "qcs::cvm::100:x", "qcs::cvm::uin/x:y"]
)
def test_what_has_not_six_good_segments_is_no_resource(text: str) -> None:
    assert split_resource(text) is None
    assert owner_of(text) == ""


def test_a_resources_name_tells_its_owner_by_uin_only() -> None:
    assert owner_of("qcs::cvm:ap-guangzhou:uin/100:instance/i") == "100"
    assert owner_of("qcs::cos:ap-guangzhou:uid/125:b-125/k") == ""
