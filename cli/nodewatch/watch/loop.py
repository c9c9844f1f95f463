"""The loop behind `--wait` and `--watch`: look, tell what changed, sleep, until it is over or the time has run out."""

from __future__ import annotations

import gc
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, Self, TypeVar

from nodewatch.errors import (
    NodewatchError,
    NotAllSucceeded,
    NotFound,
    TimeRanOut,
    WentAway,
)
from nodewatch.nodes.error_kinds import ErrorKind, group_by_kind
from nodewatch.nodes.nodeset import fold
from nodewatch.times import span
from nodewatch.watch.model import Looked, Outcome, Settling, Shown, is_temporary, with_missing
from nodewatch.watch.rate import Mark, measure_rate, recent_marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType

    from nodewatch.app import App, Flags
    from nodewatch.watch.model import Subject
    from nodewatch.watch.rate import Rate

Look_co = TypeVar("Look_co", covariant=True)
Look_contra = TypeVar("Look_contra", contravariant=True)
INTERVAL, SHORTEST_INTERVAL, SETTLE = 15.0, 1.0, 120.0
LONGEST_PAUSE = 120.0
MOST_GROUPS = 10
MOST_SHARES = 1_000
LAST_LOOK = 0.5  # seconds that the look at the end of the time has for itself


class Pace(NamedTuple):
    """How to wait: seconds between looks, in all, and that a state must stand; whether one failure ends it."""

    interval: float
    timeout: float
    settle: float
    fail_fast: bool

    def pause(self, failures: int) -> float:
        """Return how long to sleep after that many looks failed in a row.

        >>> quick, slow = (Pace(interval, 0.0, 0.0, fail_fast=False) for interval in (15.0, 300.0))
        >>> [quick.pause(failures) for failures in range(6)], slow.pause(9)
        ([15.0, 15.0, 30.0, 60.0, 120.0, 120.0], 300.0)
        """
        return max(self.interval, min(self.interval * 2.0 ** max(failures - 1, 0), LONGEST_PAUSE))


def read_pace(flags: Flags) -> Pace:
    """Return how the options say to wait.

    >>> read_pace({"interval": 0.1, "timeout": 0.0, "fail_fast": True})
    Pace(interval=1.0, timeout=inf, settle=120.0, fail_fast=True)
    """
    interval, settle = flags.get("interval"), flags.get("settle")
    return Pace(
        interval=INTERVAL if interval is None else max(interval, SHORTEST_INTERVAL),
        timeout=flags.get("timeout") or float("inf"),
        settle=SETTLE if settle is None else settle,
        fail_fast=bool(flags.get("fail_fast")),
    )


class Move(NamedTuple):
    """Names that went from one state to another together; a state is None for names that were or are not there."""

    before: str | None
    after: str | None
    names: Sequence[str]

    def words(self, gone_means: str = "") -> str:
        """Return the move on one line; `gone_means` says what it means that a name is not there any more.

        >>> Move("configuring", "stable", ["x2", "x1"]).words(), Move("stable", None, ["x3"]).words("taken over")
        ('configuring -> stable: x[1-2]', 'stable -> taken over: x3')
        >>> Move("stable", None, ["x3"]).words(), Move(None, "stable", ["x3"]).words()
        ('stable -> gone: x3', 'new -> stable: x3')
        """
        before, after = self.before or "new", self.after if self.after is not None else gone_means or "gone"
        return f"{before} -> {after}: {fold(self.names)}"


def moves(before: Mapping[str, str], after: Mapping[str, str]) -> list[Move]:
    """Return what changed between two looks, the largest move first.

    >>> moves({"x1": "on", "x2": "on", "x3": "on"}, {"x1": "off", "x2": "off", "x4": "on"})
    [Move(before='on', after='off', names=['x1', 'x2']), Move(before=None, after='on', names=['x4']), \
Move(before='on', after=None, names=['x3'])]
    """
    found: dict[tuple[str | None, str | None], list[str]] = {}
    for name in {**before, **after}:
        step = before.get(name), after.get(name)
        if step[0] != step[1]:
            found.setdefault(step, []).append(name)
    listed = [Move(*step, sorted(names)) for step, names in found.items()]
    return sorted(listed, key=lambda move: (-len(move.names), str(move.before), str(move.after)))


