"""AWS policies are refused whole, at the first place that is wrong."""

from __future__ import annotations

import json

import pytest

from mfacli.errors import PolicyMalformed
from mfacli.policy.document import Dialect, PolicyKind, parse_document

OK = '"Effect":"Allow","Action":"s3:GetObject","Resource":"*"'
TO_ALL = f'"Principal":"*",{OK}'
TRUST = '"Effect":"Allow","Action":"sts:AssumeRole"'


def _refusal(text: str, kind: PolicyKind = PolicyKind.IDENTITY) -> PolicyMalformed:
    with pytest.raises(PolicyMalformed) as caught:
        parse_document(text, kind=kind, name="p")
    return caught.value


def _statement(inside: str) -> str:
    return f'{{"Version":"2012-10-17","Statement":[{{{inside}}}]}}'


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("[]", "an empty list", "a policy, which is an object"),
        ('"x"', "the text `x`", "a policy, which is an object"),
        ("{}", "a policy without `Statement`", "`Statement`"),
        ('{"version":"2012-10-17"}', "`version`", "`Version`, `Id` or `Statement`"),
        ('{"Version":"2020-01-01"}', "`2020-01-01`", "`2012-10-17` or `2008-10-17`"),
        ('{"Version":2012}', "the number `2012`", "text for `Version`"),
        ('{"Id":1,"Statement":[]}', "the number `1`", "text for `Id`"),
        ('{"Statement":[]}', "an empty list", "at least one value for `Statement`"),
        ('{"Statement":"x"}', "the text `x`", "a statement, which is an object"),
        ('{"Statement":[[]]}', "an empty list", "a statement, which is an object"),
        ('{"Statement":null}', "`null`", "a statement, which is an object"),
        (_statement(""), "a statement without `Effect`", "`Effect`"),
        (_statement('"effect":"Allow"'), "`effect`", "`Sid`, `Effect`, `Principal`, `NotPrincipal`"),
        (_statement('"Effect":"allow","Action":"*","Resource":"*"'), "`allow`", "`Allow` or `Deny`"),
        (_statement('"Effect":true,"Action":"*","Resource":"*"'), "`true`", "text for `Effect`"),
        (_statement('"Effect":"Allow","Resource":"*"'), "a statement without `Action` or `NotAction`", "`Action` or"),
        (
            _statement('"Effect":"Allow","Action":"*","NotAction":"s3:*","Resource":"*"'),
            "both `Action` and `NotAction`",
            "only one of them",
        ),
        (_statement('"Effect":"Allow","Action":[],"Resource":"*"'), "an empty list", "at least one value"),
        (_statement('"Effect":"Allow","Action":[1],"Resource":"*"'), "the number `1`", "text for `Action`"),
        (_statement('"Effect":"Allow","Action":{},"Resource":"*"'), "an empty object", "text for `Action`"),
        (
            _statement('"Effect":"Allow","Action":"GetObject","Resource":"*"'),
            "`GetObject`",
            "`service:action` or `*`",
        ),
        (_statement('"Effect":"Allow","Action":"s*:Get","Resource":"*"'), "`s*:Get`", "`service:action` or `*`"),
        (_statement('"Effect":"Allow","Action":"s3:","Resource":"*"'), "`s3:`", "`service:action` or `*`"),
        (
            _statement('"Effect":"Allow","Action":"s3:Get Object","Resource":"*"'),
            "`s3:Get Object`",
            "`service:action`",
        ),
        (
            _statement('"Effect":"Allow","Action":"*"'),
            "a statement without `Resource` or `NotResource`",
            "`Resource`",
        ),
        (
            _statement('"Effect":"Allow","Action":"*","Resource":"*","NotResource":"*"'),
            "both `Resource` and `NotResource`",
            "only one of them",
        ),
        (_statement('"Effect":"Allow","Action":"*","Resource":"bucket"'), "`bucket`", "an ARN or `*`"),
        (_statement('"Effect":"Allow","Action":"*","Resource":""'), "``", "an ARN or `*`"),
        (
            _statement('"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::${aws:PrincipalAccount}:user/a"'),
            "`arn:aws:iam::${aws:PrincipalAccount}:user/a`",
            "variables only behind the fifth colon",
        ),
        (_statement(f'{OK},"Sid":"two words"'), "`two words`", "a Sid of letters and digits"),
        (_statement(f'{OK},"Sid":1'), "the number `1`", "text for `Sid`"),
        (_statement(f'{OK},"Sid":"A"}},{{{OK},"Sid":"A"'), "the Sid `A` again", "each Sid once"),
        (_statement(f'{OK},"Principal":"*"'), "`Principal`", "none in an identity-based policy"),
        (_statement(f'{OK},"NotPrincipal":"*"'), "`NotPrincipal`", "none in an identity-based policy"),
        (_statement(f'{OK},"Condition":[]'), "an empty list", "conditions, which are an object"),
        (_statement(f'{OK},"Condition":{{"Bool":"x"}}'), "the text `x`", "an object of keys and values"),
        (_statement(f'{OK},"Condition":{{"Bool":{{"k":"x"}}}}'), "`k`", "a condition key such as `aws:SourceIp`"),
        (_statement(f'{OK},"Condition":{{"Bool":{{"aws:k":null}}}}'), "`null`", "a text, number or boolean"),
        (
            _statement(f'{OK},"Condition":{{"Bool":{{"aws:k":[]}}}}'),
            "an empty list",
            "at least one value for `aws:k`",
        ),
        (_statement(f'{OK},"Condition":{{"Bool":{{"aws:k":[["x"]]}}}}'), "a list", "a text, number or boolean"),
        (
            _statement(f'{OK},"Condition":{{"StringEqual":{{"aws:k":"x"}}}}'),
            "`StringEqual`",
            "`StringEquals`, with no more",
        ),
        (_statement(f'{OK},"Condition":{{"Sometimes":{{}}}}'), "`Sometimes`", "a condition operator such as"),
        (_statement(f'{OK},"Condition":{{"NullIfExists":{{"aws:k":"true"}}}}'), "`NullIfExists`", "not for `Null`"),
        (_statement(f'{OK},"Condition":{{"ForAllValues:Null":{{"aws:k":"true"}}}}'), "`ForAllValues:Null`", "`Null`"),
        (
            _statement(f'{OK},"Condition":{{"ForEach:Bool":{{"aws:k":"true"}}}}'),
            "`ForEach:Bool`",
            "`Bool`, with no more",
        ),
        (_statement(f'{OK},"Effect":"Deny"'), "`Effect` a second time", "each name once"),
        (
            _statement(f'{OK},"Condition":{{"Bool":{{"aws:k":"a","aws:k":"b"}}}}'),
            "`aws:k` a second time",
            "each name",
        ),
    ],
)
def test_an_identity_policy_is_refused(text: str, found: str, expected: str) -> None:
    refusal = _refusal(text)

    assert found in refusal.found
    assert expected in refusal.expected


