"""What `diff` compares of the Exchange and the agent: statuses of each policy on nodes, policies, agents' versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.differences import FleetStates, NodeState
from nodewatch.documents import as_text, part
from nodewatch.horizon import rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodewatch.documents import Document


def fleet_states(fleet: Mapping[str, Mapping[str, Document]]) -> FleetStates:
    """Return what is seen in the documents of a fleet, which are by section and key.

    >>> status = {"agentUpgradePolicyStatus": {"status": "failed", "errorMessage": "no disk"}}
    >>> fleet_states({"exchange.managementStatus": {"o/n": {"o/roll": status}}}).nodes["policy o/roll"]
    {'o/n': NodeState(word='failed', error='no disk', failed=True)}
    >>> nodes, agent = {"o/n": {"softwareVersions": {"horizon": "2.31.0"}}}, {"o/roll": status}
    >>> found = fleet_states({"exchange.nodes": nodes, "agent.nodemanagement": agent}).nodes
    >>> found["agent version"]["o/n"].word, found["agent"]["o/roll"].word
    ('2.31.0', 'failed')
    >>> policies = {"o/roll": {"lastUpdated": "T", "label": ""}, "o/old": {"label": ""}}
    >>> fleet_states({"exchange.managementpolicies": policies}).things
    {'policy': {'o/roll': 'T', 'o/old': '{"label": ""}'}}
    """
    nodes: dict[str, dict[str, NodeState]] = {}
    for node, statuses in fleet.get("exchange.managementStatus", {}).items():
        for policy in statuses:
            nodes.setdefault(f"policy {policy}", {})[node] = node_state(statuses[policy])
    for policy, status in fleet.get("agent.nodemanagement", {}).items():
        nodes.setdefault("agent", {})[policy] = node_state(status)
    nodes["agent version"] = {
        name: NodeState(as_text(part(node, "softwareVersions").get("horizon")))
        for name, node in fleet.get("exchange.nodes", {}).items()
    }
    policies = {
        name: as_text(policy.get("lastUpdated")) or as_text(policy)
        for name, policy in fleet.get("exchange.managementpolicies", {}).items()
    }
    return FleetStates(nodes, {"policy": policies})


def node_state(status: object) -> NodeState:
    """Return where a node is with a policy."""
    error = as_text(rules.upgrade(status).get("errorMessage"))
    return NodeState(as_text(rules.status_word(status)), error, rules.meaning(status).outcome == "failed")
