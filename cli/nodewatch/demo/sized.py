"""The demo fleet in any size: its running session, and its edge nodes, again and again under other names."""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING

from nodewatch.demo.edge import ORG
from nodewatch.documents import objects_in, part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nodewatch.documents import Document

RUNNING_SESSION, RUNNING_TEMPLATE = "night-reboot", "compute-26.3"
TAKEN_CABINETS = (1001, 3000, 5000, 9000)  # cabinets in which other sessions have nodes


def xnames() -> Iterator[str]:
    """Return names of nodes, cabinet by cabinet, without an end.

    >>> list(islice(xnames(), 3)), next(islice(xnames(), 256, None))
    (['x1000c0s0b0n0', 'x1000c0s0b0n1', 'x1000c0s0b1n0'], 'x1002c0s0b0n0')
    """
    for cabinet in count(1000):
        if cabinet not in TAKEN_CABINETS:
            for place in range(256):
                yield f"x{cabinet}c{place // 32}s{place // 4 % 8}b{place // 2 % 2}n{place % 2}"


def with_nodes(fleet: Document, number: int) -> dict[str, object]:
    """Return the fleet with so many nodes in its running session, of which the states are dealt out; and a template
    that names them.
    """
    bos = part(fleet, "bos")
    v2 = part(bos, "v2")
    components = objects_in(v2, "components")
    patterns = [component for component in components if component["session"] == RUNNING_SESSION]
    others = [component for component in components if component["session"] != RUNNING_SESSION]
    names = list(islice(xnames(), number))
    nodes = [{**patterns[place % len(patterns)], "id": name} for place, name in enumerate(names)]
    sessions = [
        {**session, "components": ",".join(names), "limit": ""} if session["name"] == RUNNING_SESSION else session
        for session in objects_in(v2, "sessions")
    ]
    templates = [
        naming_nodes(template, names) if template["name"] == RUNNING_TEMPLATE else template
        for template in objects_in(v2, "sessiontemplates")
    ]
    grown = {**v2, "sessions": sessions, "components": [*nodes, *others], "sessiontemplates": templates}
    return {**fleet, "bos": {**bos, "v2": grown}}


def naming_nodes(template: Document, names: list[str]) -> Document:
    """Return a session template whose boot sets are of these nodes, and of no group or role."""
    boot_sets = part(template, "boot_sets")
    others = {
        name: {field: value for field, value in part(boot_sets, name).items() if not field.startswith("node_")}
        for name in boot_sets
    }
    return {**template, "boot_sets": {name: {**fields, "node_list": names} for name, fields in others.items()}}


def with_edge_nodes(fleet: Document, number: int) -> dict[str, object]:
    """Return the fleet with so many edge nodes, among which kinds and what they report are dealt out."""
    exchange = part(fleet, "exchange")
    patterns = [key for key in part(exchange, "nodes") if key.startswith(f"{ORG}/")]
    grown = dict(exchange)
    for section in ("nodes", "nodePolicies", "managementStatus"):
        known = part(exchange, section)
        documents: dict[str, object] = {key: known[key] for key in known if not key.startswith(f"{ORG}/")}
        for place in range(number):
            pattern = patterns[place % len(patterns)]
            if pattern in known:
                name = edge_name(pattern, place)
                document = part(known, pattern)
                documents[f"{ORG}/{name}"] = {**document, "name": name} if section == "nodes" else document
        grown[section] = documents
    return {**fleet, "exchange": grown}


def edge_name(pattern: str, place: int) -> str:
    """Return the name of the edge node at a place, which is of the pattern's kind.

    >>> edge_name("valley/pump-01", 40)
    'pump-00041'
    """
    return f"{pattern.partition('/')[2].partition('-')[0]}-{place + 1:05}"