@pytest.mark.parametrize(
    ("kind", "inside", "found", "expected"),
    [
        (
            PolicyKind.RESOURCE,
            OK,
            "a statement without `Principal` or `NotPrincipal`",
            "`Principal` or `NotPrincipal`",
        ),
        (PolicyKind.RESOURCE, f'{TO_ALL},"NotPrincipal":"*"', "both `Principal` and `NotPrincipal`", "only one"),
        (PolicyKind.RESOURCE, f'"Principal":"x",{OK}', "the text `x`", '`"*"` or an object'),
        (PolicyKind.RESOURCE, f'"Principal":{{}},{OK}', "an empty object", "at least one principal"),
        (PolicyKind.RESOURCE, f'"Principal":{{"aws":"*"}},{OK}', "`aws`", "`AWS`, `Service`, `Federated` or"),
        (PolicyKind.RESOURCE, f'"Principal":{{"AWS":[]}},{OK}', "an empty list", "at least one value for `AWS`"),
        (
            PolicyKind.RESOURCE,
            f'"Principal":{{"AWS":123456789012}},{OK}',
            "the number `123456789012`",
            "text for `AWS`",
        ),
        (PolicyKind.RESOURCE, f'"Principal":{{"AWS":"ACCOUNT-B-ID"}},{OK}', "`ACCOUNT-B-ID`", "an account id"),
        (
            PolicyKind.RESOURCE,
            f'"Principal":{{"AWS":"arn:aws:iam::1:user/a"}},{OK}',
            "`arn:aws:iam::1:user/a`",
            "an account",
        ),
        (
            PolicyKind.RESOURCE,
            f'"Principal":{{"AWS":"arn:aws:iam::111111111111:user/*"}},{OK}',
            "`arn:aws:iam::111111111111:user/*`",
            "without wildcards",
        ),
        (
            PolicyKind.RESOURCE,
            f'"Principal":{{"AWS":"arn:aws:iam::111111111111:group/admins"}},{OK}',
            "`arn:aws:iam::111111111111:group/admins`",
            "without wildcards",
        ),
        (PolicyKind.RESOURCE, f'"Principal":{{"Service":"*"}},{OK}', "`*`", "a service such as"),
        (PolicyKind.RESOURCE, f'"Principal":{{"Federated":"*"}},{OK}', "`*`", "an identity provider's ARN"),
        (PolicyKind.RESOURCE, f'"Principal":{{"CanonicalUser":"x"}},{OK}', "`x`", "a canonical user id"),
        (PolicyKind.TRUST, TRUST, "a statement without `Principal`", "`Principal`"),
        (PolicyKind.TRUST, f'"NotPrincipal":"*",{TRUST}', "`NotPrincipal`", "none in a role trust policy"),
        (PolicyKind.TRUST, f'"Principal":"*",{TRUST},"Resource":"*"', "`Resource`", "none in a role trust policy"),
        (
            PolicyKind.TRUST,
            f'"Principal":"*",{TRUST},"NotResource":"*"',
            "`NotResource`",
            "none in a role trust policy",
        ),
        (PolicyKind.TRUST, '"Principal":"*","Effect":"Allow","Action":"s3:GetObject"', "`s3:GetObject`", "of `sts:`"),
        (PolicyKind.SESSION, TO_ALL, "`Principal`", "none in a session policy"),
        (PolicyKind.BOUNDARY, TO_ALL, "`Principal`", "none in a permissions boundary"),
        (PolicyKind.SCP, TO_ALL, "`Principal`", "none in a service control policy"),
        (PolicyKind.RCP, OK, "a statement without `Principal`", "`Principal`"),
        (PolicyKind.RCP, f'"NotPrincipal":"*",{OK}', "`NotPrincipal`", "none in a resource control policy"),
        (PolicyKind.RCP, f'"Principal":{{"AWS":"111111111111"}},{OK}', "a Principal that names some", '`"*"`'),
    ],
)
def test_a_policy_is_refused_for_its_kind(kind: PolicyKind, inside: str, found: str, expected: str) -> None:
    refusal = _refusal(_statement(inside), kind)

    assert found in refusal.found
    assert expected in refusal.expected


