"""A page of blocks, written: plain text, or what `rich` paints on a terminal that shows colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from nodewatch.render.bar import BLOCKS
from nodewatch.render.layout import page_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nodewatch.table import Cell, Page, Style
    from nodewatch.world import World

COLOURS: dict[Style, str] = {
    "": "",
    "good": "green",
    "bad": "bold red",
    "busy": "cyan",
    "warn": "yellow",
    "dim": "dim",
    "strong": "bold",
}


def print_page(page: Page, world: World) -> None:
    """Write the page to stdout: in the terminal's width and colours, or as plain text of any width where there is none.

    `NO_COLOR` and `TERM=dumb` turn colours off. With `FORCE_COLOR` a stream that is no terminal is treated as one, as
    wide as COLUMNS says, or of any width.
    """
    out = world.stdout
    forced = bool(world.variable("FORCE_COLOR"))
    dumb = world.variable("TERM") in ("dumb", "unknown")
    wide = world.columns if out.isatty() or (forced and world.variable("COLUMNS")) else None
    lines = page_lines(page, wide, blocks=not dumb and shows_blocks(out))
    if (out.isatty() or forced) and not dumb and not world.variable("NO_COLOR"):
        out.writelines(paint(lines))
    else:
        out.writelines("".join([cell.text for cell in line]).rstrip(" ") + "\n" for line in lines)


def shows_blocks(out: TextIO) -> bool:
    """Return whether the stream's encoding has block characters."""
    try:
        "".join(BLOCKS.values()).encode(out.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def paint(lines: Iterable[list[Cell]]) -> Iterator[str]:
    """Return the lines in colours that every terminal has; a text is never taken as markup."""
    from rich.color import ColorSystem
    from rich.style import Style as Paint

    paints = {style: Paint.parse(colour) for style, colour in COLOURS.items()}

    def painted(cell: Cell) -> str:
        if cell.text.isspace():
            return cell.text
        return paints[cell.style].render(cell.text, color_system=ColorSystem.STANDARD)

    for line in lines:
        yield "".join(map(painted, tidy(line))) + "\n"


def tidy(line: list[Cell]) -> list[Cell]:
    """Return the line without the blanks at its end."""
    while line and not line[-1].text.strip(" "):
        line = line[:-1]
    return [*line[:-1], line[-1]._replace(text=line[-1].text.rstrip(" "))] if line else line
