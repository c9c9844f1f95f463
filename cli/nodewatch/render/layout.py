"""What stands where on a page: its blocks become lines of pieces that have a style; nothing is written here.

Terminals and pipes get the same lines, except that only a terminal has a width: off one nothing wraps, so that every
line that a script reads is complete.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from nodewatch.render.bar import bar_lines
from nodewatch.render.grid import COLUMN_GAP, plain_lines
from nodewatch.render.panels import panel_lines
from nodewatch.render.text import display_width, pad, paragraph
from nodewatch.table import Bar, Cell, Fields, Grid, Heading, Line, Panels, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from nodewatch.table import Block, Page

Piece = TypeVar("Piece")


def spaced(page: Page, lines: Callable[[Block], Iterable[list[Piece]]]) -> Iterator[list[Piece]]:
    """Return the lines of all blocks, with a blank one between, except where a block belongs to the one above."""
    above: Block | None = None
    for block in page:
        found = iter(lines(block))
        first = next(found, None)
        if first is None:
            continue
        if not (above is None or isinstance(above, Heading) or (isinstance(block, Line) and block.lead[:1] == " ")):
            yield []
        yield first
        yield from found
        above = block


def block_lines(block: Block, width: int | None, *, blocks: bool) -> Iterable[list[Cell]]:
    """Return the lines of one block; `blocks` tells whether the paper shows block characters.

    >>> [line[-1] for each in (Heading("Failed", "bad"), Heading("Next")) for line in block_lines(each, 9, blocks=True)]
    [Cell(text='Failed', style='bad'), Cell(text='Next', style='strong')]
    """
    if isinstance(block, Grid):
        return plain_lines(block, width)
    if isinstance(block, Fields):
        return field_lines(block, width)
    if isinstance(block, Bar):
        return bar_lines(block, width, blocks=blocks)
    if isinstance(block, Panels):
        return panel_lines(block, width, blocks=blocks)
    if isinstance(block, Heading):
        return paragraph(block.text, block.style or "strong", width)
    return paragraph(block.text, block.style, None if block.whole else width, Cell(block.lead, "strong"))


def field_lines(fields: Fields, width: int | None) -> Iterator[list[Cell]]:
    """Return a line for each name and value; nothing where all values are empty."""
    pairs = [(visible(name) + ":", cell) for name, value in fields.pairs if (cell := as_cell(value)).text]
    if not pairs:
        return
    widest = max(display_width(name) for name, _ in pairs)
    for name, cell in pairs:
        yield from paragraph(cell.text, cell.style, width, Cell(pad(name, widest) + COLUMN_GAP, "dim"))


def as_cell(text: str | Cell) -> Cell:
    """Return the text as a cell."""
    return text if isinstance(text, Cell) else Cell(text)