@pytest.mark.parametrize(
    ("kind", "inside"),
    [
        (PolicyKind.RESOURCE, f'{TO_ALL},"Sid":"Enable IAM User Permissions"'),
        (PolicyKind.RESOURCE, '"Principal":"*","Effect":"Allow","Action":"ecr:BatchGetImage"'),
        (
            PolicyKind.RESOURCE,
            '"Principal":"*","Effect":"Allow","Action":"execute-api:Invoke","Resource":"execute-api:/*"',
        ),
        (PolicyKind.RESOURCE, f'"Principal":{{"AWS":"AIDACKCEVSQ6C2EXAMPLE"}},{OK}'),
        (PolicyKind.RESOURCE, f'"Principal":{{"AWS":"arn:aws:iam::cloudfront:user/Origin Access Identity E1"}},{OK}'),
        (PolicyKind.RESOURCE, f'"NotPrincipal":{{"Service":["s3.amazonaws.com"]}},{OK}'),
        (
            PolicyKind.TRUST,
            f'"Principal":{{"AWS":"111111111111"}},{TRUST},"Sid":""}},{{"Principal":"*",{TRUST},"Sid":""',
        ),
        (PolicyKind.RCP, TO_ALL),
        (PolicyKind.SCP, f'{OK},"Condition":{{}}'),
        (PolicyKind.SESSION, f'{OK},"Condition":{{"Bool":{{}}}}'),
        (PolicyKind.IDENTITY, f'{OK},"Condition":{{"foranyvalue:stringlikeifexists":{{"aws:k":["a",1,true]}}}}'),
    ],
)
def test_unusual_but_valid_policies_are_taken(kind: PolicyKind, inside: str) -> None:
    document = parse_document(_statement(inside), kind=kind)

    assert document.kind is kind
    assert document.dialect is Dialect.AWS
    assert document.statements


def test_a_refusal_points_at_the_place() -> None:
    text = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": ["s3:Get*", "s3Put"], "Resource": "*"}],
        },
        indent=2,
    )

    refusal = _refusal(text)

    assert text.splitlines()[refusal.line - 1][refusal.column - 1 :] == '"s3Put"'


def test_every_element_keeps_its_position_and_its_values_as_written() -> None:
    text = _statement('"Sid":"One",' + OK + ',"Condition":{"Bool":{"aws:SecureTransport":true}}')

    (statement,) = parse_document(text, kind=PolicyKind.IDENTITY, name="p").statements

    assert statement.reference.policy == "p"
    assert statement.reference.sid == "One"
    assert statement.resource is not None
    named = {
        statement.action.name: statement.action.position,
        statement.resource.name: statement.resource.position,
        statement.conditions[0].key: statement.conditions[0].position,
    }
    assert all(text[place.column - 1 :].startswith(f'"{name}"') for name, place in named.items())
    assert [value.text for value in statement.action.values] == ["s3:GetObject"]
    assert [value.text for value in statement.conditions[0].values] == ["true"]
    assert (statement.reference.line, statement.reference.column) == (1, text.index('{"Sid"') + 1)
