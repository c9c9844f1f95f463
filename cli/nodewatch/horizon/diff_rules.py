"""What `diff` compares of the Exchange and the agent: statuses of each policy on nodes, policies, agents' versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nodewatch.differences import Seen, State
from nodewatch.documents import as_text, part
from nodewatch.horizon import rules

if TYPE_CHECKING:
    from collections.abc import Mapping


def seen(fleet: Mapping[str, Mapping[str, Any]]) -> Seen:
    """Return what is seen in the documents of a fleet, which are by section and key.

    >>> status = {"agentUpgradePolicyStatus": {"status": "failed", "errorMessage": "no disk"}}
    >>> seen({"exchange.managementStatus": {"o/n": {"o/roll": status}}}).nodes["policy o/roll"]
    {'o/n': State(word='failed', error='no disk', failed=True)}
    """
    nodes: dict[str, dict[str, State]] = {}
    for node, statuses in fleet.get("exchange.managementStatus", {}).items():
        for policy in statuses:
            nodes.setdefault(f"policy {policy}", {})[node] = state(statuses[policy])
    for policy, status in fleet.get("agent.nodemanagement", {}).items():
        nodes.setdefault("agent", {})[policy] = state(status)
    nodes["agent version"] = {
        name: State(as_text(part(node, "softwareVersions").get("horizon")))
        for name, node in fleet.get("exchange.nodes", {}).items()
    }
    policies = {
        name: as_text(policy.get("lastUpdated")) or as_text(policy)
        for name, policy in fleet.get("exchange.managementpolicies", {}).items()
    }
    return Seen(nodes, {"policy": policies})


def state(status: Any) -> State:
    """Return where a node is with a policy."""
    error = as_text(rules.upgrade(status).get("errorMessage"))
    return State(as_text(rules.word(status)), error, rules.meaning(status).outcome == "failed")
