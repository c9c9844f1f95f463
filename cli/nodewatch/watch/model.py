"""What a slice contributes so that something can be waited for, and what a rule makes of a look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from nodewatch.errors import Held, NodewatchError, ServiceTrouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from nodewatch.table import Page

Looked = TypeVar("Looked")
Shown = TypeVar("Shown")


class End(NamedTuple):
    """How a line in a table of outcomes ends: whether it is over, a success, or nothing is left; its exit code."""

    finished: bool
    succeeded: bool
    gone: bool
    exit_code: int | None


GOES_ON = End(finished=False, succeeded=False, gone=False, exit_code=None)
SETTLES = End(finished=False, succeeded=False, gone=False, exit_code=10)  # over when it is unchanged for `--settle`
SUCCEEDED = End(finished=True, succeeded=True, gone=False, exit_code=0)
FAILED = End(finished=True, succeeded=False, gone=False, exit_code=10)
WENT_AWAY = FAILED._replace(gone=True, exit_code=12)


class Outcome(NamedTuple):
    """What a rule makes of one look: whether it is over, how it ended, and which nodes are to be named.

    `words` say how far it is, on one line that ends without a stop. `failed` nodes count as failed for good; `lagging`
    ones are what a wait waits for, and after the end those that are neither failed nor successful. `unnamed` is how
    many more failed whose names nobody knows any more. `missing` are those that were seen before their end and are not
    there any more, each with what was last seen of it. `gone` tells that nothing is left to look at. `done` nodes are
    at a good end, `remaining` ones may still get there; `started` is when it began. A rate is made of these.
    """

    words: str
    finished: bool = False
    succeeded: bool = False
    failed: Sequence[str] = ()
    lagging: Sequence[str] = ()
    unnamed: int = 0
    gone: bool = False
    missing: Mapping[str, str] = {}
    done: int = 0
    remaining: int = 0
    started: datetime | None = None


def with_missing(outcome: Outcome, missing: Mapping[str, str], why: str, *, nothing_left: bool) -> Outcome:
    """Return the outcome of a look from which names are missing that never were seen at a good end.

    `missing` tells what was last seen of them, `why` what it means that they are missing. What is over is then no
    success, whatever became of the others; and where nothing else is left, what was waited for is gone.

    >>> whole = Outcome("1 of 1 node stable", finished=True, succeeded=True)
    >>> found = with_missing(whole, {"x2": "configuring"}, "taken over", nothing_left=False)
    >>> found.words, found.finished, found.succeeded, found.gone
    ('1 of 1 node stable, 1 taken over before its end', True, False, False)
    >>> with_missing(Outcome("no nodes", finished=True), {"x2": "off", "x3": "off"}, "", nothing_left=True)[:3]
    ('no nodes, 2 gone before their end', True, False)
    >>> with_missing(whole, {}, "taken over", nothing_left=True) == whole
    True
    >>> ends = [(finished, left, gone) for finished in (0, 1) for left in (0, 1) for gone in (0, 1)]
    >>> def gone(finished, left, gone):
    ...     outcome = Outcome("", finished=bool(finished), gone=bool(gone))
    ...     return with_missing(outcome, {"x1": "off"}, "", nothing_left=bool(left)).gone
    >>> [int(gone(*end)) for end in ends]
    [0, 1, 0, 1, 0, 1, 1, 1]
    """
    missing = {**outcome.missing, **missing}
    if not missing:
        return outcome
    end = "its end" if len(missing) == 1 else "their end"
    words = outcome.words if outcome.gone else f"{outcome.words}, {len(missing):,} {why or 'gone'} before {end}"
    gone = outcome.gone or (outcome.finished and nothing_left)
    return outcome._replace(words=words, succeeded=False, missing=missing, gone=gone)


def is_temporary(error: NodewatchError) -> bool:
    """Return whether a later look may go well: the server was not reached, too slow, or in trouble of its own.

    So may one that needed a file (a login, say) which another process has.

    A 404 that is trouble is one that a proxy answers in the server's place.

    >>> [is_temporary(ServiceTrouble("", status=status)) for status in (None, 400, 404, 408, 429, 499, 500, 503)]
    [True, False, True, True, True, False, True, True]
    >>> is_temporary(NodewatchError("", status=500)), is_temporary(Held(""))
    (False, True)
    """
    status = error.status
    if isinstance(error, Held):
        return True
    return isinstance(error, ServiceTrouble) and (status is None or status >= 500 or status in (404, 408, 429))


class Settling(NamedTuple):
    """What a rule may know beside the documents: the time, since when each name was seen in its state, `--settle`.

    `since` and `clock` (the same moment as `now`) are seconds that only ever grow: setting the time of day, or a
    machine that was asleep, does not make a state older.
    """

    now: datetime
    since: Mapping[str, float]
    settle: timedelta
    clock: float = 0.0

    def settled(self, name: str, before: datetime | None = None) -> bool:
        """Return whether the name's state is as old as `--settle`, by what was seen or by the server's own time.

        >>> from datetime import UTC, datetime, timedelta
        >>> noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
        >>> settling = Settling(noon, {"x1": 100.0, "x2": 101.0}, timedelta(seconds=60), 160.0)
        >>> settling.settled("x1"), settling.settled("x2"), settling.settled("x3")
        (True, False, False)
        >>> settling.settled("x2", noon - timedelta(seconds=60)), settling.settled("x2", noon - timedelta(seconds=59))
        (True, False)
        """
        stood = self.clock - self.since.get(name, self.clock)
        told = (self.now - before).total_seconds() if before else 0.0
        return max(stood, told) >= self.settle.total_seconds()

    def unchanged(self) -> bool:
        """Return whether nothing at all has changed for `--settle`.

        >>> from datetime import datetime, timedelta
        >>> since, minute = {"x1": 0.0, "x2": 40.0}, timedelta(seconds=60)
        >>> [Settling(datetime.min, since, minute, clock).unchanged() for clock in (99, 100)]
        [False, True]
        >>> Settling(datetime.min, {}, timedelta(seconds=60), 100.0).unchanged()
        False
        """
        return self.clock - max(self.since.values(), default=self.clock) >= self.settle.total_seconds()


class Subject(NamedTuple, Generic[Looked, Shown]):
    """Something that can be waited for, as its slice describes it; `look` and `last_look` ask, all the rest is pure.

    `look` returns what one round of questions brought; `last_look`, where there is one, is taken when the time has run
    out, and costs what it must. From that, `document` is what is printed, `table` how people see it, `states` a word
    for every name in it (when one changes, that is a change), `outcome` the rule that tells when it is over. `nodes`
    gives the records of the command's list, which is shown where the options or the format ask for it; `whole` makes
    what JSON shows of those that fit. `gone_means` says what it means when a name is missing from the next look ("taken
    over by a newer session").
    """

    look: Callable[[], Looked]
    document: Callable[[Looked], object]
    table: Callable[[Looked], Page]
    states: Callable[[Looked], Mapping[str, str]]
    outcome: Callable[[Looked, Settling], Outcome]
    nodes: Callable[[Looked], Iterable[Shown]] | None = None
    whole: Callable[[Sequence[Shown]], object] = list
    gone_means: str = ""
    last_look: Callable[[], Looked] | None = None
