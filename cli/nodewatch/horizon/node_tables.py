"""Tables of nodes, and of the policies that are meant for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.documents import part, text
from nodewatch.horizon.meant_rules import is_registered
from nodewatch.horizon.tables import moment
from nodewatch.nodeset import natural
from nodewatch.table import Cell, Column, Fields, Grid, Line, Page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nodewatch.horizon.types import Node, Policy
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


def node(name: str, document: Node | None, clock: Clock) -> Page:
    """Return what a node is, what is installed on it, and when it was last heard of."""
    document = document or {}
    installed = part(document, "softwareVersions")
    named = (("agent", "horizon"), ("certificate", "certificate"), ("configuration", "config"))
    return [
        Fields(
            [
                ("Node", Cell(name, "strong")),
                ("State", "registered" if is_registered(document) else Cell("not registered", "warn")),
                ("Type", ", ".join(filter(None, (text(document.get("nodeType")), text(document.get("arch")))))),
                ("Pattern", text(document.get("pattern"))),
                ("Installed", ", ".join(f"{what} {text(installed[key])}" for what, key in named if installed.get(key))),
                ("Heartbeat", moment(document.get("lastHeartbeat"), clock)),
            ]
        )
    ]


def without_status(policies: Mapping[str, Policy | None]) -> Page:
    """Return the policies that are meant for a node and of which it has no status; nothing where there is none."""
    said = [name + ("" if (policy or {}).get("enabled") else " (disabled)") for name, policy in policies.items()]
    return [Line(", ".join(said), "warn", lead="Meant for it, without a status: ")] if said else []


def not_told(why: str) -> Page:
    """Return that more of a node could not be asked, and why."""
    return [Line(why, "warn", lead="What the node is could not be asked: ")]


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
