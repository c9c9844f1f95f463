"""Tables of nodes, and of the policies that are meant for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.documents import part, text
from nodewatch.horizon.meant_rules import is_registered
from nodewatch.horizon.tables import moment
from nodewatch.nodeset import natural
from nodewatch.table import Cell, Column, Grid, Page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nodewatch.horizon.types import Node
    from nodewatch.table import Record
    from nodewatch.times import Clock


def nodes(found: Mapping[str, Node | None], clock: Clock) -> Page:
    """Return one row a node: what it is, what is installed on it, and when it was last heard of."""
    rows: list[list[str | Cell]] = [
        [
            name,
            text((node or {}).get("nodeType")),
            text((node or {}).get("arch")),
            text((node or {}).get("pattern")),
            "registered" if is_registered(node) else Cell("not registered", "warn"),
            text(part(node, "softwareVersions").get("horizon")),
            moment((node or {}).get("lastHeartbeat"), clock),
        ]
        for name, node in sorted(found.items(), key=lambda item: natural(item[0]))
    ]
    columns = [
        Column("Node"),
        Column("Type", 2, shares=True),
        Column("Architecture", 3, shares=True),
        Column("Pattern", 1, shares=True),
        Column("State", shares=True),
        Column("Agent", 5, shares=True),
        Column("Last heartbeat", 4),
    ]
    return [Grid(columns, rows, empty="There are no nodes that you may see.")]


def node_records(found: Mapping[str, Node | None]) -> Iterator[Record]:
    """Return a row for each node, with the fields that the documents have.

    >>> next(node_records({"o/n": {"nodeType": "device", "publicKey": "k"}}))["registered"]
    True
    """
    for name in sorted(found, key=natural):
        node = found[name] or {}
        fields = ("nodeType", "arch", "pattern", "owner", "lastHeartbeat")
        yield {
            "node": name,
            **{field: node.get(field) for field in fields},
            "registered": is_registered(node),
            "softwareVersion": part(node, "softwareVersions").get("horizon"),
        }


def policies_of_node(node: str, states: Mapping[str, str]) -> Page:
    """Return one row a policy that is meant for the node."""
    rows: list[list[str | Cell]] = [
        [name, Cell(state, "good" if state == "enabled" else "dim")] for name, state in states.items()
    ]
    return [Grid([Column("Policy"), Column("State")], rows, empty=f"No policy is meant for {node}.")]
