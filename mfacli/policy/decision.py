"""Decides one request under the policies of its layers. Pure: no clock, no network, no state but speed."""

from __future__ import annotations

from dataclasses import replace

from mfacli.policy.access import AccessRequest, Layers
from mfacli.policy.aws_decision import aws_facts, decide_aws
from mfacli.policy.document import Dialect
from mfacli.policy.proof import prove_policy
from mfacli.policy.search import documents_of
from mfacli.policy.tencent_decision import decide_tencent, tencent_facts
from mfacli.policy.verdict import Decision as Decision
from mfacli.policy.verdict import Reason as Reason
from mfacli.policy.verdict import Verdict as Verdict


def decide(request: AccessRequest, layers: Layers, *, proof: bool = False) -> Decision:
    """Return the verdict; with `proof`, also every statement held against the request, element by element."""
    if request.dialect is Dialect.TENCENT:
        facts = tencent_facts(request, layers)
        decision = decide_tencent(facts, layers)
    else:
        facts = aws_facts(request, layers)
        decision = decide_aws(facts, layers)
    if not proof:
        return decision
    return replace(decision, proof=tuple(prove_policy(document, facts) for document in documents_of(layers)))
