"""What `diff` compares of BOS v1: where each node of a session is, and which sessions there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.bos_v1 import rules
from nodewatch.differences import FleetStates, NodeState
from nodewatch.documents import as_text, names_in, objects_in, part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodewatch.documents import Document


def fleet_states(fleet: Mapping[str, Mapping[str, Document]]) -> FleetStates:
    """Return what is seen in the documents of a fleet, which are by section and key: a node's last phase counts.

    >>> categories = [{"name": "failed", "node_list": ["x1"]}]
    >>> boot_set = {"phases": [{"name": "boot", "categories": categories}]}
    >>> fleet_states({"bos.v1.boot_sets": {"0f2d": {"computes": boot_set}}}).nodes["BOS v1 session 0f2d"]
    {'x1': NodeState(word='boot failed', error='', failed=True)}
    """
    nodes: dict[str, dict[str, NodeState]] = {}
    for session, boot_sets in fleet.get("bos.v1.boot_sets", {}).items():
        states = nodes.setdefault(f"BOS v1 session {session}", {})
        for name in boot_sets:
            for phase in rules.phases_of(part(boot_sets, name)):
                for category in objects_in(phase, "categories"):
                    word = as_text(category.get("name"))
                    for node in names_in(category.get("node_list")):
                        if word != "not_started" or node not in states:
                            states[node] = NodeState(f"{as_text(phase.get('name'))} {word}", failed=word == "failed")
    sessions = {
        name: "complete" if session.get("stop_time") else "running"
        for name, session in fleet.get("bos.v1.session", {}).items()
    }
    return FleetStates(nodes, {"BOS v1 session": sessions})
