"""A grid: which columns find room on a terminal, how wide each is, and the lines of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.render.paragraph import NARROW, columns, pad, paragraph, wrap
from nodewatch.table import Cell, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nodewatch.table import Column, Grid, Style

LARGE = 300  # rows; a grid with more is not coloured: nobody looks at all of it, and painting takes longer
GAP = "  "


class Strip(NamedTuple):
    """A column with its texts, made visible, and their styles (none in a large grid).

    `widest` is the width of the widest text or the name.
    """

    column: Column
    name: str
    texts: list[str]
    styles: list[Style]
    widest: int

    @property
    def least(self) -> int:
        """The width that the column does not go below: what wraps may be narrow, names and ids are never cut."""
        return max(columns(self.name), min(self.widest, NARROW)) if self.column.wraps else self.widest

    @property
    def empty(self) -> bool:
        """Whether nothing is in the column, and it may leave for that."""
        return (self.column.leaves > 0 or self.column.shares) and not any(self.texts)

    @property
    def shared(self) -> bool:
        """Whether all rows say the same in a column that may say it once, in the heading."""
        first, count = self.texts[0], len(self.texts)
        return self.column.shares and count > 1 and first != "" and self.texts.count(first) == count


def read_strip(column: Column, cells: Sequence[str | Cell], *, large: bool) -> Strip:
    """Return the column with its cells as they will be shown."""
    name = visible(column.name)
    texts = [cell if isinstance(cell, str) else cell.text for cell in cells]
    styles: list[Style] = [] if large else ["" if isinstance(cell, str) else cell.style for cell in cells]
    whole = "".join(texts)
    if whole.isascii() and whole.isprintable():
        return Strip(column, name, texts, styles, max(len(name), *map(len, texts)))
    texts = list(map(visible, texts))
    return Strip(column, name, texts, styles, max(columns(name), *map(columns, texts)))


def grid_lines(grid: Grid, width: int | None) -> Iterator[list[Cell]]:
    """Return the heading with what all rows share, the names of the columns, the rows, and which columns are missing.

    Without a width nothing moves, leaves or wraps: every line is complete, and only columns without a text are left
    out. The first column is what a row is about: it never moves.
    """
    if not grid.rows:
        yield from paragraph(grid.heading, "strong", width)
        yield from paragraph(grid.empty, "dim", width)
        return
    large, cells = len(grid.rows) > LARGE, zip(*grid.rows, strict=True)
    strips = [read_strip(column, texts, large=large) for column, texts in zip(grid.columns, cells, strict=True)]
    first, *others = [strip for strip in strips if not strip.empty] or strips
    shared = [strip for strip in others if strip.shared and width is not None]
    strips, gone = leave([first, *(strip for strip in others if width is None or not strip.shared)], width)
    yield from paragraph(heading(grid.heading, shared), "strong", width)
    widths = allot(strips, width)
    yield from row_lines(unfold(strips, widths), widths, large=large)
    if gone:
        names = ", ".join(map(mention, gone))
        yield from paragraph(f"Not shown for lack of width: {names}.", "dim", width)


def heading(words: str, shared: Sequence[Strip]) -> str:
    """Return a grid's heading, with the values that all its rows share."""
    values = ", ".join(f"{mention(strip)}: {strip.texts[0]}" for strip in shared)
    return f"{words} ({values})" if words and values else words or values


def mention(strip: Strip) -> str:
    """Return the name of the column as it stands within a sentence: `Last action` is small there, `NMP` is not."""
    name = strip.name
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def leave(strips: Sequence[Strip], width: int | None) -> tuple[list[Strip], list[Strip]]:
    """Return the columns that stay, and those that leave: one after the other in their order, until the rest fits."""
    stay, gone = list(range(len(strips))), []
    for place in sorted(stay, key=lambda place: strips[place].column.leaves):
        if not strips[place].column.leaves:
            continue
        least = sum(strips[other].least + len(GAP) for other in stay) - len(GAP)
        if width is None or least <= width or len(stay) == 1:
            break
        stay.remove(place)
        gone.append(place)
    return [strips[place] for place in stay], [strips[place] for place in gone]


def allot(strips: Sequence[Strip], width: int | None) -> list[int]:
    """Return the width of each column; those that wrap divide what the others leave."""
    if width is None:
        return [strip.widest for strip in strips]
    widths = [strip.least for strip in strips]
    spare = max(width - sum(widths) - len(GAP) * (len(strips) - 1), 0)
    wrapping = sorted(
        (place for place, strip in enumerate(strips) if strip.least < strip.widest),
        key=lambda place: strips[place].widest,
    )
    for done, place in enumerate(wrapping):
        more = min(strips[place].widest - widths[place], spare // (len(wrapping) - done))
        widths[place] += more
        spare -= more
    return widths


def row_lines(strips: Sequence[Strip], widths: Sequence[int], *, large: bool) -> Iterator[list[Cell]]:
    """Return the names of the columns and the rows; those of a large grid are one piece each, without style."""
    texts = [
        fill([strip.name, *strip.texts], width, right=strip.column.right)
        for strip, width in zip(strips, widths, strict=True)
    ]
    rows = zip(*texts, strict=True)
    names = next(rows)
    if any(strip.name for strip in strips):
        yield [Cell(GAP.join(names), "strong")]
    if large:
        yield from ([Cell(GAP.join(row))] for row in rows)
        return
    for row, styles in zip(rows, zip(*(strip.styles for strip in strips), strict=True), strict=True):
        yield [cell for text, style in zip(row, styles, strict=True) for cell in (Cell(text, style), Cell(GAP))]


def fill(texts: Sequence[str], width: int, *, right: bool) -> list[str]:
    """Return the texts with blanks up to the width."""
    if "".join(texts).isascii():
        return [text.rjust(width) if right else text.ljust(width) for text in texts]
    return [pad(text, width, right=right) for text in texts]


def unfold(strips: Sequence[Strip], widths: Sequence[int]) -> list[Strip]:
    """Return the columns with every line of a wrapped text in a row of its own."""
    if all(strip.widest <= width for strip, width in zip(strips, widths, strict=True)):
        return list(strips)
    folded = []
    for strip, width in zip(strips, widths, strict=True):
        lines = {text: wrap(text, width if width < strip.widest else None, cut=True) for text in set(strip.texts)}
        folded.append([lines[text] for text in strip.texts])  # errors repeat: each is wrapped once
    heights = [max(map(len, row)) for row in zip(*folded, strict=True)]
    return [
        strip._replace(
            texts=[
                line
                for lines, height in zip(cells, heights, strict=True)
                for line in (*lines, *[""] * (height - len(lines)))
            ],
            styles=[style for style, height in zip(strip.styles, heights, strict=False) for _ in range(height)],
        )
        for strip, cells in zip(strips, folded, strict=True)
    ]
