"""When a request is sent again, and how fast: policies as data, and one pace for all threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime


class RetryPolicy(NamedTuple):
    """When a request is sent again, if asking twice is harmless: after a lost connection, and after these statuses.

    A `crowded` server is asked more slowly by all threads. The pauses are in seconds and double each time, unless the
    server names one (`Retry-After`). All tries and pauses together end within (retries + 1) times the request timeout.
    """

    statuses: frozenset[int] = frozenset({429, 502, 503, 504})
    crowded: frozenset[int] = frozenset({429, 503})
    first_pause: float = 0.5
    longest_pause: float = 8.0

    def pause(self, tries: int) -> float:
        """Return how long to wait after that many tries.

        >>> [RetryPolicy().pause(tries) for tries in (1, 2, 3, 9)]
        [0.5, 1.0, 2.0, 8.0]
        """
        return min(self.first_pause * 2.0 ** (tries - 1), self.longest_pause)


A_YEAR: Final = 31_536_000.0  # seconds
RETRY: Final = RetryPolicy()


class Throttle:
    """When the next request to a server may start: all threads share it, so that a crowded server is never stormed.

    Without trouble nobody waits. A server that asks for a pause gets it from every thread; then requests start one
    after the other, at intervals that shrink again with every answer. Times are seconds of one clock, given each time.

    >>> pace = Throttle()
    >>> pace.turn(0.0), pace.turn(0.0)
    (0.0, 0.0)
    >>> pace.hold(1.0, 3.0)
    >>> pace.turn(1.0), round(pace.turn(1.0), 2), pace.turn(9.0)
    (3.0, 3.02, 0.0)
    """

    SHORTEST = 0.001
    FIRST = 0.02
    LONGEST = 1.0
    SHRINKS = 0.9

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.next = self.held_until = self.interval = 0.0

    def turn(self, now: float) -> float:
        """Return how long to wait before starting, and take that turn."""
        if not self.next:
            return 0.0
        with self.lock:
            start = max(self.next, now)
            self.next = start + self.interval
            return start - now

    def hold(self, now: float, seconds: float) -> None:
        """Let nobody start for that long, and then more slowly."""
        with self.lock:
            if now >= self.held_until:  # requests that were under way together are one sign of trouble, not many
                self.interval = min(max(self.interval * 2, self.FIRST), self.LONGEST)
            self.held_until = max(self.held_until, now + seconds)
            self.next = max(self.next, self.held_until)

    def recover(self) -> None:
        """Note an answer without trouble."""
        if self.interval:
            with self.lock:
                self.interval = self.interval * self.SHRINKS if self.interval > self.SHORTEST else 0.0


def retry_after(text: str | None, now: datetime) -> float | None:
    """Return the seconds that a `Retry-After` header asks for, a number or an HTTP date; None for none, or nonsense.

    >>> from datetime import UTC, datetime
    >>> now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    >>> retry_after("120", now), retry_after("Sat, 21 Nov 2026 12:00:30 GMT", now), retry_after("soon", now)
    (120.0, 30.0, None)
    >>> retry_after("9" * 400, now), retry_after("Sat, 21 Nov 9999 12:00:30 GMT", now)
    (31536000.0, 31536000.0)
    """
    if not text:
        return None
    if text.strip().isdecimal():
        return min(float(text), A_YEAR)
    from email.utils import parsedate_to_datetime

    try:
        return min(max((parsedate_to_datetime(text) - now).total_seconds(), 0.0), A_YEAR)
    except (ValueError, TypeError, OverflowError):
        return None
