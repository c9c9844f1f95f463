"""A bar: shares of a whole, drawn so that they can be told apart without colour, and written below."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from nodewatch.render.text import display_width
from nodewatch.table import Cell, percent, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nodewatch.table import Bar, Part, Style

LENGTH = 50  # of the bar: two percent a character
BAR_STYLES: tuple[Style, ...] = ("good", "busy", "bad", "dim", "warn", "strong", "")
BLOCKS = dict(zip(BAR_STYLES, "█▒\N{BOX DRAWINGS LIGHT DIAGONAL CROSS}░▚▓▄", strict=True))
SIGNS = dict(zip(BAR_STYLES, "#=X-!%+", strict=True))


def bar_lines(bar: Bar, width: int | None, *, blocks: bool) -> Iterator[list[Cell]]:
    """Return the bar, and below it the names of its parts with their percentages and signs."""
    if not bar.parts:
        return
    styles = [part.style for part in bar.parts]
    signs = choose_signs(styles, BLOCKS if blocks else SIGNS)
    shares = [part.percent if isfinite(part.percent) and part.percent > 0 else 0.0 for part in bar.parts]
    rest = max(100 - sum(shares), 0.0)
    if rest < 0.1 and sum(map(bool, shares)) > 1:
        rest = 0.0  # the shares were rounded
    length = max(min(LENGTH, width or LENGTH), len(shares) + 1)
    counts = allot([*shares, rest], length)
    drawn = [Cell(sign * count, style) for sign, count, style in zip(signs, counts, styles, strict=False)]
    yield [*drawn, Cell(("·" if blocks else ".") * counts[-1], "dim")]
    yield from legend_lines(bar.parts, signs, width)


def choose_signs(styles: Sequence[Style], signs: dict[Style, str]) -> list[str]:
    """Return a character for each part: its style's own, or one that is free where that is taken.

    >>> choose_signs(["good", "bad", "bad"], SIGNS)
    ['#', 'X', '=']
    """
    chosen: list[str] = []
    for style in styles:
        wanted = [signs[style], *signs.values()]
        chosen.append(next((sign for sign in wanted if sign not in chosen), signs[style]))
    return chosen


def allot(shares: Sequence[float], length: int) -> list[int]:
    """Return how many signs of the length each share gets: one at least if it is not zero, so all only if no other is.

    Shares may sum to anything: BOS counts a node that is both active and staged twice.

    >>> allot([99.9, 0.1, 0], 50), allot([0.01, 0.01, 99.98], 50), allot([90, 0, 60], 50), allot([0, 0], 50)
    ([49, 1, 0], [1, 1, 48], [30, 0, 20], [0, 0])
    """
    whole = sum(shares)
    if not whole:
        return [0] * len(shares)
    exact = [share / whole * length for share in shares]
    counts = [max(int(part), 1) if share else 0 for part, share in zip(exact, shares, strict=True)]
    while sum(counts) > length and max(counts) > 1:
        counts[counts.index(max(counts))] -= 1
    while sum(counts) < length:
        short = [part - count for part, count in zip(exact, counts, strict=True)]
        counts[short.index(max(short))] += 1
    return counts


def legend_lines(parts: Sequence[Part], signs: Sequence[str], width: int | None) -> Iterator[list[Cell]]:
    """Return sign, name, number and percentage of each part, as many on a line as fit."""
    facts = []
    for part, sign in zip(parts, signs, strict=True):
        share = percent(part.percent)
        words = f"{visible(part.name)} " + share + (f" ({part.number:,})" if part.number else "")
        facts.append(Cell(f"{sign} {words}", part.style if part.percent else "dim"))
    return packed(facts, width)


def packed(facts: Sequence[Cell], width: int | None) -> Iterator[list[Cell]]:
    """Return the facts in lines, as many on each as fit, whose first character is a sign one column wide."""
    line: list[Cell] = []
    used = 0
    for fact in facts:
        size = 1 + display_width(fact.text[1:])
        if line and width is not None and used + 2 + size > width:
            yield line
            line, used = [], 0
        line += [Cell("  "), fact] if line else [fact]
        used += size + 2
    yield line
