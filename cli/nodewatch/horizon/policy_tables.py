"""Tables of which nodes policies are meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.pages import nodes_below
from nodewatch.table import Line, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nodewatch.table import Page, Record


def meant_nodes(found: Mapping[str, Sequence[str]]) -> Page:
    """Return each policy with the number of nodes that it is meant for, and below that their names, folded."""
    if not found:
        return [Line("There are no node management policies.")]
    page: Page = []
    for name, nodes in found.items():
        page.append(Line(f"{name} is meant for {plural(len(nodes), 'node') if nodes else 'no node'}", "strong"))
        page += [nodes_below(nodes)] if nodes else []
    return page


def meant_rows(found: Mapping[str, Sequence[str]]) -> Iterator[Record]:
    """Return a row for each node and each policy that is meant for it.

    >>> list(meant_rows({"o/p": ["o/a"], "o/q": []}))
    [{'node': 'o/a', 'nmp': 'o/p'}]
    """
    return ({"node": node, "nmp": name} for name, nodes in found.items() for node in nodes)
