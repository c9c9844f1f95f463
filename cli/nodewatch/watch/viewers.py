"""How `--wait` and `--watch` show what they see: at the end, as lines or documents, or on a terminal in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Self

from nodewatch.table import Cell, Grid, Line, visible
from nodewatch.times import span
from nodewatch.watch.model import Looked, Shown
from nodewatch.watch.rate import sparkline

if TYPE_CHECKING:
    from collections.abc import Container
    from types import TracebackType

    from nodewatch.app import App
    from nodewatch.render.live import Screen
    from nodewatch.table import Block, Page
    from nodewatch.watch.loop import Update, Viewer
    from nodewatch.watch.model import Subject

MOST_MOVES = 5
SCREEN_TICK = 1.0


class FinalViewer(Generic[Looked, Shown]):
    """Says nothing until the end: then the document or the table."""

    def __init__(self, app: App, subject: Subject[Looked, Shown]) -> None:
        self.app, self.subject = app, subject
        self.last: Update[Looked] | None = None
        self.warned = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        look = self.last.look if self.last else None
        if kind is None and look is not None:
            subject = self.subject
            if subject.nodes is not None and self.app.list.wanted:
                self.app.show_list(subject.nodes(look), subject.whole)
            else:
                self.app.show(subject.document(look), lambda _: subject.table(look))

    def show(self, update: Update[Looked]) -> None:
        """Remember it; tell once of a server that does not answer at all, lest it looks like waiting for nodes."""
        self.last = update
        if not update.seen and not self.warned:
            self.warned = True
            self.app.say(f"Nothing was seen yet, and it is tried again: {update.trouble}")

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        self.app.world.sleep(seconds)


class LineViewer(Generic[Looked, Shown]):
    """Writes a line for each change, or a compact document: for what is not a terminal."""

    def __init__(self, app: App, subject: Subject[Looked, Shown]) -> None:
        self.app, self.subject = app, subject
        self.style = app.flags.get("format") or "table"
        self.shown: tuple[str, bool] | None = None
        self.stale = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def show(self, update: Update[Looked]) -> None:
        """Write what changed, and what is in the way of seeing it; nothing where nothing changed."""
        if update.trouble or update.look is None:
            self.stale = True
            age = (
                f"what is known is {span(self.app.world.now() - update.at)} old"
                if update.seen
                else "nothing was seen yet"
            )
            self.tell(f"no answer, {age}, next try in {update.pause:.0f} s: {update.trouble}")
            return
        if self.stale:
            self.stale = False
            self.tell("answers again")
        state = (update.outcome.words, self.style == "table" and update.outcome.finished)
        if update.moves or state != self.shown:
            self.shown = state
            self.write(update, update.look)

    def write(self, update: Update[Looked], look: Looked) -> None:
        """Write one change."""
        out = self.app.world.stdout
        document = self.document(look) if self.style != "table" else None
        if update.rate and isinstance(document, dict):
            document = {
                **document,
                "nodewatch": {"rate_a_minute": update.rate.a_minute, "seconds_left": update.rate.seconds_left},
            }
        if self.style == "json":
            import json

            out.write(json.dumps(document, separators=(",", ":")) + "\n")
        elif self.style == "yaml":
            out.write("---\n")
            self.app.print_document(document)
        else:
            changes = [move.words(self.subject.gone_means) for move in update.moves]
            self.line("; ".join([update.words, *changes]))
        out.flush()

    def document(self, look: Looked) -> object:
        """Return the document of a look: the list, where the options ask something of it."""
        subject = self.subject
        if subject.nodes is not None and self.app.list.wanted:
            return self.app.list.document(subject.nodes(look), subject.whole)
        return subject.document(look)

    def tell(self, text: str) -> None:
        """Write a line about the server: among the lines, but never among documents."""
        if self.style == "table":
            self.line(text)
        else:
            self.app.say(text)

    def line(self, text: str) -> None:
        """Write one line with the time in front."""
        world = self.app.world
        print(f"{world.now():%Y-%m-%dT%H:%M:%SZ}  {visible(world.masked(text))}", file=world.stdout, flush=True)

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        self.app.world.sleep(seconds)


class ScreenViewer(Generic[Looked, Shown]):
    """Draws the table in place on a terminal, with what changed; at any end the last one is left below the prompt."""

    def __init__(self, app: App, subject: Subject[Looked, Shown]) -> None:
        self.app, self.subject = app, subject
        self.update: Update[Looked] | None = None
        self.page: Page = []
        self.screen: Screen | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self.screen is None:
            return
        self.screen.__exit__(None, None, None)
        self.app.hushed = False
        from contextlib import suppress

        from nodewatch.render.page import print_page

        if self.update is not None:
            with suppress(*([OSError] if kind is SystemExit else [])):  # killed, or the terminal was closed
                print_page([self.heading(self.update), *self.page], self.app.world)

    def show(self, update: Update[Looked]) -> None:
        """Draw what one round brought: what changed, and the table with a star behind each name that changed."""
        self.update = update
        if not update.trouble and update.look is not None:
            names = {name for move in update.moves for name in move.names}
            table = [mark_names(block, names) for block in self.table(update.look)]
            self.page = [*change_lines(update, self.subject.gone_means), *table]
        if self.screen is None:
            from nodewatch.render.live import Screen

            self.app.hushed = True  # nothing else may write on this screen
            self.screen = Screen(self.app.world).__enter__()
        self.screen.draw([self.heading(update)], self.page)

    def table(self, look: Looked) -> Page:
        """Return the table of a look: the list, where the options ask something of it."""
        subject = self.subject
        if subject.nodes is not None and self.app.list.wanted:
            return self.app.list.page(subject.nodes(look))
        return subject.table(look)

    def heading(self, update: Update[Looked]) -> Line:
        """Return for how long it is watched, how old the data is, and what is in the way of seeing more."""
        now = self.app.world.now()
        elapsed, age = span(now - update.began), span(now - update.at)
        if not update.trouble:
            return Line(f"Watched for {elapsed}, seen {age} ago: {update.words}{self.course(update)}", "dim")
        data = f"STALE, what is known is {age} old" if update.seen else "nothing was seen yet"
        return Line(f"Watched for {elapsed}, {data}: {update.trouble}", "warn")

    def course(self, update: Update[Looked]) -> str:
        """Return the share of nodes that were done at each look, drawn small; nothing before the second look."""
        if len(update.shares) < 2:
            return ""
        from nodewatch.render.page import shows_blocks

        return "  " + sparkline(update.shares, blocks=shows_blocks(self.app.world.stdout))

    def sleep(self, seconds: float) -> None:
        """Let time pass, with the clock going on and the terminal's new size obeyed, every second."""
        world = self.app.world
        end = world.monotonic() + seconds
        while self.screen is not None and (left := end - world.monotonic()) > 0:
            self.screen.wait(min(left, SCREEN_TICK))
            if self.update is not None:
                self.screen.draw([self.heading(self.update)], self.page)


