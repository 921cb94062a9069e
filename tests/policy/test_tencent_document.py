"""CAM policies are refused whole, at the first place that is wrong."""

from __future__ import annotations

import pytest

from mfacli.errors import PolicyMalformed
from mfacli.policy.document import Dialect, PolicyKind, parse_document

OK = '"effect":"allow","action":"cvm:*","resource":"*"'
TRUST = '"effect":"allow","action":"sts:AssumeRole"'
ROOT = '"principal":{"qcs":["qcs::cam::uin/100:root"]}'


def _statement(inside: str) -> str:
    return f'{{"version":"2.0","statement":[{{{inside}}}]}}'


@pytest.mark.parametrize(
    ("kind", "text", "found", "expected"),
    [
        (PolicyKind.IDENTITY, "[]", "an empty list", "a policy, which is an object"),
        (PolicyKind.IDENTITY, "{}", "a policy without `version`", "`version`"),
        (PolicyKind.IDENTITY, '{"Version":"2.0"}', "`Version`", "one of `version`, `principal`, `statement`"),
        (PolicyKind.IDENTITY, '{"version":"2012-10-17"}', "`2012-10-17`", "`2.0`"),
        (PolicyKind.IDENTITY, '{"version":2.0}', "the number `2.0`", "text for `version`"),
        (PolicyKind.IDENTITY, '{"version":"2.0"}', "a policy without `statement`", "`statement`"),
        (PolicyKind.IDENTITY, '{"version":"2.0","statement":[]}', "an empty list", "at least one value"),
        (
            PolicyKind.IDENTITY,
            f'{{"version":"2.0",{ROOT},"statement":[]}}',
            "`principal`",
            "none in an identity-based",
        ),
        (PolicyKind.IDENTITY, _statement(""), "a statement without `effect`", "`effect`"),
        (PolicyKind.IDENTITY, _statement('"effect":"Allow"'), "`Allow`", "`allow` or `deny`"),
        (PolicyKind.IDENTITY, _statement(f'{OK},"sid":"x"'), "`sid`", "one of `effect`, `principal`, `action`"),
        (PolicyKind.IDENTITY, _statement(f'{OK},"not_action":"x"'), "`not_action`", "one of `effect`"),
        (PolicyKind.IDENTITY, _statement(f"{OK},{ROOT}"), "`principal`", "none in an identity-based policy"),
        (
            PolicyKind.IDENTITY,
            _statement('"effect":"allow","resource":"*"'),
            "a statement without `action`",
            "`action`",
        ),
        (
            PolicyKind.IDENTITY,
            _statement('"effect":"allow","action":"cvm","resource":"*"'),
            "`cvm`",
            "`service:Action`",
        ),
        (
            PolicyKind.IDENTITY,
            _statement('"effect":"allow","action":"cvm:?","resource":"*"'),
            "`cvm:?`",
            "`service:Action`",
        ),
        (
            PolicyKind.IDENTITY,
            _statement('"effect":"allow","action":"*"'),
            "a statement without `resource`",
            "`resource`",
        ),
        (
            PolicyKind.IDENTITY,
            _statement('"effect":"allow","action":"*","resource":"ins-1"'),
            "`ins-1`",
            "`*` or `qcs::",
        ),
        (
            PolicyKind.IDENTITY,
            _statement('"effect":"allow","action":"*","resource":"qcs::cvm::uid/125:instance/*"'),
            "`uid/125`",
            "COS and CAS only",
        ),
        (PolicyKind.IDENTITY, _statement(f'{OK},"condition":[]'), "an empty list", "conditions, which are an object"),
        (
            PolicyKind.IDENTITY,
            _statement(f'{OK},"condition":{{"bool_equal":1}}'),
            "the number `1`",
            "keys and values",
        ),
        (
            PolicyKind.IDENTITY,
            _statement(f'{OK},"condition":{{"Bool":{{}}}}'),
            "`Bool`",
            "such as `string_equal`",
        ),
        (
            PolicyKind.IDENTITY,
            _statement(f'{OK},"condition":{{"string_like":{{}}}}'),
            "`string_like`",
            "with no more than",
        ),
        (
            PolicyKind.IDENTITY,
            _statement(f'{OK},"condition":{{"null_equal_if_exist":{{}}}}'),
            "`null_equal_if_exist`",
            "not",
        ),
        (
            PolicyKind.IDENTITY,
            _statement(f'{OK},"condition":{{"for_each:bool_equal":{{}}}}'),
            "`for_each:bool_equal`",
            "no",
        ),
        (
            PolicyKind.IDENTITY,
            _statement(f'{OK},"condition":{{"bool_equal":{{"a b":"1"}}}}'),
            "`a b`",
            "a condition key",
        ),
        (
            PolicyKind.IDENTITY,
            _statement(f'{OK},"condition":{{"bool_equal":{{"k":{{}}}}}}'),
            "an empty object",
            "a text, number",
        ),
        (PolicyKind.TRUST, _statement(TRUST), "a statement without `principal`", "`principal`"),
        (PolicyKind.TRUST, _statement(f'{TRUST},{ROOT},"resource":"*"'), "`resource`", "none in a role trust policy"),
        (PolicyKind.TRUST, _statement(f'{TRUST},"principal":{{}}'), "an empty object", "at least one principal"),
        (PolicyKind.TRUST, _statement(f'{TRUST},"principal":"*"'), "the text `*`", "an object of principals"),
        (
            PolicyKind.TRUST,
            _statement(f'{TRUST},"principal":{{"AWS":"x"}}'),
            "`AWS`",
            "`qcs`, `service` or `federated`",
        ),
        (
            PolicyKind.TRUST,
            _statement(f'{TRUST},"principal":{{"qcs":"x"}}'),
            "`x`",
            "the name of an account, a user or",
        ),
        (
            PolicyKind.TRUST,
            _statement(f'{TRUST},"principal":{{"qcs":"cvm.qcloud.com"}}'),
            "`cvm.qcloud.com`",
            "under `qcs`",
        ),
        (PolicyKind.TRUST, _statement(f'{TRUST},"principal":{{"service":"cvm"}}'), "`cvm`", "a service such as"),
        (
            PolicyKind.TRUST,
            f'{{"version":"2.0",{ROOT},"statement":[{{{TRUST},{ROOT}}}]}}',
            "a principal here and for the whole policy",
            "only one of them",
        ),
        (
            PolicyKind.RESOURCE,
            f'{{"version":"2.0","Statement":[{{{OK},{ROOT},"Effect":"deny"}}]}}',
            "`Effect` again",
            "once",
        ),
        (
            PolicyKind.RESOURCE,
            _statement(f'{ROOT},"effect":"maybe","action":"*","resource":"*"'),
            "`maybe`",
            "`allow` or",
        ),
    ],
)
def test_a_policy_is_refused(kind: PolicyKind, text: str, found: str, expected: str) -> None:
    with pytest.raises(PolicyMalformed) as caught:
        parse_document(text, kind=kind, dialect=Dialect.TENCENT)

    assert found in caught.value.found
    assert expected in caught.value.expected


def test_cos_may_write_its_names_with_capitals() -> None:
    text = (
        '{"Version":"2.0","Principal":{"qcs":["qcs::cam::anyone:anyone"]},"Statement":[{"Sid":"one","Effect":"Allow",'
        '"Action":["name/cos:GetObject"],"Resource":["qcs::cos:ap-guangzhou:uid/125:b-125/*"]}]}'
    )

    document = parse_document(text, kind=PolicyKind.RESOURCE, dialect=Dialect.TENCENT)

    assert document.version == "2.0"
    assert document.statements[0].reference.sid == "one"


def test_the_templates_of_a_resource_are_told() -> None:
    text = _statement('"effect":"allow","action":"*","resource":["qcs::cam:::uin/${uin}","qcs::cam:::root"]')

    (statement,) = parse_document(text, kind=PolicyKind.IDENTITY, dialect=Dialect.TENCENT).statements

    assert statement.resource is not None
    assert [template.written for template in statement.resource.templates] == ["qcs::cam:::uin/${uin}"]
