"""What pages are made of, everywhere alike: nodes folded, errors by kind, a bar of counts, what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.nodes.error_kinds import group_by_kind
from nodewatch.nodes.nodeset import fold
from nodewatch.table import Bar, Heading, Line, Part, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nodewatch.nodes.error_kinds import ErrorKind
    from nodewatch.nodes.places import Parts
    from nodewatch.table import Page, Style

MOST_KINDS = 10
UNNAMED = "taken over by other sessions since, their names are not known"


def nodes_below(nodes: Iterable[str]) -> Line:
    """Return the nodes, folded, indented below the line that says what they are.

    >>> nodes_below(["x2", "x1"])
    Line(text='x[1-2]', style='', lead='    ', whole=False)
    """
    return Line(fold(nodes), lead="    ")


def nodes_with(nodes: Sequence[str], what: str, style: Style) -> Page:
    """Return what holds for the nodes, with their number in front, and their names below.

    >>> [line.lead + line.text for line in nodes_with(["x2", "x1"], "no power", "bad")]
    ['2 nodes: no power', '    x[1-2]']
    >>> nodes_with([], "no power", "bad")
    []
    """
    return [Line(what, style, lead=f"{plural(len(nodes), 'node')}: "), nodes_below(nodes)] if nodes else []


def errors_by_kind(
    found: Iterable[ErrorKind],
    parts: Parts | None = None,
    *,
    brief: bool = False,
    style: Style = "bad",
    unnamed: str = UNNAMED,
) -> Page:
    """Return each kind of error with its nodes, to stand below a heading, the largest first; if brief, the ten largest.

    Where the nodes of a kind are all of some of the `parts` (blades, chassis, cabinets), that is said: it is the cause,
    most often. `unnamed` says why names are missing.

    >>> from nodewatch.nodes.error_kinds import ErrorKind
    >>> from nodewatch.nodes.places import Parts
    >>> nodes = [f"x1c0s{slot}b0n{node}" for slot in range(3) for node in (0, 1)]
    >>> page = errors_by_kind([ErrorKind("no power", nodes[:4], 1)], Parts(nodes), unnamed="gone")
    >>> [line.lead + line.text for line in page]
    ['  5 nodes: no power', '      x1c0s[0-1]b0n[0-1] = all of blades x1c0s[0-1]', '      and 1 more: gone']
    """
    kinds = group_by_kind(found)
    shown = kinds[:MOST_KINDS] if brief else kinds
    page: Page = []
    for kind in shown:
        page.append(Line(kind.text, style, lead=f"  {plural(kind.number, 'node')}: "))
        if kind.names:
            place = parts.whole(kind.names) if parts else ""
            page.append(Line(fold(kind.names) + (f" = all of {place}" if place else ""), lead="      "))
        if kind.unnamed:
            more = f"and {kind.unnamed:,} more: " if kind.names else ""
            page.append(Line(more + unnamed, "warn", lead="      "))
    rest = kinds[len(shown) :]
    if rest:
        nodes = plural(sum(kind.number for kind in rest), "node")
        page.append(Line(f"and {plural(len(rest), 'more kind')} of error, on {nodes}: --all", "dim", lead="  "))
    return page


def bar(counts: Iterable[tuple[str, int, Style]], always: int = 0) -> Bar:
    """Return a bar of named counts that are parts of one whole; those of nothing are left out, but the first `always`.

    The shares are given to a tenth of a percent, and add up.

    >>> [part.percent for part in bar([("a", 1, "good"), ("b", 1, "bad"), ("c", 1, "busy"), ("d", 0, "dim")]).parts]
    [33.4, 33.3, 33.3]
    >>> [part.percent for part in bar([("a", 29_999, "good"), ("b", 1, "bad")]).parts]
    [99.9, 0.1]
    """
    parts = [each for place, each in enumerate(counts) if each[1] or place < always]
    total = sum(count for _, count, _ in parts)
    if not total:
        return Bar([])
    exact = [1000 * count / total for _, count, _ in parts]
    tenths = [max(int(share), int(share > 0)) for share in exact]
    while sum(tenths) != 1000:
        step = 1 if sum(tenths) < 1000 else -1
        gaps = [step * (share - tenth) if share else -1000.0 for share, tenth in zip(exact, tenths, strict=True)]
        tenths[gaps.index(max(gaps))] += step
    return Bar(
        [Part(name, tenth / 10, style, count) for (name, count, style), tenth in zip(parts, tenths, strict=True)]
    )


def next_steps(steps: Sequence[tuple[str, str]]) -> Page:
    """Return commands that can be pasted, each with what it is for; nothing where there are none.

    >>> [line.lead + line.text for line in next_steps([("look at one", "nodewatch x"), ("wait", "nodewatch y")])[1:]]
    ['  look at one:  nodewatch x', '  wait:         nodewatch y']
    """
    if not steps:
        return []
    widest = max(len(what) for what, _ in steps) + 3
    return [
        Heading("Next"),
        *(Line(command, lead=f"  {what + ':':<{widest}}", whole=True) for what, command in steps),
    ]
