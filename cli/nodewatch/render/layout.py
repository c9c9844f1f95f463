"""Where everything on a page goes: its blocks become lines of pieces that have a style.

Nothing is coloured or written here. Terminals and pipes get the same lines, except that only a terminal has a width:
off one no column leaves or moves and no text wraps, so that every line that a script reads is complete.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.render.bar import bar_lines
from nodewatch.render.grid import GAP, grid_lines
from nodewatch.render.paragraph import columns, pad, paragraph
from nodewatch.table import Bar, Cell, Fields, Grid, Line, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nodewatch.table import Block, Page


def page_lines(page: Page, width: int | None, *, blocks: bool = True) -> Iterator[list[Cell]]:
    """Return the page's lines, with a blank one between blocks, except above a line that is only indented.

    `width` is that of the paper in columns, None for one without end; `blocks` tells whether it shows block characters.
    Blanks at the end of a line mean nothing.
    """
    above = False
    for block in page:
        lines = block_lines(block, width, blocks=blocks)
        first = next(lines, None)
        if first is None:
            continue
        if above and not (isinstance(block, Line) and block.lead.isspace()):
            yield []
        yield first
        yield from lines
        above = True


def block_lines(block: Block, width: int | None, *, blocks: bool) -> Iterator[list[Cell]]:
    """Return the lines of one block."""
    if isinstance(block, Grid):
        return grid_lines(block, width)
    if isinstance(block, Fields):
        return field_lines(block, width)
    if isinstance(block, Bar):
        return bar_lines(block, width, blocks=blocks)
    return paragraph(block.text, block.style, width, Cell(block.lead, "strong"))


def field_lines(fields: Fields, width: int | None) -> Iterator[list[Cell]]:
    """Return the heading, and a line for each name and value; nothing where all values are empty."""
    pairs = [(visible(name) + ":", cell) for name, value in fields.pairs if (cell := as_cell(value)).text]
    if not pairs:
        return
    yield from paragraph(fields.heading, "strong", width)
    widest = max(columns(name) for name, _ in pairs)
    for name, cell in pairs:
        yield from paragraph(cell.text, cell.style, width, Cell(pad(name, widest) + GAP, "dim"))


def as_cell(text: str | Cell) -> Cell:
    """Return the text as a cell."""
    return text if isinstance(text, Cell) else Cell(text)
