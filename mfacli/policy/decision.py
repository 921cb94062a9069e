"""Decides one request under the policies of its layers. Pure: no clock, no network, nothing remembered but speed."""

from __future__ import annotations

from dataclasses import replace

from mfacli.policy.access import AccessRequest, Layers
from mfacli.policy.aws_decision import decide_aws, documents_of, facts_of
from mfacli.policy.proof import prove_policy
from mfacli.policy.verdict import Decision as Decision
from mfacli.policy.verdict import Reason as Reason
from mfacli.policy.verdict import Verdict as Verdict


def decide(request: AccessRequest, layers: Layers, *, proof: bool = False) -> Decision:
    """Return the verdict; with `proof`, also every statement held against the request, element by element."""
    decision = decide_aws(request, layers)
    if not proof:
        return decision
    facts = facts_of(request, layers)
    return replace(decision, proof=tuple(prove_policy(document, facts) for document in documents_of(layers)))
