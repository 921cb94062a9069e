"""Makes requests and policies at random, small enough that they often meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

LAYERS = ("identityPolicies", "boundaries", "scps", "sessionPolicy")
FULL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
_HERE, _THERE = "111111111111", "222222222222"
_PRINCIPALS = {
    "user": f"arn:aws:iam::{_HERE}:user/anaya",
    "role": f"arn:aws:sts::{_HERE}:assumed-role/app/one",
    "federated": f"arn:aws:sts::{_HERE}:federated-user/bob",
    "root": f"arn:aws:iam::{_HERE}:root",
}
_NAMED = [
    *_PRINCIPALS.values(),
    _HERE,
    _THERE,
    f"arn:aws:iam::{_HERE}:role/app",
    f"arn:aws:iam::{_HERE}:user/richard",
]
_ACTIONS = ["s3:GetObject", "s3:PutObject", "sts:AssumeRole", "kms:Decrypt", "sts:GetCallerIdentity"]
_ACTION_PATTERNS = ["*", "s3:*", "s3:Get*", "s3:GetObject", "sts:*", "kms:*", "S3:putobject"]
_RESOURCES = ["arn:aws:s3:::b/k", "arn:aws:s3:::b/${x}", f"arn:aws:kms:eu-west-1:{_HERE}:key/1"]
_RESOURCE_PATTERNS = [
    "*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/?",
    "arn:aws:s3:::b/${aws:username}",
    "arn:aws:kms:*:*:key/*",
]
_CONTEXT = {
    "aws:username": ["k", "anaya", "*"],
    "aws:MultiFactorAuthPresent": ["true", "false"],
    "aws:MultiFactorAuthAge": ["1", "5000"],
    "aws:SourceIp": ["10.0.0.1", "2001:db8::1"],
}
_CONDITIONS: list[dict[str, dict[str, object]]] = [
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    {"NumericLessThan": {"aws:MultiFactorAuthAge": 3600}},
    {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    {"StringNotLike": {"aws:username": ["a*", "${aws:userid}"]}},
    {"Null": {"aws:MultiFactorAuthAge": "true"}},
    {"ForAllValues:StringEquals": {"aws:username": ["k", "anaya"]}},
]


@dataclass(frozen=True)
class MadeCase:
    """A case in the form of `--batch`."""

    line: dict[str, object]

    @property
    def context(self) -> Mapping[str, object]:
        """The context keys."""
        context = self.line["context"]
        assert isinstance(context, dict)
        return context

    def policies(self, layer: str) -> list[object]:
        """Return a layer's policies."""
        value = self.line.get(layer)
        return list(value) if isinstance(value, list) else [] if value is None else [value]

    def levels(self, layer: str) -> list[list[object]]:
        """Return a layer's levels."""
        return [list(level) for level in self.policies(layer) if isinstance(level, list)]

    def with_statement(self, layer: str, statement: object) -> MadeCase:
        """Add a statement to the layer's first policy, where there is one; the rest stays as it is."""
        found = self.line.get(layer)
        if not found:
            return self
        return replace(self, line={**self.line, layer: _with_statement(found, statement)})

    def reordered(self, shuffle: Callable[[Sequence[object]], Sequence[object]]) -> MadeCase:
        """Shuffle policies and statements, but not levels, whose order is the organization's."""
        line = dict(self.line)
        for layer in ("identityPolicies", "boundaries", "sessionPolicy", "resourcePolicy"):
            if line.get(layer):
                line[layer] = _shuffled(line[layer], shuffle)
        for layer in ("scps", "rcps"):
            line[layer] = [_shuffled(level, shuffle) for level in self.levels(layer)]
        return replace(self, line=line)


def with_full_access(case: MadeCase) -> MadeCase:
    """Give the caller a policy that allows everything."""
    return replace(case, line={**case.line, "identityPolicies": [*case.policies("identityPolicies"), FULL]})


def _with_statement(found: object, statement: object) -> object:
    if isinstance(found, list):
        return [_with_statement(found[0], statement), *found[1:]] if found else found
    assert isinstance(found, dict)
    name = "Statement" if "Statement" in found else "statement"
    return {**found, name: [*found[name], statement]}


def _shuffled(found: object, shuffle: Callable[[Sequence[object]], Sequence[object]]) -> object:
    if isinstance(found, list):
        return shuffle([_shuffled(each, shuffle) for each in found])
    assert isinstance(found, dict)
    name = "Statement" if "Statement" in found else "statement"
    return {**found, name: shuffle(found[name])}


def aws_statements(effect: str = "") -> st.SearchStrategy[dict[str, object]]:
    """Make a statement of a policy without principals."""
    return st.builds(
        _merged,
        st.sampled_from([{"Effect": effect}] if effect else [{"Effect": "Allow"}] * 3 + [{"Effect": "Deny"}]),
        _element(
            ["Action", "Action", "NotAction"], st.lists(st.sampled_from(_ACTION_PATTERNS), min_size=1, max_size=2)
        ),
        _element(["Resource", "Resource", "NotResource"], st.sampled_from(_RESOURCE_PATTERNS)),
        st.sampled_from([{}, *({"Condition": condition} for condition in _CONDITIONS)]),
    )


