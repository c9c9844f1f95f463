"""The servers' time formats, read; and durations, read and written."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

YEAR = timedelta(days=365)
SECONDS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}


def read_time(text: object) -> datetime | None:
    """Return the time that a server's text names, in UTC if the text has a zone; None for anything else.

    BOS writes local naive times (`2024-01-02T03:04:05`), BOS v1 also `2020-07-22 13:39:07.706774` and that with a `Z`;
    Horizon writes RFC 3339, older Exchanges with `[UTC]` behind it. A time without a zone is taken as UTC: Cray systems
    run in UTC, and nothing says otherwise.

    >>> read_time("2020-07-22 13:39:07.706774")
    datetime.datetime(2020, 7, 22, 13, 39, 7, 706774, tzinfo=datetime.timezone.utc)
    >>> read_time("2026-03-05T12:01:00+01:00").isoformat(), read_time("2026-03-05T12:01:00Z[UTC]").isoformat()
    ('2026-03-05T11:01:00+00:00', '2026-03-05T12:01:00+00:00')
    >>> read_time(""), read_time("soon"), read_time(7)
    (None, None, None)
    """
    return parse_time(text) if isinstance(text, str) else None


@lru_cache(4096)  # nodes of a session act within minutes: thousands of them share some hundred times
def parse_time(text: str) -> datetime | None:
    """Return the time that the text names, in UTC; None if it names none."""
    try:
        time = datetime.fromisoformat(text.strip().removesuffix("[UTC]"))
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@lru_cache(4096)
def zoned_text(time: datetime, zone: tzinfo | None) -> str:
    """Return a time as the tables write it, in a zone (None: this machine's) that is named."""
    return f"{time.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"


def utc_stamp(value: object) -> str:
    """Return a server's time in one form, UTC as RFC 3339 has it; a text that is no time stays, Go's zero time is none.

    >>> [utc_stamp(time) for time in ("2026-11-21T12:00:00+01:00", "2020-07-22 13:39:07.706774", "soon", None)]
    ['2026-11-21T11:00:00Z', '2020-07-22T13:39:07Z', 'soon', '']
    """
    time = read_time(value)
    if time is None:
        return "" if value is None else str(value)
    return "" if time.year < 2 else f"{time:%Y-%m-%dT%H:%M:%SZ}"


@lru_cache(4096)
def span(duration: timedelta) -> str:
    """Return a duration in its two largest units.

    >>> [span(timedelta(seconds=seconds)) for seconds in (0.4, 59, 61, 3_600, 90_000, -5)]
    ['0 s', '59 s', '1 min 1 s', '1 h', '1 d 1 h', '0 s']
    """
    rest = max(int(duration.total_seconds()), 0)
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}")
        elif parts:
            break
        if len(parts) == 2:
            break
    return " ".join(parts) or "0 s"


def rough_span(duration: timedelta) -> str:
    """Return a duration as people say it: without seconds from two minutes on, in days from two days on.

    >>> [rough_span(timedelta(seconds=seconds)) for seconds in (61, 125, 3_725, 172_800, 950_400)]
    ['1 min 1 s', '2 min', '1 h 2 min', '2 days', '11 days']
    """
    if duration >= timedelta(days=2):
        return f"{duration.days} days"
    exact = duration < timedelta(minutes=2)
    return span(duration if exact else duration - timedelta(seconds=duration.seconds % 60))


def seconds_since(text: object, now: datetime) -> float | None:
    """Return how many seconds ago a server's time was, 0 for one that is to come; None for no time.

    >>> seconds_since("2024-01-02T03:04:05", datetime(2024, 1, 2, 4, 4, 6, tzinfo=UTC)), seconds_since("", datetime.min)
    (3601.0, None)
    """
    time = read_time(text)
    return None if time is None or time.year < 2 else max((now - time).total_seconds(), 0.0)


