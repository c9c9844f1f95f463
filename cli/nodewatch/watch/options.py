"""`--wait` and `--watch`: their options, and whether a command line asks for either.

The loop itself is in `watch.loop`, which is imported when somebody waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from nodewatch.options import flag, shared
from nodewatch.times import read_duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from nodewatch.app import App
    from nodewatch.watch.model import Looked, Shown, Subject


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
    flag("--wait", help="Wait silently until it is over, then show it; the exit code tells how it ended."),
    flag(
        "--watch",
        help="Show it until it is over: on a terminal in place (arrows and page keys scroll, q quits), elsewhere "
        "a line for each change.",
    ),
    shared("--timeout", type=duration, help="Give up after that time: 90, 30s, 10m, 2h. The default, 0, is never."),
    shared("--interval", type=duration, help="Time between two looks (15s; never below 1s)."),
    flag("--fail-fast", help="End as soon as one node has failed."),
    shared(
        "--settle", type=duration, help="How long a state that may still change must last to count as the end (2m)."
    ),
]


def watchable(function: Any) -> Any:
    """Give a command the options of waiting and watching."""
    function.__click_params__ = [*reversed(OPTIONS), *getattr(function, "__click_params__", [])]
    return function


def only_watchable(function: Any) -> Any:
    """Give a command the options of watching what has no end of its own: there is nothing to wait for."""
    function.__click_params__ = [*reversed(OPTIONS[1:4]), *getattr(function, "__click_params__", [])]
    return function


def followed(app: App, describe: Callable[[], Subject[Looked, Shown]]) -> bool:
    """Wait for or watch what is described, if the options ask for that; return whether they do.

    Raise `click.UsageError` if the options do not fit together, and else what `watch.loop.follow` raises.
    """
    if not asks_to_follow(app):
        return False
    from nodewatch.watch.loop import follow

    follow(app, describe())
    return True


def asks_to_follow(app: App) -> bool:
    """Return whether the options ask to wait or to watch; raise `click.UsageError` if they do not fit together."""
    flags = app.flags
    if flags.get("wait") and flags.get("watch"):
        raise click.UsageError("--wait and --watch do not go together: --watch waits too.")
    following = bool(flags.get("wait") or flags.get("watch"))
    for option in OPTIONS[2:]:
        if not following and flags.get(str(option.name)) is not None:
            raise click.UsageError(f"{option.opts[0]} needs --wait or --watch.")
    if flags.get("watch") and flags.get("format") not in (None, "table", "json", "yaml"):
        raise click.UsageError(f"--watch cannot show one {flags['format']} after the other: use table, json or yaml.")
    return following