def resource_statements(effect: str = "") -> st.SearchStrategy[dict[str, object]]:
    """Make a statement of a resource's policy."""
    names = st.lists(st.sampled_from([*_NAMED, "*"]), min_size=1, max_size=2).map(lambda listed: {"AWS": listed})
    return st.builds(_merged, aws_statements(effect), _element(["Principal", "Principal", "NotPrincipal"], names))


def _element(names: list[str], values: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.builds(lambda name, value: {name: value}, st.sampled_from(names), values)


def _merged(*parts: Mapping[str, object]) -> dict[str, object]:
    return {name: value for part in parts for name, value in part.items()}


def documents(statements: st.SearchStrategy[dict[str, object]] | None = None) -> st.SearchStrategy[dict[str, object]]:
    """Make a policy."""
    return st.builds(
        lambda version, made: {"Version": version, "Statement": made},
        st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17"]),
        st.lists(aws_statements() if statements is None else statements, min_size=1, max_size=2),
    )


def aws_cases(principals: Sequence[str] = tuple(_PRINCIPALS)) -> st.SearchStrategy[MadeCase]:
    """Make an AWS case. Roles are not assumed with a resource policy, whose grammar is another."""
    document = documents()
    control = aws_statements().map(lambda made: {**made, "Principal": "*"})
    return st.fixed_dictionaries(
        {
            "principal": st.sampled_from([_PRINCIPALS[name] for name in principals]),
            "action": st.sampled_from(_ACTIONS),
            "resource": st.sampled_from(_RESOURCES),
            "resourceAccount": st.sampled_from([_HERE, _HERE, _THERE]),
            "context": _contexts(_CONTEXT),
            "identityPolicies": st.lists(document, max_size=2),
            "resourcePolicy": st.none() | documents(resource_statements()),
            "sessionPolicy": st.none() | document,
            "boundaries": st.lists(document, max_size=1),
            "scps": st.lists(st.lists(document, min_size=1, max_size=2), max_size=1),
            "rcps": st.lists(st.lists(documents(control), max_size=1), max_size=1),
        }
    ).map(_without_policy_for_sts)


def _without_policy_for_sts(line: Mapping[str, object]) -> MadeCase:
    is_sts = str(line["action"]).startswith("sts:")
    return MadeCase(line={**line, "resourcePolicy": None} if is_sts else dict(line))


def _contexts(keys: Mapping[str, list[str]]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional={key: st.sampled_from(values) for key, values in keys.items()})


def _tencent_statements() -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(
        {
            "effect": st.sampled_from(["allow", "allow", "deny"]),
            "action": st.sampled_from(["*", "cvm:*", "name/cvm:StopInstances", "cvm:Start*"]),
            "resource": st.sampled_from(
                ["*", "qcs::cvm:::instance/*", "qcs::cvm::uin/100:instance/ins-1", "qcs::cvm:::instance/${uin}"]
            ),
        },
        optional={
            "condition": st.sampled_from(
                [
                    {"bool_equal": {"qcs:mfaPresent": "true"}},
                    {"ip_not_equal_if_exist": {"qcs:ip": "10.0.0.0/8"}},
                    {"string_not_equal": {"qcs:create_uin": "${uin}"}},
                ]
            )
        },
    )


def tencent_cases() -> st.SearchStrategy[MadeCase]:
    """Make a case of Tencent Cloud."""
    document = st.builds(
        lambda made: {"version": "2.0", "statement": made}, st.lists(_tencent_statements(), min_size=1, max_size=2)
    )
    context = {"qcs:mfaPresent": ["true", "false"], "qcs:ip": ["10.0.0.1"], "qcs:create_uin": ["200", "201"]}
    return st.fixed_dictionaries(
        {
            "dialect": st.just("tencent"),
            "principal": st.sampled_from(
                ["qcs::cam::uin/100:uin/200", "qcs::cam::uin/100:root", "qcs::cam::uin/100:role/1"]
            ),
            "action": st.sampled_from(["cvm:StopInstances", "cvm:StartInstances", "name/cvm:StopInstances"]),
            "resource": st.sampled_from(["*", "qcs::cvm:ap-guangzhou:uin/100:instance/ins-1"]),
            "context": _contexts(context),
            "identityPolicies": st.lists(document, max_size=2),
            "boundaries": st.lists(document, max_size=1),
            "sessionPolicy": st.none() | document,
            "scps": st.lists(st.lists(document, max_size=2), max_size=1),
        }
    ).map(lambda line: MadeCase(line=dict(line)))
