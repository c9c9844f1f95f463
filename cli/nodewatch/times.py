"""The servers' time formats, read; and durations, read and written."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

SECONDS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}


class Clock(NamedTuple):
    """What time it is, the zone in which people here read times (None: this machine's), and a service's time limits.

    `options` are those of the service where they are known; rules take its defaults for those that are not.
    """

    now: datetime
    zone: tzinfo | None
    options: Mapping[str, Any] = {}  # nobody changes it


def read_time(text: Any) -> datetime | None:
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
    return parsed(text) if isinstance(text, str) else None


@lru_cache(4096)  # nodes of a session act within minutes: thousands of them share some hundred times
def parsed(text: str) -> datetime | None:
    """Return the time that the text names, in UTC; None if it names none."""
    try:
        time = datetime.fromisoformat(text.strip().removesuffix("[UTC]"))
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def when(value: Any) -> str:
    """Return a server's time as the tables write it; a text that is no time stays as it is.

    >>> when("2026-11-21T11:20:05"), when("soon"), when(None)
    ('2026-11-21 11:20:05', 'soon', '')
    """
    time = read_time(value)
    return ("" if value is None else str(value)) if time is None else f"{time:%Y-%m-%d %H:%M:%S}"


def stamp(value: Any) -> str:
    """Return a server's time in one form, UTC as RFC 3339 has it; a text that is no time stays, Go's zero time is none.

    >>> stamp("2026-11-21T12:00:00+01:00"), stamp("2020-07-22 13:39:07.706774"), stamp("soon"), stamp(None)
    ('2026-11-21T11:00:00Z', '2020-07-22T13:39:07Z', 'soon', '')
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


def age(text: Any, now: datetime) -> str:
    """Return how long ago a server's time was; empty for no time.

    >>> age("2024-01-02T03:04:05", datetime(2024, 1, 2, 4, 4, 6, tzinfo=UTC)), age("", datetime.now(UTC))
    ('1 h', '')
    """
    time = read_time(text)
    return "" if time is None else span(now - time)


def seconds_since(text: Any, now: datetime) -> float | None:
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
