"""Tables of nodes, and of the policies that are meant for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.table import Cell, Column, Grid, Page

if TYPE_CHECKING:
    from collections.abc import Mapping


def policies_of_node(node: str, states: Mapping[str, str]) -> Page:
    """Return one row a policy that is meant for the node."""
    rows: list[list[str | Cell]] = [
        [name, Cell(state, "good" if state == "enabled" else "dim")] for name, state in states.items()
    ]
    return [Grid([Column("Policy"), Column("State")], rows, empty=f"No policy is meant for {node}.")]