def change_lines(update: Update[object], gone_means: str) -> Page:
    """Return what changed since the last look, the largest moves first.

    >>> from datetime import UTC, datetime
    >>> from nodewatch.watch.loop import Move, Update
    >>> from nodewatch.watch.model import Outcome
    >>> def lines(count):
    ...     moves = [Move("on", "off", [f"x{number}"]) for number in range(count)]
    ...     return change_lines(Update(None, Outcome(""), moves, datetime.now(UTC), datetime.now(UTC)), "")
    >>> len(lines(5)), lines(7)[4].text, lines(7)[5].text
    (5, 'on -> off: x4', 'and 2 more')
    """
    rows = [move.words(gone_means) for move in update.moves[:MOST_MOVES]]
    more = len(update.moves) - len(rows)
    rows += [f"and {more} more"] * bool(more)
    return [Line(row, "strong", lead="  * ") for row in rows]


def mark_names(block: Block, names: Container[str]) -> Block:
    """Return the block, if it is a grid with a star behind the names in its first column that are among those given.

    >>> mark_names(Grid([], [["x1", "stable"], [Cell("x2", "bad"), "failed"]]), {"x2"}).rows
    [['x1', 'stable'], [Cell(text='x2 *', style='strong'), 'failed']]
    """
    if not isinstance(block, Grid):
        return block
    rows = []
    for row in block.rows:
        first = row[0] if isinstance(row[0], str) else row[0].text
        rows.append([Cell(f"{first} *", "strong"), *row[1:]] if first in names else row)
    return block._replace(rows=rows)


def choose_viewer(app: App, subject: Subject[Looked, Shown]) -> Viewer[Looked]:
    """Return what shows the updates, as the options and the terminal say."""
    if not app.flags.get("watch"):
        return FinalViewer(app, subject)
    terminal = app.world.stdout.isatty() and app.world.variable("TERM") not in ("dumb", "unknown")
    if terminal and (app.flags.get("format") or "table") == "table":
        return ScreenViewer(app, subject)
    return LineViewer(app, subject)
