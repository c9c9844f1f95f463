"""What `diff` compares of BOS v2: the status and error of each component, sessions, and the version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.bos_v2 import rules
from nodewatch.differences import FleetStates, NodeState
from nodewatch.documents import as_text, part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodewatch.documents import Document


def fleet_states(fleet: Mapping[str, Mapping[str, Document]]) -> FleetStates:
    """Return what is seen in the documents of a fleet, which are by section and key.

    >>> node = {"id": "x1", "status": {"status": "failed"}, "error": "no power"}
    >>> found = fleet_states({"bos.v2.components": {"x1": node}, "bos.v2.version": {"": {"major": "2", "minor": "50"}}})
    >>> found.nodes
    {'BOS': {'x1': NodeState(word='failed', error='no power', failed=True)}}
    >>> found.things
    {'BOS v2 session': {}, 'version': {'BOS': '2.50'}}
    """
    nodes = {}
    for name, component in fleet.get("bos.v2.components", {}).items():
        status = rules.status_of(component)
        nodes[name] = NodeState(status, as_text(component.get("error")), status == "failed")
    sessions = {
        rules.saved_key(as_text(session.get("name")), as_text(session.get("tenant"))): as_text(
            part(session, "status").get("status")
        )
        for session in fleet.get("bos.v2.sessions", {}).values()
    }
    version = fleet.get("bos.v2.version", {}).get("", {})
    numbers = [as_text(version[name]) for name in ("major", "minor", "patch") if name in version]
    versions = {"version": {"BOS": ".".join(numbers)}} if numbers else {}
    return FleetStates({"BOS": nodes}, {"BOS v2 session": sessions, **versions})
