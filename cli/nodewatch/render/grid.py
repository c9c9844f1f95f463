"""A grid: which columns find room on a terminal, and its rows as plain lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.render.text import LINE_PIECE, NARROW, display_width, pad, paragraph
from nodewatch.table import Cell, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nodewatch.table import Column, Grid, Style

COLUMN_GAP = "  "


class DrawnColumn(NamedTuple):
    """A column with its texts, made visible, and their styles; `widest` is the width of the widest text or the name."""

    column: Column
    name: str
    texts: list[str]
    styles: list[Style]
    widest: int

    @property
    def least(self) -> int:
        """The width that the column does not go below: what wraps may be narrow, names and node sets are never cut."""
        if not self.column.wraps:
            return self.widest
        return max(display_width(self.name), *map(narrowest, self.texts))

    @property
    def empty(self) -> bool:
        """Whether nothing is in the column, and it may leave for that."""
        return (self.column.gives_way > 0 or self.column.shares) and not any(self.texts)

    @property
    def shared(self) -> bool:
        """Whether all rows say the same in a column that may say it once, in the heading."""
        first, count = self.texts[0], len(self.texts)
        return self.column.shares and count > 1 and self.texts.count(first) == count


def narrowest(text: str) -> int:
    """Return how narrow the column of a text that wraps may be: as its longest part with brackets, at least.

    >>> narrowest("no power"), narrowest("no answer from the controller"), narrowest("x1c[0-7]s[0-7]b[0-1]n[0-3],x2")
    (8, 20, 27)
    """
    sets = (display_width(piece.rstrip()) for piece in LINE_PIECE.findall(text) if "[" in piece) if "[" in text else ()
    return max(min(display_width(text), NARROW), *sets, 0)


class Fitted(NamedTuple):
    """A grid as there is room for it: its heading, the columns that stay, and what to say of those that left."""

    heading: str
    columns: list[DrawnColumn]
    missing: str


def fitted(grid: Grid, width: int | None) -> Fitted:
    """Return the columns that stay, and what moved from them.

    Without a width nothing moves or leaves; only columns without a text are left out. The first column is what a row is
    about: it never moves.

    >>> from nodewatch.table import Column, Grid
    >>> display_width = [Column("Node"), Column("Session", 1, shares=True), Column("Error", 1), Column("Asked for")]
    >>> def names(*rows):
    ...     found = fitted(Grid(display_width, rows), 80)
    ...     return found.heading, [drawn.name for drawn in found.columns]
    >>> names(["x1", "s", "", ""]), names(["x1", "s", "", ""], ["x2", "s", "off", ""])
    (('', ['Node', 'Session', 'Asked for']), ('Session: s', ['Node', 'Error', 'Asked for']))
    >>> leaving = [Column("Error", 1), Column("Name", 2, shares=True)]
    >>> [[drawn.name for drawn in fitted(Grid(leaving, 2 * [row]), 3).columns] for row in (["", ""], ["off", "night"])]
    [['Error'], ['Error']]
    >>> [drawn.name for drawn in fitted(Grid(leaving, [["off", "night"]]), 3).columns]
    ['Name']
    """
    cells = zip(*grid.rows, strict=True)
    columns = [read_column(column, texts) for column, texts in zip(grid.columns, cells, strict=True)]
    first, *others = [drawn for drawn in columns if not drawn.empty] or columns[:1]
    if width is None:
        return Fitted(grid.heading, [first, *others], "")
    shared = [drawn for drawn in others if drawn.shared]
    stay, gone = make_room([first, *(drawn for drawn in others if not drawn.shared)], width)
    missing = f"Not shown for lack of width: {', '.join(map(mention, gone))}." if gone else ""
    return Fitted(heading(grid.heading, shared), stay, missing)


def read_column(column: Column, cells: Sequence[str | Cell]) -> DrawnColumn:
    """Return the column with its cells as they will be shown."""
    name = visible(column.name)
    texts = [cell if isinstance(cell, str) else cell.text for cell in cells]
    styles: list[Style] = ["" if isinstance(cell, str) else cell.style for cell in cells]
    whole = "".join([name, *texts])
    if whole.isascii() and whole.isprintable():
        return DrawnColumn(column, name, texts, styles, max(len(name), *map(len, texts)))
    texts = list(map(visible, texts))
    return DrawnColumn(column, name, texts, styles, max(display_width(name), *map(display_width, texts)))


def heading(words: str, shared: Sequence[DrawnColumn]) -> str:
    """Return a grid's heading, with the values that all its rows share."""
    values = ", ".join(f"{mention(drawn)}: {drawn.texts[0]}" for drawn in shared)
    return f"{words} ({values})" if words and values else words or values[:1].upper() + values[1:]


def mention(drawn: DrawnColumn) -> str:
    """Return the name of the column as it stands within a sentence: `Last action` is small there, `NMP` is not."""
    name = drawn.name
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def make_room(columns: Sequence[DrawnColumn], width: int) -> tuple[list[DrawnColumn], list[DrawnColumn]]:
    """Return the columns that stay, and those that leave: one after the other in their order, until the rest fits."""
    stay, gone = list(range(len(columns))), []
    for place in sorted(stay, key=lambda place: columns[place].column.gives_way):
        if not columns[place].column.gives_way:
            continue
        least = sum(columns[other].least + len(COLUMN_GAP) for other in stay) - len(COLUMN_GAP)
        if least <= width or len(stay) == 1:
            break
        stay.remove(place)
        gone.append(place)
    return [columns[place] for place in stay], [columns[place] for place in gone]


def plain_lines(grid: Grid, width: int | None) -> Iterator[list[Cell]]:
    """Return the heading, the names of the columns, and the rows: complete lines, however wide, without styles."""
    if not grid.rows:
        yield from paragraph(grid.heading, "strong", width)
        yield from paragraph(grid.empty, "dim", width)
        return
    found = fitted(grid, width)
    yield from paragraph(found.heading, "strong", width)
    names, *rows = zip(*(padded_column(drawn) for drawn in found.columns), strict=True)
    if any(drawn.name for drawn in found.columns):
        yield [Cell(COLUMN_GAP.join(names), "strong")]
    yield from ([Cell(COLUMN_GAP.join(row))] for row in rows)
    yield from paragraph(found.missing, "dim", width)


def padded_column(drawn: DrawnColumn) -> list[str]:
    """Return the column's name and its texts with blanks up to its width."""
    texts, width, right = [drawn.name, *drawn.texts], drawn.widest, drawn.column.right
    if "".join(texts).isascii():
        return [text.rjust(width) if right else text.ljust(width) for text in texts]
    return [pad(text, width, right=right) for text in texts]
