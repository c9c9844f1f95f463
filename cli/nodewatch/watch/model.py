"""What a slice contributes so that something can be waited for, and what a rule makes of a look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from nodewatch.errors import NodewatchError, ServiceTrouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

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
    when it is over. `nodes` gives the rows for the formats of names; `listed` tells that the documents are those of the
    command's list, which is shown as its options ask. `left` says what it means when a name is missing
    from the next look; empty if that means nothing.
    """

    look: Callable[[], Any]
    document: Callable[[Any], Any]
    table: Callable[[Any], Page]
    states: Callable[[Any], Mapping[str, str]]
    outcome: Callable[[Any, Seen], Outcome]
    nodes: Callable[[Any], Iterable[Record]] | None = None
    listed: bool = False
    left: str = ""