class Update(NamedTuple, Generic[Look_co]):
    """What one round brought: the look and what the rule makes of it, or the trouble and the look from before.

    `at` is when the data was seen, `began` when the first look was taken, `pause` how long nothing happens now. `rate`
    is how fast nodes get done, where that can be told, `shares` how many of all were done at each look, as 0 to 1.
    """

    look: Look_co | None
    outcome: Outcome
    moves: Sequence[Move]
    began: datetime
    at: datetime
    trouble: str = ""
    pause: float = 0.0
    rate: Rate | None = None
    shares: Sequence[float] = ()

    @property
    def seen(self) -> bool:
        """Whether there is data to show."""
        return self.look is not None

    @property
    def words(self) -> str:
        """How far it is and how fast, on one line."""
        return f"{self.outcome.words}; {self.rate.words()}" if self.rate else self.outcome.words


class Viewer(Protocol[Look_contra]):
    """Something that shows updates while it is entered, and knows how to pass the time between them."""

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End; without an error the last update is the final one."""
        ...

    def show(self, update: Update[Look_contra]) -> None:
        """Show what one round brought."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...


class WatchLoop(Generic[Looked, Shown]):
    """Looks at one thing again and again, and remembers since when everything in it is as it is."""

    def __init__(self, app: App, subject: Subject[Looked, Shown], pace: Pace) -> None:
        self.app, self.world, self.subject, self.pace = app, app.world, subject, pace
        self.update: Update[Looked] | None = None
        self.states: Mapping[str, str] = {}
        self.since: dict[str, float] = {}
        self.departed: dict[str, str] = {}
        self.unfinished: set[str] = set()
        self.marks: list[Mark] = []
        self.shares: list[float] = []
        self.failures = 0
        self.longest = 0.0
        self.began = self.world.now()
        self.first = self.world.monotonic()
        self.deadline = self.first + (0.0 if app.unchanging else pace.timeout)

    def run(self, viewer: Viewer[Looked]) -> NodewatchError | None:
        """Look until it is over, and return how it ended: None when everything succeeded.

        What no later look can mend (401, 403, 404 at first, a wrong configuration) is raised.
        """
        while True:
            try:
                update = self.see()
            except NotFound as error:
                if self.update is None or not self.update.seen:
                    raise
                return WentAway(f"{error.message}\nIt was there {self.age()} ago: {self.update.outcome.words}.")
            ending = self.ending(update)
            left = self.deadline - self.world.monotonic()
            pause = min(self.pace.pause(self.failures), max(left - self.longest, 0.0))
            self.update = update._replace(pause=pause)
            viewer.show(self.update)
            if ending is not None or update.outcome.finished:
                return ending
            if left <= 0 or self.last:
                return self.out_of_time(update)
            viewer.sleep(pause)

    def see(self) -> Update[Looked]:
        """Look once; return what came back, or the trouble if a later look may go well.

        The last look begins so much before the time is up as the longest one took.
        """
        begun = self.world.monotonic()
        self.last = begun >= self.deadline - self.longest
        ask = self.subject.last_look if self.last else None
        try:
            look = (ask or self.subject.look)()
        except NodewatchError as error:
            if not is_temporary(error) and not (error.status == 401 and self.app.renew()):
                raise
            self.failures += 1
            before = self.update or Update(None, Outcome("nothing was seen yet"), (), self.began, self.began)
            return before._replace(moves=(), trouble=error.message)
        self.failures = 0
        self.longest = max(self.longest, self.world.monotonic() - begun)
        now, clock, states = self.world.now(), self.world.monotonic(), self.subject.states(look)
        changed = moves(self.states, states) if self.update and self.update.seen else []
        since = {name: self.since.get(name, clock) for name in states}
        for move in changed:
            if move.after is None:
                self.departed.update(dict.fromkeys(move.names, str(move.before)))
            else:
                since.update(dict.fromkeys(move.names, clock))
        self.states, self.since = states, since
        outcome = self.subject.outcome(look, Settling(self.app.now, since, timedelta(seconds=self.pace.settle), clock))
        outcome = with_missing(outcome, self.missing(), self.subject.gone_means, nothing_left=not states)
        self.unfinished = {*self.unfinished.difference(states), *outcome.failed, *outcome.lagging}
        return Update(
            look, outcome, changed, self.began, now, rate=self.measured(outcome, now, clock), shares=self.shares
        )

    def measured(self, outcome: Outcome, now: datetime, clock: float) -> Rate | None:
        """Note how many nodes are done, and return how fast they get done: since the start, if some were at first."""
        if not self.marks and outcome.done and outcome.started and outcome.started < now:
            self.marks.append(Mark(clock - (now - outcome.started).total_seconds(), 0))
        self.marks = recent_marks([*self.marks, Mark(clock, outcome.done)])
        total = outcome.done + outcome.remaining + len(outcome.failed)
        if total:
            self.shares = [*self.shares[-MOST_SHARES:], outcome.done / total]
        return measure_rate(self.marks, outcome.remaining)

    def missing(self) -> dict[str, str]:
        """Return the names that left before they were seen at a good end, with what was last seen of them."""
        unfinished = self.unfinished.difference(self.states)
        return {name: state for name, state in self.departed.items() if name in unfinished}

    def tell_of_others(self) -> None:
        """Tell of the names that left after they were seen at a good end."""
        missing = self.missing()
        others = [name for name in self.departed if name not in self.states and name not in missing]
        if others and self.subject.gone_means:
            nodes = "1 node was" if len(others) == 1 else f"{len(others):,} nodes were"
            self.app.say(f"{nodes} {self.subject.gone_means} after the end: {fold(others)}")

    def ending(self, update: Update[Looked]) -> NodewatchError | None:
        """Return the error that this update ends the wait with; None if it goes on, or ends well."""
        outcome = update.outcome
        if update.trouble:
            return None
        if outcome.gone:
            return WentAway(self.told(outcome.words, outcome))
        if outcome.finished and not outcome.succeeded:
            return NotAllSucceeded(self.told(outcome.words, outcome))
        if self.pace.fail_fast and outcome.failed:
            words = f"a node failed, and --fail-fast ends the wait: {outcome.words}"
            return NotAllSucceeded(self.told(words, outcome))
        return None

    def told(self, words: str, outcome: Outcome) -> str:
        """Return the words, and with them the nodes that are to be named, unless a line must do."""
        if self.app.settings.quiet:
            return f"{words}."
        now, clock = self.world.now(), self.world.monotonic()
        since = {name: now - timedelta(seconds=clock - at) for name, at in self.since.items() if at > self.first}
        return f"{words}.{nodes_by_state(outcome, self.states, since)}"

    def out_of_time(self, update: Update[Looked]) -> TimeRanOut:
        """Return the error for a wait that took too long."""
        if self.app.unchanging:
            why = f"{self.app.unchanging} is a fleet file, in which nothing changes"
        else:
            why = f"the time ran out after {span(timedelta(seconds=self.pace.timeout))}"
        message = self.told(f"{why}: {update.words}", update.outcome)
        if update.trouble:
            data = f"what is known is {self.age()} old" if update.seen else "no look succeeded"
            message += f"\n  The last look failed, so {data}: {update.trouble}"
        return TimeRanOut(message)

    def age(self) -> str:
        """Return how old the data is."""
        return span(self.world.now() - self.update.at) if self.update else ""


