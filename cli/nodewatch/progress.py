"""A line on stderr that says how far something is, for what takes longer than a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nodewatch.world import World

Item = TypeVar("Item")
SILENT_SECONDS = 1.0
SECONDS_BETWEEN_LINES = 0.1


class Progress:
    """Redraws `12,000 of 20,000 components` on a terminal, from the second second on; says nothing anywhere else."""

    def __init__(self, world: World, total: int, what: str, *, quiet: bool = False) -> None:
        self.world, self.total, self.what = world, total, what
        self.drawn = False
        self.next = world.monotonic() + SILENT_SECONDS if world.stderr.isatty() and not quiet else float("inf")

    def show(self, done: int) -> None:
        """Draw the line, if it is time to."""
        now = self.world.monotonic()
        if now >= self.next:
            self.next, self.drawn = now + SECONDS_BETWEEN_LINES, True
            bar = "#" * (30 * done // max(self.total, 1))
            self.world.tell(f"\r[{bar:<30}] {done:,} of {self.total:,} {self.what}")

    def end(self) -> None:
        """Take the line away."""
        if self.drawn:
            self.world.tell("\r\x1b[K")


def with_progress(items: Iterable[Item], progress: Progress) -> Iterator[Item]:
    """Return the items, and show how many of them are done."""
    try:
        for done, item in enumerate(items):
            progress.show(done)
            yield item
    finally:
        progress.end()
