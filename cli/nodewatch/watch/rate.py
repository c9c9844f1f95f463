"""How fast nodes get done, and how long the rest may take: pure functions of what was seen, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.times import span

if TYPE_CHECKING:
    from collections.abc import Sequence

WINDOW = 600.0  # seconds back that a rate is measured over
LEAST_TIME, LEAST_NODES = 60.0, 2  # less than these tells nothing
STEPS = ((600, 60), (3_600, 300), (14_400, 900))  # up to so many seconds left, they are told in steps of so many
SPARKLINE_WIDTH = 24
BLOCKS, ASCII = "▁▂▃▄▅▆▇█", "_.-=+*%#"


class Mark(NamedTuple):
    """How many nodes were done at a moment, in seconds that only ever grow."""

    clock: float
    done: int


class Rate(NamedTuple):
    """Nodes that get done in a minute, and the seconds until the rest is done at that rate."""

    a_minute: float
    seconds_left: float

    def words(self) -> str:
        """Return both in words; the time in steps that grow with it, so that it does not change at every look.

        >>> Rate(2.1, 880.0).words(), Rate(120.0, 20.0).words(), Rate(1.0, 60.0).words()
        ('2.1 a minute, about 15 min left', '120 a minute, about 1 min left', '1 a minute, about 1 min left')
        >>> Rate(0.25, 7_300.0).words(), Rate(0.058, 90_000).words()
        ('15 an hour, about 2 h 15 min left', '3.5 an hour, about 1 d 1 h left')
        """
        from datetime import timedelta

        step = next((step for most, step in STEPS if self.seconds_left <= most), 3_600)
        left = span(timedelta(seconds=max(-(-self.seconds_left // step), 1) * step))
        number, unit = (self.a_minute, "a minute") if self.a_minute >= 1 else (self.a_minute * 60, "an hour")
        rate = f"{number:.2g}" if number < 10 else f"{number:.0f}"
        return f"{rate} {unit}, about {left} left"


def measure_rate(marks: Sequence[Mark], remaining: int) -> Rate | None:
    """Return how fast nodes get done and how long the `remaining` ones take at that rate; None where none can be told.

    It is measured from the last mark that is ten minutes old, or else from the first one: a look that drops out at the
    far end moves it little. Where fewer than two nodes got done in that time, or there was less than a minute, or
    nodes were done that are not any more, there is no rate.

    >>> measure_rate([Mark(0, 0), Mark(300, 10), Mark(600, 64)], 32)
    Rate(a_minute=6.4, seconds_left=300.0)
    >>> measure_rate([Mark(0, 0), Mark(300, 10), Mark(900, 40)], 30)
    Rate(a_minute=3.0, seconds_left=600.0)
    >>> [measure_rate([Mark(0, 0), last], 10) for last in (Mark(59, 50), Mark(60, 1), Mark(60, 2))]
    [None, None, Rate(a_minute=2.0, seconds_left=300.0)]
    >>> measure_rate([Mark(0, 9), Mark(600, 5)], 10), measure_rate([Mark(0, 0), Mark(60, 2)], 0), measure_rate([], 5)
    (None, None, None)
    """
    if not marks or not remaining:
        return None
    now = marks[-1]
    then = next((mark for mark in reversed(marks) if now.clock - mark.clock >= WINDOW), marks[0])
    seconds, done = now.clock - then.clock, now.done - then.done
    if seconds < LEAST_TIME or done < LEAST_NODES:
        return None
    return Rate(done * 60 / seconds, remaining * seconds / done)


def recent_marks(marks: Sequence[Mark]) -> list[Mark]:
    """Return the marks that a rate may still be measured from: those of the last ten minutes, and one before.

    >>> recent_marks([Mark(0, 0), Mark(100, 1), Mark(650, 2), Mark(700, 3)])
    [Mark(clock=100, done=1), Mark(clock=650, done=2), Mark(clock=700, done=3)]
    """
    old = [place for place, mark in enumerate(marks) if marks[-1].clock - mark.clock >= WINDOW]
    return list(marks[old[-1] :] if old else marks)


def sparkline(shares: Sequence[float], *, blocks: bool) -> str:
    """Return shares of the whole (0 to 1) over time as a line of little bars, the newest on the right.

    >>> sparkline([0, 0.2, 0.5, 1], blocks=True), sparkline([0, 0.2, 0.5, 1], blocks=False)
    ('▁▂▅█', '_.+#')
    >>> len(sparkline([0.5] * 100, blocks=True))
    24
    """
    signs = BLOCKS if blocks else ASCII
    many = len(shares)
    last = SPARKLINE_WIDTH - 1
    places = range(many) if many <= SPARKLINE_WIDTH else [place * (many - 1) // last for place in range(last + 1)]
    return "".join(signs[min(int(max(shares[place], 0) * len(signs)), len(signs) - 1)] for place in places)
