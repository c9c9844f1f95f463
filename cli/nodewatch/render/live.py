"""A page drawn again and again in the same place of a terminal, which is given back as it was."""

from __future__ import annotations

import os
import signal
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn, Self

from nodewatch.render.layout import page_lines
from nodewatch.render.table import COLOURS, shows_blocks
from nodewatch.table import Line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nodewatch.table import Cell, Page
    from nodewatch.world import World

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
LINES = 25
FURTHER: Page = [Line("(more below)", "dim")]


class Screen:
    """A terminal's other screen, as editors use it: while it is entered, `draw` fills it; leaving restores the first.

    That is so for Ctrl-C and for the signals that end a process, except SIGKILL, and while it is stopped by Ctrl-Z.
    """

    def __init__(self, world: World) -> None:
        from rich.console import Console
        from rich.live import Live

        self.world = world
        self.console = Console(
            file=world.stdout,
            force_terminal=True,
            no_color=bool(world.variable("NO_COLOR")),
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )
        self.live = Live(console=self.console, screen=True, auto_refresh=False, redirect_stdout=False)
        self.blocks = shows_blocks(world.stdout)
        self.before: dict[int, Any] = {}
        self.body: Page | None = None
        self.size = 0, 0
        self.lines: list[list[Cell]] = []

    def __enter__(self) -> Self:
        handlers = {**dict.fromkeys(ENDING, end), signal.SIGTSTP: self.stop}
        self.before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        self.live.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.live.stop()
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def stop(self, number: int, _frame: object) -> None:
        """Give the terminal back while the process is stopped, and take it again when it goes on."""
        self.live.stop()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, self.stop)
        self.live.start()

    def draw(self, head: Page, body: Page) -> None:
        """Fill the screen with the head and as much of the body as there is room for.

        A body is laid out once for each size of the terminal, so that a new head over the same body costs little.
        """
        width, height = size = measured(self.world)
        if body is not self.body or size != self.size:
            self.body, self.size = body, size
            self.lines = list(islice(page_lines(body, width, blocks=self.blocks), height + 1))
        lines = [*page_lines(head, width), [], *self.lines]
        if len(lines) > height:
            lines[height - 1 :] = list(page_lines(FURTHER, width))
        self.console.size = size
        self.live.update(text(lines), refresh=True)


def end(number: int, _frame: object) -> NoReturn:
    """End as the signal wants, but as an exception: so that everything is restored on the way out."""
    raise SystemExit(128 + number)


def measured(world: World) -> tuple[int, int]:
    """Return the terminal's columns and lines: its own, which change with its window, before what COLUMNS says."""
    try:
        found = os.get_terminal_size(world.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        return world.columns, LINES
    return found.columns or world.columns, found.lines or LINES


def text(lines: Iterable[list[Cell]]) -> Any:
    """Return the lines as rich's text: never markup, never wrapped."""
    from rich.text import Text

    written = Text(no_wrap=True, overflow="crop", end="")
    for line in lines:
        for cell in line:
            written.append(cell.text, COLOURS[cell.style] or None)
        written.append("\n")
    return written