def read_duration(text: str) -> float | None:
    """Return the seconds in a duration as users write it: `90`, `30s`, `10m`, `2h`, `1.5d`; None for anything else.

    >>> [read_duration(text) for text in ("90", "30s", "10m", "2h", "0.5", " 1d ", "0", "-1", "soon", "5 parsecs", "")]
    [90.0, 30.0, 600.0, 7200.0, 0.5, 86400.0, 0.0, None, None, None, None]
    """
    found = re.fullmatch(r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([smhd]?)\s*", text)
    return None if found is None else float(found[1]) * SECONDS[found[2]]


class Clock(NamedTuple):
    """How times are shown: what time it is, the zone that people here read times in (None: this machine's).

    `absolute` tells to show no ages: off a terminal, so that two runs can be compared. `options` are those of the
    service, which say what is late, where they are known.
    """

    now: datetime
    zone: tzinfo | None = UTC
    absolute: bool = False
    options: Mapping[str, object] = {}  # nobody changes it

    @property
    def name(self) -> str:
        """The name of the zone now."""
        return f"{self.now.astimezone(self.zone):%Z}"

    def at(self, value: object) -> str:
        """Return a server's time with its zone; one of today on a terminal without the date. What is no time stays.

        Go's zero time is none.

        >>> clock = Clock(datetime(2026, 11, 21, 12, tzinfo=UTC))
        >>> clock.at("2026-11-20T11:00:00"), clock.at("2026-11-21T11:00:00"), clock.at("soon")
        ('2026-11-20 11:00:00 UTC', '11:00:00 UTC', 'soon')
        >>> clock._replace(absolute=True).at("2026-11-21T11:00:00")
        '2026-11-21 11:00:00 UTC'
        >>> clock.at("0001-01-01T00:00:00Z"), clock.at(None)
        ('', '')
        """
        time = read_time(value)
        if time is None:
            return "" if value is None else str(value)
        if time.year < 2:
            return ""
        if self.absolute:
            return zoned_text(time, self.zone)
        there = time.astimezone(self.zone)
        today = there.date() == self.now.astimezone(self.zone).date()
        return f"{there:%H:%M:%S %Z}" if today else zoned_text(time, self.zone)

    def day(self, value: object) -> str:
        """Return a server's time, and on a terminal only the time of one of today, and the date of an older one.

        >>> clock = Clock(datetime(2026, 11, 21, 12, tzinfo=UTC))
        >>> clock.day("2026-11-21T11:00:00"), clock.day("2026-11-20T11:00:00"), clock.day("soon")
        ('11:00 UTC', '2026-11-20', 'soon')
        >>> clock._replace(absolute=True).day("2026-11-21T11:00:00")
        '2026-11-21 11:00:00 UTC'
        """
        time = read_time(value)
        if self.absolute or time is None or time.year < 2:
            return self.at(value)
        there = time.astimezone(self.zone)
        today = there.date() == self.now.astimezone(self.zone).date()
        return f"{there:%H:%M %Z}" if today else f"{there:%Y-%m-%d}"

    def ago(self, value: object) -> str:
        """Return how long ago a server's time was, or how soon it will be; off a terminal the time itself.

        Two days and more are days, more than a year is a date.

        >>> clock = Clock(datetime(2026, 11, 21, 12, tzinfo=UTC))
        >>> clock.ago("2026-11-21T11:55:00"), clock.ago("2026-11-21T12:01:00"), clock.ago("2026-11-10T12:00:00")
        ('5 min ago', 'in 1 min', '11 days ago')
        >>> clock.ago("2022-05-20T10:00:00"), clock._replace(absolute=True).ago("2026-11-21T11:55:00")
        ('on 2022-05-20', '2026-11-21 11:55:00 UTC')
        """
        time = read_time(value)
        if time is None or time.year < 2 or self.absolute:
            return self.at(value)
        away = abs(self.now - time)
        if away > YEAR:
            return f"on {time.astimezone(self.zone):%Y-%m-%d}"
        return f"in {rough_span(away)}" if time > self.now else f"{rough_span(away)} ago"

    def with_age(self, value: object) -> str:
        """Return a server's time, and on a terminal how long ago it was, or how soon it will be.

        >>> clock = Clock(datetime(2026, 11, 21, 12, tzinfo=UTC))
        >>> clock.with_age("2026-11-21T11:00:00Z"), clock.with_age("2026-11-22T12:00:00Z")
        ('11:00:00 UTC (1 h ago)', '2026-11-22 12:00:00 UTC (in 1 d)')
        >>> clock.with_age("2022-05-20T10:00:00"), clock._replace(absolute=True).with_age("2026-11-21T11:00:00Z")
        ('2022-05-20 10:00:00 UTC', '2026-11-21 11:00:00 UTC')
        """
        time = read_time(value)
        if self.absolute or time is None or time.year < 2 or abs(self.now - time) > YEAR:
            return self.at(value)
        return f"{self.at(value)} ({self.ago(value)})"