def nodes_by_state(outcome: Outcome, states: Mapping[str, str], since: Mapping[str, datetime]) -> str:
    """Return the failed, the lagging and the missing nodes, folded, each state on a line of its own after the first.

    `states` are as the last look saw them, and `since` tells when that was first seen of them, where it was.

    >>> from datetime import UTC
    >>> ended = Outcome("", failed=["x2", "x1"], lagging=["x3"], unnamed=6, missing={"x4": "on", "x5": "on"})
    >>> noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    >>> states = {"x1": "failed (no power)", "x2": "failed (no power)", "x3": "configuring"}
    >>> print("It ended." + nodes_by_state(ended, states, {"x1": noon, "x2": noon - timedelta(minutes=1)}))
    It ended.
      Failed (2): x[1-2]: failed (no power), seen since 11:59:00 UTC
      Failed (6): taken over since, their names are not known
      Lagging (1): x3: configuring
      Missing (2): x[4-5], last seen: on
    >>> words = {f"x{number}": "failed" + "!" * number for number in range(12)}
    >>> many, ten = Outcome("", failed=list(words)), Outcome("", failed=list(words)[:10])
    >>> [nodes_by_state(each, words, {}).splitlines()[-1] for each in (many, ten)]
    ['  and 2 more groups of nodes', '  Failed (1): x9: failed!!!!!!!!!']
    >>> nodes_by_state(many, {name: f"failed ({name} is off)" for name in many.failed}, {}).splitlines()[1:]
    ['  Failed (12): x[0-11]: failed (… is off)']
    """
    known = {name: states.get(name, "") for name in (*outcome.failed, *outcome.lagging)} | dict(outcome.missing)
    rows = []
    for title, found in (("Failed", outcome.failed), ("Lagging", outcome.lagging), ("Missing", outcome.missing)):
        for state, names, _ in group_by_state(found, known):
            words = f", last seen: {state}" if title == "Missing" else f": {state}" if state else ""
            if all(name in since for name in names):
                words += f", seen since {min(since[name] for name in names):%H:%M:%S} UTC"
            rows.append(f"{title} ({len(names):,}): {fold(names)}{words}")
    if outcome.unnamed:
        place = sum(row.startswith("Failed") for row in rows)
        rows.insert(place, f"Failed ({outcome.unnamed:,}): taken over since, their names are not known")
    more = len(rows) - MOST_GROUPS
    rows[MOST_GROUPS:] = [f"and {more} more groups of nodes"] if more > 0 else []
    return "".join(f"\n  {row}" for row in rows)


def group_by_state(names: Iterable[str], states: Mapping[str, str]) -> list[ErrorKind]:
    """Return the nodes by the kind of their state, the largest group first; what differs in states is left out."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(states[name], []).append(name)
    silent = [ErrorKind("", groups.pop(""))] if "" in groups else []
    places = {name: place for place, name in enumerate(states)}
    kinds = group_by_kind(ErrorKind(state, members) for state, members in groups.items())
    return sorted([*kinds, *silent], key=lambda kind: (-len(kind.names), places[kind.names[0]]))


def follow(app: App, subject: Subject[Looked, Shown]) -> None:
    """Wait for something, or watch it, as the options say; return when everything succeeded.

    Raise `NotAllSucceeded`, `TimeRanOut` or `WentAway` when it ended otherwise, with the nodes named; and `NotFound`,
    `NotPermitted` and the like when it cannot be looked at.
    """
    from nodewatch.watch.viewers import choose_viewer

    gc.enable()
    how = read_pace(app.flags)
    loop = WatchLoop(app, subject, how)
    app.world.deadline = loop.first + how.timeout + LAST_LOOK
    with choose_viewer(app, subject) as showing:
        ending = loop.run(showing)
    loop.tell_of_others()
    if ending is not None:
        raise ending
