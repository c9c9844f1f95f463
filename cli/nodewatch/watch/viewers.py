"""How `--wait` and `--watch` show what they see: at the end, as lines or documents, or on a terminal in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from nodewatch.table import Cell, Grid, Line, visible
from nodewatch.times import span
from nodewatch.watch.rate import sparkline

if TYPE_CHECKING:
    from collections.abc import Container
    from types import TracebackType

    from nodewatch.app import App
    from nodewatch.table import Block, Page
    from nodewatch.watch.loop import Sight, Viewer
    from nodewatch.watch.model import Watched

MOST_MOVES = 5
TICK = 1.0


class Silence:
    """Says nothing until the end: then the document or the table."""

    def __init__(self, app: App, watched: Watched) -> None:
        self.app, self.watched = app, watched
        self.last: Sight | None = None
        self.warned = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if kind is None and self.last is not None and self.last.seen:
            watched, look = self.watched, self.last.look
            if watched.listed:
                self.app.show_list(watched.document(look))
            elif watched.nodes is not None and self.app.asks_for_rows:
                self.app.show_list(watched.nodes(look))
            else:
                self.app.show(watched.document(look), lambda _: watched.table(look))

    def show(self, sight: Sight) -> None:
        """Remember it; tell once of a server that does not answer at all, lest it looks like waiting for nodes."""
        self.last = sight
        if not sight.seen and not self.warned:
            self.warned = True
            self.app.say(f"Nothing was seen yet, and it is tried again: {sight.trouble}")

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        self.app.world.sleep(seconds)


class Journal:
    """Writes a line for each change, or a compact document: for what is not a terminal."""

    def __init__(self, app: App, watched: Watched) -> None:
        self.app, self.watched = app, watched
        self.style = app.flags.get("format") or "table"
        self.shown: Any = None
        self.stale = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def show(self, sight: Sight) -> None:
        """Write what changed, and what is in the way of seeing it; nothing where nothing changed."""
        if sight.trouble:
            self.stale = True
            age = (
                f"what is known is {span(self.app.world.now() - sight.at)} old"
                if sight.seen
                else "nothing was seen yet"
            )
            self.tell(f"no answer, {age}, next try in {sight.pause:g} s: {sight.trouble}")
            return
        if self.stale:
            self.stale = False
            self.tell("answers again")
        state = (sight.outcome.words, self.style == "table" and sight.outcome.finished)
        if sight.moves or state != self.shown:
            self.shown = state
            self.write(sight)

    def write(self, sight: Sight) -> None:
        """Write one change."""
        out = self.app.world.stdout
        document = self.watched.document(sight.look) if self.style != "table" else None
        if sight.rate and isinstance(document, dict):
            document = {
                **document,
                "nodewatch": {"rate_a_minute": sight.rate.a_minute, "seconds_left": sight.rate.left},
            }
        if self.style == "json":
            import json

            out.write(json.dumps(document, separators=(",", ":")) + "\n")
        elif self.style == "yaml":
            out.write("---\n")
            self.app.print_document(document)
        else:
            changes = [move.words(self.watched.left) for move in sight.moves]
            self.line("; ".join([sight.words, *changes]))
        out.flush()

    def tell(self, text: str) -> None:
        """Write a line about the server: among the lines, but never among documents."""
        if self.style == "table":
            self.line(text)
        else:
            self.app.say(text)

    def line(self, text: str) -> None:
        """Write one line with the time in front."""
        print(f"{self.app.world.now():%Y-%m-%dT%H:%M:%SZ}  {visible(text)}", file=self.app.world.display, flush=True)

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        self.app.world.sleep(seconds)


class Stage:
    """Draws the table in place on a terminal, with what changed; at any end the last one is left below the prompt."""

    def __init__(self, app: App, watched: Watched) -> None:
        self.app, self.watched = app, watched
        self.sight: Sight | None = None
        self.page: Page = []
        self.screen: Any = None

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

        if self.sight is not None:
            with suppress(*([OSError] if kind is SystemExit else [])):  # killed, or the terminal was closed
                print_page([self.heading(self.sight), *self.page], self.app.world)

    def show(self, sight: Sight) -> None:
        """Draw what one round brought."""
        self.sight = sight
        if not sight.trouble:
            self.page = [*changes(sight, self.watched.left), *self.marked(sight)]
        if self.screen is None:
            from nodewatch.render.live import Screen

            self.app.hushed = True  # nothing else may write on this screen
            self.screen = Screen(self.app.world).__enter__()
        self.screen.draw([self.heading(sight)], self.page)

    def marked(self, sight: Sight) -> Page:
        """Return the table of the sight, with a star behind each name that changed."""
        names = {name for move in sight.moves for name in move.names}
        return [marked(block, names) for block in self.watched.table(sight.look)]

    def heading(self, sight: Sight) -> Line:
        """Return how long it is watched, how old the data is, and what is in the way of seeing more."""
        now = self.app.world.now()
        elapsed, age = span(now - sight.began), span(now - sight.at)
        if not sight.trouble:
            return Line(f"Watched for {elapsed}, seen {age} ago: {sight.words}{self.course(sight)}", "dim")
        data = f"STALE, what is known is {age} old" if sight.seen else "nothing was seen yet"
        return Line(f"Watched for {elapsed}, {data}: {sight.trouble}", "warn")

    def course(self, sight: Sight) -> str:
        """Return the share of nodes that were done at each look, drawn small; nothing before the second look."""
        if len(sight.shares) < 2:
            return ""
        from nodewatch.render.page import shows_blocks

        return "  " + sparkline(sight.shares, blocks=shows_blocks(self.app.world.stdout))

    def sleep(self, seconds: float) -> None:
        """Let time pass, with the clock going on and the terminal's new size obeyed, every second."""
        world = self.app.world
        end = world.monotonic() + seconds
        while (left := end - world.monotonic()) > 0:
            self.screen.wait(min(left, TICK))
            if self.sight is not None:
                self.screen.draw([self.heading(self.sight)], self.page)


def changes(sight: Sight, left: str) -> Page:
    """Return what changed since the last look, the largest moves first."""
    rows = [move.words(left) for move in sight.moves[:MOST_MOVES]]
    more = len(sight.moves) - len(rows)
    rows += [f"and {more} more"] * bool(more)
    return [Line(row, "strong", lead="* ") for row in rows]


def marked(block: Block, names: Container[str]) -> Block:
    """Return the block, if it is a grid with a star behind the names in its first column that are among those given.

    >>> marked(Grid([], [["x1", "stable"], [Cell("x2", "bad"), "failed"]]), {"x2"}).rows
    [['x1', 'stable'], [Cell(text='x2 *', style='strong'), 'failed']]
    """
    if not isinstance(block, Grid):
        return block
    rows = []
    for row in block.rows:
        first = row[0] if isinstance(row[0], str) else row[0].text
        rows.append([Cell(f"{first} *", "strong"), *row[1:]] if first in names else row)
    return block._replace(rows=rows)


def viewer(app: App, watched: Watched) -> Viewer:
    """Return what shows the sights, as the options and the terminal say."""
    if not app.flags.get("watch"):
        return Silence(app, watched)
    terminal = app.world.stdout.isatty() and app.world.variable("TERM") not in ("dumb", "unknown")
    if terminal and (app.flags.get("format") or "table") == "table":
        return Stage(app, watched)
    return Journal(app, watched)
