"""`--wait` and `--watch`: their options, and what a slice contributes so that something can be waited for.

The loop itself is in `lookout`, which is imported when somebody waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from nodewatch.errors import NodewatchError, ServiceTrouble
from nodewatch.times import read_duration
from nodewatch.tree import flag, shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from nodewatch.app import App
    from nodewatch.table import Page, Record


class Outcome(NamedTuple):
    """What a rule makes of one look: whether it is over, how it ended, and which nodes are to be named.

    `words` say how far it is, on one line that ends without a stop. `failed` nodes count as failed for good; `lagging`
    ones are what a wait waits for, and after the end those that are neither failed nor successful. `unnamed` is how
    many more failed whose names nobody knows any more. `gone` tells that nothing is left to look at.
    """

    words: str
    finished: bool = False
    succeeded: bool = False
    failed: Sequence[str] = ()
    lagging: Sequence[str] = ()
    unnamed: int = 0
    gone: bool = False


def passes(error: NodewatchError) -> bool:
    """Return whether a later look may go well: the server was not reached, too slow, or in trouble of its own.

    >>> [passes(ServiceTrouble("", status=status)) for status in (None, 400, 429, 500, 503)], passes(NodewatchError(""))
    ([True, False, True, True, True], False)
    """
    status = error.status
    return isinstance(error, ServiceTrouble) and (status is None or status >= 500 or status in (408, 429))


class Seen(NamedTuple):
    """What a rule may know beside the documents: the time, since when each name was seen in its state, `--settle`."""

    now: datetime
    since: Mapping[str, datetime]
    settle: timedelta

    def settled(self, name: str, before: datetime | None = None) -> bool:
        """Return whether the name's state is as old as `--settle`, by what was seen or by the server's own time."""
        since = self.since.get(name, self.now)
        return self.now - (min(since, before) if before else since) >= self.settle

    def unchanged(self) -> bool:
        """Return whether nothing at all has changed for `--settle`."""
        return self.now - max(self.since.values(), default=self.now) >= self.settle


class Watched(NamedTuple):
    """Something that can be waited for, as its slice describes it; `look` asks, all the rest is pure.

    `look` returns what one round of questions brought. From that, `document` is what is printed, `table` how people
    see it, `states` a word for every name in it (when one changes, that is a change), `outcome` the rule that tells
    when it is over. `nodes` gives the rows for the formats of names. `left` says what it means when a name is missing
    from the next look; empty if that means nothing.
    """

    look: Callable[[], Any]
    document: Callable[[Any], Any]
    table: Callable[[Any], Page]
    states: Callable[[Any], Mapping[str, str]]
    outcome: Callable[[Any, Seen], Outcome]
    nodes: Callable[[Any], Iterable[Record]] | None = None
    left: str = ""


def duration(text: str) -> float:
    """Return the seconds in a duration on the command line; raise `click.BadParameter` for what is none.

    >>> duration("10m")
    600.0
    """
    seconds = read_duration(text)
    if seconds is None:
        raise click.BadParameter(f"{text!r} is not a duration: write 90, 30s, 10m, 2h or 1d.")
    return seconds


OPTIONS: list[click.Option] = [
    flag("--wait",
         help="Say nothing until it is over, then show it; the exit code tells how it ended."),
    flag("--watch",
         help="Show it until it is over: on a terminal again and again, else a line for each change."),
    shared("--timeout", type=duration, help="Give up after that time: 90, 30s, 10m, 2h (0, the default: never)."),
    shared("--interval", type=duration, help="Time between two looks (15s; never below 1s)."),
    flag("--fail-fast", help="End as soon as one node has failed."),
    shared("--settle", type=duration,
           help="How long a state that may still change must stand to count as the end (2m)."),
]  # fmt: skip


def watchable(function: Any) -> Any:
    """Give a command the options of waiting and watching."""
    function.__click_params__ = [*reversed(OPTIONS), *getattr(function, "__click_params__", [])]
    return function


def followed(app: App, describe: Callable[[], Watched]) -> bool:
    """Wait for or watch what is described, if the options ask for that; return whether they do.

    Raise `click.UsageError` if the options do not fit together, and else what `lookout.follow` raises.
    """
    if not wanted(app):
        return False
    from nodewatch.watch.loop import follow

    follow(app, describe())
    return True


def wanted(app: App) -> bool:
    """Return whether the options ask to wait or to watch; raise `click.UsageError` if they do not fit together."""
    flags = app.flags
    if flags.get("wait") and flags.get("watch"):
        raise click.UsageError("--wait and --watch do not go together: --watch waits too.")
    following = bool(flags.get("wait") or flags.get("watch"))
    for option in OPTIONS[2:]:
        if not following and flags.get(str(option.name)) is not None:
            raise click.UsageError(f"{option.opts[0]} needs --wait or --watch.")
    if flags.get("watch") and flags.get("format") in ("toml", "csv", "names"):
        raise click.UsageError(f"--watch cannot show one {flags['format']} after the other: use table, json or yaml.")
    return following
