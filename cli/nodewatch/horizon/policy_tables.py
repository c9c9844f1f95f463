"""Tables of which nodes policies are meant for, and what became of nodes that were to be reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.horizon.reset_rules import without_node_name
from nodewatch.pages import nodes_below, nodes_with
from nodewatch.table import Line, plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nodewatch.table import Page


def meant_nodes_page(found: Mapping[str, Sequence[str]]) -> Page:
    """Return each policy with the number of nodes that it is meant for, and below that their names, folded."""
    if not found:
        return [Line("There are no node management policies.")]
    page: Page = []
    for name, nodes in found.items():
        page.append(Line(f"{name} is meant for {plural(len(nodes), 'node') if nodes else 'no node'}", "strong"))
        page += [nodes_below(nodes)] if nodes else []
    return page


def reset_results_page(words: Mapping[str, str]) -> Page:
    """Return what became of nodes, the most frequent first, each with its nodes."""
    groups: dict[str, list[str]] = {}
    for node, said in words.items():
        groups.setdefault(without_node_name(said, node), []).append(node)
    found = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return [line for said, nodes in found for line in nodes_with(nodes, said, "good" if said == "reset" else "warn")]
