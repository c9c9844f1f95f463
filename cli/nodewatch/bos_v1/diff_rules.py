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

    >>> def phase(name, **categories):
    ...     return {"name": name, "categories": [{"name": each, "node_list": categories[each]} for each in categories]}
    >>> boot, run = phase("boot", failed=["x1"], succeeded=["x2"]), phase("run", x=["x2"], not_started=["x1"])
    >>> phases = [boot, run, phase("check", not_started=["x3"])]
    >>> sessions = {"0f2d": {"stop_time": "2026-11-21 12:00:00"}, "ab12": {}}
    >>> found = fleet_states({"bos.v1.boot_sets": {"0f2d": {"all": {"phases": phases}}}, "bos.v1.session": sessions})
    >>> [(node, state.word, state.failed) for node, state in found.nodes["BOS v1 session 0f2d"].items()]
    [('x1', 'boot failed', True), ('x2', 'run x', False), ('x3', 'check not_started', False)]
    >>> found.things
    {'BOS v1 session': {'0f2d': 'complete', 'ab12': 'running'}}
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
