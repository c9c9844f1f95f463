"""Texts in lines: how wide they are on a terminal, where they may break, and what stands in front of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nodewatch.table import Cell, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nodewatch.table import Style

NARROW = 20  # columns that are left to a text that wraps, however little room there is
FACT = re.compile(r"(?:[^ ]| (?! ))* *")  # up to two blanks, which part the facts on a line
LINE_PIECE = re.compile(r"(?:\[[^\[\]\s]*\]|[^\s,])*,?\s*")  # up to a blank or a comma, where a[1,3] is one piece
NO_LEAD = Cell("")


def display_width(text: str) -> int:
    r"""Return how many columns of a terminal the text takes: East Asian wide characters two, combining marks none.

    >>> display_width("x3000"), display_width("計算"), display_width("e\u0301")
    (5, 4, 1)
    """
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Return the text with blanks up to the width: behind it, or in front where it goes to the right."""
    blanks = " " * (width - display_width(text))
    return blanks + text if right else text + blanks


def wrap(text: str, width: int | None, *, cut: bool = False) -> list[str]:
    """Return the text as lines of that width, broken at blanks and after commas, but not inside brackets.

    Where two blanks part the text into facts that fit, it is broken only there. A piece that is longer than the width
    stands alone on its line and runs over, unless `cut` allows to break it anywhere.

    >>> wrap("x3000c0s[19,21]b0n0,x3000c0s[1-7]b0n0", 24), wrap("no answer from pcs", 9)
    (['x3000c0s[19,21]b0n0,', 'x3000c0s[1-7]b0n0'], ['no answer', 'from pcs'])
    >>> wrap("started 2026-11-21  took 1 min", 25)
    ['started 2026-11-21', 'took 1 min']
    >>> wrap("http://cray-bss/boot", 8), wrap("http://cray-bss/boot", 8, cut=True)
    (['http://cray-bss/boot'], ['http://c', 'ray-bss/', 'boot'])
    """
    if width is None or display_width(text) <= width:
        return [text]
    facts = FACT.findall(text)
    whole = all(display_width(fact.rstrip(" ")) <= width for fact in facts)
    lines, line, used = [], "", 0
    for piece in facts if whole else LINE_PIECE.findall(text):
        *full, rest = chopped(piece, width) if cut else [piece]
        if line and used + display_width((full or [rest])[0].rstrip(" ")) > width:
            lines.append(line.rstrip(" "))
            line, used = "", 0
        lines += full
        line += rest
        used += display_width(rest)
    return [*lines, line.rstrip(" ")] if line.rstrip(" ") else lines


def chopped(piece: str, width: int) -> list[str]:
    """Return a piece in as many parts as the width makes of it."""
    if display_width(piece.rstrip(" ")) <= width:
        return [piece]
    from rich.cells import chop_cells

    return chop_cells(piece, width)


def paragraph(text: str, style: Style, width: int | None, lead: Cell = NO_LEAD) -> Iterator[list[Cell]]:
    """Return the lines of a text, wrapped, with the lead in front of the first and as many blanks before the others.

    A lead that leaves too little room stands above the text, which is then indented by two more than the lead.
    """
    words, front = visible(text), visible(lead.text)
    if not words and not front.strip(" "):
        return
    room = None if width is None else width - display_width(front)
    if width is not None and room is not None and room < min(display_width(words), NARROW) and front.strip(" "):
        for line in wrap(front.rstrip(" "), width):
            yield [Cell(line, lead.style)]
        front = " " * (len(front) - len(front.lstrip(" ")) + 2)
        room = width - len(front)
    indent = " " * display_width(front)
    for line in wrap(words, None if room is None else max(room, 1)):
        yield [Cell(front, lead.style), Cell(line, style)]
        front = indent
