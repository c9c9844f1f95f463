"""What pages say about nodes, everywhere alike: how many there are, and below that their names, folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.nodeset import fold
from nodewatch.table import Line, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nodewatch.table import Page, Style


def nodes_below(nodes: Iterable[str]) -> Line:
    """Return the nodes, folded, indented below the line that says what they are.

    >>> nodes_below(["x2", "x1"])
    Line(text='x[1-2]', style='', lead='    ')
    """
    return Line(fold(nodes), lead="    ")


def listed(nodes: Sequence[str], what: str, style: Style) -> Page:
    """Return what holds for the nodes, with their number in front, and their names below.

    >>> [line.lead + line.text for line in listed(["x2", "x1"], "no power", "bad")], listed([], "no power", "bad")
    (['2 nodes: no power', '    x[1-2]'], [])
    """
    return [Line(what, style, lead=f"{plural(len(nodes), 'node')}: "), nodes_below(nodes)] if nodes else []
