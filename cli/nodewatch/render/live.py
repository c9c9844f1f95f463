"""A page drawn again and again in the same place of a terminal, which is given back as it was."""

from __future__ import annotations

import os
import signal
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn, Self

from nodewatch.render.keyboard import Keyboard
from nodewatch.render.page import Paper, masked_page, page_lines, paper_of
from nodewatch.table import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.segment import Segment

    from nodewatch.table import Page
    from nodewatch.world import World

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
LINES = 25
MOST_LINES = 2_000  # that can be looked through
FURTHER: Page = [Line("(more below: arrows and page keys scroll, q quits)", "dim")]


class Screen:
    """A terminal's other screen, as editors use it: while it is entered, `draw` fills it; leaving restores the first.

    That is so for Ctrl-C and for the signals that end a process, except SIGKILL, and while it is stopped by Ctrl-Z.
    """

    def __init__(self, world: World) -> None:
        from rich.live import Live

        self.world = world
        self.paper = paper_of(world) or Paper(world.columns)
        self.console = self.paper.console(world.stdout)
        self.live = Live(console=self.console, screen=True, auto_refresh=False, redirect_stdout=False)
        self.before: dict[int, Any] = {}
        self.body: Page | None = None
        self.lines: list[list[Segment]] = []
        self.above = 0
        self.keyboard = Keyboard(world)

    def __enter__(self) -> Self:
        handlers = {**dict.fromkeys(ENDING, end_on_signal), signal.SIGTSTP: self.stop}
        self.before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        self.live.start()
        self.keyboard.take()
        return self

    def __exit__(self, *_error: object) -> None:
        self.keyboard.give_back()
        self.live.stop()
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def stop(self, number: int, _frame: object) -> None:
        """Give the terminal back while the process is stopped, and take it again when it goes on."""
        self.keyboard.give_back()
        self.live.stop()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, self.stop)
        self.live.start()
        self.keyboard.take()

    def wait(self, seconds: float) -> None:
        """Wait that long, or until a key is pressed: arrows and page keys move the body.

        Raise `KeyboardInterrupt` for `q`.
        """
        page = max(self.console.height - 6, 1)
        steps = {"up": -1, "down": 1, "page up": -page, "page down": page}
        for key in self.keyboard.keys(seconds):
            if key == "quit":
                raise KeyboardInterrupt
            self.above = max(self.above + steps[key], 0)

    def draw(self, head: Page, body: Page) -> None:
        """Fill the screen with the head, which always stays, and as much of the body as there is room for.

        A body is laid out once for each size of the terminal, so that a new head over the same body costs little.
        """
        from rich.segment import Segment, Segments

        size = terminal_size(self.world)
        if body is not self.body or size != self.console.size:
            self.body, self.console.size = body, size
            self.lines = list(islice(self.lines_of(body), MOST_LINES))
        top = [*self.lines_of(head), [Segment.line()]]
        self.above = min(self.above, max(len(self.lines) + len(top) - size[1], 0))
        lines = [*top, *self.lines[self.above :]]
        if len(lines) > size[1]:
            lines[size[1] - 1 :] = self.lines_of(FURTHER)
        self.live.update(Segments([segment for line in lines for segment in line]), refresh=True)

    def lines_of(self, page: Page) -> Iterator[list[Segment]]:
        """Return the page's lines in the terminal's present width; nothing runs over on this screen."""
        shown = masked_page(page, self.world)
        blocks = [block._replace(whole=False) if isinstance(block, Line) else block for block in shown]
        return page_lines(blocks, self.paper._replace(width=self.console.width), self.console)


def end_on_signal(number: int, _frame: object) -> NoReturn:
    """End as the signal wants, but as an exception: so that everything is restored on the way out."""
    raise SystemExit(128 + number)


def terminal_size(world: World) -> tuple[int, int]:
    """Return the terminal's columns and lines: its own, which change with its window, before what COLUMNS says."""
    try:
        found = os.get_terminal_size(world.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        return world.columns, LINES
    return found.columns or world.columns, found.lines or LINES
