"""Small pictures, as many side by side as there is room for."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from nodewatch.render.bar import BLOCKS, SIGNS, packed
from nodewatch.render.text import display_width
from nodewatch.table import Cell, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nodewatch.table import Panel, Panels

PANEL_GAP = 3
PLAIN = {ord(block): SIGNS[style] for style, block in BLOCKS.items()}
PIPED_WIDTH = 100  # columns of a picture where there is no terminal: the same each time


def panel_lines(block: Panels, width: int | None, *, blocks: bool) -> Iterator[list[Cell]]:
    """Return the legend and the pictures, in rows of as many as fit; one that is wider than the paper stands alone.

    Where the paper has no block characters, signs of a bar stand in for them.
    """
    lines = picture_lines(block, width)
    return lines if blocks else ([cell._replace(text=cell.text.translate(PLAIN)) for cell in line] for line in lines)


def picture_lines(block: Panels, width: int | None) -> Iterator[list[Cell]]:
    """Return the legend, and the pictures in rows of as many as fit."""
    yield from packed(block.legend, width)
    yield []
    row: list[tuple[Panel, int]] = []
    used = 0
    above = False
    for panel in block.panels:
        size = max(
            display_width(visible(panel.name)), *(sum(len(cell.text) for cell in line) for line in panel.lines), 0
        )
        if row and used + PANEL_GAP + size > (width or PIPED_WIDTH):
            yield from row_lines(row, above=above)
            row, used, above = [], 0, True
        used += size + PANEL_GAP * bool(row)
        row.append((panel, size))
    yield from row_lines(row, above=above)


def row_lines(row: Sequence[tuple[Panel, int]], *, above: bool) -> Iterator[list[Cell]]:
    """Return the lines of pictures that stand side by side, below a blank one if there are others above."""
    if above:
        yield []
    named = [[[Cell(visible(panel.name), "strong")], *panel.lines] for panel, _ in row]
    for lines in zip_longest(*named, fillvalue=()):
        found: list[Cell] = []
        for cells, (_, size) in zip(lines, row, strict=True):
            found += cells
            found.append(Cell(" " * (size + PANEL_GAP - sum(display_width(cell.text) for cell in cells))))
        yield found
