"""A page on paper: drawn by `rich` on a terminal, and as plain lines of any width elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from nodewatch.render.bar import BLOCKS
from nodewatch.render.grid import COLUMN_GAP, fitted, narrowest
from nodewatch.render.layout import block_lines, spaced
from nodewatch.render.text import display_width, paragraph, wrap
from nodewatch.table import Grid, Heading, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TextIO

    from rich.console import Console, ConsoleOptions, JustifyMethod, RenderableType
    from rich.measure import Measurement
    from rich.segment import Segment
    from rich.text import Text

    from nodewatch.render.grid import DrawnColumn
    from nodewatch.table import Block, Cell, Column, Page, Style
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
LARGE_TABLE = 200  # rows; rich takes a millisecond for two, and nobody looks at the colours of more
WIDEST = 100_000  # columns of a paper without end


class Paper(NamedTuple):
    """What a page is drawn on: its width (None: without end), whether it shows block characters, and colours."""

    width: int | None
    blocks: bool = True
    colours: bool = True

    def console(self, out: TextIO, **more: Any) -> Console:
        """Return rich's console, which takes no text for markup, emoji or a highlight."""
        from rich.console import Console

        return Console(
            **{
                "file": out,
                "width": self.width or WIDEST,
                "force_terminal": True,
                "color_system": "standard" if self.colours else None,
                "no_color": False,
                "legacy_windows": False,
                "highlight": False,
                "markup": False,
                "emoji": False,
                **more,
            }
        )


def print_page(page: Page, world: World, *, paged: bool = False) -> None:
    """Write the page to stdout: in the terminal's width and colours, or as plain text of any width where there is none.

    `NO_COLOR` and `TERM=dumb` turn colours off. With `FORCE_COLOR` a stream that is no terminal is treated as one, as
    wide as COLUMNS says, or of any width. `paged` allows a pager, where the page is longer than the terminal.
    """
    out, paper, page = world.stdout, paper_of(world), masked_page(page, world)
    if paper is None:
        blocks = shows_blocks(out)
        lines = spaced(page, lambda block: block_lines(block, None, blocks=blocks))
        out.writelines("".join([cell.text for cell in line]).rstrip(" ") + "\n" for line in lines)
        return
    from rich.segment import Segments

    console = paper.console(out)
    with console.capture() as captured:
        segments = [segment for line in page_lines(page, paper, console) for segment in line]
        console.print(Segments(segments), crop=False, end="")
    text = captured.get()
    if paged:
        from nodewatch.render.pager import page_through

        if page_through(text, world):
            return
    out.write(text)


def masked_page(page: Page, world: World) -> Page:
    """Return the page with the known secrets in its texts masked: before it is laid out, as lines end inside of one."""
    if not world.secrets:
        return page
    whole = "\n".join(texts(page))
    return page if world.masked(whole) == whole else with_changed_texts(page, world.masked)


def texts(part: Iterable[object]) -> Iterator[str]:
    """Return the texts in a part of a page."""
    for each in part:
        if isinstance(each, str):
            yield each
        elif isinstance(each, Sequence):
            yield from texts(each)


def with_changed_texts(part: Any, change: Callable[[str], str]) -> Any:
    """Return a part of a page with every text in it changed."""
    if isinstance(part, str):
        return change(part)
    if isinstance(part, tuple) and hasattr(part, "_fields"):
        return type(part)(*(with_changed_texts(each, change) for each in part))
    return [with_changed_texts(each, change) for each in part] if isinstance(part, Sequence) else part


def paper_of(world: World) -> Paper | None:
    """Return what stdout is to draw on; None where it is to be plain text."""
    out, forced = world.stdout, bool(world.variable("FORCE_COLOR"))
    if not (out.isatty() or forced):
        return None
    dumb = world.variable("TERM") in ("dumb", "unknown")
    return Paper(
        width=world.columns if out.isatty() or world.variable("COLUMNS") else None,
        blocks=not dumb and shows_blocks(out),
        colours=not dumb and not world.variable("NO_COLOR"),
    )


def shows_blocks(out: TextIO) -> bool:
    """Return whether the stream's encoding has block characters."""
    try:
        "".join(BLOCKS.values()).encode(out.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def page_lines(page: Page, paper: Paper, console: Console) -> Iterator[list[Segment]]:
    """Return the page's lines as rich's segments, each line with its end."""
    from rich.segment import Segment
    from rich.style import Style as Paint

    paints = {style: Paint.parse(colour) for style, colour in COLOURS.items()}

    def segments(lines: Iterable[list[Cell]]) -> Iterator[list[Segment]]:
        return ([Segment(cell.text, paints[cell.style]) for cell in line] for line in lines)

    def lines(block: Block) -> Iterator[list[Segment]]:
        if isinstance(block, Heading) and paper.width and display_width(visible(block.text)) < paper.width - 4:
            yield from rendered(ruled(block, paper), console)
        elif isinstance(block, Grid) and 0 < len(block.rows) <= LARGE_TABLE:
            found = fitted(block, paper.width)
            yield from segments(paragraph(found.heading, "strong", paper.width))
            least = sum(drawn.least + len(COLUMN_GAP) for drawn in found.columns) - len(COLUMN_GAP)
            yield from rendered(tabled(found.columns), console, max(console.width, least))
            yield from segments(paragraph(found.missing, "dim", paper.width))
        else:
            yield from segments(block_lines(block, paper.width, blocks=paper.blocks))

    for line in spaced(page, lines):
        yield [*tidy(line), Segment.line()]


def tidy(line: list[Segment]) -> list[Segment]:
    """Return the line without the blanks at its end, and without colours for blanks."""
    while line and not line[-1].text.strip(" "):
        line = line[:-1]
    line = [segment if segment.text.strip(" ") else segment._replace(style=None) for segment in line]
    return [*line[:-1], line[-1]._replace(text=line[-1].text.rstrip(" "))] if line else line


def rendered(renderable: RenderableType, console: Console, width: int | None = None) -> Iterator[list[Segment]]:
    """Return what rich makes of something, by lines."""
    from rich.segment import Segment

    options = console.options.update(width=width or console.width)
    return iter(list(Segment.split_lines(console.render(renderable, options))))


def ruled(heading: Heading, paper: Paper) -> RenderableType:
    """Return a heading with a rule behind it."""
    from rich.rule import Rule

    title = styled(heading.text, heading.style or "strong")
    return Rule(title, align="left", style="dim", characters="─" if paper.blocks else "-")


def tabled(columns: Sequence[DrawnColumn]) -> RenderableType:
    """Return columns as rich's table."""
    from rich.table import Table

    table = Table(
        box=None,
        pad_edge=False,
        padding=(0, len(COLUMN_GAP), 0, 0),
        show_header=any(drawn.name for drawn in columns),
        header_style="bold",
    )
    for drawn in columns:
        justify: JustifyMethod = "right" if drawn.column.right else "left"
        table.add_column(styled(drawn.name, ""), justify=justify, no_wrap=not drawn.column.wraps)
    cells = [map(rich_cell, drawn.texts, drawn.styles, repeat(drawn.column)) for drawn in columns]
    for row in zip(*cells, strict=True):
        table.add_row(*row)
    return table


def rich_cell(text: str, style: Style, column: Column) -> RenderableType:
    """Return a cell of a table."""
    return Words(text, style) if column.wraps else styled(text, style)


def styled(text: str, style: Style) -> Text:
    """Return the text as rich's: never markup, never wrapped, nothing in it that a terminal obeys."""
    from rich.text import Text

    return Text(visible(text), COLOURS[style], no_wrap=True, overflow="crop")


class Words:
    """A text in a table that breaks at blanks and after commas, but not inside brackets: node sets stay whole."""

    def __init__(self, text: str, style: Style) -> None:
        self.text, self.style = text, style

    def __rich_measure__(self, _console: Console, _options: ConsoleOptions) -> Measurement:
        from rich.measure import Measurement

        return Measurement(narrowest(self.text), display_width(self.text))

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[Text]:
        for line in wrap(self.text, options.max_width, cut=True):
            yield styled(line, self.style)
